import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { EventStore, RecordedEvent } from '../../src/event-store/event-store.js';
import { failpoint } from '../../src/platform/failpoint.js';
import { inTransaction } from '../../src/platform/transactions.js';
import { isTransient } from './connection.js';
import { feed, LIVE_BATCH, type Arrived } from './event-feed.js';
import type { Projecting } from './projecting.js';
import { asTheyAre, versions, type VersionRow } from './versions.js';

/** How far a rebuild is. */
export interface Progress {
  readonly projections: readonly string[];
  readonly position: number;
  readonly target: number;
  readonly events: number;
  readonly eventsPerSecond: number;
  /** Estimated, in seconds. */
  readonly secondsLeft: number;
}

export interface FillingParts {
  readonly pool: pg.Pool;
  readonly store: EventStore;
  readonly projecting: Projecting;
}

export interface FillingOptions {
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
}

/** What is on its way at most: events are folded as they arrive, and what is thrown away soon costs little. */
const ARRIVING = { events: 1_000, bytes: 4_000_000 };
/** What one transaction takes in: many events, since of a row that many of them change the last state alone is opened and written. */
const STRETCH = { events: 50_000, streams: 5_000 };

/** What the events of a fill have come to. */
interface Way {
  readonly rows: readonly VersionRow[];
  readonly signal: AbortSignal;
  /** Told where the checkpoints are, how far they are to go, and how many events that took. */
  readonly told: (position: number, target: number, events: number) => void;
}

/** Takes into versions that are not live what they have not seen. */
export class Filling {
  constructor(private readonly parts: FillingParts) {}

  /** Until they are close behind the live ones. */
  async fill(rows: readonly VersionRow[], { onProgress, signal = new AbortController().signal }: FillingOptions): Promise<void> {
    const way: Way = { rows, signal, told: progressOf(rows, onProgress) };
    for (let pauseMs = 20; !signal.aborted; ) {
      const places = (await inTransaction(this.parts.pool, (client) => asTheyAre(client, rows))).map(({ position }) => position);
      if (places.length === 0) return;
      const [from, last] = [Math.min(...places), Math.max(...places)];
      const stretches = new Stretches(this.parts, way);
      // Those that do not stand at one place are brought there first.
      if (from < last) await this.inBatches(way, from, last);
      else if (await stretches.from(from)) break;
      else if (isTransient(stretches.failure)) await delay((pauseMs = Math.min(pauseMs * 2, 2_000)));
      else if (stretches.reached > stretches.committed) await this.inBatches(way, stretches.committed, stretches.reached);
      else throw stretches.failure;
    }
    signal.throwIfAborted();
  }

  /** Batch by batch, each of which may turn out to be taken in by halves only. */
  private async inBatches({ rows, signal, told }: Way, from: number, until: number): Promise<void> {
    for await (const arrived of feed(this.parts.store, from, (event) => this.parts.projecting.endsBatch(event), signal, LIVE_BATCH)) {
      const within = arrived.position <= until ? arrived : upTo(arrived, until);
      await this.take(rows, within);
      failpoint('fill.tookBatch');
      told(within.position, until, within.events.length);
      if (arrived.caughtUp || arrived.position >= until) return;
    }
  }

  /** Takes a batch in; repeated while only the circumstances are against it. */
  private async take(rows: readonly VersionRow[], arrived: Arrived, alone = false): Promise<void> {
    for (let pauseMs = 20; ; pauseMs = Math.min(pauseMs * 2, 2_000)) {
      try {
        await inTransaction(this.parts.pool, (client) => this.takeIn(client, rows, arrived, alone));
        return;
      } catch (error) {
        failpoint('fill.rolledBack');
        if (isTransient(error)) await delay(pauseMs);
        else if (arrived.events.length > 1) return this.takeHalves(rows, arrived);
        else if (!alone && arrived.events.length === 1) return this.take(rows, arrived, true);
        else throw error;
      }
    }
  }

  private async takeHalves(rows: readonly VersionRow[], arrived: Arrived): Promise<void> {
    const half = arrived.events.length >> 1;
    const middle = arrived.events[half - 1]!.position;
    await this.take(rows, { ...arrived, events: arrived.events.slice(0, half), position: middle });
    failpoint('fill.firstHalf');
    await this.take(rows, { ...arrived, events: arrived.events.slice(half), from: middle });
  }

