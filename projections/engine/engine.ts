import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { Catalogue } from '../../src/kernel/catalogue.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { failpoint } from '../../src/platform/failpoint.js';
import { inTransaction } from '../../src/platform/transactions.js';
import type { Codec } from '../../src/privacy/codec.js';
import { RebuildRefused, RebuildUnderway } from './comparison.js';
import { isTransient, rowPool } from './connection.js';
import { projectionsOf, type Projection } from './derived-tables.js';
import { lagOf, type Lag } from './lag.js';
import { Parked } from './parked.js';
import { Projecting } from './projecting.js';
import type { HandWrittenProjection, PublicView } from './projection.js';
import { Projector } from './projector.js';
import { publicTables, remakeViews, type PublicTable } from './public-views.js';
import { Rebuild, type RebuildOptions } from './rebuild.js';
import { Rollback } from './rollback.js';
import { createIndexes, createVersion, setState, versions, type VersionRow } from './versions.js';

/** What the read side is made of. */
export interface ProjectionEngineParts {
  readonly catalogue: Catalogue;
  readonly store: EventStore;
  readonly codec: Codec;
  readonly handWritten?: readonly HandWrittenProjection[];
  readonly views?: readonly PublicView[];
  /** Connection string of the role `yuthub_projector`. */
  readonly connectionString: string;
  /** Told of pauses and background rebuilds; nothing personal is in it. */
  readonly log?: (message: string) => void;
  /** After how many milliseconds of silence another process takes over; four seconds unless said. */
  readonly leaseMs?: number;
  /** For how long tables that were swapped out are kept for going back to, in milliseconds; a day unless said. */
  readonly keepOldMs?: number;
  /** The product's time, in which events are recorded; the machine's unless said. */
  readonly now?: () => Promise<string>;
}

/** Where a projection is. */
export interface ProjectionStatus {
  readonly projection: string;
  readonly version: number;
  readonly state: 'building' | 'live' | 'old';
  readonly tables: readonly string[];
  readonly position: number;
  /** Its tables were made for another definition and are about to be rebuilt. */
  readonly outdated: boolean;
  readonly parked: number;
  readonly movedAt: string;
  /** Since when an old one is kept. */
  readonly retiredAt: string | null;
}

/** How often a process looks whether what another is building is done, at first and at last. */
const STANDBY_MS = 250;
const PATIENCE_MS = 15_000;
/** Made once for all processes that start at the same time. */
const PREPARATION_LOCK = 0x59_52_45_44;
/** What one transaction may leave lying before the server ends it: a process that was stopped must not hold its rows for ever. */
const TIMEOUTS = '-c idle_in_transaction_session_timeout=10000';

/** The read side: tables, projector, rebuilds. */
export class ProjectionEngine {
  readonly projections: readonly Projection[];
  /** Every public name with its columns. */
  readonly shown: readonly PublicTable[];
  readonly parked: Parked;
  private readonly pool: pg.Pool;
  private readonly projector: Projector;
  private readonly rebuilder: Rebuild;
  private readonly returning: Rollback;
  private readonly stopping = new AbortController();
  private background: Promise<void> = Promise.resolve();

  constructor(private readonly parts: ProjectionEngineParts) {
    const { catalogue, store, codec, handWritten = [], views = [], log = () => undefined, leaseMs, keepOldMs } = parts;
    this.projections = projectionsOf(catalogue, handWritten);
    this.shown = publicTables(this.projections, views);
    this.pool = rowPool(parts.connectionString, 6, TIMEOUTS);
    const projecting = new Projecting({ catalogue, store, codec, projections: this.projections });
    const shared = { pool: this.pool, store, projecting };
    this.projector = new Projector({ ...shared, log, ...(leaseMs === undefined ? {} : { leaseMs }), ...(keepOldMs === undefined ? {} : { keepOldMs }) });
    this.rebuilder = new Rebuild({ ...shared, shown: this.shown });
    this.returning = new Rollback({ ...shared, shown: this.shown, rebuild: this.rebuilder });
    this.parked = new Parked(shared);
  }

  /**
   * Makes what is missing: tables of an empty installation, public views. @returns names of the projections that have to
   * be built anew because they are new, or defined otherwise than their tables.
   */
  async prepare(): Promise<readonly string[]> {
    return inTransaction(this.pool, async (client) => {
      await client.query('select pg_advisory_xact_lock($1)', [PREPARATION_LOCK]);
      failpoint('prepare.locked');
      let live = await versions(client, 'live');
      const isFirst = live.length === 0 && (await versions(client)).length === 0;
      if (isFirst) {
        for (const projection of this.projections) {
          const { version } = await createVersion(client, projection, 'live');
          await createIndexes(client, projection.tables, version);
          failpoint('prepare.madeOne');
        }
      }
      // What the code no longer names holds nobody up; its tables stay until somebody drops them.
      for (const row of live) if (!this.projections.some(({ name }) => name === row.projection)) await setState(client, row, 'old');
      live = await versions(client, 'live');
      await remakeViews(client, this.shown, this.projections, live);
      failpoint('prepare.beforeCommit');
      return this.outdated(live);
    });
  }

