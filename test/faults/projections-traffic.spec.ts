import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { rentAccountOf } from '../../src/domain/money/rent-account/rent-account.js';
import type { Answer, Json } from '../support/caller.js';
import { installation, type Installation, type RunningProduct } from '../support/product.js';
import { CLOCK_START, FIRST_DAY, house, place, type House } from './house.js';
import { Chance, Load } from './load.js';
import { Oracle } from './oracle.js';

const LONG = 300_000;
/** During so many commands tables are built anew; in a long walk more. */
const COMMANDS = process.env['FAULTS'] === undefined ? 150 : 500;
type Acknowledged = Json & { position: number; revision: number };

const isApplied = ({ headers }: Answer<unknown>): boolean => headers.get('preference-applied') === 'wait';

describe('read tables that are built anew, and gone back from, while people work', () => {
  let at: Installation;
  let product: RunningProduct;
  let home: House;
  let load: Load;
  let oracle: Oracle;

  beforeAll(async () => {
    at = await installation();
    product = await at.start({ CLOCK_START, CLAIM_GRACE_MS: '300' });
    home = await house(at, product.baseUrl);
    const rooms = await Promise.all([1, 1, 1, 1, 2, 2].map((beds) => home.room(beds)));
    load = new Load(home, await home.lodgers(12), rooms, new Chance(500), FIRST_DAY);
    oracle = await Oracle.open(at.databases);
  }, LONG);
  afterAll(async () => {
    await oracle?.close();
    await at?.remove();
  }, LONG);

  /** Somebody who writes, and reads what they wrote, for as long as others work. @returns how often it was there at once. */
  async function readingBack(going: () => boolean): Promise<number> {
    let [seen, applied] = [0, 0];
    for (let n = 0; going(); n++) {
      const body = { firstName: `Reader ${n}`, lastName: 'Ellis', dateOfBirth: '2006-05-02' };
      const answer = await home.manager.post<Acknowledged>('/residents', body, { prefer: 'wait=10' });
      expect([answer.status, answer.text]).toEqual([201, expect.anything()]);
      const row = await home.manager.get<Json>(`/residents/${answer.body.id}`);
      // Without a promise it may be there or not; with one it is.
      if (isApplied(answer)) expect([row.status, row.body['firstName']]).toEqual([200, body.firstName]);
      else expect([200, 404]).toContain(row.status);
      const later = await home.manager.get<Json>(`/residents/${answer.body.id}?after=${answer.body.position}`);
      if (later.status === 503) expect(later.body['code']).toBe('NOT_YET');
      else expect([later.status, later.body['firstName']]).toEqual([200, body.firstName]);
      applied += isApplied(answer) ? 1 : 0;
      // Nothing that has been seen is ever gone again.
      const list = await home.manager.get<{ items: Json[] }>('/residents?limit=200');
      expect([list.status, list.status === 200 ? '' : list.text]).toEqual([200, '']);
      expect(list.body.items.length).toBeGreaterThanOrEqual(seen);
      seen = list.body.items.length;
    }
    return applied;
  }

  it.each([['rebuild', 'Rebuilt and swapped in.'], ['rollback', 'Back to the tables before: ']])(`%s during ${COMMANDS} commands loses nothing, and nobody finds a table missing`, async (command, said) => {
    const wanted = load.done.length + COMMANDS;
    let going = true;
    load.start([product.baseUrl]);
    const readers = readingBack(() => going);
    void readers.catch(() => load.pause());
    let times = 0;
    while (load.done.length < wanted) {
      expect(await at.cli('projections', command)).toContain(said);
      times += 1;
    }
    going = false;
    expect(await readers).toBeGreaterThan(0);
    await load.pause();
    await load.settle([product.baseUrl]);
    expect(load.broken).toEqual([]);
    await oracle.claimsSettled();
    await oracle.quiesce();
    expect(await oracle.violations(load.answered)).toEqual([]);
    expect(await oracle.verify()).toEqual([]);
    process.stdout.write(`${command}: ${times} times during ${load.done.length - wanted + COMMANDS} commands\n`);
  }, 3 * LONG);
});

