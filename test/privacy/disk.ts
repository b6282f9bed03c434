import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import pg from 'pg';
import { withDatabase } from '../../src/platform/databases.js';

/** Where a text was found. */
export interface Found {
  readonly text: string;
  /** `schema.table` of a table's own files, else the file's path. */
  readonly place: string;
}

/** What is looked for: everything with the mark in it, and these words. */
export interface Wanted {
  readonly mark: string;
  readonly words: readonly string[];
}

/** Names of the two databases of an installation, from the connection string to the main one. */
export const databasesOf = (adminUrl: string): string[] => {
  const name = new URL(adminUrl).pathname.slice(1);
  return [name, `${name}_keyring`];
};

async function asked<T extends object>(adminUrl: string, database: string, sql: string, values: unknown[] = []): Promise<T[]> {
  const client = new pg.Client({ connectionString: withDatabase(adminUrl, database) });
  await client.connect();
  try {
    return (await client.query<T>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

/** Runs a statement on each database as the superuser. */
export async function onEach(adminUrl: string, sql: string): Promise<void> {
  for (const database of databasesOf(adminUrl)) await asked(adminUrl, database, sql);
}

/** Everything wanted in the files of the PostgreSQL server, but for those of other tests' databases; all buffers are written first. */
export async function inFiles(adminUrl: string, wanted: Wanted, only: (file: string) => boolean = () => true): Promise<Found[]> {
  const databases = databasesOf(adminUrl);
  await asked(adminUrl, databases[0]!, 'checkpoint');
  const [{ directory }] = (await asked<{ directory: string }>(adminUrl, databases[0]!, `select current_setting('data_directory') as directory`)) as [{ directory: string }];
  const names = new Map<string, string>();
  const own: string[] = [];
  for (const database of databases) {
    const tables = await asked<{ path: string; base: string; name: string }>(adminUrl, database, RELATIONS);
    for (const { path, name } of tables) names.set(path, name);
    own.push(tables[0]!.base);
  }
  const files = filesIn(directory).filter((file) => {
    const path = relative(directory, file);
    const ours = !path.startsWith('base/') || own.some((base) => path.startsWith(`${base}/`));
    return ours && only(path);
  });
  const log = join(dirname(directory), 'postgres.log');
  if (existsSync(log)) files.push(log);
  return files.flatMap((file) => {
    const path = relative(directory, file);
    const place = names.get(path.replace(/(_fsm|_vm|_init)?(\.\d+)?$/, '')) ?? path;
    return holding(readAll(file), wanted).map((text) => ({ text, place }));
  });
}

const RELATIONS = `
  select pg_relation_filepath(c.oid) as path, 'base/' || (select oid from pg_database where datname = current_database()) as base,
         coalesce(pn.nspname, n.nspname) || '.' || coalesce(p.relname, t.relname, c.relname) as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    left join pg_class p on p.reltoastrelid = c.oid left join pg_namespace pn on pn.oid = p.relnamespace
    left join pg_index i on i.indexrelid = c.oid left join pg_class t on t.oid = i.indrelid
   where pg_relation_filepath(c.oid) is not null`;

/** Everything wanted in a directory's files. */
export const inDirectory = (directory: string, wanted: Wanted): Found[] =>
  filesIn(directory).flatMap((file) => holding(readAll(file), wanted).map((text) => ({ text, place: relative(directory, file) })));

function filesIn(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    return entry.isDirectory() ? filesIn(path) : entry.isFile() ? [path] : [];
  });
}

/** A file of a running server may go while it is looked at. */
function readAll(file: string): Buffer {
  try {
    return statSync(file).size === 0 ? Buffer.alloc(0) : readFileSync(file);
  } catch {
    return Buffer.alloc(0);
  }
}

/** What of the wanted is in some bytes or in a text, each once. */
export function holding(bytes: Buffer | string, { mark, words }: Wanted): string[] {
  const found = new Set(words.filter((word) => bytes.includes(word)));
  for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + 1)) {
    const text = typeof bytes === 'string' ? bytes.slice(at, at + 60) : bytes.toString('latin1', at, at + 60);
    found.add(/^\w{14}x\d{4}x/.exec(text)?.[0] ?? mark);
  }
  return [...found];
}

/** Everything wanted in the rows of all tables, whatever is compressed or written as bytes. */
export async function inRows(adminUrl: string, wanted: Wanted): Promise<Found[]> {
  const found: Found[] = [];
  for (const database of databasesOf(adminUrl)) {
    const tables = await asked<{ schema: string; name: string }>(
      adminUrl, database,
      `select schemaname as schema, tablename as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
    );
    for (const { schema, name } of tables) {
      const rows = await asked<{ text: string }>(adminUrl, database, `select t::text as text from ${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)} t`);
      for (const { text } of rows) {
        const bytes = text.replaceAll(/\\\\x([0-9a-f]+)/g, (_, hex: string) => Buffer.from(hex, 'hex').toString('latin1'));
        found.push(...holding(bytes, wanted).map((one) => ({ text: one, place: `${schema}.${name}` })));
      }
    }
  }
  return found;
}

/** Every row of every read table, each table's rows in an order of their own: what a rebuild must give again. */
export async function readTables(adminUrl: string): Promise<Record<string, string[]>> {
  const [database] = databasesOf(adminUrl);
  const views = await asked<{ name: string }>(adminUrl, database!, `select name from read.public_views order by name`);
  const all: Record<string, string[]> = {};
  for (const { name } of views) {
    all[name] = (await asked<{ text: string }>(adminUrl, database!, `select v::text as text from read.${pg.escapeIdentifier(name)} v`)).map(({ text }) => text).sort();
  }
  return all;
}
