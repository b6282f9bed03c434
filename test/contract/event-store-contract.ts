import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { AppendRefused, LogUnavailable, WrongRevision } from '../../src/event-store/errors.js';
import { MAX_APPEND_BYTES } from '../../src/event-store/check-append.js';
import type { EventStore, Mark, NewEvent, RecordedEvent } from '../../src/event-store/event-store.js';
import { jsonBytes } from '../../src/event-store/metadata.js';
import { following } from './event-store-following.js';

/** What an adapter must bring to be held to the contract. */
export interface Adapter {
  /** A store on a log that no other test writes to, or whose other events do not matter. */
  open(): Promise<EventStore>;
  close(): Promise<void>;
}

export const event = (type = 'Happened', data: object = { n: 1 }, id: string = randomUUID()): NewEvent => ({
  id,
  type,
  data: jsonBytes(data),
  metadata: jsonBytes({ who: 'spec' }),
});
const aStream = (): string => `spec-${randomUUID()}`;

async function all(events: AsyncIterable<RecordedEvent>): Promise<RecordedEvent[]> {
  const found: RecordedEvent[] = [];
  for await (const one of events) found.push(one);
  return found;
}

/** Reads a subscription until `enough` says so, then leaves it. */
async function until(
  store: EventStore,
  after: number,
  enough: (events: RecordedEvent[], marks: Mark[]) => boolean,
): Promise<{ events: RecordedEvent[]; marks: Mark[] }> {
  const stop = new AbortController();
  const events: RecordedEvent[] = [];
  const marks: Mark[] = [];
  for await (const one of store.subscribeAll(after, stop.signal)) {
    if (one.kind === 'event') events.push(one);
    else marks.push(one);
    if (enough(events, marks)) stop.abort();
  }
  return { events, marks };
}

const refusal = (reason: string) => expect.objectContaining({ name: 'AppendRefused', reason });

/** The contract of the log: every adapter passes all of it. */
export function eventStoreContract(name: string, adapter: Adapter): void {
  describe(`the log on ${name}`, () => {
    let store: EventStore;
    let other: EventStore;
    beforeAll(async () => {
      [store, other] = [await adapter.open(), await adapter.open()];
    });
    afterAll(async () => {
      await Promise.all([store.close(), other.close()]);
      await adapter.close();
    });

    appending(() => store);
    racing(() => [store, other]);
    refusing(() => store);
    reading(() => store);
    following(() => [store, other], event);
    subscribing(() => [store, other]);
  });
}

