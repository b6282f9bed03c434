import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import pg from 'pg';
import { testDatabases, type TestDatabases } from '../../test/support/databases.js';
import { columnArray } from './column-arrays.js';
import { copyIn, copyText } from './copied-rows.js';
import type { ColumnValue } from './projection.js';

const text = fc.string({ unit: 'binary', maxLength: 40 }).filter((one) => !one.includes('\u0000'));

/** What PostgreSQL reads of a column of values, in both ways in which rows get there. */
describe.each(['arrays', 'copies'] as const)('columns as %s', (how) => {
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

  const table = (type: string): string => `copied_${type.replace('[]', 's')}`;
  const readBack = (type: string, values: readonly ColumnValue[]): Promise<unknown[]> =>
    (how === 'arrays' ? ofArrays : ofCopies)(type, values);
  const ofArrays = async (type: string, values: readonly ColumnValue[]): Promise<unknown[]> => {
    const array = columnArray(values.map((value) => ({ value })), 'value', type);
    if (array === undefined) return values.map(() => null);
    const { rows } = await client.query<{ value: unknown }>(`select v::${type} as value from unnest($1::text[]) with ordinality u(v, n) order by n`, [array]);
    return rows.map(({ value }) => value);
  };
  const ofCopies = async (type: string, values: readonly ColumnValue[]): Promise<unknown[]> => {
    await client.query(`create temp table if not exists ${table(type)} (n integer, value ${type}); truncate ${table(type)}`);
    const columns = [{ name: 'n', type: 'integer' }, { name: 'value', type }].map((one) => ({ ...one, nullable: true, doc: '', privacy: 0 as const }));
    await copyIn(client, `copy ${table(type)} from stdin`, copyText(columns, values.map((value, n) => ({ n, value }))));
    const { rows } = await client.query<{ value: unknown }>(`select value from ${table(type)} order by n`);
    return rows.map(({ value }) => value);
  };
  const holds = <T>(type: string, value: fc.Arbitrary<T>, shown: (value: T) => unknown = (one) => one): Promise<void> =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.option(value), { minLength: 1, maxLength: 30 }), async (values) => {
        expect(await readBack(type, values as ColumnValue[])).toEqual(values.map((one) => (one === null ? null : shown(one))));
      }),
      { numRuns: 60 },
    );

  it('hold texts of every kind, those that say NULL too', () => holds('text', fc.oneof(text, fc.constantFrom('NULL', 'null', '{}', '"', '\\', '', '{a,"b"}', '\\N', 'ä\n\t'))));
  it('hold lists, nulls in them included', () => holds('text[]', fc.array(fc.oneof(text, fc.constantFrom('NULL', '', '{', '","')), { maxLength: 5 })));
  it('hold numbers, truths and ids', async () => {
    await holds('integer', fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }));
    await holds('boolean', fc.boolean());
    await holds('uuid', fc.uuid());
  });
  it('hold objects as JSON, and texts in them', () => holds('jsonb', fc.oneof(fc.dictionary(text, fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null))), fc.array(text), text)));
});

it('is no array of a column in which no row has a value', () => expect(columnArray([{ value: null }, {}], 'value', 'text')).toBeUndefined());

it('says why the database did not take what was copied, and the connection goes on', async () => {
  const databases = await testDatabases();
  const client = new pg.Client({ connectionString: databases.adminUrl });
  await client.connect();
  await client.query('create temp table numbers (n integer)');
  const columns = [{ name: 'n', type: 'integer', nullable: true, doc: '', privacy: 0 as const }];
  await expect(copyIn(client, 'copy numbers from stdin', copyText(columns, [{ n: 1 }, { n: 'two' }]))).rejects.toMatchObject({ code: '22P02' });
  await copyIn(client, 'copy numbers from stdin', copyText(columns, [{ n: 3 }]));
  expect((await client.query('select * from numbers')).rows).toEqual([{ n: 3 }]);
  await client.end();
  await databases.drop();
});
