import { join } from 'node:path';
import pg from 'pg';
import { failpoint } from '../platform/failpoint.js';
import type { EventStore, RecordedEvent } from '../event-store/event-store.js';
import { mainTables, migrationsOf } from './backup.js';
import { compareBeginning, copyLog, type CopyProgress, type CopyTarget } from './log-copy.js';
import { alone, noteEvent } from './log-in-use.js';
import { BackupRefused, FILES, readBackup, type Manifest } from './manifest.js';
import { CopyPositions, takeCopyPositions } from './moved-positions.js';
import { PortableLog } from './portable-log.js';
import { loadTables } from './portable-tables.js';

/** Where the keyring comes from: this backup, a newer one's folder, or it is there already. */
export type KeyringSource = { readonly from: 'backup' } | { readonly from: 'folder'; readonly folder: string } | { readonly from: 'here' };

/** What is put back, and what is there already and stays. */
export interface RestoreChoice {
  readonly keyring: KeyringSource;
  /** The log is there, with what the backup has and perhaps more. */
  readonly keepLog: boolean;
}

/** What a restore works on. */
export interface RestoreParts {
  /** Connection strings of the owners of both databases, which are migrated and have nothing in them. */
  readonly owner: string;
  readonly keyringOwner: string;
  readonly target: CopyTarget & { readonly store: EventStore };
  /** Whether the installation's master key opens what an organisation's key is wrapped in. */
  readonly opens: (organizationId: string, wrapped: Uint8Array) => boolean;
  readonly onProgress?: (progress: CopyProgress) => void;
}

/** What was put back. */
export interface Restored {
  readonly manifest: Manifest;
  readonly rows: number;
  readonly keys: number;
}

/**
 * Puts tables, keyring and log back, every event compared with the backup. Cut off at any moment, it goes on when it is run
 * again; until it has come to its end the product does not start on these databases. Read tables are not made here.
 * @throws BackupRefused; LogDiffers; StartRefused while the product runs
 */
export async function restoreBackup(folder: string, { keyring, keepLog }: RestoreChoice, parts: RestoreParts): Promise<Restored> {
  const manifest = await readBackup(folder);
  const main = await connected(parts.owner);
  const keys = await connected(parts.keyringOwner);
  try {
    await refuseOtherMigrations(manifest, main, keys);
    return await alone(main, async () => {
      const goesOn = await begin(main, manifest);
      const keyCount = await restoreKeyring(keys, folder, keyring, goesOn, parts);
      failpoint('restore.keyring');
      const rows = await restoreTables(main, folder, manifest);
      failpoint('restore.tables');
      await restoreLog(main, folder, manifest, keepLog, parts);
      return { manifest, rows, keys: keyCount };
    });
  } finally {
    await Promise.all([main.end(), keys.end()]);
  }
}

async function refuseOtherMigrations(manifest: Manifest, main: pg.Client, keys: pg.Client): Promise<void> {
  const here = { main: await migrationsOf(main), keyring: await migrationsOf(keys) };
  if (JSON.stringify(here) === JSON.stringify(manifest.migrations)) return;
  throw new BackupRefused(
    `The backup was taken by release ${manifest.release}, whose tables are of another shape. Restore it with that release, into databases that it has made, and then start this one: it brings them up to date.`,
  );
}

/** @returns whether this goes on with a restore that was cut off. @throws BackupRefused where anything else is there. */
async function begin(main: pg.Client, manifest: Manifest): Promise<boolean> {
  const sum = sumOfLog(manifest);
  const { rows } = await main.query<{ sum: string }>('select log_sha256 as sum from app.restoring');
  if (rows[0]?.sum === sum) return true;
  if (rows[0]) throw new BackupRefused('The restore of another backup into these databases was cut off: go on with that one, or drop both databases.');
  for (const table of [...(await mainTables(main)), 'read.projection_versions']) {
    const { rowCount } = await main.query(`select from ${table} limit 1`);
    if (rowCount) throw new BackupRefused(`These databases are in use already (${table} has rows): a backup is restored into new ones. Name others in DATABASE_URL, or another DATA_DIR.`);
  }
  await main.query('insert into app.restoring (log_sha256) values ($1)', [sum]);
  return false;
}

const sumOfLog = ({ files }: Manifest): string => files.find(({ name }) => name === FILES.log)!.sha256;

