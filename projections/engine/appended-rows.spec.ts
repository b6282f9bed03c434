import { describe, expect, it } from '@jest/globals';
import type { DecodedEvent } from '../../src/privacy/codec.js';
import { Catalogue } from '../../src/kernel/catalogue.js';
import { AppendedRows } from './appended-rows.js';
import type { Cells } from './cells.js';
import { projectionsOf, type TableDefinition } from './derived-tables.js';
import type { ColumnValue, RowChange } from './projection.js';
import type { RowStore } from './row-store.js';

const ID = '0d5d8fd2-9d9e-4a29-8c52-6d6b3a3f7c11';
const ORGANIZATION = '7c0be0a4-5a7c-4a3f-9f0a-0f5f3a1d2b3c';
const column = (name: string, type: string) => ({ name, type, nullable: true, doc: name, privacy: 1 as const });
const table: TableDefinition = {
  name: 'visits',
  key: ['organization_id', 'id'],
  members: false,
  columns: [column('id', 'uuid'), column('organization_id', 'uuid'), column('what', 'text'), column('names', 'text[]'), column('more', 'jsonb'), column('n', 'bigint')],
};
const event = { metadata: { organizationId: ORGANIZATION }, stored: { id: ID } } as unknown as DecodedEvent;
const change = (values?: Record<string, ColumnValue>, more: Partial<RowChange> = {}): RowChange => ({ table: 'visits', organizationId: ORGANIZATION, id: ID, ...(values ? { values } : {}), ...more });

function rowsOn(copies: boolean) {
  const copied: [readonly string[], string][] = [];
  const upserted: Cells[] = [];
  const store = {
    copies: () => copies,
    copy: (_table: unknown, _version: unknown, names: readonly string[], text: string) => Promise.resolve(void copied.push([names, text])),
    upsert: (_table: unknown, _version: unknown, rows: readonly Cells[]) => Promise.resolve(void upserted.push(...rows)),
  };
  return { rows: new AppendedRows(table, 1, store as unknown as RowStore), copied, upserted };
}

describe('rows that are only added', () => {
  it('are copied as text, a line each, once', async () => {
    const { rows, copied, upserted } = rowsOn(true);
    rows.change(change({ what: 'a\tb\nc\\', names: ['x', 'y "z" \\'], more: { a: null }, n: 3 }), event);
    rows.change(change({ n: 0 }), event);
    await rows.write();
    await rows.write();
    expect(copied).toEqual([[
      ['id', 'organization_id', 'what', 'names', 'more', 'n'],
      `${ID}\t${ORGANIZATION}\ta\\tb\\nc\\\\\t{"x","y \\\\"z\\\\" \\\\\\\\"}\t{"a":null}\t3\n${ID}\t${ORGANIZATION}\t\\N\t\\N\t\\N\t0\n`,
    ]]);
    expect(upserted).toEqual([]);
  });

  it('are inserted where nothing can be copied, what is not given as null', async () => {
    const { rows, copied, upserted } = rowsOn(false);
    rows.change(change({ what: 'a', n: 3 }), event);
    await rows.write();
    expect(copied).toEqual([]);
    expect(upserted).toEqual([{ id: ID, organization_id: ORGANIZATION, what: 'a', names: null, more: null, n: 3 }]);
  });

  it.each<[string, RowChange]>([
    ['of another organisation', change({ n: 1 }, { organizationId: ID })],
    ['without an id', change({ n: 1 }, { id: 'none' })],
    ['with the id of something else', change({ n: 1 }, { id: ORGANIZATION })],
    ['that deletes', change()],
    ['with a column that is not there', change({ other: 1 })],
  ])('refuse a change %s', (_, wrong) => {
    expect(() => rowsOn(true).rows.change(wrong, event)).toThrow();
  });

  it('are not asked for', async () => {
    await expect(rowsOn(true).rows.row()).rejects.toThrow('only added');
    await expect(rowsOn(true).rows.matching()).rejects.toThrow('only added');
  });

  it('hold nothing personal: an erasure would change them', () => {
    const personal = { ...table, appended: true as const, columns: [{ ...column('name', 'text'), privacy: 2 as const }] };
    const projection = { name: 'visits', version: 1, on: [], tables: [personal], apply: () => Promise.resolve([]) };
    expect(() => projectionsOf(new Catalogue([]), [projection])).toThrow('personal column');
  });
});
