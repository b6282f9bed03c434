import { type Kysely, sql } from 'kysely';

/** The schema `keyring`, which the keyring's application role may look into, and nobody else. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create schema if not exists keyring authorization yuthub_keyring_owner`.execute(db);
  await sql`revoke all on schema keyring from public`.execute(db);
  await sql`grant usage on schema keyring to yuthub_keyring_app`.execute(db);
  await sql`revoke all on schema public from public`.execute(db);
  await sql`alter default privileges for role yuthub_keyring_owner revoke all on tables from public`.execute(db);
  await sql`alter default privileges for role yuthub_keyring_owner revoke execute on functions from public`.execute(db);
}
