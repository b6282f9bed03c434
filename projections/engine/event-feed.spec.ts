import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { EventStore, Mark, RecordedEvent } from '../../src/event-store/event-store.js';
import { feed, type Arrived } from './event-feed.js';

const event = (position: number, type = 'Something'): RecordedEvent => ({
  kind: 'event', position, revision: 0, stream: `thing-${position}`, id: `${position}`, type, data: new Uint8Array(10), metadata: new Uint8Array(10),
});
const mark = (position: number, caughtUp: boolean): Mark => ({ kind: 'mark', position, caughtUp });

/** A log that delivers these, and then either waits for the end or fails. */
function logOf(delivered: readonly (RecordedEvent | Mark)[], failure?: Error): EventStore {
  return {
    async *subscribeAll(after: number, signal: AbortSignal) {
      for (const one of delivered) if (one.position > after || one.kind === 'mark') yield one;
      if (failure) throw failure;
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    },
  } as unknown as EventStore;
}

async function collected(store: EventStore, after = 0, ends: (one: RecordedEvent) => boolean = () => false): Promise<Arrived[]> {
  const stop = new AbortController();
  const all: Arrived[] = [];
  for await (const arrived of feed(store, after, ends, stop.signal)) {
    all.push(arrived);
    if (arrived.caughtUp) stop.abort();
  }
  return all;
}

describe('the feed', () => {
  it('gives every event once and in order, each batch beginning where the one before ended', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom('event', 'last', 'mark'), { maxLength: 60 }), async (kinds) => {
        const delivered = kinds.map((kind, index) => (kind === 'mark' ? mark(index + 1, false) : event(index + 1, kind)));
        const batches = await collected(logOf([...delivered, mark(kinds.length, true)]), 0, ({ type }) => type === 'last');
        expect(batches.flatMap(({ events }) => events)).toEqual(delivered.filter(({ kind }) => kind === 'event'));
        let reached = 0;
        for (const { events, from, position } of batches) {
          expect(from).toBe(reached);
          expect(position).toBeGreaterThanOrEqual(events.at(-1)?.position ?? from);
          expect(events.slice(0, -1).some(({ type }) => type === 'last')).toBe(false);
          reached = position;
        }
        expect(reached).toBe(kinds.length);
      }),
    ));

  it('makes full batches where much is waiting, and none larger', async () => {
    const batches = await collected(logOf([...Array.from({ length: 9_000 }, (_, n) => event(n + 1)), mark(9_000, true)]));
    expect(Math.max(...batches.map(({ events }) => events.length))).toBe(2_000);
    expect(batches.length).toBeLessThan(20);
  });

  it('moves over a stretch without events, and says once that the end is reached', async () => {
    const batches = await collected(logOf([mark(70, false), mark(90, true)]), 50);
    expect(batches.at(-1)).toMatchObject({ events: [], position: 90, caughtUp: true });
    expect(batches.filter(({ caughtUp }) => caughtUp)).toHaveLength(1);
  });

  it('passes on what ends the subscription, after what came before it', async () => {
    const seen: number[] = [];
    const reading = (async () => {
      for await (const { events } of feed(logOf([event(1), event(2)], new Error('away')), 0, () => false, new AbortController().signal)) {
        seen.push(...events.map(({ position }) => position));
      }
    })();
    await expect(reading).rejects.toThrow('away');
    expect(seen).toEqual([1, 2]);
  });
});
