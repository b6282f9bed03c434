import { type Kysely, sql } from 'kysely';

const statements = `
-- How far each process is. Whoever leads raises the fence; who still writes under an older one is refused.
create table app.process_checkpoints (
  process  text primary key,
  position bigint not null check (position >= 0),
  fence    bigint not null,
  moved_at timestamptz not null default clock_timestamp()
);

-- Ids and instants only. The stream is the one whose event set it: they are worked on one after the other.
create table app.process_timers (
  process         text not null,
  organization_id uuid not null,
  key             text not null,
  due_at          timestamptz not null,
  payload         jsonb not null,
  stream          text not null,
  correlation_id  text not null,
  primary key (process, organization_id, key)
);
create index process_timers_due on app.process_timers (due_at);
create index process_timers_correlation on app.process_timers (correlation_id);

-- What a process was refused, and what waits behind it: of the stream, everything from the position on.
create table app.process_parked (
  id              bigint generated always as identity primary key,
  process         text not null,
  stream          text not null,
  organization_id uuid not null,
  correlation_id  text not null,
  position        bigint,
  timer_key       text,
  code            text not null,
  sentence        text not null,
  parked_at       timestamptz not null default clock_timestamp(),
  status          text not null default 'parked' check (status in ('parked', 'retried', 'dropped')),
  requested       text check (requested in ('retry', 'drop')),
  requested_by    text,
  requested_at    timestamptz,
  check (position is not null or timer_key is not null)
);
create unique index process_parked_stream on app.process_parked (process, stream) where status = 'parked';
create index process_parked_organization on app.process_parked (organization_id, status);

-- Claims in registers whose command has not answered for a while.
create table app.open_claims (
  claim_id        uuid primary key,
  organization_id uuid not null,
  stream          text not null,
  register        text not null,
  owner           text not null,
  target          text not null,
  base            integer not null,
  seen_at         timestamptz not null
);

-- Human references, RES-000123: gaps are allowed, only uniqueness is asked. A period is a year or nothing.
create table app.reference_numbers (
  organization_id uuid not null,
  kind            text not null,
  period          text not null,
  next            bigint not null check (next > 0),
  primary key (organization_id, kind, period)
);

grant select, insert, update on app.process_checkpoints, app.process_parked, app.reference_numbers to yuthub_app;
grant select, insert, update, delete on app.process_timers, app.open_claims to yuthub_app;
`;

/** What processes keep beside the log: checkpoints, timers, parked streams, open claims, reference numbers. */
export async function up<T>(db: Kysely<T>): Promise<void> {
  await sql.raw(statements).execute(db);
}
