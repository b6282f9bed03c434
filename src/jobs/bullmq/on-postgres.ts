import { assertSchemaCompatibility, type BackendFactory, LATEST_SCHEMA_VERSION, PostgresConnection, PostgresQueueBackend, Queue, runMigrations, Worker } from 'bullmq';
import pg from 'pg';
import { survivingLosses } from '../../platform/lossy-connections.js';
import { QUEUES, type QueueName } from '../job.js';
import { type Backing, EVENTS_KEPT } from './bullmq-queues.js';

/** The library's own tables. Migrations of ours make the schema and say who may use what is in it. */
const SCHEMA = 'bullmq';
/** Besides those that listen: what one process asks of its queues at the same time. */
const CONNECTIONS = 4;

/**
 * Brings the library's tables to the version of the library. @param ownerUrl of yuthub_owner.
 * @throws where they are of a newer version, whose first words say so.
 */
export async function prepareQueueTables(ownerUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const current = await assertSchemaCompatibility(client, SCHEMA).catch(() => 0);
    if (current < LATEST_SCHEMA_VERSION) await runMigrations(client, SCHEMA);
  } finally {
    await client.end();
  }
}

/**
 * The library looks at its tables once for each queue and worker, and one whose connection is lost just then never works.
 * They have been looked at.
 */
class PreparedConnection extends PostgresConnection {
  override waitUntilReady(): Promise<void> {
    return Promise.resolve();
  }
}

const prepared: BackendFactory<PostgresQueueBackend, pg.Pool> = (name, options) => new PostgresQueueBackend(new PreparedConnection(options.connection), name, options);

/** Queues in PostgreSQL. @param connectionString of yuthub_app; the tables are prepared. */
export function onPostgres(connectionString: string): Backing {
  const connection = survivingLosses(
    new pg.Pool({ connectionString, options: `-c search_path=${SCHEMA}`, max: QUEUES.length + CONNECTIONS, keepAlive: true, connectionTimeoutMillis: 5_000 }),
  );
  const queues = new Map<QueueName, Queue>();
  return {
    place: 'postgresql',
    queue: (name) => {
      const queue = new Queue(name, { connection, streams: { events: { maxLen: EVENTS_KEPT } } }, prepared) as unknown as Queue;
      queues.set(name, queue);
      return queue;
    },
    put: async (name, jobs) => {
      // The library's way for many at once makes tables and sequences while it does, which yuthub_app may not.
      for (const job of jobs) await queues.get(name)!.add(job.name, job.data, job.opts);
    },
    worker: (name, process, options) => new Worker(name, process, { ...options, connection }, prepared) as unknown as Worker,
    close: () => connection.end(),
  };
}
