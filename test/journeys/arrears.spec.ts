import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Json } from '../support/caller.js';
import { organisation } from '../support/product.js';
import type { WeeklyPence } from '../support/reckoning.js';
import { benefitEndsWithStay, whichBenefitIsRight } from './arrears-benefits.js';
import { fromMessageToCourt } from './arrears-court.js';
import { auditJoins, rebuiltEqualsLive, unknownElsewhere } from './closing.js';
import { LICENCE, rentHouse } from './rent-house.js';

const LONG = 300_000;

/** Housing Benefit, arrears and payment plans over HTTP, with the clock moved from day to day. */
describe('rent, Housing Benefit and arrears', () => {
  const house = rentHouse();
  const { clock, evening, tenantFrom, inArrears, ask, paid, standing, stages, tray, toldOf, typesOf } = house;
  let jordan: string;

  beforeAll(async () => {
    jordan = await tenantFrom('2026-09-02', LICENCE);
  }, LONG);

  it('J2: knows nothing of Housing Benefit before it is claimed', async () => {
    await evening('2026-09-02');
    expect(await standing(jordan)).toEqual([19_161, 0, 19_161]);
    expect(await tray(jordan)).toMatchObject({ rawBalancePence: 19_161, anticipatedHbPence: 0, collectablePence: 19_161, stage: null, blockedBy: [] });
  }, LONG);

  it('J2: waits for what is claimed, and for what is awarded from the first night on', async () => {
    await evening('2026-09-03');
    await ask(jordan, 'record-hb-claim', { on: '2026-09-03', from: '2026-09-02', weeklyPence: 24_675 });
    expect(await standing(jordan)).toEqual([19_161, 17_625, 1_536]);
    expect(await tray(jordan)).toMatchObject({ hbStatus: 'pending', blockedBy: ['pending_claim'], nextAction: 'chase_hb_decision' });
    await paid(jordan, '2026-09-04', 1_536);
    await evening('2026-09-06');
    expect(await standing(jordan)).toEqual([17_625, 17_625, 0]);
    await paid(jordan, '2026-09-11', 2_150);
    await paid(jordan, '2026-09-18', 2_150);
    await evening('2026-09-21');
    await ask(jordan, 'record-hb-award', { weeklyPence: 24_675, from: '2026-09-02' });
    expect(await house.finance.row(`/rent-accounts/${jordan}`)).toMatchObject({ hbStatus: 'awarded', hbWeeklyPence: 24_675, hbFrequency: 'four_weekly', hbPayee: 'landlord' });
    expect(await standing(jordan, '?at=2026-09-02T22:59:59Z')).toEqual([19_161, 0, 19_161]);
    await paid(jordan, '2026-09-25', 2_150);
    await evening('2026-09-27');
    expect(await standing(jordan)).toEqual([91_650, 91_650, 0]);
    expect(await stages(jordan)).toEqual([]);
  }, LONG);

  it('J2: reaches the stages on what is collectable, and not on the raw balance', async () => {
    await paid(jordan, '2026-09-28', 91_650, 'housing_benefit');
    expect(await standing(jordan)).toEqual([26_825, 24_675, 2_150]);
    await evening('2026-10-04');
    expect(await stages(jordan)).toEqual([]);
    await evening('2026-10-05');
    expect(await standing(jordan)).toEqual([53_650, 49_350, 4_300]);
    expect(await stages(jordan)).toEqual([['2026-10-05', 's1']]);
    expect(await tray(jordan)).toMatchObject({ stage: 's1', ownSharePence: 2_150, nextAction: 'letter_1', nextActionOn: '2026-10-12' });
    await evening('2026-10-12');
    expect(await standing(jordan)).toEqual([80_475, 74_025, 6_450]);
    await evening('2026-10-25');
    expect(await standing(jordan)).toEqual([107_300, 98_700, 8_600]);
    expect(await stages(jordan)).toEqual([['2026-10-05', 's1'], ['2026-10-12', 's2']]);
    expect(await tray(jordan)).toMatchObject({ nextAction: 'letter_2', nextActionOn: '2026-10-26', lastContactOn: '2026-10-12' });
    await paid(jordan, '2026-10-26', 98_700, 'housing_benefit');
    expect(await standing(jordan)).toEqual([35_425, 24_675, 10_750]);
    await evening('2026-11-15');
    expect(await standing(jordan)).toEqual([89_075, 74_025, 15_050]);
    await evening('2026-11-22');
    expect(await standing(jordan)).toEqual([115_900, 98_700, 17_200]);
    await paid(jordan, '2026-11-23', 98_700, 'housing_benefit');
    expect(await standing(jordan)).toEqual([44_025, 24_675, 19_350]);
    expect(await stages(jordan)).toEqual([['2026-10-05', 's1'], ['2026-10-12', 's2'], ['2026-10-26', 's3']]);
    const { items } = (await house.finance.row(`/rent-accounts/${jordan}/history?limit=500`)) as unknown as { items: Json[] };
    const first = items.find(({ type }) => type === 'ArrearsStageReached')!;
    expect(first).toMatchObject({ recordedAt: '2026-10-05T06:00:00.000Z', actor: { role: 'system' } });
  }, LONG);

  it('shows demands as pending while Housing Benefit is to pay what is left, and as overdue where it is the resident (RNT-7)', async () => {
    const demands = await house.finance.rows(`/rent-payments?rentAccountId=${jordan}&sort=dueDate&limit=100`);
    const of = (dueDate: string): Json => demands.find((one) => one['dueDate'] === dueDate)!;
    expect(of('2026-09-28')).toMatchObject({ hbExpectedPence: 24_675, residentDuePence: 2_150, paymentStatus: 'overdue', daysOverdue: 56 });
    expect(of('2026-11-23')).toMatchObject({ hbExpectedPence: 24_675, hbReceivedPence: 0, residentDuePence: 2_150, paymentStatus: 'pending' });
    expect(of('2026-09-07')).toMatchObject({ residentDuePence: 0, paymentStatus: 'paid' });
  }, LONG);

  it('J2: agrees a plan over 33 instalments, which holds every stage up, and follows it', async () => {
    const plan = await house.finance.did('/payment-agreements', { rentAccountId: jordan, arrearsPence: 19_350, instalmentPence: 600, currentPence: 2_150, frequency: 'weekly', startOn: '2026-11-27' });
    const instalments = await house.finance.rows(`/payment-plan-instalments?paymentAgreementId=${plan.id}&sort=number&limit=100`);
    expect(instalments).toHaveLength(33);
    expect(instalments.at(-1)).toMatchObject({ dueOn: '2027-07-09', amountPence: 150, expectedPence: 0 });
    expect(await tray(jordan)).toMatchObject({ blockedBy: ['payment_plan'], paymentPlanId: plan.id, planNextDueOn: '2026-11-27', nextAction: 'check_plan' });
    const second = await house.finance.post<Json>('/payment-agreements', { rentAccountId: jordan, instalmentPence: 600, frequency: 'weekly', startOn: '2026-11-27' });
    expect([second.status, second.body['code']]).toEqual([409, 'PLN-1']);
    for (const on of ['2026-11-27', '2026-12-04']) await paid(jordan, on, 2_750);
    await evening('2026-12-09');
    expect(await house.finance.row(`/payment-agreements/${plan.id}`)).toMatchObject({ status: 'live', keptInstalments: 2, remainingPence: 18_150 });
  }, LONG);

  it('J2b: breaches a plan at the start of the sixth day, and not where the payment is late and still in time', async () => {
    // The same arrears and the same plan twice: one misses the payment of 11 December, the other pays it on the 15th.
    const [plan] = await house.finance.rows(`/payment-agreements?rentAccountId=${jordan}`);
    const late = await inArrears('2026-12-09', 19_350);
    const other = await house.finance.did('/payment-agreements', { rentAccountId: late, instalmentPence: 600, currentPence: 0, frequency: 'weekly', startOn: '2026-12-11' });
    await paid(late, '2026-12-15', 600);
    await clock('2026-12-15T23:59:59Z');
    expect(await house.finance.row(`/payment-agreements/${plan!.id}`)).toMatchObject({ status: 'live' });
    await clock('2026-12-16T00:00:00Z');
    expect(await house.finance.row(`/payment-agreements/${plan!.id}`)).toMatchObject({ status: 'breached', breachedOn: '2026-12-16', remainingPence: 18_150 });
    expect(await typesOf(`/payment-agreements/${plan!.id}`)).toEqual(['PaymentPlanAgreed', 'PaymentPlanKept', 'PaymentPlanKept', 'PaymentPlanMissed', 'PaymentPlanBreached']);
    expect(await tray(jordan)).toMatchObject({ blockedBy: [], paymentPlanId: null });
    expect(await house.finance.row(`/payment-agreements/${other.id}`)).toMatchObject({ status: 'live', keptInstalments: 1, remainingPence: 18_750 });
    await house.finance.did(`/payment-agreements/${other.id}/cancel`, { reason: 'They pay it all.' });
    await ask(late, 'record-payment', { amountPence: 18_750, method: 'card' });
    expect(await standing(late)).toEqual([0, 0, 0]);
  }, LONG);

  it('completes a plan with its last payment, and lets a new one be agreed', async () => {
    const account = await inArrears('2026-12-17', 5_000);
    const terms = { rentAccountId: account, instalmentPence: 2_500, currentPence: 0, frequency: 'weekly', startOn: '2026-12-18' };
    const plan = await house.finance.did('/payment-agreements', terms);
    await ask(account, 'record-payment', { amountPence: 4_000, method: 'card' });
    expect(await house.finance.row(`/payment-agreements/${plan.id}`)).toMatchObject({ status: 'live' });
    await ask(account, 'record-payment', { amountPence: 1_000, method: 'card', externalRef: 'The rest' });
    expect(await house.finance.row(`/payment-agreements/${plan.id}`)).toMatchObject({ status: 'completed', completedOn: '2026-12-17', remainingPence: 0 });
    await ask(account, 'raise-charge', { from: '2026-12-21', components: { corePence: 5_000, eligibleServicePence: 0, ineligibleServicePence: 0, supportPence: 0 } });
    await house.finance.did('/payment-agreements', { ...terms, startOn: '2026-12-24' });
  }, LONG);

  it('J2c: asks for nothing in a breathing space, up to and including its last day, and knows when it is reviewed', async () => {
    const account = await tenantFrom('2026-12-17', LICENCE);
    await evening('2026-12-27');
    expect((await stages(account)).map(([, stage]) => stage)).toEqual(['s1']);
    await ask(account, 'register-breathing-space', { on: '2026-12-27' });
    expect(await house.finance.row(`/rent-accounts/${account}`)).toMatchObject({ breathingSpaceUntil: '2027-02-25', breathingSpaceReviewFrom: '2027-01-21', breathingSpaceReviewTo: '2027-01-31' });
    const [deadline] = await house.finance.rows(`/deadlines?entityId=${account}&ruleCode=UK-T14`);
    expect(deadline).toMatchObject({ dueDate: '2027-01-31', status: 'open', ruleBasis: 'statutory' });
    const letter = await house.finance.post<Json>(`/rent-accounts/${account}/record-arrears-action`, { action: 'letter' });
    expect([letter.status, letter.body['code']]).toEqual([422, 'UK-T14']);
    await evening('2027-01-25');
    await ask(account, 'review-breathing-space', { continues: true });
    expect((await house.finance.rows(`/deadlines?entityId=${account}&ruleCode=UK-T14`))[0]).toMatchObject({ status: 'met' });
    await evening('2027-02-25');
    expect((await stages(account)).map(([, stage]) => stage)).toEqual(['s1']);
    expect(Number((await house.finance.row(`/rent-accounts/${account}`))['balancePence'])).toBeGreaterThan(9 * 26_825);
    await evening('2027-02-26');
    expect(await stages(account)).toEqual([['2026-12-21', 's1'], ['2027-02-26', 's2']]);
  }, LONG);

  it('J2e: lets a managed payment of Universal Credit be asked for at two months’ arrears', async () => {
    // 112.50 a week: 487.50 a month. Charged by hand up to a penny below two months, then the penny.
    const single: WeeklyPence = { corePence: 11_250, eligibleServicePence: 0, ineligibleServicePence: 0, supportPence: 0 };
    const account = await tenantFrom('2027-02-22', single);
    const [demand] = await house.finance.rows(`/rent-payments?rentAccountId=${account}`);
    await ask(account, 'record-payment', { amountPence: 1, method: 'universal_credit' });
    await ask(account, 'adjust-charge', { chargeId: demand!['chargeId'], delta: { corePence: 97_500 - 11_250 }, reason: 'Arrears from before.' });
    const early = await house.finance.post<Json>(`/rent-accounts/${account}/request-direct-payment`, { from: 'universal_credit' });
    expect([early.status, early.body['code']]).toEqual([422, 'UK-T9']);
    await ask(account, 'adjust-charge', { chargeId: demand!['chargeId'], delta: { corePence: 1 }, reason: 'Arrears from before.' });
    expect(await tray(account)).toMatchObject({ collectablePence: 97_500, benefitTask: 'request_managed_payment' });
    expect(await toldOf(account)).toEqual(['Universal Credit can be asked to pay the landlord']);
    await ask(account, 'request-direct-payment', { from: 'universal_credit' });
    expect(await tray(account)).toMatchObject({ benefitTask: null });
  }, LONG);

  it('writes a debt off when somebody else agrees, and closes no account of a stay that goes on', async () => {
    const account = await inArrears('2027-02-27', 4_000);
    await ask(account, 'request-write-off', { reason: 'Cannot be traced.' });
    const own = await house.finance.post<Json>(`/rent-accounts/${account}/approve-write-off`, {});
    expect(own.status).toBe(403);
    const early = await house.ours.owner.post<Json>(`/rent-accounts/${account}/close`, {});
    expect([early.status, early.body['code']]).toEqual([422, 'LED-7']);
    await ask(account, 'approve-write-off', {}, house.manager);
    expect(await standing(account)).toEqual([0, 0, 0]);
  }, LONG);

  benefitEndsWithStay(house);

  it('says that the council is silent when it has paid nothing for more than eight weeks', async () => {
    const account = await tenantFrom('2027-03-11', LICENCE);
    await ask(account, 'record-hb-award', { weeklyPence: 24_675, from: '2027-03-11' });
    await evening('2027-05-06');
    expect(await tray(account)).toMatchObject({ benefitTask: null });
    await evening('2027-05-07');
    expect(await tray(account)).toMatchObject({ benefitTask: 'chase_housing_benefit' });
    await paid(account, '2027-05-10', 50_000, 'housing_benefit');
    expect(await tray(account)).toMatchObject({ benefitTask: null, lastHbOn: '2027-05-10' });
  }, LONG);

  fromMessageToCourt(house);

  it('UK-T10: reaches no stage in the four weeks for which Universal Credit pays nothing, and one after them', async () => {
    const account = await inArrears('2027-08-02', 5_000);
    for (const [on, amountPence] of [['2027-08-02', 5_000], ['2027-08-30', 1]] as const) await paid(account, on, amountPence, 'universal_credit');
    await evening('2027-10-04');
    await ask(account, 'raise-charge', { from: '2027-10-04', components: { corePence: 6_000, eligibleServicePence: 0, ineligibleServicePence: 0, supportPence: 0 } });
    await evening('2027-10-25');
    expect(await tray(account)).toMatchObject({ stage: null, blockedBy: ['universal_credit_gap'], blockedUntil: '2027-10-25', nextAction: 'sms', nextActionOn: '2027-10-26', ucYearPaidPence: 5_001, ucYearDuePence: 11_000 });
    await evening('2027-10-26');
    expect(await stages(account)).toEqual([['2027-10-26', 's1']]);
  }, LONG);

  whichBenefitIsRight(house);

  it('looks at every account the next morning when the organisation changes a figure', async () => {
    const account = await inArrears('2027-11-02', 900);
    await evening('2027-11-04');
    expect(await stages(account)).toEqual([]);
    await house.ours.owner.did(`/organizations/${house.ours.id}/set-policy`, { code: 'LED-5.minimum', value: 900 });
    expect(await tray(account)).toMatchObject({ nextAction: 'sms', nextActionOn: '2027-11-05' });
    await evening('2027-11-05');
    expect(await stages(account)).toEqual([['2027-11-05', 's1']]);
    await house.ours.owner.did(`/organizations/${house.ours.id}/reset-policy`, { code: 'LED-5.minimum' });
  }, LONG);

  it('lists the worktray with what has gone furthest first, and the largest debt first among it', async () => {
    const rows = await house.finance.rows('/arrears?limit=100');
    const keys = rows.map(({ stageRank, collectablePence }) => [Number(stageRank), Number(collectablePence)] as const);
    expect(keys).toEqual([...keys].sort((a, b) => b[0] - a[0] || b[1] - a[1]));
    expect(keys[0]![0]).toBe(6);
  }, LONG);

  it('lists the worktray in the order in which something is to be done', async () => {
    const rows = await house.finance.rows('/arrears?sort=nextActionOn,-collectablePence&nextAction[null]=false&limit=100');
    const days = rows.map(({ nextActionOn }) => String(nextActionOn));
    expect(days).toEqual([...days].sort());
    expect(rows.length).toBeGreaterThan(1);
  }, LONG);

  it('comes to the same when it is replayed', () => rebuiltEqualsLive(house.at), LONG);
  it('joins in the audit trail, field by field', () => auditJoins(house.at, house.ours), LONG);
  it('is unknown to another organisation', async () => {
    const { owner } = await organisation(house.at, house.product.baseUrl, 'Other Homes');
    expect((await owner.call('GET', `/api/v1/rent-accounts/${jordan}/statement`)).status).toBe(404);
    await unknownElsewhere(house.ours, owner);
  }, LONG);
  it('gives nobody a statement who may not read rent accounts', async () => {
    const { caller } = await house.ours.member('maintenance');
    expect((await caller.call('GET', `/api/v1/rent-accounts/${jordan}/statement`)).status).toBe(403);
  }, LONG);
});
