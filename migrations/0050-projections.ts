import { type Kysely, sql } from 'kysely';

const tables = `
create table read.projection_versions (
  projection      text not null,
  version         integer not null,
  definition_hash text not null,
  state           text not null check (state in ('building', 'live', 'old')),
  position        bigint not null default 0,
  tables          text[] not null,
  moved_at        timestamptz not null default clock_timestamp(),
  created_at      timestamptz not null default clock_timestamp(),
  primary key (projection, version)
);
create unique index projection_versions_live on read.projection_versions (projection) where state = 'live';

-- One projector at a time. A stopped one that goes on finds another fence here and is refused.
create table read.projector_lease (
  single     boolean primary key default true check (single),
  holder     text,
  fence      bigint not null default 0,
  expires_at timestamptz not null default '-infinity'
);
insert into read.projector_lease default values;

-- A stream that a projection stopped at; its later events wait in the log.
create table read.parked_streams (
  projection      text not null,
  version         integer not null,
  stream          text not null,
  organization_id uuid not null,
  event_id        uuid not null,
  event_type      text not null,
  revision        integer not null,
  position        bigint not null,
  reason          text not null,
  parked_at       timestamptz not null default clock_timestamp(),
  primary key (projection, version, stream)
);

-- Events that an operator left out of a projection; a rebuild leaves them out too.
create table read.skipped_events (
  projection      text not null,
  event_id        uuid not null,
  stream          text not null,
  organization_id uuid not null,
  position        bigint not null,
  reason          text not null,
  skipped_by      text not null,
  skipped_at      timestamptz not null default clock_timestamp(),
  primary key (projection, event_id)
);

-- Fingerprints of keys that were destroyed: nothing sealed under them is opened or copied again.
create table read.erased_keys (
  fingerprint text primary key,
  position    bigint not null
);

create table read.public_views (
  name            text primary key,
  definition_hash text not null
);

grant select on read.projection_versions, read.projector_lease to yuthub_app;
grant select, insert, update, delete on read.projection_versions, read.parked_streams, read.skipped_events,
  read.erased_keys, read.public_views to yuthub_projector;
grant select, update on read.projector_lease to yuthub_projector;
`;

/** What rows are guarded by, and what the app may see of the projector's own tables. */
const guards = `
create function read.current_organization() returns uuid
language sql stable parallel safe set search_path = pg_catalog, pg_temp as $body$
  select nullif(current_setting('yuthub.organization', true), '')::uuid
$body$;

-- Users belong to the platform; an organisation sees those who are, or were suspended as, its members.
create function read.member_ids() returns uuid[]
language plpgsql stable set search_path = pg_catalog, pg_temp as $body$
declare
  ids uuid[];
begin
  if to_regclass('read.user_organizations') is not null then
    select array_agg(m.user_id::uuid) into ids from read.user_organizations m
     where m.organization_id = read.current_organization() and m.user_id is not null and m.status in ('active', 'inactive');
  end if;
  return coalesce(ids, '{}');
end
$body$;

create function read.guard(p_table text, p_members boolean) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $body$
declare
  own constant text := 'organization_id = (select read.current_organization())'
    || case when p_members then ' or id = any ((select read.member_ids())::uuid[])' else '' end;
begin
  execute format('alter table read.%I enable row level security', p_table);
  execute format('alter table read.%I force row level security', p_table);
  execute format('create policy app on read.%I to yuthub_app using (%s) with check (%s)', p_table, own, own);
  execute format('create policy projector on read.%I to yuthub_projector using (true) with check (true)', p_table);
  -- Definer functions that answer a question over all organisations run as the owner, who is bound like everybody.
  execute format('create policy owner on read.%I for select to yuthub_owner using (true)', p_table);
  execute format('grant select on read.%I to yuthub_app', p_table);
  execute format('grant select, insert, update, delete on read.%I to yuthub_projector', p_table);
end
$body$;
select read.guard('parked_streams', false), read.guard('skipped_events', false);
`;

