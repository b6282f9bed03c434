import { type Kysely, sql } from 'kysely';

const statements = `
-- Of these erasures, those that are on record here: a keyring that was restored knows only the erasures of its time.
create function keyring.known_erasures(ids uuid[]) returns uuid[]
language sql stable security definer set search_path = pg_catalog, pg_temp as $body$
  select coalesce(array_agg(distinct l.erasure_id), '{}') from keyring.erasure_ledger l where l.erasure_id = any (ids)
$body$;
revoke all on function keyring.known_erasures(uuid[]) from public;
grant execute on function keyring.known_erasures(uuid[]) to yuthub_keyring_app;
`;

/** Tells a keyring that is older than an erasure. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(statements).execute(db);
}
