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

/** Beside the rows of read tables, whose columns say it by their name, where positions are kept. */
const KEPT = ['app.process_checkpoints', 'app.process_parked', 'app.clock', 'read.projection_versions', 'read.parked_streams', 'read.skipped_events', 'read.erased_keys'];

/**
 * Writes every position of the database anew, as positions of the copy; what was known of the copy is then forgotten. In
 * the caller's transaction. @param client of the main database's owner.
 */
export async function takeCopyPositions(client: pg.ClientBase): Promise<void> {
  for (const table of KEPT) await translate(client, table, 'position');
  const { rows } = await client.query<{ table: string; column: string }>(
    `select format('read.%I', c.relname) as table, quote_ident(a.attname) as column
       from read.projection_versions v cross join lateral unnest(v.tables) t(name)
       join pg_class c on c.relname = t.name and c.relnamespace = 'read'::regnamespace
       join pg_attribute a on a.attrelid = c.oid and a.attname in ('last_position', 'log_position')`,
  );
  for (const { table, column } of rows) await translate(client, table, column);
  await client.query('delete from app.log_copy');
  await client.query('delete from app.log_copy_positions');
}

async function translate(client: pg.ClientBase, table: string, column: string): Promise<void> {
  const { rows } = await client.query<{ guarded: boolean }>('select relforcerowsecurity as guarded from pg_class where oid = $1::regclass', [table]);
  const guarded = rows[0]!.guarded;
  // The owner is bound by the policies like everybody, and none of them lets it write.
  if (guarded) await client.query(`alter table ${table} no force row level security`);
  await client.query(`update ${table} set ${column} = app.position_in_copy(${column}) where ${column} is not null`);
  if (guarded) await client.query(`alter table ${table} force row level security`);
}
