import type pg from 'pg';
import type { RecordedEvent } from '../event-store/event-store.js';

const PART = 5_000;

/** Where each event of a log stands in a copy of it, as it is found while both are compared. */
export class CopyPositions {
  private originals: number[] = [];
  private copies: number[] = [];

  /** @param client of the main database's owner. */
  constructor(private readonly client: pg.ClientBase) {}

  /** Forgets what was known of a copy. */
  async begin(): Promise<void> {
    await this.client.query('delete from app.log_copy');
    await this.client.query('truncate app.log_copy_positions');
  }

  /** Takes note of a pair; from time to time they are stored. */
  readonly add = async (original: Pick<RecordedEvent, 'position'>, copy: Pick<RecordedEvent, 'position'>): Promise<void> => {
    this.originals.push(original.position);
    this.copies.push(copy.position);
    if (this.originals.length === PART) await this.store();
  };

  /** Both logs are alike up to here: the product may go on with the copy. */
  async confirm(through: number): Promise<void> {
    await this.store();
    await this.client.query('insert into app.log_copy (through) values ($1)', [through]);
  }

  private async store(): Promise<void> {
    await this.client.query('insert into app.log_copy_positions (original, copy) select * from unnest($1::bigint[], $2::bigint[])', [this.originals, this.copies]);
    this.originals = [];
    this.copies = [];
  }
}

/**
 * Wherever positions are kept: columns of that name in the tables of the product, and those of the rows of read tables,
 * whose own columns may be called anything else.
 */
const KEPT = `
  select format('%I.%I', n.nspname, c.relname) as table, quote_ident(a.attname) as column, c.relforcerowsecurity as guarded
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
   where n.nspname in ('app', 'read') and c.relkind = 'r' and a.atttypid = 'bigint'::regtype and not a.attisdropped
     and c.oid <> 'app.log_in_use'::regclass
     and case when c.relname ~ '__[0-9]+$' then a.attname in ('last_position', 'log_position') else a.attname = 'position' end
   order by 1, 2`;

/**
 * Writes every position of the database anew, as positions of the copy; what was known of the copy is then forgotten. In
 * the caller's transaction. @param client of the main database's owner.
 */
export async function takeCopyPositions(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ table: string; column: string; guarded: boolean }>(KEPT);
  for (const { table, column, guarded } of rows) {
    // The owner is bound by the policies like everybody, and none of them lets it write.
    if (guarded) await client.query(`alter table ${table} no force row level security`);
    await client.query(`update ${table} set ${column} = app.position_in_copy(${column}) where ${column} is not null`);
    if (guarded) await client.query(`alter table ${table} force row level security`);
  }
  await client.query('delete from app.log_copy');
  await client.query('delete from app.log_copy_positions');
}
