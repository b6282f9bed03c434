import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { referencesInUse } from '../../src/assembly/references-in-use.js';
import { numberOf, References } from '../../src/commands/references.js';
import { Entity, entityOf, State } from '../../src/kernel/entity.js';
import { Catalogue } from '../../src/kernel/catalogue.js';
import { DomainEvent, EventOf } from '../../src/kernel/event.js';
import { jsonBytes } from '../../src/event-store/metadata.js';
import { PostgresEventStore } from '../../src/event-store/postgres/postgres-event-store.js';
import { testDatabases, type TestDatabases } from '../support/databases.js';

@Entity('sheep', 'A sheep.', { category: 'sheep', reference: { prefix: 'SHP', digits: 6 } })
class Sheep extends State {}
@Entity('lambs', 'A lamb.', { category: 'lamb', reference: { prefix: 'LMB', digits: 4, yearly: true } })
class Lamb extends State {}
@Entity('goats', 'A goat.', { category: 'goat' })
class Goat extends State {}

@EventOf(Lamb, 'LambBorn', 1)
export class LambBorn extends DomainEvent<Lamb> {
  apply(): void {}
}
const catalogue = new Catalogue([Sheep, Lamb, Goat]);
const [sheep, lamb] = [entityOf(Sheep), entityOf(Lamb)];
const NOW = '2026-06-01T08:00:00.000Z';

describe('references', () => {
  let databases: TestDatabases;
  let pools: pg.Pool[];
  let processes: References[];

  beforeAll(async () => {
    databases = await testDatabases();
    pools = [1, 2].map(() => new pg.Pool({ connectionString: databases.urls.app, max: 4 }));
    processes = pools.map((pool) => new References(pool));
  });
  afterAll(async () => {
    await Promise.all(pools.map((pool) => pool.end()));
    await databases.drop();
  });

  it('counts for each organisation, kind and London year', async () => {
    const [one, two] = [randomUUID(), randomUUID()];
    const next = (entity: typeof sheep, organization: string, now = NOW) => processes[0]!.next(entity, organization, now);
    expect([await next(sheep, one), await next(sheep, one), await next(sheep, two)]).toEqual(['SHP-000001', 'SHP-000002', 'SHP-000001']);
    expect([await next(lamb, one), await next(lamb, one)]).toEqual(['LMB-2026-0001', 'LMB-2026-0002']);
    // New Year in UTC and in London are the same; the last hour of a summer evening is not, and not a year's.
    expect([await next(lamb, one, '2026-12-31T23:59:59.999Z'), await next(lamb, one, '2027-01-01T00:00:00.000Z')]).toEqual(['LMB-2026-0003', 'LMB-2027-0001']);
    await expect(next(entityOf(Goat), one)).rejects.toThrow('Goat has no reference');
  });

  it('gives each number once to 1,000 askers in two processes, with few statements', async () => {
    const organization = randomUUID();
    let statements = 0;
    const query = pools[0]!.query.bind(pools[0]!) as (...of: unknown[]) => unknown;
    Object.assign(pools[0]!, { query: (...of: unknown[]) => (statements++, query(...of)) });
    const given = await Promise.all(Array.from({ length: 1000 }, (_, n) => processes[n % 2]!.next(n % 3 ? sheep : lamb, organization, NOW)));
    expect(new Set(given).size).toBe(1000);
    expect(given.filter((one) => one.startsWith('SHP')).sort()[0]).toBe('SHP-000001');
    expect(given.filter((one) => one.startsWith('SHP')).sort().at(-1)).toBe(`SHP-000${given.filter((one) => one.startsWith('SHP')).length}`);
    expect(statements).toBeLessThan(5);
  });

  it('goes on above what is in use, and never below what was given', async () => {
    const organizationId = randomUUID();
    const raise = (highest: number) =>
      processes[0]!.raise([{ organizationId, kind: 'sheep', period: '', highest }, { organizationId, kind: 'sheep', period: '', highest: 3 }]);
    await raise(999_999);
    expect(await processes[1]!.next(sheep, organizationId, NOW)).toBe('SHP-1000000');
    await raise(7);
    expect(await processes[1]!.next(sheep, organizationId, NOW)).toBe('SHP-1000001');
  });

  it('goes on above what a restored log shows, read once', async () => {
    const organizationId = randomUUID();
    const store = await PostgresEventStore.open({ connectionString: databases.urls.app });
    const record = (reference: string, type = 'LambBorn') => {
      const data = jsonBytes({ reference });
      const metadata = jsonBytes({ organizationId });
      return store.append(`lamb-${randomUUID()}`, 'no-stream', [{ id: randomUUID(), type, data, metadata }]);
    };
    await record('LMB-2026-0041');
    await record('LMB-2026-0017');
    await record('LMB-2025-0090');
    await record('LMB-2026-0099', 'NobodyKnows');
    await processes[0]!.catchUp(store, catalogue);
    expect(await processes[1]!.next(lamb, organizationId, NOW)).toBe('LMB-2026-0042');
    await record('LMB-2026-0050');
    const from: number[] = [];
    const counting = Object.assign(Object.create(store) as PostgresEventStore, {
      head: () => store.head(),
      subscribeAll: (after: number, signal: AbortSignal) => (from.push(after), store.subscribeAll(after, signal)),
    });
    await processes[0]!.catchUp(counting, catalogue);
    await processes[0]!.catchUp(counting, catalogue);
    expect(from).toEqual([4]);
    expect(await processes[1]!.next(lamb, organizationId, NOW)).toBe('LMB-2026-0051');
    await store.close();
  });

  it('of an entity that has no read table yet keep nobody from starting', async () => {
    expect(await referencesInUse(catalogue, databases.urls.projector)).toEqual([]);
  });

  it('reads its own numbers', () => {
    expect(numberOf(sheep, 'SHP-1000000')).toEqual({ period: '', number: 1_000_000 });
    expect(numberOf(lamb, 'LMB-2026-0012')).toEqual({ period: '2026', number: 12 });
    for (const text of ['LMB-2026-0012', 'SHP', 'SHP-x', 'SHP-1-2']) expect(numberOf(sheep, text)).toBeUndefined();
  });
});
