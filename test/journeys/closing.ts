import { expect } from '@jest/globals';
import pg from 'pg';
import { entities } from '../../src/domain/index.js';
import { entityOf } from '../../src/kernel/entity.js';
import { lists } from '../privacy/shown.js';
import type { Caller, Json } from '../support/caller.js';
import type { Installation, Organisation } from '../support/product.js';

/** A change of a field as history shows it. */
interface Change {
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}
interface Item extends Json {
  readonly entity: string;
  readonly entityId: string;
  readonly revision: number;
  readonly changes: readonly Change[];
}

/** G1: replaying every stream from its beginning gives the rows that are there. */
export async function rebuiltEqualsLive(at: Installation): Promise<void> {
  expect(await at.cli('projections', 'verify')).toContain('Every row is what its events say.');
}

/**
 * G2: the audit trail has one item for each event of the organisation's entities, none missing in any of their streams, and
 * what each says was before is what the one before it says was after, field by field.
 * @param organisation whose owner is shown every value.
 */
export async function auditJoins(at: Installation, { id, owner }: Organisation): Promise<void> {
  const items: Item[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = (await owner.row(`/audit-trail?outcome=accepted&limit=500${cursor === '' ? '' : `&cursor=${cursor}`}`)) as unknown as { items: Item[]; nextCursor: string | null };
    items.push(...page.items);
    cursor = page.nextCursor;
  }
  expect(items).toHaveLength(await recordedOf(at, id));
  for (const [entity, steps] of Map.groupBy(items, (item) => `${item.entity} ${item.entityId}`)) {
    const inOrder = steps.toSorted((a, b) => a.revision - b.revision);
    expect([entity, ...inOrder.map(({ revision }) => revision)]).toEqual([entity, ...inOrder.map((_, at) => at)]);
    const last = new Map<string, unknown>();
    for (const { type, changes } of inOrder as (Item & { type: string })[]) {
      for (const { field, before, after } of changes) {
        expect([entity, type, field, before]).toEqual([entity, type, field, last.get(field) ?? null]);
        last.set(field, after);
      }
    }
  }
}

/** How many events stand in the log in streams of entities of an organisation. */
async function recordedOf({ databases }: Installation, organizationId: string): Promise<number> {
  const client = new pg.Client({ connectionString: databases.adminUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ recorded: string }>(
      `select count(*) as recorded from log.events
       where split_part(stream, '-', 1) = any ($1) and convert_from(metadata, 'UTF8')::jsonb ->> 'organizationId' = $2`,
      [entities.map((entity) => entityOf(entity).options.category), organizationId],
    );
    return Number(rows[0]!.recorded);
  } finally {
    await client.end();
  }
}

/** Questions that are asked side by side. */
const AT_ONCE = 20;

/** G3: to somebody of another organisation every row of this one, its past and its history, answers 404. */
export async function unknownElsewhere({ owner }: Organisation, stranger: Caller): Promise<void> {
  const found: string[] = [];
  for (const { path, history } of await lists(owner)) {
    const rows = await owner.rows(`${path}?limit=500`);
    const paths = rows.flatMap(({ id }) => [`${path}/${id}`, ...(history ? [`${path}/${id}/history`] : [])]);
    for (let at = 0; at < paths.length; at += AT_ONCE) {
      const asked = paths.slice(at, at + AT_ONCE).map(async (one) => [one, (await stranger.get(one)).status] as const);
      found.push(...(await Promise.all(asked)).filter(([, status]) => status !== 404).map(([one, status]) => `${status} ${one}`));
    }
  }
  expect(found).toEqual([]);
}
