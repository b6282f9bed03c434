import { isUuid } from '../../src/kernel/values.js';
import type { DecodedEvent } from '../../src/privacy/codec.js';
import { wantsOpening, writeCell, type Cells, type Openings } from './cells.js';
import type { TableDefinition } from './derived-tables.js';
import { mapped } from './mapped.js';
import type { Column, ColumnValue, RowChange } from './projection.js';
import type { RowKey, RowStore, Wanted } from './row-store.js';
import { readRow, type Row } from './rows.js';

type Values = Readonly<Record<string, ColumnValue>>;

/** A row as this batch leaves it: what it changed, or that it deleted it. */
interface Pending extends RowKey {
  /** Undefined: deleted. */
  values: Record<string, ColumnValue> | undefined;
  /** Whether a row that was there before has been deleted on the way, so that nothing of it is kept. */
  replaced: boolean;
  /** It has the event's own id: there was none of it before. */
  readonly added: boolean;
}

/** The rows of one hand-written table while a batch is worked on. */
export interface ChangedRows {
  readonly table: TableDefinition;
  /** @throws Error where the change does not fit the table or is of another organisation than its event. */
  change(change: RowChange, event: DecodedEvent): void;
  /** A row as it is now. */
  row(organizationId: string, id: string): Promise<Values | undefined>;
  /** Rows of an organisation that have these values now, by id. */
  matching(organizationId: string, where: Values): Promise<readonly Values[]>;
  /** Finds, in one question, what `matching` is about to be asked for. */
  lookUp(wanted: readonly Wanted[]): Promise<void>;
  /** The values that have to be opened before the rows can be written. */
  personalValues(): Iterable<unknown>;
  /** Writes what has changed. */
  write(openings: Openings): Promise<void>;
}

/** @param names of the columns that may be given. @throws Error where a change does not fit its table, or is of another organisation than its event. */
export function refuseForeign({ table, organizationId, id, values }: RowChange, event: DecodedEvent, names: ReadonlySet<string>): void {
  if (organizationId !== event.metadata.organizationId) throw new Error(`A row of ${table} belongs to another organisation than its event.`);
  if (!isUuid(id)) throw new Error(`The id of a row of ${table} is no UUID.`);
  const unknown = Object.keys(values ?? {}).find((name) => !names.has(name));
  if (unknown) throw new Error(`${table} has no column ${unknown}.`);
}

/** Rows of a table that may change again: the last that a batch makes of them is written. */
export class PendingRows implements ChangedRows {
  private readonly pending = new Map<string, Pending>();
  private readonly columns: ReadonlySet<string>;
  /** What was looked up, until something is written. */
  private readonly answers = new Map<string, readonly Row[]>();

  constructor(
    readonly table: TableDefinition,
    readonly version: number,
    private readonly rows: RowStore,
  ) {
    this.columns = new Set(table.columns.map(({ name }) => name));
  }

  change(change: RowChange, event: DecodedEvent): void {
    refuseForeign(change, event, this.columns);
    const { organizationId, id, values } = change;
    const key = `${organizationId}|${id}`;
    const before = this.pending.get(key);
    this.pending.set(key, {
      organizationId,
      id,
      values: values && { ...before?.values, ...values },
      replaced: before?.replaced === true || values === undefined,
      added: before ? before.added : id === event.stored.id,
    });
  }

  async row(organizationId: string, id: string): Promise<Values | undefined> {
    const [stored] = await this.rows.load(this.table, this.version, [{ organizationId, id }]);
    return this.merged(stored && readRow(this.table.columns, stored), this.pending.get(`${organizationId}|${id}`));
  }

  async lookUp(wanted: readonly Wanted[]): Promise<void> {
    const fresh = new Map(wanted.map((one) => [questionOf(one), one]).filter(([question]) => !this.answers.has(question as string)) as [string, Wanted][]);
    for (const group of Map.groupBy(fresh.values(), ({ where }) => Object.keys(where).join()).values()) {
      const found = await this.rows.where(this.table, this.version, group);
      group.forEach((one, index) => this.answers.set(questionOf(one), found[index]!));
    }
  }

