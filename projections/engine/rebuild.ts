import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { RecordedEvent } from '../../src/event-store/event-store.js';
import { failpoint } from '../../src/platform/failpoint.js';
import { inTransaction } from '../../src/platform/transactions.js';
import { differences, RebuildUnderway, refuseFewer } from './comparison.js';
import { isTransient } from './connection.js';
import type { Projection } from './derived-tables.js';
import { batchesOf } from './event-feed.js';
import { Filling, type FillingOptions, type FillingParts } from './filling.js';
import { remakeViews, type PublicTable } from './public-views.js';
import { asTheyAre, createIndexes, createVersion, dropVersion, guardTables, holdLive, sameVersion, setState, versions, type VersionRow } from './versions.js';

export interface RebuildParts extends FillingParts {
  readonly shown: readonly PublicTable[];
}

export interface RebuildOptions extends FillingOptions {
  /** Swaps in tables with fewer rows than the old ones: where the definition means them to be fewer. */
  readonly allowFewer?: boolean;
}

/** Any number that other locks of the product do not use; with the projection's name it says who is being rebuilt. */
export const REBUILD_LOCK = 0x52_45_42;

/** Builds projections anew beside the live ones, from the first event, and puts them in their place. */
export class Rebuild {
  readonly filling: Filling;

  constructor(private readonly parts: RebuildParts) {
    this.filling = new Filling(parts);
  }

  /**
   * @param names of projections; they are built together, in one pass over the log.
   * @throws RebuildRefused where the result is empty or shorter than what it would replace; RebuildUnderway.
   */
  async run(names: readonly string[], options: RebuildOptions = {}): Promise<void> {
    await this.guarded(names, async (projections) => {
      const building = await this.build(projections, options);
      failpoint('rebuild.beforeSwap');
      await this.swap(projections, building, options);
      failpoint('rebuild.swapped');
    });
  }

  /**
   * Builds projections anew, compares every row with the live one, and drops what was built.
   * @returns a sentence for each row that differs, at most 20 for each table; none where all are equal.
   */
  async compare(names: readonly string[], options: RebuildOptions = {}): Promise<readonly string[]> {
    return this.guarded(names, async (projections) => {
      const building = await this.build(projections, options);
      failpoint('verify.built');
      try {
        return await this.inStep(building, async (client, current, live) => {
          const differing: string[] = [];
          for (const row of current) {
            const version = live.find(({ projection }) => projection === row.projection)?.version;
            if (version === undefined) continue;
            for (const { name } of projections.find((one) => one.name === row.projection)!.tables) {
              differing.push(...(await differences(client, name, version, row.version)));
              failpoint('verify.compared');
            }
          }
          return differing;
        });
      } finally {
        await inTransaction(this.parts.pool, async (client) => {
          // Who has lost its lock may find others at work on them, who may be about to swap them in.
          await holdLive(client);
          for (const row of await asTheyAre(client, building)) if (row.state === 'building') await dropVersion(client, row);
          failpoint('verify.beforeDrop');
        });
        failpoint('verify.dropped');
      }
    });
  }

