import { type Kysely, sql } from 'kysely';

/**
 * The schemas and who may look into them. The roles themselves are made before
 * any migration runs: they belong to the server, not to this database.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const schema of ['log', 'read', 'app']) {
    await sql`create schema if not exists ${sql.id(schema)} authorization yuthub_owner`.execute(db);
    await sql`revoke all on schema ${sql.id(schema)} from public`.execute(db);
    await sql`grant usage on schema ${sql.id(schema)} to yuthub_app, yuthub_projector`.execute(db);
  }
  await sql`revoke all on schema public from public`.execute(db);
  // Functions are executable by everybody unless this is said; tables are said again, to be safe from a template's grants.
  await sql`alter default privileges for role yuthub_owner revoke all on tables from public`.execute(db);
  await sql`alter default privileges for role yuthub_owner revoke all on sequences from public`.execute(db);
  await sql`alter default privileges for role yuthub_owner revoke execute on functions from public`.execute(db);
  await sql`alter default privileges for role yuthub_owner revoke usage on types from public`.execute(db);
}