function appending(of: () => EventStore): void {
  describe('appending', () => {
    it('creates a stream and answers the revision and position of its last event', async () => {
      const [stream, before] = [aStream(), await of().head()];
      const answer = await of().append(stream, 'no-stream', [event(), event()]);
      expect(answer.revision).toBe(1);
      expect(answer.position).toBeGreaterThan(before);
      expect(await of().head()).toBeGreaterThanOrEqual(answer.position);
    });

    it('goes on at the current revision', async () => {
      const stream = aStream();
      await of().append(stream, 'no-stream', [event()]);
      expect((await of().append(stream, 0, [event(), event()])).revision).toBe(2);
      expect((await all(of().readStream(stream))).map(({ revision }) => revision)).toEqual([0, 1, 2]);
    });

    it('refuses to create what exists, and says where the stream is', async () => {
      const stream = aStream();
      await of().append(stream, 'no-stream', [event(), event()]);
      const failed = of().append(stream, 'no-stream', [event()]);
      await expect(failed).rejects.toBeInstanceOf(WrongRevision);
      await expect(failed).rejects.toMatchObject({ expected: 'no-stream', actual: 1 });
      expect(await all(of().readStream(stream))).toHaveLength(2);
    });

    it.each([
      ['too low with new ids', 0],
      ['too high', 7],
    ])('refuses an expected revision that is %s', async (_, expected) => {
      const stream = aStream();
      await of().append(stream, 'no-stream', [event(), event()]);
      await expect(of().append(stream, expected, [event()])).rejects.toMatchObject({ name: 'WrongRevision', actual: 1 });
    });

    it('refuses a revision of a stream that does not exist', async () => {
      await expect(of().append(aStream(), 0, [event()])).rejects.toMatchObject({ actual: 'no-stream' });
    });

    it('answers the same request again with the first answer, and stores nothing', async () => {
      const [stream, events] = [aStream(), [event(), event()]];
      const first = await of().append(stream, 'no-stream', events);
      await of().append(stream, 1, [event()]);
      expect(await of().append(stream, 'no-stream', events)).toEqual(first);
      expect(await all(of().readStream(stream))).toHaveLength(3);
    });

    it('answers a repeat of a later append too', async () => {
      const [stream, events] = [aStream(), [event(), event()]];
      await of().append(stream, 'no-stream', [event()]);
      const first = await of().append(stream, 0, events);
      expect(await of().append(stream, 0, events)).toEqual(first);
    });

    it('takes ids in another order, or with a new one behind, for another request', async () => {
      const [stream, a, b] = [aStream(), event(), event()];
      await of().append(stream, 'no-stream', [a, b]);
      await expect(of().append(stream, 'no-stream', [b, a])).rejects.toBeInstanceOf(WrongRevision);
      await expect(of().append(stream, 'no-stream', [a, b, event()])).rejects.toBeInstanceOf(WrongRevision);
      expect(await all(of().readStream(stream))).toHaveLength(2);
    });

    it('does not look at ids at the current revision: a command must look for itself', async () => {
      const [stream, once] = [aStream(), event()];
      await of().append(stream, 'no-stream', [once]);
      expect((await of().append(stream, 0, [once])).revision).toBe(1);
    });

    it('takes the same id in another stream', async () => {
      const once = event();
      await of().append(aStream(), 'no-stream', [once]);
      await expect(of().append(aStream(), 'no-stream', [once])).resolves.toMatchObject({ revision: 0 });
    });

    it('stores all events of an append or none', async () => {
      const stream = aStream();
      await expect(of().append(stream, 'no-stream', [event(), event('')])).rejects.toBeInstanceOf(AppendRefused);
      expect(await all(of().readStream(stream))).toEqual([]);
    });

    it('keeps bytes, type and id exactly as they are', async () => {
      const [stream, exact] = [aStream(), { ...event(), data: Buffer.from('{ "b":1,\n "a" : "é\\u0000💧" }'), metadata: Buffer.from('{"z":1e3}') }];
      await of().append(stream, 'no-stream', [exact]);
      const [stored] = await all(of().readStream(stream));
      expect(Buffer.from(stored!.data).equals(exact.data)).toBe(true);
      expect(Buffer.from(stored!.metadata).equals(exact.metadata)).toBe(true);
      expect(stored).toMatchObject({ kind: 'event', id: exact.id, type: exact.type, stream, revision: 0 });
    });

    it('keeps whatever JSON object it is given', () =>
      fc.assert(
        fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue()), async (data) => {
          const stream = aStream();
          await of().append(stream, 'no-stream', [event('Anything', data)]);
          const [stored] = await all(of().readStream(stream));
          expect(Buffer.from(stored!.data).toString()).toBe(JSON.stringify(data));
        }),
        { numRuns: 25 },
      ));

    it('takes 500 events in one append', async () => {
      const stream = aStream();
      const answer = await of().append(stream, 'no-stream', Array.from({ length: 500 }, () => event()));
      expect(answer.revision).toBe(499);
    });

    it('takes as many bytes as the limit says', async () => {
      const filling = 'x'.repeat(MAX_APPEND_BYTES - 200);
      await expect(of().append(aStream(), 'no-stream', [event('Big', { filling })])).resolves.toMatchObject({ revision: 0 });
    });
  });
}

