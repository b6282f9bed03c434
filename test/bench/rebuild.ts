import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openCore } from '../../src/assembly/core.js';
import { loadConfiguration } from '../../src/platform/configuration.js';
import { EACH, makeLog } from './made-log.js';
import { median, rate, type Figures } from './measure.js';
import { environmentOf } from './product-process.js';
import type { BenchServer } from './server.js';

/** How many events, in thousands, is asked for by BENCH_REBUILD_K. */
const EVENTS = Number(process.env['BENCH_REBUILD_K'] ?? 200) * 1_000;
const cli = join(import.meta.dirname, '..', '..', 'dist', 'src', 'cli.js');

/**
 * A rebuild of all read tables by `projections rebuild all`, in a process of its own, from a log of residents with ten
 * events each, personal values sealed in most of them, the audit trail with a row for each event included. Against COPY of
 * the rows that it comes to, and against reading the events raw.
 */
export async function rebuild(server: BenchServer): Promise<Figures> {
  const environment = environmentOf(server, 'projector');
  const core = await openCore(loadConfiguration(environment), server.urls, () => undefined);
  const { events } = await makeLog(core, server, EVENTS / EACH);
  await core.engine.start();
  await core.readPosition.waitFor(events, 3_600_000);
  const raw = events / (await seconds(() => readAll(core.store)));
  await core.close();
  const { elapsed, peakMib } = await rebuildInOwnProcess(environment);
  const perSecond = events / elapsed;
  const copy = await copySeconds(server);
  const size = `${events} events`;
  return {
    projection_rebuild: rate(perSecond, events / copy, `events/s of ${size}, against COPY of the rows that they come to`),
    rebuild_vs_read: rate(perSecond, raw, `events/s of ${size}, against reading them raw`),
    rebuild_vs_copy: rate(perSecond, events / (copy + events / raw), `events/s of ${size}, against COPY of the rows and reading the events`),
    rebuild_memory: { ours: peakMib, yardstick: 512, ratio: 512 / peakMib, unit: 'MiB at most, against 512' },
  };
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

async function readAll(store: { subscribeAll(after: number, signal: AbortSignal): AsyncIterable<{ kind: string; caughtUp?: boolean }> }): Promise<void> {
  const leave = new AbortController();
  for await (const one of store.subscribeAll(0, leave.signal)) if (one.kind === 'mark' && one.caughtUp === true) break;
  leave.abort();
}

/** Its start and its end included: what an operator waits for. */
async function rebuildInOwnProcess(environment: Record<string, string>): Promise<{ elapsed: number; peakMib: number }> {
  const start = performance.now();
  const child = spawn(process.execPath, [cli, 'projections', 'rebuild', 'all'], { env: { ...environment, PATH: process.env['PATH'] }, stdio: ['ignore', 'ignore', 'inherit'] });
  let peakMib = 0;
  const watching = setInterval(() => (peakMib = Math.max(peakMib, memoryOf(child.pid!))), 100);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearInterval(watching);
  if (code !== 0) throw new Error(`The rebuild ended with ${code}.`);
  return { elapsed: (performance.now() - start) / 1000, peakMib };
}

/** Resident memory in MiB. */
function memoryOf(pid: number): number {
  const status = `/proc/${pid}/status`;
  if (!existsSync(status)) return 0;
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(status, 'utf8'))?.[1] ?? 0) / 1024;
}

/** How long COPY takes to put all rows of the live tables into bare ones. */
async function copySeconds(server: BenchServer): Promise<number> {
  const client = new pg.Client({ connectionString: server.adminUrl });
  await client.connect();
  // Written by the server's own user.
  const file = client.escapeLiteral(join(tmpdir(), `yuthub-bare-${process.pid}.copy`));
  const { rows } = await client.query<{ table: string }>("select unnest(tables) as table from read.projection_versions where state = 'live'");
  const times: number[] = [];
  for (let round = 0; round < 3; round++) {
    let taken = 0;
    for (const { table } of rows) {
      // Generated columns are computed and not copied.
      await client.query(`create table bare as select * from read.${client.escapeIdentifier(table)}`);
      await client.query(`copy bare to ${file} (format binary)`);
      await client.query('truncate bare');
      taken += await seconds(async () => void (await client.query(`copy bare from ${file} (format binary)`)));
      await client.query('drop table bare');
    }
    times.push(taken);
  }
  await client.end();
  return median(times);
}
