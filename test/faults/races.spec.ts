import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Answer, Json } from '../support/caller.js';
import { RiskDomain } from '../../src/domain/safeguarding/risk-assessment/risk-score.js';
import { dateOf, dayOf } from '../support/reckoning.js';
import { installation, PASSWORD, type Installation, type RunningProduct } from '../support/product.js';
import { CLOCK_START, each, FIRST_DAY, LICENCE, house, place, type House } from './house.js';
import { Oracle } from './oracle.js';

const MANY = 50;
const LONG = 300_000;

/** Races of many requests over two API processes; a third one projects and works. */
describe('races over two processes', () => {
  let at: Installation;
  let apis: [RunningProduct, RunningProduct];
  let home: House;
  let oracle: Oracle;

  beforeAll(async () => {
    at = await installation();
    const [one, two] = await Promise.all([
      at.start({ ROLES: 'api', CLOCK_START }), at.start({ ROLES: 'api', CLOCK_START }), at.start({ ROLES: 'projector,worker', CLOCK_START }),
    ]);
    apis = [one, two];
    home = await house(at, one.baseUrl, 80);
    oracle = await Oracle.open(at.databases);
  }, LONG);
  afterAll(async () => {
    await oracle?.close();
    await at.remove();
  }, LONG);

  /** Sends many at once, to the processes in turn. */
  const race = (count: number, send: (index: number, baseUrl: string) => Promise<Answer<Json>>): Promise<Answer<Json>[]> =>
    Promise.all(Array.from({ length: count }, (_, index) => send(index, apis[index % 2]!.baseUrl)));
  const statuses = (answers: readonly Answer<Json>[]): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const { status, body } of answers) {
      const what = status < 300 ? String(status) : `${status} ${String(body['code'])}`;
      counts[what] = (counts[what] ?? 0) + 1;
    }
    return counts;
  };
  const eventsSince = async (head: number, type: string): Promise<Json[]> => (await oracle.events(head)).filter((event) => event.type === type).map(({ data }) => data as Json);
  const allGood = async (): Promise<void> => {
    await oracle.quiesce();
    expect(await oracle.violations()).toEqual([]);
    expect(await oracle.verify()).toEqual([]);
  };

  it('gives one bed to one of 50', async () => {
    const [roomId, lodgers] = await Promise.all([home.room(), home.lodgers(MANY)]);
    const head = await oracle.head();
    const answers = await race(MANY, (index, baseUrl) => home.manager.at(baseUrl).post('/placements', place(lodgers[index]!, roomId)));
    const { 201: won, ...lost } = statuses(answers);
    expect(won).toBe(1);
    expect(Object.keys(lost).filter((what) => !/^(409|422) /.test(what))).toEqual([]);
    expect(Object.values(lost).reduce((sum, count) => sum + count, 0)).toBe(MANY - 1);
    await oracle.quiesce();
    expect(await eventsSince(head, 'PlacementStarted')).toHaveLength(1);
    expect((await eventsSince(head, 'RoomAllocated')).map(({ placementId }) => placementId)).toEqual([answers.find(({ status }) => status === 201)!.body.id]);
    expect(await home.manager.row(`/properties/${home.propertyId}`)).toMatchObject({ occupiedUnits: 1, availableUnits: 79 });
    expect(await home.manager.row(`/property-rooms/${roomId}`)).toMatchObject({ status: 'occupied', currentOccupancy: 1 });
    expect(await home.manager.rows(`/placements?roomId=${roomId}`)).toHaveLength(1);
    // Nothing of a claim that lost is left behind: once the winner is out, the next one gets the bed.
    const [placement] = await home.manager.rows(`/placements?roomId=${roomId}`);
    await home.manager.did(`/placements/${placement!.id}/end`, { on: FIRST_DAY, terminationType: 'planned_move_on' });
    const loser = answers.findIndex(({ status }) => status !== 201);
    expect((await home.manager.post('/placements', place(lodgers[loser]!, roomId))).status).toBe(201);
    await allGood();
  }, LONG);

  it('fills a room of three beds with three of 20', async () => {
    const [roomId, lodgers] = await Promise.all([home.room(3), home.lodgers(20)]);
    const answers = await race(20, (index, baseUrl) => home.manager.at(baseUrl).post('/placements', place(lodgers[index]!, roomId)));
    // A claim that is refused later may have stood in another's way: no bed is given twice, and what is left can be had.
    expect(statuses(answers)['201'] ?? 0).toBeLessThanOrEqual(3);
    for (const [index, { status }] of answers.entries()) if (status !== 201) await home.manager.post('/placements', place(lodgers[index]!, roomId));
    await oracle.quiesce();
    expect(await home.manager.row(`/property-rooms/${roomId}`)).toMatchObject({ currentOccupancy: 3 });
    await allGood();
  }, LONG);

  it('records 50 repeats of one key once, and gives each the same answer', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const body = { firstName: 'Jordan', lastName: 'Ellis', dateOfBirth: '2006-05-02' };
    const head = await oracle.head();
    const answers = await race(MANY, (_, baseUrl) => home.manager.at(baseUrl).post('/residents', body, key));
    expect(statuses(answers)).toEqual({ 201: MANY });
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(new Set(answers.map(({ headers }) => `${headers.get('etag')} ${headers.get('location')}`)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === 'true')).toHaveLength(MANY - 1);
    expect(await oracle.events(head)).toHaveLength(1);
    const other = await home.manager.at(apis[1].baseUrl).post('/residents', { ...body, firstName: 'Kim' }, key);
    expect([other.status, other.body['code']]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    expect(await oracle.events(head)).toHaveLength(1);
  }, LONG);

  it('records 50 repeats of a placement with its claims once', async () => {
    const [roomId, [lodger]] = await Promise.all([home.room(), home.lodgers(1)]);
    const key = { 'idempotency-key': randomUUID() };
    const head = await oracle.head();
    const answers = await race(MANY, (_, baseUrl) => home.manager.at(baseUrl).post('/placements', place(lodger!, roomId), key));
    expect(statuses(answers)).toEqual({ 201: MANY });
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === 'true')).toHaveLength(MANY - 1);
    await allGood();
    expect(await eventsSince(head, 'PlacementStarted')).toHaveLength(1);
    expect(await eventsSince(head, 'RentAccountOpened')).toHaveLength(1);
  }, LONG);

  it('takes a payment once of 20 that name one bank line (RNT-5)', async () => {
    const [account] = await home.finance.rows('/rent-accounts?status=active&limit=1');
    const body = { amountPence: 2_150, method: 'bank_transfer', on: FIRST_DAY, externalRef: 'BACS 4711' };
    const answers = await race(20, (_, baseUrl) => home.finance.at(baseUrl).post(`/rent-accounts/${account!.id}/record-payment`, body));
    expect(statuses(answers)).toEqual({ 200: 1, '409 RNT-5': 19 });
    await allGood();
  }, LONG);

  it('takes every one of 50 cash payments at one account, and numbers them without a gap', async () => {
    const [account] = await home.finance.rows('/rent-accounts?status=active&limit=1');
    const head = await oracle.head();
    const answers = await race(MANY, (index, baseUrl) =>
      home.finance.at(baseUrl).post(`/rent-accounts/${account!.id}/record-payment`, { amountPence: 100 + index, method: 'cash', on: FIRST_DAY }));
    expect(statuses(answers)).toEqual({ 200: MANY });
    await allGood();
    const numbers = (await eventsSince(head, 'RentPaymentReceived')).map(({ cashNumber }) => Number(cashNumber));
    expect(numbers.sort((one, other) => one - other)).toEqual(Array.from({ length: MANY }, (_, index) => index + 1));
  }, LONG);

  it('invites one e-mail once of 50 (MEM-1), and makes one user of it', async () => {
    const email = 'raced@spec.example';
    const answers = await race(MANY, (_, baseUrl) => home.owner.at(baseUrl).post('/user-organizations', { email, role: 'key_worker' }));
    expect(statuses(answers)).toEqual({ 201: 1, '409 MEM-1': MANY - 1 });
    const { id, invitationToken: token } = answers.find(({ status }) => status === 201)!.body;
    const head = await oracle.head();
    const accepted = await race(10, (_, baseUrl) =>
      home.owner.at(baseUrl).post(`/user-organizations/${id}/accept-invitation`, { token, firstName: 'Sam', lastName: 'Spec', password: PASSWORD }));
    expect(accepted.filter(({ status }) => status >= 500)).toEqual([]);
    expect(accepted.filter(({ status }) => status < 300).length).toBeGreaterThan(0);
    expect(await eventsSince(head, 'UserRegistered')).toHaveLength(1);
    const signedIn = await home.owner.post('/sign-in', { email, password: PASSWORD, organizationId: home.organisation.id });
    expect(signedIn.status).toBe(200);
    await oracle.quiesce();
    expect((await home.owner.rows('/user-organizations?limit=500')).filter((row) => row['email'] === email)).toHaveLength(1);
  }, LONG);

  it('moves one of 20 into the one free room, and the others stay where they are', async () => {
    const lodgers = await home.lodgers(20);
    const rooms = await Promise.all(lodgers.map(() => home.room()));
    const free = await home.room();
    const placements = await race(20, (index, baseUrl) => home.manager.at(baseUrl).post('/placements', place(lodgers[index]!, rooms[index]!)));
    expect(statuses(placements)).toEqual({ 201: 20 });
    const answers = await race(20, (index, baseUrl) =>
      home.manager.at(baseUrl).post(`/placements/${placements[index]!.body.id}/transfer`, { roomId: free, on: FIRST_DAY, weeklyCharges: LICENCE }));
    const { 200: moved, ...others } = statuses(answers);
    expect(moved).toBe(1);
    expect(Object.keys(others).every((what) => /^(409|422) /.test(what))).toBe(true);
    await allGood();
    const winner = answers.findIndex(({ status }) => status === 200);
    for (const [index, room] of rooms.entries()) {
      expect((await home.manager.row(`/property-rooms/${room}`))['currentOccupancy']).toBe(index === winner ? 0 : 1);
    }
  }, LONG);

  it('never puts two residents who swap beds into one, and swaps them by a third room', async () => {
    const [ann, ben] = (await home.lodgers(2)) as [Awaited<ReturnType<House['lodgers']>>[number], Awaited<ReturnType<House['lodgers']>>[number]];
    const [first, second, spare] = await Promise.all([home.room(), home.room(), home.room()]);
    const a = await home.manager.did('/placements', place(ann, first));
    const b = await home.manager.did('/placements', place(ben, second));
    const move = (placement: Json, roomId: string, baseUrl: string) =>
      home.manager.at(baseUrl).post<Json>(`/placements/${placement.id}/transfer`, { roomId, on: FIRST_DAY, weeklyCharges: LICENCE });
    for (let round = 0; round < 5; round++) {
      const answers = await Promise.all([move(a, second, apis[0].baseUrl), move(b, first, apis[1].baseUrl)]);
      expect(statuses(answers)).toEqual({ '422 ROM-2': 2 });
    }
    expect([(await move(a, spare, apis[0].baseUrl)).status, (await move(b, first, apis[1].baseUrl)).status, (await move(a, second, apis[0].baseUrl)).status]).toEqual([200, 200, 200]);
    await allGood();
    expect((await home.manager.row(`/placements/${a.id}`))['roomId']).toBe(second);
    expect((await home.manager.row(`/placements/${b.id}`))['roomId']).toBe(first);
  }, LONG);

  it('has one risk assessment in force of 50 that are completed at once (RSK-5)', async () => {
    const [lodger] = await home.lodgers(1);
    const drafts = await each(Array.from({ length: MANY }), async (_, index) => {
      const by = home.manager.at(apis[index % 2]!.baseUrl);
      const { body: { id } } = await by.post<Json>('/risk-assessments', { residentId: lodger!.residentId });
      for (const domain of Object.values(RiskDomain)) await by.post(`/risk-assessments/${id}/rate-domain`, { domain, likelihood: 1 + (index % 5), impact: 2 });
      return id;
    });
    const head = await oracle.head();
    const words = { recommendations: 'See what comes.', actionPlan: 'Nothing yet.' };
    const answers = await race(MANY, (index, baseUrl) => home.manager.at(baseUrl).post(`/risk-assessments/${drafts[index]}/complete`, words));
    const { 200: won, ...lost } = statuses(answers);
    expect(won).toBeGreaterThanOrEqual(1);
    expect(Object.keys(lost).filter((what) => what !== '409 RSK-5')).toEqual([]);
    await allGood();
    // Each that won has taken the place of the one before it, and of each place one has.
    const completed = await eventsSince(head, 'RiskAssessmentCompleted');
    expect(completed).toHaveLength(won!);
    expect(new Set(completed.map(({ previousAssessmentId }) => previousAssessmentId)).size).toBe(won);
    const active = await home.manager.rows(`/risk-assessments?residentId=${lodger!.residentId}&status=active`);
    expect(active).toHaveLength(1);
    expect(await home.manager.row(`/residents/${lodger!.residentId}`)).toMatchObject({ riskLevel: active[0]!['overallRiskLevel'] });
  }, LONG);

  it('charges each week once while people move in, move on and pay, and the clock jumps', async () => {
    const [rooms, lodgers] = await Promise.all([Promise.all(Array.from({ length: 6 }, () => home.room())), home.lodgers(6)]);
    const later = dateOf(dayOf(FIRST_DAY) + 8 * 7 + 3);
    const clock = home.manager.call('PUT', '/api/v1/clock', { now: `${later}T12:00:00Z` });
    const placements = await race(6, (index, baseUrl) => home.manager.at(baseUrl).post('/placements', place(lodgers[index]!, rooms[index]!)));
    expect(statuses(placements)).toEqual({ 201: 6 });
    expect((await clock).status).toBe(200);
    const ends = await race(6, (index, baseUrl) =>
      home.manager.at(baseUrl).post(`/placements/${placements[index]!.body.id}/end`, { on: dateOf(dayOf(later) - 7 * index), terminationType: 'return_home' }));
    expect(statuses(ends)).toEqual({ 200: 6 });
    oracle.today = later;
    await allGood();
  }, LONG);
});
