import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { EventStore } from '../../src/event-store/event-store.js';
import { failpoint } from '../../src/platform/failpoint.js';
import { inTransaction } from '../../src/platform/transactions.js';
import { isTransient } from './connection.js';
import { feed, type Arrived } from './event-feed.js';
import { Lease, LeaseLost } from './lease.js';
import { CheckpointMoved, type Projecting, tellLive } from './projecting.js';
import { dropKept } from './rollback.js';
import { reasonOf } from './stream-fold.js';
import { holdLive, versions, type VersionRow } from './versions.js';

/** What the projector is made of. */
export interface ProjectorParts {
  readonly pool: pg.Pool;
  readonly store: EventStore;
  readonly projecting: Projecting;
  /** Told of what made it pause or give way; nothing personal is in it. */
  readonly log: (message: string) => void;
  /** For how long one that is not heard of counts as alive; four seconds unless said. */
  readonly leaseMs?: number;
  /** For how long tables that were swapped out are kept, in milliseconds; a day unless said. */
  readonly keepOldMs?: number;
}

const DAY_MS = 24 * 60 * 60_000;
/** How often whoever projects looks for tables to be dropped, at most. */
const TIDYING_MS = 60_000;

const STANDBY_MS = 250;
/** Pauses from this length on are told of. */
const PATIENCE_MS = 640;

/**
 * Keeps the live tables up with the log: one subscription and one transaction for all of them. Several processes may run
 * it; one works and the others wait for it to be gone.
 */
export class Projector {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(private readonly parts: ProjectorParts) {}

  start(): void {
    this.running ??= this.run();
  }

  /** Lets the batch under way finish, and the next process begin. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    const lease = new Lease(this.parts.pool, this.parts.leaseMs);
    for (let pauseMs = STANDBY_MS; !signal.aborted; ) {
      try {
        if (await lease.acquire()) {
          pauseMs = STANDBY_MS;
          await this.work(lease);
        }
      } catch (error) {
        if (!(error instanceof LeaseLost)) {
          pauseMs = Math.min(pauseMs * 2, 5_000);
          this.parts.log(`The projector pauses. ${reasonOf(error)}`);
        }
      }
      await lease.release().catch(() => undefined);
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  private async work(lease: Lease): Promise<void> {
    const { pool, projecting } = this.parts;
    const client = await pool.connect();
    const live = await (async () => {
      try {
        await projecting.begin(client);
        failpoint('projector.begun');
        return await versions(client, 'live');
      } finally {
        client.release();
      }
    })();
    failpoint('projector.foundLive');
    if (live.length === 0) return;
    const tidying = this.tidy();
    try {
      await this.follow(lease, live);
    } finally {
      await tidying.end();
    }
  }

  /** Drops, from time to time, tables that have been kept for long enough. */
  private tidy(): { end(): Promise<void> } {
    const { pool, log, keepOldMs = DAY_MS } = this.parts;
    let running: Promise<unknown> = Promise.resolve();
    const once = (): void => {
      running = dropKept(pool, keepOldMs, log).then(
        (dropped) => dropped.length > 0 && log(`Dropped what was kept of ${dropped.join(', ')}.`),
        (error: unknown) => log(`Kept tables are not looked at. ${reasonOf(error)}`),
      );
    };
    once();
    const timer = setInterval(once, Math.min(TIDYING_MS, Math.max(1_000, keepOldMs)));
    timer.unref();
    return {
      end: async () => {
        clearInterval(timer);
        await running;
      },
    };
  }

  private async follow(lease: Lease, live: readonly VersionRow[]): Promise<void> {
    const { store, projecting } = this.parts;
    const { signal } = this.stopping;
    const after = Math.min(...live.map(({ position }) => position));
    for await (const arrived of feed(store, after, (event) => projecting.endsBatch(event), signal)) {
      failpoint('projector.beforeBatch');
      await this.persist(lease, arrived);
      failpoint('projector.committed');
    }
  }

  /** Repeats a batch while only the circumstances are against it. */
  private async persist(lease: Lease, arrived: Arrived): Promise<void> {
    for (let pauseMs = 20; ; pauseMs = Math.min(pauseMs * 2, 2_000)) {
      try {
        return await this.divide(lease, arrived);
      } catch (error) {
        if (!isTransient(error) || this.stopping.signal.aborted) throw error;
        if (pauseMs >= PATIENCE_MS) this.parts.log(`The projector cannot go on at ${arrived.from}: ${reasonOf(error)}`);
        await delay(pauseMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      }
    }
  }

  /** Finds the event that the rest of the batch has to be kept apart from, by halves. */
  private async divide(lease: Lease, arrived: Arrived): Promise<void> {
    const { events, position } = arrived;
    try {
      await this.transact(lease, arrived, false);
    } catch (error) {
      failpoint('projector.rolledBack');
      if (isTransient(error) || error instanceof LeaseLost || error instanceof CheckpointMoved || events.length === 0) throw error;
      if (events.length === 1) return this.transact(lease, arrived, true);
      const half = events.length >> 1;
      const middle = events[half - 1]!.position;
      await this.divide(lease, { ...arrived, events: events.slice(0, half), position: middle });
      failpoint('projector.firstHalf');
      await this.divide(lease, { ...arrived, events: events.slice(half), from: middle, position });
    }
  }

  private transact(lease: Lease, { events, from, position: upTo }: Arrived, alone: boolean): Promise<void> {
    return inTransaction(this.parts.pool, async (client) => {
      await lease.check(client);
      const live = await holdLive(client);
      failpoint('projector.heldLive');
      if (live.some(({ position }) => position < from)) throw new CheckpointMoved();
      // A repeat after a lost answer, and a version that was swapped in further on, have some of it already.
      const behind = live.filter(({ position }) => position < upTo);
      for (const group of Map.groupBy(behind, ({ position }) => position).values()) {
        const start = group[0]!.position;
        await this.parts.projecting.take(client, group, events.filter(({ position }) => position > start), upTo, alone);
        failpoint('projector.tookGroup');
      }
      await tellLive(client, upTo);
      failpoint('projector.beforeCommit');
    });
  }
}
