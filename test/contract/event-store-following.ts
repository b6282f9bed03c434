import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { EventStore, NewEvent, Revision } from '../../src/event-store/event-store.js';

/** Streams as somebody knows them who asks only for what came since. */
class Follower {
  readonly known = new Map<string, Revision>();

  constructor(private readonly store: EventStore) {}

  /** Asks after streams. What had been acknowledged before has to be known then, without a gap and without a repeat. */
  async ask(streams: readonly string[], acknowledged: ReadonlyMap<string, Revision>): Promise<void> {
    const before = new Map(streams.map((stream) => [stream, this.known.get(stream) ?? -1]));
    const due = new Map(streams.map((stream) => [stream, acknowledged.get(stream) ?? -1]));
    const found = await this.store.readStreams(streams.map((stream) => ({ stream, from: before.get(stream)! + 1 })));
    for (const stream of streams) {
      const [first, events] = [before.get(stream)! + 1, found.get(stream)!];
      expect(events.map(({ revision }) => revision)).toEqual(events.map((_, n) => first + n));
      const end = first + events.length - 1;
      expect(end).toBeGreaterThanOrEqual(due.get(stream)!);
      this.known.set(stream, Math.max(end, this.known.get(stream) ?? -1));
    }
  }
}

/** What whoever remembers streams may rely on: it is told of everything that anybody had acknowledged before it asked. */
export function following(of: () => readonly [EventStore, EventStore], event: () => NewEvent): void {
  describe('following streams that are known', () => {
    const names = (count: number): string[] => Array.from({ length: count }, () => `spec-${randomUUID()}`);

    it('answers each time with what came since, and with nothing where nothing came', async () => {
      const [[store, other], [stream, ...rest]] = [of(), names(4) as [string, ...string[]]];
      const follower = new Follower(store);
      for (let n = 0; n < 12; n++) {
        const { revision } = await (n % 2 ? store : other).append(stream, n === 0 ? 'no-stream' : n - 1, [event()]);
        await follower.ask([stream, ...rest], new Map([[stream, revision]]));
        await follower.ask([stream, ...rest], new Map([[stream, revision]]));
        expect(follower.known.get(stream)).toBe(n);
      }
    });

    it('misses nothing though much came in between', async () => {
      const [[store, other], [quiet, busy]] = [of(), names(2) as [string, string]];
      const follower = new Follower(store);
      await follower.ask([quiet, busy], new Map());
      for (const [n, many] of [1, 254, 255, 256, 257, 400].entries()) {
        const before = follower.known.get(busy)!;
        const { revision } = await other.append(busy, before < 0 ? 'no-stream' : before, Array.from({ length: many }, () => event()));
        const { revision: one } = await other.append(quiet, n === 0 ? 'no-stream' : n - 1, [event()]);
        await follower.ask([quiet, busy], new Map([[quiet, one], [busy, revision]]));
      }
    });

    it('tells everybody of what had been acknowledged before they asked, while others write', async () => {
      const [[store, other], streams] = [of(), names(24)];
      const acknowledged = new Map<string, Revision>();
      let writing = 6;
      const write = async (mine: readonly string[], by: EventStore): Promise<void> => {
        for (let n = 0; n < 120; n++) {
          const stream = mine[n % mine.length]!;
          const last = acknowledged.get(stream);
          acknowledged.set(stream, (await by.append(stream, last ?? 'no-stream', Array.from({ length: 1 + (n % 3) }, () => event()))).revision);
        }
        writing -= 1;
      };
      const ask = async (first: number): Promise<void> => {
        const follower = new Follower(store);
        for (let n = first; writing > 0; n++) await follower.ask(Array.from({ length: 5 }, (_, k) => streams[(n * 7 + k * 5) % streams.length]!), acknowledged);
        await follower.ask(streams, acknowledged);
        expect(follower.known).toEqual(acknowledged);
      };
      await Promise.all([
        ...Array.from({ length: 6 }, (_, n) => write(streams.slice(n * 4, n * 4 + 4), n % 2 ? store : other)),
        ...Array.from({ length: 6 }, (_, n) => ask(n)),
      ]);
    });
  });
}
