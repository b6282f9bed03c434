import { type Kysely, sql } from 'kysely';

const kept = `
-- Since when a version is kept for going back to: it is dropped some time after that.
alter table read.projection_versions add column retired_at timestamptz;
update read.projection_versions set retired_at = clock_timestamp() where state = 'old';
`;

/** Which organisation a reporting login sees is looked up by the name that it signed in with, which no setting changes. */
const logins = `
create table app.reporting_logins (
  login           name primary key,
  organization_id uuid not null,
  title           text not null,
  made_at         timestamptz not null default clock_timestamp()
);

create schema reporting authorization yuthub_owner;
revoke all on schema reporting from public;
grant usage on schema reporting to yuthub_reporters, yuthub_projector;
grant usage, create on schema reporting to yuthub_reporting;
grant usage on schema read to yuthub_reporting;

create function reporting.organization() returns uuid
language sql stable security definer set search_path = pg_catalog, pg_temp as $body$
  select organization_id from app.reporting_logins where login = session_user
$body$;

create function reporting.member_ids() returns uuid[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $body$
declare
  ids uuid[];
begin
  if to_regclass('read.user_organizations') is not null then
    select array_agg(m.user_id::uuid) into ids from read.user_organizations m
     where m.organization_id = reporting.organization() and m.user_id is not null and m.status in ('active', 'inactive');
  end if;
  return coalesce(ids, '{}');
end
$body$;
revoke all on function reporting.organization(), reporting.member_ids() from public;
grant execute on function reporting.organization(), reporting.member_ids() to yuthub_reporting, yuthub_reporters;
-- What the views call is called by whoever reads them; without the schema nobody can name it otherwise.
grant execute on function read.product_today(), read.last_sign_in(uuid), read.current_organization() to yuthub_reporting, yuthub_reporters;
`;

const guards = `
create function read.guard_reporting(p_table text, p_members boolean) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $body$
begin
  execute format('create policy reporting on read.%I for select to yuthub_reporting using (%s)', p_table,
    'organization_id = (select reporting.organization())'
      || case when p_members then ' or id = any ((select reporting.member_ids())::uuid[])' else '' end);
  execute format('grant select on read.%I to yuthub_reporting', p_table);
end
$body$;
revoke all on function read.guard_reporting(text, boolean) from public;

alter function read.create_table(text, jsonb, text[], boolean) rename to create_guarded_table;
revoke execute on function read.create_guarded_table(text, jsonb, text[], boolean) from yuthub_projector;
create function read.create_table(p_table text, p_columns jsonb, p_key text[], p_members boolean) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $body$
begin
  perform read.create_guarded_table(p_table, p_columns, p_key, p_members);
  perform read.guard_reporting(p_table, p_members);
end
$body$;
revoke all on function read.create_table(text, jsonb, text[], boolean) from public;
grant execute on function read.create_table(text, jsonb, text[], boolean) to yuthub_projector;

-- Tables that are there already. Those that members look through have a policy that names the members.
do $do$
declare
  one record;
begin
  for one in
    select c.relname as name, coalesce(pg_get_expr(p.polqual, p.polrelid) like '%member_ids%', false) as members
      from read.projection_versions v cross join lateral unnest(v.tables) t(name)
      join pg_class c on c.relname = t.name and c.relnamespace = 'read'::regnamespace
      left join pg_policy p on p.polrelid = c.oid and p.polname = 'app'
  loop
    perform read.guard_reporting(one.name, one.members);
  end loop;
end
$do$;
`;

/** Views whose owner is bound by row-level security itself: not the owner of the tables. */
const views = `
create function reporting.create_view(p_name text, p_select text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $body$
begin
  execute format('drop view if exists reporting.%I', p_name);
  execute format('create view reporting.%I as %s', p_name, p_select);
  execute format('grant select on reporting.%I to yuthub_reporters', p_name);
  execute format('alter view reporting.%I owner to yuthub_reporting', p_name);
end
$body$;

create function reporting.drop_views(p_names text[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $body$
begin
  if cardinality(p_names) > 0 then
    execute (select 'drop view if exists ' || string_agg(format('reporting.%I', n), ', ') from unnest(p_names) n);
  end if;
end
$body$;
revoke all on function reporting.create_view(text, text), reporting.drop_views(text[]) from public;
grant execute on function reporting.create_view(text, text), reporting.drop_views(text[]) to yuthub_projector;
`;

/** Who left an event out of the read tables is seen where refusals are seen. */
const skips = `
alter table app.access_log drop constraint access_log_outcome_check;
alter table app.access_log add constraint access_log_outcome_check check (outcome in ('refused', 'read', 'skipped'));
create policy left_out on app.access_log for insert to yuthub_owner with check (outcome = 'skipped');

create function read.record_skip(p_organization uuid, p_by text, p_projection text, p_entity text, p_entity_id text) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $body$
  insert into app.access_log (organization_id, at, actor_id, actor_role, outcome, code, command, entity, entity_id)
  values (p_organization, coalesce((select instant from app.clock where active), clock_timestamp()), p_by, 'operator', 'skipped',
    p_projection, 'LeaveOutOfReadTable', p_entity, p_entity_id)
$body$;
revoke all on function read.record_skip(uuid, text, text, text, text) from public;
grant execute on function read.record_skip(uuid, text, text, text, text) to yuthub_projector;
`;

/** Logins for reports: one organisation's rows, without personal values. And what operating the read tables leaves behind. */
export async function up<T>(db: Kysely<T>): Promise<void> {
  for (const statements of [kept, logins, guards, views, skips]) await sql.raw(statements).execute(db);
}
