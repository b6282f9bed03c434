import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { isStreamName } from '../check-append.js';
import { LogDamaged } from '../errors.js';
import type { Mark, Position, RecordedEvent } from '../event-store.js';
import type { Connection } from './connection.js';
import { Continuity } from './continuity.js';
import { type CallError, isAccessDenied, accessDenied, LogSilent } from './failures.js';
import { Incoming } from './incoming.js';
import type { LogReader } from './log-reader.js';
import { placeOf, positionOf, recordedOf, subscriptionRequest } from './messages.js';
import { Patience } from './patience.js';
import { isRemovedByRule } from './stream-rules.js';

/** Events of others that are passed before it is said how far they have been passed. */
const STRETCH = 500;
/** A restarting server may know nobody for a moment; a wrong password stays wrong. */
const DENIALS = 5;

/** What a subscription reads from. */
export interface SubscriptionSource {
  readonly connection: Connection;
  readonly reader: LogReader;
  /** For how long to trust that silence means that nothing happened. */
  readonly quietMs: number;
}

/**
 * The log from a position on, for ever. Every failure of the way is taken for
 * what it is there: the server lets a subscription go when it restarts, when
 * its reader is slow, or without a word. The reader's own position is where it
 * goes on, and only what was taken from the queue moves it.
 * @throws {LogDamaged} an event is missing that the log has
 * @throws {LogUnavailable} the log does not let the user read it
 */
export async function* subscription(
  source: SubscriptionSource,
  after: Position,
  signal: AbortSignal,
): AsyncGenerator<RecordedEvent | Mark, void, undefined> {
  const progress = new Progress(after, source.reader);
  const patience = new Patience(Infinity);
  let denials = 0;
  while (!signal.aborted) {
    const before = progress.position;
    try {
      yield* oneCall(source, progress, signal);
    } catch (error) {
      if (signal.aborted) {
        return;
      }
      if (error instanceof LogDamaged || error instanceof RangeError) {
        throw error;
      }
      denials = isAccessDenied(error as CallError) ? denials + 1 : 0;
      if (denials > DENIALS) {
        throw accessDenied(error as Error);
      }
    }
    if (progress.position !== before) {
      patience.renew();
    }
    await patience.pause(signal);
  }
}

/** As much of the log as one call gives. */
async function* oneCall(
  { connection, reader, quietMs }: SubscriptionSource,
  progress: Progress,
  signal: AbortSignal,
): AsyncGenerator<RecordedEvent | Mark, void, undefined> {
  let client: StreamsClient | undefined;
  let incoming: Incoming | undefined;
  const leave = (): void => incoming?.cancel();
  try {
    const behind = await firstBehindRemoved(reader, progress.position);
    if (behind !== undefined) {
      yield* progress.take(behind);
    }
    if (signal.aborted) {
      return;
    }
    client = await connection.client();
    incoming = new Incoming(client.read(subscriptionRequest(progress.position), ...connection.callArguments(true)));
    signal.addEventListener('abort', leave, { once: true });
    progress.live = false;
    while (!signal.aborted) {
      let message = incoming.take();
      if (message === undefined) {
        yield* progress.pause();
        message = signal.aborted ? undefined : await nextWhileTrue(incoming, reader, progress, quietMs);
        if (message === undefined) {
          return;
        }
      }
      const event = progress.heed(message);
      if (event !== undefined) {
        yield* progress.take(event);
      }
    }
  } catch (error) {
    await connection.failed(client, error as CallError);
    throw error;
  } finally {
    signal.removeEventListener('abort', leave);
    incoming?.cancel();
  }
}

/** The next message. A silence is trusted only if the leader, asked by another call, has nothing new either. */
async function nextWhileTrue(
  incoming: Incoming,
  reader: LogReader,
  progress: Progress,
  quietMs: number,
): Promise<ReadResp | undefined> {
  for (;;) {
    try {
      return await incoming.next(quietMs);
    } catch (error) {
      if (!(error instanceof LogSilent) || !progress.live || (await reader.headAtOnce()) > progress.position) {
        throw error;
      }
    }
  }
}

/**
 * A server asked to go on after a position passes one event over, without looking whether it is the one. If
 * that one has been removed since, the event passed over would be the next: it has to be read apart.
 */
async function firstBehindRemoved(reader: LogReader, position: Position): Promise<ReadResp.ReadEvent | undefined> {
  if (position === 0) {
    return undefined;
  }
  const first = await reader.firstFrom(position);
  if (first === undefined) {
    const end = await reader.end();
    if (end < position) {
      throw new LogDamaged('shortened', '$all', `The log ends at ${end}, but has been read to ${position} before: it is an older one.`);
    }
  }
  return first === undefined || placeOf(first) <= position ? undefined : first;
}

/** How far a subscription has come, over however many calls. */
class Progress {
  /** Whether the server has said that the end has been reached. */
  live = false;
  private told: Position | undefined;
  private passed = 0;
  private readonly continuity: Continuity;

  constructor(
    public position: Position,
    private readonly reader: LogReader,
  ) {
    this.continuity = new Continuity(position);
  }

  /** Takes note of what the server says between events. @returns the event if the message is one */
  heed(message: ReadResp): ReadResp.ReadEvent | undefined {
    switch (message.getContentCase()) {
      case streams.ReadResp.ContentCase.EVENT:
        return message.getEvent();
      case streams.ReadResp.ContentCase.CHECKPOINT:
        this.moveTo(positionOf(message.getCheckpoint()!.getCommitPosition()));
        break;
      case streams.ReadResp.ContentCase.CAUGHT_UP:
        this.live = true;
        break;
      case streams.ReadResp.ContentCase.FELL_BEHIND:
        this.live = false;
        break;
      default:
    }
    return undefined;
  }

  /** An event of ours comes out; one of others, the system's, or one that is gone is passed over. */
  async *take(message: ReadResp.ReadEvent): AsyncGenerator<RecordedEvent | Mark, void, undefined> {
    const place = placeOf(message);
    if (place <= this.position) {
      return;
    }
    const event = recordedOf(message);
    if (event === undefined || event.type.startsWith('$') || !isStreamName(event.stream)) {
      this.moveTo(place);
      this.passed += 1;
      if (this.passed >= STRETCH) {
        yield this.mark(false);
      }
      return;
    }
    const missing = this.continuity.missingBefore(event);
    if (missing !== undefined) {
      await this.explain(event, missing);
    }
    this.continuity.pass(event);
    this.moveTo(place);
    yield event;
  }

  /** What there is to say when nothing more has arrived. */
  *pause(): Generator<Mark, void, undefined> {
    if (this.live ? this.told !== this.position : this.passed > 0) {
      yield this.mark(this.live);
    }
  }

  private mark(caughtUp: boolean): Mark {
    this.passed = 0;
    if (caughtUp) {
      this.told = this.position;
    }
    return { kind: 'mark', position: this.position, caughtUp };
  }

  private moveTo(position: Position): void {
    this.position = Math.max(this.position, position);
  }

  /** @throws {LogDamaged} unless the stream's own rules have removed what is missing */
  private async explain(event: RecordedEvent, missing: number): Promise<void> {
    if (event.revision > missing && (await isRemovedByRule(this.reader, event.stream, missing))) {
      return;
    }
    throw new LogDamaged(
      'gap',
      event.stream,
      `The log gave event ${event.revision} of the stream ${event.stream} where event ${missing} was due.`,
    );
  }
}
