import type pg from 'pg';
import { portableValues, type PortableWriter } from './portable-file.js';

/** Before a table's rows: whose they are, and the columns that follow in each. */
interface Heading {
  readonly table: string;
  readonly columns: readonly string[];
}
/** A row as PostgreSQL writes its values as text. */
type RowLine = readonly (string | null)[];

const PAGE = 2_000;
/** So that a value written as text is the same value when it is read. */
const EXACT = "set local datestyle = 'ISO, YMD'; set local timezone = 'UTC'; set local extra_float_digits = 1; set local bytea_output = 'hex'; set local intervalstyle = 'iso_8601'";
const asText: pg.CustomTypesConfig = { getTypeParser: (() => String) as pg.CustomTypesConfig['getTypeParser'] };

const name = (table: string): string => table.split('.').map((part) => `"${part.replaceAll('"', '""')}"`).join('.');
const list = (columns: readonly string[]): string => columns.map((column) => name(column)).join(', ');

/** Tables of some schemas, by their full names; those that refer to others behind these. */
export async function tablesIn(client: pg.ClientBase, schemas: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ table: string }>(
    `select n.nspname || '.' || c.relname as table from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = any ($1) and c.relkind in ('r', 'p') and not c.relispartition
      order by (select count(*) from pg_constraint f where f.conrelid = c.oid and f.contype = 'f' and f.confrelid <> c.oid), 1`,
    [schemas],
  );
  return rows.map(({ table }) => table);
}

/**
 * Writes the rows of tables, as the caller's transaction sees them. @returns how many rows.
 * @throws Error where a policy hides rows of one of them: what is left out in silence is no backup.
 */
export async function writeTables(client: pg.ClientBase, tables: readonly string[], to: PortableWriter, onRows: (count: number) => void = () => undefined): Promise<number> {
  await client.query(EXACT);
  let count = 0;
  for (const table of tables) {
    await refuseHidden(client, table);
    const columns = await columnsOf(client, table);
    await to.write({ table, columns: columns.map((one) => one.name) } satisfies Heading);
    await client.query(`declare portable no scroll cursor for select ${list(columns.map((one) => one.name))} from ${name(table)}`);
    for (;;) {
      const { rows } = await client.query<(string | null)[]>({ text: `fetch ${PAGE} from portable`, rowMode: 'array', types: asText });
      for (const row of rows) await to.write(row satisfies RowLine);
      count += rows.length;
      onRows(count);
      if (rows.length < PAGE) break;
    }
    await client.query('close portable');
  }
  return count;
}

/**
 * Puts rows back into the tables they are of, in the caller's transaction. Rows that are there already, because a
 * migration makes them, are replaced. @returns how many rows. @throws Error where a table or column is unknown here.
 */
export async function loadTables(client: pg.ClientBase, path: string): Promise<number> {
  await client.query(EXACT);
  let count = 0;
  let loading: TableLoading | undefined;
  for await (const value of portableValues(path)) {
    if (Array.isArray(value)) {
      await loading!.add(value as RowLine);
      count += 1;
    } else {
      await loading?.end();
      loading = await TableLoading.begin(client, value as Heading);
    }
  }
  await loading?.end();
  return count;
}

/** One table while its rows come. */
class TableLoading {
  private rows: RowLine[] = [];

  private constructor(
    private readonly client: pg.ClientBase,
    private readonly table: string,
    private readonly insert: string,
    private readonly identity: string | undefined,
  ) {}

  static async begin(client: pg.ClientBase, { table, columns }: Heading): Promise<TableLoading> {
    const known = await columnsOf(client, table);
    const types = columns.map((column) => {
      const found = known.find((one) => one.name === column);
      if (!found) throw new Error(`The backup has a column ${table}.${column}, which is unknown here.`);
      return found.type;
    });
    const key = await singleKey(client, table);
    const replacing = key ? ` on conflict (${name(key)}) do update set (${list(columns)}) = row (${columns.map((column) => `excluded.${name(column)}`).join(', ')})` : '';
    const values = columns.map((column, index) => `x.${name(column)}::${types[index]}`).join(', ');
    const arrays = columns.map((_, index) => `$${index + 1}::text[]`).join(', ');
    const insert = `insert into ${name(table)} (${list(columns)}) overriding system value select ${values} from unnest(${arrays}) x(${list(columns)})${replacing}`;
    return new TableLoading(client, table, insert, known.find((one) => one.identity)?.name);
  }

  async add(row: RowLine): Promise<void> {
    this.rows.push(row);
    if (this.rows.length === PAGE) await this.flush();
  }

  async end(): Promise<void> {
    await this.flush();
    if (!this.identity) return;
    await this.client.query(
      `select setval(pg_get_serial_sequence($1, $2), greatest(1, (select max(${name(this.identity)}) from ${name(this.table)})), exists (select from ${name(this.table)}))`,
      [name(this.table), this.identity],
    );
  }

  private async flush(): Promise<void> {
    if (this.rows.length === 0) return;
    const columns = this.rows[0]!.map((_, index) => this.rows.map((row) => row[index] ?? null));
    this.rows = [];
    await this.client.query(this.insert, columns);
  }
}

interface ColumnFacts {
  readonly name: string;
  readonly type: string;
  readonly identity: boolean;
}

async function columnsOf(client: pg.ClientBase, table: string): Promise<ColumnFacts[]> {
  const { rows } = await client.query<ColumnFacts>(
    `select attname as name, format_type(atttypid, atttypmod) as type, attidentity <> '' as identity
       from pg_attribute where attrelid = to_regclass($1) and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`,
    [name(table)],
  );
  if (rows.length === 0) throw new Error(`There is no table ${table} here.`);
  return rows;
}

/** The key of a table that has one row at most. */
async function singleKey(client: pg.ClientBase, table: string): Promise<string | undefined> {
  const { rowCount } = await client.query(`select from pg_attribute where attrelid = to_regclass($1) and attname = 'single'`, [name(table)]);
  return rowCount ? 'single' : undefined;
}

async function refuseHidden(client: pg.ClientBase, table: string): Promise<void> {
  const { rows } = await client.query<{ hidden: boolean }>(
    `select c.relforcerowsecurity and not exists (
       select from pg_policy p where p.polrelid = c.oid and p.polcmd in ('r', '*') and current_user::regrole = any (p.polroles)
          and pg_get_expr(p.polqual, p.polrelid) = 'true') as hidden
       from pg_class c where c.oid = to_regclass($1)`,
    [name(table)],
  );
  if (rows[0]?.hidden) throw new Error(`Rows of ${table} are hidden from its owner: a backup would lack them. Give the owner a policy that shows all.`);
}
