import { EventStoreDBClient, excludeSystemEvents, START } from '@eventstore/db-client';
import { openCore } from '../../src/assembly/core.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { loadConfiguration } from '../../src/platform/configuration.js';
import { eventLogServer } from './event-log-server.js';
import { appendLog, EACH } from './made-log.js';
import { inTurns, rate, type Figures, type Run } from './measure.js';
import { environmentOf } from './product-process.js';
import type { BenchServer } from './server.js';

/** How many events, in thousands, is asked for by BENCH_ESDB_K. */
const EVENTS = Number(process.env['BENCH_ESDB_K'] ?? 50) * 1_000;
const ROUNDS = 3;

/**
 * Delivery of a log from its start to a reader that does nothing, through the adapter and through the client library by
 * itself, in turns; and to all read tables, which have never seen it, by the live projection.
 */
export async function esdbDelivery(server: BenchServer): Promise<Figures> {
  const log = await eventLogServer();
  const environment = environmentOf(server, 'projector', { EVENTSTORE_URL: log.connectionString });
  const core = await openCore(loadConfiguration(environment), server.urls, () => undefined);
  await appendLog(core, EVENTS / EACH);
  const client = EventStoreDBClient.connectionString(log.connectionString);
  const delivered = await throughAdapter(core.store);
  const run = await inTurns(ROUNDS, () => timed(delivered, () => throughAdapter(core.store)), () => timed(delivered, () => throughClient(client, delivered)));
  const head = await core.store.head();
  const projected = await timed(delivered, async () => {
    await core.engine.start();
    if (!(await core.readPosition.waitFor(head, 3_600_000))) throw new Error('The read tables do not catch up.');
  });
  await client.dispose();
  await core.close();
  await log.stop();
  const against = `of ${delivered} events from ${log.name}, against the bare client's delivery`;
  return {
    esdb_delivery: rate(run.ours.perSecond, run.yardstick.perSecond, `events/s to a no-op, ${against}`),
    esdb_projection: rate(projected.perSecond, run.yardstick.perSecond, `events/s into all read tables, ${against}`),
  };
}

async function timed(events: number, work: () => Promise<unknown>): Promise<Run> {
  const start = performance.now();
  await work();
  const milliseconds = performance.now() - start;
  return { perSecond: (events / milliseconds) * 1_000, p50: milliseconds, p99: milliseconds };
}

/** @returns how many events there are */
async function throughAdapter(store: EventStore): Promise<number> {
  let events = 0;
  for await (const one of store.subscribeAll(0, new AbortController().signal)) {
    if (one.kind === 'event') events++;
    else if (one.caughtUp) break;
  }
  return events;
}

async function throughClient(client: EventStoreDBClient, events: number): Promise<void> {
  const subscription = client.subscribeToAll({ fromPosition: START, filter: excludeSystemEvents() });
  let seen = 0;
  for await (const { event } of subscription) if (event && ++seen === events) break;
  await subscription.unsubscribe();
}
