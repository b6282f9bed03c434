import pg from 'pg';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Listens to channels of the database, on a connection of its own that is made anew after a loss. A new connection tells
 * about itself: what was said while it was away is lost.
 */
export class Notifications {
  private readonly stop = new AbortController();
  private client: pg.Client | undefined;
  private running: Promise<void> | undefined;

  constructor(
    private readonly connectionString: string,
    private readonly channels: readonly string[],
    private readonly told: { notified(channel: string, payload: string): void; connected(): void },
  ) {}

  /** Begins to listen; resolves without waiting for the connection. */
  start(): void {
    this.running ??= this.listen();
  }

  async close(): Promise<void> {
    this.stop.abort();
    await this.client?.end().catch(() => undefined);
    await this.running;
  }

  private async listen(): Promise<void> {
    for (let pauseMs = 20; !this.stop.signal.aborted; pauseMs = Math.min(1_000, pauseMs * 2)) {
      const client = new pg.Client({ connectionString: this.connectionString, keepAlive: true, connectionTimeoutMillis: 15_000 });
      const lost = new Promise<void>((resolve) => {
        client.on('error', () => resolve());
        client.on('end', () => resolve());
      });
      client.on('notification', ({ channel, payload }) => this.told.notified(channel, payload ?? ''));
      this.client = client;
      try {
        await client.connect();
        for (const channel of this.channels) await client.query(`listen ${client.escapeIdentifier(channel)}`);
        pauseMs = 20;
        this.told.connected();
        await lost;
      } catch {
        // Whoever listens looks for itself from time to time, until this works again.
      }
      void client.end().catch(() => undefined);
      await delay(pauseMs, undefined, { signal: this.stop.signal }).catch(() => undefined);
    }
  }
}
