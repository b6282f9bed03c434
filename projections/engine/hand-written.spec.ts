import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DecodedEvent } from '../../src/privacy/codec.js';
import type { Cells, Openings } from './cells.js';
import type { TableDefinition } from './derived-tables.js';
import { PendingRows } from './hand-written.js';
import type { RowKey, RowStore, Wanted } from './row-store.js';

const column = (name: string) => ({ name, type: name === 'id' || name === 'organization_id' ? 'uuid' : 'text', nullable: true, doc: name, privacy: 1 as const });
const table: TableDefinition = {
  name: 'seats', key: ['organization_id', 'id'], members: false, columns: ['id', 'organization_id', 'row', 'guest'].map(column),
};
const uuid = (n: number): string => `0d5d8fd2-9d9e-4a29-8c52-6d6b3a3f7c${String(n).padStart(2, '0')}`;
const ORGANIZATIONS = [uuid(90), uuid(91)];
type Seat = { organization_id: string; id: string; row: string | null; guest: string | null };
type Values = Partial<Pick<Seat, 'row' | 'guest'>>;

/** What the database would do, and how often it was asked. */
class Stored {
  readonly rows = new Map<string, Cells>();
  questions = 0;
  private readonly key = (organizationId: unknown, id: unknown): string => `${String(organizationId)}|${String(id)}`;
  load(_table: unknown, _version: number, keys: readonly RowKey[]) {
    this.questions += 1;
    return Promise.resolve(keys.flatMap(({ organizationId, id }) => this.rows.get(this.key(organizationId, id)) ?? []));
  }
  where(_table: unknown, _version: number, wanted: readonly Wanted[]) {
    this.questions += 1;
    return Promise.resolve(wanted.map(({ organizationId, where }) => [...this.rows.values()].filter((row) => row['organization_id'] === organizationId && Object.entries(where).every(([name, value]) => row[name] === value))));
  }
  upsert(_table: unknown, _version: number, rows: Iterable<Cells>) {
    for (const row of rows) {
      const key = this.key(row['organization_id'], row['id']);
      this.rows.set(key, { row: null, guest: null, ...this.rows.get(key), ...row });
    }
    return Promise.resolve();
  }
  insert = this.upsert.bind(this);
  delete(_table: unknown, _version: number, keys: readonly RowKey[]) {
    for (const { organizationId, id } of keys) this.rows.delete(this.key(organizationId, id));
    return Promise.resolve();
  }
}
const openings: Openings = { value: () => null, isErased: () => false };
const change = (pending: PendingRows, organizationId: string, id: string, values: Values | undefined, own = false): void =>
  pending.change({ table: 'seats', organizationId, id, ...(values ? { values } : {}) }, { metadata: { organizationId }, stored: { id: own ? id : uuid(99) } } as unknown as DecodedEvent);

const letter = fc.constantFrom('a', 'b', null);
const step = fc.oneof(
  fc.record({ kind: fc.constant('change' as const), organization: fc.nat(1), seat: fc.nat(5), values: fc.option(fc.record({ row: letter, guest: letter }, { requiredKeys: [] }), { nil: undefined }) }),
  fc.record({ kind: fc.constant('ask' as const), organization: fc.nat(1), where: fc.record({ row: letter, guest: letter }, { requiredKeys: [] }), ahead: fc.boolean() }),
  fc.record({ kind: fc.constant('write' as const) }),
);

describe('rows of a projection written by hand', () => {
  it('are found as they are now, written or not, asked for ahead or not', () =>
    fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const stored = new Stored();
        const pending = new PendingRows(table, 1, stored as unknown as RowStore);
        const model = new Map<string, Seat>();
        for (const one of steps) {
          if (one.kind === 'write') await pending.write(openings);
          else if (one.kind === 'change') {
            const [organizationId, id] = [ORGANIZATIONS[one.organization]!, uuid(one.seat)];
            change(pending, organizationId, id, one.values);
            const key = `${organizationId}|${id}`;
            if (one.values) model.set(key, { row: null, guest: null, ...model.get(key), ...one.values, organization_id: organizationId, id });
            else model.delete(key);
          } else {
            const organizationId = ORGANIZATIONS[one.organization]!;
            if (one.ahead) await pending.lookUp([{ organizationId, where: one.where }, { organizationId, where: { row: 'a' } }]);
            const expected = [...model.values()].filter((seat) => seat.organization_id === organizationId && Object.entries(one.where).every(([name, value]) => seat[name as 'row'] === value));
            expect(await pending.matching(organizationId, one.where)).toEqual(expected.sort((a, b) => (a.id < b.id ? -1 : 1)));
          }
        }
      }),
    ));

  it('are asked for in one question, however many have changed meanwhile', async () => {
    const stored = new Stored();
    const pending = new PendingRows(table, 1, stored as unknown as RowStore);
    const [organizationId] = ORGANIZATIONS as [string];
    await pending.lookUp(Array.from({ length: 20 }, (_, n) => ({ organizationId, where: { row: `${n}`, guest: null } })));
    expect(stored.questions).toBe(1);
    for (let n = 0; n < 20; n++) {
      expect(await pending.matching(organizationId, { row: `${n}`, guest: null })).toEqual([]);
      change(pending, organizationId, uuid(n), { row: `${n}`, guest: null });
      expect(await pending.matching(organizationId, { row: `${n}`, guest: null })).toHaveLength(1);
    }
    expect(stored.questions).toBe(1);
  });
});
