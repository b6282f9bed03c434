import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { LogDamaged } from '../errors.js';
import type { Mark, Position, RecordedEvent } from '../event-store.js';
import { unlessAborted } from '../unless-aborted.js';
import type { Connection } from './connection.js';
import { type CallError, accessDenied, isAccessDenied, isNoPosition, LogSilent } from './failures.js';
import { Incoming } from './incoming.js';
import type { LogReader } from './log-reader.js';
import { placeOf, subscriptionRequest } from './messages.js';
import { Patience } from './patience.js';
import { Progress } from './progress.js';

/** What a subscription reads from. */
export interface SubscriptionSource {
  readonly connection: Connection;
  readonly reader: LogReader;
  /** For how long to trust that silence means that nothing happened. */
  readonly quietMs: number;
  /** When silence before that counts as a loss. */
  readonly answerWithinMs: number;
  /**
   * For how long it may pass that the log seems to be another one, or to know nobody: a node that has just come back, or
   * was left behind and answers for the leader, sees less than there is. What is wrong with the question stays wrong.
   */
  readonly passingMs: number;
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
  let wrongSince: number | undefined;
  while (!signal.aborted) {
    const before = progress.position;
    try {
      yield* oneCall(source, progress, signal);
    } catch (error) {
      if (signal.aborted) {
        return;
      }
      if (error instanceof RangeError) {
        throw error;
      }
      const final = finalIfItStays(error as CallError, progress.position);
      // What had got as far as the end of the log was right; this is something new.
      const since = progress.live ? undefined : wrongSince;
      wrongSince = final && (since ?? performance.now());
      if (final !== undefined && performance.now() - wrongSince! >= toleratedMs(final, source)) {
        throw final;
      }
    }
    if (progress.position !== before) {
      patience.renew();
    }
    await patience.pause(signal);
  }
}

/** What contradicts what this reader was given already does not pass. */
const toleratedMs = (error: Error, { passingMs }: SubscriptionSource): number =>
  error instanceof LogDamaged && !['shortened', 'another-log'].includes(error.damage) ? 0 : passingMs;

function finalIfItStays(error: CallError, position: Position): Error | undefined {
  if (error instanceof LogDamaged) {
    return error;
  }
  if (isAccessDenied(error)) {
    return accessDenied(error);
  }
  return isNoPosition(error)
    ? new LogDamaged('another-log', '$all', `No event of this log begins at ${position}: the position was taken from another log.`)
    : undefined;
}

/** As much of the log as one call gives. */
async function* oneCall(
  source: SubscriptionSource,
  progress: Progress,
  signal: AbortSignal,
): AsyncGenerator<RecordedEvent | Mark, void, undefined> {
  const { connection, reader } = source;
  let client: StreamsClient | undefined;
  let incoming: Incoming | undefined;
  const leave = (): void => incoming?.cancel();
  signal.addEventListener('abort', leave, { once: true });
  progress.begin();
  try {
    const behind = await unlessAborted(firstBehindRemoved(reader, progress.position), signal);
    const first = behind && progress.heedEvent(behind);
    if (first !== undefined) {
      await progress.check(first);
      progress.pass(first);
      yield first;
    }
    client = await unlessAborted(connection.client(source.answerWithinMs), signal);
    if (client === undefined || signal.aborted) {
      return;
    }
    incoming = new Incoming(client.read(subscriptionRequest(progress.position), ...connection.callArguments(true)));
    while (!signal.aborted) {
      let message = incoming.take();
      if (message === undefined) {
        const mark = progress.markAtPause();
        if (mark !== undefined) {
          yield mark;
        }
        message = await nextWhileTrue(incoming, source, progress, signal);
        if (message === undefined) {
          return;
        }
      }
      const event = progress.heed(message);
      if (event !== undefined) {
        if (progress.lacksOneBefore(event)) {
          await progress.check(event);
        }
        progress.pass(event);
        yield event;
      } else if (progress.hasPassedMany) {
        yield progress.mark(false);
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
  { reader, quietMs, answerWithinMs }: SubscriptionSource,
  progress: Progress,
  signal: AbortSignal,
): Promise<ReadResp | undefined> {
  for (;;) {
    try {
      return await incoming.next(progress.live ? quietMs : answerWithinMs);
    } catch (error) {
      const head = error instanceof LogSilent && progress.live ? await unlessAborted(reader.headAtOnce(), signal) : Infinity;
      if (head !== undefined && head > progress.position) {
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
  if (first !== undefined) {
    return placeOf(first) > position ? first : undefined;
  }
  const end = await reader.end();
  if (end < position) {
    throw new LogDamaged('shortened', '$all', `The log ends at ${end}, but has been read to ${position} before: it is an older one.`);
  }
  return undefined;
}
