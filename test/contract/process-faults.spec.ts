import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { Leadership } from '../../src/processes/engine/leadership.js';
import type { ProcessRunner } from '../../src/processes/engine/process-runner.js';
import { FencedOff, ProcessTables } from '../../src/processes/engine/process-tables.js';
import { testDatabases, type TestDatabases } from '../support/databases.js';
import { catalogue, feeAccountOf, House, organizationId, PROCESSES } from '../support/process-world.js';

const NOW = '2026-09-02T08:00:00.000Z';
const LONG = 90_000;

describe('the process engine, when something dies', () => {
  let databases: TestDatabases;
  let house: House;
  const runners: ProcessRunner[] = [];
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    databases = await testDatabases();
    house = await House.open(databases.urls.app, { now: () => Promise.resolve(NOW) });
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await Promise.all(runners.splice(0).map((runner) => runner.stop()));
    await house.close();
    await databases.drop();
  });

  function run(change: Parameters<House['runner']>[0] = {}): ProcessRunner {
    const runner = house.runner(change);
    runners.push(runner);
    runner.start();
    return runner;
  }

  /** A worker in a process of its own, for as long as the spec lets it live. */
  async function worker(failpoint = '', graceMs = 2_000): Promise<ChildProcess> {
    const script = fileURLToPath(new URL('../support/process-worker.mjs', import.meta.url));
    const child = spawn(process.execPath, ['--no-warnings', script, house.connectionString, String(graceMs)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: '', FAILPOINT: failpoint },
    });
    children.push(child);
    await once(child.stdout!, 'data');
    return child;
  }

  async function everythingOnce(lodgers: readonly string[]): Promise<void> {
    const done = await house.done();
    expect(new Set(done).size).toBe(done.length);
    // One account and one note each, and nothing else: nobody has a door.
    expect(done).toHaveLength(lodgers.length * 2);
    // Repeating what a dead worker had done already is no refusal, and sets the timer that it did not come to set.
    const status = await house.parked(house.watch()).list(organizationId);
    expect(status.map(({ name, timers, parked }) => ({ name, timers, parked }))).toEqual(
      PROCESSES.map(({ name }) => ({ name, timers: name === 'fees' ? lodgers.length : 0, parked: [] })),
    );
    for (const id of lodgers) {
      expect((await house.streams.load(catalogue.entity('fee_accounts')!, feeAccountOf(id), organizationId)).revision).toBe(0);
      expect((await house.streams.load(catalogue.entity('lodgers')!, id, organizationId)).state).toMatchObject({ fees: 1 });
    }
  }

  it('lets one of several runners lead, and another take over', async () => {
    const watch = house.watch();
    const [one, two] = [run(), run()];
    const first = await house.come(20);
    expect(await watch.passed(await house.store.head(), LONG)).toBe(true);
    expect([one.leads, two.leads].filter(Boolean)).toHaveLength(1);
    const second = await house.come(20);
    await (one.leads ? one : two).stop();
    const third = await house.come(20);
    expect(await house.allDone(watch)).toBe(true);
    await everythingOnce([...first, ...second, ...third]);
  });

  it.each(['processes.afterCommand:1', 'processes.afterCommand:7', 'processes.beforeCheckpoint:1', 'processes.beforeCheckpoint:3', 'processes.afterCheckpoint:2'])(
    'does everything once although a worker was killed at %s',
    async (failpoint) => {
      const lodgers = await house.come(12);
      const child = await worker(failpoint);
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      expect(child.signalCode).toBe('SIGKILL');
      const watch = house.watch();
      run();
      expect(await house.allDone(watch)).toBe(true);
      await everythingOnce(lodgers);
    },
  );

  it('takes over from a frozen worker, which does nothing any more when it goes on', async () => {
    const watch = house.watch();
    const child = await worker('', 400);
    const before = await house.come(5);
    expect(await watch.passed(await house.store.head(), LONG)).toBe(true);
    child.kill('SIGSTOP');
    const frozen = await house.come(5);
    run();
    expect(await house.allDone(watch)).toBe(true);
    child.kill('SIGCONT');
    const after = await house.come(5);
    expect(await house.allDone(watch)).toBe(true);
    await everythingOnce([...before, ...frozen, ...after]);
  });

  it('refuses the progress of whoever was overtaken, all of it', async () => {
    const pool = new pg.Pool({ connectionString: house.connectionString });
    const tables = new ProcessTables(pool);
    const old = await tables.takeOver(['fees', 'notes']);
    const progress = (process: string, position: number) => ({
      process, fence: old.get(process)!.fence, position, parked: [], queued: [], resolved: [],
      timers: [{ kind: 'set' as const, timer: { process, organizationId, key: 'k', dueAt: NOW, payload: {}, stream: 's', correlationId: 'c' } }],
    });
    await tables.store([progress('fees', 1), progress('notes', 2)]);
    await tables.takeOver(['notes']);
    await expect(tables.store([progress('fees', 8), progress('notes', 9)])).rejects.toBeInstanceOf(FencedOff);
    const now = await tables.takeOver(['fees', 'notes']);
    expect([now.get('fees')!.position, now.get('notes')!.position]).toEqual([1, 2]);
    await pool.end();
  });

  it('ends the term of a leader who lost the lead without knowing it', async () => {
    const pool = new pg.Pool({ connectionString: house.connectionString, max: 6 });
    const parts = {
      ...house, catalogue, processes: PROCESSES, report: () => undefined,
      store: house.store, codec: house.codec, pipeline: house.pipeline, clock: house.clock, tables: new ProcessTables(pool),
    };
    const [first, second] = [new AbortController(), new AbortController()];
    const begins = async (signal: AbortSignal): Promise<{ ended: Promise<void> }> => {
      const begun = Promise.withResolvers<void>();
      const ended = Leadership.lead(parts, signal, () => begun.resolve());
      await Promise.race([begun.promise, ended]);
      return { ended };
    };
    const stale = await begins(first.signal);
    const watch = house.watch();
    // Only once the other one leads does anybody come: all of it is then refused to the first.
    const next = await begins(second.signal);
    const lodgers = await house.come(10);
    await expect(stale.ended).rejects.toBeInstanceOf(FencedOff);
    expect(await house.allDone(watch)).toBe(true);
    await everythingOnce(lodgers);
    second.abort();
    await next.ended;
    await pool.end();
  });

  it('survives the loss of every connection, again and again', async () => {
    const watch = house.watch();
    const lodgers = await house.come(40);
    run({ lease: { retryMs: 10, graceMs: 2_000 } });
    const admin = new pg.Client({ connectionString: databases.adminUrl });
    await admin.connect();
    for (let cut = 0; cut < 5; cut++) {
      await watch.changed(watch.seen, LONG);
      await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()');
    }
    await admin.end();
    expect(await house.allDone(watch)).toBe(true);
    await everythingOnce(lodgers);
  });
});
