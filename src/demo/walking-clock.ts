import type { Pool } from 'pg';
import type { Clock } from '../platform/clock.js';
import { CLOCK_MOVED, type Deadlines } from '../platform/movable-clock.js';

/** The clock by which the demonstration's half year is recorded: this process's own, walked forward from then to now. */
export class WalkingClock implements Clock {
  constructor(
    private at: string,
    private readonly pool: Pool,
  ) {}

  now(): Promise<string> {
    return Promise.resolve(this.at);
  }

  /** Walks to an instant, stopping wherever something is due on the way until that has happened. @throws where it does not. */
  async walkTo(instant: string, deadlines: Deadlines): Promise<void> {
    for (;;) {
      if (!(await deadlines.settle(this.at))) throw new Error(`The demonstration stopped at ${this.at}: what is due then does not happen.`);
      if (this.at >= instant) return;
      const next = await deadlines.next(instant);
      this.at = next !== undefined && next > this.at ? next : instant;
      await this.pool.query('select pg_notify($1, $2)', [CLOCK_MOVED, '']);
    }
  }
}
