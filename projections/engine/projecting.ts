import type pg from 'pg';
import type { RecordedEvent } from '../../src/event-store/event-store.js';
import { failpoint } from '../../src/platform/failpoint.js';
import type { DecodedEvent } from '../../src/privacy/codec.js';
import { Batch } from './batch.js';
import type { BatchKnowledge, BatchParts, Parking, Target } from './batch-parts.js';
import { isTransient } from './connection.js';
import { physicalName, type Projection } from './derived-tables.js';
import type { Arrived } from './event-feed.js';
import { shapesOf, type KnownTables } from './row-store.js';
import { destroysKeys, fingerprintsOf, organizationIn, ownerOf, read, reasonOf, type Read } from './stream-fold.js';
import { moveCheckpoints, unguarded, versions, type VersionRow } from './versions.js';

/** Another projector has moved these checkpoints: nothing of this transaction may stay. */
export class CheckpointMoved extends Error {
  override readonly name = 'CheckpointMoved';
  constructor() {
    super('The checkpoints are not where this batch begins: another projector is at work.');
  }
}

/** Told in the channel `yuthub_read` with each move of the live checkpoints: the position that all of them have passed. */
export const CHANNEL = 'yuthub_read';

/** Writes batches to versions of projections, and moves their checkpoints with the rows. */
export class Projecting {
  private readonly erased = new Set<string>();
  private readonly erasing: ReadonlySet<string>;

  constructor(private readonly parts: BatchParts) {
    this.erasing = new Set(parts.catalogue.events.filter(destroysKeys).map(({ type }) => type));
  }

  get projections(): readonly Projection[] {
    return this.parts.projections;
  }

  /** Read table and id of the entity whose stream it is. */
  ownerOf(stream: string): { readonly entity?: string; readonly id?: string } {
    const owner = ownerOf(this.parts.catalogue, stream);
    return owner ? { entity: owner.entity.table, id: owner.id } : {};
  }

  /** Whether this event has to end its batch: purging is a matter of order. */
  endsBatch(event: RecordedEvent): boolean {
    return this.erasing.has(event.type);
  }

  private readonly read = (event: RecordedEvent): Read => read(this.parts.codec, event);

  /** Reads which keys were destroyed; once, before the first batch. */
  async begin(client: pg.ClientBase): Promise<void> {
    const { rows } = await client.query<{ fingerprint: string }>('select fingerprint from read.erased_keys');
    for (const { fingerprint } of rows) this.erased.add(fingerprint);
  }

  /**
   * Takes a batch into these versions, in the caller's transaction.
   * @param upTo where the checkpoints stand afterwards: the last event's position, or a mark's.
   * @param alone takes each projection by itself, so that what fails is known and parks its stream.
   * @throws CheckpointMoved; what the database says to a row that it does not take.
   */
  async take(client: pg.ClientBase, rows: readonly VersionRow[], events: readonly RecordedEvent[], upTo: number, alone = false): Promise<void> {
    const targets = this.targetsOf(rows);
    if (events.length > 0 && targets.length > 0) {
      const tables = await knownTables(client, rows, targets);
      const known = await this.knowledge(client, targets, events);
      failpoint('projecting.knewParked');
      if (alone) await this.oneByOne(client, targets, known, events, tables);
      else await this.together(client, targets, known, events, tables);
      failpoint('projecting.wroteRows');
    }
    await this.passed(client, rows, events, upTo);
  }

  /**
   * Takes events into these versions that arrive part by part, in the caller's transaction: a row that many of them change
   * is written once, at the end.
   * @param parts gives what arrives until it is enough; told of how many streams the transaction has become.
   * @throws CheckpointMoved; what the database says to a row that it does not take.
   */
  async takeParts(client: pg.ClientBase, rows: readonly VersionRow[], parts: (streams: () => number) => AsyncIterable<Arrived>): Promise<void> {
    const targets = this.targetsOf(rows);
    const nothing = (await this.isAnythingStopped(client, targets)) ? undefined : this.knowing([]);
    const batch = new Batch(this.parts, targets, nothing ?? this.knowing([]), client, await knownTables(client, rows, targets));
    let last: Arrived | undefined;
    try {
      for await (const arrived of parts(() => batch.streams)) {
        await batch.take(arrived.events, nothing ?? (await this.knowledge(client, targets, arrived.events)));
        last = arrived;
      }
      for (const parking of await batch.finish()) await this.park(client, parking);
    } finally {
      await batch.written();
    }
    failpoint('projecting.tookParts');
    if (last) await this.passed(client, rows, last.events, last.position);
  }

  /** Purges what the events say is erased, and moves the checkpoints. */
  private async passed(client: pg.ClientBase, rows: readonly VersionRow[], events: readonly RecordedEvent[], upTo: number): Promise<void> {
    for (const event of events) if (this.endsBatch(event)) await this.purge(client, rows, this.read(event).event);
    failpoint('projecting.beforeCheckpoint');
    if (!(await moveCheckpoints(client, rows, upTo))) throw new CheckpointMoved();
    failpoint('projecting.movedCheckpoint');
  }

