import { type Kysely, sql } from 'kysely';

/**
 * A table that is being filled is not guarded row by row, since nobody but the projector may touch it: so that rows may be
 * copied into it, which PostgreSQL refuses where row-level security holds. It is guarded before anybody sees it.
 */
const building = `
create function read.create_building_table(p_table text, p_columns jsonb, p_key text[], p_members boolean) returns void
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
  execute format('create table read.%I (%s, primary key (%s)) with (fillfactor = 90)', p_table, parts,
    (select string_agg(format('%I', k), ', ' order by n) from unnest(p_key) with ordinality x(k, n)));
  if p_members then
    execute format('create index on read.%I (id)', p_table);
  end if;
  execute format('grant select, insert, update, delete on read.%I to yuthub_projector', p_table);
end
$body$;

-- Before it is shown. Again, it changes nothing.
create function read.guard_table(p_table text, p_members boolean) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $body$
begin
  if p_table !~ '__[0-9]+$' then
    raise exception '% is no version of a read table.', p_table using errcode = 'invalid_parameter_value';
  end if;
  if not (select relforcerowsecurity from pg_class where oid = format('read.%I', p_table)::regclass) then
    perform read.guard(p_table, p_members);
    perform read.guard_reporting(p_table, p_members);
  end if;
end
$body$;

create or replace function read.create_table(p_table text, p_columns jsonb, p_key text[], p_members boolean) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $body$
begin
  perform read.create_building_table(p_table, p_columns, p_key, p_members);
  perform read.guard_table(p_table, p_members);
end
$body$;
drop function read.create_guarded_table(text, jsonb, text[], boolean);

revoke all on function read.create_building_table(text, jsonb, text[], boolean), read.guard_table(text, boolean) from public;
grant execute on function read.create_building_table(text, jsonb, text[], boolean), read.guard_table(text, boolean) to yuthub_projector;
`;

/** Runs as yuthub_owner. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(building).execute(db);
}
