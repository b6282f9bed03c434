import { Redis } from 'ioredis';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A Redis server of one's own, or one that is lent. */
export interface TestRedis {
  readonly url: string;
  /** Whether it may be stopped, filled and emptied: of our own only. */
  readonly own: boolean;
  /** As its administrator, over no line. */
  readonly admin: Redis;
  /** Ends the server as a power cut would. */
  kill(): Promise<void>;
  /** Kills the server where it still runs, and starts it again on what is on its disk. */
  restart(): Promise<void>;
  /** It answers nobody, and refuses nobody, until it is thawed. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  stop(): Promise<void>;
}

/** Why there is no Redis for the specs; undefined where there is one: a `redis-server` on the PATH, else REDIS_URL. */
export function whyNoRedis(): string | undefined {
  if (onPath() || process.env['REDIS_URL']) return undefined;
  return 'there is no redis-server on the PATH, and REDIS_URL names none';
}

/** Why there is no Redis that may be stopped and emptied; undefined where there is one. */
export function whyNoRedisOfOnesOwn(): string | undefined {
  return onPath() ? undefined : 'there is no redis-server on the PATH';
}

function onPath(): boolean {
  try {
    return execFileSync('redis-server', ['--version'], { encoding: 'utf8' }).includes('Redis');
  } catch {
    return false;
  }
}

/** Starts a server of one's own, with what it writes on disk at once; or borrows the one that REDIS_URL names. */
export async function testRedis(): Promise<TestRedis> {
  const lent = process.env['REDIS_URL'];
  if (!onPath()) return borrowed(lent!);
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'yuthub-redis-'));
  const start = async (): Promise<ChildProcess> => {
    const settings = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'yes', '--appendfsync', 'always', '--maxmemory-policy', 'noeviction'];
    const child = spawn('redis-server', settings, { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const chunk of child.stdout!) if (String(chunk).includes('Ready to accept connections')) break;
    child.stdout!.resume();
    return child;
  };
  let child = await start();
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  const url = `redis://127.0.0.1:${port}`;
  const admin = client(url);
  return {
    url,
    own: true,
    admin,
    kill,
    freeze: () => Promise.resolve(void child.kill('SIGSTOP')),
    thaw: () => Promise.resolve(void child.kill('SIGCONT')),
    restart: async () => {
      await kill();
      child = await start();
    },
    stop: async () => {
      admin.disconnect();
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function borrowed(url: string): TestRedis {
  const admin = client(url);
  const unwilling = (): Promise<never> => Promise.reject(new Error('A server that is lent is not stopped.'));
  return { url, own: false, admin, kill: unwilling, restart: unwilling, freeze: unwilling, thaw: unwilling, stop: () => Promise.resolve(admin.disconnect()) };
}

function client(url: string): Redis {
  const admin = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 50 });
  admin.on('error', () => undefined);
  return admin;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}
