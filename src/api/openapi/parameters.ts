import type { JsonSchema } from '../../kernel/json-schema.js';
import type { ShownColumn, ShownTable } from '../rows/tables.js';

/** A parameter of an operation. */
export type Parameter = { readonly [key: string]: unknown };

const query = (name: string, schema: JsonSchema, description: string): Parameter => ({ name, in: 'query', required: false, description, schema });
const header = (name: string, schema: JsonSchema, description: string): Parameter => ({ name, in: 'header', required: false, description, schema });

export const commonParameters: Readonly<Record<string, Parameter>> = {
  Id: { name: 'id', in: 'path', required: true, description: 'Id of the record', schema: { type: 'string', format: 'uuid' } },
  IdempotencyKey: header('Idempotency-Key', { type: 'string', minLength: 1, maxLength: 255 }, 'A repeat with the same key is answered as the first time'),
  IfMatch: header('If-Match', { type: 'string', pattern: '^"(0|[1-9][0-9]*)"$' }, 'Revision that the decision was made on, as the ETag gave it'),
  Prefer: header('Prefer', { type: 'string', examples: ['wait=5'] }, '`wait=<seconds up to 10>`: answer when the read tables contain it and what follows from it'),
  CorrelationId: header('X-Correlation-Id', { type: 'string', format: 'uuid' }, 'Carried by everything that follows from the request'),
  After: query('after', { type: 'integer', minimum: 0 }, 'Position that the answer must contain: waits up to 5 seconds, then 503 NOT_YET'),
  At: query('at', { type: 'string', format: 'date-time' }, 'The record as it was recorded at this instant'),
  Include: query('include', { type: 'string', enum: ['special'] }, 'Opens special data for who may see it; that it was read is recorded'),
  Limit: query('limit', { type: 'integer', minimum: 1, maximum: 500 }, 'Most items of a page'),
  Cursor: query('cursor', { type: 'string' }, '`nextCursor` of the page before'),
};

/** Reference to a common parameter. */
export const parameter = (name: keyof typeof commonParameters): Parameter => ({ $ref: `#/components/parameters/${name}` });

const RANGES = ['gte', 'gt', 'lte', 'lt'] as const;
const ordered = new Set(['date', 'timestamptz', 'bigint', 'integer', 'smallint']);

/** Filters, search and order of a table's list. */
export function listParameters(table: ShownTable): Parameter[] {
  const filters = table.columns.filter(({ filterable }) => filterable).flatMap(filtersOf);
  const sortable = table.columns.filter((column) => column.sortable).map(({ name }) => name);
  const order = { type: 'string', description: `One of ${sortable.join(', ')}; with - before it, downwards; several by commas`, ...(table.order ? { default: table.order } : {}) };
  return [
    ...filters,
    ...(table.searchable ? [query('q', { type: 'string', maxLength: 200 }, 'Search in names and titles')] : []),
    ...(sortable.length > 0 ? [query('sort', order, 'Order')] : []),
    ...(table.columns.some(({ privacy }) => privacy === 3) ? [parameter('Include')] : []),
    parameter('Limit'),
    parameter('Cursor'),
    parameter('After'),
  ];
}

function filtersOf({ name, doc, type, field, privacy }: ShownColumn): Parameter[] {
  const value: JsonSchema = valueOf(type);
  const closed = field?.kind === 'choice' && field.values ? { ...value, examples: field.values } : value;
  const any = { type: 'array', items: closed };
  const isOrdered = ordered.has(type) || type.startsWith('numeric');
  return [
    { ...query(name, any, `${doc}; repeated for any of several`), style: 'form', explode: true },
    ...(isOrdered ? RANGES.map((range) => query(`${name}[${range}]`, value, '')) : []),
    // What is sealed is found by its exact value alone.
    ...(privacy === 3 ? [] : [query(`${name}[ne]`, value, '')]),
    query(`${name}[null]`, { type: 'boolean' }, ''),
  ];
}

function valueOf(type: string): JsonSchema {
  if (type === 'uuid') return { type: 'string', format: 'uuid' };
  if (type === 'date') return { type: 'string', format: 'date' };
  if (type === 'timestamptz') return { type: 'string', format: 'date-time' };
  if (type === 'bigint' || type === 'integer' || type === 'smallint') return { type: 'integer' };
  return type === 'boolean' ? { type: 'boolean' } : { type: 'string' };
}
