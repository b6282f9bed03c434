import pg from 'pg';
import { setTimeout as delay } from 'node:timers/promises';
import { sizeOf } from '../check-append.js';
import { LogUnavailable, OutcomeUncertain } from '../errors.js';
import type { Appended } from '../event-store.js';
import { type AppendRequest, answersOf, appendStatement } from './append-statement.js';
import { isConnectionLoss } from './connection.js';

const MAX_BATCH_APPENDS = 256;
const MAX_BATCH_BYTES = 4 * 1024 * 1024;

interface Waiting extends AppendRequest {
  readonly bytes: number;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: unknown) => void;
}

/** How the queue reaches the database, and for how long it tries. */
export interface AppendQueueOptions {
  readonly config: pg.ClientConfig;
  readonly connections: number;
  /** For how long an append tries to get through to a log that does not answer. */
  readonly patienceMs: number;
}

/**
 * Sends appends that wait in this process as one statement. While it commits,
 * the next batch forms: the lock of the log's counter is then held once for
 * many appends, and not through the commit of each.
 */
export class AppendQueue {
  private waiting: Waiting[] = [];
  private readonly idle: Writer[] = [];
  private readonly writers: Writer[] = [];
  private working = 0;
  private scheduled = false;
  private closed = false;
  private drained: (() => void) | undefined;

  constructor(private readonly options: AppendQueueOptions) {
    for (let i = 0; i < options.connections; i += 1) {
      this.writers.push(new Writer(options.config));
    }
    this.idle.push(...this.writers);
  }

  /** Connects ahead of the first append. */
  async open(): Promise<void> {
    await Promise.all(this.writers.map((writer) => writer.connect()));
  }

  append(request: AppendRequest): Promise<Appended> {
    if (this.closed) {
      return Promise.reject(new LogUnavailable('The log has been closed.'));
    }
    return new Promise((resolve, reject) => {
      const bytes = request.events.reduce((sum, event) => sum + sizeOf(event), 0);
      this.waiting.push({ ...request, bytes, resolve, reject });
      this.schedule();
    });
  }

  /** Lets what waits be answered, then disconnects. */
  async close(): Promise<void> {
    this.closed = true;
    if (this.waiting.length > 0 || this.working > 0) {
      await new Promise<void>((resolve) => (this.drained = resolve));
    }
    await Promise.all(this.writers.map((writer) => writer.disconnect()));
  }

  private schedule(): void {
    if (this.scheduled || this.idle.length === 0) {
      return;
    }
    this.scheduled = true;
    // After the other callbacks of this turn, so that their appends come along.
    setImmediate(() => {
      this.scheduled = false;
      while (this.waiting.length > 0) {
        const writer = this.idle.pop();
        if (writer === undefined) {
          return;
        }
        void this.send(writer, this.takeBatch());
      }
    });
  }

  private takeBatch(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const { bytes: more } of this.waiting) {
      if (count === MAX_BATCH_APPENDS || (count > 0 && bytes + more > MAX_BATCH_BYTES)) {
        break;
      }
      bytes += more;
      count += 1;
    }
    return this.waiting.splice(0, count);
  }

  private async send(writer: Writer, batch: Waiting[]): Promise<void> {
    this.working += 1;
    await this.settle(writer, batch, { until: Date.now() + this.options.patienceMs, sent: false });
    this.working -= 1;
    this.idle.push(writer);
    if (this.waiting.length > 0) {
      this.schedule();
    } else if (this.working === 0) {
      this.drained?.();
    }
  }

  /**
   * Sends until the log answers. To send again after a loss is how the outcome
   * is read back: under the counter's lock the log finds the ids at the
   * expected positions and gives the first answer, or stores them now. A
   * straggler of the first attempt then finds the second and stores nothing.
   */
  private async settle(writer: Writer, batch: Waiting[], state: { until: number; sent: boolean }): Promise<void> {
    for (let pauseMs = 0; ; pauseMs = Math.min(500, pauseMs * 2 + 20)) {
      try {
        await writer.connect();
        state.sent = true;
        const row = await writer.run(appendStatement(batch));
        answersOf(batch, row).forEach((answer, index) => {
          const append = batch[index];
          if (answer instanceof Error) {
            append?.reject(answer);
          } else {
            append?.resolve(answer);
          }
        });
        return;
      } catch (error) {
        if (!isConnectionLoss(error)) {
          return this.refused(writer, batch, error, state);
        }
        if (Date.now() + pauseMs >= state.until) {
          return this.giveUp(batch, error, state.sent);
        }
        await delay(pauseMs);
      }
    }
  }

  /** The server rolled the batch back. What is wrong with one append must not fail the others. */
  private async refused(
    writer: Writer,
    batch: Waiting[],
    error: unknown,
    state: { until: number; sent: boolean },
  ): Promise<void> {
    const [only, ...others] = batch;
    if (others.length === 0) {
      only?.reject(error);
      return;
    }
    for (const append of batch) {
      await this.settle(writer, [append], state);
    }
  }

  private giveUp(batch: Waiting[], cause: unknown, sent: boolean): void {
    for (const { stream, reject } of batch) {
      reject(sent ? new OutcomeUncertain(stream, { cause }) : new LogUnavailable(undefined, { cause }));
    }
    // Those behind would each wait as long for the same silence.
    for (const { reject } of this.waiting.splice(0)) {
      reject(new LogUnavailable(undefined, { cause }));
    }
  }
}

/** One connection that only appends, made anew after a loss. */
class Writer {
  private client: pg.Client | undefined;

  constructor(private readonly config: pg.ClientConfig) {}

  async connect(): Promise<void> {
    if (this.client !== undefined) {
      return;
    }
    const client = new pg.Client(this.config);
    client.on('error', () => this.lose(client));
    client.on('end', () => this.lose(client));
    try {
      await client.connect();
    } catch (error) {
      void client.end().catch(() => undefined);
      throw error;
    }
    this.client = client;
  }

  async run(statement: pg.QueryArrayConfig): Promise<readonly unknown[] | undefined> {
    const client = this.client;
    if (client === undefined) {
      throw new LogUnavailable();
    }
    try {
      return (await client.query<unknown[]>(statement)).rows[0];
    } catch (error) {
      if (isConnectionLoss(error)) {
        this.lose(client);
      }
      throw error;
    }
  }

  async disconnect(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    await client?.end();
  }

  private lose(client: pg.Client): void {
    if (this.client === client) {
      this.client = undefined;
      // Also closes a connection that is only silent.
      void client.end().catch(() => undefined);
    }
  }
}
