import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { AppendStream } from '../../src/event-store/eventstoredb/append-stream.js';
import { Connection } from '../../src/event-store/eventstoredb/connection.js';
import { EventStoreDbEventStore, type EventStoreDbEventStoreOptions } from '../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import { AppendRefused, LogDamaged, LogUnavailable, OutcomeUncertain, WrongRevision } from '../../src/event-store/errors.js';
import type { NewEvent } from '../../src/event-store/event-store.js';
import { StandIn } from '../support/eventstoredb/stand-in.js';
import { Wire } from '../support/eventstoredb/wire.js';
import { event } from './event-store-events.js';

const aStream = (): string => `spec-${randomUUID()}`;
/** Silences are found out soon; nothing is given up because the machine is busy, but where a spec is about giving up. */
const quick = { answerWithinMs: 400, patienceMs: 60_000 };
const impatient = { patienceMs: 3_000 };

describe('appending to EventStoreDB when something goes wrong', () => {
  let node: StandIn;
  let wire: Wire;
  let open: EventStoreDbEventStore[];
  const openStore = async (options: Partial<EventStoreDbEventStoreOptions> = {}): Promise<EventStoreDbEventStore> => {
    const store = await EventStoreDbEventStore.open({ connectionString: wire.connectionString, ...quick, ...options });
    open.push(store);
    return store;
  };
  const stored = (stream: string): string[] => node.log.all.filter((one) => one.stream === stream).map(({ id }) => id);
  beforeEach(async () => {
    [node, open] = [await StandIn.start(), []];
    wire = await Wire.open(() => node.port);
  });
  afterEach(async () => {
    await Promise.all(open.map((store) => store.close()));
    await wire.close();
    node.stop();
  });

  describe('settles what is not known', () => {
    it.each(['lose-answer', 'swallow', 'time-out', 'store-late', 'unknown', 'not-ready'] as const)('%s: it is stored once, and the answer is its own', async (fault) => {
      const [store, stream, events] = [await openStore(), aStream(), [event(), event()]];
      node.faults.appends.push(fault);
      const answer = await store.append(stream, 'no-stream', events);
      // What the server still had in hand finds that it has been stored.
      node.faults.storeLate();
      expect(stored(stream)).toEqual(events.map(({ id }) => id));
      const [, last] = node.log.all.filter((one) => one.stream === stream);
      expect(answer).toEqual({ revision: 1, position: Number(last!.position) });
    });

    it('stores once what came late, between two attempts', async () => {
      const [store, stream, one] = [await openStore(), aStream(), event()];
      node.faults.appends.push('store-late', 'store-late', 'store-late');
      const appended = store.append(stream, 'no-stream', [one]);
      await node.faults.appendsArrived(2);
      node.faults.storeLate();
      await expect(appended).resolves.toMatchObject({ revision: 0 });
      node.faults.storeLate();
      expect(stored(stream)).toEqual([one.id]);
    });

    it('finds it when the connection was reset after it was stored', async () => {
      const [store, stream, one] = [await openStore(), aStream(), event()];
      node.faults.appends.push('lose-answer');
      const appended = store.append(stream, 'no-stream', [one]);
      await node.faults.appendsArrived(1);
      wire.cut();
      await expect(appended).resolves.toMatchObject({ revision: 0 });
      expect(stored(stream)).toEqual([one.id]);
    });

    it('knows that it has lost where something else has taken the place', async () => {
      const [store, stream] = [await openStore(), aStream()];
      node.faults.appends.push('swallow');
      const appended = store.append(stream, 'no-stream', [event()]);
      await node.faults.appendsArrived(1);
      const other = { ...event(), contentType: 'application/json' };
      node.log.append(stream, 'no-stream', [other, { ...other, id: randomUUID() }]);
      await expect(appended).rejects.toMatchObject({ name: 'WrongRevision', expected: 'no-stream', actual: 1 });
      expect(stored(stream)).toHaveLength(2);
    });

    it('says that it does not know, in bounded time, when nobody answers', async () => {
      const [store, stream] = [await openStore(impatient), aStream()];
      [node.faults.everyAppend, node.faults.readsSilent] = ['lose-answer', true];
      const begun = performance.now();
      await expect(store.append(stream, 'no-stream', [event()])).rejects.toBeInstanceOf(OutcomeUncertain);
      expect(performance.now() - begun).toBeLessThan(20_000);
      expect(stored(stream)).toHaveLength(1);
    });

    it('does not call it unstored when only the later attempts could not be sent', async () => {
      const [store, stream] = [await openStore(impatient), aStream()];
      node.faults.appends.push('lose-answer');
      const appended = store.append(stream, 'no-stream', [event()]);
      await node.faults.appendsArrived(1);
      node.stop();
      await expect(appended).rejects.toBeInstanceOf(OutcomeUncertain);
      await node.start();
    });

    it('does not call it unstored when the user is refused afterwards', async () => {
      const [store, stream] = [await openStore(impatient), aStream()];
      node.faults.appends.push('lose-answer');
      const appended = store.append(stream, 'no-stream', [event()]);
      await node.faults.appendsArrived(1);
      [node.faults.denied, node.faults.readsSilent] = ['appends', true];
      await expect(appended).rejects.toBeInstanceOf(OutcomeUncertain);
    });
  });

  describe('knows that nothing was stored', () => {
    it('while the server does not serve yet, and is stored once it does', async () => {
      const [store, stream] = [await openStore(), aStream()];
      node.faults.everyAppend = 'not-ready';
      const appended = store.append(stream, 'no-stream', [event()]);
      await node.faults.appendsArrived(3);
      expect(stored(stream)).toEqual([]);
      node.faults.everyAppend = undefined;
      await expect(appended).resolves.toMatchObject({ revision: 0 });
    });

    it.each([
      ['the server does not serve', () => void (node.faults.everyAppend = 'not-ready'), /Server Is Not Ready/],
      ['there is no server', () => void node.stop(), /No connection established|Channel|ECONN/],
      ['the user may not', () => void (node.faults.denied = 'appends'), /does not accept the user/],
    ])('when %s', async (_, begin, said) => {
      // An answer that is waited for long: one that a slow machine lets pass would leave the outcome unknown, and rightly.
      const [store, stream] = [await openStore({ answerWithinMs: 30_000, ...impatient }), aStream()];
      begin();
      const failed = store.append(stream, 'no-stream', [event()]);
      await expect(failed).rejects.toBeInstanceOf(LogUnavailable);
      await expect(failed).rejects.toThrow(said);
      expect(stored(stream)).toEqual([]);
    });

    it('when nobody says which node leads: an append, a read and closing wait no longer than they are told to', async () => {
      const { nodes: [leader, other] } = await StandIn.startCluster(2);
      const seed = await Wire.open(() => other!.port);
      // Asking a node once would take as long as the spec may.
      const connectionString = `esdb+discover://127.0.0.1:${seed.port}?tls=false&gossipTimeout=300`;
      const store = await EventStoreDbEventStore.open({ connectionString, answerWithinMs: 400, patienceMs: 2_000 });
      seed.weather = 'black-hole';
      leader!.stop();
      await expect(store.append(aStream(), 'no-stream', [event()])).rejects.toBeInstanceOf(LogUnavailable);
      await expect(store.head()).rejects.toBeInstanceOf(LogUnavailable);
      await store.close();
      await seed.close();
      other!.stop();
    }, 120_000);

    it('when the server finds it too large where it counts otherwise', async () => {
      const [store, stream] = [await openStore({ answerWithinMs: 60_000, patienceMs: 100_000 }), aStream()];
      // The server counts a letter of the type twice.
      const long = { ...event('T'.repeat(400_000)), data: Buffer.from(JSON.stringify({ x: 'x'.repeat(400_000) })) };
      await expect(store.append(stream, 'no-stream', [long])).rejects.toMatchObject({ name: 'AppendRefused', reason: 'too-large' });
      expect(stored(stream)).toEqual([]);
    });

    it('at once when the server cannot be reached at the start, with its reason', async () => {
      const port = node.port;
      node.stop();
      const failed = EventStoreDbEventStore.open({ connectionString: `esdb://127.0.0.1:${port}?tls=false`, patienceMs: 200 });
      await expect(failed).rejects.toBeInstanceOf(LogUnavailable);
      await expect(failed).rejects.toThrow(/ECONNREFUSED/);
    });

    it('when a secured server was asked for and an open one answers', async () => {
      const failed = EventStoreDbEventStore.open({ connectionString: `esdb://user:secret@127.0.0.1:${node.port}?tls=true`, patienceMs: 200 });
      await expect(failed).rejects.toBeInstanceOf(LogUnavailable);
      await expect(failed).rejects.not.toThrow(/secret/);
    });
  });

  describe('the shared stream', () => {
    it('outlives the second answer to a bad request', async () => {
      const connection = new Connection(wire.connectionString);
      const sending = new AppendStream(connection);
      node.faults.secondAnswerMs = 0;
      const bad: NewEvent = event('');
      await expect(sending.send({ stream: aStream(), expected: 'no-stream', events: [bad] }, 60_000)).resolves.toMatchObject({ kind: 'refused', error: expect.any(AppendRefused) });
      for (let n = 0; n < 5; n++) {
        await expect(sending.send({ stream: aStream(), expected: 'no-stream', events: [event()] }, 60_000)).resolves.toMatchObject({ kind: 'stored' });
      }
      await sending.close();
      connection.close();
    });

    it('carries many small events in messages that the transport takes', async () => {
      const [store, stream] = [await openStore({ answerWithinMs: 60_000, patienceMs: 100_000 }), aStream()];
      const events = Array.from({ length: 20_000 }, () => ({ ...event('S', {}), metadata: Buffer.from('{}') }));
      await expect(store.append(stream, 'no-stream', events)).resolves.toMatchObject({ revision: 19_999 });
      expect(stored(stream)).toHaveLength(20_000);
    });

    it('lets one append wait without holding up the others', async () => {
      const [store, slow] = [await openStore({ answerWithinMs: 60_000 }), aStream()];
      node.faults.appends.push('lose-answer');
      const waiting = store.append(slow, 'no-stream', [event()]);
      await node.faults.appendsArrived(1);
      await Promise.all(Array.from({ length: 20 }, () => store.append(aStream(), 'no-stream', [event()])));
      wire.cut();
      await expect(waiting).resolves.toMatchObject({ revision: 0 });
    });

    it('is lost for all that wait on it, and each of them is settled alone', async () => {
      const [store, streams] = [await openStore(), Array.from({ length: 12 }, aStream)];
      streams.forEach((_, n) => node.faults.appends.push(n % 2 ? 'lose-answer' : 'swallow'));
      const appended = Promise.all(streams.map((stream) => store.append(stream, 'no-stream', [event()])));
      await node.faults.appendsArrived(12);
      wire.cut();
      expect((await appended).map(({ revision }) => revision)).toEqual(Array(12).fill(0));
      expect(streams.map((stream) => stored(stream).length)).toEqual(Array(12).fill(1));
    });

    it('is made anew after a black hole, though nobody says that it is gone', async () => {
      const [store, stream] = [await openStore(), aStream()];
      await store.append(stream, 'no-stream', [event()]);
      wire.weather = 'black-hole';
      const appended = store.append(stream, 0, [event()]);
      // The first attempt fails by its own clock; what is sent after that goes by another connection.
      await wire.connected(wire.connections + 1);
      wire.weather = 'fine';
      await expect(appended).resolves.toMatchObject({ revision: 1 });
      expect(stored(stream)).toHaveLength(2);
    });

    it('is finished before the store is closed', async () => {
      const [store, stream] = [await openStore(), aStream()];
      const appended = store.append(stream, 'no-stream', [event()]);
      await store.close();
      await expect(appended).resolves.toMatchObject({ revision: 0 });
    });
  });

  describe('deleted streams', () => {
    it('are not begun again as if they were new', async () => {
      const [store, stream] = [await openStore(), aStream()];
      await store.append(stream, 'no-stream', [event()]);
      node.log.tombstone(stream);
      await expect(store.append(stream, 0, [event()])).rejects.toMatchObject({ name: 'LogDamaged', damage: 'deleted' });
    });

    it('answer with the revision that is stored when they go on', async () => {
      const [store, stream] = [await openStore(), aStream()];
      await store.append(stream, 'no-stream', [event(), event()]);
      node.log.softDelete(stream);
      await expect(store.append(stream, 'no-stream', [event()])).resolves.toMatchObject({ revision: 2 });
      const read = (async () => { for await (const one of store.readStream(stream)) expect(one.revision).toBe(0); })();
      await expect(read).rejects.toBeInstanceOf(LogDamaged);
    });
  });

  it('never loses, doubles or misreports an append while 16 writers meet resets, silence and restarts', async () => {
    const store = await openStore({ answerWithinMs: 300 });
    const [acked, failed] = [new Map<string, string>(), new Map<string, Error>()];
    let going = true;
    const writer = async (): Promise<void> => {
      const stream = aStream();
      for (let expected: number | 'no-stream' = 'no-stream'; going; ) {
        const one = event();
        try {
          expected = (await store.append(stream, expected, [one])).revision;
          acked.set(one.id, stream);
        } catch (error) {
          failed.set(one.id, error as Error);
          const last = node.log.visible(stream);
          expected = Array.isArray(last) && last.length > 0 ? last.length - 1 : 'no-stream';
        }
      }
    };
    const writers = Array.from({ length: 16 }, writer);
    for (let round = 0; round < 4; round++) {
      const before = acked.size;
      while (acked.size < before + 100) await new Promise(setImmediate);
      node.faults.appends.push('lose-answer', undefined, 'swallow', 'time-out', 'store-late', 'not-ready', 'unknown');
      if (round % 2 === 0) wire.cut();
      else {
        node.stop();
        await node.start();
      }
      node.faults.storeLate();
    }
    going = false;
    await Promise.all(writers);
    const counts = new Map<string, number>();
    for (const { id, type } of node.log.all) if (type === 'Happened') counts.set(id, (counts.get(id) ?? 0) + 1);
    expect([...acked.keys()].filter((id) => counts.get(id) !== 1)).toEqual([]);
    expect([...counts.values()].filter((count) => count !== 1)).toEqual([]);
    for (const [id, error] of failed) {
      if (counts.has(id)) expect(error).toBeInstanceOf(OutcomeUncertain);
      else expect([OutcomeUncertain, LogUnavailable, WrongRevision].some((kind) => error instanceof kind)).toBe(true);
    }
  });
});
