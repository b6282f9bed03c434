import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { EventStoreDbEventStore } from '../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import { StandIn } from '../support/eventstoredb/stand-in.js';
import { event } from './event-store-events.js';
import { SubscriptionWorld } from './eventstoredb-world.js';

/** How the adapter tells what came since without asking after every stream. */
describe('looking at what came since', () => {
  const world = new SubscriptionWorld();
  const streams = Array.from({ length: 5 }, () => `spec-${randomUUID()}`);
  const since = async (store: EventStoreDbEventStore, from: number): Promise<number[]> =>
    [...(await store.readStreams(streams.map((stream) => ({ stream, from })))).values()].map((events) => events.length);

  it('takes one read for all streams that are known, and for all who ask at the same time', async () => {
    const store = await world.openStore({ answerWithinMs: 60_000 });
    for (const stream of streams) world.put(2, stream);
    expect(await since(store, 0)).toEqual([2, 2, 2, 2, 2]);
    const before = world.node.faults.readsSeen;
    for (let n = 0; n < 10; n++) expect(await since(store, 2)).toEqual([0, 0, 0, 0, 0]);
    expect(world.node.faults.readsSeen - before).toBe(10);
    await Promise.all(Array.from({ length: 40 }, () => since(store, 2)));
    expect(world.node.faults.readsSeen - before).toBe(12);
    world.put(1, streams[3]);
    expect(await since(store, 2)).toEqual([0, 0, 0, 1, 0]);
    expect(world.node.faults.readsSeen - before).toBe(14);
  });

  it('knows streams that do not exist too, and hears of their beginning', async () => {
    const store = await world.openStore({ answerWithinMs: 60_000 });
    world.put(1);
    expect(await since(store, 0)).toEqual([0, 0, 0, 0, 0]);
    const before = world.node.faults.readsSeen;
    expect(await since(store, 0)).toEqual([0, 0, 0, 0, 0]);
    expect(world.node.faults.readsSeen - before).toBe(1);
    world.put(1, streams[0]);
    expect(await since(store, 0)).toEqual([1, 0, 0, 0, 0]);
  });

  it('reads every stream again where the log is another one', async () => {
    const store = await world.openStore();
    for (const stream of streams) world.put(3, stream);
    expect(await since(store, 0)).toEqual([3, 3, 3, 3, 3]);
    const [other, was] = [await StandIn.start(), world.node];
    // As many events, at the same places, in streams of the same names: and another history.
    for (const stream of streams) for (let n = 0; n < 3; n++) other.log.append(stream, 'any', [{ ...event(), contentType: 'application/json' }]);
    other.log.append(streams[1]!, 'any', [{ ...event(), contentType: 'application/json' }]);
    world.node = other;
    world.wire.cut();
    expect(await since(store, 3)).toEqual([0, 1, 0, 0, 0]);
    was.stop();
  });

  it('asks after streams as ever while a look is not answered', async () => {
    const store = await world.openStore();
    for (const stream of streams) world.put(2, stream);
    expect(await since(store, 0)).toEqual([2, 2, 2, 2, 2]);
    world.node.faults.readsSilent = true;
    const asked = since(store, 1);
    await world.node.faults.readsArrived(world.node.faults.readsSeen + 4);
    world.put(1, streams[2]);
    world.node.faults.readsSilent = false;
    expect(await asked).toEqual([1, 1, 2, 1, 1]);
    expect(await since(store, 2)).toEqual([0, 0, 1, 0, 0]);
  });

  it('hears that a stream was deleted', async () => {
    const store = await world.openStore();
    for (const stream of streams) world.put(2, stream);
    await since(store, 0);
    world.node.log.tombstone(streams[4]!);
    await expect(since(store, 2)).rejects.toMatchObject({ name: 'LogDamaged', damage: 'deleted', stream: streams[4] });
  });
});
