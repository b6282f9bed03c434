/**
 * The log: streams of immutable events, and one order over all of them.
 * Two adapters implement this interface and pass one contract suite; what
 * holds only in one of them is a defect.
 */

/** Place of an event in its own stream: 0, 1, 2, … without gaps. */
export type Revision = number;

/**
 * Place of an event in the whole log. Opaque and ordered: compare positions,
 * never count with them. Always a safe integer; 0 stands before every event.
 */
export type Position = number;

/** An event that is to be appended. */
export interface NewEvent {
  /** A UUID. Derive it from the command, so that a network retry is recognised. */
  id: string;
  type: string;
  /** The bytes of one JSON object, kept exactly as they are. */
  data: Uint8Array;
  /** Kept exactly as it is. */
  metadata: Uint8Array;
}

/** An event as it stands in the log. */
export interface RecordedEvent extends NewEvent {
  kind: 'event';
  stream: string;
  revision: Revision;
  position: Position;
}

/**
 * Something a subscription says between events: everything up to `position`
 * has been delivered; with `caughtUp` the end of the log has been reached.
 * It travels in the same order as the events, so it is safe to store.
 */
export interface Mark {
  kind: 'mark';
  position: Position;
  caughtUp: boolean;
}

/** Where the last event of an append stands. */
export interface Appended {
  revision: Revision;
  position: Position;
}

/** A stream that is wanted, and the first revision that is wanted of it. */
export interface StreamRead {
  stream: string;
  from?: Revision;
}

/** How a stream is read. */
export interface ReadOptions {
  /** First revision to yield; without it, the first or (backwards) the last of the stream. */
  from?: Revision;
  direction?: 'forwards' | 'backwards';
  limit?: number;
}

/** The port to the log. */
export interface EventStore {
  /**
   * Appends all events or none. `expected` is the revision of the stream's
   * last event, or `no-stream`.
   *
   * An append whose `expected` is lower than the current revision succeeds,
   * and stores nothing, if and only if all its ids already stand at exactly
   * the positions they would have taken; the answer is then the first one's.
   * At the current revision ids are not looked at.
   *
   * @throws {WrongRevision} the stream is somewhere else; nothing was stored
   * @throws {AppendRefused} the request itself cannot be stored
   * @throws {OutcomeUncertain} it may or may not have been stored
   * @throws {LogUnavailable} the log cannot be reached; nothing was stored
   */
  append(
    stream: string,
    expected: Revision | 'no-stream',
    events: readonly NewEvent[],
  ): Promise<Appended>;

  /** Yields the events of a stream; a missing stream yields nothing. */
  readStream(stream: string, options?: ReadOptions): AsyncIterable<RecordedEvent>;

  /**
   * Reads several streams, forwards, in one round trip. Missing streams map to
   * []; a stream named twice is read from the lowest revision asked for.
   */
  readStreams(reads: readonly StreamRead[]): Promise<Map<string, RecordedEvent[]>>;

  /** The event that stands at exactly this position; undefined if none does. */
  eventAt(position: Position): Promise<RecordedEvent | undefined>;

  /** The position of the last event, 0 if there is none. */
  head(): Promise<Position>;

  /**
   * Yields every event after `after` (exclusive; 0 is the start) in the order
   * of the log, and goes on for ever. A mark with `caughtUp` says that the end
   * has been reached. Survives a lost connection by itself. Ends, without an
   * error, when `signal` is aborted or the store is closed.
   */
  subscribeAll(after: Position, signal: AbortSignal): AsyncIterable<RecordedEvent | Mark>;

  /** Lets what is under way finish, then gives up every connection. */
  close(): Promise<void>;
}
