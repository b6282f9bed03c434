import pg from 'pg';
import { setTimeout as delay } from 'node:timers/promises';

/** How a lease is held. */
export interface LeaseOptions {
  /** How often a standby tries. */
  readonly retryMs: number;
  /** After how long without a sign of life the database takes it away: from a frozen process or a lost machine. */
  readonly graceMs: number;
}

export const LEASE: LeaseOptions = { retryMs: 500, graceMs: 5_000 };
/** First half of the advisory locks' keys; the second names what is led. */
const LOCKS = 0x59_55_4c_53;

/**
 * Leadership of something in one database, as an advisory lock on a connection of its own. The database ends the
 * connection of a holder that gives no sign of life. A holder that does not know it yet is stopped by its fence.
 */
export class Lease {
  private readonly ended = new AbortController();
  private readonly heart: NodeJS.Timeout;

  private constructor(
    private readonly client: pg.Client,
    { graceMs }: LeaseOptions,
  ) {
    client.on('error', () => this.ended.abort());
    client.on('end', () => this.ended.abort());
    this.heart = setInterval(() => {
      client.query('select 1').catch(() => this.ended.abort());
    }, graceMs / 4);
  }

  /** Aborted when somebody else may lead. */
  get lost(): AbortSignal {
    return this.ended.signal;
  }

  /** Waits until this process leads; undefined once `signal` is aborted. */
  static async acquire(connectionString: string, what: number, options: LeaseOptions, signal: AbortSignal): Promise<Lease | undefined> {
    while (!signal.aborted) {
      const lease = await attempt(connectionString, what, options).catch(() => undefined);
      if (lease) return new Lease(lease, options);
      await delay(options.retryMs, undefined, { signal }).catch(() => undefined);
    }
    return undefined;
  }

  async release(): Promise<void> {
    clearInterval(this.heart);
    await this.client.end().catch(() => undefined);
    this.ended.abort();
  }
}

async function attempt(connectionString: string, what: number, { graceMs }: LeaseOptions): Promise<pg.Client | undefined> {
  const client = new pg.Client({
    connectionString,
    keepAlive: true,
    connectionTimeoutMillis: graceMs,
    query_timeout: graceMs,
    options: `-c idle_session_timeout=${graceMs}`,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ mine: boolean }>('select pg_try_advisory_lock($1, $2) as mine', [LOCKS, what]);
    if (rows[0]?.mine) return client;
  } catch (error) {
    void client.end().catch(() => undefined);
    throw error;
  }
  await client.end().catch(() => undefined);
  return undefined;
}
