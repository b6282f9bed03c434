import type { Configuration } from '../platform/configuration.js';
import type { DatabaseUrls } from '../platform/databases.js';
import type { EventStore } from '../event-store/event-store.js';
import { PostgresEventStore } from '../event-store/postgres/postgres-event-store.js';

/** The log that the configuration names: EventStoreDB, or the table in PostgreSQL. */
export async function openLog(configuration: Configuration, urls: DatabaseUrls): Promise<EventStore> {
  const { eventStoreUrl } = configuration;
  if (eventStoreUrl === undefined) return PostgresEventStore.open({ connectionString: urls.app });
  // Loaded only where it is used: the client library is large.
  const { EventStoreDbEventStore } = await import('../event-store/eventstoredb/eventstoredb-event-store.js');
  return EventStoreDbEventStore.open({ connectionString: eventStoreUrl });
}
