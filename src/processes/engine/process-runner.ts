import pg from 'pg';
import { setTimeout as delay } from 'node:timers/promises';
import { Notifications } from '../../platform/notifications.js';
import { CLOCK_MOVED } from '../../platform/movable-clock.js';
import { Lease, LEASE, type LeaseOptions } from './lease.js';
import { Leadership } from './leadership.js';
import type { Report } from './outcome.js';
import type { Process } from './process.js';
import { ProcessTables, REQUESTED } from './process-tables.js';
import type { ReactorParts } from './reactor.js';
import { survivingLosses } from '../../platform/lossy-connections.js';

/** Something else that only the leading worker does, until the signal is aborted. */
export type Companion = (leading: AbortSignal) => Promise<void>;

/** What the runner works with. */
export interface ProcessRunnerParts extends ReactorParts {
  readonly processes: readonly Process[];
  /** Of yuthub_app. */
  readonly connectionString: string;
  readonly companions?: readonly Companion[];
  readonly report?: Report;
  readonly lease?: Partial<LeaseOptions>;
}

/** What the workers contend for. */
const PROCESSES = 1;

/**
 * Runs the process managers. As many as you like may be started: one leads, the others stand by and take over when it
 * dies, freezes or is stopped.
 */
export class ProcessRunner {
  private readonly stopping = new AbortController();
  private readonly pool: pg.Pool;
  private readonly notifications: Notifications;
  private readonly lease: LeaseOptions;
  private readonly report: Report;
  private running: Promise<void> | undefined;
  private stopped: Promise<void> | undefined;
  private term: Leadership | undefined;

  /** @throws Error where two processes share a name, or one reacts to an event that nobody declares. */
  constructor(private readonly parts: ProcessRunnerParts) {
    const names = new Set<string>();
    for (const { name, on } of parts.processes) {
      if (names.has(name)) throw new Error(`Two processes are called ${name}: their commands would have the same ids, rename one.`);
      names.add(name);
      const unknown = on.find((type) => !parts.catalogue.event(type));
      if (unknown) throw new Error(`The process ${name} reacts to ${unknown}, which is no declared event: correct the name.`);
    }
    this.lease = { ...LEASE, ...parts.lease };
    this.report = parts.report ?? (() => undefined);
    this.pool = survivingLosses(new pg.Pool({ connectionString: parts.connectionString, max: 4, keepAlive: true }));
    this.notifications = new Notifications(parts.connectionString, [CLOCK_MOVED, REQUESTED], {
      notified: (channel) => (channel === CLOCK_MOVED ? this.term?.clockMoved() : this.answerRequests()),
      connected: () => {
        this.term?.clockMoved();
        this.answerRequests();
      },
    });
  }

  /** Whether this one leads. */
  get leads(): boolean {
    return this.term !== undefined;
  }

  start(): void {
    this.notifications.start();
    this.running ??= this.run();
  }

  /** Lets reactions that are under way finish, stores how far they are and lets another one lead. */
  stop(): Promise<void> {
    this.stopped ??= this.end();
    return this.stopped;
  }

  private async end(): Promise<void> {
    this.stopping.abort();
    await this.running;
    await this.notifications.close();
    await this.pool.end();
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const lease = await Lease.acquire(this.parts.connectionString, PROCESSES, this.lease, signal);
      if (!lease) return;
      try {
        await this.lead(AbortSignal.any([signal, lease.lost]));
      } catch (error) {
        this.report('The processes stop and begin again from what is stored.', error);
      } finally {
        this.term = undefined;
        await lease.release();
      }
      // Whatever went wrong may go better elsewhere: let a standby try.
      await delay(this.lease.retryMs * 2, undefined, { signal }).catch(() => undefined);
    }
  }

  private async lead(signal: AbortSignal): Promise<void> {
    const term = new AbortController();
    const both = AbortSignal.any([signal, term.signal]);
    const companions = (this.parts.companions ?? []).map((companion) => this.accompany(companion, both));
    try {
      await Leadership.lead({ ...this.parts, tables: new ProcessTables(this.pool), report: this.report }, both, (begun) => {
        this.term = begun;
        this.answerRequests();
      });
    } finally {
      term.abort();
      await Promise.all(companions);
    }
  }

  private async accompany(companion: Companion, leading: AbortSignal): Promise<void> {
    while (!leading.aborted) {
      await companion(leading).catch((error: unknown) => this.report('What runs beside the processes failed and begins again.', error));
      await delay(this.lease.retryMs * 2, undefined, { signal: leading }).catch(() => undefined);
    }
  }

  private answerRequests(): void {
    this.term?.answerRequests().catch((error: unknown) => this.report('Requests for parked streams cannot be read.', error));
  }
}
