import type pg from 'pg';
import type { Position } from '../../event-store/event-store.js';
import type { ProcessTimer } from './process.js';

/** A timer as it is kept. */
export interface StoredTimer extends ProcessTimer {
  readonly process: string;
  readonly organizationId: string;
  /** Stream whose event set it, first of all: what happens for one stream happens in order. */
  readonly stream: string;
  readonly correlationId: string;
}

/** A timer is set or moved (`timer`), or taken away: whatever its instant, or only if it still has this one. */
export type TimerChange =
  | { readonly kind: 'set'; readonly timer: StoredTimer }
  | { readonly kind: 'gone'; readonly process: string; readonly organizationId: string; readonly key: string; readonly dueAt?: string };

/** A refusal that stops a stream for one process. */
export interface ParkedStream {
  readonly process: string;
  readonly stream: string;
  readonly organizationId: string;
  readonly correlationId: string;
  /** The first event that waits; null where only a timer does. */
  readonly position: Position | null;
  /** The timer that was refused; null where an event was. */
  readonly timerKey: string | null;
  readonly code: string;
  readonly sentence: string;
}

/** What becomes durable of one process at once. */
export interface Progress {
  readonly process: string;
  readonly fence: number;
  /** Everything up to here has been worked on. */
  readonly position: Position;
  readonly timers: readonly TimerChange[];
  readonly parked: readonly ParkedStream[];
  /** Events that came behind a parked timer. */
  readonly queued: readonly { readonly process: string; readonly stream: string; readonly position: Position }[];
  /** Parked streams that go on, by the row's id: the same stream may be parked anew at once. */
  readonly resolved: readonly { readonly id: string; readonly status: 'retried' | 'dropped' }[];
}

/** What somebody asked for a parked stream. */
export interface ParkedRequest extends ParkedStream {
  readonly id: string;
  readonly requested: 'retry' | 'drop';
}

/** Another process leads: nothing of this progress was stored. */
export class FencedOff extends Error {
  override readonly name = 'FencedOff';
}

/** Channel of checkpoints that moved (`process:position`), and of people's wishes for parked streams. */
export const MOVED = 'yuthub_processes';
export const REQUESTED = 'yuthub_process_requests';

const instantOf = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const timerColumns = `t.process, t.organization_id as "organizationId", t.key, ${instantOf('t.due_at')} as "dueAt", t.payload, t.stream,
  t.correlation_id as "correlationId"`;
/** A parked stream's timers wait behind it. */
export const notParked = `not exists (select from app.process_parked p where p.process = t.process and p.stream = t.stream and p.status = 'parked')`;
export const parkedColumns = `process, stream, organization_id as "organizationId", correlation_id as "correlationId", position,
  timer_key as "timerKey", code, sentence`;

/** One statement: all of it under the right fences, or nothing. The rows stay locked from the check to the commit. */
const store = `
with wanted as (select * from jsonb_to_recordset($1) as w(process text, fence bigint, position bigint)),
held as (
  select c.process from app.process_checkpoints c join wanted w on w.process = c.process and w.fence = c.fence
  order by c.process for update of c),
sound as (select from (select count(*) as n from held) h where h.n = (select count(*) from wanted)),
moved as (
  update app.process_checkpoints c set position = greatest(c.position, w.position), moved_at = clock_timestamp()
  from wanted w where w.process = c.process and exists (select from sound) returning c.process, c.position),
gone as (
  delete from app.process_timers t
  using jsonb_to_recordset($2) as g(process text, "organizationId" uuid, key text, "dueAt" timestamptz)
  where exists (select from sound) and t.process = g.process and t.organization_id = g."organizationId" and t.key = g.key
    and (g."dueAt" is null or g."dueAt" = t.due_at)),
put as (
  insert into app.process_timers (process, organization_id, key, due_at, payload, stream, correlation_id)
  select s.process, s."organizationId", s.key, s."dueAt", s.payload, s.stream, s."correlationId"
  from jsonb_to_recordset($3) as s(process text, "organizationId" uuid, key text, "dueAt" timestamptz, payload jsonb,
                                   stream text, "correlationId" text)
  where exists (select from sound)
  on conflict (process, organization_id, key) do update
    set due_at = excluded.due_at, payload = excluded.payload, stream = excluded.stream, correlation_id = excluded.correlation_id)
select count(pg_notify('${MOVED}', process || ':' || position)) > 0 as stored from moved`;

