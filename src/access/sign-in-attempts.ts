import type { Pool } from 'pg';

const MINUTE = 60_000;
/** Of the account lock: so many failures, within so long, shut out for so long. Real time. */
export const LOCK = { failures: 5, withinMinutes: 15, forMinutes: 30 } as const;

/**
 * Failed sign-ins, by the key of the address: known and unknown addresses are counted alike. Failures count within a lock
 * epoch of the user: whoever unlocks begins another one.
 */
export class SignInAttempts {
  /** @param now real time, in milliseconds. */
  constructor(
    private readonly pool: Pool,
    private readonly now: () => number,
  ) {}

  /** Milliseconds for which the address is still locked, 0 where it is not. */
  async lockedFor(emailKey: string, epoch: number): Promise<number> {
    const now = this.now();
    const failures = await this.since(emailKey, epoch, LOCK.withinMinutes + LOCK.forMinutes);
    const locks = failures.filter((at, index) => {
      const first = failures[index - LOCK.failures + 1];
      return first !== undefined && at - first <= LOCK.withinMinutes * MINUTE;
    });
    return Math.max(0, ...locks.map((at) => at + LOCK.forMinutes * MINUTE - now));
  }

  /** Counts a failure. @returns how many there are within the time that locks. */
  async failed(emailKey: string, epoch: number): Promise<number> {
    await this.pool.query('delete from app.sign_in_attempts where email_key = $1 and at < $2', [emailKey, new Date(this.now() - 24 * 60 * MINUTE)]);
    await this.pool.query('insert into app.sign_in_attempts (email_key, at, lock_epoch) values ($1, $2, $3)', [emailKey, new Date(this.now()), epoch]);
    return (await this.since(emailKey, epoch, LOCK.withinMinutes)).length;
  }

  /** Somebody came in: what failed before is forgotten. */
  async forget(emailKey: string): Promise<void> {
    await this.pool.query('delete from app.sign_in_attempts where email_key = $1', [emailKey]);
  }

  private async since(emailKey: string, epoch: number, minutes: number): Promise<number[]> {
    const { rows } = await this.pool.query<{ at: Date }>(
      'select at from app.sign_in_attempts where email_key = $1 and lock_epoch = $2 and at > $3 order by at',
      [emailKey, epoch, new Date(this.now() - minutes * MINUTE)],
    );
    return rows.map(({ at }) => at.getTime());
  }
}
