import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { EventStoreDbEventStore, type EventStoreDbEventStoreOptions } from '../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import { LogUnavailable } from '../../src/event-store/errors.js';
import type { RecordedEvent } from '../../src/event-store/event-store.js';
import { StandIn, type Cluster } from '../support/eventstoredb/stand-in.js';
import { Wire } from '../support/eventstoredb/wire.js';
import { event } from './event-store-events.js';

const aStream = (): string => `spec-${randomUUID()}`;
async function all(events: AsyncIterable<RecordedEvent>): Promise<RecordedEvent[]> {
  const found: RecordedEvent[] = [];
  for await (const one of events) found.push(one);
  return found;
}

describe('reading from EventStoreDB when something goes wrong', () => {
  let node: StandIn;
  let wire: Wire;
  let store: EventStoreDbEventStore;
  const put = (count: number, data: object = { n: 1 }): string => {
    const stream = aStream();
    node.log.append(stream, 'no-stream', Array.from({ length: count }, () => ({ ...event('Happened', data), contentType: 'application/json' })));
    return stream;
  };
  beforeEach(async () => {
    node = await StandIn.start();
    wire = await Wire.open(() => node.port);
    store = await EventStoreDbEventStore.open({ connectionString: wire.connectionString, answerWithinMs: 300, patienceMs: 60_000 });
  });
  afterEach(async () => {
    await store.close();
    await wire.close();
    node.stop();
  });

  it.each([1, 100, 5_000, 50_000])('reads a stream to its end though the connection is cut after %i bytes', async (bytes) => {
    const stream = put(700);
    wire.cutAfter = bytes;
    expect((await all(store.readStream(stream))).map(({ revision }) => revision)).toEqual([...Array(700).keys()]);
    expect(wire.cutAfter).toBe(Infinity);
    wire.cutAfter = bytes;
    expect((await all(store.readStream(stream, { direction: 'backwards', limit: 600 }))).map(({ revision }) => revision)).toEqual([...Array(700).keys()].slice(100).reverse());
  });

  it('gives up in bounded time when nobody answers', async () => {
    const impatient = await EventStoreDbEventStore.open({ connectionString: wire.connectionString, answerWithinMs: 300, patienceMs: 3_000 });
    node.faults.readsSilent = true;
    const begun = performance.now();
    await expect(impatient.readStreams([{ stream: aStream() }])).rejects.toBeInstanceOf(LogUnavailable);
    await expect(impatient.head()).rejects.toBeInstanceOf(LogUnavailable);
    expect(performance.now() - begun).toBeLessThan(40_000);
    await impatient.close();
  });

  it('waits for a server that comes up', async () => {
    const stream = put(2);
    node.faults.readsNotReady = true;
    const reading = store.readStreams([{ stream }]);
    await node.faults.readsArrived(node.faults.readsSeen + 3);
    node.faults.readsNotReady = false;
    expect((await reading).get(stream)).toHaveLength(2);
  });

  it('reads so many streams at a time and no more', async () => {
    const streams = Array.from({ length: 200 }, () => put(3));
    const found = await store.readStreams(streams.map((stream) => ({ stream })));
    expect([...found.values()].every((events) => events.length === 3)).toBe(true);
    expect(node.faults.mostReading).toBeLessThanOrEqual(32);
    expect(node.faults.mostReading).toBeGreaterThan(4);
  });

  it('reads a stream once for all who want it at once, and anew for who wants it after an append', async () => {
    const stream = put(3);
    // Nothing is asked again for want of an answer, however slow the machine is.
    const patient = await EventStoreDbEventStore.open({ connectionString: wire.connectionString, answerWithinMs: 60_000 });
    const before = node.faults.readsSeen;
    const found = await Promise.all(Array.from({ length: 50 }, () => patient.readStreams([{ stream }])));
    expect(found.every((streams) => streams.get(stream)!.length === 3)).toBe(true);
    expect(node.faults.readsSeen - before).toBeLessThan(10);
    const early = patient.readStreams([{ stream }]);
    const { revision } = await patient.append(stream, 2, [event()]);
    expect((await patient.readStreams([{ stream }])).get(stream)!.at(-1)!.revision).toBe(revision);
    await early;
    await patient.close();
  });

  it('lets a reader that pauses pause the server', async () => {
    const stream = aStream();
    for (let n = 0; n < 40; n++) node.log.append(stream, n === 0 ? 'no-stream' : BigInt(n * 10 - 1), Array.from({ length: 10 }, () => ({ ...event('Large', { x: 'x'.repeat(50_000) }), contentType: 'application/json' })));
    let seen = 0;
    let most = 0;
    for await (const one of store.readStream(stream)) {
      seen = one.revision;
      for (let n = 0; n < 3; n++) await new Promise((resolve) => setImmediate(resolve));
      most = Math.max(most, node.faults.delivered - seen);
    }
    expect(seen).toBe(399);
    expect(most).toBeLessThan(200);
  });

  it('is told that it may not, and not that nothing is there', async () => {
    const stream = put(1);
    node.faults.denied = 'all';
    await expect(all(store.readStream(stream))).rejects.toThrow(/does not accept the user/);
  });

  describe('never gives out half a stream', () => {
    it.each([
      ['forwards', {}],
      ['backwards', { direction: 'backwards' }],
    ] as const)('that has lost its beginning, %s', async (_, options) => {
      const stream = put(5);
      node.log.append(`$$${stream}`, 'no-stream', [{ ...event('$metadata', { $maxCount: 2 }), contentType: 'application/json' }]);
      await expect(all(store.readStream(stream, options))).rejects.toMatchObject({ name: 'LogDamaged', damage: 'truncated', stream });
    });

    it('that was deleted for good', async () => {
      const stream = put(5);
      node.log.tombstone(stream);
      await expect(all(store.readStream(stream))).rejects.toMatchObject({ name: 'LogDamaged', damage: 'deleted', stream });
    });

    it('that is deleted while it is read', async () => {
      const stream = put(700);
      const reading = (async () => { for await (const one of store.readStream(stream)) if (one.revision === 0) node.log.softDelete(stream); })();
      await expect(reading).rejects.toMatchObject({ name: 'LogDamaged', stream });
    });
  });
});

