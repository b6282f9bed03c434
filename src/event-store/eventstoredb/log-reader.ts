import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { isStreamName } from '../check-append.js';
import { LogDamaged, LogUnavailable } from '../errors.js';
import type { Position, ReadOptions, RecordedEvent, Revision, StreamRead } from '../event-store.js';
import type { Connection } from './connection.js';
import { type CallError, finalErrorOf, isNoPosition, streamDeleted, unavailable } from './failures.js';
import { Incoming } from './incoming.js';
import { firstRequest, lastRequest, placeOf, recordedOf, streamRequest } from './messages.js';
import { Patience } from './patience.js';
import { Shared } from './shared.js';
import { StreamEnds } from './stream-ends.js';

const STREAM_PAGE = 500;
const STREAMS_AT_ONCE = 32;
/** A look only spares reads: it is not worth waiting for. */
const LOOK_WITHIN_MS = 2_000;

/** How long reading waits. */
export interface ReadingTimes {
  /** For how long a log that does not answer is asked again. */
  readonly patienceMs: number;
  /** When a silent read counts as lost. */
  readonly answerWithinMs: number;
}

/** Every question to the log that ends. All of them go to the leader: another node may not know yet what was stored. */
export class LogReader {
  private readonly shared = new Shared<readonly RecordedEvent[]>();
  private readonly ends = new StreamEnds({
    last: () => this.last(this.lookWithinMs),
    from: (position, count) => this.all(firstRequest(position, count), this.lookWithinMs),
  });

  constructor(
    private readonly connection: Connection,
    private readonly times: ReadingTimes,
    private readonly closing: AbortSignal,
  ) {}

  private get lookWithinMs(): number {
    return Math.min(this.times.answerWithinMs, LOOK_WITHIN_MS);
  }

  /** Position of the last event that is not the system's. */
  head(): Promise<Position> {
    return this.patiently(() => this.headAtOnce());
  }

  /** The same, asked once: fails as soon as something does. */
  async headAtOnce(): Promise<Position> {
    const [last] = await this.all(lastRequest(true));
    return last === undefined ? 0 : placeOf(last);
  }

  /** Position of the last event of any kind. */
  async end(): Promise<Position> {
    const last = await this.last();
    return last === undefined ? 0 : placeOf(last);
  }

  /** The event of ours at a position. Most numbers are no position: one in the middle of an event is none either. */
  async eventAt(position: Position): Promise<RecordedEvent | undefined> {
    if (!Number.isSafeInteger(position) || position < 1) {
      return undefined;
    }
    const found = await this.patiently(() => this.firstFrom(position).catch(nothingIfNoPosition));
    const event = found && recordedOf(found);
    return event?.position === position && isStreamName(event.stream) && !event.type.startsWith('$') ? event : undefined;
  }

  /** The first event, of any kind, that stands at a position or behind it. */
  async firstFrom(position: Position): Promise<ReadResp.ReadEvent | undefined> {
    return (await this.all(firstRequest(position)))[0];
  }

  /**
   * The events of a stream, page by page, each from where the last one ended whatever happened in between.
   * @throws {LogDamaged} revisions are missing that the stream must have had
   */
  async *stream(stream: string, options: ReadOptions = {}): AsyncGenerator<RecordedEvent, void, undefined> {
    const place = new Place(stream, options);
    const patience = new Patience(this.times.patienceMs);
    for (let left = options.limit ?? Infinity; left > 0 && !place.isBeforeFirst; ) {
      const size = Math.min(left, STREAM_PAGE);
      let count = 0;
      try {
        const request = streamRequest(stream, place.next, place.forwards, size);
        for await (const message of this.read(request, { onMissing: () => place.refuseMissing() })) {
          const event = recordedOf(message);
          if (event === undefined) {
            continue;
          }
          place.pass(event.revision);
          patience.renew();
          count += 1;
          left -= 1;
          yield event;
        }
      } catch (error) {
        await this.orGiveUp(error as CallError, patience, stream);
        continue;
      }
      if (count < size) {
        return place.end();
      }
    }
  }

  /**
   * Several streams, so many at a time. Every command asks after its organisation, its user and more, of which it knows all
   * but what came since: where that is nothing, one look at the log says so for all of them.
   */
  async streams(reads: readonly StreamRead[]): Promise<Map<string, RecordedEvent[]>> {
    const found = new Map<string, RecordedEvent[]>();
    const starts = new Map<string, Revision>();
    for (const { stream, from = 0 } of reads) {
      starts.set(stream, Math.min(Math.max(from, 0), starts.get(stream) ?? Infinity));
      found.set(stream, []);
    }
    if (this.ends.helps(starts.keys())) {
      // Without a look every stream is read, with the patience that reading has.
      await this.ends.look().then(() => this.dropUnchanged(starts), () => undefined);
    }
    const waiting = starts.entries();
    const readSome = async (): Promise<void> => {
      for (const [stream, from] of waiting) {
        found.set(stream, [...(await this.shared.get(`${from} ${stream}`, () => this.whole(stream, from)))]);
      }
    };
    await Promise.all(Array.from({ length: Math.min(STREAMS_AT_ONCE, starts.size) }, readSome));
    return found;
  }

