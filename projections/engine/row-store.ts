import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type pg from 'pg';
import { failpoint } from '../../src/platform/failpoint.js';
import type { Cells } from './cells.js';
import { physicalName, type DerivedTable, type TableDefinition } from './derived-tables.js';
import { columnArray } from './column-arrays.js';
import { copyIn, copyText } from './copied-rows.js';
import type { Column } from './projection.js';
import type { Row } from './rows.js';

/** Whose rows: an organisation and an id. The organisation is part of every key. */
export interface RowKey {
  readonly organizationId: string;
  readonly id: string;
}

/** Values that rows of an organisation are looked for by. */
export interface Wanted {
  readonly organizationId: string;
  readonly where: Readonly<Cells>;
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const list = (names: readonly string[]): string => names.map(quoted).join(', ');

/** Name of a physical table in SQL. */
export const physical = (table: TableDefinition, version: number): string => `read.${quoted(physicalName(table.name, version))}`;

/**
 * The statements by which rows are read and written: one each for all rows of a batch.
 */
export class RowStore {
  private last: Promise<unknown> = Promise.resolve();
  private underway: Promise<unknown>[] = [];
  private failure: { readonly error: unknown } | undefined;

  constructor(
    private readonly client: pg.ClientBase,
    private readonly tables: KnownTables = { shapes: new Map(), copied: new Set() },
  ) {}

  /** Rows by their keys. */
  async load(table: TableDefinition, version: number, keys: readonly RowKey[]): Promise<Row[]> {
    if (keys.length === 0) return [];
    const text = `select t.* from unnest($1::uuid[], $2::uuid[]) k(o, i)
      join ${physical(table, version)} t on t.organization_id = k.o and t.id = k.i`;
    return (await this.send<Row>({ text, values: columnsOf(keys) })).rows;
  }

  /** The children of some parents, in their order. */
  async loadChildren(table: DerivedTable, version: number, parents: readonly RowKey[]): Promise<Row[]> {
    if (parents.length === 0) return [];
    const parent = quoted(table.parent!.column);
    const text = `select t.* from unnest($1::uuid[], $2::uuid[]) k(o, i)
      join ${physical(table, version)} t on t.organization_id = k.o and t.${parent} = k.i order by t.${parent}, t.ordinal`;
    return (await this.send<Row>({ text, values: columnsOf(parents) })).rows;
  }

  /** For each of these, the rows of an organisation that have these values; all name the same columns. */
  async where(table: TableDefinition, version: number, wanted: readonly Wanted[]): Promise<Row[][]> {
    const found = wanted.map((): Row[] => []);
    const names = Object.keys(wanted[0]?.where ?? {});
    // Null equals nothing: which columns are to be null is part of the question's text.
    for (const group of Map.groupBy(wanted.keys(), (at) => names.filter((name) => wanted[at]!.where[name] === null).join()).values()) {
      const given = names.filter((name) => wanted[group[0]!]!.where[name] !== null);
      const values = [group.map((at) => wanted[at]!.organizationId), ...given.map((name) => group.map((at) => wanted[at]!.where[name]))];
      for (const { _wanted, ...row } of (await this.send<Row>({ text: this.whereText(table, version, names, given), values })).rows) found[group[Number(_wanted) - 1]!]!.push(row);
    }
    return found;
  }

  private whereText(table: TableDefinition, version: number, names: readonly string[], given: readonly string[]): string {
    const types = new Map(table.columns.map((column) => [column.name, column.type]));
    const unknown = names.find((name) => !types.has(name));
    if (unknown) throw new Error(`${table.name} has no column ${unknown}.`);
    const arrays = given.map((name, index) => `$${index + 2}::${types.get(name)}[]`);
    const conditions = names.map((name) => (given.includes(name) ? `t.${quoted(name)} = k.${quoted(name)}` : `t.${quoted(name)} is null`));
    return `select k._wanted, t.* from unnest(${['$1::uuid[]', ...arrays].join(', ')}) with ordinality k(_organization, ${[...given.map(quoted), '_wanted'].join(', ')})
      join ${physical(table, version)} t on ${['t.organization_id = k._organization', ...conditions].join(' and ')} order by t.id`;
  }