  /** Takes into each of these versions what it has not seen of a batch, in the caller's transaction. */
  async takeIn(client: pg.ClientBase, rows: readonly VersionRow[], { events, position }: Arrived, alone: boolean): Promise<void> {
    const current = await asTheyAre(client, rows);
    failpoint('fill.knewVersions');
    for (const group of Map.groupBy(current.filter((row) => row.position < position), (row) => row.position).values()) {
      const start = group[0]!.position;
      await this.parts.projecting.take(client, group, events.filter((event) => event.position > start), position, alone);
      failpoint('fill.tookGroup');
    }
  }
}

/** Stretch after stretch of the log, a transaction each, of events that are folded as they arrive. */
class Stretches {
  /** Where the checkpoints are. */
  committed = 0;
  /** How far the events were looked at. */
  reached = 0;
  failure: unknown;

  constructor(
    private readonly parts: FillingParts,
    private readonly way: Way,
  ) {}

  /** @returns whether the end has been reached; if not, `failure` says what was in the way. */
  async from(position: number): Promise<boolean> {
    this.committed = position;
    this.reached = position;
    const arriving = feed(this.parts.store, position, this.ends, this.way.signal, ARRIVING);
    try {
      while (!(await this.stretch(arriving)));
      return true;
    } catch (error) {
      failpoint('fill.stretchFailed');
      this.failure = error;
      return false;
    } finally {
      await arriving.return();
    }
  }

  private readonly ends = (event: RecordedEvent): boolean => this.parts.projecting.endsBatch(event);

  /** @returns whether it was the last. */
  private async stretch(arriving: AsyncIterator<Arrived, void>): Promise<boolean> {
    // Never further than the live tables: both are compared, and swapped, at one place in the log.
    const target = (await liveHead(this.parts.pool)) ?? Infinity;
    failpoint('fill.knewHead');
    let end = false;
    let events = 0;
    const next = async function* (this: Stretches, streams: () => number): AsyncGenerator<Arrived> {
      while (!end && events < STRETCH.events && streams() < STRETCH.streams) {
        const { value: arrived } = await arriving.next();
        if (!arrived) return void (end = true);
        failpoint('fill.arrived');
        end = arrived.caughtUp || arrived.position >= target;
        const within = arrived.position <= target ? arrived : upTo(arrived, target);
        this.reached = within.position;
        events += within.events.length;
        yield within;
        if (within.events.length > 0 && this.ends(within.events.at(-1)!)) return;
      }
    }.bind(this);
    await inTransaction(this.parts.pool, async (client) => {
      const rows = await asTheyAre(client, this.way.rows);
      failpoint('fill.begunStretch');
      await this.parts.projecting.takeParts(client, rows, next);
    });
    failpoint('fill.committed');
    this.committed = this.reached;
    this.way.told(this.committed, target, events);
    return end;
  }
}

/** Where the live tables are; undefined where there are none yet. */
async function liveHead(pool: pg.Pool): Promise<number | undefined> {
  const live = await inTransaction(pool, (client) => versions(client, 'live'));
  return live.length === 0 ? undefined : Math.max(...live.map(({ position }) => position));
}

/** What of it has been passed at a position. */
const upTo = (arrived: Arrived, position: number): Arrived => ({
  ...arrived,
  position,
  events: arrived.events.filter((event) => event.position <= position),
});

function progressOf(rows: readonly VersionRow[], onProgress: FillingOptions['onProgress']): Way['told'] {
  const projections = rows.map(({ projection }) => projection);
  const started = performance.now();
  let all = 0;
  return (position, target, events) => {
    all += events;
    const eventsPerSecond = Math.round(all / Math.max(0.001, (performance.now() - started) / 1000));
    const secondsLeft = target === Infinity ? 0 : Math.ceil(Math.max(0, target - position) / Math.max(1, eventsPerSecond));
    onProgress?.({ projections, position, target, events: all, eventsPerSecond, secondsLeft });
  };
}