const factories = `
-- Makes a physical table. Each column: name, type, nullable, generated. Expressions come from the code, never from a request.
create function read.create_table(p_table text, p_columns jsonb, p_key text[], p_members boolean) returns void
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
  perform read.guard(p_table, p_members);
end
$body$;

-- Secondary indexes, each led by the organisation. Made when the rows are there already.
create function read.create_indexes(p_table text, p_indexes jsonb) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $body$
declare
  columns jsonb;
begin
  for columns in select jsonb_array_elements(p_indexes) loop
    execute format('create index if not exists %I on read.%I (organization_id, %s)',
      'ix_' || substr(md5(p_table || columns::text), 1, 24), p_table,
      (select string_agg(format('%I', c), ', ' order by n) from jsonb_array_elements_text(columns) with ordinality x(c, n)));
  end loop;
end
$body$;

create function read.drop_tables(p_tables text[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $body$
declare
  name text;
begin
  foreach name in array p_tables loop
    if name !~ '__[0-9]+$' then
      raise exception '% is no version of a read table.', name using errcode = 'invalid_parameter_value';
    end if;
    execute format('drop table if exists read.%I', name);
  end loop;
end
$body$;

-- The public face of a table: whoever looks through it is bound by the policies of what lies under it.
create function read.create_view(p_name text, p_select text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $body$
begin
  execute format('create view read.%I with (security_invoker = true) as %s', p_name, p_select);
  execute format('grant select on read.%I to yuthub_app, yuthub_projector', p_name);
end
$body$;

create function read.drop_views(p_names text[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $body$
begin
  if cardinality(p_names) > 0 then
    execute (select 'drop view if exists ' || string_agg(format('read.%I', n), ', ') from unnest(p_names) n);
  end if;
end
$body$;

-- Replaces what was sealed under destroyed keys. _keys names, by fingerprint, the columns and what is left of each.
create function read.purge_keys(p_table text, p_organization uuid, p_fingerprints text[], p_at timestamptz) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $body$
declare
  assignments text;
  purged bigint;
begin
  select string_agg(format(case when a.atttypid = 'jsonb'::regtype
           then '%1$I = case when x.r ? %1$L then nullif(x.r->%1$L, ''null''::jsonb) else t.%1$I end'
           when a.atttypid = 'text'::regtype then '%1$I = case when x.r ? %1$L then x.r->>%1$L else t.%1$I end'
           else '%1$I = case when x.r ? %1$L then null else t.%1$I end' end, a.attname), ', ')
    into assignments
    from pg_attribute a
   where a.attrelid = to_regclass(format('read.%I', p_table)) and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     and not a.attnotnull and a.attname not in ('_keys', 'erased_at');
  execute format('update read.%1$I t set %2$s, _keys = nullif(t._keys - $2, ''{}''::jsonb), erased_at = $3
      from (select k.id, k.organization_id, k.ctid as at,
                   (select jsonb_object_agg(e.key, e.value) from unnest($2) f
                     cross join lateral jsonb_each(k._keys->f) e) as r
              from read.%1$I k where k.organization_id = $1 and k._keys ?| $2) x
     where t.organization_id = $1 and t.ctid = x.at', p_table, assignments)
    using p_organization, p_fingerprints, p_at;
  get diagnostics purged = row_count;
  return purged;
end
$body$;

revoke all on all functions in schema read from public;
grant execute on function read.current_organization(), read.member_ids() to yuthub_app, yuthub_projector;
grant execute on function read.create_table(text, jsonb, text[], boolean), read.create_indexes(text, jsonb),
  read.drop_tables(text[]), read.create_view(text, text), read.drop_views(text[]),
  read.purge_keys(text, uuid, text[], timestamptz) to yuthub_projector;
`;

/** Where no clock that can be moved has defined it: the London date of the machine's time. */
const today = `
do $do$ begin
  if to_regprocedure('read.product_today()') is null then
    create function read.product_today() returns date language sql stable set search_path = pg_catalog, pg_temp
      as 'select (clock_timestamp() at time zone ''Europe/London'')::date';
  end if;
end $do$;
grant execute on function read.product_today() to yuthub_app, yuthub_projector;
`;

/** Where the read tables' versions and checkpoints are kept, and the one way in which such tables are made. */
export async function up<T>(db: Kysely<T>): Promise<void> {
  for (const statements of [tables, guards, factories, today]) await sql.raw(statements).execute(db);
}
