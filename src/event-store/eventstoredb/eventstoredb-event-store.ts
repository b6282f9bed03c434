import { setMaxListeners } from 'node:events';
import { checkAppend } from '../check-append.js';
import { LogUnavailable } from '../errors.js';
import type {
  Appended,
  EventStore,
  Mark,
  NewEvent,
  Position,
  ReadOptions,
  RecordedEvent,
  Revision,
  StreamRead,
} from '../event-store.js';
import { AppendStream } from './append-stream.js';
import { Appending } from './appending.js';
import { Connection } from './connection.js';
import { LogReader } from './log-reader.js';
import { subscription } from './subscription.js';

/** Where EventStoreDB is, and how long is waited for it. */
export interface EventStoreDbEventStoreOptions {
  /** `esdb://user:password@host:2113?tls=true`, several hosts for a cluster. */
  connectionString: string;
  /** For how long an append or a read tries to get through to a log that does not answer. */
  patienceMs?: number;
  /** When a single answer counts as lost. */
  answerWithinMs?: number;
  /** For how long a subscription trusts that silence means that nothing happened. */
  quietMs?: number;
  /** For how long a subscription takes it for passing that the log seems to be another one, or not to know the user. */
  passingMs?: number;
}

/** The log on EventStoreDB, 23.10 or later: the one that runs on several nodes. */
export class EventStoreDbEventStore implements EventStore {
  private readonly closing = new AbortController();
  private readonly sending: AppendStream;
  private readonly appending: Appending;
  private readonly reader: LogReader;
  private readonly underWay = new Set<Promise<unknown>>();

  private constructor(
    private readonly connection: Connection,
    private readonly times: { patienceMs: number; answerWithinMs: number; quietMs: number; passingMs: number },
  ) {
    // Every wait of every caller listens to it.
    setMaxListeners(0, this.closing.signal);
    this.sending = new AppendStream(connection);
    this.reader = new LogReader(connection, times, this.closing.signal);
    this.appending = new Appending(this.sending, this.reader, times, this.closing.signal);
  }

  /** @throws {LogUnavailable} the server cannot be reached, or does not let the user read the log */
  static async open(options: EventStoreDbEventStoreOptions): Promise<EventStoreDbEventStore> {
    const { connectionString, quietMs = 5_000, patienceMs = 15_000, answerWithinMs = 7_000, passingMs = 60_000 } = options;
    const store = new EventStoreDbEventStore(new Connection(connectionString), { patienceMs, answerWithinMs, quietMs, passingMs });
    try {
      await store.head();
    } catch (error) {
      await store.close();
      throw error;
    }
    return store;
  }

  async append(stream: string, expected: Revision | 'no-stream', events: readonly NewEvent[]): Promise<Appended> {
    checkAppend(stream, expected, events);
    return this.finishing(() => this.appending.append({ stream, expected, events }));
  }

  async *readStream(stream: string, options?: ReadOptions): AsyncGenerator<RecordedEvent, void, undefined> {
    this.refuseIfClosed();
    yield* this.reader.stream(stream, options);
  }

  async readStreams(reads: readonly StreamRead[]): Promise<Map<string, RecordedEvent[]>> {
    return this.finishing(() => this.reader.streams(reads));
  }

  async eventAt(position: Position): Promise<RecordedEvent | undefined> {
    return this.finishing(() => this.reader.eventAt(position));
  }

  async head(): Promise<Position> {
    return this.finishing(() => this.reader.head());
  }

  subscribeAll(after: Position, signal: AbortSignal): AsyncGenerator<RecordedEvent | Mark, void, undefined> {
    const { connection, reader, times } = this;
    return subscription({ connection, reader, ...times }, after, AbortSignal.any([signal, this.closing.signal]));
  }

  /** Version of the server, as it says itself. */
  serverVersion(): Promise<string> {
    return this.connection.serverVersion();
  }

  async close(): Promise<void> {
    this.closing.abort();
    await Promise.allSettled(this.underWay);
    await this.sending.close();
    this.connection.close();
  }

  private async finishing<T>(work: () => Promise<T>): Promise<T> {
    this.refuseIfClosed();
    const promise = work();
    this.underWay.add(promise);
    try {
      return await promise;
    } finally {
      this.underWay.delete(promise);
    }
  }

  private refuseIfClosed(): void {
    if (this.closing.signal.aborted) {
      throw new LogUnavailable('The log has been closed.');
    }
  }
}
