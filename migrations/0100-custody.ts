import { type Kysely, sql } from 'kysely';

const statements = `
-- The log that the positions in this database are of, known again by an event of it: the last one when a process last started.
create table app.log_in_use (
  single   boolean primary key default true check (single),
  position bigint not null,
  event_id uuid not null,
  stream   text not null,
  revision integer not null,
  noted_at timestamptz not null default clock_timestamp()
);

-- A verified copy of the log in use, where the product may go on: it has everything up to "through".
create table app.log_copy (
  single      boolean primary key default true check (single),
  through     bigint not null,
  verified_at timestamptz not null default clock_timestamp()
);
create table app.log_copy_positions (
  original bigint primary key,
  copy     bigint not null
);

-- Where the copy stands when it has passed as much as this position had: at the last event up to it.
create function app.position_in_copy(p_original bigint) returns bigint
language sql stable set search_path = pg_catalog, pg_temp as $body$
  select coalesce((select copy from app.log_copy_positions where original <= p_original order by original desc limit 1), 0)
$body$;
revoke all on function app.position_in_copy(bigint) from public;

-- There is a row while a restore is under way: what is there then is part of an installation.
create table app.restoring (
  single boolean primary key default true check (single),
  since  timestamptz not null default clock_timestamp()
);
`;

/** By what a log is known again, and what is known of its copy: the positions of one mean nothing in the other. */
export async function up<T>(db: Kysely<T>): Promise<void> {
  await sql.raw(statements).execute(db);
}