function racing(of: () => [EventStore, EventStore]): void {
  const settle = (appends: Promise<unknown>[]) => Promise.allSettled(appends);
  const lost = (results: PromiseSettledResult<unknown>[]) =>
    results.flatMap((one) => (one.status === 'rejected' ? [(one.reason as Error).name] : []));

  describe('racing', () => {
    it('lets one of 50 creates win, and tells each loser', async () => {
      const [stream, stores] = [aStream(), of()];
      const results = await settle(Array.from({ length: 50 }, (_, n) => stores[n % 2]!.append(stream, 'no-stream', [event('Made', { n })])));
      expect(lost(results)).toEqual(Array(49).fill('WrongRevision'));
      expect(await all(stores[0].readStream(stream))).toHaveLength(1);
    });

    it('lets one of 50 appends at one revision win', async () => {
      const [stream, stores] = [aStream(), of()];
      await stores[0].append(stream, 'no-stream', [event()]);
      const results = await settle(Array.from({ length: 50 }, (_, n) => stores[n % 2]!.append(stream, 0, [event('Next', { n })])));
      expect(lost(results)).toEqual(Array(49).fill('WrongRevision'));
      expect(await all(stores[1].readStream(stream))).toHaveLength(2);
    });

    it('reports no success without its event in the stream', async () => {
      const [streams, stores] = [Array.from({ length: 10 }, aStream), of()];
      const ids = Array.from({ length: 100 }, () => randomUUID());
      const results = await settle(
        ids.map((id, n) => stores[n % 2]!.append(streams[n % 10]!, 'no-stream', [event('Made', { n }, id)])),
      );
      const stored = (await Promise.all(streams.map((stream) => all(stores[0].readStream(stream))))).flat().map(({ id }) => id);
      expect(ids.filter((_, n) => results[n]!.status === 'fulfilled').sort()).toEqual(stored.sort());
    });

    it('fails alone in a batch of appends', async () => {
      const [good, bad, [store]] = [aStream(), aStream(), of()];
      const results = await settle([
        store.append(good, 'no-stream', [event()]),
        store.append(bad, 4, [event()]),
        store.append(good, 0, [event()]),
      ]);
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(await all(store.readStream(good))).toHaveLength(2);
    });

    it('gives every event a position of its own, in the order of its stream', async () => {
      const [streams, stores, from] = [Array.from({ length: 8 }, aStream), of(), await of()[0].head()];
      await Promise.all(
        streams.map(async (stream, n) => {
          for (let k = 0; k < 12; k++) await stores[(n + k) % 2]!.append(stream, k === 0 ? 'no-stream' : k - 1, [event('Step', { k })]);
        }),
      );
      const mine = (events: RecordedEvent[]) => events.filter(({ stream }) => streams.includes(stream));
      const { events } = await until(stores[0], from, (so) => mine(so).length === 96);
      expect(new Set(events.map(({ position }) => position)).size).toBe(events.length);
      expect(events.map(({ position }) => position)).toEqual(events.map(({ position }) => position).sort((a, b) => a - b));
      for (const stream of streams) {
        expect(mine(events).filter((one) => one.stream === stream).map(({ revision }) => revision)).toEqual([...Array(12).keys()]);
      }
    });
  });
}

function refusing(of: () => EventStore): void {
  describe('refuses before the call', () => {
    const cases: [string, string, () => Promise<unknown>][] = [
      ['an append without events', 'no-events', () => of().append(aStream(), 'no-stream', [])],
      ['an empty type', 'bad-type', () => of().append(aStream(), 'no-stream', [event('')])],
      ['an id that is no UUID', 'bad-id', () => of().append(aStream(), 'no-stream', [event('X', {}, 'not-a-uuid')])],
      ['data that is null', 'bad-data', () => of().append(aStream(), 'no-stream', [{ ...event(), data: Buffer.from('null') }])],
      ['data that is a list', 'bad-data', () => of().append(aStream(), 'no-stream', [{ ...event(), data: Buffer.from('[]') }])],
      ['data that is no JSON', 'bad-data', () => of().append(aStream(), 'no-stream', [{ ...event(), data: Buffer.from('{') }])],
      ['data that is no UTF-8', 'bad-data', () => of().append(aStream(), 'no-stream', [{ ...event(), data: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]) }])],
      ['data that is missing', 'bad-data', () => of().append(aStream(), 'no-stream', [{ ...event(), data: undefined as never }])],
      ['more than the limit', 'too-large', () => of().append(aStream(), 'no-stream', [event('Big', { x: 'x'.repeat(MAX_APPEND_BYTES) })])],
      ['more than the limit together', 'too-large', () => of().append(aStream(), 'no-stream', Array.from({ length: 3 }, () => event('Big', { x: 'x'.repeat(400_000) })))],
      ['a name that is no category and id', 'bad-stream-name', () => of().append('residents', 'no-stream', [event()])],
      ['a name of the system', 'bad-stream-name', () => of().append(`$ce-${randomUUID()}`, 'no-stream', [event()])],
      ['a revision below zero', 'bad-expected-revision', () => of().append(aStream(), -1, [event()])],
      ['a revision that is no whole number', 'bad-expected-revision', () => of().append(aStream(), 0.5, [event()])],
    ];
    it.each(cases)('%s', async (_, reason, asked) => {
      await expect(asked()).rejects.toEqual(refusal(reason));
    });
  });
}