  private targetsOf(rows: readonly VersionRow[]): Target[] {
    return rows.flatMap((row) => {
      const projection = this.parts.projections.find(({ name }) => name === row.projection);
      return projection ? [{ projection, version: row.version, outdated: row.definition_hash !== projection.hash }] : [];
    });
  }

  /**
   * Takes a stream in again that had stopped, without moving the checkpoint: an entity from its first event, a projection
   * written by hand from the event that stopped it. @returns whether it went through.
   */
  async retake(client: pg.ClientBase, row: VersionRow, stream: readonly RecordedEvent[], from: number): Promise<boolean> {
    const projection = this.parts.projections.find(({ name }) => name === row.projection);
    const stopped = stream.find(({ position }) => position === from);
    if (!projection || !stopped) return false;
    const target = { projection, version: row.version, outdated: projection.derived !== undefined };
    const events = projection.derived ? stream : stream.filter(({ position }) => position >= from);
    await client.query('savepoint retake');
    try {
      await this.together(client, [target], await this.knowledge(client, [target], events), events);
      failpoint('retake.wroteRows');
    } catch (error) {
      if (isTransient(error)) throw error;
      await client.query('rollback to savepoint retake');
      failpoint('retake.stoppedAgain');
      // The database has refused one of them, and it need not be the one that stopped the stream before.
      for (const event of events) await this.oneByOne(client, [target], await this.knowledge(client, [target], [event]), [event]);
    }
    for (const event of events) if (this.endsBatch(event)) await this.purge(client, [row], this.read(event).event);
    await this.forgetErased(client, row, organizationIn(stopped));
    failpoint('retake.forgotErased');
    const { rowCount } = await client.query('select from read.parked_streams where projection = $1 and version = $2 and stream = $3', [row.projection, row.version, stopped.stream]);
    return rowCount === 0;
  }

  /**
   * Lets those streams go on that stand still in these versions alone: since they were built, or were live, somebody has had
   * them taken in again, or has left out what stopped them. @returns the versions.
   */
  async followReleases<R extends readonly VersionRow[]>(client: pg.ClientBase, rows: R, live: readonly VersionRow[]): Promise<R> {
    for (const row of rows) {
      const shown = live.find(({ projection }) => projection === row.projection);
      if (!shown) continue;
      const { rows: released } = await client.query<{ stream: string; position: number }>(
        `delete from read.parked_streams p where projection = $1 and version = $2
            and not exists (select from read.parked_streams l where l.projection = $1 and l.version = $3 and l.stream = p.stream)
         returning stream, position`,
        [row.projection, row.version, shown.version],
      );
      if (released.length === 0) continue;
      const streams = await this.parts.store.readStreams(released.map(({ stream }) => ({ stream })));
      for (const { stream, position } of released) {
        await this.retake(client, row, (streams.get(stream) ?? []).filter((event) => event.position <= row.position), position);
        failpoint('retake.followed');
      }
    }
    return rows;
  }

  /** A fold from the first event meets keys again that were purged long ago. */
  private async forgetErased(client: pg.ClientBase, row: VersionRow, organizationId: string): Promise<void> {
    for (const name of await erasableTables(client, [row])) {
      await client.query(
        `update read."${name}" set _keys = nullif(_keys - f.all, '{}') from (select array_agg(fingerprint) as all from read.erased_keys) f
          where organization_id = $1 and _keys ?| f.all`,
        [organizationId],
      );
    }
  }

  private async together(client: pg.ClientBase, targets: readonly Target[], known: BatchKnowledge, events: readonly RecordedEvent[], tables?: KnownTables): Promise<void> {
    for (const parking of await new Batch(this.parts, targets, known, client, tables).project(events)) await this.park(client, parking);
  }

  private async oneByOne(client: pg.ClientBase, targets: readonly Target[], known: BatchKnowledge, events: readonly RecordedEvent[], tables?: KnownTables): Promise<void> {
    for (const target of targets) {
      await client.query('savepoint projection');
      try {
        await this.together(client, [target], known, events, tables);
        await client.query('release savepoint projection');
        failpoint('projecting.tookAlone');
      } catch (error) {
        if (isTransient(error)) throw error;
        await client.query('rollback to savepoint projection');
        failpoint('projecting.foundPoison');
        await this.park(client, { target, event: events.at(-1)!, reason: reasonOf(error) });
      }
    }
  }

