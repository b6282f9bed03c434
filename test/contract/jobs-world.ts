import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { BullQueues, QUEUE_TIMES, type QueueTimes } from '../../src/jobs/bullmq/bullmq-queues.js';
import { onPostgres, prepareQueueTables } from '../../src/jobs/bullmq/on-postgres.js';
import { onRedis } from '../../src/jobs/bullmq/on-redis.js';
import { idOf, type Patience } from '../../src/jobs/job.js';
import type { QueuedJob, Queues, TakenJob } from '../../src/jobs/queues.js';
import { testDatabases, type TestDatabases } from '../support/databases.js';
import { Line } from '../support/line.js';
import { testRedis, type TestRedis } from '../support/redis.js';

/** Queues in one place, and what can happen to that place. */
export interface QueuesWorld {
  /** Between the queues and whoever uses them. */
  readonly line: Line;
  /** Databases of one's own, with the log and the outbox, whichever place the queues are in. */
  readonly databases: TestDatabases;
  /** How another process is told where the queues are. */
  readonly place: readonly string[];
  /** Opens the queues as another process would. */
  open(times?: Partial<QueueTimes>): Queues;
  /** Takes jobs in a process of its own. */
  worker(leaseMs: number): Promise<OtherWorker>;
  /** A statement of the database's administrator. */
  admin(statement: string): Promise<void>;
  /** Everything that the place keeps, as text. */
  stored(): Promise<string>;
  /** The place forgets everything. */
  lose(): Promise<void>;
  /** The server ends all connections. */
  hangUp(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Fast enough for specs. Idle workers are told of jobs, and look by themselves hardly ever; a lease is long enough for a
 * machine that has other things to do.
 */
export const FAST: QueueTimes = { ...QUEUE_TIMES, leaseMs: 10_000, stalledMs: 250, idleMs: 600_000, retryMs: 50 };

/** Queues in PostgreSQL, and the databases that they are in. */
export async function postgresWorld(): Promise<QueuesWorld> {
  const databases = await testDatabases();
  await prepareQueueTables(databases.urls.owner);
  const line = await Line.to(databases.urls.app);
  const admin = new pg.Pool({ connectionString: databases.adminUrl, max: 1 });
  admin.on('error', () => undefined);
  const tables = async (): Promise<string[]> =>
    (await admin.query<{ name: string }>("select quote_ident(tablename) as name from pg_tables where schemaname = 'bullmq' and tablename <> 'migration'")).rows.map(({ name }) => name);
  const url = line.over(databases.urls.app);
  return {
    ...shared(databases, line, ['postgresql', url], () => onPostgres(url)),
    stored: async () => {
      const rows = await Promise.all((await tables()).map(async (name) => (await admin.query<{ row: string }>(`select t::text as row from bullmq.${name} t`)).rows));
      return rows.flat().map(({ row }) => row).join('\n');
    },
    lose: async () => {
      const all = (await tables()).map((name) => `bullmq.${name}`).join(', ');
      // It takes all tables one by one, as those who use the queues do in an order of their own: the server may end either.
      await eventually(() => admin.query(`truncate ${all} cascade`), DEADLOCK);
    },
    hangUp: async () =>
      void (await admin.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = 'yuthub_app'")),
    admin: async (statement) => void (await admin.query(statement)),
    close: async () => {
      await line.take();
      await admin.end();
      await databases.drop();
    },
  };
}

/** Redis of one's own, or another prefix on one that is lent. */
export interface RedisWorld extends QueuesWorld {
  readonly redis: TestRedis;
}

export async function redisWorld(): Promise<RedisWorld> {
  const [databases, redis] = await Promise.all([testDatabases(), testRedis()]);
  const line = await Line.to(redis.url);
  const admin = new pg.Pool({ connectionString: databases.adminUrl, max: 1 });
  admin.on('error', () => undefined);
  const prefix = `yuthub-spec-${randomUUID()}`;
  const keys = (): Promise<string[]> => redis.admin.keys(`${prefix}:*`);
  const url = line.over(redis.url);
  return {
    ...shared(databases, line, ['redis', url, prefix], () => onRedis(url, prefix)),
    redis,
    stored: async () => {
      const dumps = await Promise.all((await keys()).map(async (key) => `${key} ${(await redis.admin.dumpBuffer(key))?.toString('latin1') ?? ''}`));
      return dumps.join('\n');
    },
    lose: async () => {
      if (redis.own) return void (await redis.admin.flushall());
      const found = await keys();
      if (found.length > 0) await redis.admin.del(found);
    },
    hangUp: () => Promise.resolve(line.cut()),
    admin: async (statement) => void (await admin.query(statement)),
    close: async () => {
      await line.take();
      await admin.end();
      const left = await keys();
      if (left.length > 0) await redis.admin.del(left);
      await redis.stop();
      await databases.drop();
    },
  };
}

function shared(databases: TestDatabases, line: Line, place: readonly string[], backing: () => ReturnType<typeof onPostgres>) {
  return {
    databases,
    line,
    place,
    open: (times: Partial<QueueTimes> = {}): Queues => new BullQueues(backing(), () => undefined, { ...FAST, ...times }),
    worker: (leaseMs: number): Promise<OtherWorker> => OtherWorker.start(place, leaseMs),
  };
}

/** A worker that takes jobs of the queue `messages` in a process of its own, and finishes one when it is told to. */
export class OtherWorker {
  private readonly said: string[] = [];
  private heard: () => void = () => undefined;

  private constructor(readonly process: ChildProcess) {
    createInterface({ input: process.stdout! }).on('line', (line) => {
      this.said.push(line);
      this.heard();
    });
    process.once('exit', () => this.heard());
  }

  static async start(place: readonly string[], leaseMs: number): Promise<OtherWorker> {
    const script = fileURLToPath(new URL('../support/job-worker.mjs', import.meta.url));
    const child = spawn(process.execPath, ['--no-warnings', script, String(leaseMs), ...place], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    const worker = new OtherWorker(child);
    await worker.says('started');
    return worker;
  }

  /** Waits until it has said something. */
  async says(line: string): Promise<void> {
    while (!this.said.includes(line)) {
      if (this.process.exitCode !== null) throw new Error(`The worker ended (${this.process.exitCode}) before it said: ${line}`);
      await new Promise<void>((resolve) => (this.heard = resolve));
    }
  }

  /** Lets it finish the job in hand. */
  finish(): void {
    this.process.stdin!.write('finish\n');
  }

  async kill(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await ended;
  }
}

/** A job of messages that says nothing but its id. */
export const someJob = (patience: Partial<Patience> = {}): QueuedJob => ({
  id: idOf(randomUUID()), kind: 'some-letter', queue: 'messages', attempts: 5, backoffMs: 20, ...patience,
});

/** What workers were given, and a way to wait for it. */
export class Taken {
  readonly jobs: TakenJob[] = [];
  private heard: () => void = () => undefined;

  /** Notes it, for use as what a worker does. */
  readonly note = (job: TakenJob): Promise<void> => {
    this.jobs.push(job);
    this.heard();
    return Promise.resolve();
  };

  get ids(): string[] {
    return this.jobs.map(({ id }) => id);
  }

  async until(count: number): Promise<void> {
    while (this.jobs.length < count) await new Promise<void>((resolve) => (this.heard = resolve));
  }
}

/** Asks until it is so; only the spec's own timeout ends it. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await delay(20);
}

const DEADLOCK = '40P01';

/** As `until`, for what may throw while something is away. @param code what it may throw, where that is one thing. */
export async function eventually<T>(ask: () => Promise<T>, code?: string): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (code !== undefined && (error as { code?: unknown }).code !== code) throw error;
      await delay(50);
    }
  }
}