function reading(of: () => EventStore): void {
  describe('reading', () => {
    let stream: string;
    beforeAll(async () => {
      stream = aStream();
      await of().append(stream, 'no-stream', Array.from({ length: 7 }, (_, n) => event('Step', { n })));
    });
    const revisions = async (options: Parameters<EventStore['readStream']>[1]) =>
      (await all(of().readStream(stream, options))).map(({ revision }) => revision);

    it('yields nothing of a stream that does not exist', async () => {
      expect(await all(of().readStream(aStream()))).toEqual([]);
      expect(await all(of().readStream(aStream(), { direction: 'backwards' }))).toEqual([]);
    });
    it.each([
      ['forwards', {}, [0, 1, 2, 3, 4, 5, 6]],
      ['from a revision', { from: 5 }, [5, 6]],
      ['up to a limit', { limit: 2 }, [0, 1]],
      ['from beyond the end: nothing', { from: 9 }, []],
      ['backwards', { direction: 'backwards' }, [6, 5, 4, 3, 2, 1, 0]],
      ['backwards from a revision', { direction: 'backwards', from: 2 }, [2, 1, 0]],
      ['backwards from beyond the end: from the end', { direction: 'backwards', from: 99, limit: 2 }, [6, 5]],
      ['the last one', { direction: 'backwards', limit: 1 }, [6]],
      ['nothing for a limit of nothing', { limit: 0 }, []],
    ] as const)('%s', async (_, options, expected) => {
      expect(await revisions(options)).toEqual(expected);
    });

    it('reads a long stream in order', async () => {
      const long = aStream();
      for (let n = 0; n < 3; n++) {
        await of().append(long, n === 0 ? 'no-stream' : n * 400 - 1, Array.from({ length: 400 }, () => event()));
      }
      expect((await all(of().readStream(long))).map(({ revision }) => revision)).toEqual([...Array(1200).keys()]);
    });

    it('can be left in the middle', async () => {
      for await (const one of of().readStream(stream)) if (one.revision === 2) break;
      expect(await revisions({ limit: 1 })).toEqual([0]);
    });

    it('reads several streams at once, each from where it is wanted', async () => {
      const [second, missing] = [aStream(), aStream()];
      await of().append(second, 'no-stream', [event()]);
      const found = await of().readStreams([{ stream, from: 5 }, { stream: second }, { stream: missing }]);
      expect([...found].map(([name, events]) => [name, events.map(({ revision }) => revision)])).toEqual([
        [stream, [5, 6]],
        [second, [0]],
        [missing, []],
      ]);
      expect(await of().readStreams([])).toEqual(new Map());
    });

    it('finds the event at a position, and none anywhere else', async () => {
      const [own, made] = [aStream(), event('Placed')];
      const { position } = await of().append(own, 'no-stream', [event(), made]);
      expect(await of().eventAt(position)).toMatchObject({ id: made.id, stream: own, revision: 1, position });
      for (const nowhere of [0, -1, 0.5, position + 1_000_000, Number.MAX_SAFE_INTEGER]) expect(await of().eventAt(nowhere)).toBeUndefined();
    });

    it('sees its own append at once', async () => {
      const own = aStream();
      for (let n = 0; n < 20; n++) {
        await of().append(own, n === 0 ? 'no-stream' : n - 1, [event()]);
        expect((await of().readStreams([{ stream: own }])).get(own)).toHaveLength(n + 1);
      }
    });
  });
}

