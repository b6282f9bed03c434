import type { State } from '../../src/kernel/entity.js';
import type { Scope } from '../../src/kernel/privacy.js';
import type { DecodedEvent } from '../../src/privacy/codec.js';

/** A value as PostgreSQL takes it. Instants and civil dates are texts; jsonb values are objects. */
export type ColumnValue = string | number | boolean | null | readonly string[] | object;

/** A column of a read table: what the DDL, the documentation and the API are made from. */
export interface Column {
  /** snake_case. */
  readonly name: string;
  /** PostgreSQL type in small letters, such as `uuid`, `text`, `date`, `timestamptz`, `bigint`, `integer`, `boolean`, `jsonb`, `text[]`. */
  readonly type: string;
  readonly nullable: boolean;
  readonly doc: string;
  /** Privacy class 0–3; class 3 columns hold sealed bundles. */
  readonly privacy: 0 | 1 | 2 | 3;
  /** Scope of a personal value, and whether one of class 1 says something delicate: whom it is shown to. */
  readonly scope?: Scope;
  readonly sensitive?: boolean;
  /** `generated always as (…) stored`, for the seed's decimal columns. */
  readonly generated?: string;
}

/** Makes the columns of one table or view. @param most how they are where a column does not say otherwise. */
export const columnsWith = (most: Pick<Column, 'nullable' | 'privacy'>) =>
  (name: string, type: string, doc: string, nullable = most.nullable, privacy = most.privacy): Column => ({ name, type, nullable, doc, privacy });

/** A physical table that one projection writes. `id` and `organization_id` are always its first columns. */
export interface ReadTable {
  /** snake_case; the public view has this name. */
  readonly name: string;
  readonly columns: readonly Column[];
  /** Each row is made by the event that has its id, and is never changed, deleted or asked for by its projection again. */
  readonly appended?: true;
  /** Columns by which its projection looks rows up with `rows`: their indexes are there from the first row on. */
  readonly found?: readonly (readonly string[])[];
  /** Further indexes, as column lists; (organization_id, id) is there already. */
  readonly indexes?: readonly (readonly string[])[];
}

export interface RowChange {
  readonly table: string;
  readonly organizationId: string;
  readonly id: string;
  /** Undefined deletes the row. Columns left out keep their value on a row that is there. */
  readonly values?: Readonly<Record<string, ColumnValue>>;
}

/** Rows of the event's organisation that have these values. */
export interface Lookup {
  readonly table: string;
  readonly where: Readonly<Record<string, ColumnValue>>;
}

/** What a hand-written projection may look at while it works on a batch. */
export interface BatchContext {
  /** Rows of its own tables as they are now, changes of this batch included. */
  row(table: string, organizationId: string, id: string): Promise<Readonly<Record<string, ColumnValue>> | undefined>;
  rows(table: string, organizationId: string, where: Readonly<Record<string, ColumnValue>>): Promise<readonly Readonly<Record<string, ColumnValue>>[]>;
  /** State of the event's own stream after it, from the derived fold of this batch. */
  state<S extends State>(event: DecodedEvent): Promise<S>;
  /** State of the event's own stream before it; undefined where it is the first. Values of class 2 and 3 may be sealed. */
  before<S extends State>(event: DecodedEvent): Promise<S | undefined>;
}

/** A projection that crosses streams, written by hand: pure functions from an event to row changes. */
export interface HandWrittenProjection {
  readonly name: string;
  readonly tables: readonly ReadTable[];
  readonly on: readonly string[];
  /** Raise it when the meaning of the rows changes: the tables are built anew. */
  readonly version: number;
  /** What `apply` will ask `rows` for at this event: found for many events at once, where each would be a question of its own. */
  asks?(event: DecodedEvent): readonly Lookup[];
  apply(event: DecodedEvent, context: BatchContext): Promise<readonly RowChange[]>;
}

/** A public view where a read table is more than one physical table, or depends on today. */
export interface PublicView {
  /** The public name; it stands in for the derived table's plain view of that name. */
  readonly name: string;
  /** Columns beyond those of the base table, in the order of the select. */
  readonly columns: readonly Column[];
  /** The order of its list where none is asked for, as `sort` has it; as the rows came to be, where it is left out. */
  readonly order?: string;
  /**
   * `select` over the physical tables, which are written `{name}`: `select t.*, … from {properties} t left join {property_occupancy} o …`.
   * `{properties except status, name}` leaves columns of the table out, so that the view may say them anew.
   * What depends on today uses `read.product_today()` and `read.product_now()`. Nothing else may be interpolated.
   */
  readonly select: string;
}
