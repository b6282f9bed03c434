import { createHash } from 'node:crypto';
import type { Catalogue, ChildTable } from '../../src/kernel/catalogue.js';
import type { EntityDeclaration } from '../../src/kernel/entity.js';
import { fieldsOf, type ClassOf, type Field } from '../../src/kernel/fields.js';
import { columnName, columnsOf, KEYS_COLUMN, STATE_COLUMN, streamColumns } from './columns.js';
import { columnsWith, type Column, type HandWrittenProjection, type ReadTable } from './projection.js';
import type { Cell } from './cells.js';
import { builtFoldCode, type FoldCode } from './fold-code.js';

/** Everything the engine must know of a table that it makes. */
export interface TableDefinition extends ReadTable {
  /** All columns in their order, `id` and `organization_id` first, technical ones last. */
  readonly columns: readonly Cell[];
  readonly key: readonly string[];
  /** Rows of the platform that an organisation sees where they are its members. */
  readonly members: boolean;
}

/** Table of an entity, or of children of one. */
export interface DerivedTable extends TableDefinition {
  readonly fields: readonly Field[];
  /** Names of fields that no column shows. */
  readonly hidden: readonly string[];
  /** Of children: the column with the parent's id, and the field of the state that holds them. */
  readonly parent?: { readonly column: string; readonly field: string };
}

/** What is built, swapped and checkpointed as one: an entity with its children, or a projection written by hand. */
export interface Projection {
  readonly name: string;
  readonly tables: readonly TableDefinition[];
  /** Changes when the rows would: then the tables are built anew. */
  readonly hash: string;
  readonly derived?: { readonly entity: EntityDeclaration; readonly main: DerivedTable; readonly children: readonly DerivedTable[] };
  readonly handWritten?: HandWrittenProjection;
  /** Types of event that a hand-written one is told of. */
  readonly on?: ReadonlySet<string>;
}

const column = columnsWith({ nullable: false, privacy: 1 });
const ID = column('id', 'uuid', 'Id');
const ORGANIZATION = column('organization_id', 'uuid', 'Organisation that it belongs to');

/**
 * The projections of a catalogue's entities and of what was written by hand.
 * @param code hashes of the code that makes their rows; those of this build unless given.
 * @throws Error where two want one table.
 */
export function projectionsOf(catalogue: Catalogue, handWritten: readonly HandWrittenProjection[] = [], code = builtFoldCode()): Projection[] {
  const all = [...catalogue.entities.map((entity) => derived(catalogue, entity, code)), ...handWritten.map((one) => byHand(catalogue, one, code))];
  const tables = all.flatMap((projection) => projection.tables.map(({ name }) => name));
  const twice = tables.find((name, index) => tables.indexOf(name) !== index);
  if (twice) throw new Error(`Two projections write the table ${twice}: one physical table has one writer.`);
  return all;
}

function derived(catalogue: Catalogue, entity: EntityDeclaration, code: FoldCode): Projection {
  const main = entityTable(entity);
  const children = catalogue.childTables.filter((child) => child.entity === entity).map((child) => childTable(entity, child));
  const tables = [main, ...children];
  return { name: entity.table, tables, derived: { entity, main, children }, hash: hashOf(tables, [code.rows, foldOf(catalogue, new Set<ClassOf>([entity.state]), code)]) };
}

/** The fold is part of what the rows mean: an event that applies itself differently, by code of its own or that it calls, asks for other rows. */
const foldOf = (catalogue: Catalogue, of: ReadonlySet<ClassOf>, code: FoldCode) =>
  catalogue.events.filter(({ entity }) => of.has(entity)).map(({ type, version, options, event }) => [type, version, options.to, String(event.prototype.apply), code.events[type]]);

function byHand(catalogue: Catalogue, projection: HandWrittenProjection, code: FoldCode): Projection {
  const tables = projection.tables.map(handWrittenTable);
  const { name, on, version, apply } = projection;
  // It may look at the state of each event's own stream.
  const of = new Set(catalogue.events.filter(({ type }) => on.includes(type)).map(({ entity }) => entity));
  const meaning = [version, on, String(apply), code.projections[name] ?? code.rows, foldOf(catalogue, of, code)];
  return { name, tables, handWritten: projection, on: new Set(on), hash: hashOf(tables, meaning) };
}

