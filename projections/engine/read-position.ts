import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { CHANNEL } from './projecting.js';

interface Waiter {
  readonly position: number;
  readonly done: (reached: boolean) => void;
}

/** How far the live read tables are, known in any process as soon as they have moved. */
export class ReadPosition {
  private readonly waiters = new Set<Waiter>();
  private readonly stopping = new AbortController();
  private client: pg.Client | undefined;
  private listening: Promise<void> | undefined;
  private reached = 0;

  constructor(private readonly connectionString: string) {}

  /** Begins to listen; resolves once the position is known. @throws where the database cannot be reached. */
  async open(): Promise<this> {
    await this.connect();
    this.listening = this.listen();
    return this;
  }

  /** The position that every live read table has passed, as last heard. */
  get position(): number {
    return this.reached;
  }

  /**
   * Resolves true as soon as the live tables contain everything up to a position, false when that took longer.
   * @param deadlineMs for how long to wait, in milliseconds.
   */
  waitFor(position: number, deadlineMs: number): Promise<boolean> {
    if (this.reached >= position) return Promise.resolve(true);
    return new Promise((resolve) => {
      const waiter: Waiter = {
        position,
        done: (reached) => {
          clearTimeout(timer);
          this.waiters.delete(waiter);
          resolve(reached);
        },
      };
      const timer = setTimeout(() => waiter.done(false), deadlineMs);
      this.waiters.add(waiter);
    });
  }

  async close(): Promise<void> {
    this.stopping.abort();
    for (const waiter of [...this.waiters]) waiter.done(false);
    await this.client?.end().catch(() => undefined);
    await this.listening;
  }

  private hear(position: number): void {
    // A swap or a rebuild never takes the live tables back; what is heard late is old news.
    if (!(position > this.reached)) return;
    this.reached = position;
    for (const waiter of [...this.waiters]) if (waiter.position <= position) waiter.done(true);
  }

  private async connect(): Promise<void> {
    const client = new pg.Client({ connectionString: this.connectionString, keepAlive: true });
    client.on('error', () => undefined);
    client.on('notification', ({ payload }) => this.hear(Number(payload)));
    this.client = client;
    await client.connect();
    await client.query(`listen ${CHANNEL}`);
    // What moved while nobody listened has not been told.
    const { rows } = await client.query<{ position: string | null }>(`select min(position) as position from read.projection_versions where state = 'live'`);
    this.hear(Number(rows[0]?.position ?? 0));
  }

  /** Connects again for as long as it is wanted. */
  private async listen(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const client = this.client!;
      await new Promise<void>((resolve) => {
        client.once('end', () => resolve());
        client.once('error', () => resolve());
        if (signal.aborted) resolve();
      });
      await client.end().catch(() => undefined);
      for (let pauseMs = 20; !signal.aborted; pauseMs = Math.min(pauseMs * 2, 1_000)) {
        try {
          await this.connect();
          break;
        } catch {
          await delay(pauseMs, undefined, { signal }).catch(() => undefined);
        }
      }
    }
  }
}
