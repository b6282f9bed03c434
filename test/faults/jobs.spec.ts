import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Json } from '../support/caller.js';
import { installation, organisation, type Installation, type Organisation, type RunningProduct } from '../support/product.js';
import { notAsked } from '../support/not-asked.js';
import { testRedis, whyNoRedisOfOnesOwn, type TestRedis } from '../support/redis.js';

const LONG = 300_000;
/** A job whose worker was killed is somebody else's after up to 45 seconds. */
const LONGER = 300_000;
let addresses = 0;

/** The product with its queues in one place: invitations are made, and delivered by jobs, whatever happens meanwhile. */
function jobsOfTheProduct(place: string, startRedis: () => Promise<TestRedis | undefined>): void {
  describe(`jobs of the product, with queues in ${place}`, () => {
    let at: Installation;
    let redis: TestRedis | undefined;
    let api: RunningProduct;
    let ours: Organisation;
    let database: pg.Pool;
    const workers: RunningProduct[] = [];

    beforeAll(async () => {
      redis = await startRedis();
      at = await installation(redis ? { REDIS_URL: redis.url } : {});
      database = new pg.Pool({ connectionString: at.databases.adminUrl, max: 1 });
      database.on('error', () => undefined);
      api = await at.start({ ROLES: 'api,projector' });
      ours = await organisation(at, api.baseUrl);
    }, LONG);
    afterAll(async () => {
      await database?.end();
      await at?.remove();
      await redis?.stop();
    }, LONG);

    const worker = async (): Promise<void> => void workers.push(await at.start({ ROLES: 'worker' }));
    /** Without waiting for anything that follows from it. */
    const did = async (path: string, body: object): Promise<Json> => {
      const answer = await ours.owner.post<Json>(path, body);
      if (answer.status >= 300) throw new Error(`POST ${path} was answered ${answer.status}: ${answer.text}`);
      return answer.body;
    };
    const invite = (): Promise<Json> => did('/user-organizations', { email: `jo-ellis-${++addresses}@canary.example`, role: 'manager' });
    /** Invites so many, one after the other. @returns the memberships. */
    const inviteMany = async (count: number): Promise<string[]> => {
      const ids: string[] = [];
      for (let made = 0; made < count; made++) ids.push((await invite()).id);
      return ids;
    };
    const delivered = async (): Promise<string[]> =>
      (await database.query<{ id: string }>("select subject_id as id from app.deliveries where kind = 'invitation' order by at")).rows.map(({ id }) => id);
    /** Waits until each is delivered; whoever is delivered twice is seen by `once each`. */
    const allDelivered = async (ids: readonly string[]): Promise<void> => {
      while (!ids.every((id) => all.has(id))) {
        await delay(50);
        for (const id of await delivered().catch(() => [])) all.add(id);
      }
    };
    const all = new Set<string>();
    const onceEach = async (): Promise<void> => {
      const ids = await delivered();
      expect(new Set(ids).size).toBe(ids.length);
    };
    const settled = async (): Promise<void> => {
      const open = async (): Promise<number> => (await database.query("select from app.job_intents where state = 'due'")).rowCount ?? 0;
      while ((await open()) > 0) await delay(50);
    };

    it('deliver an invitation that counts by then, once, and none that does not', async () => {
      const [taken, kept, again] = await inviteMany(3) as [string, string, string];
      await did(`/user-organizations/${taken}/revoke-invitation`, {});
      await did(`/user-organizations/${again}/resend-invitation`, {});
      await worker();
      await allDelivered([kept, again]);
      await settled();
      expect((await delivered()).sort()).toEqual([kept, again].sort());
    }, LONG);

    it('tell how they stand: by the command line, in the health, and in the metrics', async () => {
      expect(JSON.parse((await at.cli('jobs', 'list', '--json')).trim().split('\n').at(-1)!)).toMatchObject({
        place: redis ? 'redis' : 'postgresql', outbox: { due: 0, dead: 0 }, queues: { messages: { waiting: 0, active: 0, dead: 0 } },
      });
      expect(await at.cli('jobs', 'dead')).toContain('No job is dead.');
      const health = (await (await fetch(`${api.baseUrl}/health/ready`)).json()) as { checks: { jobs: object } };
      expect(health.checks.jobs).toMatchObject({ status: 'up', outbox: { due: 0 }, queues: { messages: { dead: 0 } } });
      const metrics = await (await fetch(`${api.baseUrl}/metrics`)).text();
      for (const line of ['yuthub_jobs_waiting{name="messages"} 0', 'yuthub_jobs_delayed{name="messages"} 0', 'yuthub_jobs_dead{name="messages"} 0', 'yuthub_outbox{name="due"} 0']) {
        expect(metrics).toContain(line);
      }
    }, LONG);

    it('are not done again by read tables that are built anew', async () => {
      const before = [await delivered(), (await database.query('select * from app.job_intents order by intent_id')).rows];
      await at.cli('projections', 'rebuild', 'all');
      await allDelivered(await inviteMany(1));
      await settled();
      const [ids, intents] = [await delivered(), (await database.query('select * from app.job_intents order by intent_id')).rows];
      expect(ids.slice(0, -1)).toEqual(before[0]);
      expect(intents).toHaveLength(before[1]!.length + 1);
      expect(intents).toEqual(expect.arrayContaining(before[1]!));
    }, LONG);

    it('go on when workers are killed, and with two of them', async () => {
      await worker();
      const ids: string[] = [];
      for (let round = 0; round < 4; round++) {
        const inviting = inviteMany(8);
        const doomed = workers.shift()!;
        const ended = once(doomed.process, 'exit');
        await delay(30 * round);
        doomed.process.kill('SIGKILL');
        ids.push(...(await inviting));
        await ended;
        await worker();
      }
      await allDelivered(ids);
      await settled();
      await onceEach();
    }, LONGER);

    it('go on when every connection to the database is cut, again and again', async () => {
      const ids: string[] = [];
      for (let round = 0; round < 5; round++) {
        ids.push(...(await inviteMany(4)));
        await database.query("select pg_terminate_backend(pid) from pg_stat_activity where datname like current_database() || '%' and pid <> pg_backend_pid()");
        while (!(await fetch(`${api.baseUrl}/health/ready`).then((answer) => answer.ok, () => false))) await delay(50);
      }
      await allDelivered(ids);
      await settled();
      await onceEach();
      expect(workers.map(({ process }) => process.exitCode)).toEqual([null, null]);
    }, LONG);

    if (place === 'Redis') {
      it('are there again after Redis has lost everything', async () => {
        const ids: string[] = [];
        for (let round = 0; round < 3; round++) {
          const inviting = inviteMany(8);
          await redis!.admin.flushall();
          ids.push(...(await inviting));
        }
        await redis!.admin.flushall();
        await allDelivered(ids);
        await settled();
        await onceEach();
      }, LONG);

      it('wait while Redis is gone, which nobody who invites notices', async () => {
        const ids = await inviteMany(2);
        // Stopped where it is: it answers nobody, and refuses nobody.
        await redis!.freeze();
        ids.push(...(await inviteMany(5)));
        expect((await fetch(`${api.baseUrl}/health/ready`)).status).toBe(200);
        await redis!.thaw();
        await allDelivered(ids);
        await redis!.kill();
        ids.push(...(await inviteMany(5)));
        const answer = await fetch(`${api.baseUrl}/health/ready`);
        expect(answer.status).toBe(200);
        const health = (await answer.json()) as object;
        expect(health).toMatchObject({ checks: { jobs: { queues: 'away' } } });
        await redis!.restart();
        await allDelivered(ids);
        await settled();
        await onceEach();
        expect(workers.map(({ process }) => process.exitCode)).toEqual([null, null]);
      }, LONG);

      it('wait while Redis has no room', async () => {
        await redis!.admin.config('SET', 'maxmemory', '1');
        const ids = await inviteMany(3);
        await redis!.admin.config('SET', 'maxmemory', '0');
        await allDelivered(ids);
        await settled();
        await onceEach();
      }, LONG);
    }

    it('leave nothing personal where they wait, nor in the output of who does them', async () => {
      await Promise.all(workers.map((one) => one.stop('SIGTERM')));
      expect(workers.map(({ process }) => process.exitCode)).toEqual([0, 0]);
      const [id] = await inviteMany(1);
      await worker();
      await allDelivered([id!]);
      const tables = (await database.query<{ name: string }>("select schemaname || '.' || quote_ident(tablename) as name from pg_tables where schemaname = 'bullmq' or (schemaname = 'app' and tablename in ('job_intents', 'deliveries'))")).rows;
      const stored = await Promise.all(tables.map(async ({ name }) => (await database.query<{ row: string }>(`select t::text as row from ${name} t`)).rows.map(({ row }) => row)));
      const keys = (await redis?.admin.keys('*')) ?? [];
      const dumped = await Promise.all(keys.map(async (key) => `${key} ${(await redis!.admin.dumpBuffer(key))?.toString('latin1') ?? ''}`));
      expect(stored.flat().length).toBeGreaterThan(0);
      expect([...stored.flat(), ...dumped, ...workers.map((one) => one.output())].join('\n')).not.toMatch(/jo-ellis|canary\.example/);
    }, LONG);
  });
}

jobsOfTheProduct('PostgreSQL', () => Promise.resolve(undefined));
const why = whyNoRedisOfOnesOwn();
if (why === undefined) jobsOfTheProduct('Redis', testRedis);
else notAsked('jobs of the product, with queues in Redis', why);
