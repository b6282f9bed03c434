import { pipeline, Readable } from 'node:stream';
import { stringify } from 'csv-stringify';
import type { Row } from '../parts.js';
import type { ShownTable } from './tables.js';

/** Forms in which a whole list can be had. */
export type ExportForm = 'csv' | 'ndjson';

/** The form that an `Accept` header asks for, undefined for JSON. */
export function exportForm(accept: string | undefined): ExportForm | undefined {
  if (accept === undefined) return undefined;
  for (const one of byPreference(accept)) {
    if (one === 'text/csv') return 'csv';
    if (one === 'application/x-ndjson') return 'ndjson';
    if (one === 'application/json' || one === '*/*') return undefined;
  }
  return undefined;
}

/** Media types of an `Accept` header, the most wanted first; what is weighted nought is not wanted. */
function byPreference(accept: string): string[] {
  const types = accept.toLowerCase().split(',').map((one) => {
    const [type, ...parameters] = one.split(';').map((part) => part.trim());
    const weight = parameters.map((parameter) => /^q\s*=\s*([\d.]+)$/.exec(parameter)?.[1]).find((found) => found !== undefined);
    return { type: type!, weight: weight === undefined ? 1 : Number(weight) };
  });
  return types.filter(({ weight }) => weight > 0).sort((one, other) => other.weight - one.weight).map(({ type }) => type);
}

export const contentTypes: Readonly<Record<ExportForm, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson; charset=utf-8',
};

/**
 * Rows as a stream of text. In CSV whatever a spreadsheet would take for a formula is made a text.
 * @param failed told why the stream broke off: by then the answer has begun, and all that is left is to cut it short.
 */
export function exported(form: ExportForm, table: ShownTable, rows: AsyncIterable<Row>, failed: (error: unknown) => void): Readable {
  if (form === 'ndjson') return Readable.from(lines(rows)).on('error', failed);
  const columns = table.columns.map(({ name }) => name);
  const csv = stringify({ header: true, columns, record_delimiter: 'windows' });
  return pipeline(Readable.from(cells(columns, rows)), csv, (error) => {
    if (error) failed(error);
  });
}

async function* lines(rows: AsyncIterable<Row>): AsyncGenerator<string> {
  for await (const row of rows) yield `${JSON.stringify(row)}\n`;
}

async function* cells(columns: readonly string[], rows: AsyncIterable<Row>): AsyncGenerator<string[]> {
  for await (const row of rows) yield columns.map((name) => cell(row[name]));
}

/** What a spreadsheet takes for the beginning of a formula; the wide signs too, which some read as the narrow ones. */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/** A text never begins a formula. A number is none, also below nought: made a text it could not be added up. */
function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return FORMULA.test(value) ? `'${value}` : value;
  return typeof value === 'object' ? JSON.stringify(value) : String(value as number | boolean);
}

/** The same rows, once it is known that there is a first one or none: what is wrong with the request is thrown here. */
export async function begun(rows: AsyncIterable<Row>): Promise<AsyncIterable<Row>> {
  const iterator = rows[Symbol.asyncIterator]();
  const first = await iterator.next();
  return {
    async *[Symbol.asyncIterator]() {
      try {
        for (let at = first; !at.done; at = await iterator.next()) yield at.value;
      } finally {
        await iterator.return?.();
      }
    },
  };
}
