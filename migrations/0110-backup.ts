import { type Kysely, sql } from 'kysely';

const statements = `
-- A backup holds all rows, and a restore puts them back; whoever makes both owns the tables.
create policy kept on app.access_log for select to yuthub_owner using (true);
create policy put_back on app.access_log for insert to yuthub_owner with check (true);
create policy put_back on read.skipped_events for insert to yuthub_owner with check (true);

-- What of a backup has been put back already, where that was cut off; and which backup it is, by the sum of its log.
alter table app.restoring add column log_sha256 text not null, add column tables_loaded boolean not null default false;
`;

/** Whoever owns the tables may copy all of their rows, and a restore that was cut off is gone on with. */
export async function up<T>(db: Kysely<T>): Promise<void> {
  await sql.raw(statements).execute(db);
}