function entityTable(entity: EntityDeclaration): DerivedTable {
  refuseMixed(entity.table, entity.fields);
  const hidden = hiddenOf(entity.fields);
  const reference: Column = { name: 'reference', type: 'text', nullable: true, doc: 'Reference that people use', privacy: 1 };
  const own = withIndexes(fieldCells(entity.fields));
  return {
    name: entity.table,
    key: ['organization_id', 'id'],
    members: entity.options.home === 'platform',
    fields: entity.fields,
    hidden,
    columns: [ID, ORGANIZATION, ...(entity.options.reference ? [reference] : []), ...own, ...streamColumns, ...technical(own, hidden)],
    indexes: [...referenceIndexes(own), ['created_at', 'id'], ...(entity.options.reference ? [['reference']] : [])],
  };
}

function childTable(entity: EntityDeclaration, child: ChildTable): DerivedTable {
  const fields = child.fields.filter(({ name }) => name !== 'id');
  refuseMixed(child.table, fields);
  const hidden = hiddenOf(fields);
  const parentField = child.field.parent ?? `${entity.options.category}Id`;
  const parent = columnName(parentField);
  const own = withIndexes(fieldCells(fields)).filter(({ name }) => name !== parent);
  const parentColumn: Column = { name: parent, type: 'uuid', nullable: false, doc: `The row of ${entity.table} that it belongs to`, privacy: 1 };
  const erased = streamColumns.filter(({ name }) => name === 'erased_at');
  return {
    name: child.table,
    key: ['organization_id', parent, 'id'],
    members: entity.options.home === 'platform',
    fields,
    hidden,
    parent: { column: parent, field: child.field.name },
    columns: [ID, ORGANIZATION, parentColumn, column('ordinal', 'integer', 'Place among its siblings, from 0'), ...own, ...erased, ...technical(own, hidden)],
    indexes: [...referenceIndexes(own).filter(([name]) => name !== parent), ['id']],
  };
}

function handWrittenTable(table: ReadTable): TableDefinition {
  const listed = table.columns.filter(({ name }) => name !== 'id' && name !== 'organization_id');
  const erasable = listed.some(({ privacy }) => privacy >= 2);
  if (table.appended && erasable) throw new Error(`${table.name} is only added to, and would have to be changed by an erasure: a personal column belongs elsewhere.`);
  const erased = streamColumns.filter(({ name }) => name === 'erased_at' && erasable);
  return {
    ...table,
    key: ['organization_id', 'id'],
    members: false,
    columns: [ID, ORGANIZATION, ...listed, ...erased, ...(erasable ? [KEYS_COLUMN] : [])],
  };
}

const hiddenOf = (fields: readonly Field[]): string[] => fields.filter(({ kind }) => kind === 'hidden').map(({ name }) => name);

/** A group is erased as it is sealed: as a whole. */
function refuseMixed(table: string, fields: readonly Field[]): void {
  for (const { name, of, kind, privacy } of fields) {
    if (!of || kind === 'children' || privacy.class >= 2) continue;
    const inner = fieldsOf(of()).find((one) => one.privacy.class >= 2);
    if (inner) throw new Error(`${table}: ${name}.${inner.name} is personal inside a clear group: make ${name} itself personal, or ${inner.name} a field of its own.`);
  }
}

const fieldCells = (fields: readonly Field[]): Cell[] =>
  columnsOf(fields).map((one) => ('field' in one ? { ...one, kind: one.field.kind } : one));

/** A blind index stands beside the value that it finds; it is personal itself. */
function withIndexes(cells: readonly Cell[]): Cell[] {
  return cells.flatMap((cell) => {
    const field = 'field' in cell ? (cell.field as Field) : undefined;
    if (!field?.blind) return [cell];
    const doc = `Blind index of ${cell.name}: finds an exact value without telling it`;
    return [cell, { name: `${cell.name}_index`, type: 'text', nullable: true, doc, privacy: 2 as const, kind: 'choice' as const }];
  });
}

const technical = (own: readonly Column[], hidden: readonly string[]): Column[] => [
  ...(hidden.length > 0 ? [STATE_COLUMN] : []),
  ...(own.some(({ privacy }) => privacy >= 2) ? [KEYS_COLUMN] : []),
];

const referenceIndexes = (cells: readonly Cell[]): string[][] =>
  cells.filter(({ kind, name }) => kind === 'ref' || name === 'status' || name.endsWith('_index')).map(({ name }) => [name]);

/** Names of a projection's physical tables in one of its versions. */
export const physicalName = (table: string, version: number): string => `${table}__${version}`;

function hashOf(tables: readonly TableDefinition[], meaning: unknown): string {
  const shape = tables.map(({ name, columns, indexes, found, key }) => [name, key, found ? [found, indexes] : indexes, columns.map((one) => [one.name, one.type, one.generated, one.privacy])]);
  return createHash('sha256').update(JSON.stringify([shape, meaning])).digest('hex').slice(0, 32);
}