  /** Prepares, begins to project, and rebuilds in the background what has to be. */
  async start(): Promise<void> {
    const wanted = await this.prepare();
    failpoint('prepare.committed');
    this.projector.start();
    if (wanted.length > 0) this.background = this.rebuildInBackground();
  }

  /** Resolves when what start found outdated has been rebuilt, or could not be. */
  settled(): Promise<void> {
    return this.background;
  }

  /** Lets the batch under way finish and closes the connections. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all([this.projector.stop(), this.background]);
    await this.pool.end();
  }

  /** Builds projections anew beside the live ones and swaps them in. @throws RebuildRefused */
  async rebuild(names: readonly string[] | 'all', options: RebuildOptions = {}): Promise<void> {
    await this.rebuilder.run(this.named(names), { signal: this.stopping.signal, ...options });
  }

  /**
   * Goes back to the tables that were live before the last rebuild, once they have taken in what happened since. For `all`,
   * those of which older ones are kept. @returns names of the projections. @throws RebuildRefused where there are none.
   */
  async rollback(names: readonly string[] | 'all', options: RebuildOptions = {}): Promise<readonly string[]> {
    const wanted = this.named(names);
    const kept = new Set((await this.status()).filter(({ state, outdated }) => state === 'old' && !outdated).map(({ projection }) => projection));
    const going = names === 'all' ? wanted.filter((name) => kept.has(name)) : wanted;
    if (going.length === 0) throw new RebuildRefused('No older tables are kept: there is nothing to go back to.');
    await this.returning.run(going, { signal: this.stopping.signal, ...options });
    return going;
  }

  /** Folds every stream again and compares with every row. @returns what differs, as sentences; nothing where all is well. */
  verify(names: readonly string[] | 'all' = 'all', options: RebuildOptions = {}): Promise<readonly string[]> {
    return this.rebuilder.compare(this.named(names), { signal: this.stopping.signal, ...options });
  }

  /** All versions there are. */
  async status(): Promise<ProjectionStatus[]> {
    const { rows } = await this.pool.query<ProjectionStatus & { hash: string }>(
      `select v.projection, v.version, v.state, v.tables, v.position, v.moved_at as "movedAt", v.retired_at as "retiredAt", v.definition_hash as hash,
              (select count(*) from read.parked_streams p where p.projection = v.projection and p.version = v.version) as parked
         from read.projection_versions v order by v.projection, v.version`,
    );
    const hashes = new Map(this.projections.map(({ name, hash }) => [name, hash]));
    return rows.map(({ hash, ...row }) => ({ ...row, outdated: hashes.get(row.projection) !== hash }));
  }

  /** How far behind the live tables are, and what is being built. */
  lag(): Promise<Lag> {
    return lagOf(this.pool, this.parts.store, this.parts.now);
  }

  /** Name of the projection that writes a table, or that is called so. @throws Error for a name that is neither. */
  projectionOf(wanted: string): string {
    const found = this.projections.find(({ name, tables }) => name === wanted || tables.some((table) => table.name === wanted));
    if (!found) throw new Error(`There is no read table ${wanted}.`);
    return found.name;
  }

  private named(names: readonly string[] | 'all'): string[] {
    if (names === 'all') return this.projections.map(({ name }) => name);
    return [...new Set(names.map((wanted) => this.projectionOf(wanted)))];
  }

  /** Names of the projections that are not live as the code defines them. */
  private outdated(live: readonly VersionRow[]): readonly string[] {
    return this.projections.filter(({ name, hash }) => live.find((row) => row.projection === name)?.definition_hash !== hash).map(({ name }) => name);
  }

  /** Whoever is at work on it may die over it, and the database may be away: it is tried again until it is done by somebody. */
  private async rebuildInBackground(): Promise<void> {
    const { signal } = this.stopping;
    const log = this.parts.log ?? (() => undefined);
    for (let pauseMs = STANDBY_MS; !signal.aborted; pauseMs = Math.min(pauseMs * 2, PATIENCE_MS)) {
      try {
        const names = this.outdated(await inTransaction(this.pool, (client) => versions(client, 'live')));
        if (names.length === 0) return;
        log(`Building anew: ${names.join(', ')}.`);
        await this.rebuild(names);
        return log(`Built anew: ${names.join(', ')}.`);
      } catch (error) {
        if (signal.aborted) return;
        const known = error instanceof RebuildRefused || error instanceof RebuildUnderway || (error instanceof Error && error.constructor === Error);
        log(`Not built anew: ${known ? error.message : (error as Error).name}`);
        if (!(error instanceof RebuildUnderway) && !isTransient(error)) return;
        await delay(pauseMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}
