import { type Kysely, sql } from 'kysely';

const tables = `
-- Password hashes. One counts once its user's stream names it.
create table app.credentials (
  credential_id uuid primary key,
  user_id       uuid not null,
  hash          text not null,
  created_at    timestamptz not null default clock_timestamp()
);
create index credentials_user on app.credentials (user_id);

-- Opaque sessions, by the hash of their token. The epochs are those of the user and the membership when it began: it is
-- over as soon as the log says another.
create table app.sessions (
  token_hash       bytea primary key,
  user_id          uuid not null,
  organization_id  uuid not null,
  membership_id    uuid not null,
  user_epoch       integer not null,
  membership_epoch integer not null,
  created_at       timestamptz not null,
  expires_at       timestamptz not null,
  revoked_at       timestamptz
);
create index sessions_user on app.sessions (user_id, created_at);

-- Tokens for programs, by their hash. What one may do, and whether it counts, stands in its user's stream.
create table app.api_tokens (
  token_hash      bytea primary key,
  token_id        uuid not null unique,
  user_id         uuid not null,
  organization_id uuid not null,
  created_at      timestamptz not null default clock_timestamp()
);
create index api_tokens_user on app.api_tokens (user_id);

-- Failed sign-ins, by the key of the address, whether anybody has it or not.
create table app.sign_in_attempts (
  email_key  text not null,
  at         timestamptz not null,
  lock_epoch integer not null
);
create index sign_in_attempts_key on app.sign_in_attempts (email_key, at);

grant select, insert, delete on app.credentials, app.api_tokens, app.sign_in_attempts to yuthub_app;
grant select, insert, update, delete on app.sessions to yuthub_app;
`;

const accessLog = `
-- What happened outside the log: refused commands, and special data that were read. Codes and ids, no bodies.
create table app.access_log (
  id              bigint generated always as identity primary key,
  organization_id uuid not null,
  -- By the product's clock, as events are; recorded_at is the real time.
  at              timestamptz not null,
  recorded_at     timestamptz not null default clock_timestamp(),
  actor_id        text not null,
  actor_role      text not null,
  outcome         text not null check (outcome in ('refused', 'read')),
  code            text,
  command         text,
  entity          text,
  entity_id       text,
  correlation_id  text
);
create index access_log_organization on app.access_log (organization_id, at desc, id desc);
alter table app.access_log enable row level security;
alter table app.access_log force row level security;
create policy written on app.access_log for insert to yuthub_app with check (true);
create policy own on app.access_log for select to yuthub_app
  using (organization_id = nullif(current_setting('yuthub.organization', true), '')::uuid);
grant select, insert on app.access_log to yuthub_app;
`;

const questions = `
-- When a user last signed in: for the view of users, whose rows are those of the own members.
create function read.last_sign_in(p_user uuid) returns timestamptz
language sql stable security definer set search_path = pg_catalog, pg_temp as $body$
  select max(created_at) from app.sessions where user_id = p_user
$body$;

-- What a user is still responsible for, over all organisations (USR-4). It is asked of tables because no stream knows
-- all of it; whoever asks waits for the log's head first. A table that is not there yet has nothing to say.
create function app.open_responsibilities(p_user uuid) returns text[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $body$
declare
  answer text[] := '{}';
  found  bigint;
begin
  if to_regclass('read.residents') is not null then
    execute 'select count(*) from read.residents where key_worker_id::text = $1 and status in (''active'', ''at_risk'')' into found using p_user::text;
    if found > 0 then answer := answer || format('key worker of %s residents', found); end if;
  end if;
  if to_regclass('read.incidents') is not null then
    execute 'select count(*) from read.incidents where lead_id::text = $1 and status in (''open'', ''investigating'')' into found using p_user::text;
    if found > 0 then answer := answer || format('lead of %s open incidents', found); end if;
  end if;
  if to_regclass('read.incidents') is not null and to_regclass('read.incident_actions') is not null then
    execute 'select count(*) from read.incident_actions a join read.incidents i on i.id = a.incident_id and i.organization_id = a.organization_id
      where a.assignee_id::text = $1 and a.completed_at is null and i.status <> ''closed''' into found using p_user::text;
    if found > 0 then answer := answer || format('%s open actions of incidents', found); end if;
  end if;
  return answer;
end
$body$;
revoke all on function read.last_sign_in(uuid), app.open_responsibilities(uuid) from public;
grant execute on function read.last_sign_in(uuid), app.open_responsibilities(uuid) to yuthub_app;
grant execute on function read.last_sign_in(uuid) to yuthub_projector;
`;

/** What signing in needs and the log must not hold; the access log; and what access asks of tables. */
export async function up<T>(db: Kysely<T>): Promise<void> {
  for (const statements of [tables, accessLog, questions]) await sql.raw(statements).execute(db);
}
