import { setTimeout as delay } from 'node:timers/promises';
import type { EventStore } from '../../event-store/event-store.js';
import type { Clock } from '../../platform/clock.js';
import type { Report } from './outcome.js';
import type { ProcessLine } from './process-line.js';
import { timerId, type ProcessTables } from './process-tables.js';
import { Signal } from './signal.js';

/** What the alarm works with. */
export interface AlarmParts {
  readonly lines: readonly ProcessLine[];
  readonly tables: ProcessTables;
  readonly store: EventStore;
  readonly clock: Clock;
  readonly report: Report;
}

const AT_ONCE = 500;
/** For how long to trust that nothing is due: a clock may be set, a notification lost. */
const LOOK_AGAIN_MS = 30_000;
const AFTER_FAILURE_MS = 250;

/** Fires timers when the product's clock has reached them. */
export class Alarm {
  private readonly changed = new Signal();
  private readonly firing = new Set<string>();
  private readonly checking = new Set<string>();
  private readonly names: readonly string[];

  constructor(private readonly parts: AlarmParts) {
    this.names = parts.lines.map(({ name }) => name);
  }

  /** The clock moved, a timer was set, a parked stream goes on: look. */
  wake(): void {
    this.changed.raise();
  }

  async run(signal: AbortSignal): Promise<void> {
    let last: { now: string; at: number } | undefined;
    while (!signal.aborted) {
      const { seen } = this.changed;
      let waitMs = LOOK_AGAIN_MS;
      try {
        const now = await this.parts.clock.now();
        await this.fireDue(now, signal);
        const next = await this.parts.tables.nextDue(this.names, now);
        const at = performance.now();
        // A clock that is moved by hand stands still, and tells when it is moved.
        const standing = last?.now === now && at - last.at > 5;
        if (next && !standing) waitMs = Math.min(LOOK_AGAIN_MS, Math.max(1, Date.parse(next) - Date.parse(now)));
        last = { now, at };
      } catch (error) {
        await this.failed(error, signal);
        waitMs = 0;
      }
      await this.changed.after(seen, waitMs, signal);
    }
  }

  private async fireDue(now: string, signal: AbortSignal): Promise<void> {
    const due = await this.parts.tables.due(this.names, now, AT_ONCE + this.firing.size);
    const waiting = new Set(due.filter((timer) => !this.firing.has(timerId(timer))).map(({ process }) => process));
    for (const line of this.parts.lines) {
      if (!waiting.has(line.name) || this.checking.has(line.name)) continue;
      this.checking.add(line.name);
      // Not awaited: a process that is held up holds up nobody else's timers.
      void this.fireOf(line, now, signal)
        .catch((error: unknown) => this.failed(error, signal))
        .finally(() => {
          this.checking.delete(line.name);
          // It looked at what was due when it began; more may have become due, and was left to it.
          this.wake();
        });
    }
  }

  /** What has been recorded so far may cancel a timer, so the process hears of it first. */
  private async fireOf(line: ProcessLine, now: string, signal: AbortSignal): Promise<void> {
    await line.reached(await this.parts.store.head());
    if (signal.aborted) return;
    const due = await this.parts.tables.due([line.name], now, AT_ONCE + this.firing.size);
    for (const timer of due) {
      const id = timerId(timer);
      if (this.firing.has(id)) continue;
      this.firing.add(id);
      line.fire(timer, () => {
        this.firing.delete(id);
        this.wake();
      });
    }
  }

  private async failed(error: unknown, signal: AbortSignal): Promise<void> {
    this.parts.report('Timers cannot be read.', error);
    await delay(AFTER_FAILURE_MS, undefined, { signal }).catch(() => undefined);
  }
}
