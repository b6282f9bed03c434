import type { Pool } from 'pg';
import type { Position } from '../event-store/event-store.js';
import { isUuid } from '../kernel/values.js';
import { FencedOff, ProcessTables } from '../processes/engine/process-tables.js';
import type { Cause, Id } from './job.js';

/** What an event wants done, as it is written down. */
export interface Intent extends Cause {
  readonly kind: string;
  /** Of the event. */
  readonly position: Position;
}

/** What was wanted, and what has become of it. */
export interface KeptIntent extends Intent {
  readonly state: 'due' | 'done' | 'dead';
}

/** An intent whose job is dead. */
export interface DeadIntent extends KeptIntent {
  readonly failure: string;
  /** Instant, real time. */
  readonly diedAt: string;
}

/** How much is still to be done. */
export interface OutboxFigures {
  readonly due: number;
  readonly dead: number;
  /** For how long the oldest that is due has been so; 0 where nothing is. */
  readonly oldestSeconds: number;
}

/** Name of the checkpoint up to which events have been asked what they want. */
const NAME = 'jobs';

const columns = `intent_id as "intentId", kind, event_id as "eventId", entity_id as "entityId", organization_id as "organizationId",
  position::float8 as position, state`;

const record = `
with mine as (
  update app.process_checkpoints set position = greatest(position, $1), moved_at = clock_timestamp()
  where process = '${NAME}' and fence = $2 returning process),
put as (
  insert into app.job_intents (intent_id, kind, event_id, entity_id, organization_id, position)
  select "intentId", kind, "eventId", "entityId", "organizationId", position
  from jsonb_to_recordset($3) as i("intentId" uuid, kind text, "eventId" uuid, "entityId" uuid, "organizationId" uuid, position bigint)
  where exists (select from mine)
  on conflict (intent_id) do nothing)
select from mine`;

/**
 * What is to be done outside the log, in PostgreSQL: written down with the checkpoint of the events that want it, in one
 * transaction, and never again. It is no read table: nothing builds it anew, so nothing is done anew by a rebuild.
 */
export class Outbox {
  /** @param pool of yuthub_app. */
  constructor(private readonly pool: Pool) {}

  /** Takes over writing down: whoever did before is refused from now on. Answers where to go on, and the fence. */
  async takeOver(): Promise<{ position: Position; fence: number }> {
    return (await new ProcessTables(this.pool).takeOver([NAME])).get(NAME)!;
  }

  /** Writes down what events up to a position want. Safe to repeat. @throws FencedOff */
  async record(intents: readonly Intent[], position: Position, fence: number): Promise<void> {
    const { rowCount } = await this.pool.query(record, [position, fence, JSON.stringify(intents)]);
    if (rowCount === 0) throw new FencedOff('Another process has taken over.');
  }

  async find(id: string): Promise<KeptIntent | undefined> {
    if (!isUuid(id)) return undefined;
    return (await this.pool.query<KeptIntent>(`select ${columns} from app.job_intents where intent_id = $1`, [id])).rows[0];
  }

  /** What is due, in the order of the log. @param after the last one of the page before. */
  async due(limit: number, after?: Intent): Promise<KeptIntent[]> {
    const { rows } = await this.pool.query<KeptIntent>(
      `select ${columns} from app.job_intents where state = 'due' and (position, intent_id) > ($1, $2::uuid) order by position, intent_id limit $3`,
      [after?.position ?? -1, after?.intentId ?? '00000000-0000-0000-0000-000000000000', limit],
    );
    return rows;
  }

  /** It has been done, whatever was thought of it before. */
  async done(id: Id): Promise<void> {
    await this.pool.query("update app.job_intents set state = 'done', settled_at = clock_timestamp(), failure = null where intent_id = $1 and state <> 'done'", [id]);
  }

  /** Jobs are dead: those of them that are due wait for somebody to decide. Ids of other jobs are passed over. */
  async died(dead: readonly { readonly id: string; readonly failure: string }[]): Promise<void> {
    await this.pool.query(
      `update app.job_intents i set state = 'dead', settled_at = clock_timestamp(), failure = d.failure
       from jsonb_to_recordset($1) as d(id text, failure text) where i.state = 'due' and i.intent_id::text = d.id`,
      [JSON.stringify(dead.map(({ id, failure }) => ({ id, failure })))],
    );
  }

  /** Lets a dead one be due again. @returns it, or undefined where none is dead under this id. */
  async revive(id: string): Promise<KeptIntent | undefined> {
    if (!isUuid(id)) return undefined;
    const { rows } = await this.pool.query<KeptIntent>(
      `update app.job_intents set state = 'due', settled_at = null, failure = null where intent_id = $1 and state = 'dead' returning ${columns}`,
      [id],
    );
    return rows[0];
  }

  /** The dead, those that died last first. */
  async dead(limit: number): Promise<DeadIntent[]> {
    const { rows } = await this.pool.query<DeadIntent>(
      `select ${columns}, coalesce(failure, '') as failure, to_char(settled_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "diedAt"
       from app.job_intents where state = 'dead' order by app.job_intents.settled_at desc limit $1`,
      [limit],
    );
    return rows;
  }

  async figures(): Promise<OutboxFigures> {
    const { rows } = await this.pool.query<OutboxFigures>(
      `select count(*) filter (where state = 'due')::float8 as due, count(*) filter (where state = 'dead')::float8 as dead,
              coalesce(extract(epoch from clock_timestamp() - min(recorded_at) filter (where state = 'due')), 0)::float8 as "oldestSeconds"
       from app.job_intents where state in ('due', 'dead')`,
    );
    return rows[0]!;
  }

  /** Forgets what has been done long ago. What lies behind the checkpoint stays: its event may be read once more. @returns how many. */
  async forget(days: number): Promise<number> {
    const { rowCount } = await this.pool.query(
      `delete from app.job_intents where state = 'done' and settled_at < clock_timestamp() - make_interval(days => $1)
         and position <= (select c.position from app.process_checkpoints c where c.process = '${NAME}')`,
      [days],
    );
    return rowCount ?? 0;
  }
}
