import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { withDatabase } from '../../src/platform/databases.js';
import { jsonOf } from '../../src/event-store/metadata.js';
import { sample } from './append.js';

/** One of the peers. */
export type PeerName = 'emmett' | 'castore' | 'message-db';
/** Appends one event to a stream that must not exist. */
type Append = () => Promise<unknown>;

const POOL = 16;
const TYPE = 'PlacementStarted';
const event = { data: jsonOf(sample.data), metadata: jsonOf(sample.metadata) };

interface Emmett {
  getPostgreSQLEventStore(connectionString: string, options: { connectionOptions: { pool: pg.Pool } }): {
    appendToStream(stream: string, events: object[], options: { expectedStreamVersion: unknown }): Promise<unknown>;
    readonly schema: { migrate(): Promise<unknown> };
    close(): Promise<void>;
  };
}
interface Castore {
  PostgresEventStorageAdapter: {
    new (options: { connectionString: string }): { pushEvent(event: object, options: { eventStoreId: string }): Promise<unknown> };
    createEventTable(options: { connectionString: string }): Promise<unknown>;
  };
}

/** Makes a database for a peer, with what its own installation puts there. @returns its append, in its own words */
export async function openPeer(name: PeerName, peers: NodeJS.Require, adminUrl: string): Promise<Append> {
  const connectionString = await emptyDatabase(adminUrl, `peer_${name.replace('-', '_')}`);
  switch (name) {
    case 'emmett': {
      const { store } = await emmettStore(peers, connectionString);
      const { STREAM_DOES_NOT_EXIST } = peers('@event-driven-io/emmett') as { STREAM_DOES_NOT_EXIST: unknown };
      return () => store.appendToStream(`placement-${randomUUID()}`, [{ type: TYPE, ...event }], { expectedStreamVersion: STREAM_DOES_NOT_EXIST });
    }
    case 'castore': {
      const { PostgresEventStorageAdapter } = peers('@castore/event-storage-adapter-postgres') as Castore;
      await PostgresEventStorageAdapter.createEventTable({ connectionString });
      const adapter = new PostgresEventStorageAdapter({ connectionString });
      return () => adapter.pushEvent({ aggregateId: randomUUID(), version: 1, type: TYPE, payload: event.data, metadata: event.metadata }, { eventStoreId: 'placement' });
    }
    case 'message-db':
      return messageDb(peers, connectionString);
  }
}

/** Drops and makes it. @returns how it is reached */
export async function emptyDatabase(adminUrl: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  await client.query(`drop database if exists ${client.escapeIdentifier(name)}`);
  await client.query(`create database ${client.escapeIdentifier(name)}`);
  await client.end();
  return withDatabase(adminUrl, name);
}

/** Its event store with its tables, on as many connections as there are callers. */
export async function emmettStore(peers: NodeJS.Require, connectionString: string) {
  const { Pool } = peers('pg') as typeof pg;
  const { getPostgreSQLEventStore } = peers('@event-driven-io/emmett-postgresql') as Emmett;
  const pool = new Pool({ connectionString, max: POOL });
  const store = getPostgreSQLEventStore(connectionString, { connectionOptions: { pool } });
  await store.schema.migrate();
  const close = async (): Promise<void> => {
    await store.close();
    await pool.end();
  };
  return { store, close };
}

/** It has no client for Node: its functions are called, as its documentation says. */
async function messageDb(peers: NodeJS.Require, connectionString: string): Promise<Append> {
  const pool = new pg.Pool({ connectionString, max: POOL, options: '-c search_path=message_store,public' });
  const database = join(dirname(peers.resolve('@eventide/message-db/package.json')), 'database');
  for (const file of installation) await pool.query(readFileSync(join(database, `${file}.sql`), 'utf8'));
  const [data, metadata] = [sample.data, sample.metadata].map((bytes) => Buffer.from(bytes).toString());
  return () =>
    pool.query({
      name: 'write-message',
      text: 'select write_message($1, $2, $3, $4, $5, -1)',
      values: [randomUUID(), `placement-${randomUUID()}`, TYPE, data, metadata],
    });
}

/** What its install.sh gives to psql, in that order, but for the views and rights. */
const installation = [
  'schema/message-store', 'extensions/pgcrypto', 'tables/messages', 'types/message',
  ...['message-store-version', 'hash-64', 'acquire-lock', 'category', 'is-category', 'id', 'cardinal-id', 'stream-version', 'write-message'].map((name) => `functions/${name}`),
  'indexes/messages-id', 'indexes/messages-stream', 'indexes/messages-category',
];
