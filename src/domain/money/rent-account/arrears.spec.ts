import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { given, happened, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import { LICENCE } from '../../../../test/support/rent-world.js';
import { policyDeclared } from '../../../kernel/policies.js';
import { daysBetween, plusDays } from '../../../kernel/values.js';
import '../index.js';
import { ArrearsBlock, blocksOn, nextStage, stageOn } from './arrears.js';
import {
  ApproveCourtAction, EndArrearsPlan, EndBreathingSpace, EvaluateArrears, PauseArrears, ProposeCourtAction, RaiseRentDispute, RecordArrearsAction,
  RegisterBreathingSpace, ResolveRentDispute, ResumeArrears, ReviewBreathingSpace, StartArrearsPlan,
} from './arrears-commands.js';
import {
  ArrearsActionTaken, ArrearsPaused, ArrearsPlanEnded, ArrearsPlanStarted, ArrearsResumed, ArrearsStageReached, BreathingSpaceEnded, BreathingSpaceRegistered,
  BreathingSpaceReviewed, CourtActionProposed, RentDisputeRaised, RentDisputeResolved,
} from './arrears-events.js';
import { arrearsPolicy } from './arrears-policy.js';
import { HousingBenefitAwarded, HousingBenefitClaimed } from './benefit-events.js';
import { RentAccount, RentAccountOpened, RentCharged, RentPaymentReceived, RentPaymentReversed, RentScheduleEnded, RentScheduleSet } from './rent-account.js';
import { PaymentPlanOffered, RentStatementSent } from './pre-action-events.js';
import { universalCreditGap } from './universal-credit.js';

const POLICY = arrearsPolicy((code) => policyDeclared(code)!.default);
const MONDAY = '2026-10-05';
const morning = (day: string): string => `${day}T06:30:00.000Z`;
const opened = happened(RentAccountOpened, { residentId: someId('jordan'), propertyId: someId('house'), agreementId: someId('agreement'), paymentReference: 'R123' });
const set = happened(RentScheduleSet, { from: '2026-09-02', weeklyCharges: LICENCE, chargeDay: 'monday', origin: 'person', stretch: 0 });
const awarded = happened(HousingBenefitAwarded, { weeklyPence: 24_675, from: '2026-09-02', frequency: 'four_weekly', payee: 'landlord', shortfallPence: 0 });
/** An ineligible charge of so much: all of it is the resident's to pay. */
const owes = (pence: number): Happened => {
  const components = { corePence: 0, eligibleServicePence: 0, ineligibleServicePence: pence, supportPence: 0 };
  return happened(RentCharged, { chargeId: someId(`owes ${pence}`), from: '2026-09-07', to: '2026-09-14', nights: 7, components, totalPence: pence });
};
const reached = (stage: ArrearsStageReached['stage'], on: string): Happened =>
  happened(ArrearsStageReached, { stage, on, collectablePence: 1, rawBalancePence: 1, gracePence: 0, grossWeeklyPence: 1, ruleVersion: 'x' });
const took = (action: ArrearsActionTaken['action'], on: string, expiresOn?: string): Happened => happened(ArrearsActionTaken, { action, on, ...(expiresOn ? { expiresOn } : {}) });
const account = (...events: Happened[]): RentAccount => stateOf(RentAccount, [opened, set, awarded, ...events]);
const on = (day: string, ...events: Happened[]) => given(RentAccount, opened, set, awarded, ...events).now(morning(day));
const checked = [took('welfare_check', '2026-10-28'), took('benefit_check', '2026-10-28')];
/** What the protocol asks for before a notice. */
const warned = (day: string): Happened[] => [
  happened(RentStatementSent, { on: day, from: '2026-08-01', to: day, method: 'letter', openingBalancePence: 0, closingBalancePence: 0 }),
  happened(PaymentPlanOffered, { on: day, instalmentPence: 500, frequency: 'weekly', affordabilityChecked: true }),
];
const GRAVE = 4 * 26_825;

describe('the arrears of ground 8', () => {
  it('UK-T3: are thirteen weeks of what a week costs, or three months, less what Housing Benefit is to pay, at the end of a day', () => {
    const paid = happened(RentPaymentReceived, { receiptId: someId('some'), payer: 'resident', amountPence: 1, on: '2026-10-02', method: 'card' });
    const owing = account(owes(13 * 26_825), paid);
    expect(owing.ground8On('2026-10-01')).toEqual({ arrearsPence: 348_725, thresholdPence: 348_725, isMet: true });
    expect(owing.ground8On('2026-10-02', 'four_weekly')).toEqual({ arrearsPence: 348_724, thresholdPence: 348_725, isMet: false });
    // 268.25 a week are 1162.42 a month, half a penny up.
    expect(owing.ground8On('2026-10-01', 'monthly')).toEqual({ arrearsPence: 348_725, thresholdPence: 348_726, isMet: false });
    const eligible = happened(RentCharged, { chargeId: someId('eligible'), from: '2026-09-14', to: '2026-09-21', nights: 7, components: { ...LICENCE, ineligibleServicePence: 0 }, totalPence: 24_675 });
    expect(account(owes(13 * 26_825 - 1), eligible).ground8On('2026-10-01')).toMatchObject({ isMet: false });
    expect(stateOf(RentAccount, [opened]).ground8On('2026-10-01')).toEqual({ arrearsPence: 0, thresholdPence: 0, isMet: false });
  });
});

describe('the gap of Universal Credit', () => {
  const uc = (receivedOn: string, reversedOn?: string) => ({ payer: 'uc' as const, receivedOn, ...(reversedOn ? { reversedOn } : {}) });
  const every = (from: string, count: number, days = 28) => Array.from({ length: count }, (_, at) => uc(plusDays(from, at * days)));
  const NONE = { ucGapFrom: undefined, ucGapUntil: undefined };

  it('UK-T10: is the four weeks after the last of payments that come every four weeks', () => {
    expect(universalCreditGap(every('2026-08-03', 3))).toEqual({ ucGapFrom: '2026-10-26', ucGapUntil: '2026-11-23' });
    expect(universalCreditGap([uc('2026-08-03'), uc('2026-08-31'), uc('2026-08-31')])).toEqual({ ucGapFrom: '2026-09-28', ucGapUntil: '2026-10-26' });
    expect(universalCreditGap([uc('2028-02-01'), uc('2028-02-29')])).toEqual({ ucGapFrom: '2028-03-28', ucGapUntil: '2028-04-25' });
    for (const receipts of [[], [uc('2026-08-03')], every('2026-08-03', 4, 7), every('2026-08-03', 4, 35), [uc('2026-08-03'), uc('2026-08-31', '2026-09-02')]]) {
      expect(universalCreditGap(receipts)).toEqual(NONE);
    }
    expect(universalCreditGap([{ payer: 'hb', receivedOn: '2026-08-03' }, { payer: 'hb', receivedOn: '2026-08-31' }])).toEqual(NONE);
  });
  it('UK-T10: comes once a year', () => {
    const gapped = (after: number) => [...every('2026-01-05', 4), ...every('2026-05-25', after)];
    expect(universalCreditGap(gapped(1))).toEqual(NONE);
    for (const after of [2, 6, 10]) expect(universalCreditGap(gapped(after))).toEqual(NONE);
    // Twelve payments and the gap make thirteen times four weeks: the next gap begins 364 days after the last one did.
    expect(universalCreditGap(gapped(12))).toEqual({ ucGapFrom: '2027-04-26', ucGapUntil: '2027-05-24' });
    expect(daysBetween('2026-04-27', '2027-04-26')).toBe(364);
  });
  it('UK-T10: lets no stage be reached, from its first day to its last', async () => {
    const paid = ['2026-09-07', '2026-10-05'].map((day) => happened(RentPaymentReceived, { receiptId: someId(day), payer: 'uc', amountPence: 1, on: day, method: 'universal_credit' }));
    const owing = [owes(4_302), ...paid];
    expect(account(...owing)).toMatchObject({ ucGapFrom: '2026-11-02', ucGapUntil: '2026-11-30', collectablePence: 4_300 });
    for (const day of ['2026-11-02', '2026-11-30']) {
      expect([blocksOn(account(...owing), day), stageOn(account(...owing), day, POLICY)]).toEqual([['universal_credit_gap'], undefined]);
      await on(day, ...owing).when(EvaluateArrears).recordsNothing();
    }
    for (const day of ['2026-11-01', '2026-12-01']) expect(stageOn(account(...owing), day, POLICY)).toBe('s1');
    expect(nextStage(account(...owing), '2026-11-02', POLICY)).toEqual({ day: '2026-12-01', stage: 's1' });
    const bounced = account(...owing, happened(RentPaymentReversed, { receiptId: someId('2026-10-05'), reason: 'It bounced.' }));
    expect([bounced.ucGapFrom, bounced.ucGapUntil]).toEqual([undefined, undefined]);
  });
});

describe('the first stage', () => {
  it('is reached ten pounds beyond a week of the own share', () => {
    expect(stageOn(account(owes(3_149)), MONDAY, POLICY)).toBeUndefined();
    expect(stageOn(account(owes(3_150)), MONDAY, POLICY)).toBe('s1');
    // Without Housing Benefit the own share is the whole week.
    const without = (pence: number): RentAccount => stateOf(RentAccount, [opened, set, owes(pence)]);
    expect(stageOn(without(27_824), MONDAY, POLICY)).toBeUndefined();
    expect(stageOn(without(27_825), MONDAY, POLICY)).toBe('s1');
  });
  it('says what was owed, and by which rules', () =>
    on(MONDAY, owes(4_300)).when(EvaluateArrears).records([ArrearsStageReached, {
      stage: 's1', on: MONDAY, collectablePence: 4_300, rawBalancePence: 4_300, gracePence: 2_150, grossWeeklyPence: 26_825, ruleVersion: 'led-5.3',
    }]));
  it('is not reached a second time, and begins anew once nothing is owed', async () => {
    await on('2026-10-06', owes(4_300), reached('s1', MONDAY)).when(EvaluateArrears).recordsNothing();
    const cleared = account(owes(4_300), reached('s1', MONDAY), happened(RentPaymentReceived, { receiptId: someId('all'), payer: 'resident', amountPence: 4_300, on: '2026-10-06', method: 'card' }));
    expect([cleared.arrearsStage, cleared.lastContactOn]).toEqual([undefined, MONDAY]);
  });
  it('counts as a contact: seven days pass before the next', async () => {
    await on('2026-10-08', owes(4_300), took('visit', '2026-10-02')).when(EvaluateArrears).recordsNothing();
    await on('2026-10-09', owes(4_300), took('visit', '2026-10-02')).when(EvaluateArrears).records([ArrearsStageReached, { stage: 's1' }]);
  });
});

describe('the letters', () => {
  it.each([
    ['2026-10-11', 's1', '2026-10-05', undefined], ['2026-10-12', 's1', '2026-10-05', 's2'],
    ['2026-10-25', 's2', '2026-10-12', undefined], ['2026-10-26', 's2', '2026-10-12', 's3'],
    ['2027-01-12', 's2', '2026-10-12', 's3'], ['2027-01-13', 's2', '2026-10-12', 's1'],
    ['2028-05-29', 's2', '2028-02-29', 's3'], ['2028-05-30', 's2', '2028-02-29', 's1'],
    ['2026-11-02', 's3', '2026-10-26', undefined], ['2027-01-27', 's3', '2026-10-26', 's1'],
  ] as const)('on %s, after %s of %s, come to %s', (day, stage, since, next) => {
    expect(stageOn(account(owes(4_300), reached(stage, since)), day, POLICY)).toBe(next);
  });
});

describe('a notice, and the court', () => {
  it('a notice is considered at four whole weeks, a week after the second letter, when welfare and benefits were looked at', () => {
    const at = (pence: number, day: string, ...more: Happened[]) => stageOn(account(owes(pence), reached('s3', '2026-10-26'), ...more), day, POLICY);
    expect(at(GRAVE, '2026-11-02', ...checked)).toBe('s4');
    expect(at(GRAVE, '2026-11-01', ...checked)).toBeUndefined();
    expect(at(GRAVE - 1, '2026-11-02', ...checked)).toBeUndefined();
    expect(at(GRAVE, '2026-11-02', checked[0]!)).toBeUndefined();
    expect(at(GRAVE, '2026-11-02', ...checked, happened(RentScheduleEnded, { on: '2026-11-01' }))).toBeUndefined();
  });
  it('LED-5: a notice is served once it was considered, for four weeks at least', async () => {
    const considered = on('2026-11-03', owes(GRAVE), reached('s4', '2026-11-02'), ...warned('2026-11-02'));
    await considered.when(RecordArrearsAction, { action: 'notice_served', expiresOn: '2026-12-01' }).records([ArrearsActionTaken, { expiresOn: '2026-12-01' }]);
    await considered.when(RecordArrearsAction, { action: 'notice_served', expiresOn: '2026-11-30' }).refused('LED-5', 'expiresOn');
    await considered.when(RecordArrearsAction, { action: 'notice_served' }).refused('VALIDATION', 'expiresOn');
    await on('2026-11-03', owes(GRAVE)).when(RecordArrearsAction, { action: 'notice_served', expiresOn: '2026-12-20' }).refused('LED-5', 'action');
    await on('2026-11-03', owes(GRAVE), reached('s4', '2026-11-02'), happened(RentDisputeRaised, { reason: 'No heating.' }))
      .when(RecordArrearsAction, { action: 'notice_served', expiresOn: '2026-12-20' }).refused('LED-5', 'action');
  });
  it('the warning comes when the notice has run out, and can still be relied on', () => {
    const served = [owes(GRAVE), reached('s4', '2026-11-02'), ...warned('2026-11-02'), took('notice_served', '2026-11-03', '2026-12-01')];
    expect(stageOn(account(...served), '2026-12-01', POLICY)).toBeUndefined();
    expect(stageOn(account(...served), '2026-12-02', POLICY)).toBe('s5');
    const again = [...served, ...warned('2027-11-30')];
    expect(stageOn(account(...again), '2027-12-01', POLICY)).toBe('s5');
    expect(stageOn(account(...again), '2027-12-02', POLICY)).toBeUndefined();
  });
  it('LED-5: the court comes two weeks after the warning, by two people of whom one is a manager', async () => {
    const due = (day: string, ...more: Happened[]) => on(day, owes(GRAVE), reached('s5', '2026-12-02'), ...warned('2026-12-01'), ...more);
    const proposed = happened(CourtActionProposed, {}, { by: 'femi' });
    await due('2026-12-15').as('finance', 'femi').when(ProposeCourtAction).refused('LED-5');
    await due('2026-12-16').as('finance', 'femi').when(ProposeCourtAction).records(CourtActionProposed);
    await due('2026-12-16', proposed).as('manager', 'priya').when(ApproveCourtAction).records([ArrearsStageReached, { stage: 's6' }]);
    await due('2026-12-16', proposed).as('manager', 'femi').when(ApproveCourtAction).refused('SOD');
    await due('2026-12-16', proposed).as('finance', 'priya').when(ApproveCourtAction).refused('SOD');
    await due('2026-12-16').as('manager', 'priya').when(ApproveCourtAction).refused('STATE');
    await due('2026-12-16', happened(ArrearsPaused, { until: '2026-12-31', reason: 'In hospital.' })).when(ProposeCourtAction).refused('LED-5');
  });
});

describe('what holds every stage up', () => {
  const held: Record<Exclude<keyof typeof ArrearsBlock, 'universal_credit_gap'>, Happened> = {
    payment_plan: happened(ArrearsPlanStarted, { planId: someId('plan') }),
    pause: happened(ArrearsPaused, { until: '2026-10-10', reason: 'In hospital.' }),
    breathing_space: happened(BreathingSpaceRegistered, { kind: 'standard', on: '2026-10-01', until: '2026-11-30' }),
    dispute: happened(RentDisputeRaised, { reason: 'No heating.' }),
    pending_claim: happened(HousingBenefitClaimed, { on: MONDAY, from: MONDAY, weeklyPence: 24_675, shortfallPence: 0, evidenceSupplied: true }),
  };
  it.each(Object.entries(held))('is %s', async (name, event) => {
    expect(blocksOn(account(owes(4_300), event), MONDAY)).toEqual([name]);
    await on(MONDAY, owes(4_300), event).when(EvaluateArrears).recordsNothing();
  });
  it('is a plan that the account has not heard of yet', () =>
    on(MONDAY, owes(4_300)).holding('payment-plans', someId('RentAccount'), [{ register: 'payment-plans', owner: someId('RentAccount'), key: 'x', kind: 'plan' }]).when(EvaluateArrears).recordsNothing());

  it('a pause lasts through its last day, and may be ended before', async () => {
    expect(stageOn(account(owes(4_300), held.pause), '2026-10-11', POLICY)).toBe('s1');
    await on(MONDAY).when(PauseArrears, { until: MONDAY, reason: 'In hospital.' }).records([ArrearsPaused, { until: MONDAY }]);
    await on(MONDAY).when(PauseArrears, { until: '2026-10-04', reason: 'In hospital.' }).refused('LED-5', 'until');
    await on(MONDAY, held.pause).when(ResumeArrears).records(ArrearsResumed);
    await on(MONDAY).when(ResumeArrears).recordsNothing();
  });
  it('a dispute is raised once and settled, and holds every stage up from the one to the other', async () => {
    await on(MONDAY).when(RaiseRentDispute, { reason: 'No heating.' }).records([RentDisputeRaised, { on: MONDAY, about: 'other', raisedBy: 'resident' }]);
    await on(MONDAY).when(RaiseRentDispute, { reason: 'No heating.', on: '2026-10-01', about: 'repair', raisedBy: 'advice_agency' }).records([RentDisputeRaised, { on: '2026-10-01', about: 'repair' }]);
    await on(MONDAY).when(RaiseRentDispute, { reason: 'No heating.', on: '2026-10-06' }).refused('GEN-3', 'on');
    const raised = happened(RentDisputeRaised, { reason: 'No heating.', on: '2026-10-01', about: 'repair', raisedBy: 'resident' });
    expect(account(raised)).toMatchObject({ disputedOn: '2026-10-01', disputeAbout: 'repair', disputeRaisedBy: 'resident' });
    expect(account(raised).lastContactOn).toBeUndefined();
    for (const [stage, since, pence] of [['s1', '2026-09-01', 4_300], ['s2', '2026-08-01', 4_300], ['s3', '2026-09-01', GRAVE], ['s4', '2026-09-01', GRAVE]] as const) {
      const history = [owes(pence), reached(stage, since), ...checked, ...warned('2026-09-20'), took('notice_served', '2026-08-01', '2026-09-20')];
      expect(stageOn(account(...history), MONDAY, POLICY)).toBe(`s${Number(stage.slice(1)) + 1}`);
      expect(stageOn(account(...history, raised), MONDAY, POLICY)).toBeUndefined();
      expect(stageOn(account(...history, raised, happened(RentDisputeResolved, { reason: 'Repaired.', outcome: 'upheld' })), MONDAY, POLICY)).toBe(`s${Number(stage.slice(1)) + 1}`);
    }
    await on(MONDAY, held.dispute).when(RaiseRentDispute, { reason: 'No heating.' }).refused('DUPLICATE');
    await on(MONDAY, held.dispute).when(ResolveRentDispute, { reason: 'Repaired.', outcome: 'partly_upheld' }).records([RentDisputeResolved, { outcome: 'partly_upheld' }]);
    await on(MONDAY).when(ResolveRentDispute, { reason: 'Repaired.' }).refused('STATE');
  });
  it('a plan is heard of once, and its end once', async () => {
    const planId = someId('plan');
    await on(MONDAY).when(StartArrearsPlan, { planId }).records(ArrearsPlanStarted);
    await on(MONDAY, held.payment_plan).when(StartArrearsPlan, { planId }).recordsNothing();
    await on(MONDAY, held.payment_plan).when(EndArrearsPlan, { planId }).records(ArrearsPlanEnded);
    await on(MONDAY, held.payment_plan).when(EndArrearsPlan, { planId: someId('other') }).recordsNothing();
  });
});

describe('a breathing space (UK-T14)', () => {
  const standard = happened(BreathingSpaceRegistered, { kind: 'standard', on: '2026-11-10', until: '2027-01-09', reviewFrom: '2026-12-05', reviewTo: '2026-12-15' });

  it('lasts sixty days, with a review midway', () =>
    on('2026-11-10').when(RegisterBreathingSpace).records([BreathingSpaceRegistered, {
      kind: 'standard', on: '2026-11-10', until: '2027-01-09', reviewFrom: '2026-12-05', reviewTo: '2026-12-15', review: expect.objectContaining({ code: 'UK-T14', dueOn: '2026-12-15' }),
    }]));
  it('holds up to and including its last day', () => {
    expect(blocksOn(account(standard), '2027-01-09')).toEqual(['breathing_space']);
    expect(blocksOn(account(standard), '2027-01-10')).toEqual([]);
  });
  it('is granted once in twelve months, and not twice at a time', async () => {
    await on('2026-12-01', standard).when(RegisterBreathingSpace).refused('UK-T14', 'on');
    await on('2027-11-09', standard).when(RegisterBreathingSpace).refused('UK-T14', 'on');
    await on('2027-11-10', standard).when(RegisterBreathingSpace).records(BreathingSpaceRegistered);
    await on('2027-03-01', standard).when(RegisterBreathingSpace, { kind: 'mental_health' }).records([BreathingSpaceRegistered, { kind: 'mental_health' }]);
    await on('2027-03-01').when(RegisterBreathingSpace, { on: '2027-03-02' }).refused('GEN-3', 'on');
  });
  it('for a mental health crisis lasts until thirty days after the treatment', async () => {
    const crisis = happened(BreathingSpaceRegistered, { kind: 'mental_health', on: '2026-11-10' });
    expect(blocksOn(account(crisis), '2028-01-01')).toEqual(['breathing_space']);
    await on('2027-02-01', crisis).when(EndBreathingSpace).records([BreathingSpaceEnded, { on: '2027-02-01', until: '2027-03-03' }]);
    await on('2027-02-01', standard).when(EndBreathingSpace).refused('STATE');
    await on('2026-12-01', standard).when(EndBreathingSpace).records([BreathingSpaceEnded, { until: '2026-12-01' }]);
    await on('2026-12-01', standard).when(EndBreathingSpace, { on: '2026-11-09' }).refused('UK-T14', 'on');
  });
  it('is reviewed from the first day of its window on, and may end with that', async () => {
    await on('2026-12-04', standard).when(ReviewBreathingSpace, { continues: true }).refused('UK-T14', 'on');
    await on('2026-12-05', standard).when(ReviewBreathingSpace, { continues: true }).records([BreathingSpaceReviewed, { continues: true }]);
    await on('2026-12-05', standard).when(ReviewBreathingSpace, { continues: false }).records(BreathingSpaceReviewed, [BreathingSpaceEnded, { until: '2026-12-05' }]);
    await on('2026-12-05').when(ReviewBreathingSpace, { continues: true }).refused('STATE');
  });
  it('bars who would ask for arrears, and nobody who looks after the resident', async () => {
    await on('2026-12-01', standard).when(RecordArrearsAction, { action: 'letter' }).refused('UK-T14', 'action');
    await on('2026-12-01', standard).when(RecordArrearsAction, { action: 'welfare_check' }).records(ArrearsActionTaken);
    await on('2027-01-10', standard).when(RecordArrearsAction, { action: 'letter' }).records(ArrearsActionTaken);
    await on('2027-01-10').when(RecordArrearsAction, { action: 'letter', on: '2027-01-11' }).refused('GEN-3', 'on');
  });
});

describe('what always holds', () => {
  const rank = (stage: string | undefined): number => (stage === undefined ? 0 : Number(stage.slice(1)));
  const history = fc.record({
    stage: fc.option(fc.constantFrom('s1', 's2', 's3', 's4', 's5', 's6'), { nil: undefined }), since: fc.nat(120), contact: fc.option(fc.nat(30), { nil: undefined }),
    checks: fc.boolean(), notice: fc.option(fc.integer({ min: -30, max: 400 }), { nil: undefined }), stated: fc.option(fc.nat(120), { nil: undefined }),
  });
  const day = '2027-06-01';

  it('more debt never means an earlier stage (LED-5)', () =>
    fc.assert(fc.property(history, fc.nat(200_000), fc.nat(100_000), ({ stage, since, contact, checks, notice, stated }, pence, more) => {
      const past = (of: number): Happened[] => [
        owes(of),
        ...(stage ? [reached(stage as 's1', plusDays(day, -since))] : []),
        ...(checks ? checked : []),
        ...(contact === undefined ? [] : [took('phone_call', plusDays(day, -contact))]),
        ...(notice === undefined ? [] : [took('notice_served', plusDays(day, -60), plusDays(day, -notice))]),
        ...(stated === undefined ? [] : warned(plusDays(day, -stated))),
      ];
      if (pence === 0) return;
      expect(rank(stageOn(account(...past(pence + more)), day, POLICY))).toBeGreaterThanOrEqual(rank(stageOn(account(...past(pence)), day, POLICY)));
    }), { numRuns: 300 }));

  it('the day that is waited for is the first on which a stage is reached', () =>
    fc.assert(fc.property(history, fc.integer({ min: 3, max: 200_000 }), fc.option(fc.nat(200), { nil: undefined }), fc.option(fc.nat(80), { nil: undefined }), ({ stage, since, checks, notice, stated }, pence, pause, credit) => {
      const paid = credit === undefined ? [] : [28, 0].map((days) => happened(RentPaymentReceived, {
        receiptId: someId(`credit ${days}`), payer: 'uc', amountPence: 1, on: plusDays(day, -credit - days), method: 'universal_credit',
      }));
      const one = account(owes(pence), ...paid, ...(stage ? [reached(stage as 's1', plusDays(day, -since))] : []), ...(checks ? checked : []),
        ...(notice === undefined ? [] : [took('notice_served', plusDays(day, -60), plusDays(day, -notice))]),
        ...(stated === undefined ? [] : warned(plusDays(day, -stated))),
        ...(pause === undefined ? [] : [happened(ArrearsPaused, { until: plusDays(day, pause), reason: 'In hospital.' })]));
      const found = Array.from({ length: 380 }, (_, ahead) => plusDays(day, ahead)).find((at) => stageOn(one, at, POLICY));
      expect(nextStage(one, day, POLICY)?.day).toBe(found);
    }), { numRuns: 60 }));
});
