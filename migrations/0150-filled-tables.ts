import { type Kysely, sql } from 'kysely';

/**
 * A table that is being filled need not be kept tidy meanwhile: nobody reads it, and who looks at it for statistics would
 * look at it many times. One whose rows are only added gets its key when all are there: each row of a random id would
 * else find its place in an index that grows beyond memory.
 */
const filled = `
create or replace function read.create_building_table(p_table text, p_columns jsonb, p_key text[], p_members boolean) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $body$
declare
  parts text;
begin
  if exists (select from jsonb_array_elements(p_columns) c where c->>'type' !~ '^[a-z ]+(\\(\\d+(,\\d+)?\\))?(\\[\\])?$') then
    raise exception 'A column of % has no proper type.', p_table using errcode = 'invalid_parameter_value';
  end if;
  select string_agg(format('%I %s%s%s', c->>'name', c->>'type',
           ' generated always as (' || (c->>'generated') || ') stored',
           case when (c->>'nullable')::boolean then '' else ' not null' end), ', ' order by n)
    into parts from jsonb_array_elements(p_columns) with ordinality x(c, n);
  execute format('create table read.%I (%s%s) with (fillfactor = 90, autovacuum_enabled = false)', p_table, parts,
    (select ', primary key (' || string_agg(format('%I', k), ', ' order by n) || ')' from unnest(p_key) with ordinality x(k, n)));
  if p_members then
    execute format('create index on read.%I (id)', p_table);
  end if;
  execute format('grant select, insert, update, delete on read.%I to yuthub_projector', p_table);
end
$body$;

-- Before it is shown. Again, it changes nothing.
create function read.end_filling(p_table text, p_key text[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $body$
begin
  if p_table !~ '__[0-9]+$' then
    raise exception '% is no version of a read table.', p_table using errcode = 'invalid_parameter_value';
  end if;
  if not exists (select from pg_index where indrelid = format('read.%I', p_table)::regclass and indisprimary) then
    execute format('alter table read.%I add primary key (%s)', p_table,
      (select string_agg(format('%I', k), ', ' order by n) from unnest(p_key) with ordinality x(k, n)));
  end if;
  execute format('alter table read.%I reset (autovacuum_enabled)', p_table);
  execute format('analyze read.%I', p_table);
end
$body$;

revoke all on function read.end_filling(text, text[]) from public;
grant execute on function read.end_filling(text, text[]) to yuthub_projector;
`;

/** Runs as yuthub_owner. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(filled).execute(db);
}
