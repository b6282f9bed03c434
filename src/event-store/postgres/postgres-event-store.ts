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
import { AppendQueue } from './append-queue.js';
import { connectionConfig, isConnectionLoss, ReadConnections } from './connection.js';
import { LogReader } from './log-reader.js';
import { subscription, type SubscriptionSource } from './subscription.js';
import { WakeUps } from './wake-ups.js';

/** Where the embedded log is, and how much of it is used. */
export interface PostgresEventStoreOptions {
  connectionString: string;
  /** Connections that only append; a second one has not paid for itself. */
  appendConnections?: number;
  /** Connections that only read. */
  poolSize?: number;
  /** How often a subscription looks although nothing was announced. */
  safetyCheckMs?: number;
  /** For how long an append tries to get through to a log that does not answer. */
  patienceMs?: number;
  /** When a silent connection counts as lost. */
  answerWithinMs?: number;
}

/** The embedded log: a PostgreSQL table in commit order. */
export class PostgresEventStore implements EventStore {
  private readonly closing = new AbortController();

  private constructor(
    private readonly queue: AppendQueue,
    private readonly connections: ReadConnections,
    private readonly source: SubscriptionSource,
  ) {}

  /** @throws {LogUnavailable} the database cannot be reached */
  static async open(options: PostgresEventStoreOptions): Promise<PostgresEventStore> {
    const config = connectionConfig(options.connectionString, options.answerWithinMs ?? 15_000);
    const queue = new AppendQueue({
      config,
      connections: options.appendConnections ?? 1,
      patienceMs: options.patienceMs ?? 10_000,
    });
    const connections = new ReadConnections(config, options.poolSize ?? 8);
    const store = new PostgresEventStore(queue, connections, {
      reader: new LogReader(connections),
      wakeUps: new WakeUps(config),
      safetyCheckMs: options.safetyCheckMs ?? 1_000,
    });
    try {
      await queue.open();
      await store.head();
    } catch (error) {
      await store.close();
      throw isConnectionLoss(error) ? new LogUnavailable(undefined, { cause: error }) : error;
    }
    return store;
  }

  async append(
    stream: string,
    expected: Revision | 'no-stream',
    events: readonly NewEvent[],
  ): Promise<Appended> {
    checkAppend(stream, expected, events);
    return this.queue.append({ stream, expected, events });
  }

  async *readStream(
    stream: string,
    options?: ReadOptions,
  ): AsyncGenerator<RecordedEvent, void, undefined> {
    this.refuseIfClosed();
    yield* this.source.reader.stream(stream, options);
  }

  async readStreams(reads: readonly StreamRead[]): Promise<Map<string, RecordedEvent[]>> {
    this.refuseIfClosed();
    return this.source.reader.streams(reads);
  }

  async eventAt(position: Position): Promise<RecordedEvent | undefined> {
    this.refuseIfClosed();
    return this.source.reader.at(position);
  }

  async head(): Promise<Position> {
    this.refuseIfClosed();
    return this.source.reader.head();
  }

  subscribeAll(
    after: Position,
    signal: AbortSignal,
  ): AsyncGenerator<RecordedEvent | Mark, void, undefined> {
    return subscription(this.source, after, AbortSignal.any([signal, this.closing.signal]));
  }

  async close(): Promise<void> {
    if (this.closing.signal.aborted) {
      return;
    }
    this.closing.abort();
    await this.queue.close();
    await Promise.all([this.connections.close(), this.source.wakeUps.close()]);
  }

  private refuseIfClosed(): void {
    if (this.closing.signal.aborted) {
      throw new LogUnavailable('The log has been closed.');
    }
  }
}
