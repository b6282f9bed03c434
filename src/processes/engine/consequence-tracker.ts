import pg from 'pg';
import type { EventStore, Position } from '../../event-store/event-store.js';
import { Correlations, type Correlation } from './correlations.js';
import type { Process } from './process.js';
import { notParked, parkedColumns, type ParkedStream } from './process-tables.js';
import type { ProcessWatch } from './process-watch.js';
import { Signal } from './signal.js';
import { survivingLosses } from '../../platform/lossy-connections.js';

/** What followed from a command. */
export interface Consequences {
  /** Position of the last event that is known to follow from it. */
  readonly position: Position;
  /** Whether every process has done what it had to. */
  readonly settled: boolean;
  /** What a process was refused, or what waits behind such a refusal. */
  readonly parked: readonly ParkedStream[];
}

/** What the tracker works with. */
export interface ConsequenceTrackerParts {
  readonly store: EventStore;
  readonly processes: readonly Process[];
  readonly watch: ProcessWatch;
  /** Of yuthub_app. */
  readonly connectionString: string;
  /** Instants by the product's clock: timers that are due are consequences too. */
  readonly clock: { now(): Promise<string> };
}

const REMEMBERED = 20_000;
/** For how long it lets events gather while nobody waits: a page of many costs the log no more than a page of one. */
const GATHER_MS = 200;

/**
 * Answers when what follows from a command has happened, in whichever process of the installation the processes run.
 * It listens to the log's end; a command that no process reacts to is not held up.
 */
export class ConsequenceTracker {
  private readonly stopping = new AbortController();
  private readonly pool: pg.Pool;
  private readonly heard = new Signal();
  private readonly asked = new Signal();
  private waiting = 0;
  private running: Promise<void> | undefined;
  private correlations: Correlations | undefined;
  private through: Position = 0;

  constructor(private readonly parts: ConsequenceTrackerParts) {
    this.pool = survivingLosses(new pg.Pool({ connectionString: parts.connectionString, max: 4, keepAlive: true }));
  }

  /** Begins to listen at the log's end. */
  async start(): Promise<void> {
    const head = await this.parts.store.head();
    this.through = head;
    this.correlations = new Correlations(this.parts.processes, head, REMEMBERED);
    this.running = this.listen(this.correlations, head);
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await this.running;
    await this.pool.end();
  }

  /**
   * Follows what a command (or the event at a position) leads to.
   * @param from position of the command's last event.
   * @param withinMs after which the answer is what is known by then.
   */
  async follow(correlationId: string, from: Position, withinMs: number): Promise<Consequences> {
    const until = performance.now() + withinMs;
    const { correlations } = this;
    if (!correlations) throw new Error('The tracker was not started.');
    const remembered = correlations.remembers(from);
    const settled = await this.settles(correlationId, from, remembered, until);
    const known = correlations.of(correlationId);
    const position = Math.max(from, known?.last ?? 0);
    const parked = remembered && !known?.concerned.size ? [] : await this.parked(correlationId, known);
    return { position, settled, parked };
  }

  /** As `follow`, for the correlation of the event at a position: for readers who know nothing else of what they wait for. */
  async followFrom(position: Position, withinMs: number): Promise<Consequences> {
    const until = performance.now() + withinMs;
    if (!(await this.heardThrough(position, until))) return { position, settled: false, parked: [] };
    const correlationId = this.correlations?.at(position);
    if (correlationId) return this.follow(correlationId, position, until - performance.now());
    // Of long ago, or no event's position: everything that was recorded until now is waited for.
    const settled = await this.parts.watch.passed(await this.parts.store.head(), until - performance.now());
    return { position, settled, parked: [] };
  }

  private async settles(correlationId: string, from: Position, remembered: boolean, until: number): Promise<boolean> {
    if (!(await this.heardThrough(from, until))) return false;
    // Too old to be remembered: everything that was recorded until now is waited for instead.
    const { store, watch } = this.parts;
    if (!remembered && !(await watch.passed(await store.head(), until - performance.now()))) return false;
    for (;;) {
      const known = this.correlations?.of(correlationId);
      if (remembered && !known?.concerned.size) return true;
      const { seen } = watch;
      if (!(await watch.passedEach(known?.concerned ?? new Map(), until - performance.now()))) return false;
      if (await this.isDue(correlationId)) {
        if (performance.now() >= until) return false;
        await watch.changed(seen, until - performance.now());
        continue;
      }
      // What they sent stands before the log's head of now; when none of it is new, nothing follows any more.
      if (!(await this.heardThrough(await store.head(), until))) return false;
      if (this.correlations?.of(correlationId) === known) return true;
    }
  }

  private async heardThrough(position: Position, until: number): Promise<boolean> {
    this.waiting += 1;
    this.asked.raise();
    try {
      for (;;) {
        const { seen } = this.heard;
        if (this.through >= position) return true;
        const left = until - performance.now();
        if (left <= 0 || this.stopping.signal.aborted) return false;
        await this.heard.after(seen, left, this.stopping.signal);
      }
    } finally {
      this.waiting -= 1;
    }
  }

  private async isDue(correlationId: string): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `select from app.process_timers t where t.correlation_id = $1 and t.due_at <= $2 and t.process = any($3) and ${notParked} limit 1`,
      [correlationId, await this.parts.clock.now(), this.parts.watch.names],
    );
    return rowCount === 1;
  }

  private async parked(correlationId: string, known: Correlation | undefined): Promise<ParkedStream[]> {
    const { rows } = await this.pool.query<ParkedStream>(
      `select ${parkedColumns} from app.process_parked
       where status = 'parked' and process = any($1) and (correlation_id = $2 or stream = any($3)) order by id`,
      [this.parts.watch.names, correlationId, [...(known?.streams ?? [])]],
    );
    return rows.map((row) => ({ ...row, position: row.position === null ? null : Number(row.position) }));
  }

  private async listen(correlations: Correlations, from: Position): Promise<void> {
    for await (const item of this.parts.store.subscribeAll(from, this.stopping.signal)) {
      if (item.kind === 'event') correlations.note(item);
      this.through = item.position;
      this.heard.raise();
      if (item.kind === 'mark' && this.waiting === 0) await this.asked.after(this.asked.seen, GATHER_MS, this.stopping.signal);
    }
  }
}
