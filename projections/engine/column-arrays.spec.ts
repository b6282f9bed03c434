import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import pg from 'pg';
import { testDatabases, type TestDatabases } from '../../test/support/databases.js';
import { columnArray } from './column-arrays.js';
import type { ColumnValue } from './projection.js';

/** What PostgreSQL reads of a column of values. */
describe('columns as arrays', () => {
  let databases: TestDatabases;
  let client: pg.Client;
  beforeAll(async () => {
    databases = await testDatabases();
    client = new pg.Client({ connectionString: databases.adminUrl });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await databases.drop();
  });

  const readBack = async (type: string, values: readonly ColumnValue[]): Promise<unknown[]> => {
    const array = columnArray(values.map((value) => ({ value })), 'value', type);
    if (array === undefined) return values.map(() => null);
    const { rows } = await client.query<{ value: unknown }>(`select v::${type} as value from unnest($1::text[]) with ordinality u(v, n) order by n`, [array]);
    return rows.map(({ value }) => value);
  };
  const holds = <T>(type: string, value: fc.Arbitrary<T>, shown: (value: T) => unknown = (one) => one): Promise<void> =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.option(value), { minLength: 1, maxLength: 30 }), async (values) => {
        expect(await readBack(type, values as ColumnValue[])).toEqual(values.map((one) => (one === null ? null : shown(one))));
      }),
      { numRuns: 60 },
    );
  const text = fc.string({ unit: 'binary', maxLength: 40 }).filter((one) => !one.includes('\u0000'));

  it('hold texts of every kind, those that say NULL too', () => holds('text', fc.oneof(text, fc.constantFrom('NULL', 'null', '{}', '"', '\\', '', '{a,"b"}', '\\N', 'ä\n\t'))));
  it('hold lists, nulls in them included', () => holds('text[]', fc.array(fc.oneof(text, fc.constantFrom('NULL', '', '{', '","')), { maxLength: 5 })));
  it('hold numbers, truths and ids', async () => {
    await holds('integer', fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }));
    await holds('boolean', fc.boolean());
    await holds('uuid', fc.uuid());
  });
  it('hold objects as JSON, and texts in them', () => holds('jsonb', fc.oneof(fc.dictionary(text, fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null))), fc.array(text), text)));
  it('hold nothing where no row has a value', () => expect(columnArray([{ value: null }, {}], 'value', 'text')).toBeUndefined());
});