async function restoreKeyring(keys: pg.Client, folder: string, source: KeyringSource, goesOn: boolean, { opens }: RestoreParts): Promise<number> {
  const isThere = await holdsAnything(keys);
  if (source.from === 'here' && !isThere) throw new BackupRefused('There is no keyring here that could be kept: it holds nothing.');
  if (source.from !== 'here' && isThere && !goesOn) throw new BackupRefused('There is a keyring here already. Keep it with --keep-keyring: it is newer than the backup’s; or name another database for it.');
  if (isThere) {
    await refuseUnopened(keys, opens);
    return countKeys(keys);
  }
  const from = source.from === 'folder' ? source.folder : folder;
  if (source.from === 'folder') await refuseOtherKeyring(await readBackup(from), keys);
  await keys.query('begin');
  try {
    // Whoever opens an empty keyring makes the first key of it, under which there is nothing.
    await keys.query('delete from keyring.kek_epoch');
    await loadTables(keys, join(from, FILES.keyring));
    await refuseUnopened(keys, opens);
    await keys.query('commit');
  } catch (error) {
    await keys.query('rollback').catch(() => undefined);
    throw error;
  }
  return countKeys(keys);
}

async function holdsAnything(keys: pg.Client): Promise<boolean> {
  const { rows } = await keys.query<{ holds: boolean }>('select exists (select from keyring.dek) or exists (select from keyring.erasure_ledger) as holds');
  return rows[0]!.holds;
}

async function refuseOtherKeyring(manifest: Manifest, keys: pg.Client): Promise<void> {
  if (JSON.stringify(await migrationsOf(keys)) === JSON.stringify(manifest.migrations.keyring)) return;
  throw new BackupRefused(`The keyring was backed up by release ${manifest.release}, whose tables are of another shape.`);
}

async function refuseUnopened(keys: pg.Client, opens: RestoreParts['opens']): Promise<void> {
  const { rows } = await keys.query<{ org: string; wrapped: Buffer }>('select org, wrapped from keyring.kek_epoch');
  if (rows.some(({ org, wrapped }) => !opens(org, wrapped)))
    throw new BackupRefused('MASTER_KEY does not open this keyring: it is not the one that the installation had. A backup does not hold it.');
}

async function countKeys(keys: pg.Client): Promise<number> {
  const { rows } = await keys.query<{ count: string }>('select count(*) from keyring.dek where wrapped is not null');
  return Number(rows[0]!.count);
}

async function restoreTables(main: pg.Client, folder: string, manifest: Manifest): Promise<number> {
  const { rows } = await main.query<{ loaded: boolean }>('select tables_loaded as loaded from app.restoring');
  if (rows[0]!.loaded) return manifest.rows.main;
  await main.query('begin');
  try {
    const count = await loadTables(main, join(folder, FILES.main));
    if (count !== manifest.rows.main) throw new BackupRefused(`Of ${manifest.rows.main} rows of the tables ${count} are in the backup.`);
    await main.query('update app.restoring set tables_loaded = true');
    await main.query('commit');
    return count;
  } catch (error) {
    await main.query('rollback').catch(() => undefined);
    throw error;
  }
}

/** The log, and then the positions of the tables: they are those of the log that the backup was taken from. */
async function restoreLog(main: pg.Client, folder: string, manifest: Manifest, keepLog: boolean, { target, onProgress }: RestoreParts): Promise<void> {
  const [positions, backup] = [new CopyPositions(main), new PortableLog(join(folder, FILES.log))];
  await positions.begin();
  let last: RecordedEvent | undefined;
  const pair = (original: RecordedEvent, there: RecordedEvent): Promise<void> => {
    last = there;
    return positions.add(original, there);
  };
  const told = onProgress ? { onProgress } : {};
  const events = keepLog
    ? await compareBeginning(target.store, backup, { end: await target.store.head(), ...told, onPair: (there, original) => pair(original, there) })
    : (await copyLog(backup, target, { end: manifest.log.lastPosition, ...told, onPair: pair })).events;
  if (events !== manifest.log.events) throw new BackupRefused(`Of ${manifest.log.events} events ${events} are in the backup.`);
  await positions.confirm(manifest.log.lastPosition);
  await main.query('begin');
  try {
    await takeCopyPositions(main);
    if (last) await noteEvent(main, last);
    await main.query('delete from app.restoring');
    await main.query('commit');
  } catch (error) {
    await main.query('rollback').catch(() => undefined);
    throw error;
  }
}

async function connected(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString, keepAlive: true });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
