import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { jsonBytes } from '../../src/event-store/metadata.js';
import { PostgresEventStore } from '../../src/event-store/postgres/postgres-event-store.js';
import { inTurns, load, rate, time, type Figures } from './measure.js';
import type { BenchServer } from './server.js';

/** The bytes of the event that is appended. */
export const sample = {
  data: jsonBytes({ residentId: randomUUID(), on: '2026-09-02', amountPence: 26_825, note: 'x'.repeat(200) }),
  metadata: jsonBytes({ recordedAt: '2026-09-02T08:00:00.000Z', organizationId: randomUUID(), actorId: randomUUID(), commandId: randomUUID() }),
};

/** Single-row INSERTs into a table of the log's shape, one a call: the yardstick of everything that appends. */
export async function bareInserts(pool: pg.Pool): Promise<() => Promise<unknown>> {
  await pool.query(`create table if not exists bare_events (position bigint generated always as identity primary key, stream text not null,
    revision integer not null, id uuid not null, type text not null, data bytea not null, metadata bytea not null, unique (stream, revision))`);
  return () =>
    pool.query({
      name: 'bare-insert',
      text: 'insert into bare_events (stream, revision, id, type, data, metadata) values ($1, 0, $2, $3, $4, $5)',
      values: [`placement-${randomUUID()}`, randomUUID(), 'PlacementStarted', sample.data, sample.metadata],
    });
}

/** Appends of one event through the adapter, against bare single-row INSERTs into a table of the same shape. */
export async function append(server: BenchServer): Promise<Figures> {
  const store = await PostgresEventStore.open({ connectionString: server.urls.app });
  const pool = new pg.Pool({ connectionString: server.adminUrl, max: 64 });
  pool.on('error', () => undefined);
  const insert = await bareInserts(pool);
  const ours = () => store.append(`placement-${randomUUID()}`, 'no-stream', [{ id: randomUUID(), type: 'PlacementStarted', ...sample }]);
  const figures: Figures = {};
  await load(2_000, 16, ours);
  await load(2_000, 16, insert);
  for (const concurrent of [1, 16, 64]) {
    const times = concurrent === 1 ? 1_500 : 12_000;
    const run = await inTurns(5, () => load(times, concurrent, ours), () => load(times, concurrent, insert));
    figures[`append_${concurrent}`] = rate(run.ours.perSecond, run.yardstick.perSecond, 'events/s against bare INSERT');
    figures[`append_${concurrent}_p99`] = time(run.ours.p99, run.yardstick.p99, 'ms against bare INSERT');
  }
  await store.close();
  await pool.end();
  return figures;
}
