import pg from 'pg';
import type { CopyTarget } from '../custody/log-copy.js';
import { openLogEnd, type LogOpening } from '../custody/log-ends.js';
import type { Configuration } from '../platform/configuration.js';
import { prepareDatabases, type DatabaseUrls } from '../platform/databases.js';
import type { Preparation } from '../event-store/eventstoredb/preparation.js';
import type { EventStore } from '../event-store/event-store.js';
import { mainDatabase } from './databases.js';
import { PostgresEventStore } from '../event-store/postgres/postgres-event-store.js';

/** The log that the configuration names: EventStoreDB, or the table in PostgreSQL. */
export async function openLog(configuration: Configuration, urls: DatabaseUrls): Promise<EventStore> {
  const { eventStoreUrl } = configuration;
  return eventStoreUrl === undefined ? PostgresEventStore.open({ connectionString: urls.app }) : openEventStoreDb(eventStoreUrl);
}

/** Loaded only where it is used: the client library is large. */
async function openEventStoreDb(connectionString: string, patienceMs?: number): Promise<EventStore> {
  const { EventStoreDbEventStore } = await import('../event-store/eventstoredb/eventstoredb-event-store.js');
  return EventStoreDbEventStore.open({ connectionString, ...(patienceMs === undefined ? {} : { patienceMs }) });
}

/** Nobody waits for an answer while a log is copied: a restart of the server is sat out. */
const PATIENCE_MS = 120_000;

/** The log that the configuration names, to be filled: with whether appends that are sent together keep their order there. */
export async function openLogToFill(configuration: Configuration, urls: DatabaseUrls): Promise<CopyTarget & { readonly store: EventStore }> {
  const opening = logOpening(configuration, urls);
  return openLogEnd(configuration.eventStoreUrl === undefined ? 'postgres' : 'eventstoredb', opening);
}

/** Every log that a command line may name. */
export const logOpening = ({ eventStoreUrl, masterKey }: Configuration, { app }: DatabaseUrls): LogOpening => ({
  ownEventStoreUrl: eventStoreUrl,
  ownPostgres: () => PostgresEventStore.open({ connectionString: app, patienceMs: PATIENCE_MS }),
  postgres: async (url, make) => {
    const adminUrl = mainDatabase(url);
    if (make && !(await hasLog(adminUrl))) await prepareDatabases({ adminUrl, masterKey });
    return PostgresEventStore.open({ connectionString: adminUrl, patienceMs: PATIENCE_MS });
  },
  eventStoreDb: (url) => openEventStoreDb(url, PATIENCE_MS),
});

/** Preparing gives roles passwords of this installation: nothing for a server where another one works. */
async function hasLog(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ there: boolean }>(`select to_regclass('log.events') is not null as there`);
    return rows[0]!.there;
  } catch (error) {
    if ((error as { code?: string }).code === NO_DATABASE) return false;
    throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

const NO_DATABASE = '3D000';

/** Makes EventStoreDB ready for the product. @returns sentences about what was done. */
export async function prepareEventStoreDb(preparation: Preparation): Promise<readonly string[]> {
  const { prepareServer } = await import('../event-store/eventstoredb/preparation.js');
  return prepareServer(preparation);
}
