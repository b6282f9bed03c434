import type { DecodedEvent } from '../../src/privacy/codec.js';
import type { Cells } from './cells.js';
import { lineOf } from './copied-rows.js';
import type { TableDefinition } from './derived-tables.js';
import { refuseForeign, type ChangedRows } from './hand-written.js';
import type { RowChange } from './projection.js';
import type { RowStore } from './row-store.js';

/** The rows of a table that is only ever added to: a row that can be copied is written as text as soon as it is made. */
export class AppendedRows implements ChangedRows {
  private readonly names: ReadonlySet<string>;
  private readonly nothing: Readonly<Cells>;
  private readonly copies: boolean;
  private readonly line: ReturnType<typeof lineOf>;
  private text = '';
  private rest: Cells[] = [];

  constructor(
    readonly table: TableDefinition,
    private readonly version: number,
    private readonly rows: RowStore,
  ) {
    const columns = table.columns.filter(({ name, generated }) => !generated && name !== 'id' && name !== 'organization_id');
    this.names = new Set(columns.map(({ name }) => name));
    this.nothing = Object.fromEntries(columns.map(({ name }) => [name, null]));
    this.copies = rows.copies(table, version);
    this.line = lineOf(columns);
  }

  change(change: RowChange, event: DecodedEvent): void {
    refuseForeign(change, event, this.names);
    const { table, id, organizationId, values } = change;
    if (!values || id !== event.stored.id) throw new Error(`To ${table} rows are only added, each with the id of its event.`);
    if (this.copies) this.text += this.line(values as Cells, `${id}\t${organizationId}`);
    else this.rest.push({ ...this.nothing, ...values, id, organization_id: organizationId });
  }

  row(): Promise<never> {
    return Promise.reject(new Error(`Rows of ${this.table.name} are only added: nothing is decided on them.`));
  }

  matching(): Promise<never> {
    return this.row();
  }

  async lookUp(wanted: readonly unknown[]): Promise<void> {
    if (wanted.length > 0) await this.row();
  }

  personalValues(): Iterable<unknown> {
    return [];
  }

  async write(): Promise<void> {
    const { text, rest } = this;
    this.text = '';
    this.rest = [];
    if (text !== '') await this.rows.copy(this.table, this.version, ['id', 'organization_id', ...this.names], text);
    await this.rows.upsert(this.table, this.version, rest);
  }
}
