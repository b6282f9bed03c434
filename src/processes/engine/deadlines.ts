import type pg from 'pg';
import type { EventStore } from '../../event-store/event-store.js';
import type { Deadlines } from '../../platform/movable-clock.js';
import { notParked } from './process-tables.js';
import type { ProcessWatch } from './process-watch.js';

/** Consequences of consequences, so many times over: no chain of ours is as long, and other people's work never ends. */
const LONGEST_CHAIN = 16;

/** What is due, for a clock that is moved by hand: it stops there until the processes have worked it through. */
export class ProcessDeadlines implements Deadlines {
  /** @param patienceMs for how long nothing may move before it is said that the processes do not work. */
  constructor(
    private readonly pool: pg.Pool,
    private readonly store: EventStore,
    private readonly watch: ProcessWatch,
    private readonly patienceMs = 30_000,
  ) {}

  async next(through: string): Promise<string | undefined> {
    const { rows } = await this.pool.query<{ next: Date | null }>(
      `select min(t.due_at) as next from app.process_timers t where t.due_at <= $1 and t.process = any($2) and ${notParked}`,
      [through, this.watch.names],
    );
    return rows[0]?.next?.toISOString();
  }

  async settle(now: string): Promise<boolean> {
    for (let length = 0; length < LONGEST_CHAIN; length++) {
      const head = await this.store.head();
      if (!(await this.watch.passed(head, this.patienceMs))) return false;
      const fired = await this.waitUntilFired(now);
      if (fired === 'stuck') return false;
      if (fired === 'nothing' && (await this.store.head()) === head) return true;
    }
    return true;
  }

  /** Timers that are due vanish when what they cause is recorded. */
  private async waitUntilFired(now: string): Promise<'nothing' | 'something' | 'stuck'> {
    let fired: 'nothing' | 'something' = 'nothing';
    let until = performance.now() + this.patienceMs;
    for (let before: number | undefined; ; ) {
      const { seen } = this.watch;
      const due = await this.due(now);
      if (due === 0) return fired;
      fired = 'something';
      if (before !== undefined && due !== before) until = performance.now() + this.patienceMs;
      before = due;
      if (performance.now() >= until) return 'stuck';
      await this.watch.changed(seen, until - performance.now());
    }
  }

  private async due(now: string): Promise<number> {
    const { rows } = await this.pool.query<{ due: string }>(
      `select count(*) as due from app.process_timers t where t.due_at <= $1 and t.process = any($2) and ${notParked}`,
      [now, this.watch.names],
    );
    return Number(rows[0]?.due ?? 0);
  }
}