  /** Does the work while nobody else rebuilds, or goes back, any of these projections. */
  async guarded<T>(names: readonly string[], work: (projections: readonly Projection[]) => Promise<T>): Promise<T> {
    const projections = names.map((name) => {
      const found = this.parts.projecting.projections.find((one) => one.name === name);
      if (!found) throw new Error(`There is no projection ${name}.`);
      return found;
    });
    const client = await this.parts.pool.connect();
    try {
      for (const name of [...names].sort()) {
        const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1, hashtext($2)) as taken', [REBUILD_LOCK, name]);
        if (!rows[0]!.taken) throw new RebuildUnderway(name);
      }
      failpoint('rebuild.locked');
      return await work(projections);
    } finally {
      await client.query('select pg_advisory_unlock_all()').catch(() => undefined);
      client.release();
    }
  }

  /** Fills new tables until they are close behind the live ones. One that was interrupted is gone on with. */
  private async build(projections: readonly Projection[], { onProgress, signal = new AbortController().signal }: RebuildOptions): Promise<VersionRow[]> {
    const { pool, projecting } = this.parts;
    const rows = await inTransaction(pool, async (client) => {
      await projecting.begin(client);
      const unfinished = await versions(client, 'building');
      const kept: VersionRow[] = [];
      for (const projection of projections) {
        const mine = unfinished.filter((row) => row.projection === projection.name);
        const going = mine.find((row) => row.definition_hash === projection.hash);
        for (const row of mine) if (row !== going) await dropVersion(client, row);
        kept.push(going ?? (await createVersion(client, projection, 'building')));
        failpoint('rebuild.madeTables');
      }
      return kept;
    });
    failpoint('rebuild.beforeFill');
    await this.filling.fill(rows, { onProgress, signal });
    failpoint('rebuild.filled');
    await inTransaction(pool, async (client) => {
      for (const projection of projections) await createIndexes(client, projection.tables, rows.find((row) => row.projection === projection.name)!.version);
      failpoint('rebuild.madeIndexes');
    });
    failpoint('rebuild.indexed');
    return inTransaction(pool, async (client) => (await versions(client, 'building')).filter((row) => rows.some((one) => sameVersion(one, row))));
  }

  /** Holds the live projections where they are, takes the new tables to the same place, and does the work there. */
  async inStep<T>(
    rows: readonly VersionRow[],
    work: (client: pg.ClientBase, building: readonly VersionRow[], live: readonly VersionRow[]) => Promise<T>,
  ): Promise<T> {
    let alone = false;
    for (let pauseMs = 50; ; pauseMs = Math.min(pauseMs * 2, 2_000)) {
      try {
        return await inTransaction(this.parts.pool, async (client) => {
          // A reader's long export must not make all others wait behind this.
          await client.query(`set local lock_timeout = '2s'`);
          failpoint('swap.begun');
          const live = await holdLive(client);
          failpoint('swap.heldLive');
          const current = await this.catchUp(client, rows, live, alone);
          failpoint('swap.caughtUp');
          return work(client, current, live);
        });
      } catch (error) {
        failpoint('swap.rolledBack');
        if (error instanceof CatchUpFailed && !alone) alone = true;
        else if (!isTransient(error)) throw error;
        else await delay(pauseMs);
      }
    }
  }

  private async catchUp(client: pg.ClientBase, rows: readonly VersionRow[], live: readonly VersionRow[], alone: boolean): Promise<VersionRow[]> {
    const behind = Math.min(...rows.map(({ position }) => position));
    const last = live.length === 0 ? behind : Math.max(...live.map(({ position }) => position));
    const ends = (event: RecordedEvent): boolean => alone || this.parts.projecting.endsBatch(event);
    try {
      for (const events of batchesOf(await this.between(behind, last), ends)) {
        await this.filling.takeIn(client, rows, { events, from: behind, position: events.at(-1)!.position, caughtUp: false }, alone);
      }
      await this.filling.takeIn(client, rows, { events: [], from: behind, position: last, caughtUp: true }, false);
      return await this.parts.projecting.followReleases(client, await asTheyAre(client, rows), live);
    } catch (error) {
      throw isTransient(error) ? error : new CatchUpFailed('The last events cannot be taken in together.', { cause: error });
    }
  }

  private async between(after: number, upTo: number): Promise<RecordedEvent[]> {
    const found: RecordedEvent[] = [];
    if (after >= upTo) return found;
    const leave = new AbortController();
    for await (const one of this.parts.store.subscribeAll(after, leave.signal)) {
      if (one.kind === 'event' && one.position <= upTo) found.push(one);
      if (one.position >= upTo || (one.kind === 'mark' && one.caughtUp)) break;
    }
    leave.abort();
    return found;
  }

  private async swap(projections: readonly Projection[], building: readonly VersionRow[], { allowFewer }: RebuildOptions): Promise<void> {
    const { shown, projecting } = this.parts;
    await this.inStep(building, async (client, current, live) => {
      for (const row of current) {
        const projection = projections.find(({ name }) => name === row.projection)!;
        const old = live.find((one) => one.projection === row.projection);
        if (old && !allowFewer) await refuseFewer(client, projection, old, row);
        failpoint('rebuild.counted');
        for (const older of (await versions(client, 'old')).filter((one) => one.projection === row.projection)) await dropVersion(client, older);
        failpoint('rebuild.droppedOlder');
        if (old) await setState(client, old, 'old');
        failpoint('rebuild.retired');
        await guardTables(client, projection.tables, row.version);
        failpoint('rebuild.guarded');
        await setState(client, row, 'live');
        failpoint('rebuild.promoted');
      }
      await remakeViews(client, shown, projecting.projections, await versions(client, 'live'));
      failpoint('rebuild.beforeCommit');
    });
  }
}

/** Found in the transaction of a swap: the events have to be taken one by one. */
class CatchUpFailed extends Error {}
