import { jsonName } from '../../../projections/engine/columns.js';
import type { PublicTable } from '../../../projections/engine/public-views.js';
import type { Column } from '../../../projections/engine/projection.js';
import type { Catalogue } from '../../kernel/catalogue.js';
import type { EntityDeclaration } from '../../kernel/entity.js';
import type { Field } from '../../kernel/fields.js';
import type { Privacy } from '../../kernel/privacy.js';
import type { ReadColumn, ReadSchema } from '../parts.js';

/** A column that can be read, as SQL and as answers have it. */
export interface ReadableColumn extends ReadColumn {
  /** snake_case. */
  readonly column: string;
  /** Whom it is shown to. */
  readonly classification: Privacy;
  readonly field?: Field;
  /** Column with the blind index by which an exact value is found; the value itself is sealed. */
  readonly blindIndex?: string;
}

/** A table that can be read, and how. */
export interface ReadableTable extends Omit<ReadSchema, 'columns'> {
  readonly columns: readonly ReadableColumn[];
  /** Columns by which no two rows of an organisation are alike: the end of every order. */
  readonly unique: readonly string[];
  /** Column in which a young person's own rows have their id; undefined where nothing is theirs. */
  readonly resident?: string;
  /** Columns that say to whom alone a row is shown, and which table they must be able to read. */
  readonly shownTo?: { readonly user: string; readonly about?: string };
  /** Columns that `q=` searches. */
  readonly search: readonly ReadableColumn[];
}

const UNORDERED = new Set(['jsonb', 'text[]']);
/** Type of the decimal columns that stand beside pence. */
const POUNDS = 'numeric(14,2)';

/**
 * Every table that can be read: of entities, of their children, of hand-written projections, and views.
 * @throws Error where a column is personal and does not say of which scope, or rows have no id.
 */
export function readableTables(catalogue: Catalogue, shown: readonly PublicTable[]): ReadableTable[] {
  return shown.map((table) => readable(catalogue, table));
}

/** The same for whoever documents them. */
export const readSchemas = (tables: readonly ReadableTable[]): ReadSchema[] =>
  tables.map(({ table, doc, columns, searchable, order }) => ({
    table,
    doc,
    columns: columns.map(({ name, type, nullable, doc: about, privacy, filterable, sortable }) => ({ name, type, nullable, doc: about, privacy, filterable, sortable })),
    ...(searchable ? { searchable } : {}),
    ...(order ? { order } : {}),
  }));

function readable(catalogue: Catalogue, shown: PublicTable): ReadableTable {
  const { name: table, table: base } = shown;
  const entity = catalogue.entity(table);
  const child = catalogue.childTable(table);
  const fields = entity?.fields ?? child?.fields ?? [];
  const blind = new Set(shown.columns.filter((column) => fieldIn(column)?.blind).map(({ name }) => `${name}_index`));
  // Decimals are for reports on the database; answers have the pence. Blind indexes are for searching alone.
  const columns = shown.columns
    .filter(({ name, type, generated }) => !generated && type !== POUNDS && !blind.has(name))
    .map((column) => readableColumn(table, column, fieldIn(column) ?? fields.find((field) => field.name === jsonName(column.name)), blind));
  if (!columns.some(({ column }) => column === 'id')) throw new Error(`The rows of ${table} have no id: give the view one.`);
  const search = (entity?.options.search ?? []).flatMap((name) => columns.find((column) => column.name === name && column.type === 'text') ?? []);
  const reference = columns.find(({ column }) => column === 'reference');
  const resident = table === 'residents' ? 'id' : columns.find(({ column }) => column === 'resident_id')?.column;
  return {
    table,
    doc: entity?.doc ?? child?.field.doc ?? `Read table ${table.replaceAll('_', ' ')}.`,
    columns,
    unique: base ? base.key.filter((name) => name !== 'organization_id') : ['id'],
    search: search.length > 0 && reference ? [...search, reference] : search,
    ...(search.length > 0 ? { searchable: true } : {}),
    ...(shown.view?.order ? { order: shown.view.order } : {}),
    ...(resident ? { resident } : {}),
    ...shownTo(entity, columns),
  };
}

/** The columns of the fields that an entity names for it. */
function shownTo(entity: EntityDeclaration | undefined, columns: readonly ReadableColumn[]): Pick<ReadableTable, 'shownTo'> {
  const to = entity?.options.shownTo;
  if (!to) return {};
  const columnOf = (field: string): string => {
    const found = columns.find(({ name }) => name === field);
    if (!found) throw new Error(`${entity.table} has no column of ${field}, which says to whom its rows are shown.`);
    return found.column;
  };
  return { shownTo: { user: columnOf(to.user), ...(to.about ? { about: columnOf(to.about) } : {}) } };
}

const fieldIn = (column: Column): Field | undefined => ('field' in column ? (column.field as Field) : undefined);

function readableColumn(table: string, column: Column, field: Field | undefined, blind: ReadonlySet<string>): ReadableColumn {
  const { name, type, nullable, doc, privacy, scope, sensitive } = column;
  const classification: Privacy = fieldIn(column)?.privacy ?? { class: privacy, ...(scope ? { scope } : {}), ...(sensitive ? { sensitive } : {}) };
  if (classification.class >= 2 && !classification.scope) {
    throw new Error(`Column ${name} of ${table} is of class ${classification.class} and names no scope: nobody would ever see it.`);
  }
  const hasIndex = privacy === 3 && blind.has(`${name}_index`);
  return {
    name: field?.name ?? jsonName(name),
    column: name,
    type,
    nullable,
    doc,
    privacy,
    classification,
    filterable: hasIndex || (privacy < 3 && type !== 'jsonb'),
    sortable: privacy < 3 && !UNORDERED.has(type),
    ...(field ? { field } : {}),
    ...(hasIndex ? { blindIndex: `${name}_index` } : {}),
  };
}
