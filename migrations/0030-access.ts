import { type Kysely, sql } from 'kysely';

const statements = `
create table app.credentials (
  credential_id uuid primary key,
  user_id       uuid not null,
  hash          text not null,
  created_at    timestamptz not null default clock_timestamp()
);
create index credentials_user on app.credentials (user_id);

create table app.sessions (
  token_hash      bytea primary key,
  user_id         uuid not null,
  organization_id uuid not null,
  created_at      timestamptz not null default clock_timestamp(),
  expires_at      timestamptz not null,
  revoked_at      timestamptz
);
create index sessions_user on app.sessions (user_id);

create table app.api_tokens (
  token_hash      bytea primary key,
  token_id        uuid not null unique,
  user_id         uuid not null,
  organization_id uuid not null,
  expires_at      timestamptz not null
);

create table app.sign_in_attempts (
  email_key text not null,
  at        timestamptz not null
);
create index sign_in_attempts_key on app.sign_in_attempts (email_key, at);

create table app.access_log (
  id              bigint generated always as identity primary key,
  organization_id uuid,
  at              timestamptz not null default clock_timestamp(),
  actor_id        text,
  kind            text not null,
  code            text,
  subject_table   text,
  subject_id      text,
  correlation_id  text,
  outcome         text
);
create index access_log_organization on app.access_log (organization_id, at);

grant select, insert, update, delete on app.credentials, app.sessions, app.api_tokens to yuthub_app;
grant select, insert, delete on app.sign_in_attempts to yuthub_app;
grant select, insert on app.access_log to yuthub_app;
`;

/** What signing in needs and the log must not hold. */
export async function up<T>(db: Kysely<T>): Promise<void> {
  await sql.raw(statements).execute(db);
}