describe('who waits for the read side while', () => {
  let at: Installation;
  let api: RunningProduct;
  let home: House;
  const start = (roles: string): Promise<RunningProduct> => at.start({ ROLES: roles, CLOCK_START });
  let [projector, worker]: RunningProduct[] = [];

  beforeAll(async () => {
    at = await installation();
    [api, projector, worker] = await Promise.all([start('api'), start('projector'), start('worker')]);
    home = await house(at, api.baseUrl);
  }, LONG);
  afterAll(() => at?.remove(), LONG);

  /** Asks until it is there. */
  async function inTheEnd(path: string): Promise<Json> {
    for (;;) {
      const answer = await home.manager.get<Json>(path);
      if (answer.status === 200) return answer.body;
      expect([answer.status, answer.body['code'], answer.headers.get('retry-after')]).toEqual([503, 'NOT_YET', '1']);
    }
  }

  it('nobody projects is told that it is not there yet, and has it when somebody does', async () => {
    expect(await projector!.stop()).toBe(0);
    const body = { firstName: 'Jordan', lastName: 'Ellis', dateOfBirth: '2006-05-02' };
    const made = await home.manager.post<Acknowledged>('/residents', body, { prefer: 'wait=1' });
    expect([made.status, isApplied(made)]).toEqual([201, false]);
    const [early, bare] = await Promise.all([home.manager.get<Json>(`/residents/${made.body.id}?after=${made.body.position}`), home.manager.get<Json>(`/residents/${made.body.id}`)]);
    expect([early.status, early.body['code'], early.headers.get('retry-after')]).toEqual([503, 'NOT_YET', '1']);
    expect(bare.status).toBe(404);
    projector = await start('projector');
    expect(await inTheEnd(`/residents/${made.body.id}?after=${made.body.position}`)).toMatchObject({ firstName: 'Jordan' });
    const next = await home.manager.did('/residents', body);
    expect(await home.manager.row(`/residents/${next.id}`)).toMatchObject({ firstName: 'Jordan' });
  }, LONG);

  it('the projector is frozen is told the same, and has it when it goes on', async () => {
    projector!.process.kill('SIGSTOP');
    const made = await home.manager.post<Acknowledged>('/residents', { firstName: 'Kim', lastName: 'Ellis', dateOfBirth: '2006-05-02' }, { prefer: 'wait=1' });
    expect([made.status, isApplied(made)]).toEqual([201, false]);
    expect((await home.manager.get<Json>(`/residents/${made.body.id}?after=${made.body.position}`)).status).toBe(503);
    projector!.process.kill('SIGCONT');
    expect(await inTheEnd(`/residents/${made.body.id}?after=${made.body.position}`)).toMatchObject({ firstName: 'Kim' });
  }, LONG);

  it('nobody works is told that consequences are missing, and has them when somebody does', async () => {
    const [roomId, [lodger]] = await Promise.all([home.room(), home.lodgers(1)]);
    expect(await worker!.stop()).toBe(0);
    const placed = await home.manager.post<Acknowledged>('/placements', place(lodger!, roomId), { prefer: 'wait=1' });
    expect([placed.status, isApplied(placed)]).toEqual([201, false]);
    const { id, position } = placed.body;
    const early = await home.manager.get<Json>(`/placements/${id}?after=${position}`);
    expect([early.status, early.body['code']]).toEqual([503, 'NOT_YET']);
    // What it led to is missing; the placement itself may be looked at.
    while ((await home.manager.get(`/placements/${id}`)).status !== 200) await delay(20);
    expect((await home.finance.get(`/rent-accounts/${rentAccountOf(id)}`)).status).toBe(404);
    worker = await start('worker');
    await inTheEnd(`/placements/${id}?after=${position}`);
    expect(await home.finance.row(`/rent-accounts/${rentAccountOf(id)}`)).toMatchObject({ placementId: id });
    expect(await home.manager.row(`/residents/${lodger!.residentId}`)).toMatchObject({ status: 'active' });
  }, LONG);
});
