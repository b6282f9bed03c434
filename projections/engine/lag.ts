import type pg from 'pg';
import type { EventStore, RecordedEvent } from '../../src/event-store/event-store.js';
import { ownMetadataOf } from '../../src/event-store/metadata.js';
import { REBUILD_LOCK } from './rebuild.js';

/** How far the live tables are behind the log. */
export interface Lag {
  readonly position: number;
  readonly head: number;
  /** Difference of the positions: events on the embedded log, an estimate elsewhere. */
  readonly behind: number;
  /** For how long the oldest event that they have not seen has been waiting, in seconds; 0 when there is none. */
  readonly seconds: number;
  /** For how long the mark has not moved although there is something to do, in seconds of real time; 0 when nothing is. */
  readonly still: number;
  /** Whether the mark moves, or has nothing to move for. */
  readonly moves: boolean;
  readonly parked: number;
  /** Tables that are being built anew beside the live ones, in this process or in another. */
  readonly building: readonly Building[];
}

/** A version that is being built, by a rebuild or a verification. */
export interface Building {
  readonly projection: string;
  readonly version: number;
  readonly position: number;
  readonly target: number;
  /** Whole percents of the way. */
  readonly percent: number;
  /** Positions a second since it began. */
  readonly eventsPerSecond: number;
  /** Estimated; absent where nobody is at work. */
  readonly secondsLeft?: number;
  /** Whether somebody is at work; what was cut off goes on with the next rebuild. */
  readonly running: boolean;
}

/** A mark that has not moved for so long, with events waiting, stands still: batches take far less. */
const STILL_SECONDS = 5;

interface Found {
  position: number | null;
  still: number;
  parked: number;
  building: { projection: string; version: number; position: number; seconds: number; running: boolean }[] | null;
}

const question = `
select min(position) as position, coalesce(extract(epoch from clock_timestamp() - max(moved_at)), 0)::float8 as still,
  (select count(*) from read.parked_streams p join read.projection_versions l using (projection, version) where l.state = 'live') as parked,
  (select jsonb_agg(jsonb_build_object('projection', b.projection, 'version', b.version, 'position', b.position,
     'seconds', extract(epoch from b.moved_at - b.created_at),
     'running', exists (select from pg_locks k where k.locktype = 'advisory' and k.granted and k.objsubid = 2
       and k.database = (select oid from pg_database where datname = current_database())
       and k.classid = $1::bigint::oid and k.objid = (hashtext(b.projection)::bigint & 4294967295)::oid)) order by b.projection, b.version)
   from read.projection_versions b where b.state = 'building') as building
from read.projection_versions where state = 'live'`;

/** @param now the product's time, in which events were recorded; the machine's unless said. */
export async function lagOf(pool: pg.Pool, store: EventStore, now?: () => Promise<string>): Promise<Lag> {
  const { rows } = await pool.query<Found>(question, [REBUILD_LOCK]);
  const { position: at, still, parked, building } = rows[0]!;
  // Asked after the tables: so that it is never they who seem to be ahead.
  const head = await store.head();
  const position = at ?? 0;
  const behind = Math.max(0, head - position);
  const standing = behind > 0 ? still : 0;
  const waiting = behind > 0 ? await waitingFor(store, position, now) : 0;
  return {
    position, head, behind, parked,
    seconds: Math.max(standing, waiting),
    still: standing,
    moves: standing < STILL_SECONDS,
    building: (building ?? []).map((one) => progressOf(one, position)),
  };
}

function progressOf({ projection, version, position, seconds, running }: NonNullable<Found['building']>[number], target: number): Building {
  const eventsPerSecond = Math.round(position / Math.max(0.001, seconds));
  const left = Math.max(0, target - position);
  return {
    projection, version, position, target, eventsPerSecond, running,
    percent: target === 0 ? 100 : Math.min(100, Math.floor((position / target) * 100)),
    ...(running && eventsPerSecond > 0 ? { secondsLeft: Math.ceil(left / eventsPerSecond) } : {}),
  };
}

/** For how long the first event after a position has been there, in seconds. */
async function waitingFor(store: EventStore, position: number, now = (): Promise<string> => Promise.resolve(new Date().toISOString())): Promise<number> {
  const leave = new AbortController();
  try {
    for await (const one of store.subscribeAll(position, leave.signal)) {
      if (one.kind === 'event') return ageOf(one, await now());
      if (one.caughtUp) break;
    }
    return 0;
  } catch {
    // An event without readable metadata: how long the mark has stood still is known all the same.
    return 0;
  } finally {
    leave.abort();
  }
}

/** For how long an event has been recorded, in seconds; nothing for what others have stored in the same log. */
function ageOf(event: RecordedEvent, now: string): number {
  const recordedAt = ownMetadataOf(event)?.recordedAt;
  return recordedAt ? Math.max(0, (Date.parse(now) - Date.parse(recordedAt)) / 1000) : 0;
}
