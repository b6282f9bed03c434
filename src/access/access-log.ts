import type { Pool } from 'pg';
import type { AccessEntry, TrailFilter } from '../audit/trail.js';
import type { CommandRequest } from '../commands/request.js';
import type { Actor } from '../kernel/command.js';
import { entityOf } from '../kernel/entity.js';
import type { Refusal } from '../kernel/rules.js';
import type { Clock } from '../platform/clock.js';
import { asOrganization } from '../platform/transactions.js';

interface Entry {
  readonly actor: Actor;
  readonly outcome: 'refused' | 'read';
  readonly code?: string;
  readonly command?: string;
  readonly entity: string;
  readonly entityId?: string;
  readonly correlationId?: string;
}

/** `id` and `at` are texts here: what is ordered by them names the table. */
const columns = `id::text as id, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, actor_id as "actorId",
  actor_role as "actorRole", outcome, code, command, entity, entity_id as "entityId", correlation_id as "correlationId"`;

/**
 * What happens outside the log and must be seen all the same: refused commands, and special data that are read. Codes and
 * ids, no bodies. It fails closed: what cannot be recorded is neither refused nor shown, it is an error.
 */
export class AccessLog {
  constructor(
    private readonly pool: Pool,
    private readonly clock: Clock,
  ) {}

  /** A command that was refused: what the pipeline tells. */
  readonly refused = async (request: CommandRequest, refusal: Refusal): Promise<void> => {
    const { declaration, actor, id, correlationId } = request;
    const entity = entityOf(declaration.entity).table;
    await this.record({ actor, outcome: 'refused', code: refusal.code, command: declaration.name, entity, entityId: id, correlationId });
  };

  /** Special data are about to leave: recorded before the answer does. */
  readonly specialRead = async (actor: Actor, table: string, id?: string, correlationId?: string): Promise<void> => {
    await this.record({ actor, outcome: 'read', entity: table, entityId: id, correlationId });
  };

  /** Records an entry, at the instant of the product's clock. */
  async record({ actor, outcome, code, command, entity, entityId, correlationId }: Entry): Promise<void> {
    await this.pool.query(
      `insert into app.access_log (organization_id, at, actor_id, actor_role, outcome, code, command, entity, entity_id, correlation_id)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [actor.organizationId, await this.clock.now(), actor.id, actor.role, outcome, code, command, entity, entityId, correlationId],
    );
  }

  /** An organisation's entries, newest first. @param before only what comes after it in that order, which is by (at, id). */
  readonly entries = async (
    organizationId: string,
    filter: TrailFilter,
    before: { at: string; id: string } | undefined,
    limit: number,
  ): Promise<readonly AccessEntry[]> => {
    const { rows } = await asOrganization(this.pool, organizationId, (client) =>
      client.query<AccessEntry>(
        `select ${columns} from app.access_log
          where organization_id = $1
            and ($2::text is null or entity = $2) and ($3::text is null or entity_id = $3)
            and ($4::text is null or actor_id = $4) and ($5::text is null or code = $5)
            and ($6::timestamptz is null or at >= $6) and ($7::timestamptz is null or at <= $7)
            and ($8::text is null or outcome = $8)
            and ($9::timestamptz is null or at < $9 or (at = $9 and id < $10::bigint))
          order by access_log.at desc, access_log.id desc limit $11`,
        [
          organizationId, filter.entity, filter.entityId, filter.actorId, filter.type, filter.from, filter.to, filter.outcome,
          before?.at, before?.id, limit,
        ],
      ));
    return rows;
  };
}