  private async knowledge(client: pg.ClientBase, targets: readonly Target[], events: readonly RecordedEvent[]): Promise<BatchKnowledge> {
    const { rows } = await client.query<{ parked: boolean; projection: string; what: string }>(
      `select true as parked, projection, stream as what from read.parked_streams
        where stream = any ($3) and (projection, version) in (select * from unnest($1::text[], $2::integer[]))
       union all select false, projection, event_id::text from read.skipped_events where stream = any ($3)`,
      [targets.map(({ projection }) => projection.name), targets.map(({ version }) => version), [...new Set(events.map(({ stream }) => stream))]],
    );
    return this.knowing(rows);
  }

  private knowing(rows: readonly { parked: boolean; projection: string; what: string }[]): BatchKnowledge {
    const skipped = Map.groupBy(rows.filter(({ parked }) => !parked), ({ projection }) => projection);
    return {
      parked: new Set(rows.filter(({ parked }) => parked).map(({ projection, what }) => `${projection}|${what}`)),
      skipped: new Map([...skipped].map(([projection, events]) => [projection, new Set(events.map(({ what }) => what))])),
      isErased: (fingerprint) => this.erased.has(fingerprint),
      read: this.read,
    };
  }

  /** Whether it has to be asked of the streams of a batch: mostly nothing is parked and nothing was ever left out. */
  private async isAnythingStopped(client: pg.ClientBase, targets: readonly Target[]): Promise<boolean> {
    const { rows } = await client.query<{ anything: boolean }>(
      `select exists (select from read.parked_streams where (projection, version) in (select * from unnest($1::text[], $2::integer[])))
           or exists (select from read.skipped_events where projection = any ($1)) as anything`,
      [targets.map(({ projection }) => projection.name), targets.map(({ version }) => version)],
    );
    return rows[0]!.anything;
  }

  private async park(client: pg.ClientBase, { target: { projection, version }, event, reason }: Parking): Promise<void> {
    await client.query(
      `insert into read.parked_streams (projection, version, stream, organization_id, event_id, event_type, revision, position, reason)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing`,
      [projection.name, version, event.stream, organizationIn(event), event.id, event.type, event.revision, event.position, reason],
    );
    failpoint('projecting.parked');
    const owner = ownerOf(this.parts.catalogue, event.stream);
    if (owner?.entity !== projection.derived?.entity || !owner) return;
    await client.query(`update read."${physicalName(projection.name, version)}" set stale_reason = $3 where organization_id = $1 and id::text = $2`, [organizationIn(event), owner.id, reason]);
    failpoint('projecting.markedStale');
  }

  /** Replaces what was sealed under destroyed keys in every table that has it, those kept from before a swap included. */
  private async purge(client: pg.ClientBase, rows: readonly VersionRow[], event: DecodedEvent | undefined): Promise<void> {
    const fingerprints = fingerprintsOf(event);
    if (!event || fingerprints.length === 0) return;
    const { stream, position } = event.stored;
    const { organizationId, recordedAt: at } = event.metadata;
    await client.query('insert into read.erased_keys (fingerprint, position) select f, $2 from unnest($1::text[]) f on conflict do nothing', [fingerprints, position]);
    for (const fingerprint of fingerprints) this.erased.add(fingerprint);
    failpoint('purge.notedKeys');
    const kept = rows.some(({ state }) => state === 'live') ? await versions(client, 'old') : [];
    const all = [...rows, ...kept];
    for (const name of await erasableTables(client, all)) await client.query('select read.purge_keys($1, $2, $3, $4)', [name, organizationId, fingerprints, at]);
    failpoint('purge.purgedRows');
    const owner = ownerOf(this.parts.catalogue, stream);
    for (const { projection, version } of all) {
      if (projection !== owner?.entity.table) continue;
      await client.query(`update read."${physicalName(projection, version)}" set erased_at = $3 where organization_id = $1 and id = $2`, [organizationId, owner.id, at]);
    }
  }
}

/** What has to be known of the tables that are written. */
async function knownTables(client: pg.ClientBase, rows: readonly VersionRow[], targets: readonly Target[]): Promise<KnownTables> {
  const outdated = targets.filter((target) => target.outdated).flatMap(({ projection, version }) => projection.tables.map((table) => [table, version] as const));
  const tables = {
    shapes: await shapesOf(client, outdated),
    copied: await unguarded(client, rows.flatMap((row) => (row.state === 'building' ? row.tables : []))),
  };
  failpoint('projecting.knewShapes');
  return tables;
}

/** Physical tables that hold personal values. */
async function erasableTables(client: pg.ClientBase, rows: readonly VersionRow[]): Promise<string[]> {
  const found = await client.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = '_keys' and not a.attisdropped
      where c.relnamespace = 'read'::regnamespace and c.relkind = 'r' and c.relname = any ($1) order by 1`,
    [rows.flatMap(({ tables }) => tables)],
  );
  return found.rows.map(({ name }) => name);
}

/** Tells everyone who waits how far the live tables are. */
export async function tellLive(client: pg.ClientBase, position: number): Promise<void> {
  await client.query('select pg_notify($1, $2)', [CHANNEL, String(position)]);
}
