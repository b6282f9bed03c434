import { EventStoreDBClient, jsonEvent, NO_STREAM } from '@eventstore/db-client';
import { randomUUID } from 'node:crypto';
import { openCore } from '../../src/assembly/core.js';
import { EventStoreDbEventStore } from '../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import { jsonOf } from '../../src/event-store/metadata.js';
import { loadConfiguration } from '../../src/platform/configuration.js';
import { sample } from './append.js';
import { generated, paymentsInto } from './commands.js';
import { eventLogServer } from './event-log-server.js';
import { inRotation, load, rate, time, type Figures } from './measure.js';
import { measuredOrganization } from './people.js';
import { environmentOf, startProductProcess } from './product-process.js';
import type { BenchServer } from './server.js';

const TIMES = Number(process.env['BENCH_ESDB_APPENDS'] ?? 6_000);
const ROUNDS = 3;
const [TYPE, data, metadata] = ['PlacementStarted', jsonOf(sample.data), jsonOf(sample.metadata)];

/**
 * One event of the same bytes to a new stream, through the adapter and through the client library by itself; and whole
 * commands over HTTP by an api process whose log is that server. All three in turns.
 */
export async function esdbAppend(server: BenchServer): Promise<Figures> {
  const log = await eventLogServer();
  const environment = { EVENTSTORE_URL: log.connectionString };
  const core = await openCore(loadConfiguration(environmentOf(server, 'api', environment)), server.urls, () => undefined);
  const { accounts, token } = await measuredOrganization(core, 200);
  await core.close();
  const api = await startProductProcess(server, 'api', environment);
  const store = await EventStoreDbEventStore.open({ connectionString: log.connectionString });
  const client = EventStoreDBClient.connectionString(log.connectionString);
  const figures: Figures = {};
  for (const concurrent of [16, 64]) {
    const runners = {
      adapter: () => load(TIMES, concurrent, () => store.append(`placement-${randomUUID()}`, 'no-stream', [{ id: randomUUID(), type: TYPE, ...sample }])),
      commands: () => generated({ baseUrl: api.baseUrl, token, concurrent, requests: paymentsInto(accounts, TIMES / 2) }),
      bare: () => load(TIMES, concurrent, () => client.appendToStream(`placement-${randomUUID()}`, jsonEvent({ id: randomUUID(), type: TYPE, data, metadata }), { expectedRevision: NO_STREAM })),
    };
    if (concurrent === 16) await inRotation(1, runners);
    const { adapter, commands, bare } = await inRotation(ROUNDS, runners);
    const against = `at ${concurrent} at once on ${log.name}, against the bare client's appends`;
    figures[`esdb_append_${concurrent}`] = rate(commands.perSecond, bare.perSecond, `HTTP commands/s ${against}`);
    figures[`esdb_append_${concurrent}_p99`] = time(commands.p99, bare.p99, `ms, HTTP commands ${against}`);
    figures[`esdb_adapter_append_${concurrent}`] = rate(adapter.perSecond, bare.perSecond, `events/s ${against}`);
  }
  await Promise.all([api.stop(), store.close(), client.dispose()]);
  await log.stop();
  return figures;
}
