import { beforeAll, describe, expect, it } from '@jest/globals';
import type { EventStore } from '../../src/event-store/event-store.js';
import { all, aStream, event, until } from './event-store-events.js';

/** Streams, and events by position. */
export function reading(of: () => EventStore): void {
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

/** All that is appended, in its order. */
export function subscribing(of: () => [EventStore, EventStore]): void {
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
