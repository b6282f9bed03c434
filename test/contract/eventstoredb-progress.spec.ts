import { describe, expect, it } from '@jest/globals';
import type { EventStoreDbEventStore } from '../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import { LogUnavailable } from '../../src/event-store/errors.js';
import { event } from './event-store-events.js';
import { aStream, SubscriptionWorld } from './eventstoredb-world.js';

describe('what a subscription to EventStoreDB says', () => {
  const world = new SubscriptionWorld();

  describe('tells how far it has come', () => {
    it('over stretches of the system, which do not come through', async () => {
      const store = await world.openStore();
      world.put(1);
      world.putSystem(200);
      // The server has said so twice by then: at the place that it names last there may be nothing that a reader is shown.
      const end = Number(world.node.log.all.at(-65)!.position);
      const { ids } = await world.readUntil(store, 0, (item) => item.kind === 'mark' && item.position >= end);
      expect(ids).toHaveLength(1);
    });

    it('over events of others, dangling links, and data that is no JSON', async () => {
      const store = await world.openStore();
      const odd = { ...event('Other'), contentType: 'application/octet-stream', data: Buffer.from([0xff, 0]) };
      world.put(1);
      world.node.log.append('somebody-elses', 'no-stream', [odd]);
      const { position } = world.node.log.appendDangling('somebody-elses');
      const { ids } = await world.readUntil(store, 0, (item) => item.kind === 'mark' && item.caughtUp && item.position === Number(position));
      expect(ids).toHaveLength(1);
      // From there on it is exclusive again.
      const [next] = world.put(1);
      expect((await world.readUntil(store, Number(position), (_, seen) => seen.length === 1)).ids).toEqual([next]);
    });

    it('never before its reader has had what stands before', async () => {
      const store = await world.openStore();
      world.put(300);
      world.putSystem(100);
      let last = 0;
      await world.readUntil(store, 0, (item) => {
        expect(item.position).toBeGreaterThanOrEqual(last);
        if (item.kind === 'mark') expect(world.node.log.all.filter(({ type, position }) => type === 'Happened' && Number(position) > last && Number(position) <= item.position)).toEqual([]);
        last = item.position;
        return item.kind === 'mark' && item.caughtUp;
      });
    });

    it('once for each end that it reaches', async () => {
      const store = await world.openStore();
      const { items } = await world.readUntil(store, 0, (item, seen) => {
        if (item.kind === 'mark' && item.caughtUp) {
          if (seen.length === 3) return true;
          world.put(1);
        }
        return false;
      });
      expect(items.map(({ kind }) => kind)).toEqual(['mark', 'event', 'mark', 'event', 'mark', 'event', 'mark']);
    });
  });

  describe('delivers once', () => {
    it('what the server delivers twice', async () => {
      const store = await world.openStore();
      world.node.faults.deliversTwice = true;
      const written = world.put(50);
      const { ids } = await world.readUntil(store, 0, (item) => item.kind === 'mark' && item.caughtUp);
      expect(ids).toEqual(written);
    });

    it('what stands behind a position whose own event was removed since', async () => {
      const store = await world.openStore();
      world.put(1);
      world.putSystem(40);
      const marked = world.node.log.all.at(-1)!.position;
      const [next] = world.put(1);
      world.node.log.scavenge(({ position }) => position === marked);
      const { ids } = await world.readUntil(store, Number(marked), (item) => item.kind === 'mark' && item.caughtUp);
      expect(ids).toEqual([next]);
    });
  });

  describe('is not halted', () => {
    /** Waits for the first end of the log, and does something there; reads on until there is one event more. */
    const goesOn = (store: EventStoreDbEventStore, atTheEnd: () => void | Promise<void>) => {
      let isFirst = true;
      return world.readUntil(store, 0, async (item, seen) => {
        if (item.kind === 'mark' && item.caughtUp && isFirst) {
          isFirst = false;
          await atTheEnd();
        }
        return seen.length === 2;
      });
    };

    it('by elections on a quiet log, whose records nobody is shown', async () => {
      const store = await world.openStore();
      world.put(1);
      const { ids } = await goesOn(store, async () => {
        // So many that the server says how far it has come at one of them.
        for (let n = 0; n < 32; n++) world.node.log.elect();
        // Its answer comes by the same connection, behind that.
        await store.head();
        void world.node.faults.subscriptionsBegun(world.node.faults.subscriptionsSeen + 1).then(() => world.put(1));
        world.wire.cut();
      });
      expect(ids).toHaveLength(2);
    });

    it('by a node that was left behind and answers for the leader, until it notices', async () => {
      const store = await world.openStore();
      world.putSystem(1);
      const before = world.node.log.all.at(-1)!.position;
      world.put(1);
      const { faults } = world.node;
      await goesOn(store, () => {
        faults.knownTo = before;
        void faults.readsArrived(faults.readsSeen + 16).then(() => {
          faults.knownTo = 2n ** 63n - 1n;
          world.put(1);
        });
        world.wire.cut();
      });
    });
  });

  describe('halts', () => {
    const halted = (store: EventStoreDbEventStore, after = 0): Promise<unknown> => world.readUntil(store, after, () => false);

    it('at a gap in a stream, though everything else goes on', async () => {
      const [store, stream] = [await world.openStore(), aStream()];
      const [, left, behind] = world.put(3, stream);
      world.node.faults.skip = ({ id }) => id === left;
      const ids: string[] = [];
      const reading = world.readUntil(store, 0, (item) => void (item.kind === 'event' && ids.push(item.id)));
      await expect(reading).rejects.toMatchObject({ name: 'LogDamaged', damage: 'gap', stream });
      await expect(reading).rejects.toThrow(/event 2 .* where event 1 was due/);
      expect(ids).not.toContain(behind);
    });

    it('at a gap that comes live', async () => {
      const [store, stream] = [await world.openStore(), aStream()];
      let left = '';
      world.node.faults.skip = ({ id }) => id === left;
      const reading = world.readUntil(store, 0, (item) => {
        if (item.kind === 'mark' && left === '') {
          const [one, two] = [event(), event()].map((made) => ({ ...made, contentType: 'application/json' }));
          left = one!.id;
          world.node.log.append(stream, 'no-stream', [one!, two!]);
        }
      });
      await expect(reading).rejects.toMatchObject({ damage: 'gap', stream });
    });

    it('at a gap that opens between two connections', async () => {
      const [store, stream] = [await world.openStore(), aStream()];
      const [, left] = world.put(4, stream);
      world.node.faults.skip = ({ id }) => id === left;
      const reading = world.readUntil(store, 0, (item) => void (item.kind === 'event' && world.wire.cut()));
      await expect(reading).rejects.toMatchObject({ damage: 'gap', stream });
    });

    it('not where the rules of the stream have let the events go', async () => {
      const [store, deleted, limited] = [await world.openStore(), aStream(), aStream()];
      world.put(3, deleted);
      world.node.log.softDelete(deleted);
      world.put(1, deleted);
      world.put(4, limited);
      world.node.log.append(`$$${limited}`, 'no-stream', [{ ...event('$metadata', { $maxCount: 2 }), contentType: 'application/json' }]);
      world.node.log.scavenge();
      const { items } = await world.readUntil(store, 0, (item) => item.kind === 'mark' && item.caughtUp);
      expect(items.flatMap((item) => (item.kind === 'event' ? [item.revision] : []))).toEqual([3, 2, 3]);
    });

    it('where the log is older than its reader, and stays so', async () => {
      const store = await world.openStore({ passingMs: 200 });
      world.put(3);
      const ahead = Number(world.node.log.all.at(-1)!.position) + 100_000;
      await expect(halted(store, ahead)).rejects.toMatchObject({ name: 'LogDamaged', damage: 'shortened' });
    });

    it('where its position is none of this log', async () => {
      const store = await world.openStore({ passingMs: 200 });
      world.put(3);
      const middle = Number(world.node.log.all.at(-2)!.position) + 3;
      await expect(halted(store, middle)).rejects.toMatchObject({ name: 'LogDamaged', damage: 'another-log' });
    });

    it('where the user may not read the log', async () => {
      const store = await world.openStore({ passingMs: 200 });
      world.node.faults.denied = 'all';
      await expect(halted(store)).rejects.toBeInstanceOf(LogUnavailable);
    });
  });
});
