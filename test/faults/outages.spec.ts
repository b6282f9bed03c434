import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { setTimeout as delay } from 'node:timers/promises';
import { dateOf, dayOf } from '../support/reckoning.js';
import { installation, type Installation, type RunningProduct } from '../support/product.js';
import { CLOCK_START, FIRST_DAY, house, type House } from './house.js';
import { Chance, Load } from './load.js';
import { Oracle } from './oracle.js';

const LONG = 60_000;

/** Two processes with all roles under load, so that two workers and two projectors want to lead. */
describe('two workers at once', () => {
  let at: Installation;
  let leader: RunningProduct;
  let other: RunningProduct;
  let home: House;
  let load: Load;
  let oracle: Oracle;

  beforeAll(async () => {
    at = await installation();
    const env = { CLOCK_START, CLAIM_GRACE_MS: '500' };
    leader = await at.start(env);
    home = await house(at, leader.baseUrl);
    const rooms = await Promise.all([1, 1, 1, 1, 2, 2].map((beds) => home.room(beds)));
    load = new Load(home, await home.lodgers(12), rooms, new Chance(4_711), FIRST_DAY);
    oracle = await Oracle.open(at.databases);
    other = await at.start(env);
  }, 2 * LONG);
  afterAll(async () => {
    await oracle?.close();
    await at.remove();
  }, LONG);

  const both = (): string[] => [leader.baseUrl, other.baseUrl];
  const allGood = async (): Promise<void> => {
    await load.pause();
    await load.settle(both());
    expect(load.broken).toEqual([]);
    await oracle.claimsSettled();
    await oracle.quiesce();
    expect(await oracle.violations(load.answered)).toEqual([]);
  };
  const clockTo = async (days: number): Promise<void> => {
    const next = dateOf(dayOf(load.today) + days);
    const moved = await home.manager.at(other.baseUrl).call('PUT', '/api/v1/clock', { now: `${next}T08:00:00Z` });
    expect([moved.status, moved.text]).toEqual([200, expect.anything()]);
    load.today = oracle.today = next;
  };

  it('take over from one that is frozen, which changes nothing any more when it goes on', async () => {
    load.start(both());
    await delay(700);
    leader.process.kill('SIGSTOP');
    // Hands whose request it had wait with it; the others go on.
    load.start([other.baseUrl]);
    await delay(300);
    await clockTo(15);
    await oracle.quiesce();
    leader.process.kill('SIGCONT');
    await delay(500);
    await allGood();
    expect(leader.process.exitCode).toBeNull();
  }, LONG);

  it('survive the loss of every database connection, again and again', async () => {
    const admin = new pg.Client({ connectionString: at.databases.adminUrl });
    await admin.connect();
    const before = load.done.length;
    load.start(both());
    for (let cut = 0; cut < 6; cut++) {
      await delay(150 + 100 * cut);
      const { rows } = await admin.query<{ ended: boolean }>(
        `select pg_terminate_backend(pid) as ended from pg_stat_activity
         where datname in (current_database(), current_database() || '_keyring') and pid <> pg_backend_pid()`,
      );
      expect(rows.length).toBeGreaterThan(0);
    }
    await admin.end();
    await clockTo(8);
    await allGood();
    expect(load.done.length).toBeGreaterThan(before);
    expect([leader.process.exitCode, other.process.exitCode]).toEqual([null, null]);
    expect((await fetch(`${leader.baseUrl}/health/ready`)).status).toBe(200);
    expect(await oracle.verify()).toEqual([]);
  }, LONG);
});
