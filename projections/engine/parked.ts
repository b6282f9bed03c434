import type pg from 'pg';
import type { EventStore } from '../../src/event-store/event-store.js';
import { failpoint } from '../../src/platform/failpoint.js';
import { inTransaction } from '../../src/platform/transactions.js';
import type { Projecting } from './projecting.js';
import { holdLive } from './versions.js';

/** A stream that a projection stopped at. Everything else goes on. */
export interface ParkedStream {
  readonly projection: string;
  readonly stream: string;
  readonly organizationId: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly revision: number;
  readonly position: number;
  /** A sentence for the operator; nothing personal is in it. */
  readonly reason: string;
  readonly parkedAt: string;
}

/** An event that an operator left out. */
export interface SkippedEvent {
  readonly projection: string;
  readonly stream: string;
  readonly eventId: string;
  readonly reason: string;
  readonly skippedBy: string;
  readonly skippedAt: string;
}

/** What stands still in the live tables, and getting it to move again. */
export class Parked {
  constructor(private readonly parts: { readonly pool: pg.Pool; readonly store: EventStore; readonly projecting: Projecting }) {}

  /** Parked streams of the live tables, oldest first. */
  async list(): Promise<ParkedStream[]> {
    const { rows } = await this.parts.pool.query<ParkedStream>(
      `select p.projection, p.stream, p.organization_id as "organizationId", p.event_id as "eventId", p.event_type as "eventType",
              p.revision, p.position, p.reason, p.parked_at as "parkedAt"
         from read.parked_streams p join read.projection_versions v using (projection, version) where v.state = 'live' order by p.position, p.projection`,
    );
    return rows;
  }

  /** Events that were left out, which stay visible. */
  async skipped(): Promise<SkippedEvent[]> {
    const { rows } = await this.parts.pool.query<SkippedEvent>(
      `select projection, stream, event_id as "eventId", reason, skipped_by as "skippedBy", skipped_at as "skippedAt" from read.skipped_events order by position, projection`,
    );
    return rows;
  }

  /** Takes the stream in again from where it stopped. @returns whether it is no longer parked; false too where it was not. */
  retry(projection: string, stream: string): Promise<boolean> {
    return this.again(projection, stream);
  }

  /** Leaves out the event that stopped the stream, now and in every rebuild, and goes on behind it. @param by who decided so. */
  skip(projection: string, stream: string, by: string): Promise<boolean> {
    return this.again(projection, stream, by);
  }

  private async again(name: string, stream: string, skippedBy?: string): Promise<boolean> {
    const { pool, store, projecting } = this.parts;
    const moves = await inTransaction(pool, async (client) => {
      await projecting.begin(client);
      failpoint('parked.begun');
      const live = (await holdLive(client)).find(({ projection }) => projection === name);
      if (!live) return false;
      const { rows } = await client.query<{ event_id: string; position: number; organization_id: string; reason: string }>(
        `delete from read.parked_streams where projection = $1 and version = $2 and stream = $3
         returning event_id, position, organization_id, reason`,
        [name, live.version, stream],
      );
      const parked = rows[0];
      if (!parked) return false;
      failpoint('parked.released');
      if (skippedBy !== undefined) {
        await client.query(
          `insert into read.skipped_events (projection, event_id, stream, organization_id, position, reason, skipped_by)
           values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
          [name, parked.event_id, stream, parked.organization_id, parked.position, parked.reason, skippedBy],
        );
        failpoint('parked.leftOut');
        const { entity, id } = projecting.ownerOf(stream);
        await client.query('select read.record_skip($1, $2, $3, $4, $5)', [parked.organization_id, skippedBy, name, entity ?? name, id ?? stream]);
        failpoint('parked.recordedSkip');
      }
      const events = (await store.readStreams([{ stream }])).get(stream) ?? [];
      failpoint('parked.readStream');
      return projecting.retake(client, live, events.filter(({ position }) => position <= live.position), parked.position);
    });
    failpoint('parked.committed');
    return moves;
  }
}
