import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { EventStore, RecordedEvent } from '../event-store/event-store.js';
import { metadataOf, ownMetadataOf } from '../event-store/metadata.js';
import { BackupRefused, FILES, writeManifest, type Manifest } from './manifest.js';
import { OwnEvents } from './own-events.js';
import { PortableWriter, type WrittenFile } from './portable-file.js';
import { writeEvent } from './portable-log.js';
import { tablesIn, writeTables } from './portable-tables.js';

/** What a backup is taken of. */
export interface BackupParts {
  /** Connection strings of the owners of both databases. */
  readonly owner: string;
  readonly keyringOwner: string;
  /** The log, where it is not in the main database. */
  readonly store: EventStore | undefined;
  readonly release: string;
  readonly now: () => Date;
  readonly onProgress?: (progress: BackupProgress) => void;
}

/** How far a backup is: the log first, then the tables. */
export interface BackupProgress {
  readonly doing: 'log' | 'tables' | 'keyring';
  readonly done: number;
  /** Position that the log is taken up to, and where it is; of tables, nobody knows how many rows come. */
  readonly share: number;
}

/**
 * Not kept: sessions, since whoever was signed out must not be signed in again; and what is known of a copy of the log.
 * Read tables are made from the log, but for the events that somebody decided to leave out of them.
 */
const NOT_KEPT: ReadonlySet<string> = new Set(['app.sessions', 'app.log_in_use', 'app.log_copy', 'app.log_copy_positions', 'app.restoring']);
const KEPT_OF_READ = ['read.skipped_events'];

/** Tables of the main database that a backup has. */
export const mainTables = async (client: pg.ClientBase): Promise<string[]> => [...(await tablesIn(client, ['app'])).filter((table) => !NOT_KEPT.has(table)), ...KEPT_OF_READ];
const keyringTables = (client: pg.ClientBase): Promise<string[]> => tablesIn(client, ['keyring']);

/** Everything at one moment: each connection sees what it saw then for as long as it takes to write it down. */
interface Moment {
  readonly main: pg.Client;
  readonly keyring: pg.Client;
  /** The log is taken up to here. */
  readonly through: number;
}

/**
 * Takes log, tables and keyring at one position of the log, while the product goes on.
 * @param folder is made, or is there and empty.
 * @throws BackupRefused where something else is in the folder.
 */
export async function takeBackup(folder: string, parts: BackupParts): Promise<Manifest> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await readdir(folder)).length > 0) throw new BackupRefused(`${folder} is not empty: a backup goes into a folder of its own.`);
  const takenAt = parts.now().toISOString();
  const moment = await holdStill(parts);
  try {
    const log = await writeLog(join(folder, FILES.log), moment, parts);
    const main = await written(join(folder, FILES.main), FILES.main, async (to) => writeTables(moment.main, await mainTables(moment.main), to, (done) => parts.onProgress?.({ doing: 'tables', done, share: 1 })));
    const keyring = await written(join(folder, FILES.keyring), FILES.keyring, async (to) => writeTables(moment.keyring, await keyringTables(moment.keyring), to, (done) => parts.onProgress?.({ doing: 'keyring', done, share: 1 })));
    const manifest: Manifest = {
      format: 1,
      release: parts.release,
      takenAt,
      migrations: { main: await migrationsOf(moment.main), keyring: await migrationsOf(moment.keyring) },
      log: { events: log.count, lastPosition: log.lastPosition },
      rows: { main: main.count, keyring: keyring.count },
      files: [log.file, main.file, keyring.file],
    };
    await writeManifest(folder, manifest);
    return manifest;
  } finally {
    await Promise.all([moment.main.end(), moment.keyring.end()]);
  }
}

/** Names of the migrations that a database has. */
export async function migrationsOf(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>('select name from migrations.kysely_migration order by name');
  return rows.map(({ name }) => name);
}

/**
 * The order is what makes it one moment. While no erasure can end (the ledger's head is held): how far the log is, then
 * the tables, then the keyring. So every key that an event of the log was sealed under is in the keyring, which is younger;
 * every erasure in the keyring has its decision in the log; and no checkpoint is behind the log that is taken: where one
 * is further than the log was when it was asked, the log is taken up to there. What those events name was stored before.
 */
async function holdStill({ owner, keyringOwner, store }: BackupParts): Promise<Moment> {
  const holding = await connected(keyringOwner);
  const opened: pg.Client[] = [];
  try {
    await holding.query('begin');
    await holding.query('select from keyring.ledger_head for share');
    const head = (await store?.head()) ?? 0;
    const main = await snapshot(owner, opened);
    const { rows } = await main.query<{ through: string }>(
      `select greatest($1::bigint, (select max(position) from read.projection_versions), (select max(position) from app.process_checkpoints),
                       case when $2 then (select position from log.counter) else 0 end) as through`,
      [head, store === undefined],
    );
    const keyring = await snapshot(keyringOwner, opened);
    return { main, keyring, through: Number(rows[0]!.through) };
  } catch (error) {
    await Promise.all(opened.map((client) => client.end()));
    throw error;
  } finally {
    await holding.end();
  }
}

async function snapshot(connectionString: string, opened: pg.Client[]): Promise<pg.Client> {
  const client = await connected(connectionString);
  opened.push(client);
  await client.query('begin isolation level repeatable read read only');
  // It is the first question that fixes what is seen.
  await client.query('select pg_current_snapshot()');
  return client;
}

async function connected(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString, keepAlive: true });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

type Written = { readonly file: WrittenFile; readonly count: number };

async function written(path: string, name: string, work: (to: PortableWriter) => Promise<number>): Promise<Written> {
  const to = PortableWriter.create(path, name);
  try {
    const count = await work(to);
    return { file: await to.end(), count };
  } catch (error) {
    await to.abandon();
    throw error;
  }
}

async function writeLog(path: string, { main, through }: Moment, { store, onProgress }: BackupParts): Promise<Written & { lastPosition: number }> {
  let lastPosition = 0;
  const events = store ? upTo(store, through) : inTable(main);
  const log = await written(path, FILES.log, async (to) => {
    let done = 0;
    for await (const event of events) {
      await writeEvent(to, event);
      lastPosition = event.position;
      done += 1;
      onProgress?.({ doing: 'log', done, share: through === 0 ? 1 : lastPosition / through });
    }
    return done;
  });
  return { ...log, lastPosition };
}

/** The product's events up to a position; the last append of them whole. */
async function* upTo(store: EventStore, through: number): AsyncGenerator<RecordedEvent> {
  const events = new OwnEvents(store, 0);
  try {
    for (let last: RecordedEvent | undefined, event; (event = await events.next()); last = event) {
      if (event.position > through && !(last && isOneAppend(last, event))) return;
      yield event;
    }
  } finally {
    await events.close();
  }
}

const isOneAppend = (one: RecordedEvent, next: RecordedEvent): boolean => one.stream === next.stream && metadataOf(one).commandId === metadataOf(next).commandId;

const PAGE = 1_000;

/** The log in the main database, as its snapshot has it. */
async function* inTable(client: pg.ClientBase): AsyncGenerator<RecordedEvent> {
  for (let after = 0; ; ) {
    const { rows } = await client.query<Omit<RecordedEvent, 'kind' | 'position'> & { position: string }>(
      'select position, stream, revision, id, type, data, metadata from log.events where position > $1 order by position limit $2',
      [after, PAGE],
    );
    for (const row of rows) {
      const event: RecordedEvent = { ...row, kind: 'event', position: Number(row.position) };
      after = event.position;
      if (ownMetadataOf(event)) yield event;
    }
    if (rows.length < PAGE) return;
  }
}
