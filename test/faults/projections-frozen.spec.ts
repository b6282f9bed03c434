import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { guest, idOf } from '../contract/projection-world.js';
import { ReadSide } from './read-side.js';

const LONG = 300_000;
const SCRIPT = fileURLToPath(new URL('../support/projector-worker.mjs', import.meta.url));
const POLL_MS = 10;

let side: ReadSide;
const children: ChildProcess[] = [];
beforeEach(async () => {
  side = await ReadSide.make();
  await side.tools.prepare();
}, LONG);
afterEach(async () => {
  for (const child of children.splice(0)) if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await side.remove();
}, LONG);

/** A process that projects, for as long as the spec lets it. */
async function projector(failpoint = ''): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--no-warnings', SCRIPT, JSON.stringify(side.world.databases.urls)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '', FAILPOINT: failpoint, PGAPPNAME: 'struck' },
  });
  children.push(child);
  await once(child.stdout, 'data');
  return child;
}

const lease = async (): Promise<{ holder: string }> => (await side.world.admin.query<{ holder: string }>('select holder, fence from read.projector_lease')).rows[0]!;

/** Resolves when a process stands still. */
async function frozen({ pid }: ChildProcess): Promise<void> {
  while (!/\) T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) await delay(POLL_MS);
}

/** Events of several streams, as fast as they come. */
async function busy(count: number): Promise<void> {
  const streams = Array.from({ length: 5 }, guest);
  for (const stream of streams) await side.world.arrive(stream);
  for (let n = 0; n < count; n++) {
    await side.world.pay(streams[n % streams.length]!, 100 + n);
    if (n % 7 === 0) await side.world.visit(idOf(streams[n % streams.length]!), `note ${n}`);
  }
}

describe('two projectors at once', () => {
  it('take in everything once, one at a time, and the other goes on when one is killed', async () => {
    const [one, two] = await Promise.all([projector(), projector()]);
    await busy(100);
    await side.world.reached();
    one.kill('SIGKILL');
    await once(one, 'exit');
    await busy(50);
    await side.happenings();
    await side.allGood();
    expect([two.exitCode, two.signalCode]).toEqual([null, null]);
  }, LONG);
});

describe('a projector that is frozen', () => {
  it.each([
    ['with a batch that it has read and not begun to write', 'projector.beforeBatch'],
    ['with its rows written and nothing committed', 'projector.beforeCommit'],
    ['in the midst of its rows', 'rows.afterStatement'],
    ['as soon as it has the lease', 'lease.taken'],
  ])('%s is replaced, and refused when it goes on', async (_, point) => {
    await side.happenings();
    const stale = await projector(`${point}:1:SIGSTOP`);
    await frozen(stale);
    const before = await lease();
    await side.goLive(LONG);
    await side.happenings();
    // What it holds is taken from it: its lease after that has run out, its rows when the server ends its transaction.
    await side.world.reached();
    const after = await lease();
    expect(after.holder).not.toBe(before.holder);
    stale.kill('SIGCONT');
    await busy(60);
    await side.allGood();
    expect(await lease()).toEqual(after);
    expect([stale.exitCode, stale.signalCode]).toEqual([null, null]);
    // It is of use again: when the other has gone, it takes over.
    await side.standStill();
    await side.happenings();
    await side.allGood();
    expect((await lease()).holder).toBe(before.holder);
  }, LONG);
});
