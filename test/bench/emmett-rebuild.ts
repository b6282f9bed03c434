import pg from 'pg';
import { jsonOf } from '../../src/event-store/metadata.js';
import type { Run } from './measure.js';
import { emmettStore, emptyDatabase } from './peer-stores.js';

/** Events to one handler of its consumer; with its own 100 it is slower. */
const BATCH = 1_000;

interface EmmettProjections {
  pongoSingleStreamProjection(options: {
    collectionName: string;
    canHandle: readonly string[];
    initialState: () => object;
    evolve: (document: object, event: { data: object }) => object;
  }): object;
  rebuildPostgreSQLProjections(options: { connectionString: string; projections: object[]; pulling: { batchSize: number } }): {
    start(): Promise<void>;
    close(): Promise<void>;
  };
}
interface Logged {
  readonly stream: string;
  readonly type: string;
  readonly data: Buffer;
  readonly metadata: Buffer;
}

/**
 * The first so many events of our log in a store of Emmett's, and a rebuild of one projection of them: a document for
 * each stream, made of its events' data as they are; nothing is opened, and there is no audit trail.
 * @throws where a stream has no document afterwards
 */
export async function rebuiltByEmmett(peers: NodeJS.Require, adminUrl: string, events: number): Promise<Run> {
  const streams = await firstEvents(adminUrl, events);
  const connectionString = await emptyDatabase(adminUrl, 'peer_emmett_rebuild');
  await fill(peers, connectionString, streams);
  const { pongoSingleStreamProjection, rebuildPostgreSQLProjections } = peers('@event-driven-io/emmett-postgresql') as EmmettProjections;
  const projection = pongoSingleStreamProjection({
    collectionName: 'residents',
    canHandle: [...new Set([...streams.values()].flat().map(({ type }) => type))],
    initialState: () => ({}),
    evolve: (document, { data }) => ({ ...document, ...data }),
  });
  const rebuild = rebuildPostgreSQLProjections({ connectionString, projections: [projection], pulling: { batchSize: BATCH } });
  const start = performance.now();
  await rebuild.start();
  const milliseconds = performance.now() - start;
  await rebuild.close();
  const documents = await documentsIn(connectionString);
  if (documents !== streams.size) throw new Error(`Emmett has made ${documents} documents of ${streams.size} streams.`);
  return { perSecond: (events / milliseconds) * 1000, p50: milliseconds, p99: milliseconds };
}

async function firstEvents(adminUrl: string, events: number): Promise<Map<string, Logged[]>> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  const { rows } = await client.query<Logged>('select stream, type, data, metadata from log.events order by position limit $1', [events]);
  await client.end();
  if (rows.length < events) throw new Error(`The log has ${rows.length} events.`);
  return Map.groupBy(rows, ({ stream }) => stream);
}

/** One append after the other: of what was appended at once, its rebuild leaves out a part. */
async function fill(peers: NodeJS.Require, connectionString: string, streams: ReadonlyMap<string, readonly Logged[]>): Promise<void> {
  const { store, close } = await emmettStore(peers, connectionString);
  const { STREAM_DOES_NOT_EXIST } = peers('@event-driven-io/emmett') as { STREAM_DOES_NOT_EXIST: unknown };
  for (const [stream, logged] of streams) {
    const events = logged.map(({ type, data, metadata }) => ({ type, data: jsonOf(data), metadata: jsonOf(metadata) }));
    await store.appendToStream(stream, events, { expectedStreamVersion: STREAM_DOES_NOT_EXIST });
  }
  await close();
}

async function documentsIn(connectionString: string): Promise<number> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  const { rows } = await client.query<{ count: string }>('select count(*) from residents');
  await client.end();
  return Number(rows[0]!.count);
}
