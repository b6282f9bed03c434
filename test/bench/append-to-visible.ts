import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { openCore } from '../../src/assembly/core.js';
import type { Acknowledgement } from '../../src/commands/request.js';
import { loadConfiguration } from '../../src/platform/configuration.js';
import { ReadPosition } from '../../projections/engine/read-position.js';
import { percentile, time, type Figures } from './measure.js';
import { measuredOrganization } from './people.js';
import { environmentOf, startProductProcess } from './product-process.js';
import type { BenchServer } from './server.js';

const PER_SECOND = 200;
const SECONDS = Number(process.env['BENCH_VISIBLE_SECONDS'] ?? 30);
/** Commands that come before any is measured: compiled code, connections. */
const UNMEASURED = 2 * PER_SECOND;
const ACCOUNTS = 200;
const ROUND_TRIP_EVERY_MS = 50;

/**
 * From the acknowledgement of a command over HTTP until a reader that waits for its position is told that the read tables
 * have it; the api and the projector in processes of their own, commands at an even pace whatever became of those before.
 * Against one NOTIFY and the hearing of it, over two connections to the same server at the same time.
 * @throws where a row does not show what its reader was told that it shows
 */
export async function appendToVisible(server: BenchServer): Promise<Figures> {
  const core = await openCore(loadConfiguration(environmentOf(server, 'api')), server.urls, () => undefined);
  const { accounts, token } = await measuredOrganization(core, ACCOUNTS);
  const made = await core.store.head();
  await core.close();
  const [api, projector] = [await startProductProcess(server, 'api'), await startProductProcess(server, 'projector')];
  const reads = await new ReadPosition(server.urls.app).open();
  const pool = new pg.Pool({ connectionString: server.adminUrl, max: 2 });
  pool.on('error', () => undefined);
  if (!(await reads.waitFor(made, 60_000))) throw new Error('The projector does not catch up.');

  const visible: number[] = [];
  const one = async (n: number): Promise<void> => {
    const id = accounts[n % ACCOUNTS]!;
    const answer = await fetch(`${api.baseUrl}/api/v1/rent-accounts/${id}/record-payment`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ amountPence: 1_000 + n, method: 'bank_transfer', externalRef: `BACS ${randomUUID()}` }),
    });
    const { position } = (await answer.json()) as Acknowledgement;
    const acknowledged = performance.now();
    if (!answer.ok || !(await reads.waitFor(position, 30_000))) throw new Error(`Answered ${answer.status}, or not visible within 30 s: ${position}, ${reads.position}.`);
    if (n >= UNMEASURED) visible.push(performance.now() - acknowledged);
    if (n % 20 === 0) await shows(pool, id, position);
  };
  const over = new AbortController();
  const roundTrips = notifications(server.adminUrl, over.signal);
  await evenly(UNMEASURED + PER_SECOND * SECONDS, 1_000 / PER_SECOND, one).finally(() => over.abort());
  const heard = await roundTrips;

  await Promise.all([reads.close(), pool.end(), api.stop(), projector.stop()]);
  const unit = `ms from acknowledgement to visible, ${visible.length} commands at ${PER_SECOND}/s, against one LISTEN/NOTIFY round trip`;
  return {
    append_to_visible_p50: time(percentile(visible, 0.5), percentile(heard, 0.5), unit),
    append_to_visible_p99: time(percentile(visible, 0.99), percentile(heard, 0.99), unit),
  };
}

/** Begins one piece of work after the other at an even pace, whether or not those before it are done. @throws what the first one failed with */
async function evenly(times: number, everyMs: number, work: (n: number) => Promise<void>): Promise<void> {
  const started = performance.now();
  const underWay: Promise<void>[] = [];
  const failed: Error[] = [];
  for (let n = 0; n < times && failed.length === 0; n++) {
    await delay(Math.max(0, started + n * everyMs - performance.now()));
    underWay.push(work(n).catch((error: Error) => void failed.push(error)));
  }
  await Promise.all(underWay);
  if (failed[0]) throw failed[0];
}

async function shows(pool: pg.Pool, id: string, position: number): Promise<void> {
  const { rows } = await pool.query<{ last_position: string }>('select last_position from read.rent_accounts where id = $1', [id]);
  if (!(Number(rows[0]?.last_position) >= position)) throw new Error(`The row of ${id} does not show position ${position}.`);
}

/** How long each notification took to be heard, in milliseconds. */
async function notifications(connectionString: string, signal: AbortSignal): Promise<number[]> {
  const [speaker, listener] = [new pg.Client({ connectionString }), new pg.Client({ connectionString })];
  for (const client of [speaker, listener]) {
    client.on('error', () => undefined);
    await client.connect();
  }
  await listener.query('listen bench_round_trip');
  const taken: number[] = [];
  while (!signal.aborted) {
    const heard = new Promise((resolve) => listener.once('notification', resolve));
    const start = performance.now();
    await Promise.all([heard, speaker.query('notify bench_round_trip')]);
    taken.push(performance.now() - start);
    await delay(ROUND_TRIP_EVERY_MS);
  }
  await Promise.all([speaker.end(), listener.end()]);
  return taken;
}
