import type { Pool, PoolClient } from 'pg';
import type { PublicTable } from '../../projections/engine/public-views.js';
import { destroysKeys } from '../../projections/engine/stream-fold.js';
import type { ApiParts } from '../api/parts.js';
import { BadRequest } from '../api/problems/errors.js';
import type { Catalogue } from '../kernel/catalogue.js';
import { asOrganization } from '../platform/transactions.js';

interface Found {
  position: string;
  table: string;
  id: string;
  type: string;
  at: string;
}

/** Where the list of what happened has stopped at an event: what comes behind it is not told yet, or it would be left out for ever. */
const FIRST_PARKED = `select min(p.position) from read.parked_streams p
  join read.projection_versions v using (projection, version) where v.state = 'live' and v.projection = 'audit_trail'`;

/**
 * What changed in the actor's organisation after a position: ids for readers that keep a copy. Each event is told once, at its
 * position in the log, which no rebuild changes; and only once all read tables have it.
 */
export function changesOf(pool: Pool, catalogue: Catalogue, shown: readonly PublicTable[], head: () => Promise<number>): ApiParts['changes'] {
  const erasing = catalogue.events.filter(destroysKeys).map(({ type }) => type);
  const emptied = shown.filter(({ columns }) => ['id', 'erased_at'].every((name) => columns.some((column) => column.name === name))).map(({ name }) => name);
  return async (actor, after, limit) => {
    const { rows, items } = await asOrganization(pool, actor.organizationId, async (client) => {
      const { rows } = await client.query<Found>(
        `select log_position as position, entity_type as table, entity_id as id, event_type as type, timestamp::text as at
           from read.audit_trail where log_position > $1 and log_position < coalesce((${FIRST_PARKED}), 9223372036854775807)
          order by log_position limit $2`,
        [after, limit],
      );
      const items: object[] = [];
      for (const { position, table, id, type, at } of rows) {
        const erased = erasing.includes(type);
        const also = erased ? (await emptiedAt(client, emptied, at)).filter((one) => one.id !== id) : [];
        items.push({ position: Number(position), table, id, type, erased, ...(also.length > 0 ? { erasedRows: also } : {}) });
      }
      return { rows, items };
    }, 'snapshot');
    // In vain, and in silence, a reader would wait for a place that was given by another log, before this one was moved to.
    if (rows.length === 0 && after > 0 && after > (await head())) {
      throw new BadRequest('This position lies behind the end of the log, so another log gave it: begin again at 0.', 'VALIDATION', 'after');
    }
    return { items, next: Number(rows.at(-1)?.position ?? after) };
  };
}

/** Rows of any table that an erasure has emptied. */
async function emptiedAt(client: PoolClient, tables: readonly string[], at: string): Promise<{ table: string; id: string }[]> {
  const each = tables.map((name) => `select '${name}' as table, id::text as id from read."${name}" where erased_at = $1::timestamptz`);
  if (each.length === 0) return [];
  return (await client.query<{ table: string; id: string }>(`${each.join(' union all ')} order by 1, 2`, [at])).rows;
}
