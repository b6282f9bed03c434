import type pg from 'pg';
import { failpoint } from '../../src/platform/failpoint.js';
import { physicalName, type Projection, type TableDefinition } from './derived-tables.js';

/** A version of a projection, as the database knows it. */
export interface VersionRow {
  readonly projection: string;
  readonly version: number;
  readonly definition_hash: string;
  readonly state: 'building' | 'live' | 'old';
  readonly position: number;
  /** Physical tables. */
  readonly tables: readonly string[];
  readonly moved_at: string;
}

type Client = pg.ClientBase;
const columns = 'projection, version, definition_hash, state, position, tables, moved_at';

/** All versions, or those in a state. */
export async function versions(client: Client, state?: VersionRow['state']): Promise<VersionRow[]> {
  const text = `select ${columns} from read.projection_versions where $1::text is null or state = $1 order by projection, version`;
  return (await client.query<VersionRow>(text, [state ?? null])).rows;
}

export const sameVersion = (a: VersionRow, b: VersionRow): boolean => a.projection === b.projection && a.version === b.version;

/** These versions, where they are by now; one that went live, or was dropped, is not to be written any more. */
export async function asTheyAre(client: Client, rows: readonly VersionRow[]): Promise<VersionRow[]> {
  return (await versions(client)).filter((row) => row.state !== 'live' && rows.some((one) => sameVersion(one, row)));
}

/** Any number that other locks of the product do not use: whoever moves the live versions on, or others into their place. */
const LIVE_LOCK = 0x4c_49_56_45;

/** The versions that are live, held for the rest of the transaction: no projector moves on and nothing is swapped meanwhile. */
export async function holdLive(client: Client): Promise<VersionRow[]> {
  // Rows that are waited for are looked at as they were when the waiting began: a version swapped in meanwhile would be
  // missing. So the waiting is a statement of its own, and the rows are read after it.
  const [, live] = (await client.query(
    `select pg_advisory_xact_lock(${LIVE_LOCK}); select ${columns} from read.projection_versions where state = 'live' order by projection for update`,
  )) as unknown as [unknown, { rows: VersionRow[] }];
  return live.rows;
}

/** Moves checkpoints from where they were. @returns whether all of them were there; if not, the transaction must not commit. */
export async function moveCheckpoints(client: Client, moved: readonly VersionRow[], to: number): Promise<boolean> {
  const text = `update read.projection_versions v set position = $4, moved_at = clock_timestamp()
    from unnest($1::text[], $2::integer[], $3::bigint[]) m(projection, version, position)
    where v.projection = m.projection and v.version = m.version and v.position = m.position and v.position <= $4`;
  const values = [moved.map((one) => one.projection), moved.map((one) => one.version), moved.map((one) => one.position), to];
  return (await client.query(text, values)).rowCount === moved.length;
}

/** Makes a version with empty tables. @returns its row. */
export async function createVersion(client: Client, projection: Projection, state: 'building' | 'live'): Promise<VersionRow> {
  const { rows } = await client.query<{ next: number }>(
    'select coalesce(max(version), 0) + 1 as next from read.projection_versions where projection = $1',
    [projection.name],
  );
  const version = rows[0]!.next;
  for (const table of projection.tables) {
    const shape = table.columns.map(({ name, type, generated }) => ({ name, type, generated, nullable: !table.key.includes(name) }));
    const name = physicalName(table.name, version);
    const create = state === 'building' ? 'create_building_table' : 'create_table';
    await client.query(`select read.${create}($1, $2::jsonb, $3::text[], $4)`, [name, JSON.stringify(shape), table.appended && state === 'building' ? [] : table.key, table.members]);
    const personal = table.columns.filter(({ privacy, generated }) => privacy >= 2 && !generated).map((column) => column.name);
    await client.query('select read.keep_no_statistics($1, $2::text[])', [name, personal]);
    if (table.found) await client.query('select read.create_indexes($1, $2::jsonb)', [name, JSON.stringify(table.found)]);
    failpoint('versions.madeTable');
  }
  const tables = projection.tables.map(({ name }) => physicalName(name, version));
  const made = await client.query<VersionRow>(
    `insert into read.projection_versions (projection, version, definition_hash, state, tables) values ($1, $2, $3, $4, $5) returning ${columns}`,
    [projection.name, version, projection.hash, state, tables],
  );
  failpoint('versions.made');
  return made.rows[0]!;
}

/** Makes what a version need not have while it is filled: keys, indexes, statistics. */
export async function createIndexes(client: Client, tables: readonly TableDefinition[], version: number): Promise<void> {
  for (const { name, key, indexes = [] } of tables) {
    await client.query('select read.end_filling($1, $2::text[])', [physicalName(name, version), key]);
    if (indexes.length > 0) await client.query('select read.create_indexes($1, $2::jsonb)', [physicalName(name, version), JSON.stringify(indexes)]);
    failpoint('versions.indexed');
  }
}

/** Guards the tables of a version row by row: before they are shown, and once they need not be filled fast any more. */
export async function guardTables(client: Client, tables: readonly TableDefinition[], version: number): Promise<void> {
  for (const { name, members } of tables) await client.query('select read.guard_table($1, $2)', [physicalName(name, version), members]);
}

/** Those of some physical tables that rows may be copied into: PostgreSQL refuses it where row-level security holds. */
export async function unguarded(client: Client, tables: readonly string[]): Promise<ReadonlySet<string>> {
  if (tables.length === 0) return new Set();
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'read'::regnamespace and relname = any ($1) and not relrowsecurity`,
    [tables],
  );
  return new Set(rows.map(({ name }) => name));
}

/** Drops a version, its tables and what was parked in it. */
export async function dropVersion(client: Client, { projection, version, tables }: VersionRow): Promise<void> {
  await client.query('select read.drop_tables($1)', [tables]);
  failpoint('versions.droppedTables');
  await client.query('delete from read.parked_streams where projection = $1 and version = $2', [projection, version]);
  await client.query('delete from read.projection_versions where projection = $1 and version = $2', [projection, version]);
}

export async function setState(client: Client, { projection, version }: VersionRow, state: VersionRow['state']): Promise<void> {
  await client.query(`update read.projection_versions set state = $3, retired_at = case when $3 = 'old' then clock_timestamp() end where projection = $1 and version = $2`, [projection, version, state]);
}
