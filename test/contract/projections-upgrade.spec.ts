import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { migrations } from '../../migrations/index.js';
import { databaseUrls, withDatabase } from '../../src/platform/databases.js';
import { migrate } from '../../src/platform/migrator.js';
import { TEST_MASTER_KEY, testDatabases } from '../support/databases.js';

const query = async (connectionString: string, text: string): Promise<Record<string, unknown>[]> => {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
};

describe('tables that were made before there were reports', () => {
  it('are guarded for them by the migration, members included', async () => {
    const prepared = await testDatabases();
    const name = `test_${randomUUID().replaceAll('-', '')}`;
    const adminUrl = withDatabase(prepared.adminUrl, name);
    const urls = databaseUrls({ adminUrl, masterKey: TEST_MASTER_KEY });
    try {
      await query(prepared.adminUrl, `create database ${name} owner yuthub_owner`);
      await migrate(urls.owner, Object.fromEntries(Object.entries(migrations).filter(([key]) => key < '0070')));
      const columns = JSON.stringify(['id', 'organization_id'].map((column) => ({ name: column, type: 'uuid', nullable: false })));
      for (const [table, members] of [['users__1', true], ['guests__1', false]] as const) {
        await query(urls.projector, `select read.create_table('${table}', '${columns}', '{organization_id,id}', ${members})`);
        await query(urls.projector, `insert into read.projection_versions (projection, version, definition_hash, state, tables) values ('${table}', 1, 'x', '${members ? 'live' : 'old'}', '{${table}}')`);
      }
      await migrate(urls.owner, migrations);
      const policies = await query(adminUrl, `select polrelid::regclass::text as table, pg_get_expr(polqual, polrelid) like '%member_ids%' as members from pg_policy where polname = 'reporting' order by 1`);
      expect(policies).toEqual([{ table: 'read.guests__1', members: false }, { table: 'read.users__1', members: true }]);
      expect(await query(adminUrl, `select retired_at is not null as kept from read.projection_versions where state = 'old'`)).toEqual([{ kept: true }]);
    } finally {
      await query(prepared.adminUrl, `drop database if exists ${name} with (force)`);
      await prepared.drop();
    }
  });
});
