import pg from 'pg';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Tells subscriptions that the log has grown. It may wake them for nothing; it
 * must never leave them asleep, so a new connection wakes everybody: what was
 * appended while it was away has not been announced.
 */
export class WakeUps {
  private readonly listeners = new Set<() => void>();
  private readonly stop = new AbortController();
  private client: pg.Client | undefined;
  private running: Promise<void> | undefined;
  private count = 0;

  constructor(private readonly config: pg.ClientConfig) {}

  /** Begins to listen, once; resolves without waiting for the connection. */
  start(): void {
    this.running ??= this.listen();
  }

  /** Grows with every wake-up: read it before looking at the log. */
  get seen(): number {
    return this.count;
  }

  /** Resolves as soon as there has been a wake-up since `seen`, after `atMostMs`, or on abort. */
  after(seen: number, atMostMs: number, signal: AbortSignal): Promise<void> {
    if (this.count !== seen || signal.aborted) {
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.listeners.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, atMostMs);
      this.listeners.add(done);
      signal.addEventListener('abort', done, { once: true });
    });
  }

  async close(): Promise<void> {
    this.stop.abort();
    await this.client?.end().catch(() => undefined);
    await this.running;
  }

  private wake(): void {
    this.count += 1;
    for (const listener of [...this.listeners]) {
      listener();
    }
  }

  private async listen(): Promise<void> {
    for (let pauseMs = 20; !this.stop.signal.aborted; pauseMs = Math.min(1_000, pauseMs * 2)) {
      const client = new pg.Client(this.config);
      const lost = new Promise<void>((resolve) => {
        client.on('error', () => resolve());
        client.on('end', () => resolve());
      });
      client.on('notification', () => this.wake());
      this.client = client;
      try {
        await client.connect();
        await client.query('listen yuthub_log');
        pauseMs = 20;
        this.wake();
        await lost;
      } catch {
        // Subscriptions go on with their safety checks until it works again.
      }
      void client.end().catch(() => undefined);
      await delay(pauseMs, undefined, { signal: this.stop.signal }).catch(() => undefined);
    }
  }
}
