import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { LogUnavailable } from '../../src/event-store/errors.js';
import { metadataOf } from '../../src/event-store/metadata.js';
import { Leadership } from '../../src/processes/engine/leadership.js';
import type { Process } from '../../src/processes/engine/process.js';
import type { ProcessRunner } from '../../src/processes/engine/process-runner.js';
import type { ProcessWatch } from '../../src/processes/engine/process-watch.js';
import { FencedOff, ProcessTables } from '../../src/processes/engine/process-tables.js';
import { realClock } from '../../src/platform/clock.js';
import { testDatabases, type TestDatabases } from '../support/databases.js';
import {
  catalogue, Come, doors, feeAccountOf, fees, House, Leave, MakeDoor, NameLodger, organizationId, PROCESSES, SetDoor, Visit,
} from '../support/process-world.js';

const NOW = '2026-09-02T08:00:00.000Z';
const LONG = 20_000;
const person = { id: 'somebody', organizationId };

describe('the process engine', () => {
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
    for (const id of lodgers) {
      expect((await house.streams.load(catalogue.entity('fee_accounts')!, feeAccountOf(id), organizationId)).revision).toBe(0);
      expect((await house.streams.load(catalogue.entity('lodgers')!, id, organizationId)).state).toMatchObject({ fees: 1 });
    }
  }
  /** Everything is passed, and the consequences, and theirs. */
  async function allDone(watch: ProcessWatch): Promise<void> {
    for (let level = 0; level < 3; level++) expect(await watch.passed(await house.store.head(), LONG)).toBe(true);
  }
  const come = async (count: number, body: object = {}): Promise<string[]> =>
    (await Promise.all(Array.from({ length: count }, () => house.do(Come, body)))).map(({ id }) => id);

  it('follows a command to the last of its consequences', async () => {
    const watch = house.watch();
    const tracker = await house.tracker(watch);
    run();
    const came = await house.do(Come, {});
    const followed = await tracker.follow(came.correlationId, came.position, LONG);
    const [noted] = await house.log('LodgerFeeNoted');
    expect(followed).toEqual({ position: noted!.position, settled: true, parked: [] });
    expect(metadataOf(noted!)).toMatchObject({
      correlationId: came.correlationId, source: 'process', actorRole: 'system', organizationId, command: 'NoteFee',
    });
    expect(await tracker.followFrom(came.position, LONG)).toEqual(followed);
    expect(await tracker.followFrom(noted!.position + 1000, 20)).toMatchObject({ settled: false });
    const [opened] = await house.log('FeeAccountOpened');
    expect(metadataOf(noted!).causationId).toBe(opened!.id);
    expect(watch.position('notes')).toBeGreaterThanOrEqual(opened!.position);
  });

  it('says at once that nothing follows from what no process reacts to, and truthfully that the rest is not done yet', async () => {
    const watch = house.watch();
    const tracker = await house.tracker(watch);
    const came = await house.do(Come, {});
    expect(await tracker.follow(came.correlationId, came.position, 30)).toMatchObject({ position: came.position, settled: false });
    const named = await house.do(NameLodger, {}, came.id);
    expect(await tracker.follow(named.correlationId, named.position, LONG)).toMatchObject({ position: named.position, settled: true });
    // A tracker that was not there when it happened waits for everything that was recorded before.
    const late = await house.tracker(watch);
    expect(await late.follow(came.correlationId, came.position, 30)).toMatchObject({ settled: false });
    run();
    expect(await late.follow(came.correlationId, came.position, LONG)).toMatchObject({ settled: true });
    expect(await house.log('LodgerFeeNoted')).toHaveLength(1);
  });

  it('lets one of several runners lead, and another take over', async () => {
    const watch = house.watch();
    const [one, two] = [run(), run()];
    const first = await come(20);
    expect(await watch.passed(await house.store.head(), LONG)).toBe(true);
    expect([one.leads, two.leads].filter(Boolean)).toHaveLength(1);
    const second = await come(20);
    await (one.leads ? one : two).stop();
    const third = await come(20);
    await allDone(watch);
    await everythingOnce([...first, ...second, ...third]);
  });

  it.each(['processes.afterCommand:1', 'processes.afterCommand:7', 'processes.beforeCheckpoint:1', 'processes.beforeCheckpoint:3', 'processes.afterCheckpoint:2'])(
    'does everything once although a worker was killed at %s',
    async (failpoint) => {
      const lodgers = await come(12);
      const child = await worker(failpoint);
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      expect(child.signalCode).toBe('SIGKILL');
      const watch = house.watch();
      run();
      await allDone(watch);
      await everythingOnce(lodgers);
    },
  );

  it('takes over from a frozen worker, which does nothing any more when it goes on', async () => {
    const watch = house.watch();
    const child = await worker('', 400);
    const before = await come(5);
    expect(await watch.passed(await house.store.head(), LONG)).toBe(true);
    child.kill('SIGSTOP');
    const frozen = await come(5);
    run();
    await allDone(watch);
    child.kill('SIGCONT');
    const after = await come(5);
    await allDone(watch);
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
    const stop = new AbortController();
    const begun = Promise.withResolvers<void>();
    const stale = Leadership.lead(parts, stop.signal, () => begun.resolve());
    await begun.promise;
    const watch = house.watch();
    run();
    const lodgers = await come(10);
    await expect(stale).rejects.toBeInstanceOf(FencedOff);
    await allDone(watch);
    await everythingOnce(lodgers);
    await pool.end();
  });

  it('survives the loss of every connection, again and again', async () => {
    const watch = house.watch();
    const lodgers = await come(40);
    run({ lease: { retryMs: 10, graceMs: 2_000 } });
    const admin = new pg.Client({ connectionString: databases.adminUrl });
    await admin.connect();
    for (let cut = 0; cut < 5; cut++) {
      await watch.changed(watch.seen, LONG);
      await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()');
    }
    await admin.end();
    await allDone(watch);
    await everythingOnce(lodgers);
    const parked = await house.parked(watch).list(organizationId);
    expect(parked.flatMap((process) => process.parked)).toEqual([]);
  });

  it('tries again what cannot be reached, and parks what nobody expected', async () => {
    let away = 5;
    const flaky: Process = {
      ...fees,
      react: (event, context) => (away-- > 0 ? Promise.reject(new LogUnavailable()) : fees.react(event, context)),
    };
    const broken: Process = { name: 'broken', doc: '', on: ['LodgerCame'], react: () => Promise.reject(new TypeError('secret of Anna')) };
    const processes = [flaky, broken];
    const watch = house.watch(processes);
    run({ processes });
    const came = await house.do(Come, {});
    expect(await watch.passed(came.position, LONG)).toBe(true);
    expect(await house.log('FeeAccountOpened')).toHaveLength(1);
    const pool = new pg.Pool({ connectionString: house.connectionString });
    const { rows } = await pool.query('select process, stream, code, sentence, status from app.process_parked');
    await pool.end();
    expect(rows).toEqual([
      { process: 'broken', stream: `lodger-${came.id}`, code: 'FAILED', sentence: 'The process failed in an unexpected way (TypeError).', status: 'parked' },
    ]);
  });

  it('parks a refusal with what comes behind it, lets the others go on, and works through it when somebody says so', async () => {
    const watch = house.watch();
    const tracker = await house.tracker(watch);
    const parked = house.parked(watch);
    const first = run();
    const [shut, ajar] = [(await house.do(MakeDoor, { open: 0 })).id, (await house.do(MakeDoor, { open: 1 })).id];
    const waits = await house.do(Come, { doorId: shut });
    const stream = `lodger-${waits.id}`;
    const refused = { process: 'doors', stream, organizationId, code: 'DOOR-1', sentence: 'The door is closed.', position: waits.position };
    expect(await tracker.follow(waits.correlationId, waits.position, LONG)).toMatchObject({ settled: true, parked: [refused] });
    const visits = [await house.do(Visit, {}, waits.id), await house.do(Visit, {}, waits.id)];
    const [other] = await come(1, { doorId: ajar });
    const last = await house.do(Visit, {}, other);
    for (const one of [last, ...visits]) {
      const { settled, parked: behind } = await tracker.follow(one.correlationId, one.position, LONG);
      expect({ settled, parked: behind.length }).toEqual({ settled: true, parked: one === last ? 0 : 1 });
    }
    const entered = async () => (await house.log('DoorEntered')).map((event) => JSON.parse(String(Buffer.from(event.data))) as object);
    expect(await entered()).toEqual([0, 1].map((visit) => ({ lodgerId: other, visit })));

    const doorsOf = async (organization: string) => (await parked.list(organization)).find(({ name }) => name === 'doors')!;
    expect(await doorsOf(organizationId)).toMatchObject({ doc: 'Lets lodgers in.', parked: [{ ...refused, status: 'parked' }] });
    expect((await doorsOf(feeAccountOf('other'))).parked).toEqual([]);
    await expect(parked.retry('doors', stream, { ...person, organizationId: feeAccountOf('other') })).rejects.toMatchObject({ status: 404 });
    expect(await parked.retry('doors', stream, person)).toMatchObject({ status: 'parked', requested: null, requestedBy: 'somebody' });

    // Another leader does not know what was passed over; the log and the table do.
    run();
    await first.stop();
    await house.do(SetDoor, { open: 1 }, shut);
    expect(await parked.retry('doors', stream, person, LONG)).toMatchObject({ status: 'retried', position: waits.position });
    expect((await entered()).slice(2)).toEqual([0, 1, 2].map((visit) => ({ lodgerId: waits.id, visit })));
    const again = await house.do(Visit, {}, waits.id);
    expect(await tracker.follow(again.correlationId, again.position, LONG)).toMatchObject({ settled: true, parked: [] });
    expect((await entered()).at(-1)).toEqual({ lodgerId: waits.id, visit: 3 });
  });

  it('leaves out what is dropped, and what waits behind it may be refused again', async () => {
    const watch = house.watch();
    const parked = house.parked(watch);
    run({ processes: [doors] });
    const door = (await house.do(MakeDoor, { open: 0 })).id;
    const [id] = await come(1, { doorId: door });
    const visit = await house.do(Visit, {}, id);
    expect(await watch.passedEach(new Map([['doors', visit.position]]), LONG)).toBe(true);
    const stream = `lodger-${id}`;
    expect(await parked.drop('doors', stream, person)).toMatchObject({ status: 'dropped' });
    const of = async () => (await parked.list(organizationId)).find(({ name }) => name === 'doors')!.parked;
    expect(await of()).toMatchObject([{ status: 'parked', position: visit.position }, { status: 'dropped', requestedBy: 'somebody' }]);
    await house.do(SetDoor, { open: 1 }, door);
    await parked.retry('doors', stream, person);
    expect((await of()).map(({ status }) => status)).toEqual(['retried', 'dropped']);
    expect(await house.log('DoorEntered')).toHaveLength(1);
  });

  it('keeps the timers that it set and forgets those that it cancelled', async () => {
    const watch = house.watch();
    run();
    const [stays, goes] = await come(2);
    await house.do(Leave, {}, goes);
    expect(await watch.passed(await house.store.head(), LONG)).toBe(true);
    const pool = new pg.Pool({ connectionString: house.connectionString });
    const { rows } = await pool.query('select key, due_at, payload, stream from app.process_timers');
    await pool.end();
    expect(rows).toEqual([
      { key: stays, due_at: new Date('2026-09-06T23:00:00Z'), payload: { monday: '2026-09-07' }, stream: `lodger-${stays}` },
    ]);
  });

  it('fires a timer at its instant by the real time, and an earlier one that is set meanwhile before it', async () => {
    const real = await House.open(databases.urls.app, realClock);
    const fired: string[] = [];
    const both = Promise.withResolvers<void>();
    const bells: Process = {
      name: 'bells',
      doc: '',
      on: ['LodgerCame', 'LodgerVisited'],
      async react({ declaration }, context) {
        const first = declaration.type === 'LodgerVisited';
        const dueAt = new Date(Date.parse(context.now) + (first ? 150 : 400)).toISOString();
        context.schedule({ key: first ? 'first' : 'second', dueAt, payload: {} });
      },
      async fire({ key, dueAt }, context) {
        fired.push(context.now >= dueAt ? key : 'too early');
        if (fired.length === 2) both.resolve();
      },
    };
    const runner = real.runner({ processes: [bells] });
    runner.start();
    const { id } = await real.do(Come, {});
    await real.do(Visit, {}, id);
    await both.promise;
    expect(fired).toEqual(['first', 'second']);
    await runner.stop();
    await real.close();
  });

  it('refuses processes that cannot work', () => {
    expect(() => house.runner({ processes: [fees, fees] })).toThrow('Two processes are called fees');
    expect(() => house.runner({ processes: [{ ...fees, on: ['LodgerCane'] }] })).toThrow('reacts to LodgerCane');
  });
});
