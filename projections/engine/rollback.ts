import type pg from 'pg';
import { failpoint } from '../../src/platform/failpoint.js';
import { inTransaction } from '../../src/platform/transactions.js';
import { RebuildRefused } from './comparison.js';
import type { Projection } from './derived-tables.js';
import type { Projecting } from './projecting.js';
import { remakeViews, type PublicTable } from './public-views.js';
import { REBUILD_LOCK, type Rebuild, type RebuildOptions } from './rebuild.js';
import { dropVersion, setState, versions, type VersionRow } from './versions.js';

export interface RollbackParts {
  readonly pool: pg.Pool;
  readonly projecting: Projecting;
  readonly shown: readonly PublicTable[];
  readonly rebuild: Rebuild;
}

/**
 * Goes back to the tables that were live before the last swap. They are kept, and not kept up: what has happened since is
 * taken in first, from their own checkpoint, and that takes as long as a rebuild of so many events.
 */
export class Rollback {
  constructor(private readonly parts: RollbackParts) {}

  /**
   * Swaps the kept versions in, all in one transaction; those that were live are kept instead, so that doing it twice
   * leads back. @param names of projections.
   * @throws RebuildRefused where one has no kept version, or one of another definition; RebuildUnderway.
   */
  async run(names: readonly string[], options: RebuildOptions = {}): Promise<void> {
    const { rebuild, projecting, shown } = this.parts;
    await rebuild.guarded(names, async (projections) => {
      const kept = await this.kept(projections);
      failpoint('rollback.foundKept');
      // Beside the live ones; what is cut off goes on where it stopped.
      await rebuild.filling.fill(kept, options);
      failpoint('rollback.filled');
      await rebuild.inStep(kept, async (client, current, live) => {
        for (const row of current) {
          const before = live.find(({ projection }) => projection === row.projection);
          if (before) await setState(client, before, 'old');
          failpoint('rollback.retired');
          await setState(client, row, 'live');
          failpoint('rollback.promoted');
        }
        await remakeViews(client, shown, projecting.projections, await versions(client, 'live'));
        failpoint('rollback.beforeCommit');
      });
      failpoint('rollback.swapped');
    });
  }

  private async kept(projections: readonly Projection[]): Promise<VersionRow[]> {
    return inTransaction(this.parts.pool, async (client) => {
      await this.parts.projecting.begin(client);
      const old = await versions(client, 'old');
      return projections.map(({ name, hash }) => {
        const mine = old.filter(({ projection }) => projection === name);
        const fitting = mine.findLast(({ definition_hash: of }) => of === hash);
        if (fitting) return fitting;
        if (mine.length === 0) throw new RebuildRefused(`Of ${name} no older tables are kept: there is nothing to go back to.`);
        throw new RebuildRefused(`The kept tables of ${name} were made for another definition: this release cannot serve them. Start the release that made them.`);
      });
    });
  }
}

/**
 * Drops the versions that have been kept for longer than they should be; those that somebody is going back to, or that a
 * view still shows, stay. @param keptMs for how long, in milliseconds. @returns what was dropped, such as `residents 3`.
 */
export async function dropKept(pool: pg.Pool, keptMs: number, log: (message: string) => void): Promise<readonly string[]> {
  const due = 'state = \'old\' and coalesce(retired_at, moved_at) <= clock_timestamp() - make_interval(secs => $1)';
  const { rows } = await pool.query<Pick<VersionRow, 'projection' | 'version'>>(`select projection, version from read.projection_versions where ${due}`, [keptMs / 1000]);
  failpoint('tidy.found');
  const dropped: string[] = [];
  for (const { projection, version } of rows) {
    try {
      await inTransaction(pool, async (client) => {
        await client.query(`set local lock_timeout = '2s'`);
        const { rows: locks } = await client.query<{ taken: boolean }>('select pg_try_advisory_xact_lock($1, hashtext($2)) as taken', [REBUILD_LOCK, projection]);
        if (!locks[0]!.taken) return;
        // What was old a moment ago may have been swapped in meanwhile.
        const still = (await versions(client, 'old')).find((row) => row.projection === projection && row.version === version);
        if (!still) return;
        failpoint('tidy.locked');
        await dropVersion(client, still);
        failpoint('tidy.beforeCommit');
        dropped.push(`${projection} ${version}`);
      });
      failpoint('tidy.dropped');
    } catch (error) {
      log(`The kept tables of ${projection} ${version} are not dropped yet: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return dropped;
}
