import { describe, expect, it } from '@jest/globals';
import { event } from './event-store-events.js';
import { aStream, type Item, SubscriptionWorld, turn } from './eventstoredb-world.js';

describe('a subscription to EventStoreDB', () => {
  const world = new SubscriptionWorld();

  describe('goes on from where its reader is', () => {
    const breaks: [string, () => void | Promise<void>][] = [
      ['the connection is reset', () => world.wire.cut()],
      ['the server is restarted', async () => (world.node.stop(), world.node.start())],
      ['the server lets it go without a word', () => world.node.faults.dropSubscriptions()],
    ];
    it.each(breaks)('when %s', async (_, breakIt) => {
      const store = await world.openStore();
      const [before, after] = [world.put(50), [] as string[]];
      const { ids } = await world.readUntil(store, 0, async (item, seen) => {
        if (item.kind === 'event' && (seen.length === 20 || seen.length === 50)) {
          after.push(...world.put(10));
          await breakIt();
        }
        return seen.length === 70;
      });
      expect(ids).toEqual([...before, ...after]);
    });

    it('wherever in the bytes the connection is cut', async () => {
      const store = await world.openStore();
      const written = world.put(400);
      for (const bytes of [1, 9, 10, 100, 1_000, 5_000, 20_000, 60_000]) {
        world.wire.cutAfter = bytes;
        const { ids } = await world.readUntil(store, 0, (_, seen) => seen.length === 400);
        expect(ids).toEqual(written);
        expect(world.wire.cutAfter).toBe(Infinity);
      }
    });

    it('when bits arrive wrong, without ever giving out wrong bytes', async () => {
      const store = await world.openStore();
      const written = world.put(200);
      const bytes = (items: Item[]): string[] => items.flatMap((item) => (item.kind === 'event' ? [`${item.id} ${Buffer.from(item.data).toString()} ${item.type}`] : []));
      const { items: whole } = await world.readUntil(store, 0, (_, seen) => seen.length === 200);
      for (const flipAt of [3, 5, 12]) {
        // In the header of a frame: what TLS does for the rest, nothing does here.
        world.wire.cut();
        world.wire.flipAt = flipAt;
        const { items, ids } = await world.readUntil(store, 0, (_, seen) => seen.length === 200);
        expect(bytes(items)).toEqual(bytes(whole));
        expect(ids).toEqual(written);
        expect(world.wire.flipAt).toBe(Infinity);
      }
    });

    it('when it was cut off for being slow', async () => {
      const store = await world.openStore();
      world.node.faults.liveBuffer = 20;
      const written: string[] = [];
      const { ids } = await world.readUntil(store, 0, async (item, seen) => {
        // While the reader is busy, more is stored than the server and the transport hold back.
        if (item.kind === 'mark' && item.caughtUp && written.length < 3_000) {
          for (let n = 0; n < 10; n++) {
            written.push(...world.put(100));
            await turn();
          }
        }
        return written.length >= 3_000 && seen.length === written.length;
      });
      expect(ids).toEqual(written);
      expect(world.node.faults.cutOff).toBeGreaterThan(0);
    });

    it('when the network has become a black hole, found out by asking the leader', async () => {
      const store = await world.openStore({ quietMs: 100 });
      world.put(5);
      let late: string[] = [];
      const { ids } = await world.readUntil(store, 0, async (item, seen) => {
        if (item.kind === 'mark' && item.caughtUp && late.length === 0) {
          const before = world.wire.connections;
          world.wire.weather = 'black-hole';
          late = world.put(3);
          void world.wire.connected(before + 1).then(() => (world.wire.weather = 'fine'));
        }
        return seen.length === 8;
      });
      expect(ids.slice(5)).toEqual(late);
    });

    it('when the server forgets it but leaves it open', async () => {
      const store = await world.openStore({ quietMs: 100 });
      world.node.faults.skip = () => world.node.faults.subscriptionsSeen === 1;
      let late: string[] = [];
      const { ids } = await world.readUntil(store, 0, (item, seen) => {
        if (item.kind === 'mark' && item.caughtUp && late.length === 0) late = world.put(2);
        return seen.length === 2;
      });
      expect(ids).toEqual(late);
      expect(world.node.faults.subscriptionsSeen).toBeGreaterThan(1);
    });

    it('while the server comes up', async () => {
      const store = await world.openStore();
      const written = world.put(5);
      world.node.faults.readsNotReady = true;
      const reading = world.readUntil(store, 0, (_, seen) => seen.length === 5);
      const tries = world.node.faults.readsSeen + 3;
      await world.node.faults.readsArrived(tries);
      world.node.faults.readsNotReady = false;
      expect((await reading).ids).toEqual(written);
    });

    it('one byte at a time', async () => {
      const store = await world.openStore({ answerWithinMs: 60_000 });
      const written = world.put(20);
      world.wire.weather = 'sliced';
      expect((await world.readUntil(store, 0, (_, seen) => seen.length === 20)).ids).toEqual(written);
    });
  });

  describe('its reader', () => {
    it('slows the server down, so that memory stays bounded', async () => {
      const store = await world.openStore();
      const filling = 'x'.repeat(10_000);
      for (let n = 0; n < 3_000; n++) world.node.log.append(aStream(), 'no-stream', [{ ...event('Large', { filling }), contentType: 'application/json' }]);
      let most = 0;
      await world.readUntil(store, 0, async (item, seen) => {
        if (item.kind !== 'event') return;
        for (let n = 0; n < 3; n++) await turn();
        most = Math.max(most, world.node.faults.delivered - seen.length);
        return seen.length === 3_000;
      });
      expect(most).toBeLessThan(1_000);
    });

    it('can leave at any time, even while nobody answers', async () => {
      const store = await world.openStore({ answerWithinMs: 60_000 });
      world.put(3);
      const stop = new AbortController();
      let reads = 0;
      world.wire.weather = 'black-hole';
      const reading = (async () => {
        for await (const item of store.subscribeAll(Number(world.node.log.all.at(-1)!.position), stop.signal)) reads += item.position;
      })();
      await turn();
      stop.abort();
      await reading;
      expect(reads).toBe(0);
      world.wire.weather = 'fine';
      world.wire.cut();
    });

    it('leaves nothing running on the server', async () => {
      const store = await world.openStore();
      await world.readUntil(store, 0, (item) => item.kind === 'mark');
      for await (const item of store.subscribeAll(0, new AbortController().signal)) if (item.kind === 'mark') break;
      while (world.node.faults.subscriptions > 0) await turn();
      expect(world.node.faults.subscriptions).toBe(0);
    });
  });
});
