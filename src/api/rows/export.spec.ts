import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import type { Row } from '../parts.js';
import { exported, exportForm } from './export.js';
import type { ShownTable } from './tables.js';

const table = { columns: [{ name: 'name' }, { name: 'amountPence' }, { name: 'seen' }, { name: 'charges' }] } as unknown as ShownTable;
async function* rows(...given: Row[]): AsyncGenerator<Row> {
  yield* given;
}
const failed = (error: unknown): void => {
  throw error;
};
const csv = (...given: Row[]): Promise<string> => text(exported('csv', table, rows(...given), failed));
const HEAD = 'name,amountPence,seen,charges\r\n';

describe('an export as CSV', () => {
  it('makes a text of whatever begins like a formula', async () => {
    for (const name of ['=1+1', '+1', '-1+2', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '\uff1d1', '\uff0b1', '\uff0d1', '\uff201']) {
      const cells = (await csv({ name })).slice(HEAD.length);
      expect([name, cells.replace(/^"/, '').startsWith(`'${name}`)]).toEqual([name, true]);
    }
  });
  it('leaves numbers numbers, below nought too', async () => {
    const given = [{ name: 'Rent', amountPence: -1536, seen: true, charges: { corePence: -1 } }, { name: '', amountPence: 0, seen: false, charges: null }];
    expect(await csv(...given)).toBe(`${HEAD}Rent,-1536,true,"{""corePence"":-1}"\r\n,0,false,\r\n`);
  });
  it('quotes what would break a line or a cell', async () => {
    expect(await csv({ name: 'a, "b"\nc' })).toBe(`${HEAD}"a, ""b""\nc",,,\r\n`);
  });
});

describe('the form of a list', () => {
  it('is the most wanted of those that there are', () => {
    const asked = [undefined, '*/*', 'application/xml', 'TEXT/CSV', 'text/csv;q=0', 'text/csv; q=0.2, application/x-ndjson; q=0.9', 'application/json, text/csv', 'text/html, text/csv'];
    expect(asked.map(exportForm)).toEqual([undefined, undefined, undefined, 'csv', undefined, 'ndjson', undefined, 'csv']);
  });
});
