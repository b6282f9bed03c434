import type { Catalogue } from '../../kernel/catalogue.js';
import type { EntityDeclaration } from '../../kernel/entity.js';
import type { Field } from '../../kernel/fields.js';
import type { ReadColumn, ReadSchema } from '../parts.js';

/** A column that can be read, with what its declaration knows of it. */
export interface ShownColumn extends ReadColumn {
  readonly field?: Field;
}

/** A table that can be read, and what the declarations know of it. */
export interface ShownTable extends Omit<ReadSchema, 'columns'> {
  readonly columns: readonly ShownColumn[];
  /** `/api/v1/property-rooms`. */
  readonly path: string;
  /** Permission code that reading it takes. */
  readonly permission: string;
  /** Name of one row: `PropertyRoom`. */
  readonly type: string;
  /** Name of one and of many in GraphQL: `propertyRoom`, `propertyRooms`. */
  readonly one: string;
  readonly many: string;
  /** The entity whose table it is. */
  readonly entity?: EntityDeclaration;
  /** Of children: table of the parent, the field of the parent's state, and the column with the parent's id. */
  readonly parent?: { readonly table: string; readonly field: string; readonly column: string };
}

/** Shown by a page of its own, folded and opened for who asks, and not row by row. */
const SHOWN_ELSEWHERE = new Set(['audit_trail']);

/** Every table that can be read. @throws Error where two would have one name. */
export function shownTables(catalogue: Catalogue, schemas: readonly ReadSchema[]): ShownTable[] {
  const tables = schemas.filter(({ table }) => !SHOWN_ELSEWHERE.has(table)).map((schema) => shown(catalogue, schema));
  const types = tables.map(({ type }) => type);
  const twice = types.find((type, index) => types.indexOf(type) !== index);
  if (twice) throw new Error(`Two tables have rows called ${twice}: rename one.`);
  return tables;
}

function shown(catalogue: Catalogue, schema: ReadSchema): ShownTable {
  const entity = catalogue.entity(schema.table);
  const child = catalogue.childTable(schema.table);
  const fields = new Map((entity?.fields ?? child?.fields ?? []).map((field) => [field.name, field]));
  const many = camel(schema.table);
  const one = camel(singular(schema.table));
  return {
    ...schema,
    columns: schema.columns.map((column) => {
      const field = fields.get(column.name);
      return field ? { ...column, field } : column;
    }),
    path: `/api/v1/${schema.table.replaceAll('_', '-')}`,
    permission: `${child?.entity.table ?? schema.table}:read`,
    type: one[0]!.toUpperCase() + one.slice(1),
    one: one === many ? `${one}Entry` : one,
    many,
    ...(entity ? { entity } : {}),
    ...(child ? { parent: { table: child.entity.table, field: child.field.name, column: child.field.parent! } } : {}),
  };
}

const camel = (table: string): string => table.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

const IRREGULAR: Readonly<Record<string, string>> = { people: 'person', children: 'child', staff: 'staff' };

/** `tenancy_agreements` → `tenancy_agreement`; only the last word has a plural. */
function singular(table: string): string {
  const words = table.split('_');
  const last = words.pop()!;
  return [...words, IRREGULAR[last] ?? singularWord(last)].join('_');
}

function singularWord(word: string): string {
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (/(ss|sh|ch|x|us)es$/.test(word)) return word.slice(0, -2);
  return /[^s]s$/.test(word) ? word.slice(0, -1) : word;
}
