import pg from 'pg';
import { setTimeout as delay } from 'node:timers/promises';
import type { EventStore, RecordedEvent } from '../event-store/event-store.js';
import { ownMetadataOf } from '../event-store/metadata.js';
import { failpoint } from '../platform/failpoint.js';
import { takeCopyPositions } from './moved-positions.js';
import { StartRefused } from './start-refused.js';

/** Only one process at a time finds out which log it has. */
const ADMISSION = [0x59_55_4c_47, 1];
/** Held in common by every process that works with the log in use; by whoever moves to another one, alone. */
const PRESENCE = [0x59_55_4c_47, 2];
const PRESENT_MS = 10_000;

interface Known {
  readonly position: number;
  readonly eventId: string;
  readonly stream: string;
  readonly revision: number;
}

/** What a process shows others while it runs. */
export interface Presence {
  end(): Promise<void>;
}

/** Connection strings of the main database. */
export interface MainDatabase {
  readonly owner: string;
  readonly app: string;
}

/**
 * Makes sure that the log is the one that the database's positions are of. Where it is a verified copy, they are written
 * anew as the copy's, once, in one transaction, and the product goes on there.
 * @returns what keeps others from doing so to this process. @throws StartRefused
 */
export async function admitLog(store: EventStore, database: MainDatabase): Promise<Presence> {
  const client = await connected(database.owner);
  try {
    await client.query('select pg_advisory_lock($1, $2)', ADMISSION);
    await refuseHalfRestored(client);
    const known = await knownLog(client);
    const there = known && (await found(store, known));
    if (known && there?.position !== known.position) await move(client, known, there);
    await noteLog(client, store);
    return await presence(database.app);
  } finally {
    await client.end();
  }
}

/** Takes note of the log by its last event, where that is one of the product's. */
export async function noteLog(client: pg.ClientBase, store: Pick<EventStore, 'head' | 'eventAt'>): Promise<void> {
  const last = await store.eventAt(await store.head());
  if (last && ownMetadataOf(last)) await noteEvent(client, last);
}

/** Takes note of the log by an event of it. */
export async function noteEvent(client: pg.ClientBase, { position, id, stream, revision }: RecordedEvent): Promise<void> {
  await client.query(
    `insert into app.log_in_use (position, event_id, stream, revision) values ($1, $2, $3, $4)
     on conflict (single) do update set position = excluded.position, event_id = excluded.event_id, stream = excluded.stream,
       revision = excluded.revision, noted_at = clock_timestamp()`,
    [position, id, stream, revision],
  );
}

/** By what the log in use is known; undefined where nothing was recorded yet. */
export async function knownLog(client: pg.ClientBase): Promise<Known | undefined> {
  const { rows } = await client.query<{ position: string; eventId: string; stream: string; revision: number }>(
    'select position, event_id as "eventId", stream, revision from app.log_in_use',
  );
  return rows[0] && { ...rows[0], position: Number(rows[0].position) };
}

/** Whether this is the log in use, as far as it is known. */
export async function isLogInUse(client: pg.ClientBase, store: Pick<EventStore, 'readStream'>): Promise<boolean> {
  const known = await knownLog(client);
  return !known || (await found(store, known))?.position === known.position;
}

/** The event by which a log is known, wherever it stands here; asked for by its stream, where every answer is a certain one. */
async function found(store: Pick<EventStore, 'readStream'>, { stream, revision, eventId }: Known): Promise<RecordedEvent | undefined> {
  for await (const event of store.readStream(stream, { from: revision, limit: 1 })) {
    if (event.revision === revision && event.id === eventId) return event;
  }
  return undefined;
}

/** Does something to the database while no process of the product works with it. @throws StartRefused where one does. */
export async function alone<T>(client: pg.ClientBase, work: () => Promise<T>): Promise<T> {
  for (const until = performance.now() + PRESENT_MS; ; await delay(200)) {
    const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1, $2) as taken', PRESENCE);
    if (rows[0]!.taken) break;
    if (performance.now() > until) throw new StartRefused('Processes of the product still work with this database: stop all of them first.');
  }
  try {
    return await work();
  } finally {
    await client.query('select pg_advisory_unlock($1, $2)', PRESENCE);
  }
}

async function move(client: pg.Client, known: Known, there: RecordedEvent | undefined): Promise<void> {
  if (!there) {
    throw new StartRefused(
      `This log lacks event ${known.revision} of the stream ${known.stream}, which was recorded already: it is another installation’s, or an older state of this one. Name the right log in EVENTSTORE_URL or DATABASE_URL, or restore log, tables and keyring together (docs/operations.md).`,
    );
  }
  await refuseUnlessCopy(client, known, there);
  await alone(client, async () => {
    await client.query('begin');
    try {
      await refuseIfBehind(client);
      await takeCopyPositions(client);
      await noteEvent(client, there);
      failpoint('log.moving');
      await client.query('commit');
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      throw error;
    }
  });
}

async function refuseUnlessCopy(client: pg.Client, known: Known, there: RecordedEvent): Promise<void> {
  const { rowCount } = await client.query('select from app.log_copy c join app.log_copy_positions p on p.original = $1 and p.copy = $2', [known.position, there.position]);
  if (rowCount) return;
  throw new StartRefused(
    'This log has the events of the log in use at other places, and nobody has made sure that it is a whole copy. Start the product with the log that it used before, or run `npm run log -- copy` from that one to this one.',
  );
}

async function refuseIfBehind(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ through: string; furthest: string }>(
    `select c.through, greatest((select max(position) from read.projection_versions), (select max(position) from app.process_checkpoints)) as furthest
       from app.log_copy c`,
  );
  const { through, furthest } = rows[0]!;
  if (Number(furthest ?? 0) <= Number(through)) return;
  throw new StartRefused('The product has gone on since its log was copied. Run `npm run log -- copy` once more, now that no process of it runs: it copies what has come since.');
}

async function refuseHalfRestored(client: pg.Client): Promise<void> {
  const { rowCount } = await client.query('select from app.restoring');
  if (rowCount) throw new StartRefused('A restore into these databases was cut off, and what is there is part of an installation. Run `npm run restore` with the same folder again: it goes on where it was.');
}

/** Keeps people from a mistake; nothing that must not go wrong hangs on it, so after a loss it is not taken again. */
async function presence(connectionString: string): Promise<Presence> {
  const client = await connected(connectionString);
  await client.query('select pg_advisory_lock_shared($1, $2)', PRESENCE);
  return { end: () => client.end().catch(() => undefined) };
}

async function connected(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString, keepAlive: true });
  // Whoever uses it next is told; nobody else has to be.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
