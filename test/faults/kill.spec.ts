import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomInt, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Json } from '../support/caller.js';
import { dateOf, dayOf } from '../support/reckoning.js';
import { installation, type Installation, type RunningProduct } from '../support/product.js';
import { CLOCK_START, FIRST_DAY, house, place, type House, type Lodger } from './house.js';
import { Chance, Load } from './load.js';
import { Oracle } from './oracle.js';

const LONG = 300_000;
/** How often the product is killed: a few times with every run, and for as long as somebody has patience with FAULTS. */
const KILLS = Number(process.env['FAULTS'] ?? 8);
const SEED = Number(process.env['FAULTS_SEED'] ?? randomInt(2 ** 31));

const killed = async ({ process: child }: RunningProduct): Promise<NodeJS.Signals | null> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.signalCode;
};

describe('a process that is killed between claim and answer', () => {
  let at: Installation;
  let survivor: RunningProduct;
  let home: House;
  let oracle: Oracle;
  let lodgers: Lodger[];

  beforeAll(async () => {
    at = await installation();
    survivor = await at.start({ CLOCK_START, CLAIM_GRACE_MS: '300' });
    home = await house(at, survivor.baseUrl);
    lodgers = await home.lodgers(24);
    oracle = await Oracle.open(at.databases);
  }, LONG);
  afterAll(async () => {
    await oracle?.close();
    await at.remove();
  }, LONG);

  /** Sends a placement to a process that dies on the way, and gives the key that it was sent under. */
  async function dies(failpoint: string, lodger: Lodger, roomId: string): Promise<string> {
    const doomed = await at.start({ ROLES: 'api', FAILPOINT: failpoint });
    const key = randomUUID();
    await expect(home.manager.at(doomed.baseUrl).post('/placements', place(lodger, roomId), { 'idempotency-key': key })).rejects.toThrow();
    expect(await killed(doomed)).toBe('SIGKILL');
    return key;
  }
  const ask = (lodger: Lodger, roomId: string, key: string = randomUUID()) =>
    home.manager.at(survivor.baseUrl).post<Json>('/placements', place(lodger, roomId), { 'idempotency-key': key });
  const allGood = async (): Promise<void> => {
    await oracle.claimsSettled();
    await oracle.quiesce();
    expect(await oracle.violations()).toEqual([]);
    expect(await oracle.verify()).toEqual([]);
  };

  it('after its first claim: the bed is free again for anybody else', async () => {
    const [first, second] = lodgers.splice(0, 2) as [Lodger, Lodger];
    const roomId = await home.room();
    const key = await dies('commands.afterClaim:1', first, roomId);
    await oracle.claimsSettled();
    expect((await ask(second, roomId)).status).toBe(201);
    const late = await ask(first, roomId, key);
    expect([late.status, late.body['code']]).toEqual([422, 'ROM-2']);
    await allGood();
  }, LONG);

  it('after all of its claims: a repeat gets the bed at once, or later where nobody else has', async () => {
    const [first, second] = lodgers.splice(0, 2) as [Lodger, Lodger];
    const [roomId, other] = await Promise.all([home.room(), home.room()]);
    const head = await oracle.head();
    const [key, late] = [await dies('commands.afterClaim:2', first, roomId), await dies('commands.afterClaim:2', second, other)];
    for (const [lodger, room, theirs] of [[first, roomId, key], [second, other, late]] as const) {
      const repeated = await ask(lodger, room, theirs);
      expect([repeated.status, repeated.headers.get('idempotency-replayed')]).toEqual([201, null]);
      const again = await ask(lodger, room, theirs);
      expect([again.body.id, again.headers.get('idempotency-replayed')]).toEqual([repeated.body.id, 'true']);
      await oracle.claimsSettled();
    }
    await allGood();
    expect((await oracle.events(head)).filter(({ type }) => type === 'PlacementStarted')).toHaveLength(2);
  }, LONG);

  it.each(['commands.afterAppend:1', 'commands.afterSettle:1'])('at %s: the bed is given, and a repeat is told so', async (failpoint) => {
    const [first, second] = lodgers.splice(0, 2) as [Lodger, Lodger];
    const roomId = await home.room();
    const head = await oracle.head();
    const key = await dies(failpoint, first, roomId);
    const refused = await ask(second, roomId);
    expect([refused.status, refused.body['code']]).toEqual([422, 'ROM-2']);
    const repeated = await ask(first, roomId, key);
    expect([repeated.status, repeated.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
    await allGood();
    const started = (await oracle.events(head)).filter(({ type }) => type === 'PlacementStarted');
    expect(started.map(({ stream }) => stream)).toEqual([`placement-${repeated.body.id}`]);
    // What is given can be given back: nothing of the dead process holds it.
    await home.manager.at(survivor.baseUrl).did(`/placements/${repeated.body.id}/end`, { on: FIRST_DAY, terminationType: 'planned_move_on' });
    expect((await ask(second, roomId)).status).toBe(201);
    await allGood();
  }, LONG);

  it('is recovered by the next start where nobody else was there', async () => {
    const [first, second] = lodgers.splice(0, 2) as [Lodger, Lodger];
    const roomId = await home.room();
    await survivor.stop();
    const doomed = await at.start({ FAILPOINT: 'commands.afterClaim:1', CLAIM_GRACE_MS: '300' });
    await expect(home.manager.at(doomed.baseUrl).post('/placements', place(first, roomId))).rejects.toThrow();
    expect(await killed(doomed)).toBe('SIGKILL');
    survivor = await at.start({ CLAIM_GRACE_MS: '300' });
    home = home.over(survivor.baseUrl);
    await oracle.claimsSettled();
    expect((await ask(second, roomId)).status).toBe(201);
    await allGood();
  }, LONG);
});

describe(`a process that is killed ${KILLS} times under load (FAULTS_SEED=${SEED})`, () => {
  it('keeps what it answered, gives no bed twice, charges each week once, and loses nothing', async () => {
    process.stdout.write(`FAULTS=${KILLS} FAULTS_SEED=${SEED}\n`);
    const chance = new Chance(SEED);
    const at = await installation();
    let oracle: Oracle | undefined;
    try {
      const env = { CLOCK_START, CLAIM_GRACE_MS: '300' };
      let product = await at.start(env);
      const home = await house(at, product.baseUrl);
      const rooms = await Promise.all([1, 1, 1, 1, 2, 2].map((beds) => home.room(beds)));
      const load = new Load(home, await home.lodgers(12), rooms, chance, FIRST_DAY);
      oracle = await Oracle.open(at.databases);
      for (let kill = 1; kill <= KILLS; kill++) {
        load.start([product.baseUrl]);
        // Now and then the clock is moved meanwhile, so that it dies in the middle of charging.
        const next = chance.next() < 0.5 ? dateOf(dayOf(load.today) + 1 + chance.below(9)) : load.today;
        const moved = next === load.today ? undefined : home.manager.at(product.baseUrl).call('PUT', '/api/v1/clock', { now: `${next}T08:00:00Z` }).catch(() => undefined);
        await delay(40 + chance.below(1_200));
        // So that the load does what it is there for, also where the machine is busy.
        while (load.done.length <= kill && load.broken.length === 0) await delay(20);
        product.process.kill('SIGKILL');
        expect(await killed(product)).toBe('SIGKILL');
        await Promise.all([load.pause(), moved]);
        product = await at.start(env);
        // Whatever became of the clock, it goes on to where it was sent.
        if (moved) expect((await home.manager.at(product.baseUrl).call('PUT', '/api/v1/clock', { now: `${next}T08:00:00Z` })).status).toBe(200);
        load.today = oracle.today = next;
        // Now and then it dies again before it has recovered.
        if (kill < KILLS && chance.next() < 0.3) continue;
        await load.settle([product.baseUrl]);
        expect(load.broken).toEqual([]);
        await oracle.claimsSettled();
        await oracle.quiesce();
        expect({ kill, wrong: await oracle.violations(load.answered) }).toEqual({ kill, wrong: [] });
      }
      expect(await oracle.verify()).toEqual([]);
      expect(await at.cli('projections', 'verify')).toContain('Every row is what its events say.');
      // The load did what it is there for.
      expect(load.done.length).toBeGreaterThan(KILLS);
      process.stdout.write(`${load.done.length} commands recorded, ${JSON.stringify({ refused: load.refused, replayed: load.replayed })}\n`);
    } finally {
      await oracle?.close();
      await at.remove();
    }
  }, LONG + KILLS * 20_000);
});
