import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import {
  copyDatabases,
  databaseUrls,
  type DatabaseUrls,
  prepareDatabases,
  withDatabase,
} from '../../src/platform/databases.js';

/** A fresh pair of databases, migrated and empty. */
export interface TestDatabases {
  readonly urls: DatabaseUrls;
  /** Superuser's connection string, to the main database of the pair. */
  readonly adminUrl: string;
  drop(): Promise<void>;
}

/** The passwords of the test server's roles come from this. */
export const TEST_MASTER_KEY = Buffer.alloc(32, 7);

const TEMPLATE = 'yuthub_template';
/** CREATE DATABASE wants its template to itself, and the first caller has to make it. */
const TEMPLATE_LOCK = 0x54_45_53_54;

function serverUrl(): string {
  const url = process.env['YUTHUB_TEST_POSTGRES_URL'];
  if (url === undefined)
    throw new Error('There is no test server: run the tests with Jest, whose global setup starts it.');
  return url;
}

/**
 * Databases of one's own, on the test run's server unless told otherwise. They
 * are copies of a template that the first caller of the run migrates.
 * @param server superuser's connection string.
 */
export async function testDatabases(server = serverUrl()): Promise<TestDatabases> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const template = { adminUrl: withDatabase(server, TEMPLATE), masterKey: TEST_MASTER_KEY };
  const copy = { adminUrl: withDatabase(server, name), masterKey: TEST_MASTER_KEY };
  const urls = databaseUrls(copy);
  await withServer(server, async (client) => {
    await client.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    // Only a template whose preparation went through to the end carries the comment.
    const { rows } = await client.query<{ ready: boolean }>(
      `select shobj_description(oid, 'pg_database') = 'ready' as ready from pg_database where datname = $1`,
      [TEMPLATE],
    );
    if (rows[0]?.ready !== true) {
      await prepareDatabases(template);
      await client.query(`comment on database ${TEMPLATE} is 'ready'`);
    }
    await copyDatabases(server, databaseUrls(template), urls);
  });
  return {
    urls,
    adminUrl: copy.adminUrl,
    drop: () =>
      withServer(server, async (client) => {
        await closed(client, [name, `${name}_keyring`]);
        await client.query(`drop database if exists ${name} with (force)`);
        await client.query(`drop database if exists ${name}_keyring with (force)`);
      }),
  };
}

/**
 * Waits a while for connections that are being closed: one that is cut off
 * instead may have nobody left who listens, and end the whole run with that.
 */
async function closed(client: pg.Client, names: readonly string[]): Promise<void> {
  for (let look = 0; look < 100; look++) {
    const { rowCount } = await client.query('select from pg_stat_activity where datname = any ($1)', [names]);
    if (rowCount === 0) return;
    await delay(20);
  }
}

async function withServer(server: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** What a query finds, over a connection of its own. */
export async function rowsIn<T extends object>(connectionString: string, query: string): Promise<T[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<T>(query)).rows;
  } finally {
    await client.end();
  }
}