const park = `
insert into app.process_parked (process, stream, organization_id, correlation_id, position, timer_key, code, sentence)
select process, stream, "organizationId", "correlationId", position, "timerKey", code, sentence
from jsonb_to_recordset($1) as p(process text, stream text, "organizationId" uuid, "correlationId" text, position bigint,
                                 "timerKey" text, code text, sentence text)
on conflict (process, stream) where status = 'parked' do update
  set organization_id = excluded.organization_id, correlation_id = excluded.correlation_id, position = excluded.position,
      timer_key = excluded.timer_key, code = excluded.code, sentence = excluded.sentence, parked_at = clock_timestamp(), requested = null`;
const queue = `
update app.process_parked p set position = q.position
from (select process, stream, min(position) as position
        from jsonb_to_recordset($1) as q(process text, stream text, position bigint) group by process, stream) q
where p.process = q.process and p.stream = q.stream and p.status = 'parked' and p.position is null`;
const resolve = `
update app.process_parked p set status = r.status, requested = null
from jsonb_to_recordset($1) as r(id bigint, status text)
where p.id = r.id and p.status = 'parked'`;

/** The tables of the processes, as whoever leads them uses them. */
export class ProcessTables {
  constructor(private readonly pool: pg.Pool) {}

  /** Takes over: under the new fences earlier leaders are refused. Answers where each process stands. */
  async takeOver(names: readonly string[]): Promise<Map<string, { position: Position; fence: number }>> {
    const { rows } = await this.pool.query<{ process: string; position: string; fence: string }>(
      `insert into app.process_checkpoints (process, position, fence) select n, 0, 1 from unnest($1::text[]) n order by n
       on conflict (process) do update set fence = process_checkpoints.fence + 1 returning process, position, fence`,
      [names],
    );
    return new Map(rows.map((row) => [row.process, { position: Number(row.position), fence: Number(row.fence) }]));
  }

  /** Makes progress durable, of all given processes or of none. Safe to repeat. @throws FencedOff */
  async store(progress: readonly Progress[]): Promise<void> {
    const timers = [...lastOf(progress.flatMap((one) => one.timers)).values()];
    const commit = JSON.stringify(progress.map(({ process, fence, position }) => ({ process, fence, position })));
    const gone = JSON.stringify(timers.filter((change) => change.kind === 'gone'));
    const put = JSON.stringify(timers.flatMap((change) => (change.kind === 'set' ? [change.timer] : [])));
    const asides = [
      [resolve, progress.flatMap(({ resolved }) => resolved)],
      [park, progress.flatMap(({ parked }) => parked)],
      [queue, progress.flatMap(({ queued }) => queued)],
    ] as const;
    const client = await this.pool.connect();
    // A connection that is lost between two statements tells nobody else, and would end the whole process.
    const lost = (): void => undefined;
    client.on('error', lost);
    let broken = true;
    try {
      // Alone, the statement is its own transaction; nearly always it is alone.
      const several = asides.some(([, rows]) => rows.length > 0);
      if (several) await client.query('begin');
      const { rows } = await client.query<{ stored: boolean }>({ name: 'process_progress', text: store, values: [commit, gone, put] });
      if (rows[0]?.stored) for (const [text, of] of asides) if (of.length > 0) await client.query(text, [JSON.stringify(of)]);
      if (several) await client.query(rows[0]?.stored ? 'commit' : 'rollback');
      broken = false;
      if (!rows[0]?.stored) throw new FencedOff('Another process has taken over.');
    } finally {
      client.off('error', lost);
      client.release(broken);
    }
  }