function subscribing(of: () => [EventStore, EventStore]): void {
  describe('subscribing', () => {
    it('yields everything after a position, in order, and says when it has caught up', async () => {
      const [stream, [store, other], from] = [aStream(), of(), await of()[0].head()];
      const { position } = await other.append(stream, 'no-stream', [event(), event(), event()]);
      const { events, marks } = await until(store, from, (_, said) => said.some((mark) => mark.caughtUp && mark.position >= position));
      expect(events.filter((one) => one.stream === stream).map(({ revision }) => revision)).toEqual([0, 1, 2]);
      expect(marks.at(-1)!.position).toBeGreaterThanOrEqual(position);
    });

    it('is exclusive: what stands at the position is not delivered again', async () => {
      const [stream, [store]] = [aStream(), of()];
      const first = await store.append(stream, 'no-stream', [event()]);
      await store.append(stream, 0, [event()]);
      const { events } = await until(store, first.position, (so) => so.some((one) => one.stream === stream));
      expect(events.find((one) => one.stream === stream)!.revision).toBe(1);
    });

    it('delivers live what another process appends', async () => {
      const [stream, [store, other], from] = [aStream(), of(), await of()[0].head()];
      const stop = new AbortController();
      const seen: number[] = [];
      for await (const one of store.subscribeAll(from, stop.signal)) {
        if (one.kind === 'mark' && one.caughtUp && seen.length === 0) await other.append(stream, 'no-stream', [event()]);
        if (one.kind !== 'event' || one.stream !== stream) continue;
        seen.push(one.revision);
        if (seen.length === 5) stop.abort();
        else await other.append(stream, one.revision, [event()]);
      }
      expect(seen).toEqual([0, 1, 2, 3, 4]);
    });

    it('never skips while 8 writers append', async () => {
      const [[store, other], from, streams] = [of(), await of()[0].head(), Array.from({ length: 8 }, aStream)];
      const reading = until(store, from, (so) => so.filter((one) => streams.includes(one.stream)).length === 400);
      await Promise.all(
        streams.map(async (stream, n) => {
          for (let k = 0; k < 50; k++) await (n % 2 ? store : other).append(stream, k === 0 ? 'no-stream' : k - 1, [event()]);
        }),
      );
      const { events } = await reading;
      for (const stream of streams) {
        expect(events.filter((one) => one.stream === stream).map(({ revision }) => revision)).toEqual([...Array(50).keys()]);
      }
    });

    it('ends without an error when it is no longer wanted', async () => {
      const stop = new AbortController();
      stop.abort();
      for await (const one of of()[0].subscribeAll(0, stop.signal)) expect(one).toBeUndefined();
    });

    it('lets a slow reader read at its own pace', async () => {
      const [[store], stream] = [of(), aStream()];
      const from = await store.head();
      await store.append(stream, 'no-stream', Array.from({ length: 300 }, () => event()));
      let turn = Promise.resolve();
      const stop = new AbortController();
      let seen = 0;
      for await (const one of store.subscribeAll(from, stop.signal)) {
        turn = turn.then(() => new Promise((next) => setImmediate(next)));
        await turn;
        if (one.kind === 'event' && one.stream === stream && ++seen === 300) stop.abort();
      }
      expect(seen).toBe(300);
    });
  });
}

/** What holds once a store was closed; apart, because it closes it. */
export function closedStoreContract(name: string, adapter: Adapter): void {
  describe(`a closed log on ${name}`, () => {
    it('refuses appends and reads, ends subscriptions, and can be closed again', async () => {
      const store = await adapter.open();
      const subscription = until(store, await store.head(), () => false);
      await store.close();
      await expect(store.append(aStream(), 'no-stream', [event()])).rejects.toBeInstanceOf(LogUnavailable);
      await expect(store.head()).rejects.toBeInstanceOf(LogUnavailable);
      await expect(subscription).resolves.toBeDefined();
      await store.close();
      await adapter.close();
    });
  });
}
