import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { given, happened, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import { LICENCE, weekly } from '../../../../test/support/rent-world.js';
import { plusDays } from '../../../kernel/values.js';
import '../index.js';
import { COMPONENTS, ELIGIBLE, totalOf } from '../components.js';
import {
  HousingBenefitAwarded, HousingBenefitChanged, HousingBenefitClaimed, HousingBenefitClawback, HousingBenefitEnded, HousingBenefitSilent,
  HousingBenefitSuspended, DirectPaymentRequested,
} from './benefit-events.js';
import { ChangeHbAward, EndHb, RecordHbAward, RecordHbClaim, RecordHbOverpayment, ReportHbSilence, RequestDirectPayment, SuspendHb } from './benefit-commands.js';
import { standingOn } from './housing-benefit.js';
import { RentCreditRefunded, RentWrittenOff } from './settlement-events.js';
import { RentAccount, RentAccountOpened, RentAdjusted, RentCharged, RentPaymentReceived, RentPaymentReversed, RentScheduleEnded, RentScheduleSet } from './rent-account.js';

const START = '2026-09-02';
const opened = happened(RentAccountOpened, { residentId: someId('jordan'), propertyId: someId('house'), agreementId: someId('agreement'), paymentReference: 'R123' });
const set = happened(RentScheduleSet, { from: START, weeklyCharges: LICENCE, chargeDay: 'monday', origin: 'person', stretch: 0 });
const charge = (from: string, to: string, components = LICENCE): Happened =>
  happened(RentCharged, { chargeId: someId(from), from, to, nights: 7, components, totalPence: totalOf(components) });
const paid = (on: string, amountPence: number, payer: 'hb' | 'resident' = 'resident'): Happened =>
  happened(RentPaymentReceived, { receiptId: someId(`${payer} ${on}`), payer, amountPence, on, method: 'bank_transfer' }, { at: `${on}T12:00:00.000Z` });
const awarded = (facts: Partial<HousingBenefitAwarded> = {}): Happened =>
  happened(HousingBenefitAwarded, { weeklyPence: 24_675, from: START, frequency: 'four_weekly', payee: 'landlord', shortfallPence: 0, ...facts });
const firstWeek = charge(START, '2026-09-07', weekly(13_029, 4_596, 1_536));
const weeks = (from: string, count: number): Happened[] =>
  Array.from({ length: count }, (_, week) => charge(plusDays(from, 7 * week), plusDays(from, 7 * week + 7)));
const after = (...events: Happened[]): RentAccount => stateOf(RentAccount, [opened, set, ...events]);
const standing = ({ balancePence, anticipatedHbPence, collectablePence }: RentAccount): number[] => [balancePence, anticipatedHbPence, collectablePence];

/** The worked example: charges, an adjustment when the stay ends, what the resident and Housing Benefit pay. */
const vector: Happened[] = [
  firstWeek, awarded(), ...weeks('2026-09-07', 19),
  happened(RentScheduleEnded, { on: '2027-01-14' }, { at: '2027-01-14T10:00:00.000Z' }),
  happened(RentAdjusted, { chargeId: someId('2027-01-11'), delta: weekly(-10_423, -3_677, -1_229), cause: 'schedule', nights: 3, from: '2027-01-11', to: '2027-01-14' }, { at: '2027-01-14T10:00:00.000Z' }),
  paid('2026-09-04', 1_536), ...['2026-09-11', '2026-09-18', '2026-09-25'].map((on) => paid(on, 2_150)),
  ...Array.from({ length: 7 }, (_, week) => paid(plusDays('2026-11-27', 7 * week), 2_750)),
  paid('2026-09-28', 91_650, 'hb'), ...['2026-10-26', '2026-11-23', '2026-12-21'].map((on) => paid(on, 98_700, 'hb')),
];
const last = paid('2027-01-18', 84_600, 'hb');

describe('what is collectable (LED-3)', () => {
  it.each([
    ['2026-09-02', 19_161, 17_625, 1_536],
    ['2026-09-06', 17_625, 17_625, 0],
    ['2026-09-27', 91_650, 91_650, 0],
    ['2026-09-28', 26_825, 24_675, 2_150],
    ['2026-10-05', 53_650, 49_350, 4_300],
    ['2026-10-12', 80_475, 74_025, 6_450],
    ['2026-10-25', 107_300, 98_700, 8_600],
    ['2026-10-26', 35_425, 24_675, 10_750],
    ['2026-11-15', 89_075, 74_025, 15_050],
    ['2026-11-22', 115_900, 98_700, 17_200],
    ['2026-11-23', 44_025, 24_675, 19_350],
    ['2027-01-10', 87_025, 74_025, 13_000],
    ['2027-01-14', 98_521, 84_600, 13_921],
    ['2027-01-18', 13_921, 0, 13_921],
  ])('on %s is %i less %i: %i', (day, ...pence) => {
    expect(Object.values(standingOn(after(...vector, last), day))).toEqual(pence);
  });

  it('comes to 139.21 in the end, with what was billed and paid', () => {
    const account = after(...vector, last);
    expect(standing(account)).toEqual([13_921, 0, 13_921]);
    const sum = (of: (payer: string) => boolean): number => account.receipts.reduce((all, one) => all + (of(one.payer) ? one.amountPence : 0), 0);
    expect([sum((payer) => payer === 'hb'), sum((payer) => payer !== 'hb')]).toEqual([472_350, 27_236]);
    expect(account.payments.reduce((all, one) => all + one.hbExpectedPence, 0)).toBe(472_350);
    expect(account.lastHbOn).toBe('2027-01-18');
    expect([account, after(...vector)].map((one) => one.silentSince())).toEqual([undefined, '2026-12-21']);
  });
  it('has the council silent since the last payment that was one', () => {
    const bounced = (on: string) => happened(RentPaymentReversed, { receiptId: someId(`hb ${on}`), reason: 'It bounced.' });
    const paidTwice = [...weeks('2026-09-07', 9), awarded(), paid('2026-10-05', 98_700, 'hb'), paid('2026-11-02', 98_700, 'hb')];
    expect([after(...paidTwice), after(...paidTwice, bounced('2026-11-02'))].map((one) => [one.lastHbOn, one.silentSince()])).toEqual([['2026-11-02', '2026-11-02'], ['2026-10-05', '2026-10-05']]);
    const none = after(...paidTwice, bounced('2026-10-05'), bounced('2026-11-02'));
    expect([none.lastHbOn, none.silentSince()]).toEqual([undefined, none.hbDecidedOn]);
  });
  it('is what it is without an award: all of it', () => {
    expect(standing(after(firstWeek))).toEqual([19_161, 0, 19_161]);
  });
  it('leaves a known under-award to the resident, and no more than the eligible charges to Housing Benefit', () => {
    expect(standing(after(charge('2026-09-07', '2026-09-14'), awarded({ weeklyPence: 20_000, shortfallPence: 4_675 })))).toEqual([26_825, 20_000, 6_825]);
    expect(standing(after(charge('2026-09-07', '2026-09-14'), awarded({ weeklyPence: 99_999 })))).toEqual([26_825, 24_675, 2_150]);
  });
  it('counts the nights of a week from which on it is awarded, half up per component', () => {
    const odd = weekly(3_333, 3_333, 3_333);
    // Five of seven nights: 23.81 for each component.
    expect(after(charge('2026-09-07', '2026-09-14', odd), awarded({ from: '2026-09-09' })).anticipatedHbPence).toBe(4_762);
    expect(after(charge('2026-09-07', '2026-09-14'), awarded({ from: '2026-09-14' })).anticipatedHbPence).toBe(0);
  });
  it('of nights before the award stays with the resident: what Housing Benefit pays is for the nights that it is awarded for', () => {
    // Two weeks, awarded from the third night of the second one: 5 of its 7 nights, 176.25, are paid for, and the rest is the resident's.
    const [before, week] = [charge('2026-09-07', '2026-09-14'), charge('2026-09-14', '2026-09-21')];
    const from = awarded({ from: '2026-09-16' });
    const all = after(before, week, from, paid('2026-09-28', 17_625, 'hb'));
    expect(standing(all)).toEqual([36_025, 0, 36_025]);
    expect(all.payments.map(({ hbReceivedPence, residentDuePence }) => [hbReceivedPence, residentDuePence])).toEqual([[0, 26_825], [17_625, 9_200]]);
    // What it pays beyond that meets what is left of the eligible parts, the oldest first.
    expect(after(before, week, from, paid('2026-09-28', 20_000, 'hb')).payments.map(({ hbReceivedPence }) => hbReceivedPence)).toEqual([2_375, 17_625]);
  });
  it('comes to the same whether the award or its money is recorded first', () => {
    const [before, week, next] = [charge('2026-09-07', '2026-09-14'), charge('2026-09-14', '2026-09-21'), charge('2026-09-21', '2026-09-28')];
    const [from, money] = [awarded({ from: '2026-09-16' }), paid('2026-09-28', 42_300, 'hb')];
    const [first, last] = [after(before, week, next, from, money), after(before, week, next, money, from)];
    expect(standing(first)).toEqual([38_175, 0, 38_175]);
    expect(last.payments).toEqual(first.payments);
    expect(standing(last)).toEqual(standing(first));
    // What came before the award was paid for earlier nights, whoever knows by what.
    const old = after(before, paid('2026-09-14', 24_675, 'hb'), week, next, from);
    expect(old.payments.map(({ hbReceivedPence }) => hbReceivedPence)).toEqual([24_675, 0, 0]);
    expect(standing(old)).toEqual([55_800, 42_300, 13_500]);
  });
  it('does not wait for what is paid to the resident, held back, or ended', () => {
    const week = charge('2026-09-07', '2026-09-14');
    const next = charge('2026-09-14', '2026-09-21');
    expect(after(week, awarded({ payee: 'resident' })).anticipatedHbPence).toBe(0);
    expect(after(week, next, awarded(), happened(HousingBenefitSuspended, { from: '2026-09-14' })).anticipatedHbPence).toBe(24_675);
    const ended = after(week, next, awarded(), happened(HousingBenefitEnded, { on: '2026-09-14' }));
    expect([ended.hbStatus, ended.anticipatedHbPence]).toEqual(['ended', 24_675]);
    expect(after(week, next, awarded(), happened(HousingBenefitEnded, { on: '2026-09-14' }), happened(HousingBenefitEnded, { on: '2026-09-21' })).anticipatedHbPence).toBe(49_350);
  });
  it('follows a change of the award from its night on', () => {
    const changed = happened(HousingBenefitChanged, { weeklyPence: 20_000, from: '2026-09-14', payee: 'landlord', shortfallPence: 4_675 });
    expect(after(charge('2026-09-07', '2026-09-14'), charge('2026-09-14', '2026-09-21'), awarded(), changed).anticipatedHbPence).toBe(44_675);
  });
  it('is no larger when Housing Benefit takes something back: it is waited for again', () => {
    const before = after(...weeks('2026-09-07', 4), awarded(), paid('2026-09-28', 98_700, 'hb'));
    const clawed = after(...weeks('2026-09-07', 4), awarded(), paid('2026-09-28', 98_700, 'hb'), happened(HousingBenefitClawback, { amountPence: 24_675, on: '2026-09-30' }));
    expect(standing(before)).toEqual([8_600, 0, 8_600]);
    expect(standing(clawed)).toEqual([33_275, 24_675, 8_600]);
    expect(clawed.payments.at(-1)).toMatchObject({ hbReceivedPence: 0, hbExpectedPence: 24_675, paymentStatus: 'pending' });
    expect(clawed.receipts[0]).toMatchObject({ amountPence: 98_700, allocatedPence: 74_025, returnedPence: 24_675 });
  });
  it('is 136.14 when the stay was a night shorter and that night’s Housing Benefit is repaid', () => {
    const night = happened(RentAdjusted, { chargeId: someId('2027-01-11'), delta: weekly(-2_606, -919, -307), cause: 'schedule', nights: 2, from: '2027-01-11', to: '2027-01-13' });
    const shorter = [...vector, last, happened(RentScheduleEnded, { on: '2027-01-13' }), night, happened(HousingBenefitEnded, { on: '2027-01-13' })];
    expect(standing(after(...shorter))).toEqual([10_089, 0, 10_089]);
    expect(standing(after(...shorter, happened(HousingBenefitClawback, { amountPence: 3_525, on: '2027-01-25' })))).toEqual([13_614, 0, 13_614]);
  });
});

describe('what always holds', () => {
  const day = fc.nat(120).map((days) => plusDays('2026-09-07', days));
  const step = fc.oneof(
    fc.record({ kind: fc.constant('charge' as const), week: fc.nat(16), components: fc.record({ core: fc.nat(30_000), eligible: fc.nat(9_000), own: fc.nat(5_000) }) }),
    fc.record({ kind: fc.constant('pay' as const), payer: fc.constantFrom('hb' as const, 'resident' as const), pence: fc.integer({ min: 1, max: 100_000 }), on: day }),
    fc.record({ kind: fc.constant('award' as const), from: day, weekly: fc.integer({ min: 1, max: 40_000 }), payee: fc.constantFrom('landlord' as const, 'resident' as const) }),
    fc.record({ kind: fc.constantFrom('suspend' as const, 'end' as const), from: day }),
    fc.record({ kind: fc.constantFrom('reverse' as const, 'adjust' as const), which: fc.nat(10), pence: fc.integer({ min: -9_000, max: 9_000 }) }),
    fc.record({ kind: fc.constantFrom('claim' as const, 'change' as const), from: day, weekly: fc.integer({ min: 1, max: 40_000 }) }),
    fc.record({ kind: fc.constantFrom('clawback' as const, 'write-off' as const, 'refund' as const), share: fc.double({ min: 0.01, max: 1, noNaN: true }) }),
  );
  type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;
  /** What of the steps commands would have recorded. */
  function lived(steps: readonly Step[]): Happened[] {
    const events: Happened[] = [];
    const done = new Set<string>();
    steps.forEach((one, at) => {
      const account = after(...events);
      if (one.kind === 'charge' && !done.has(`week ${one.week}`)) {
        const from = plusDays('2026-09-07', 7 * one.week);
        done.add(`week ${one.week}`);
        events.push(charge(from, plusDays(from, 7), weekly(one.components.core, one.components.eligible, one.components.own)));
      } else if (one.kind === 'pay') {
        events.push(happened(RentPaymentReceived, { receiptId: someId(`receipt ${at}`), payer: one.payer, amountPence: one.pence, on: one.on, method: 'card' }));
      } else if (one.kind === 'award') {
        events.push(awarded({ from: one.from, weeklyPence: one.weekly, shortfallPence: Math.max(0, 24_675 - one.weekly), payee: one.payee }));
      } else if (one.kind === 'suspend') events.push(happened(HousingBenefitSuspended, { from: one.from }));
      else if (one.kind === 'end') events.push(happened(HousingBenefitEnded, { on: one.from }));
      else if (one.kind === 'reverse') {
        const receipt = account.receipts[one.which];
        if (receipt && !receipt.reversedOn && !receipt.returnedPence) events.push(happened(RentPaymentReversed, { receiptId: receipt.id, reason: 'It bounced.' }));
      } else if (one.kind === 'adjust') {
        const payment = account.payments[one.which];
        const corePence = payment ? Math.max(one.pence, -payment.components.corePence) : 0;
        if (corePence !== 0) events.push(happened(RentAdjusted, { chargeId: payment!.id, delta: weekly(corePence, 0, 0), cause: 'by_hand', reason: 'No heating.' }));
      } else if (one.kind === 'clawback') {
        const received = account.receipts.reduce((sum, receipt) => sum + (receipt.payer === 'hb' && !receipt.reversedOn ? receipt.amountPence : 0), 0) - account.clawedBackPence;
        const amountPence = Math.floor(received * one.share);
        if (amountPence > 0) events.push(happened(HousingBenefitClawback, { amountPence, on: '2026-09-30' }));
      } else if (one.kind === 'claim') events.push(happened(HousingBenefitClaimed, { on: one.from, from: one.from, weeklyPence: one.weekly, shortfallPence: Math.max(0, 24_675 - one.weekly), evidenceSupplied: at % 2 === 0 }));
      else if (one.kind === 'change' && account.hbAwards.length > 0) {
        events.push(happened(HousingBenefitChanged, { from: one.from, weeklyPence: one.weekly, shortfallPence: Math.max(0, 24_675 - one.weekly), payee: 'landlord' }));
      } else if (one.kind === 'write-off') {
        const amountPence = Math.floor(Math.max(0, account.balancePence) * one.share);
        if (amountPence > 0) events.push(happened(RentWrittenOff, { writeOffId: someId(`write-off ${at}`), amountPence, on: '2026-12-01' }));
      } else if (one.kind === 'refund') {
        const credit = account.receipts.reduce((sum, { payer, unallocatedPence }) => sum + (payer === 'hb' ? 0 : unallocatedPence), 0);
        const amountPence = Math.floor(Math.max(0, Math.min(-account.balancePence, credit)) * one.share);
        if (amountPence > 0) events.push(happened(RentCreditRefunded, { amountPence, on: '2026-12-01' }));
      }
    });
    return events;
  }
  const lives = fc.array(step, { maxLength: 25 }).map(lived);

  it('Housing Benefit is never waited for beyond the eligible charges, and demands, credit and ledger agree', () =>
    fc.assert(fc.property(lives, (events) => {
      const account = after(...events);
      const eligible = account.payments.reduce((sum, { components }) => sum + ELIGIBLE.reduce((part, one) => part + components[one], 0), 0);
      expect(account.anticipatedHbPence).toBeGreaterThanOrEqual(0);
      expect(account.anticipatedHbPence).toBeLessThanOrEqual(eligible);
      expect(account.collectablePence).toBe(Math.max(0, account.balancePence - account.anticipatedHbPence));
      const owed = account.payments.reduce((sum, one) => sum + one.outstandingBalancePence, 0);
      const credit = account.receipts.reduce((sum, one) => sum + one.unallocatedPence, 0);
      expect(owed - credit - account.writeOffCreditPence).toBe(account.balancePence);
      for (const { components, paid: parts, writtenOff } of account.payments) {
        for (const part of COMPONENTS) expect(parts[part] + (writtenOff?.[part] ?? 0)).toBeLessThanOrEqual(components[part]);
      }
      for (const { amountPence, allocatedPence, unallocatedPence, returnedPence = 0, reversedOn } of account.receipts) {
        expect(allocatedPence + unallocatedPence + returnedPence).toBe(reversedOn ? 0 : amountPence);
      }
      for (const { hbExpectedPence, components } of account.payments) expect(hbExpectedPence).toBeLessThanOrEqual(components.corePence + components.eligibleServicePence);
    }), { numRuns: 150 }));

  it('the standing of the last day is what the account shows, and the ledger adds up to the balance on every day (RNT-1)', () =>
    fc.assert(fc.property(lives, day, (events, on) => {
      const account = after(...events);
      const far = standingOn(account, '2030-01-01');
      expect([far.balancePence, far.anticipatedHbPence, far.collectablePence]).toEqual(standing(account));
      const lines = account.ledger.filter(({ entryDate }) => entryDate <= on).reduce((sum, { amountPence }) => sum + amountPence, 0);
      expect(standingOn(account, on).balancePence).toBe(lines);
    }), { numRuns: 100 }));
});

describe('what the council says', () => {
  const account = given(RentAccount, opened, set, firstWeek);
  const known = given(RentAccount, opened, set, firstWeek, awarded());

  it('LED-4: a pending claim stands in for the award, from its first night on and if the council has the evidence', async () => {
    await account.when(RecordHbClaim).records([HousingBenefitClaimed, { on: START, from: START, weeklyPence: 24_675, shortfallPence: 0, evidenceSupplied: true }]);
    await account.when(RecordHbClaim, { weeklyPence: 20_000 }).records([HousingBenefitClaimed, { shortfallPence: 4_675 }]);
    await account.when(RecordHbClaim, { on: '2026-09-03' }).refused('GEN-3', 'on');
    await given(RentAccount, opened).when(RecordHbClaim).refused('LED-4', 'weeklyPence');
    const claimed = (evidenceSupplied: boolean): Happened => happened(HousingBenefitClaimed, { on: START, from: START, weeklyPence: 24_675, shortfallPence: 0, evidenceSupplied });
    expect(standing(after(firstWeek, claimed(true)))).toEqual([19_161, 17_625, 1_536]);
    expect(standing(after(firstWeek, claimed(false)))).toEqual([19_161, 0, 19_161]);
    expect(standing(after(firstWeek, claimed(true), happened(HousingBenefitEnded, { on: START })))).toEqual([19_161, 0, 19_161]);
    expect(standing(after(firstWeek, claimed(true), awarded({ from: '2026-09-07' })))).toEqual([19_161, 0, 19_161]);
  });
  it('an award is every four weeks to the landlord unless it says otherwise, and knows what it is short of', async () => {
    await account.when(RecordHbAward, { weeklyPence: 24_675, from: START }).records([HousingBenefitAwarded, { frequency: 'four_weekly', payee: 'landlord', shortfallPence: 0 }]);
    await account.when(RecordHbAward, { weeklyPence: 20_000, from: START, payee: 'resident' }).records([HousingBenefitAwarded, { payee: 'resident', shortfallPence: 4_675 }]);
  });
  it('LED-3: what changes is an award, from a night of it on', async () => {
    await account.when(ChangeHbAward, { weeklyPence: 1, from: START }).refused('STATE', 'from');
    await known.when(ChangeHbAward, { weeklyPence: 1, from: '2026-09-01' }).refused('LED-3', 'from');
    await known.when(ChangeHbAward, { weeklyPence: 20_000, from: '2026-09-14' }).records([HousingBenefitChanged, { payee: 'landlord', shortfallPence: 4_675 }]);
    await given(RentAccount, opened, set, awarded(), happened(HousingBenefitEnded, { on: '2026-09-14' })).when(ChangeHbAward, { weeklyPence: 1, from: '2026-09-14' }).refused('STATE', 'from');
  });
  it('is suspended while it is paid, and ends once', async () => {
    await known.when(SuspendHb, { from: '2026-09-14' }).records([HousingBenefitSuspended, { from: '2026-09-14' }]);
    await given(RentAccount, opened, set, awarded(), happened(HousingBenefitSuspended, { from: '2026-09-14' })).when(SuspendHb, { from: '2026-09-15' }).refused('STATE');
    await known.when(EndHb).records([HousingBenefitEnded, { on: START }]);
    await given(RentAccount, opened, set, awarded(), happened(HousingBenefitEnded, { on: START })).when(EndHb, { on: START }).recordsNothing();
    await account.when(EndHb).refused('STATE');
    await account.as('system').when(EndHb).recordsNothing();
  });
  it('LED-3: no more is taken back than was paid', async () => {
    const received = given(RentAccount, opened, set, firstWeek, awarded(), paid('2026-09-01', 5_000, 'hb'));
    await received.when(RecordHbOverpayment, { amountPence: 5_000 }).records([HousingBenefitClawback, { amountPence: 5_000, on: START }]);
    await received.when(RecordHbOverpayment, { amountPence: 5_001 }).refused('LED-3', 'amountPence');
    await received.when(RecordHbOverpayment, { amountPence: 1, on: '2026-09-03' }).refused('GEN-3', 'on');
  });
  it('is nothing for more than eight weeks: somebody asks, once', async () => {
    const waiting = given(RentAccount, opened, set, firstWeek, awarded());
    await waiting.now('2026-10-28T08:00:00.000Z').when(ReportHbSilence).recordsNothing();
    await waiting.now('2026-10-29T08:00:00.000Z').when(ReportHbSilence).records([HousingBenefitSilent, { since: START, anticipatedPence: 17_625 }]);
    await given(RentAccount, opened, set, firstWeek, awarded(), happened(HousingBenefitSilent, { since: START, anticipatedPence: 17_625 }))
      .now('2026-11-29T08:00:00.000Z').when(ReportHbSilence).recordsNothing();
    await account.now('2026-11-29T08:00:00.000Z').when(ReportHbSilence).recordsNothing();
  });
});

describe('direct payment', () => {
  /** Without Housing Benefit, 112.50 a week: 487.50 a month. */
  const single = weekly(11_250, 0, 0);
  const owing = (pence: number, ...more: Happened[]) => given(RentAccount, opened,
    happened(RentScheduleSet, { from: START, weeklyCharges: single, chargeDay: 'monday', origin: 'person', stretch: 0 }), ...more, charge('2026-08-31', '2026-09-07', weekly(pence, 0, 0)));

  it('UK-T9: of Universal Credit is asked for at two months’ arrears, or one where too little is paid again and again', async () => {
    await owing(97_500).when(RequestDirectPayment, { from: 'universal_credit' }).records([DirectPaymentRequested, { arrearsPence: 97_500, thresholdPence: 97_500 }]);
    await owing(97_499).when(RequestDirectPayment, { from: 'universal_credit' }).refused('UK-T9', 'from');
    // 33.33 three times a week: 99.99, and 433.29 a month.
    const odd = happened(RentScheduleSet, { from: '2028-02-29', weeklyCharges: weekly(3_333, 3_333, 3_333), chargeDay: 'monday', origin: 'person', stretch: 0 });
    const two = (pence: number) => given(RentAccount, opened, odd, charge('2028-02-28', '2028-03-06', weekly(pence, 0, 0))).now('2028-03-01T08:00:00.000Z').when(RequestDirectPayment, { from: 'universal_credit' });
    await two(86_658).records([DirectPaymentRequested, { thresholdPence: 86_658 }]);
    await two(86_657).refused('UK-T9', 'from');
    await owing(48_750).when(RequestDirectPayment, { from: 'universal_credit', persistentUnderpayment: true }).records(DirectPaymentRequested);
    await given(RentAccount, opened).when(RequestDirectPayment, { from: 'universal_credit' }).refused('UK-T9', 'from');
  });
  it('UK-T11: of Housing Benefit is asked for at eight weeks’ arrears, where it is not paid directly already', async () => {
    const toResident = awarded({ payee: 'resident' });
    await owing(90_000, toResident).when(RequestDirectPayment, { from: 'housing_benefit' }).records([DirectPaymentRequested, { thresholdPence: 90_000 }]);
    await owing(89_999, toResident).when(RequestDirectPayment, { from: 'housing_benefit' }).refused('UK-T11', 'from');
    await owing(190_000, awarded()).when(RequestDirectPayment, { from: 'housing_benefit' }).refused('STATE', 'from');
    await owing(190_000, toResident).when(RequestDirectPayment, { from: 'universal_credit' }).refused('STATE', 'from');
  });
});
