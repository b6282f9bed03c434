import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres.js';
import { isAlive } from '../../src/platform/data-dir-lock.js';

interface Answer {
  readonly adminUrl: string;
  readonly pid: number;
  readonly error?: string;
}

async function query(connectionString: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

describe('the embedded PostgreSQL', () => {
  let folder: string;
  let dataDir: string;
  let children: ChildProcess[];
  beforeEach(() => {
    // Closed to everybody else, as a clone under /root is.
    folder = mkdtempSync(join(tmpdir(), 'yuthub-embedded-'));
    chmodSync(folder, 0o700);
    dataDir = join(folder, 'data');
    children = [];
  });
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    const last = await startEmbeddedPostgres({ dataDir, log: () => undefined });
    await last.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = async (): Promise<{ child: ChildProcess; answer: Answer }> => {
    const child = spawn(process.execPath, [resolve('test/platform/embedded-postgres-process.mjs'), dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    return { child, answer: JSON.parse(line.toString()) as Answer };
  };

  it('keeps its data over a stop and a start, and listens on this machine only', async () => {
    const first = await startEmbeddedPostgres({ dataDir, log: () => undefined });
    await query(first.adminUrl, 'create table kept as select 1 as one');
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);
    const second = await startEmbeddedPostgres({ dataDir, log: () => undefined });
    expect(await query(second.adminUrl, 'select one from kept')).toEqual([{ one: 1 }]);
    expect(await query(second.adminUrl, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    expect(statSync(join(dataDir, 'postgres.password')).mode & 0o777).toBe(0o600);
    await second.stop();
  });

  it('finds the server that outlived a killed process, and what was committed', async () => {
    const { child, answer } = await start();
    await query(answer.adminUrl, 'create table kept as select 2 as two');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isAlive(answer.pid)).toBe(true);
    const said: string[] = [];
    const next = await startEmbeddedPostgres({ dataDir, log: (message) => said.push(message) });
    expect(isAlive(answer.pid)).toBe(false);
    expect(said).toEqual([expect.stringContaining(`process ${answer.pid}`)]);
    expect(await query(next.adminUrl, 'select two from kept')).toEqual([{ two: 2 }]);
    await next.stop();
  });

  it('recovers when the server was killed as well', async () => {
    const { child, answer } = await start();
    await query(answer.adminUrl, 'create table kept as select 3 as three');
    child.kill('SIGKILL');
    process.kill(answer.pid, 'SIGKILL');
    await once(child, 'exit');
    const next = await startEmbeddedPostgres({ dataDir, log: () => undefined });
    expect(await query(next.adminUrl, 'select three from kept')).toEqual([{ three: 3 }]);
    await next.stop();
  });

  it('refuses a data folder that a living process uses', async () => {
    const { child } = await start();
    const second = await start();
    expect(second.answer.error).toContain(`in use by the YUTHUB process ${child.pid}`);
    child.kill('SIGKILL');
    await once(child, 'exit');
  });

  it('writes no statement to its log', async () => {
    const server = await startEmbeddedPostgres({ dataDir, log: () => undefined });
    await expect(query(server.adminUrl, `select 'Mary Bloggs'::text from nowhere`)).rejects.toThrow();
    await server.stop();
    const log = readFileSync(join(dataDir, 'postgres.log'), 'utf8');
    expect(log).toContain('nowhere');
    expect(log).not.toContain('Bloggs');
  });
});
