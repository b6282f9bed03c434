import { isCivilDate, isInstant, isUuid, plusDays, startOfLondonDay } from '../../kernel/values.js';
import { BadRequest } from '../problems/errors.js';
import type { ReadableColumn } from './readable-tables.js';

/** A part of a statement: text with `$1 …` in place of the values. */
export class Statement {
  readonly values: unknown[] = [];
  /** The placeholder of a value. */
  value(value: unknown, type: string): string {
    this.values.push(value);
    return `$${this.values.length}::${type}`;
  }
}

export const quoted = (column: string): string => `"${column.replaceAll('"', '""')}"`;

const OPERATORS = { gte: '>=', gt: '>', lte: '<=', lt: '<' } as const;
type Range = keyof typeof OPERATORS;
const MOST_VALUES = 100;
const MOST_CHARACTERS = 1_000;

/** Name and operator of a filter parameter: `occurredAt[gte]`. */
export function filterName(parameter: string): { name: string; operator: string } {
  const [, name, operator] = /^([A-Za-z0-9]+)\[([a-z]+)\]$/.exec(parameter) ?? [];
  return name && operator ? { name, operator } : { name: parameter, operator: 'eq' };
}

/** What a blind index is asked with. */
export type BlindIndex = (field: string, value: string) => string;

/** The condition of one filter. @throws BadRequest for an operator or a value that the column does not have. */
export function condition(statement: Statement, column: ReadableColumn, operator: string, given: string | readonly string[], blindIndex: BlindIndex): string {
  const texts = typeof given === 'string' ? [given] : given;
  const pointer = operator === 'eq' ? column.name : `${column.name}[${operator}]`;
  if (texts.length === 0 || texts.length > MOST_VALUES) throw new BadRequest(`${column.name} takes 1 to ${MOST_VALUES} values.`, 'VALIDATION', pointer);
  const one = (): string => {
    if (texts.length > 1) throw new BadRequest(`${pointer} takes one value.`, 'VALIDATION', pointer);
    return texts[0]!;
  };
  const sql = quoted(column.column);
  if (operator === 'null') return nullCondition(column.blindIndex ? quoted(column.blindIndex) : sql, one(), pointer);
  if (column.blindIndex) {
    if (operator !== 'eq') throw new BadRequest(`${column.name} is sealed: it can be compared for equality alone.`, 'VALIDATION', pointer);
    return `${quoted(column.blindIndex)} = any (${statement.value(texts.map((text) => blindIndex(column.name, text)), 'text[]')})`;
  }
  if (operator === 'eq' || operator === 'ne') return equality(statement, column, texts, operator === 'ne', pointer);
  if (!(operator in OPERATORS) || !column.sortable || column.type === 'boolean') {
    throw new BadRequest(`${column.name} can be filtered by ${column.sortable && column.type !== 'boolean' ? 'value, [gte], [gt], [lte], [lt], [ne] and [null]' : 'value, [ne] and [null]'}.`, 'UNKNOWN', pointer);
  }
  return range(statement, column, operator as Range, one(), pointer);
}

function nullCondition(sql: string, text: string, pointer: string): string {
  if (text !== 'true' && text !== 'false') throw new BadRequest(`${pointer} is true or false.`, 'VALIDATION', pointer);
  return `${sql} is ${text === 'true' ? '' : 'not '}null`;
}

function equality(statement: Statement, column: ReadableColumn, texts: readonly string[], negated: boolean, pointer: string): string {
  const sql = quoted(column.column);
  const not = (held: string): string => (negated ? `(${held}) is not true` : held);
  if (column.type === 'text[]') return not(`${sql} && ${statement.value(texts.map((text) => valueOf(column, text, pointer)), 'text[]')}`);
  const days = column.type === 'timestamptz' ? texts.filter(isCivilDate) : [];
  const values = texts.filter((text) => !days.includes(text)).map((text) => valueOf(column, text, pointer));
  const parts = days.map((day) => `(${range(statement, column, 'gte', day, pointer)} and ${range(statement, column, 'lte', day, pointer)})`);
  if (values.length > 0) parts.push(`${sql} = any (${statement.value(values, `${column.type}[]`)})`);
  return not(parts.length > 1 ? `(${parts.join(' or ')})` : parts[0]!);
}

/** A date compared with an instant means the whole of that day in London. */
function range(statement: Statement, column: ReadableColumn, operator: Range, text: string, pointer: string): string {
  const sql = quoted(column.column);
  if (column.type !== 'timestamptz' || !isCivilDate(text)) return `${sql} ${OPERATORS[operator]} ${statement.value(valueOf(column, text, pointer), column.type)}`;
  const wholeDay = operator === 'lte' || operator === 'gt';
  const at = startOfLondonDay(wholeDay ? plusDays(text, 1) : text);
  return `${sql} ${operator === 'gte' || operator === 'gt' ? '>=' : '<'} ${statement.value(at, 'timestamptz')}`;
}

const refused = (sentence: string, pointer: string): BadRequest => new BadRequest(sentence, 'VALIDATION', pointer);

/** The value of a filter as the column's type has it. @throws BadRequest */
export function valueOf(column: ReadableColumn, text: string, pointer: string): string {
  const { name, type } = column;
  const must = (holds: boolean, what: string): string => {
    if (!holds) throw refused(`${name} is ${what}.`, pointer);
    return text;
  };
  if (type === 'uuid') return must(isUuid(text), 'an id: a UUID in small letters');
  if (type === 'date') return must(isCivilDate(text), 'a date such as 2026-09-02');
  if (type === 'timestamptz') return must(isInstant(text) || isCivilDate(text), 'an instant such as 2026-09-02T08:00:00Z, or a date');
  if (type === 'boolean') return must(text === 'true' || text === 'false', 'true or false');
  if (type === 'integer' || type === 'smallint' || type === 'bigint') return must(/^-?\d{1,15}$/.test(text) && fits(type, Number(text)), 'a whole number');
  if (type.startsWith('numeric') || type === 'double precision') return must(/^-?\d{1,12}(\.\d{1,6})?$/.test(text), 'a number');
  return must(text.length <= MOST_CHARACTERS && !text.includes('\u0000') && text.isWellFormed(), `a text of at most ${MOST_CHARACTERS} characters`);
}

const fits = (type: string, value: number): boolean =>
  type === 'bigint' || Math.abs(value) < (type === 'integer' ? 2 ** 31 : 2 ** 15);

/** Each word of a search, found anywhere in any of the columns, whatever its case. @throws BadRequest */
export function searchCondition(statement: Statement, columns: readonly ReadableColumn[], given: string | readonly string[]): string {
  if (typeof given !== 'string' || given.length > 200 || given.includes('\u0000') || !given.isWellFormed()) {
    throw refused('q is one text of at most 200 characters.', 'q');
  }
  const words = given.normalize('NFC').split(/\s+/).filter((word) => word !== '').slice(0, 10);
  const parts = words.map((word) => {
    const pattern = statement.value(`%${word.replaceAll(/[\\%_]/g, '\\$&')}%`, 'text');
    return `(${columns.map(({ column }) => `${quoted(column)} ilike ${pattern}`).join(' or ')})`;
  });
  return parts.length > 0 ? parts.join(' and ') : 'true';
}
