import { type Kysely, sql } from 'kysely';

/** What time it is for views, by the product's clock where it is moved by hand: a deadline is missed from an instant on. */
const now = `
create function read.product_now() returns timestamptz
language sql stable security definer parallel safe
set search_path = pg_catalog, pg_temp
as $body$
  select coalesce((select instant from app.clock where active), clock_timestamp())
$body$;
revoke all on function read.product_now() from public;
grant execute on function read.product_now() to yuthub_app, yuthub_projector, yuthub_reporting, yuthub_reporters;
`;

export async function up<T>(db: Kysely<T>): Promise<void> {
  await sql.raw(now).execute(db);
}
