import { type Kysely, sql } from 'kysely';

const outbox = `
-- What events want done outside the log. Ids only, which the types see to: a queue that is lost is filled from here.
create table app.job_intents (
  intent_id       uuid primary key,
  kind            text not null check (kind ~ '^[a-z][a-z0-9-]{0,59}$'),
  event_id        uuid not null,
  entity_id       uuid not null,
  organization_id uuid not null,
  position        bigint not null,
  recorded_at     timestamptz not null default clock_timestamp(),
  state           text not null default 'due' check (state in ('due', 'done', 'dead')),
  settled_at      timestamptz,
  -- Kind and code of an error, without its message.
  failure         text check (failure ~ '^[A-Za-z0-9_. -]{0,130}$'),
  check ((state = 'due') = (settled_at is null))
);
create index job_intents_due on app.job_intents (position, intent_id) where state = 'due';
create index job_intents_settled on app.job_intents (state, settled_at) where state <> 'due';

-- What has left the house, or is to be handed on by whoever carries it: once for each intent.
create table app.deliveries (
  delivery_id     uuid primary key,
  kind            text not null check (kind ~ '^[a-z][a-z0-9-]{0,59}$'),
  organization_id uuid not null,
  subject_id      uuid not null,
  at              timestamptz not null default clock_timestamp()
);

grant select, insert, update, delete on app.job_intents to yuthub_app;
grant select, insert on app.deliveries to yuthub_app;
`;

/** The queues' own tables come from their library, into this schema; what comes is the application's to use. */
const queues = `
create schema bullmq authorization yuthub_owner;
revoke all on schema bullmq from public;
grant usage on schema bullmq to yuthub_app;
alter default privileges for role yuthub_owner in schema bullmq grant select, insert, update, delete on tables to yuthub_app;
alter default privileges for role yuthub_owner in schema bullmq grant usage on sequences to yuthub_app;
alter default privileges for role yuthub_owner in schema bullmq grant execute on functions to yuthub_app;
alter default privileges for role yuthub_owner in schema bullmq grant usage on types to yuthub_app;
`;

/** Jobs: what is to be done, kept where nothing is lost, and room for the queues where there is no Redis. */
export async function up<T>(db: Kysely<T>): Promise<void> {
  for (const statements of [outbox, queues]) await sql.raw(statements).execute(db);
}
