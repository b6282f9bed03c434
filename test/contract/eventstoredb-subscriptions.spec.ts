import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { EventStoreDbEventStore, type EventStoreDbEventStoreOptions } from '../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import { LogUnavailable } from '../../src/event-store/errors.js';
import type { Mark, RecordedEvent } from '../../src/event-store/event-store.js';
import { StandIn } from '../support/eventstoredb/stand-in.js';
import { Wire } from '../support/eventstoredb/wire.js';
import { event } from './event-store-contract.js';

const aStream = (): string => `spec-${randomUUID()}`;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
type Item = RecordedEvent | Mark;

describe('a subscription to EventStoreDB', () => {
  let node: StandIn;
  let wire: Wire;
  let open: EventStoreDbEventStore[];
  const openStore = async (options: Partial<EventStoreDbEventStoreOptions> = {}): Promise<EventStoreDbEventStore> => {
    const store = await EventStoreDbEventStore.open({ connectionString: wire.connectionString, answerWithinMs: 300, quietMs: 10_000, patienceMs: 5_000, ...options });
    open.push(store);
    return store;
  };
  /** Stores events without a client; each of a stream of its own, or all of one. */
  const put = (count: number, stream?: string): string[] =>
    Array.from({ length: count }, () => {
      const one = { ...event(), contentType: 'application/json' };
      node.log.append(stream ?? aStream(), stream === undefined ? 'no-stream' : 'any', [one]);
      return one.id;
    });
  const putSystem = (count: number, stream = '$stats'): void => {
    for (let n = 0; n < count; n++) node.log.append(stream, 'any', [{ ...event('$statsCollected'), contentType: 'application/json' }]);
  };
  /** Reads until it has what it wants, doing something at each item. */
  const readUntil = async (store: EventStoreDbEventStore, after: number, enough: (item: Item, ids: string[]) => boolean | void | Promise<boolean | void>): Promise<{ ids: string[]; items: Item[] }> => {
    const stop = new AbortController();
    const [ids, items]: [string[], Item[]] = [[], []];
    for await (const item of store.subscribeAll(after, stop.signal)) {
      items.push(item);
      if (item.kind === 'event') ids.push(item.id);
      if (await enough(item, ids)) stop.abort();
    }
    return { ids, items };
  };
  beforeEach(async () => {
    [node, open] = [await StandIn.start(), []];
    wire = await Wire.open(() => node.port);
  });
  afterEach(async () => {
    await Promise.all(open.map((store) => store.close()));
    await wire.close();
    node.stop();
  });

  describe('goes on from where its reader is', () => {
    const breaks: [string, () => void | Promise<void>][] = [
      ['the connection is reset', () => wire.cut()],
      ['the server is restarted', async () => (node.stop(), node.start())],
      ['the server lets it go without a word', () => node.faults.dropSubscriptions()],
    ];
    it.each(breaks)('when %s', async (_, breakIt) => {
      const store = await openStore();
      const [before, after] = [put(50), [] as string[]];
      const { ids } = await readUntil(store, 0, async (item, seen) => {
        if (item.kind === 'event' && (seen.length === 20 || seen.length === 50)) {
          after.push(...put(10));
          await breakIt();
        }
        return seen.length === 70;
      });
      expect(ids).toEqual([...before, ...after]);
    });

    it('wherever in the bytes the connection is cut', async () => {
      const store = await openStore();
      const written = put(400);
      for (const bytes of [1, 9, 10, 100, 1_000, 5_000, 20_000, 60_000]) {
        wire.cutAfter = bytes;
        const { ids } = await readUntil(store, 0, (_, seen) => seen.length === 400);
        expect(ids).toEqual(written);
      }
    });

    it('when bits arrive wrong, without ever giving out wrong bytes', async () => {
      const store = await openStore();
      const written = put(200);
      const bytes = (items: Item[]): string[] => items.flatMap((item) => (item.kind === 'event' ? [`${item.id} ${Buffer.from(item.data).toString()} ${item.type}`] : []));
      const { items: whole } = await readUntil(store, 0, (_, seen) => seen.length === 200);
      for (const flipAt of [3, 5, 12]) {
        // In the header of a frame: what TLS does for the rest, nothing does here.
        wire.cut();
        wire.flipAt = flipAt;
        const { items, ids } = await readUntil(store, 0, (_, seen) => seen.length === 200);
        expect(bytes(items)).toEqual(bytes(whole));
        expect(ids).toEqual(written);
      }
    });

    it('when it was cut off for being slow', async () => {
      const store = await openStore();
      node.faults.liveBuffer = 20;
      const written: string[] = [];
      const { ids } = await readUntil(store, 0, async (item, seen) => {
        // While the reader is busy, more is stored than the server and the transport hold back.
        if (item.kind === 'mark' && item.caughtUp && written.length < 3_000) {
          for (let n = 0; n < 10; n++) {
            written.push(...put(100));
            await turn();
          }
        }
        return written.length >= 3_000 && seen.length === written.length;
      });
      expect(ids).toEqual(written);
    });

    it('when the network has become a black hole, found out by asking the leader', async () => {
      const store = await openStore({ quietMs: 100 });
      put(5);
      let late: string[] = [];
      const { ids } = await readUntil(store, 0, async (item, seen) => {
        if (item.kind === 'mark' && item.caughtUp && late.length === 0) {
          const before = wire.connections;
          wire.weather = 'black-hole';
          late = put(3);
          void wire.connected(before + 1).then(() => (wire.weather = 'fine'));
        }
        return seen.length === 8;
      });
      expect(ids.slice(5)).toEqual(late);
    });

    it('when the server forgets it but leaves it open', async () => {
      const store = await openStore({ quietMs: 100 });
      let late: string[] = [];
      node.faults.skip = ({ id }) => late.includes(id) && node.faults.subscriptions === 1 && !caught;
      let caught = false;
      const { ids } = await readUntil(store, 0, async (item, seen) => {
        if (item.kind === 'mark' && item.caughtUp && late.length === 0) {
          const one = { ...event(), contentType: 'application/json' };
          late = [one.id];
          node.log.append(aStream(), 'no-stream', [one]);
          void wire.connected(1).then(turn).then(() => (caught = true));
        }
        return seen.length === 1;
      });
      expect(ids).toEqual(late);
    });

    it('while the server comes up', async () => {
      const store = await openStore();
      const written = put(5);
      node.faults.readsNotReady = true;
      const reading = readUntil(store, 0, (_, seen) => seen.length === 5);
      const tries = node.faults.readsSeen + 3;
      await node.faults.readsArrived(tries);
      node.faults.readsNotReady = false;
      expect((await reading).ids).toEqual(written);
    });

    it('one byte at a time', async () => {
      const store = await openStore({ answerWithinMs: 5_000 });
      const written = put(20);
      wire.weather = 'sliced';
      expect((await readUntil(store, 0, (_, seen) => seen.length === 20)).ids).toEqual(written);
    });
  });

  describe('tells how far it has come', () => {
    it('over stretches of the system, which do not come through', async () => {
      const store = await openStore();
      put(1);
      putSystem(200);
      const end = Number(node.log.all.at(-33)!.position);
      const { ids } = await readUntil(store, 0, (item) => item.kind === 'mark' && item.position >= end);
      expect(ids).toHaveLength(1);
    });

    it('over events of others, dangling links, and data that is no JSON', async () => {
      const store = await openStore();
      const odd = { ...event('Other'), contentType: 'application/octet-stream', data: Buffer.from([0xff, 0]) };
      put(1);
      node.log.append('somebody-elses', 'no-stream', [odd]);
      const { position } = node.log.appendDangling('somebody-elses');
      const { ids } = await readUntil(store, 0, (item) => item.kind === 'mark' && item.caughtUp && item.position === Number(position));
      expect(ids).toHaveLength(1);
      // From there on it is exclusive again.
      const [next] = put(1);
      expect((await readUntil(store, Number(position), (_, seen) => seen.length === 1)).ids).toEqual([next]);
    });

    it('never before its reader has had what stands before', async () => {
      const store = await openStore();
      put(300);
      putSystem(100);
      let last = 0;
      await readUntil(store, 0, (item) => {
        expect(item.position).toBeGreaterThanOrEqual(last);
        if (item.kind === 'mark') expect(node.log.all.filter(({ type, position }) => type === 'Happened' && Number(position) > last && Number(position) <= item.position)).toEqual([]);
        last = item.position;
        return item.kind === 'mark' && item.caughtUp;
      });
    });

    it('once for each end that it reaches', async () => {
      const store = await openStore();
      const { items } = await readUntil(store, 0, (item, seen) => {
        if (item.kind === 'mark' && item.caughtUp) {
          if (seen.length === 3) return true;
          put(1);
        }
        return false;
      });
      expect(items.map(({ kind }) => kind)).toEqual(['mark', 'event', 'mark', 'event', 'mark', 'event', 'mark']);
    });
  });

  describe('delivers once', () => {
    it('what the server delivers twice', async () => {
      const store = await openStore();
      node.faults.deliversTwice = true;
      const written = put(50);
      const { ids } = await readUntil(store, 0, (item) => item.kind === 'mark' && item.caughtUp);
      expect(ids).toEqual(written);
    });

    it('what stands behind a position whose own event was removed since', async () => {
      const store = await openStore();
      put(1);
      putSystem(40);
      const marked = node.log.all.at(-1)!.position;
      const [next] = put(1);
      node.log.scavenge(({ position }) => position === marked);
      const { ids } = await readUntil(store, Number(marked), (item) => item.kind === 'mark' && item.caughtUp);
      expect(ids).toEqual([next]);
    });
  });

  describe('halts', () => {
    const halted = (store: EventStoreDbEventStore, after = 0): Promise<unknown> => readUntil(store, after, () => false);

    it('at a gap in a stream, though everything else goes on', async () => {
      const [store, stream] = [await openStore(), aStream()];
      const [, left, behind] = put(3, stream);
      node.faults.skip = ({ id }) => id === left;
      const ids: string[] = [];
      const reading = readUntil(store, 0, (item) => void (item.kind === 'event' && ids.push(item.id)));
      await expect(reading).rejects.toMatchObject({ name: 'LogDamaged', damage: 'gap', stream });
      await expect(reading).rejects.toThrow(/event 2 .* where event 1 was due/);
      expect(ids).not.toContain(behind);
    });

    it('at a gap that comes live', async () => {
      const [store, stream] = [await openStore(), aStream()];
      let left = '';
      node.faults.skip = ({ id }) => id === left;
      const reading = readUntil(store, 0, (item) => {
        if (item.kind === 'mark' && left === '') {
          const [one, two] = [event(), event()].map((made) => ({ ...made, contentType: 'application/json' }));
          left = one!.id;
          node.log.append(stream, 'no-stream', [one!, two!]);
        }
      });
      await expect(reading).rejects.toMatchObject({ damage: 'gap', stream });
    });

    it('at a gap that opens between two connections', async () => {
      const [store, stream] = [await openStore(), aStream()];
      const [, left] = put(4, stream);
      node.faults.skip = ({ id }) => id === left;
      const reading = readUntil(store, 0, (item) => void (item.kind === 'event' && wire.cut()));
      await expect(reading).rejects.toMatchObject({ damage: 'gap', stream });
    });

    it('not where the rules of the stream have let the events go', async () => {
      const [store, deleted, limited] = [await openStore(), aStream(), aStream()];
      put(3, deleted);
      node.log.softDelete(deleted);
      put(1, deleted);
      put(4, limited);
      node.log.append(`$$${limited}`, 'no-stream', [{ ...event('$metadata', { $maxCount: 2 }), contentType: 'application/json' }]);
      node.log.scavenge();
      const { items } = await readUntil(store, 0, (item) => item.kind === 'mark' && item.caughtUp);
      expect(items.flatMap((item) => (item.kind === 'event' ? [item.revision] : []))).toEqual([3, 2, 3]);
    });

    it('where the log is older than its reader', async () => {
      const store = await openStore();
      put(3);
      const ahead = Number(node.log.all.at(-1)!.position) + 100_000;
      await expect(halted(store, ahead)).rejects.toMatchObject({ name: 'LogDamaged', damage: 'shortened' });
    });

    it('where its position is none of this log', async () => {
      const store = await openStore();
      put(3);
      const middle = Number(node.log.all.at(-2)!.position) + 3;
      await expect(halted(store, middle)).rejects.toMatchObject({ name: 'LogDamaged', damage: 'another-log' });
    });

    it('where the user may not read the log', async () => {
      const store = await openStore();
      node.faults.denied = 'all';
      await expect(halted(store)).rejects.toBeInstanceOf(LogUnavailable);
    });
  });

  describe('its reader', () => {
    it('slows the server down, so that memory stays bounded', async () => {
      const store = await openStore();
      const filling = 'x'.repeat(10_000);
      for (let n = 0; n < 3_000; n++) node.log.append(aStream(), 'no-stream', [{ ...event('Large', { filling }), contentType: 'application/json' }]);
      let most = 0;
      await readUntil(store, 0, async (item, seen) => {
        if (item.kind !== 'event') return;
        for (let n = 0; n < 3; n++) await turn();
        most = Math.max(most, node.faults.delivered - seen.length);
        return seen.length === 3_000;
      });
      expect(most).toBeLessThan(1_000);
    });

    it('can leave at any time, even while nobody answers', async () => {
      const store = await openStore({ answerWithinMs: 60_000 });
      put(3);
      const stop = new AbortController();
      let reads = 0;
      wire.weather = 'black-hole';
      const reading = (async () => {
        for await (const item of store.subscribeAll(Number(node.log.all.at(-1)!.position), stop.signal)) reads += item.position;
      })();
      await turn();
      stop.abort();
      await reading;
      expect(reads).toBe(0);
      wire.weather = 'fine';
      wire.cut();
    });

    it('leaves nothing running on the server', async () => {
      const store = await openStore();
      await readUntil(store, 0, (item) => item.kind === 'mark');
      for await (const item of store.subscribeAll(0, new AbortController().signal)) if (item.kind === 'mark') break;
      while (node.faults.subscriptions > 0) await turn();
      expect(node.faults.subscriptions).toBe(0);
    });
  });
});
