import { Kysely, PostgresDialect } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import pg from 'pg';

/** One step of a database's shape. There is no way down: a mistake is repaired by a later step. */
export interface SchemaMigration {
  up(db: Kysely<unknown>): Promise<void>;
}

/** Migrations by name, which is also their order: `0000-…`, `0010-…`. */
export type Migrations = Readonly<Record<string, SchemaMigration>>;

/** The database was made by a later release; nothing was changed. */
export class SchemaTooNew extends Error {
  override readonly name = 'SchemaTooNew';
}

/**
 * Brings a database up to date, as the role of the connection string. Answers the names it applied.
 * @throws SchemaTooNew where it knows migrations that are not among these.
 */
export async function migrate(connectionString: string, migrations: Migrations): Promise<readonly string[]> {
  const pool = new pg.Pool({ connectionString, max: 2 });
  pool.on('error', () => undefined);
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  try {
    await refuseNewer(pool, migrations);
    const migrator = new Migrator({
      db,
      provider: { getMigrations: () => Promise.resolve({ ...migrations } as Record<string, Migration>) },
      migrationTableSchema: 'migrations',
    });
    const { error, results } = await migrator.migrateToLatest();
    if (error !== undefined) {
      const failed = results?.find((result) => result.status === 'Error')?.migrationName ?? 'before the first';
      throw new Error(`The database could not be migrated (${failed}): ${message(error)}`, { cause: error });
    }
    return (results ?? []).map((result) => result.migrationName);
  } finally {
    await db.destroy();
  }
}

async function refuseNewer(pool: pg.Pool, migrations: Migrations): Promise<void> {
  const { rows: tables } = await pool.query<{ there: boolean }>(`select to_regclass('migrations.kysely_migration') is not null as there`);
  if (!tables[0]!.there) return;
  const { rows } = await pool.query<{ name: string }>('select name from migrations.kysely_migration where name <> all ($1) order by name', [Object.keys(migrations)]);
  if (rows.length === 0) return;
  throw new SchemaTooNew(
    `The database was made by a later release than this one: it knows ${rows.map(({ name }) => name).join(', ')}. Start that release; to go back to this one, restore a backup that was taken with it.`,
  );
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
