import type pg from 'pg';
import { physicalName, type Projection } from './derived-tables.js';
import type { VersionRow } from './versions.js';

/** The new tables are not what they should be: the old ones stay. */
export class RebuildRefused extends Error {
  override readonly name = 'RebuildRefused';
}

/** Somebody else is at work on it: later it may be free, or done. */
export class RebuildUnderway extends Error {
  override readonly name = 'RebuildUnderway';
  constructor(projection: string) {
    super(`${projection} is being rebuilt already.`);
  }
}

/** @throws RebuildRefused where a table that was made anew has fewer rows than the live one. */
export async function refuseFewer(client: pg.ClientBase, projection: Projection, old: VersionRow, made: VersionRow): Promise<void> {
  for (const { name } of projection.tables) {
    if (!old.tables.includes(physicalName(name, old.version))) continue;
    const { rows } = await client.query<{ before: number; after: number }>(
      `select (select count(*) from read."${physicalName(name, old.version)}") as before, (select count(*) from read."${physicalName(name, made.version)}") as after`,
    );
    const { before, after } = rows[0]!;
    if (after < before) throw new RebuildRefused(`${name} would have ${after} rows instead of ${before}: the live table stays.`);
  }
}

/** Compares a table that was made anew with the live one. @returns a sentence for each row that differs, at most 20. */
export async function differences(client: pg.ClientBase, table: string, live: number, made: number): Promise<string[]> {
  const [a, b] = [physicalName(table, live), physicalName(table, made)];
  const { rows } = await client.query<{ organization: string; id: string; what: string }>(
    `select coalesce(a.organization_id, b.organization_id) as organization, coalesce(a.id, b.id) as id,
            case when a.id is null then 'is missing' when b.id is null then 'should not be there' else 'differs' end as what
       from read."${a}" a full join read."${b}" b on a.organization_id = b.organization_id and a.id = b.id and to_jsonb(a) = to_jsonb(b)
      where a.id is null or b.id is null order by 1, 2 limit 40`,
  );
  const byRow = Map.groupBy(rows, ({ organization, id }) => `${organization}|${id}`);
  return [...byRow.values()].slice(0, 20).map((found) => `${table}: row ${found[0]!.id} ${found.length > 1 ? 'differs' : found[0]!.what}.`);
}
