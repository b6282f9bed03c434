import type { ColumnValue } from './projection.js';

/** How a value of a column of some type is written so that PostgreSQL reads it as a text. Null is not for it. */
export function textOf(type: string): (value: ColumnValue) => string {
  if (type === 'jsonb' || type === 'json') return jsonText;
  return type.endsWith('[]') ? listText : plainText;
}

const plainText = (value: ColumnValue): string => {
  if (typeof value === 'string') return value;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};
const jsonText = (value: ColumnValue): string => JSON.stringify(value);

/** A list as the literal of an array, which the database reads row by row: arrays of arrays must all be of one length. */
function listText(value: ColumnValue): string {
  if (!Array.isArray(value)) throw new TypeError('A column of lists was given something else.');
  const items = (value as ColumnValue[]).map((one) => (one === null || one === undefined ? 'NULL' : quoted(plainText(one))));
  return `{${items.join(',')}}`;
}

const SPECIAL = /[\\"]/;
const quoted = (text: string): string => (SPECIAL.test(text) ? `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"` : `"${text}"`);