  async matching(organizationId: string, where: Values): Promise<readonly Values[]> {
    const one = { organizationId, where };
    const stored = this.answers.get(questionOf(one)) ?? (await this.rows.where(this.table, this.version, [one]))[0]!;
    const found = new Map<string, Values>();
    for (const row of stored) found.set(String(row['id']), readRow(this.table.columns, row));
    const wanted = Object.entries(where);
    for (const changed of this.pending.values()) {
      if (changed.organizationId !== organizationId) continue;
      const { id, values } = changed;
      // Most of what has changed says itself that it is not meant: the row need not be seen for that.
      const other = !values || wanted.some(([name, value]) => name in values && !sameValue(values[name], value));
      const now = other ? undefined : await this.seen(changed, found.get(id));
      if (now && wanted.every(([name, value]) => sameValue(now[name], value))) found.set(id, now);
      else found.delete(id);
    }
    return [...found.values()].sort((a, b) => (String(a['id']) < String(b['id']) ? -1 : 1));
  }

  /** A changed row as it is now; one that says all its columns anew, or was not there, is not asked for. */
  private async seen(changed: Pending, stored: Values | undefined): Promise<Values | undefined> {
    const { organizationId, id, values, replaced, added } = changed;
    const whole = replaced || added || [...this.columns].every((name) => name === 'id' || name === 'organization_id' || (values !== undefined && name in values));
    return stored || whole ? this.merged(stored, changed) : this.row(organizationId, id);
  }

  private merged(stored: Values | undefined, pending: Pending | undefined): Values | undefined {
    if (!pending) return stored;
    if (!pending.values) return undefined;
    const empty = Object.fromEntries(this.table.columns.map(({ name }) => [name, null]));
    const ids = { id: pending.id, organization_id: pending.organizationId };
    return { ...empty, ...(pending.replaced ? {} : stored), ...pending.values, ...ids };
  }

  *personalValues(): Generator<unknown> {
    const personal = this.table.columns.filter(({ privacy }) => privacy === 2);
    for (const { values } of this.pending.values()) for (const column of personal) if (values && wantsOpening(column, values[column.name])) yield values[column.name];
  }

  /** Writes what has changed: one statement for each set of columns. */
  async write(openings: Openings): Promise<void> {
    this.answers.clear();
    const all = [...this.pending.values()];
    if (all.length === 0) return;
    this.pending.clear();
    await this.rows.delete(this.table, this.version, all.filter(({ replaced }) => replaced));
    const kept = all.filter(({ values }) => values !== undefined);
    const complete = this.columns.has('_keys') ? await this.withKeys(kept) : kept;
    for (const [names, group] of Map.groupBy(complete, ({ values }) => Object.keys(values!).join())) {
      const columns = this.written(names.split(','));
      const rowsOf = (some: readonly Pending[]): Iterable<Cells> =>
        mapped(some, ({ organizationId, id, values }) => this.cellsOf({ id, organization_id: organizationId }, columns, values!, openings));
      await this.rows.insert(this.table, this.version, rowsOf(group.filter(({ added }) => added)));
      await this.rows.upsert(this.table, this.version, rowsOf(group.filter(({ added }) => !added)));
    }
  }

  /** Which keys a row's values are sealed under is known of whole rows only. */
  private async withKeys(changed: readonly Pending[]): Promise<Pending[]> {
    const stored = await this.rows.load(this.table, this.version, changed.filter(({ replaced, added }) => !replaced && !added));
    const byKey = new Map(stored.map((row: Row) => [`${String(row['organization_id'])}|${String(row['id'])}`, readRow(this.table.columns, row)]));
    return changed.map((one) => {
      const values = { ...this.merged(byKey.get(`${one.organizationId}|${one.id}`), one) };
      return { ...one, values };
    });
  }

  /** Of the columns with these names, those that are written as they are given. */
  private written(names: readonly string[]): readonly Column[] {
    const own = new Set(names);
    return this.table.columns.filter(({ name, generated }) => own.has(name) && !generated && !['id', 'organization_id', '_keys'].includes(name));
  }

  private cellsOf(cells: Cells, columns: readonly Column[], values: Values, openings: Openings): Cells {
    const keys: Record<string, Record<string, unknown>> = {};
    for (const column of columns) writeCell(cells, keys, column, values[column.name], openings);
    if (this.columns.has('_keys')) cells['_keys'] = Object.keys(keys).length > 0 ? keys : null;
    return cells;
  }
}

const questionOf = ({ organizationId, where }: Wanted): string => `${organizationId}|${JSON.stringify(where)}`;

const sameValue = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
