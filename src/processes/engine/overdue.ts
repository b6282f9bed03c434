import { lastOf, type ProcessTables, type StoredTimer, timerId, type TimerChange } from './process-tables.js';

/** No timer is set. */
const NEVER = '9999';

/**
 * The timers of one process that fell due before something was recorded. They come first, as they would have where nobody had been
 * late: else what moves a timer on (the next reminder, the next hour) would pass over the one that was not looked at in time.
 */
export class Overdue {
  /** Nothing falls due before then; not known at first. */
  private earliest = '';
  private sets = 0;

  constructor(
    private readonly process: string,
    private readonly tables: Pick<ProcessTables, 'overdue'>,
  ) {}

  /** Timers were set. */
  note(changes: readonly TimerChange[]): void {
    for (const change of changes) {
      if (change.kind !== 'set') continue;
      this.sets += 1;
      if (change.timer.dueAt < this.earliest) this.earliest = change.timer.dueAt;
    }
  }

  /** A parked stream goes on: its timers count again. */
  forget(): void {
    this.earliest = '';
  }

  /**
   * Fires those of a stream that fell due by an instant, the earliest first, and those that they set for a time before it.
   * @param pending changes that are not stored yet, in their order. @returns what became of timers.
   */
  async fire(stream: string, by: string, pending: () => readonly TimerChange[], firing: (timer: StoredTimer) => Promise<TimerChange[]>): Promise<TimerChange[]> {
    if (by < this.earliest) return [];
    const due = await this.of(stream, by, pending);
    const all: TimerChange[] = [];
    for (let timer = firstOf(due); timer; timer = firstOf(due)) {
      const changes = await firing(timer);
      due.delete(timerId(timer));
      for (const change of changes) if (change.kind === 'set' && change.timer.stream === stream && change.timer.dueAt <= by) due.set(timerId(change.timer), change.timer);
      all.push(...changes);
    }
    return all;
  }

  private async of(stream: string, by: string, pending: () => readonly TimerChange[]): Promise<Map<string, StoredTimer>> {
    const found = new Map<string, StoredTimer>();
    const { sets } = this;
    const changes = lastOf(pending());
    const { timers, next = NEVER } = await this.tables.overdue(this.process, stream, by);
    for (const timer of timers) found.set(timerId(timer), timer);
    let earliest = next;
    for (const [id, change] of changes) {
      const stored = found.get(id);
      if (stored && (change.kind === 'set' || change.dueAt === undefined || change.dueAt === stored.dueAt)) found.delete(id);
      if (change.kind !== 'set') continue;
      if (change.timer.dueAt < earliest) earliest = change.timer.dueAt;
      if (change.timer.stream === stream && change.timer.dueAt <= by) found.set(id, change.timer);
    }
    // What was set meanwhile may be earlier than all that was seen.
    if (sets === this.sets) this.earliest = earliest;
    return found;
  }
}

const firstOf = (timers: ReadonlyMap<string, StoredTimer>): StoredTimer | undefined =>
  [...timers.values()].reduce<StoredTimer | undefined>((first, one) => (first && first.dueAt <= one.dueAt ? first : one), undefined);
