import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { MAX_APPEND_BYTES } from '../../src/event-store/check-append.js';
import { AppendRefused, WrongRevision } from '../../src/event-store/errors.js';
import type { EventStore, RecordedEvent } from '../../src/event-store/event-store.js';
import { all, aStream, event, refusal, until } from './event-store-events.js';

/** What an append answers, stores and refuses. */
export function appending(of: () => EventStore): void {
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

/** Appends of two processes at once. */
export function racing(of: () => [EventStore, EventStore]): void {
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

/** What is not sent to a log at all. */
export function refusing(of: () => EventStore): void {
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