  private dropUnchanged(starts: Map<string, Revision>): void {
    for (const [stream, from] of starts) {
      if (this.ends.of(stream) === from - 1) starts.delete(stream);
    }
  }

  private async whole(stream: string, from: Revision): Promise<RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    const reading = this.ends.reading(stream);
    for await (const event of this.stream(stream, { from })) {
      events.push(event);
    }
    this.ends.read(stream, events.at(-1)?.revision ?? from - 1, reading);
    return events;
  }

  /** Events of a stream that stand at the given revisions now, asked once. */
  async at(stream: string, from: Revision, count: number, answerWithinMs?: number): Promise<RecordedEvent[]> {
    const messages: ReadResp.ReadEvent[] = [];
    for await (const message of this.read(streamRequest(stream, from, true, count), { answerWithinMs })) {
      messages.push(message);
    }
    return messages.flatMap((message) => recordedOf(message) ?? []);
  }

  /** The last event of a stream, asked once; undefined where there is none. */
  async lastOf(stream: string): Promise<RecordedEvent | undefined> {
    for await (const message of this.read(streamRequest(stream, undefined, false, 1))) {
      return recordedOf(message);
    }
    return undefined;
  }

  private async last(answerWithinMs?: number): Promise<ReadResp.ReadEvent | undefined> {
    return (await this.all(lastRequest(false), answerWithinMs))[0];
  }

  private async all(request: ReadReq, answerWithinMs?: number): Promise<ReadResp.ReadEvent[]> {
    const messages: ReadResp.ReadEvent[] = [];
    for await (const message of this.read(request, { answerWithinMs })) {
      messages.push(message);
    }
    return messages;
  }

  private async patiently<T>(ask: () => Promise<T>): Promise<T> {
    const patience = new Patience(this.times.patienceMs);
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        await this.orGiveUp(error as CallError, patience, '$all');
      }
    }
  }

  /** Waits for another try. @throws what is final, and everything once there is no time left */
  private async orGiveUp(error: CallError, patience: Patience, stream: string): Promise<void> {
    const final = error instanceof LogUnavailable ? error : finalErrorOf(error, stream);
    if (final !== undefined) {
      throw final;
    }
    if (!(await patience.pause(this.closing))) {
      throw unavailable(error);
    }
  }

  /** One call, bounded in its silence. */
  private async *read(
    request: ReadReq,
    { answerWithinMs = this.times.answerWithinMs, onMissing }: { answerWithinMs?: number | undefined; onMissing?: () => void } = {},
  ): AsyncGenerator<ReadResp.ReadEvent, void, undefined> {
    let client: StreamsClient | undefined;
    let incoming: Incoming | undefined;
    try {
      client = await this.connection.client(answerWithinMs);
      incoming = new Incoming(client.read(request, ...this.connection.callArguments(true)));
      for (let message; (message = await incoming.next(answerWithinMs)) !== undefined; ) {
        const event = message.getEvent();
        if (event !== undefined) {
          yield event;
        } else if (message.hasStreamNotFound()) {
          onMissing?.();
        }
      }
    } catch (error) {
      await this.connection.failed(client, error as CallError);
      throw error;
    } finally {
      incoming?.cancel();
    }
  }
}

function nothingIfNoPosition(error: unknown): undefined {
  if (!isNoPosition(error as CallError)) {
    throw error;
  }
}

/** Where a reader stands in a stream, and that nothing is missing on the way. */
class Place {
  readonly forwards: boolean;
  next: Revision | undefined;
  private last: Revision | undefined;

  constructor(
    private readonly stream: string,
    options: ReadOptions,
  ) {
    this.forwards = options.direction !== 'backwards';
    this.next = this.forwards ? Math.max(options.from ?? 0, 0) : options.from;
  }

  /** Backwards, whether the first event has been passed. */
  get isBeforeFirst(): boolean {
    return this.next !== undefined && this.next < 0;
  }

  pass(revision: Revision): void {
    const first = this.last === undefined;
    // Backwards, a start beyond the end begins at the end.
    const fits = this.next === revision || (first && !this.forwards);
    if (!fits) {
      throw this.damage(first ? 'truncated' : 'gap', revision);
    }
    this.last = revision;
    this.next = this.forwards ? revision + 1 : revision - 1;
  }

  /** A stream that has been read in part was there. @throws {LogDamaged} */
  refuseMissing(): void {
    if (this.last !== undefined) {
      throw streamDeleted(this.stream);
    }
  }

  /** The stream has no more events in this direction. */
  end(): void {
    if (!this.forwards && this.last !== undefined && this.last > 0) {
      throw this.damage('truncated', this.last);
    }
  }

  private damage(kind: 'gap' | 'truncated', found: Revision): LogDamaged {
    const missing = this.forwards || kind === 'gap' ? this.next : 0;
    return new LogDamaged(kind, this.stream, `The stream ${this.stream} has an event ${found}, but lacks its event ${missing}.`);
  }
}
