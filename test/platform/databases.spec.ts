import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { prepareDatabases } from '../../src/platform/databases.js';
import { TEST_MASTER_KEY, testDatabases, type TestDatabases } from '../support/databases.js';

async function query(connectionString: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

describe('the databases', () => {
  let databases: TestDatabases;
  beforeAll(async () => {
    databases = await testDatabases();
  });
  afterAll(async () => {
    await databases.drop();
  });

  it('let every role sign in to its own database', async () => {
    const { owner, app, projector, keyring, keyringOwner } = databases.urls;
    const roles = await Promise.all(
      [owner, app, projector, keyring, keyringOwner].map((url) => query(url, 'select current_user as role')),
    );
    expect(roles.flat().map((row) => row['role'])).toEqual([
      'yuthub_owner',
      'yuthub_app',
      'yuthub_projector',
      'yuthub_keyring_app',
      'yuthub_keyring_owner',
    ]);
  });

  it('keep the main roles out of the keyring, and the keyring role out of the main database', async () => {
    const elsewhere = (url: string, other: string): string => {
      const target = new URL(url);
      target.pathname = new URL(other).pathname;
      return target.href;
    };
    const { owner, app, keyring } = databases.urls;
    await expect(query(elsewhere(app, keyring), 'select 1')).rejects.toThrow(/permission denied for database/);
    await expect(query(elsewhere(owner, keyring), 'select 1')).rejects.toThrow(/permission denied for database/);
    await expect(query(elsewhere(keyring, app), 'select 1')).rejects.toThrow(/permission denied for database/);
  });

  it('give no role more than it needs', async () => {
    const roles = await query(
      databases.adminUrl,
      `select rolname from pg_roles where rolname like 'yuthub%' and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb)`,
    );
    expect(roles).toEqual([]);
    await expect(query(databases.urls.app, 'create table read.mine (id int)')).rejects.toThrow(/permission denied/);
    await expect(query(databases.urls.app, 'create table public.mine (id int)')).rejects.toThrow(/permission denied/);
  });

  it('can be prepared again, by several processes at once', async () => {
    const options = { adminUrl: databases.adminUrl, masterKey: TEST_MASTER_KEY };
    const [first, second] = await Promise.all([prepareDatabases(options), prepareDatabases(options)]);
    expect(first).toEqual(databases.urls);
    expect(second).toEqual(databases.urls);
  });

  it('are separate for every caller', async () => {
    const other = await testDatabases();
    await query(databases.urls.owner, 'create table app.only_here (id int)');
    await expect(query(other.urls.owner, 'select from app.only_here')).rejects.toThrow(/does not exist/);
    await other.drop();
  });
});