  /**
   * Inserts rows or replaces what they name of those that are there. All have the same columns. Resolves when they are on
   * their way: while the database writes a part, the next is put together here. What is read afterwards sees them.
   */
  async upsert(table: TableDefinition, version: number, rows: Iterable<Cells>): Promise<void> {
    for (const part of inParts(rows)) {
      const statement = this.upserting(table, version, part);
      if (!statement) return;
      await this.sendAhead(() => this.client.query(statement));
    }
  }

  /** As `upsert`, of rows that are certainly not there. */
  async insert(table: TableDefinition, version: number, rows: Iterable<Cells>): Promise<void> {
    if (!this.copies(table, version)) return this.upsert(table, version, rows);
    for (const part of inParts(rows)) {
      const columns = table.columns.filter(({ name, generated }) => !generated && name in part[0]!);
      await this.copy(table, version, columns.map(({ name }) => name), copyText(columns, part));
    }
  }

  /** Whether rows may be copied into this table. */
  copies(table: TableDefinition, version: number): boolean {
    return this.tables.copied.has(physicalName(table.name, version));
  }

  /** As `insert`, of rows that are written already. @param text as `lineOf` makes it of these columns */
  async copy(table: TableDefinition, version: number, names: readonly string[], text: string): Promise<void> {
    await this.sendAhead(() => copyIn(this.client, `copy ${physical(table, version)} (${list(names)}) from stdin`, text));
  }

  private async sendAhead(work: () => Promise<unknown>): Promise<void> {
    this.underway.push(this.inTurn(work));
    await nextTurn();
    if (this.underway.length > AHEAD) await this.underway.shift();
  }

  /** Resolves when everything is written: none of it may come after the end of the transaction. @throws what failed first. */
  async written(): Promise<void> {
    await this.last;
    if (this.failure) throw this.failure.error;
  }

  /** One statement at a time, in their order. */
  private send<R extends pg.QueryResultRow>(statement: pg.QueryConfig): Promise<pg.QueryResult<R>> {
    return this.inTurn(() => this.client.query<R>(statement));
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const sent = this.last.then(async () => {
      failpoint('rows.beforeStatement');
      const answer = await work();
      failpoint('rows.afterStatement');
      return answer;
    });
    // The first failure is the one that says why: those that come after it in the transaction only say that it is over.
    this.last = sent.catch((error: unknown) => void (this.failure ??= { error }));
    return sent;
  }

  private upserting(table: TableDefinition, version: number, rows: readonly Cells[]): pg.QueryConfig | undefined {
    const [first] = rows;
    const shape = this.tables.shapes.get(physicalName(table.name, version));
    if (!first || (shape && !table.key.every((name) => shape.has(name)))) return undefined;
    const columns = table.columns.filter(({ name, generated }) => !generated && name in first && (shape?.has(name) ?? true));
    const names = columns.map(({ name }) => name);
    const changed = names.filter((name) => !table.key.includes(name));
    const update = changed.map((name) => `${quoted(name)} = excluded.${quoted(name)}`).join(', ');
    const { values, source, selected } = asArrays(columns, rows);
    const text = `insert into ${physical(table, version)} (${list(names)}) select ${selected} from ${source}
      on conflict (${list(table.key)}) do ${update ? `update set ${update}` : 'nothing'}`;
    // Of few rows the planning takes longest: it is done once.
    return { text, values, ...(rows.length <= FEW ? { name: createHash('sha1').update(text).digest('hex') } : {}) };
  }

