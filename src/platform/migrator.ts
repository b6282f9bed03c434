import { Kysely, PostgresDialect } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import pg from 'pg';

/** One step of a database's shape. There is no way down: a mistake is repaired by a later step. */
export interface SchemaMigration {
  up(db: Kysely<unknown>): Promise<void>;
}

/** Migrations by name, which is also their order: `0000-…`, `0010-…`. */
export type Migrations = Readonly<Record<string, SchemaMigration>>;

/** Brings a database up to date, as the role of the connection string. Answers the names it applied. */
export async function migrate(connectionString: string, migrations: Migrations): Promise<readonly string[]> {
  const pool = new pg.Pool({ connectionString, max: 2 });
  pool.on('error', () => undefined);
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  try {
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

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
