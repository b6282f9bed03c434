import { BadRequest } from '../problems/errors.js';
import { quoted, type Statement } from './conditions.js';
import type { ReadableColumn, ReadableTable } from './readable-tables.js';

/** One key of an order. */
export interface SortKey {
  readonly column: ReadableColumn;
  readonly descending: boolean;
}

/** Columns that never lack a value: a bound on them can be taken from an index. */
const ALWAYS_THERE = new Set(['id', 'created_at']);
const MOST_KEYS = 5;

const ofName = (table: ReadableTable, column: string): ReadableColumn => table.columns.find((one) => one.column === column)!;

/**
 * The order that is asked for, ended by what tells any two rows apart. Without one, the list's own, or else as the rows came to be.
 * @throws BadRequest for a column that is unknown or has no order.
 */
export function orderOf(table: ReadableTable, sort: string | readonly string[] | undefined): SortKey[] {
  if (Array.isArray(sort)) throw new BadRequest('sort is one text: several keys are separated by commas.', 'VALIDATION', 'sort');
  const names = ((sort as string | undefined) || (table.order ?? '')).split(',').filter((name) => name !== '');
  if (names.length > MOST_KEYS) throw new BadRequest(`sort takes at most ${MOST_KEYS} keys.`, 'VALIDATION', 'sort');
  const keys = names.map((name): SortKey => {
    const descending = name.startsWith('-');
    const column = table.columns.find((one) => one.sortable && one.name === (descending ? name.slice(1) : name));
    if (!column) {
      const known = table.columns.filter(({ sortable }) => sortable).map((one) => one.name);
      throw new BadRequest(`There is no such order. Known are: ${known.join(', ')}; with - before it, downwards.`, 'UNKNOWN', 'sort');
    }
    return { column, descending };
  });
  const created = table.columns.find(({ column }) => column === 'created_at');
  if (keys.length === 0 && created) keys.push({ column: created, descending: false });
  const descending = keys.at(-1)?.descending ?? false;
  for (const name of table.unique) {
    if (!keys.some(({ column }) => column.column === name)) keys.push({ column: ofName(table, name), descending });
  }
  return keys;
}

/** As PostgreSQL has it by itself, a missing value is greater than every other. */
export const orderBy = (keys: readonly SortKey[]): string => keys.map(({ column, descending }) => `${quoted(column.column)} ${descending ? 'desc' : 'asc'}`).join(', ');

/** Where a page ended: opaque to clients, and good for the same table and order alone. */
export function cursorAfter(table: ReadableTable, keys: readonly SortKey[], row: Readonly<Record<string, unknown>>): string {
  const values = keys.map(({ column }) => row[column.column] ?? null);
  return Buffer.from(JSON.stringify([signature(table, keys), values])).toString('base64url');
}

const signature = (table: ReadableTable, keys: readonly SortKey[]): string =>
  `${table.table}:${keys.map(({ column, descending }) => (descending ? '-' : '') + column.name).join()}`;

/** What comes after a cursor. @throws BadRequest for what is no cursor of this list. */
export function afterCursor(statement: Statement, table: ReadableTable, keys: readonly SortKey[], cursor: string | readonly string[]): string {
  const values = valuesIn(table, keys, cursor);
  const [first] = keys;
  const later = keys.map((key, index) => {
    const same = keys.slice(0, index).map((before, at) => equal(statement, before, values[at]));
    return `(${[...same, beyond(statement, key, values[index])].join(' and ')})`;
  });
  const all = `(${later.join(' or ')})`;
  if (!first || !ALWAYS_THERE.has(first.column.column)) return all;
  return `${quoted(first.column.column)} ${first.descending ? '<=' : '>='} ${statement.value(values[0], first.column.type)} and ${all}`;
}

function valuesIn(table: ReadableTable, keys: readonly SortKey[], cursor: string | readonly string[]): unknown[] {
  const wrong = new BadRequest('cursor is the nextCursor of a page of the same list in the same order.', 'VALIDATION', 'cursor');
  if (typeof cursor !== 'string' || cursor.length > 4_000) throw wrong;
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    throw wrong;
  }
  const [signed, values] = Array.isArray(parsed) ? (parsed as unknown[]) : [];
  if (signed !== signature(table, keys) || !Array.isArray(values) || values.length !== keys.length) throw wrong;
  if (!values.every((value, index) => fits(keys[index]!.column.type, value))) throw wrong;
  return values;
}

/** Whoever makes up a cursor gets a 400, and not what the database says to it. */
function fits(type: string, value: unknown): boolean {
  if (value === null) return true;
  if (type === 'boolean') return typeof value === 'boolean';
  if (['bigint', 'integer', 'smallint'].includes(type)) return Number.isSafeInteger(value) && (type === 'bigint' || Math.abs(value as number) < 2 ** 31);
  if (type.startsWith('numeric') || type === 'double precision') return Number.isFinite(value);
  if (typeof value !== 'string' || value.includes('\u0000') || !value.isWellFormed()) return false;
  if (type === 'uuid') return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
  if (type === 'date') return isDay(value);
  return type !== 'timestamptz' || (/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(value) && isDay(value.slice(0, 10)) && !Number.isNaN(Date.parse(value)));
}

/** Whether a day exists: `Date.parse` takes 30 February for a day in March. */
const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && text > '0001' && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text);

function equal(statement: Statement, { column }: SortKey, value: unknown): string {
  const sql = quoted(column.column);
  return value === null ? `${sql} is null` : `${sql} = ${statement.value(value, column.type)}`;
}

function beyond(statement: Statement, { column, descending }: SortKey, value: unknown): string {
  const sql = quoted(column.column);
  if (value === null) return descending ? `${sql} is not null` : 'false';
  const compared = `${sql} ${descending ? '<' : '>'} ${statement.value(value, column.type)}`;
  return descending || ALWAYS_THERE.has(column.column) ? compared : `(${compared} or ${sql} is null)`;
}
