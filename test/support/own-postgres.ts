import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres.js';
import { postgresAccounts } from '../../src/platform/postgres-account.js';

/** A PostgreSQL of a spec's own, which may be struck: whatever it has committed is on disk. */
export interface OwnPostgres {
  /** Superuser's connection string, to the database `postgres`; the same after a restart. */
  readonly adminUrl: string;
  /** `pg_ctl restart -m immediate`: every process of the server ends at once, and it recovers from its log. */
  restartImmediately(): Promise<void>;
  /** Ends one of the server's processes by `kill -9`: the server drops every session and recovers. @param pid of a backend. */
  killBackend(pid: number): void;
  remove(): Promise<void>;
}

async function asked(adminUrl: string, text: string): Promise<string> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    return Object.values((await client.query<Record<string, string>>(text)).rows[0]!)[0]!;
  } finally {
    await client.end();
  }
}

async function programs(): Promise<{ pg_ctl: string }> {
  return (await import(`@embedded-postgres/${process.platform}-${process.arch}`)) as { pg_ctl: string };
}

/** Starts a server of one's own, with durable commits. */
export async function ownPostgres(): Promise<OwnPostgres> {
  const dataDir = mkdtempSync(join(tmpdir(), 'yuthub-own-'));
  const server = await startEmbeddedPostgres({ dataDir, maxConnections: 200, log: () => undefined });
  const cluster = await asked(server.adminUrl, 'show data_directory');
  const program = (await programs()).pg_ctl;
  const account = postgresAccounts().find((one) => one.reaches(program, cluster))!;
  const control = async (...args: string[]): Promise<void> => {
    const child = account.spawn(program, [...args, '-w', '-s', '-D', cluster], { cwd: cluster, stdio: 'ignore', env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' } });
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`pg_ctl ${args.join(' ')} ended with ${code}.`);
  };
  // Whatever becomes of the spec, its server does not outlive it.
  const script = 'cat >/dev/null; [ -f "$1/postmaster.pid" ] && kill -QUIT "$(head -1 "$1/postmaster.pid")"; rm -rf "$2"';
  const watcher = spawn('/bin/sh', ['-c', script, 'sh', cluster, dataDir], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  watcher.unref();
  (watcher.stdin as unknown as { unref(): void }).unref();
  return {
    adminUrl: server.adminUrl,
    restartImmediately: () => control('restart', '-m', 'immediate', '-l', join(cluster, 'restarted.log')),
    killBackend: (pid) => void process.kill(pid, 'SIGKILL'),
    remove: async () => {
      await control('stop', '-m', 'fast');
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
