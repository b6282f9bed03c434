import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { failpoint } from '../../src/platform/failpoint.js';

/** For how long a projector that is not heard of counts as alive, in milliseconds. */
export const LEASE_MS = 4_000;

/** Another projector holds the lease. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
  constructor() {
    super('Another projector has taken over.');
  }
}

/**
 * Who may project: one process at a time, by a row with an expiry and a fence. A process that dies is replaced within
 * seconds; one that was stopped and goes on finds another fence and is refused, in the transaction of its rows.
 */
export class Lease {
  private readonly holder = randomUUID();
  private fence: number | undefined;
  private heartbeat: NodeJS.Timeout | undefined;

  constructor(
    private readonly pool: pg.Pool,
    private readonly leaseMs = LEASE_MS,
  ) {}

  /** Takes the lease when nobody has it. */
  async acquire(): Promise<boolean> {
    const { rows } = await this.pool.query<{ fence: number }>(
      `update read.projector_lease set holder = $1, fence = fence + 1, expires_at = clock_timestamp() + make_interval(secs => $2)
        where single and (expires_at < clock_timestamp() or holder = $1) returning fence`,
      [this.holder, this.leaseMs / 1000],
    );
    this.fence = rows[0]?.fence;
    if (this.fence === undefined) return false;
    failpoint('lease.taken');
    this.heartbeat = setInterval(() => void this.renew().catch(() => undefined), this.leaseMs / 4);
    this.heartbeat.unref();
    return true;
  }

  /** Makes sure, in the transaction of a batch, that the lease is still this process's; nobody takes it before the commit. @throws LeaseLost */
  async check(client: pg.ClientBase): Promise<void> {
    const { rowCount } = await client.query('select from read.projector_lease where single and holder = $1 and fence = $2 for share', [this.holder, this.fence ?? -1]);
    if (rowCount !== 1) throw new LeaseLost();
    failpoint('lease.checked');
  }

  /** Lets the next one begin at once. */
  async release(): Promise<void> {
    clearInterval(this.heartbeat);
    if (this.fence === undefined) return;
    const fence = this.fence;
    this.fence = undefined;
    failpoint('lease.beforeRelease');
    await this.pool.query(`update read.projector_lease set expires_at = '-infinity' where single and holder = $1 and fence = $2`, [this.holder, fence]);
    failpoint('lease.released');
  }

  private async renew(): Promise<void> {
    await this.pool.query(
      'update read.projector_lease set expires_at = clock_timestamp() + make_interval(secs => $3) where single and holder = $1 and fence = $2',
      [this.holder, this.fence ?? -1, this.leaseMs / 1000],
    );
    failpoint('lease.renewed');
  }
}
