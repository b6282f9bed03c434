import type { State } from '../../src/kernel/entity.js';
import type { Field } from '../../src/kernel/fields.js';
import { keysByColumn, readCell, writeCell, type Cells, type Keys, type Openings } from './cells.js';
import { columnName, jsonName } from './columns.js';
import type { DerivedTable, Projection } from './derived-tables.js';
import type { ColumnValue } from './projection.js';

/** A row as the database gives it. */
export type Row = Readonly<Record<string, unknown>>;
type Values = Record<string, unknown>;
type Derived = NonNullable<Projection['derived']>;

/** What a row says about its stream; `erased_at` aside, which purging alone writes. */
export interface StreamFacts {
  stream_revision: number;
  readonly created_at: string;
  readonly created_by: string;
  updated_at: string;
  updated_by: string;
  last_event_id: string;
  last_position: number;
  stale_reason: string | null;
}

/** The fields' columns of a table, blind indexes included, with the property that each keeps. */
function* kept(table: DerivedTable): Generator<{ cell: DerivedTable['columns'][number]; property: string }> {
  const byColumn = new Map<string, Field>(table.fields.map((field) => [columnName(field.name), field]));
  for (const cell of table.columns) {
    const field = byColumn.get(cell.name);
    if (field && !cell.generated) yield { cell, property: field.name };
    else if (cell.kind && cell.name.endsWith('_index')) yield { cell, property: jsonName(cell.name) };
  }
}

const layouts = new WeakMap<DerivedTable, { cell: DerivedTable['columns'][number]; property: string }[]>();
const layoutOf = (table: DerivedTable) => {
  let layout = layouts.get(table);
  if (!layout) layouts.set(table, (layout = [...kept(table)]));
  return layout;
};

/** The values among an object's that have to be opened before its row can be written. */
export function* personalValues(table: DerivedTable, values: object): Generator<unknown> {
  for (const { cell, property } of layoutOf(table)) if (cell.privacy === 2) yield (values as Values)[property];
}

function writeFields(table: DerivedTable, values: Values, openings: Openings, cells: Cells): void {
  const keys: Record<string, Record<string, unknown>> = {};
  for (const { cell, property } of layoutOf(table)) writeCell(cells, keys, cell, values[property], openings);
  if (table.columns.some(({ name }) => name === '_keys')) cells['_keys'] = Object.keys(keys).length > 0 ? keys : null;
  if (table.hidden.length > 0) {
    const hidden = table.hidden.filter((name) => values[name] !== undefined && values[name] !== null).map((name) => [name, values[name]]);
    cells['_state'] = hidden.length > 0 ? (Object.fromEntries(hidden) as object) : null;
  }
}

/**
 * The row of a folded state.
 * @throws Error where the state holds something that no field declares: it would be lost, silently, with the next batch.
 */
export function rowOf({ main, children }: Derived, state: State, facts: StreamFacts, openings: Openings): Cells {
  const values = state as unknown as Values;
  const cells: Cells = { id: state.id, organization_id: state.organizationId };
  if (main.columns.some(({ name }) => name === 'reference')) cells['reference'] = state.reference ?? null;
  writeFields(main, values, openings, cells);
  refuseUndeclared(main, values, [...children.map(({ parent }) => parent!.field), 'reference', 'organizationId']);
  return Object.assign(cells, facts);
}

const NO_CHILDREN: readonly object[] = [];
export const childrenOf = (state: State | undefined, field: string): readonly object[] =>
  ((state as unknown as Record<string, readonly object[] | undefined> | undefined)?.[field]) ?? NO_CHILDREN;

/** Children that are not the object they were, or stand elsewhere: `apply` replaces what it changes. */
export function changedChildren(field: string, state: State, loaded: State | undefined): { values: object; ordinal: number }[] {
  const before = childrenOf(loaded, field);
  return childrenOf(state, field).flatMap((values, ordinal) => (before[ordinal] === values ? [] : [{ values, ordinal }]));
}

/** The row of one child. */
export function childRowOf(table: DerivedTable, state: State, child: object, ordinal: number, openings: Openings): Cells {
  const values = child as Values;
  const cells: Cells = { id: String(values['id']), organization_id: state.organizationId };
  writeFields(table, values, openings, cells);
  refuseUndeclared(table, values, [jsonName(table.parent!.column)]);
  return Object.assign(cells, { [table.parent!.column]: state.id, ordinal });
}

function refuseUndeclared(table: DerivedTable, values: Values, others: readonly string[]): void {
  const known = declaredNames(table);
  for (const name of Object.keys(values)) {
    if (known.has(name) || others.includes(name) || values[name] === undefined || values[name] === null) continue;
    throw new Error(`${table.name} has a value "${name}" that no field declares: declare it, or it would be lost.`);
  }
}

const declared = new WeakMap<DerivedTable, ReadonlySet<string>>();
function declaredNames(table: DerivedTable): ReadonlySet<string> {
  let names = declared.get(table);
  if (!names) declared.set(table, (names = new Set(['id', ...table.hidden, ...layoutOf(table).map(({ property }) => property)])));
  return names;
}

function readFields(table: DerivedTable, row: Row, into: Values): void {
  const keys = keysByColumn(row['_keys'] as Keys | null);
  for (const { cell, property } of layoutOf(table)) {
    const value = readCell(cell, row[cell.name], keys);
    // What a class begins with is not what a row without a value has.
    if (value !== undefined || property in into) into[property] = value;
  }
  const hidden = (row['_state'] ?? {}) as Values;
  for (const name of table.hidden) if (name in hidden || name in into) into[name] = hidden[name];
}

/** The state that a row and its children's rows keep: the same that folding the stream gives. */
export function stateFromRow({ entity, main, children }: Derived, row: Row, childRows: ReadonlyMap<string, readonly Row[]>): State {
  const state = new entity.state();
  Object.assign(state, { id: row['id'], organizationId: row['organization_id'] });
  if (row['reference']) state.reference = String(row['reference']);
  readFields(main, row, state as unknown as Values);
  for (const table of children) {
    const of = entity.fields.find(({ name }) => name === table.parent!.field)!.of!;
    (state as unknown as Values)[table.parent!.field] = (childRows.get(table.name) ?? []).map((child) => {
      const values = Object.create(of().prototype as object) as Values;
      values['id'] = child['id'];
      const parent = jsonName(table.parent!.column);
      if (table.fields.some(({ name }) => name === parent)) values[parent] = child[table.parent!.column];
      readFields(table, child, values);
      return values;
    });
  }
  return state;
}

/** What a stored row says about its stream. */
export const factsOfRow = (row: Row): StreamFacts => ({
  stream_revision: Number(row['stream_revision']),
  created_at: String(row['created_at']),
  created_by: String(row['created_by']),
  updated_at: String(row['updated_at']),
  updated_by: String(row['updated_by']),
  last_event_id: String(row['last_event_id']),
  last_position: Number(row['last_position']),
  stale_reason: (row['stale_reason'] as string | null) ?? null,
});

/** Rows of the database as hand-written projections see them: personal values wrapped with their keys. */
export function readRow(columns: DerivedTable['columns'], row: Row): Record<string, ColumnValue> {
  const keys = keysByColumn(row['_keys'] as Keys | null);
  return Object.fromEntries(
    columns.map((column) => [column.name, (readCell(column, row[column.name], keys) ?? null) as ColumnValue]),
  );
}
