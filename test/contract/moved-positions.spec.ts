import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { CopyPositions, takeCopyPositions } from '../../src/custody/moved-positions.js';
import { entities } from '../../src/domain/index.js';
import { Catalogue } from '../../src/kernel/catalogue.js';
import { projectionsOf } from '../../projections/engine/derived-tables.js';
import { handWritten } from '../../projections/index.js';
import { testDatabases, type TestDatabases } from '../support/databases.js';

const ORG = randomUUID();
/** Rows that say where something stands in the log: at an event, between two, before all of them. */
const ROWS: Readonly<Record<string, (position: number) => [text: string, values: unknown[]]>> = {
  'app.process_checkpoints': (position) => ['insert into app.process_checkpoints (process, position, fence) values ($1, $2, 1)', [`p${position}`, position]],
  'app.process_parked': (position) => [
    "insert into app.process_parked (process, stream, organization_id, correlation_id, position, code, sentence) values ('p', $1, $2, 'c', $3, 'X', 'x')", [`s${position}`, ORG, position],
  ],
  'app.job_intents': (position) => [
    "insert into app.job_intents (intent_id, kind, event_id, entity_id, organization_id, position) values ($1, 'k', $1, $1, $1, $2)", [randomUUID(), position],
  ],
  'read.projection_versions': (position) => ["insert into read.projection_versions (projection, version, definition_hash, state, position, tables) values ($1, 1, 'x', 'live', $2, '{}')", [`p${position}`, position]],
  'read.parked_streams': (position) => [
    "insert into read.parked_streams (projection, version, stream, organization_id, event_id, event_type, revision, position, reason) values ('p', 1, $1, $2, $2, 't', 0, $3, 'r')", [`s${position}`, ORG, position],
  ],
  'read.skipped_events': (position) => [
    "insert into read.skipped_events (projection, event_id, stream, organization_id, position, reason, skipped_by) values ('p', $1, 's', $1, $2, 'r', 'w')", [randomUUID(), position],
  ],
  'read.erased_keys': (position) => ['insert into read.erased_keys (fingerprint, position) values ($1, $2)', [`f${position}`, position]],
};
/** What each position becomes: that of the last event up to it, in the copy. */
const BECOMES: readonly (readonly [original: number, copy: number])[] = [[0, 0], [3, 0], [5, 1_000], [7, 1_000], [9, 2_500], [400, 2_500]];

describe('positions that are taken from a copy', () => {
  let databases: TestDatabases;
  let owner: pg.Client;
  let admin: pg.Client;

  beforeAll(async () => {
    databases = await testDatabases();
    owner = new pg.Client({ connectionString: databases.urls.owner });
    admin = new pg.Client({ connectionString: databases.adminUrl });
    await Promise.all([owner.connect(), admin.connect()]);
    for (const row of Object.values(ROWS)) for (const [original] of BECOMES) await admin.query(...row(original));
    await admin.query("insert into app.clock (instant, active, position) values ('2026-08-03', true, 7)");
    await admin.query("create table read.made__3 (organization_id uuid, id uuid, last_position bigint, position bigint); insert into read.made__3 values (null, null, 7, 7); alter table read.made__3 owner to yuthub_owner");
    const pairs = new CopyPositions(owner);
    await pairs.begin();
    await pairs.add({ position: 5 }, { position: 1_000 });
    await pairs.add({ position: 9 }, { position: 2_500 });
    await pairs.confirm(9);
    await owner.query('begin');
    await takeCopyPositions(owner);
    await owner.query('commit');
  });
  afterAll(async () => {
    await Promise.all([owner.end(), admin.end()]);
    await databases.drop();
  });

  it.each(Object.keys(ROWS))('are those of the last event before, everywhere in %s', async (table) => {
    const { rows } = await admin.query<{ position: string }>(`select position from ${table} order by 1`);
    expect(rows.map(({ position }) => Number(position))).toEqual(BECOMES.map(([, copy]) => copy));
  });

  it('are those of the clock and of rows of read tables too, whose own columns may be called as they like', async () => {
    expect((await admin.query('select position::integer as at from app.clock')).rows).toEqual([{ at: 1_000 }]);
    expect((await admin.query('select last_position::integer as last, position::integer as own from read.made__3')).rows).toEqual([{ last: 1_000, own: 7 }]);
  });

  it('leave no table out that has a position', async () => {
    const { rows } = await admin.query<{ table: string }>(
      `select table_schema || '.' || table_name as table from information_schema.columns
        where table_schema in ('app', 'read') and column_name like '%position%' and column_name <> 'ordinal_position' order by 1`,
    );
    const others = ['app.clock', 'app.log_in_use', 'read.made__3', 'read.made__3'];
    expect(rows.map(({ table }) => table)).toEqual([...Object.keys(ROWS), ...others].sort());
  });

  it('are all that tables of projections say of the log, by the two names that they have there', () => {
    const catalogue = new Catalogue(entities);
    const columns = projectionsOf(catalogue, handWritten(catalogue)).flatMap(({ tables }) => tables.flatMap((table) => table.columns.map(({ name }) => name)));
    expect([...new Set(columns.filter((name) => /position/i.test(name)))].sort()).toEqual(['last_position', 'log_position']);
  });

  it('leave the tables guarded as they were, and nothing of the copy behind', async () => {
    const { rows } = await admin.query<{ name: string }>("select relname as name from pg_class where relnamespace = 'read'::regnamespace and relforcerowsecurity order by 1");
    expect(rows.map(({ name }) => name)).toEqual(['parked_streams', 'skipped_events']);
    expect((await admin.query('select from app.log_copy union all select from app.log_copy_positions')).rowCount).toBe(0);
  });
});
