import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import type { ProjectionEngine } from '../../projections/engine/engine.js';
import { readableTables } from '../../src/api/reads/readable-tables.js';
import { RowReader } from '../../src/api/reads/row-reader.js';
import type { ListParameters, Row } from '../../src/api/parts.js';
import type { Actor } from '../../src/kernel/command.js';
import { maySeeWith } from '../../src/kernel/permissions.js';
import { catalogue, GuestArrived, ORGANISATION, projectionWorld, type ProjectionWorld } from './projection-world.js';

const EVERYTHING = ['*:*', 'sensitive:read', 'personal:*', 'special:*'];
const somebody = (permissions: readonly string[], change: Partial<Actor> = {}): Actor =>
  ({ id: 'reader', role: 'manager', organizationId: ORGANISATION, permissions: new Set(permissions), ...change });

let world: ProjectionWorld;
let engine: ProjectionEngine;
let reader: RowReader;

beforeAll(async () => {
  world = await projectionWorld();
  engine = world.engine();
  await engine.start();
  reader = new RowReader({
    connectionString: world.databases.urls.app,
    tables: readableTables(catalogue, engine.shown),
    codec: world.codec,
    maySee: (actor, privacy) => maySeeWith(actor.permissions, privacy),
    specialRead: () => Promise.resolve(),
    blindIndex: (organization, field, value) => world.keyring.blindIndex(organization, field, value),
    connections: 4,
  });
});
afterAll(async () => {
  await reader.close();
  await world.remove();
});

async function arrived(values: Partial<GuestArrived> = {}, organizationId = ORGANISATION): Promise<string> {
  const id = randomUUID();
  await world.append(`guest-${id}`, GuestArrived.of({ name: 'Sam', ...values }), organizationId);
  return id;
}
const idsOf = (rows: readonly Row[]) => rows.map(({ id }) => id);
async function exported(parameters: ListParameters, actor: Actor): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const row of reader.stream('guests', parameters, actor)) rows.push(row);
  return rows;
}