  async delete(table: TableDefinition, version: number, keys: readonly RowKey[]): Promise<void> {
    if (keys.length === 0) return;
    const text = `delete from ${physical(table, version)} t using unnest($1::uuid[], $2::uuid[]) k(o, i)
      where t.organization_id = k.o and t.id = k.i`;
    await this.send({ text, values: columnsOf(keys) });
  }

  /** Deletes the children that their parents no longer have. */
  async deleteVanished(table: DerivedTable, version: number, parents: readonly (RowKey & { readonly kept: readonly string[] })[]): Promise<void> {
    const shape = this.tables.shapes.get(physicalName(table.name, version));
    if (parents.length === 0 || (shape && !table.key.every((name) => shape.has(name)))) return;
    const text = `delete from ${physical(table, version)} t using jsonb_to_recordset($1::jsonb) k(o uuid, i uuid, kept uuid[])
      where t.organization_id = k.o and t.${quoted(table.parent!.column)} = k.i and t.id <> all (k.kept)`;
    await this.send({ text, values: [JSON.stringify(parents.map(({ organizationId, id, kept }) => ({ o: organizationId, i: id, kept })))] });
  }
}

/** Rows of one statement: what is sent at once stays far below what slows the database down. */
export const PART = 1_000;
/** Parts that are ready while one is written. */
const AHEAD = 1;

function* inParts(rows: Iterable<Cells>): Generator<Cells[]> {
  let part: Cells[] = [];
  for (const row of rows) {
    part.push(row);
    if (part.length < PART) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}

/** Up to so many rows a statement names every column, so that its text stays the same. */
const FEW = 50;

/** Rows as a table of arrays; of many rows, the columns in which none has a value are left out. */
function asArrays(columns: readonly Column[], rows: readonly Cells[]): { values: (Buffer | null)[]; source: string; selected: string } {
  const values: (Buffer | null)[] = [];
  const names: string[] = [];
  const selected = columns.map(({ name, type }) => {
    const array = columnArray(rows, name, type);
    if (!array && rows.length > FEW) return `null::${type}`;
    values.push(array ?? null);
    names.push(quoted(name));
    return `x.${quoted(name)}::${type}`;
  });
  const arrays = values.map((_, index) => `$${index + 1}::text[]`);
  return { values, source: `unnest(${arrays.join(', ')}) x(${names.join(', ')})`, selected: selected.join(', ') };
}

const columnsOf = (keys: readonly RowKey[]): string[][] => [keys.map((key) => key.organizationId), keys.map((key) => key.id)];

/** What is known of physical tables, by their names. */
export interface KnownTables {
  /** Which columns tables really have that were made for another definition: the others are left out. */
  readonly shapes: ReadonlyMap<string, ReadonlySet<string>>;
  /** Those that new rows may be copied into. */
  readonly copied: ReadonlySet<string>;
}

/** The columns that tables and their definitions agree on, in name and type; for versions of another definition. */
export async function shapesOf(client: pg.ClientBase, tables: readonly (readonly [TableDefinition, number])[]): Promise<KnownTables['shapes']> {
  if (tables.length === 0) return new Map();
  const names = tables.map(([table, version]) => physicalName(table.name, version));
  const { rows } = await client.query<{ table: string; name: string; type: string }>(
    `select c.relname as table, a.attname as name, format_type(a.atttypid, a.atttypmod) as type
       from pg_attribute a join pg_class c on c.oid = a.attrelid
      where c.relnamespace = 'read'::regnamespace and c.relname = any ($1) and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''`,
    [names],
  );
  const alias = (type: string): string => type.replace('timestamp with time zone', 'timestamptz');
  return new Map(tables.map(([table, version], index) => {
    const types = new Map(table.columns.map(({ name, type }) => [name, type]));
    const there = rows.filter((row) => row.table === physicalName(table.name, version) && types.get(row.name) === alias(row.type));
    return [names[index]!, new Set(there.map(({ name }) => name))];
  }));
}
