import { type Kysely, sql } from 'kysely';

/**
 * Statistics quote a column's values, and nothing purges them: of a table that seldom changes they stay for ever. So none
 * are kept of columns with personal values.
 */
const keepNone = `
create function read.keep_no_statistics(p_table text, p_columns text[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $body$
declare
  name text;
begin
  foreach name in array p_columns loop
    execute format('alter table read.%I alter column %I set statistics 0', p_table, name);
  end loop;
end
$body$;
revoke all on function read.keep_no_statistics(text, text[]) from public;
grant execute on function read.keep_no_statistics(text, text[]) to yuthub_projector;
`;

/** Statistics of the planner hold nothing personal. */
export async function up<T>(db: Kysely<T>): Promise<void> {
  await sql.raw(keepNone).execute(db);
}
