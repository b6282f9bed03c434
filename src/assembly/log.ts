import type { LogOpening } from '../custody/log-ends.js';
import type { Configuration } from '../platform/configuration.js';
import { prepareDatabases, type DatabaseUrls } from '../platform/databases.js';
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

/** Every log that a command line may name. */
export const logOpening = ({ eventStoreUrl, masterKey }: Configuration, { app }: DatabaseUrls): LogOpening => ({
  ownEventStoreUrl: eventStoreUrl,
  ownPostgres: () => PostgresEventStore.open({ connectionString: app, patienceMs: PATIENCE_MS }),
  postgres: async (url, make) => {
    const adminUrl = mainDatabase(url);
    if (make) await prepareDatabases({ adminUrl, masterKey });
    return PostgresEventStore.open({ connectionString: adminUrl, patienceMs: PATIENCE_MS });
  },
  eventStoreDb: (url) => openEventStoreDb(url, PATIENCE_MS),
});
