import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { setTimeout as delay } from 'node:timers/promises';
import { dateOf, dayOf } from '../support/reckoning.js';
import { installation, type Installation, type RunningProduct } from '../support/product.js';
import { CLOCK_START, each, FIRST_DAY, house, place, type House } from './house.js';
import { Chance, Load } from './load.js';
import { Oracle } from './oracle.js';

const LONG = 300_000;
const ENVIRONMENT = { CLOCK_START, CLAIM_GRACE_MS: '300' };

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
    leader = await at.start(ENVIRONMENT);
    home = await house(at, leader.baseUrl);
    const rooms = await Promise.all([1, 1, 1, 1, 2, 2].map((beds) => home.room(beds)));
    load = new Load(home, await home.lodgers(12), rooms, new Chance(4_711), FIRST_DAY);
    oracle = await Oracle.open(at.databases);
    other = await at.start(ENVIRONMENT);
  }, LONG);
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
    expect(await oracle.verify()).toEqual([]);
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
    let ended = 0;
    load.start(both());
    const sessions = `from pg_stat_activity where datname in (current_database(), current_database() || '_keyring') and pid <> pg_backend_pid()`;
    for (let cut = 0; cut < 6; cut++) {
      await delay(150 + 100 * cut);
      // On a busy machine they take longer to come back.
      while ((await admin.query(`select ${sessions}`)).rowCount! < 10) await delay(20);
      const { rowCount } = await admin.query(`select pg_terminate_backend(pid) ${sessions}`);
      ended += rowCount ?? 0;
    }
    expect(ended).toBeGreaterThan(40);
    await admin.end();
    // People get on with their work again.
    while (load.done.length <= before) await delay(20);
    await clockTo(8);
    await allGood();
    expect([leader.process.exitCode, other.process.exitCode]).toEqual([null, null]);
    expect((await fetch(`${leader.baseUrl}/health/ready`)).status).toBe(200);
  }, LONG);

  it('work through what was recorded while nobody worked, in the order in which it concerns each resident', async () => {
    expect(await Promise.all([leader.stop(), other.stop()])).toEqual([0, 0]);
    const api = await at.start({ ROLES: 'api' });
    home = home.over(api.baseUrl);
    const [lodgers, rooms] = await Promise.all([home.lodgers(16), Promise.all(Array.from({ length: 16 }, () => home.room()))]);
    const send = async (path: string, body: object): Promise<string> => {
      const answer = await home.manager.post(path, body);
      expect([answer.status < 300, answer.text]).toEqual([true, expect.anything()]);
      return answer.body.id;
    };
    // Each moves in and out, and in again: three placements, which are three streams, and one resident.
    await each(lodgers, async (lodger, index) => {
      for (let stay = 0; stay < 2; stay++) {
        const placement = await send('/placements', place(lodger, rooms[index]!, load.today));
        await send(`/placements/${placement}/end`, { on: load.today, terminationType: 'planned_move_on' });
      }
      await send('/placements', place(lodger, rooms[index]!, load.today));
    });
    await api.stop();
    [leader, other] = await Promise.all([at.start(ENVIRONMENT), at.start(ENVIRONMENT)]);
    home = home.over(leader.baseUrl);
    await oracle.quiesce();
    expect(await oracle.violations()).toEqual([]);
    expect(await oracle.verify()).toEqual([]);
    for (const { residentId } of lodgers) expect((await home.manager.row(`/residents/${residentId}`))['status']).toBe('active');
  }, LONG);
});