  /** Timers that are due and may fire, the earliest first. */
  async due(names: readonly string[], now: string, limit: number): Promise<StoredTimer[]> {
    const { rows } = await this.pool.query<StoredTimer>(
      `select ${timerColumns} from app.process_timers t where t.due_at <= $1 and t.process = any($2) and ${notParked}
       order by t.due_at, t.process, t.key limit $3`,
      [now, names, limit],
    );
    return rows;
  }

  /** Timers of a process and a stream that fell due by an instant, and when the first timer of the process that may fire falls due at all. */
  async overdue(process: string, stream: string, by: string): Promise<{ timers: StoredTimer[]; next: string | undefined }> {
    const { rows } = await this.pool.query<StoredTimer>(
      `select ${timerColumns} from app.process_timers t where t.process = $1 and t.stream = $2 and t.due_at <= $3 order by t.due_at`,
      [process, stream, by],
    );
    const first = await this.pool.query<{ next: string | null }>(
      `select ${instantOf('min(t.due_at)')} as next from app.process_timers t where t.process = $1 and ${notParked}`,
      [process],
    );
    return { timers: rows, next: first.rows[0]?.next ?? undefined };
  }

  async isSet({ process, organizationId, key, dueAt }: StoredTimer): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      'select from app.process_timers where process = $1 and organization_id = $2 and key = $3 and due_at = $4',
      [process, organizationId, key, dueAt],
    );
    return rowCount === 1;
  }

  /** The instant of the next timer after `now`. */
  async nextDue(names: readonly string[], now: string): Promise<string | undefined> {
    const { rows } = await this.pool.query<{ next: string | null }>(
      `select ${instantOf('min(t.due_at)')} as next from app.process_timers t where t.due_at > $1 and t.process = any($2) and ${notParked}`,
      [now, names],
    );
    return rows[0]?.next ?? undefined;
  }

  async timer(process: string, organizationId: string, key: string): Promise<StoredTimer | undefined> {
    const { rows } = await this.pool.query<StoredTimer>(
      `select ${timerColumns} from app.process_timers t where t.process = $1 and t.organization_id = $2 and t.key = $3`,
      [process, organizationId, key],
    );
    return rows[0];
  }

  /** Streams that are parked, by process. */
  async parkedStreams(names: readonly string[]): Promise<{ process: string; stream: string }[]> {
    const { rows } = await this.pool.query<{ process: string; stream: string }>(
      `select process, stream from app.process_parked where status = 'parked' and process = any($1)`,
      [names],
    );
    return rows;
  }

  /** What people asked for and nobody has done yet. */
  async requests(names: readonly string[]): Promise<ParkedRequest[]> {
    const { rows } = await this.pool.query<ParkedRequest>(
      `select id, ${parkedColumns}, requested from app.process_parked
       where status = 'parked' and requested is not null and process = any($1) order by id`,
      [names],
    );
    return rows.map((row) => ({ ...row, position: row.position === null ? null : Number(row.position) }));
  }
}

/** The last word on each timer: one statement cannot do two things to a row. */
export function lastOf(changes: readonly TimerChange[]): Map<string, TimerChange> {
  const last = new Map<string, TimerChange>();
  for (const change of changes) {
    const id = timerId(change.kind === 'set' ? change.timer : change);
    const before = last.get(id);
    // A firing takes away the timer that fired, not the one that was set in its place, and weakens no cancellation.
    if (change.kind === 'gone' && change.dueAt && before && !(before.kind === 'set' && before.timer.dueAt === change.dueAt)) continue;
    last.set(id, change);
  }
  return last;
}

/** One text for what is unique in the table. */
export const timerId = (timer: { process: string; organizationId: string; key: string }): string =>
  `${timer.process}|${timer.organizationId}|${timer.key}`;
