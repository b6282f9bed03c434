import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StandIn } from '../support/eventstoredb/stand-in.js';
import { TEST_MASTER_KEY, testDatabases, type TestDatabases } from '../support/databases.js';
import { Line } from '../support/line.js';

const LONG = 300_000;
const main = join(import.meta.dirname, '..', '..', 'dist', 'src', 'main.js');

/** A process that has been started and may still be waiting. */
interface Starting {
  readonly process: ChildProcess;
  /** Resolves when it has said this. @throws when it ends without having said it. */
  said(pattern: RegExp): Promise<void>;
}

/** A role is started before what it needs, as it happens when a whole machine comes up. */
describe('whatever is started first', () => {
  let databases: TestDatabases;
  let line: Line;
  let dataDir: string;
  const started: ChildProcess[] = [];

  beforeEach(async () => {
    databases = await testDatabases();
    line = await Line.to(databases.adminUrl);
    dataDir = mkdtempSync(join(tmpdir(), 'yuthub-order-'));
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map(async (child) => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
    }));
    await line.take();
    await databases.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  function start(env: Record<string, string>): Starting {
    const child = spawn(process.execPath, [main], {
      env: { PATH: process.env['PATH'], DATABASE_URL: databases.adminUrl, MASTER_KEY: TEST_MASTER_KEY.toString('base64'), DATA_DIR: dataDir, PORT: '0', DEMO: 'off', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    started.push(child);
    let text = '';
    const changed = new Set<() => void>();
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        for (const tell of changed) tell();
      });
    }
    return {
      process: child,
      said: (pattern) => new Promise((resolve, reject) => {
        const look = (): void => {
          if (pattern.test(text)) resolve();
        };
        changed.add(look);
        child.once('close', (code) => reject(new Error(`It ended with ${code}, and had said:\n${text}`)));
        look();
      }),
    };
  }

  it.each(['api', 'projector', 'worker'])('a process with the role %s waits for PostgreSQL, says so, and goes on when it comes', async (role) => {
    await line.take();
    const waiting = start({ ROLES: role, DATABASE_URL: line.over(databases.adminUrl) });
    await waiting.said(new RegExp(`Waiting for PostgreSQL at 127\\.0\\.0\\.1:${line.port}, which does not answer yet`));
    await line.restore();
    await waiting.said(/^ready /m);
  }, LONG);

  it('it waits for EventStoreDB likewise', async () => {
    const node = await StandIn.start();
    const way = await Line.to(`http://127.0.0.1:${node.port}`);
    await way.take();
    const waiting = start({ EVENTSTORE_URL: `esdb://127.0.0.1:${way.port}?tls=false` });
    await waiting.said(new RegExp(`Waiting for EventStoreDB at 127\\.0\\.0\\.1:${way.port}, which does not answer yet`));
    await way.restore();
    await waiting.said(/^ready /m);
    waiting.process.kill('SIGKILL');
    await once(waiting.process, 'exit');
    await way.take();
    await node.stop();
  }, LONG);

  it('a log that does not let its user in is no reason to wait', async () => {
    const node = await StandIn.start();
    node.faults.denied = 'all';
    const { process: child, said } = start({ EVENTSTORE_URL: node.connectionString });
    await Promise.all([said(/The log does not accept the user/), once(child, 'close')]);
    expect(child.exitCode).toBe(1);
    await node.stop();
  }, LONG);

  it('it stops at once when it is told to while it waits', async () => {
    await line.take();
    const { process: child, said } = start({ DATABASE_URL: line.over(databases.adminUrl) });
    await said(/Waiting for PostgreSQL/);
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect(child.exitCode).toBe(0);
  }, LONG);

  it('a wrong password is no reason to wait', async () => {
    const wrong = new URL(databases.adminUrl);
    wrong.username = 'nobody_of_this_name';
    const { process: child } = start({ DATABASE_URL: wrong.href });
    await once(child, 'exit');
    expect(child.exitCode).toBe(1);
  }, LONG);
});
