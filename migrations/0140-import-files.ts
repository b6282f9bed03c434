import { type Kysely, sql } from 'kysely';

const tables = `
-- Files that are being taken in, until their rows are posted. A batch is named once the file is here whole.
create table app.import_files (
  upload_id       uuid primary key,
  organization_id uuid not null,
  batch_id        uuid,
  sha256          text check (sha256 ~ '^[0-9a-f]{64}$'),
  received_at     timestamptz not null default clock_timestamp(),
  check ((batch_id is null) = (sha256 is null))
);
create index import_files_batch on app.import_files (batch_id);
create index import_files_received on app.import_files (received_at);

-- What is in them, in parts, each sealed: nothing of it lies here in clear.
create table app.import_parts (
  upload_id uuid not null references app.import_files on delete cascade,
  part      integer not null check (part >= 0),
  sealed    bytea not null,
  primary key (upload_id, part)
);

grant select, insert, update, delete on app.import_files to yuthub_app;
grant select, insert on app.import_parts to yuthub_app;
`;

/** Files of payments on their way to being posted. */
export async function up<T>(db: Kysely<T>): Promise<void> {
  await sql.raw(tables).execute(db);
}