describe('EventStoreDB on several nodes', () => {
  let cluster: Cluster;
  let open: EventStoreDbEventStore[];
  const openStore = async (options: Partial<EventStoreDbEventStoreOptions> = {}): Promise<EventStoreDbEventStore> => {
    const hosts = cluster.nodes.map(({ port }) => `127.0.0.1:${port}`).join(',');
    const store = await EventStoreDbEventStore.open({ connectionString: `esdb://${hosts}?tls=false`, answerWithinMs: 500, ...options });
    open.push(store);
    return store;
  };
  const loseLeader = (): void => {
    const [lost, next] = cluster.nodes;
    cluster.leader = next!;
    lost!.stop();
  };
  beforeEach(async () => {
    [cluster, open] = [await StandIn.startCluster(3), []];
  });
  afterEach(async () => {
    await Promise.all(open.map((store) => store.close()));
    for (const node of cluster.nodes) node.stop();
  });

  it('goes on with another leader when the leader is lost: appends, reads and subscriptions', async () => {
    const [store, stream, stop] = [await openStore(), aStream(), new AbortController()];
    const seen: number[] = [];
    for await (const item of store.subscribeAll(await store.head(), stop.signal)) {
      if (item.kind === 'mark') {
        if (item.caughtUp && seen.length === 0) await store.append(stream, 'no-stream', [event()]);
        continue;
      }
      seen.push(item.revision);
      if (seen.length === 10) break;
      if (seen.length === 5) loseLeader();
      await store.append(stream, item.revision, [event()]);
    }
    expect(seen).toEqual([...Array(10).keys()]);
    expect((await store.readStreams([{ stream }])).get(stream)).toHaveLength(10);
  });

  it('settles what the leader stored before it lost its place', async () => {
    const [store, stream] = [await openStore(), aStream()];
    cluster.leader.faults.appends.push('lose-leadership');
    await expect(store.append(stream, 'no-stream', [event()])).resolves.toMatchObject({ revision: 0 });
    expect(cluster.leader.log.all.filter((one) => one.stream === stream)).toHaveLength(1);
  });

  it('asks the leader, though another node was named', async () => {
    const follower = cluster.nodes[2]!;
    const store = await openStore({ connectionString: follower.connectionString });
    const stream = aStream();
    await store.append(stream, 'no-stream', [event()]);
    expect(await all(store.readStream(stream))).toHaveLength(1);
    expect(cluster.leader.faults.readsSeen).toBeGreaterThan(0);
  });

  it('survives that no node is there for a while, with nobody hearing of it but who waits', async () => {
    const store = await openStore({ patienceMs: 3_000 });
    const stop = new AbortController();
    const [stream, late] = [aStream(), event()];
    await store.append(stream, 'no-stream', [event()]);
    const seen: string[] = [];
    const head = await store.head();
    const reading = (async () => {
      for await (const item of store.subscribeAll(head, stop.signal)) if (item.kind === 'event' && seen.push(item.id)) stop.abort();
    })();
    for (const node of cluster.nodes) node.stop();
    await expect(store.append(stream, 0, [event()])).rejects.toThrow();
    for (const node of cluster.nodes) await node.start();
    cluster.leader.log.append(stream, 0n, [{ ...late, contentType: 'application/json' }]);
    await reading;
    expect(seen).toEqual([late.id]);
  });
});
