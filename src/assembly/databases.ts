import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Configuration } from '../platform/configuration.js';
import { DataDirInUse, isAlive } from '../platform/data-dir-lock.js';
import { prepareDatabases, withDatabase, type DatabaseUrls } from '../platform/databases.js';
import { startEmbeddedPostgres } from '../platform/embedded-postgres.js';

/** The databases of an installation, ready to be used. */
export interface OpenDatabases {
  readonly urls: DatabaseUrls;
  /** Of the role that makes roles, to the main database. */
  readonly adminUrl: string;
  /** Stops our own PostgreSQL; a server of somebody else's, or of another process, is left alone. */
  stop(): Promise<void>;
}

type Log = (message: string) => void;
const FREE_WITHIN_MS = 10_000;

/** Starts the embedded PostgreSQL, or finds the configured one, and brings both databases up to date. */
export async function openDatabases(configuration: Configuration, log: Log): Promise<OpenDatabases> {
  const { databaseUrl, keyringDatabaseUrl, dataDir, masterKey } = configuration;
  if (databaseUrl) {
    const preparation = { adminUrl: databaseUrl, masterKey, ...(keyringDatabaseUrl ? { keyringAdminUrl: keyringDatabaseUrl } : {}) };
    return { urls: await prepareDatabases(preparation), adminUrl: mainDatabase(databaseUrl), stop: () => Promise.resolve() };
  }
  const server = await onceFree(() => startEmbeddedPostgres({ dataDir, log }), log);
  // However this process ends, its server does not stay behind; from this shutdown PostgreSQL recovers at the next start.
  const atOnce = (): void => void (isAlive(server.pid) && process.kill(server.pid, 'SIGQUIT'));
  process.once('exit', atOnce);
  const stop = async (): Promise<void> => {
    rmSync(addressFile(dataDir), { force: true });
    await server.stop();
    process.off('exit', atOnce);
  };
  try {
    const adminUrl = withDatabase(server.adminUrl, 'yuthub');
    const urls = await prepareDatabases({ adminUrl, masterKey });
    writeFileSync(addressFile(dataDir), JSON.stringify({ pid: server.pid, adminUrl }), { mode: 0o600 });
    return { urls, adminUrl, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A connection string without a database, or to the server's own, means the one that is called as the product. */
export const mainDatabase = (url: string): string => (['', '/', '/postgres'].includes(new URL(url).pathname) ? withDatabase(url, 'yuthub') : url);

/** A process that has just been told to stop, or lost whoever started it, is about to give the data folder back. */
async function onceFree<T>(start: () => Promise<T>, log: Log): Promise<T> {
  const until = performance.now() + FREE_WITHIN_MS;
  for (let told = false; ; told = true) {
    try {
      return await start();
    } catch (error) {
      if (!(error instanceof DataDirInUse) || performance.now() > until) throw error;
      if (!told) log('The data folder is still in use: waiting for it.');
      await delay(200);
    }
  }
}

/** As `openDatabases`, for a command line: where the product runs on its own PostgreSQL, that one is used beside it. */
export async function openDatabasesBeside(configuration: Configuration, log: Log): Promise<OpenDatabases> {
  const running = configuration.databaseUrl ? undefined : runningServer(configuration.dataDir);
  if (!running) return openDatabases(configuration, log);
  return { urls: await prepareDatabases({ adminUrl: running, masterKey: configuration.masterKey }), adminUrl: running, stop: () => Promise.resolve() };
}

/** Says where the embedded server of the running product is; readable by its owner only, gone with a clean stop. */
const addressFile = (dataDir: string): string => join(dataDir, 'postgres.address');

function runningServer(dataDir: string): string | undefined {
  const file = addressFile(dataDir);
  if (!existsSync(file)) return undefined;
  const { pid, adminUrl } = JSON.parse(readFileSync(file, 'utf8')) as { pid: number; adminUrl: string };
  return isAlive(pid) ? adminUrl : undefined;
}
