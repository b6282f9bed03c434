import pg from 'pg';
import type { ReferenceInUse } from '../commands/references.js';
import type { Catalogue } from '../kernel/catalogue.js';

/**
 * The highest references in the read tables: a log that was restored without the numbers given out must not give them
 * out again. @param connectionString of yuthub_projector, which sees every organisation's rows.
 */
export async function referencesInUse(catalogue: Catalogue, connectionString: string): Promise<ReferenceInUse[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const found: ReferenceInUse[] = [];
    // A release that brings a new entity starts before that has a read table: nothing of it has been given out.
    const { rows: views } = await client.query<{ name: string }>("select viewname as name from pg_views where schemaname = 'read'");
    const there = new Set(views.map(({ name }) => name));
    for (const { table, options } of catalogue.entities) {
      if (!options.reference || !there.has(table)) continue;
      // The last run of digits is the number; what stands between it and the prefix is the year, where there is one.
      const { rows } = await client.query<{ organizationId: string; period: string; highest: number }>(
        `select organization_id as "organizationId", coalesce(substring(reference from '-([0-9]{4})-[0-9]+$'), '') as period,
                max(substring(reference from '[0-9]+$')::bigint)::float8 as highest
           from read.${client.escapeIdentifier(table)} where reference is not null group by 1, 2`,
      );
      found.push(...rows.map((row) => ({ ...row, kind: table })));
    }
    return found;
  } finally {
    await client.end();
  }
}
