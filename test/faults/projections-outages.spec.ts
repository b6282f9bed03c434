import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { setTimeout as delay } from 'node:timers/promises';
import { ownPostgres, type OwnPostgres } from '../support/own-postgres.js';
import { installation, type Installation, type RunningProduct } from '../support/product.js';
import { CLOCK_START, FIRST_DAY, house } from './house.js';
import { Chance, Load } from './load.js';
import { Oracle } from './oracle.js';

const LONG = 300_000;
const ENVIRONMENT = { CLOCK_START, CLAIM_GRACE_MS: '300' };
/** How often each outage comes; in a long walk more often. */
const TIMES = process.env['FAULTS'] === undefined ? 1 : Math.max(1, Math.floor(Number(process.env['FAULTS']) / 10));
const FREEZE_MS = process.env['FAULTS'] === undefined ? 6_000 : 60_000;

/** Two processes with all roles under load, on a server whose commits are durable and which is struck. */
describe('the database, struck under load', () => {
  let server: OwnPostgres;
  let at: Installation;
  let both: readonly RunningProduct[];
  let load: Load;
  let oracle: Oracle;

  beforeAll(async () => {
    server = await ownPostgres();
    at = await installation({}, server.adminUrl);
    const first = await at.start(ENVIRONMENT);
    const home = await house(at, first.baseUrl);
    const rooms = await Promise.all([1, 1, 1, 1, 2, 2].map((beds) => home.room(beds)));
    load = new Load(home, await home.lodgers(12), rooms, new Chance(19), FIRST_DAY);
    oracle = await Oracle.open(at.databases);
    both = [first, await at.start(ENVIRONMENT)];
  }, LONG);
  afterAll(async () => {
    await oracle?.close();
    await at?.remove();
    await server?.remove();
  }, LONG);

  const bases = (): string[] => both.map(({ baseUrl }) => baseUrl);
  /** Lets people work until so many more commands have been answered as recorded. */
  async function work(count: number): Promise<void> {
    const wanted = load.done.length + count;
    while (load.done.length < wanted) await delay(20);
  }
  async function allGood(): Promise<void> {
    await load.pause();
    await load.settle(bases());
    expect(load.broken).toEqual([]);
    await oracle.claimsSettled();
    await oracle.quiesce();
    expect(await oracle.violations(load.answered)).toEqual([]);
    expect(await oracle.verify()).toEqual([]);
    expect(both.map(({ process: child }) => [child.exitCode, child.signalCode])).toEqual(both.map(() => [null, null]));
  }
  const admin = async <T>(ask: (client: pg.Client) => Promise<T>): Promise<T> => {
    const client = new pg.Client({ connectionString: at.databases.adminUrl });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return await ask(client);
    } finally {
      await client.end().catch(() => undefined);
    }
  };

  it('restarted with -m immediate: nothing that was answered is lost, and the read tables are what the log says', async () => {
    for (let time = 0; time < TIMES; time++) {
      load.start(bases());
      await work(20);
      await server.restartImmediately();
      await work(20);
      await allGood();
    }
  }, LONG * (1 + TIMES));

  it.each(['yuthub_projector', 'yuthub_app'])('one backend of %s killed, and every session dropped with it: the same', async (role) => {
    for (let time = 0; time < TIMES; time++) {
      load.start(bases());
      await work(20);
      const pid = await admin(async (client) => {
        const { rows } = await client.query<{ pid: number }>('select pid from pg_stat_activity where usename = $1 and datname = current_database() order by state_change desc limit 1', [role]);
        return rows[0]!.pid;
      });
      server.killBackend(pid);
      await work(20);
      await allGood();
    }
  }, LONG * (1 + TIMES));

  it('and the projector frozen for longer than it counts as alive: another projects, and nothing comes of the frozen one', async () => {
    const lease = () => admin(async (client) => (await client.query<{ holder: string; until: string }>('select holder, expires_at::text as until from read.projector_lease')).rows[0]!);
    const holders = new Set([(await lease()).holder]);
    for (const [index, one] of both.entries()) {
      load.start(bases());
      await work(10);
      one.process.kill('SIGSTOP');
      // Hands whose request it had wait with it; the others go on.
      load.start([bases()[1 - index]!]);
      await delay(FREEZE_MS);
      // Whoever renews the lease from now on is alive.
      const stands = await lease();
      while ((await lease()).until === stands.until) await delay(20);
      await oracle.quiesce();
      holders.add((await lease()).holder);
      one.process.kill('SIGCONT');
      await allGood();
    }
    // One of the two had the lease when it was frozen.
    expect(holders.size).toBeGreaterThan(1);
  }, 2 * LONG + 2 * FREEZE_MS);
});
