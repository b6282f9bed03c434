import { type Kysely, sql } from 'kysely';

const table = `
-- The product's clock where it is moved by hand. Events up to the position are not later than it.
create table app.clock (
  single   boolean primary key default true check (single),
  instant  timestamptz not null,
  active   boolean not null,
  position bigint not null default 0
);
grant select, insert, update on app.clock to yuthub_app;
`;

const today = `
create function read.product_today() returns date
language sql stable security definer parallel safe
set search_path = pg_catalog, pg_temp
as $body$
  select (coalesce((select instant from app.clock where active), clock_timestamp()) at time zone 'Europe/London')::date
$body$;
revoke all on function read.product_today() from public;
grant execute on function read.product_today() to yuthub_app, yuthub_projector;
`;

/** The movable clock, and what day it is for views: in London, by that clock where it is in use. */
export async function up<T>(db: Kysely<T>): Promise<void> {
  for (const statement of [table, today]) await sql.raw(statement).execute(db);
}