describe('filters, orders and pages', () => {
  type Model = { id: string; floor: number | null; name: string; calledAt: string | null; tags: string[] | null };
  const rows: Model[] = [];
  const floors = [null, 100, 101, 102];
  const days = [null, '2026-03-01T10:00:00.000Z', '2026-03-02T10:00:00.000Z', '2026-03-02T10:00:00.500Z'];
  const actor = somebody(EVERYTHING, { organizationId: randomUUID() });

  beforeAll(async () => {
    for (let n = 0; n < 40; n++) {
      const model = { floor: floors[n % 4]!, name: 'abcde'[n % 5]!, calledAt: days[(n >> 2) % 4]!, tags: n % 3 === 0 ? ['x', 'abc'[n % 2]!] : null };
      rows.push({ id: await arrived(model as Partial<GuestArrived>, actor.organizationId), ...model });
    }
    await world.reached();
  });

  const filter = fc.oneof(
    fc.record({ field: fc.constant('floor' as const), operator: fc.constantFrom('eq', 'ne', 'gte', 'gt', 'lte', 'lt', 'null'), value: fc.constantFrom(100, 101, 102, 7) }),
    fc.record({ field: fc.constant('name' as const), operator: fc.constantFrom('eq', 'ne'), value: fc.constantFrom('a', 'b', 'z') }),
    fc.record({ field: fc.constant('calledAt' as const), operator: fc.constantFrom('eq', 'ne', 'gte', 'gt', 'lte', 'lt', 'null'), value: fc.constantFrom(...days.slice(1)) }),
  );
  const sort = fc.uniqueArray(fc.constantFrom('floor', '-floor', 'name', '-name', 'calledAt', '-calledAt', 'id', '-id'), { maxLength: 3, selector: (key) => key.replace('-', '') });

  const holds = (row: Model, { field, operator, value }: { field: 'floor' | 'name' | 'calledAt'; operator: string; value: unknown }): boolean => {
    const own = row[field];
    if (operator === 'null') return own === null;
    if (operator === 'ne') return own !== value;
    if (own === null) return false;
    const [a, b] = [own, value] as [number, number];
    return { eq: a === b, gte: a >= b, gt: a > b, lte: a <= b, lt: a < b }[operator]!;
  };
  const compare = (a: Model, b: Model, keys: readonly string[]): number => {
    for (const key of keys) {
      const field = key.replace('-', '') as keyof Model;
      const [x, y] = [a[field], b[field]];
      if (x === y) continue;
      const up = y === null || (x !== null && x < y) ? -1 : 1;
      return key.startsWith('-') ? -up : up;
    }
    return 0;
  };

  it('are those of a list in memory, whatever the page', () =>
    fc.assert(
      fc.asyncProperty(fc.uniqueArray(filter, { maxLength: 3, selector: ({ field, operator }) => field + operator }), sort, fc.integer({ min: 1, max: 45 }), async (filters, keys, limit) => {
        const parameters: Record<string, string> = { limit: String(limit) };
        for (const { field, operator, value } of filters) parameters[operator === 'eq' ? field : `${field}[${operator}]`] = operator === 'null' ? 'true' : String(value);
        if (keys.length > 0) parameters['sort'] = keys.join(',');
        const found: Row[] = [];
        for (let cursor: string | null = ''; cursor !== null; ) {
          const page = await reader.list('guests', { ...parameters, ...(cursor ? { cursor } : {}) }, actor);
          expect(page.items.length).toBe(page.nextCursor === null ? page.items.length : limit);
          found.push(...page.items);
          cursor = page.nextCursor;
        }
        const expected = rows.filter((row) => filters.every((one) => holds(row, one)));
        expect([...idsOf(found)].sort()).toEqual(expected.map(({ id }) => id).sort());
        if (keys.length === 0) return;
        for (const [index, row] of found.slice(1).entries()) expect(compare(found[index] as never, row as never, keys)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 60 },
    ));

  it('find any of several values, in lists too', async () => {
    const count = async (parameters: ListParameters) => (await reader.list('guests', { limit: '500', ...parameters }, actor)).items.length;
    expect(await count({ floor: ['100', '102'] })).toBe(20);
    expect(await count({ 'floor[ne]': ['100', '102'] })).toBe(20);
    expect(await count({ tags: 'x' })).toBe(rows.filter(({ tags }) => tags).length);
    expect(await count({ tags: ['a', 'q'] })).toBe(rows.filter(({ tags }) => tags?.includes('a')).length);
    expect(await count({ 'tags[ne]': 'a' })).toBe(rows.filter(({ tags }) => !tags?.includes('a')).length);
    expect(await count({ 'floor[null]': 'false' })).toBe(30);
  });

  it('are the same in an export', async () => {
    expect(idsOf(await exported({ sort: '-name,floor', 'floor[null]': 'false' }, actor))).toEqual(
      idsOf((await reader.list('guests', { sort: '-name,floor', 'floor[null]': 'false', limit: '500' }, actor)).items),
    );
  });
});

describe('many organisations over few connections', () => {
  it('never see each other’s rows, whatever goes wrong in between', async () => {
    const organisations = Array.from({ length: 10 }, () => randomUUID());
    for (const organization of organisations) await arrived({}, organization);
    await world.reached();
    const step = fc.record({ organization: fc.nat(9), what: fc.constantFrom('list', 'get', 'fail', 'cancel') });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 50, maxLength: 100 }), async (steps) => {
        await Promise.all(
          steps.map(async ({ organization, what }) => {
            const actor = somebody(EVERYTHING, { organizationId: organisations[organization]! });
            if (what === 'fail') return expect(reader.list('guests', { 'floor[gte]': '9'.repeat(15), sort: 'nothing' }, actor)).rejects.toThrow();
            if (what === 'cancel') {
              await world.admin.query(`select pg_cancel_backend(pid) from pg_stat_activity where usename = 'yuthub_app' and state = 'active' and query like 'select "id"%' and datname = current_database()`);
              return;
            }
            const rows = await reader.list('guests', {}, actor).catch((error: Error & { code?: string }) => {
              expect(error).toMatchObject({ code: 'TOO_LONG' });
              return undefined;
            });
            for (const row of rows?.items ?? []) expect(row['organizationId']).toBe(actor.organizationId);
            if (rows) expect(rows.items).toHaveLength(1);
          }),
        );
      }),
      { numRuns: 10 },
    );
  });
});
