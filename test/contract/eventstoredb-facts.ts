import {
  ANY,
  BACKWARDS,
  END,
  EventStoreDBClient,
  excludeSystemEvents,
  jsonEvent,
  MaxAppendSizeExceededError,
  NO_STREAM,
  START,
  STREAM_EXISTS,
  StreamDeletedError,
  StreamNotFoundError,
  UnknownError,
  WrongExpectedVersionError,
  type AppendExpectedRevision,
  type AppendResult,
  type EventData,
} from '@eventstore/db-client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';

/** A server to be asked; what is in it already stays. */
export interface AskedServer {
  connectionString(): Promise<string>;
  /** Who appends over calls of their own; a server without users takes anybody. */
  readonly user: { username: string; password: string };
  close(): void;
}

const made = (data: object = { n: 1 }, id: string = randomUUID()): EventData => jsonEvent({ id, type: 'Fact', data: data as Record<string, unknown> });
const aStream = (): string => `fact-${randomUUID()}`;

/**
 * What the server answers to the bare client. The stand-in and a real server are asked the same, so that the one
 * cannot come to differ from the other without its being seen.
 */
export function serverFacts(name: string, server: AskedServer): void {
  describe(`what ${name} answers`, () => {
    let client: EventStoreDBClient;
    const append = (stream: string, expectedRevision: AppendExpectedRevision, events: EventData[], credentials?: { username: string; password: string }): Promise<AppendResult> =>
      client.appendToStream(stream, events, { expectedRevision, ...(credentials && { credentials }) });
    const ids = async (stream: string): Promise<string[]> => {
      const found: string[] = [];
      for await (const { event } of client.readStream(stream)) found.push(event!.id);
      return found;
    };
    /** A server shows a stream again some moments after it has acknowledged what was appended behind the deletion. */
    const idsOnceShown = async (stream: string): Promise<string[]> => {
      for (;;) {
        try {
          return await ids(stream);
        } catch (error) {
          if (!(error instanceof StreamNotFoundError)) throw error;
        }
      }
    };
    beforeAll(async () => {
      client = EventStoreDBClient.connectionString(await server.connectionString());
    });
    afterAll(async () => {
      await client.dispose();
      server.close();
    });

    it('takes a new stream, and answers the revision of the last event', async () => {
      const answer = await append(aStream(), NO_STREAM, [made(), made()]);
      expect(answer).toMatchObject({ success: true, nextExpectedRevision: 1n });
      expect(answer.position!.commit).toBe(answer.position!.prepare);
    });

    it('refuses to create a stream that exists, and says where it is', async () => {
      const stream = aStream();
      await append(stream, NO_STREAM, [made(), made()]);
      await expect(append(stream, NO_STREAM, [made()])).rejects.toMatchObject({ actualVersion: 1n });
      await expect(append(stream, NO_STREAM, [made()])).rejects.toBeInstanceOf(WrongExpectedVersionError);
    });

    it.each([
      ['a revision of a missing stream', 3n],
      ['a missing stream to exist', STREAM_EXISTS],
    ] as const)('refuses %s', async (_, expected) => {
      await expect(append(aStream(), expected, [made()])).rejects.toMatchObject({ actualVersion: 'no_stream' });
    });

    it('answers the same request as it did first, and stores nothing', async () => {
      const [stream, events] = [aStream(), [made(), made()]];
      const first = await append(stream, NO_STREAM, events);
      await append(stream, 1n, [made()]);
      expect(await append(stream, NO_STREAM, events)).toEqual(first);
      expect(await ids(stream)).toHaveLength(3);
    });

    it('speaks of the request, not of the stream, when only its first event is sent again', async () => {
      const [stream, one, two] = [aStream(), made(), made()];
      const whole = await append(stream, NO_STREAM, [one, two]);
      const answer = await append(stream, NO_STREAM, [one]);
      expect(answer.nextExpectedRevision).toBe(0n);
      expect(answer.position!.commit).toBeLessThan(whole.position!.commit);
      expect(await ids(stream)).toHaveLength(2);
    });

    it('takes other orders, and new events behind known ones, for other requests', async () => {
      const [stream, one, two] = [aStream(), made(), made()];
      await append(stream, NO_STREAM, [one, two]);
      await expect(append(stream, NO_STREAM, [two, one])).rejects.toBeInstanceOf(WrongExpectedVersionError);
      await expect(append(stream, NO_STREAM, [one, two, made()])).rejects.toBeInstanceOf(WrongExpectedVersionError);
    });

    it('drops other data under known ids', async () => {
      const [stream, id] = [aStream(), randomUUID()];
      await append(stream, NO_STREAM, [made({ first: true }, id)]);
      await expect(append(stream, NO_STREAM, [made({ first: false }, id)])).resolves.toMatchObject({ success: true });
      for await (const { event } of client.readStream(stream)) expect(event!.data).toEqual({ first: true });
    });

    it('stores nothing where the id stands at the next revision already', async () => {
      const [stream, one, two] = [aStream(), made(), made()];
      await append(stream, NO_STREAM, [one, two]);
      await expect(append(stream, 0n, [two])).resolves.toMatchObject({ nextExpectedRevision: 1n });
      expect(await ids(stream)).toHaveLength(2);
    });

    it('stores a known id a second time at the current revision', async () => {
      const [stream, one] = [aStream(), made()];
      await append(stream, NO_STREAM, [one]);
      await append(stream, 0n, [one]);
      expect(await ids(stream)).toEqual([one.id, one.id]);
    });

    it('stores nothing for an id seen lately where anything is expected', async () => {
      const [stream, one] = [aStream(), made()];
      await append(stream, ANY, [one]);
      await append(stream, ANY, [one]);
      expect(await ids(stream)).toHaveLength(1);
    });

    it('stores an id twice in one append, and in two streams', async () => {
      const [stream, one] = [aStream(), made()];
      await append(stream, NO_STREAM, [one, one]);
      await append(aStream(), NO_STREAM, [one]);
      expect(await ids(stream)).toEqual([one.id, one.id]);
    });

    it('answers an append of nothing with success', async () => {
      const stream = aStream();
      await expect(append(stream, NO_STREAM, [])).resolves.toMatchObject({ success: true, nextExpectedRevision: 0n });
      await expect(ids(stream)).rejects.toBeInstanceOf(StreamNotFoundError);
    });

    it('refuses more than a mebibyte together', async () => {
      const failed = append(aStream(), NO_STREAM, [made({ x: 'x'.repeat(600_000) }), made({ x: 'x'.repeat(600_000) })]);
      await expect(failed).rejects.toBeInstanceOf(MaxAppendSizeExceededError);
      await expect(failed).rejects.toMatchObject({ maxAppendSize: 1_048_576 });
    });

    it('takes an append over a call of its own where it carries a user', async () => {
      const [stream, { user }] = [aStream(), server];
      await expect(append(stream, NO_STREAM, [made()], user)).resolves.toMatchObject({ nextExpectedRevision: 0n });
      await expect(append(stream, NO_STREAM, [made()], user)).rejects.toMatchObject({ actualVersion: 0n });
    });

    it('finds no stream that is missing or was deleted softly, and goes on with its revisions', async () => {
      const stream = aStream();
      await expect(ids(stream)).rejects.toBeInstanceOf(StreamNotFoundError);
      await append(stream, NO_STREAM, [made(), made()]);
      await client.deleteStream(stream);
      await expect(ids(stream)).rejects.toBeInstanceOf(StreamNotFoundError);
      await expect(append(stream, NO_STREAM, [made()])).resolves.toMatchObject({ nextExpectedRevision: 2n });
      expect(await idsOnceShown(stream)).toHaveLength(1);
    });

    it('says of a stream deleted for good that it was deleted', async () => {
      const stream = aStream();
      await append(stream, NO_STREAM, [made()]);
      await client.tombstoneStream(stream);
      await expect(ids(stream)).rejects.toBeInstanceOf(StreamDeletedError);
      await expect(append(stream, NO_STREAM, [made()])).rejects.toBeInstanceOf(StreamDeletedError);
    });

    it('hides what a limit of the stream lets go', async () => {
      const [stream, events] = [aStream(), [made(), made(), made()]];
      await append(stream, NO_STREAM, events);
      await client.setStreamMetadata(stream, { maxCount: 2 });
      expect(await ids(stream)).toEqual(events.slice(1).map(({ id }) => id));
    });

    it('gives nothing from beyond the end, and fails for a count of nothing', async () => {
      const stream = aStream();
      await append(stream, NO_STREAM, [made()]);
      const read = async (options: { fromRevision?: bigint; maxCount?: number }): Promise<number> => {
        let count = 0;
        for await (const one of client.readStream(stream, options)) count += one.event ? 1 : 0;
        return count;
      };
      expect(await read({ fromRevision: 9n })).toBe(0);
      await expect(read({ maxCount: 0 })).rejects.toBeInstanceOf(UnknownError);
    });

    it('reads everything both ways, in positions that grow by bytes', async () => {
      const stream = aStream();
      const { position } = await append(stream, NO_STREAM, [made(), made()]);
      const back: bigint[] = [];
      for await (const { event } of client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 2 })) back.push(event!.position!.commit);
      expect(back[0]).toBe(position!.commit);
      expect(back[0]! - back[1]!).toBeGreaterThan(20n);
      for await (const one of client.readAll({ direction: BACKWARDS, fromPosition: START, maxCount: 2 })) expect(one).toBeUndefined();
      for await (const one of client.readAll({ fromPosition: END, maxCount: 2 })) expect(one).toBeUndefined();
    });

    it('reads a stream both ways from either end', async () => {
      const stream = aStream();
      await append(stream, NO_STREAM, [made(), made(), made()]);
      const revisions = async (options: Parameters<typeof client.readStream>[1]): Promise<bigint[]> => {
        const found: bigint[] = [];
        for await (const { event } of client.readStream(stream, options)) found.push(event!.revision);
        return found;
      };
      expect(await revisions({ direction: BACKWARDS, fromRevision: END })).toEqual([2n, 1n, 0n]);
      expect(await revisions({ direction: BACKWARDS, fromRevision: START })).toEqual([0n]);
      expect(await revisions({ direction: BACKWARDS, fromRevision: 9n })).toEqual([2n, 1n, 0n]);
      expect(await revisions({ fromRevision: 1n })).toEqual([1n, 2n]);
    });

    it('reads from the beginning of an event alone, not from the middle of one', async () => {
      const { position } = await append(aStream(), NO_STREAM, [made()]);
      const from = async (commit: bigint): Promise<bigint | undefined> => {
        // To the end: the client waits for ever for a read that was left.
        let found: bigint | undefined;
        for await (const { event } of client.readAll({ fromPosition: { commit, prepare: commit }, maxCount: 1 })) found = event!.position!.commit;
        return found;
      };
      expect(await from(position!.commit)).toBe(position!.commit);
      await expect(from(position!.commit + 3n)).resolves.toBeUndefined();
      await append(aStream(), NO_STREAM, [made()]);
      await expect(from(position!.commit + 3n)).rejects.toThrow('ReadAllResult: Error');
    });

    it('subscribes to everything behind a position, but for what its filter leaves out, and says when that is all', async () => {
      const stream = aStream();
      const { position } = await append(stream, NO_STREAM, [made()]);
      await client.setStreamMetadata(stream, { maxCount: 100 });
      await append(stream, 0n, [made(), made()]);
      const subscription = client.subscribeToAll({ fromPosition: position!, filter: excludeSystemEvents() });
      const seen: bigint[] = [];
      for await (const { event } of subscription) {
        if (event?.streamId === stream && seen.push(event.revision) === 2) await append(stream, 2n, [made()]);
        if (seen.length === 3) await subscription.unsubscribe();
      }
      expect(seen).toEqual([1n, 2n, 3n]);
    });

  });
}
