import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { given, happened, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import type { State } from '../../../kernel/entity.js';
import { daysBetween, mondayOf, plusDays } from '../../../kernel/values.js';
import { ground8 } from '../../money/rent-account/ground-8.js';
import { rentAccountOf } from '../../rent-account-of.js';
import { Agreement, AgreementActivated, AgreementDrafted, AgreementSigned } from './agreement.js';
import { DepositProtected, DepositTaken, PrescribedInformationGiven } from './deposit.js';
import { RecordPossessionStep, ServeNotice, WithdrawNotice } from './notice-commands.js';
import { earliestExpiry, periodEnd } from './notice-period.js';
import { NoticeServed, NoticeWithdrawn, PossessionStepRecorded } from './notice.js';

const residentId = someId('Resident');
const weeklyCharges = { corePence: 18_240, eligibleServicePence: 6_435, ineligibleServicePence: 2_150, supportPence: 0 };
type Change = Partial<{ [K in keyof AgreementDrafted]: AgreementDrafted[K] }>;
const active = (change: Change = {}): Happened[] => [
  happened(AgreementDrafted, { residentId, propertyId: someId('Property'), agreementType: 'license', startDate: '2026-09-02', weeklyCharges, ...change }),
  happened(AgreementSigned, { residentId, signedAt: '2026-09-01T10:00:00.000Z' }), happened(AgreementActivated, { on: '2026-09-02' }),
];
const world = (history: Happened[], now = '2026-11-24') => given(Agreement, ...history).now(`${now}T12:00:00.000Z`);
const licence = { kind: 'landlord_licence', servedOn: '2026-11-24', method: 'by_hand' } as const;
const served = (change: Partial<NoticeServed> = {}) => happened(NoticeServed, {
  ...licence, noticeId: someId('notice'), residentId, deemedServedOn: '2026-11-24', expiresOn: '2026-12-27', ...change,
});
/** A resident whose stay has an account with so much owed on a day, and nothing on others. */
const owing = (of: ReturnType<typeof world>, pence: number, on: string, agreementId = someId('Agreement')) => of
  .where('residents', residentId, { placementId: someId('placement') } as unknown as State)
  .where('rent_accounts', rentAccountOf(someId('placement')), {
    agreementId, ground8On: (day: string, frequency?: string) => ground8(day === on ? pence : 0, weeklyCharges, frequency),
  } as unknown as State);
const serve = (change: Change, notice: object, now?: string) => world(active(change), now).when(ServeNotice, { ...licence, ...notice });

describe('a notice', () => {
  it('AGR-5: of a weekly licence, served on Tuesday 24 November 2026, ends on Sunday 27 December', async () => {
    await serve({}, {}).records([NoticeServed, { deemedServedOn: '2026-11-24', expiresOn: '2026-12-27', leaveBy: { code: 'AGR-5', dueOn: '2026-12-27' } }]);
    await serve({}, { expiresOn: '2026-12-20' }).refused('AGR-5', 'expiresOn');
    await serve({}, { expiresOn: '2027-01-03' }).records([NoticeServed, { expiresOn: '2027-01-03' }]);
    await serve({}, { expiresOn: '2027-01-04' }).refused('AGR-5', 'expiresOn');
    await serve({ endDate: '2027-08-01' }, {}).records([NoticeServed, { expiresOn: '2026-12-22' }]);
    await serve({}, { servedOn: '2026-11-25' }).refused('GEN-3', 'servedOn');
  });

  it('AGR-5: counts as served when the post is there, on working days', async () => {
    await serve({}, { method: 'first_class_post' }).records([NoticeServed, { deemedServedOn: '2026-11-26', expiresOn: '2026-12-27' }]);
    await serve({}, { method: 'left_at_address', servedOn: '2026-12-24' }, '2026-12-24').records([NoticeServed, { deemedServedOn: '2026-12-29' }]);
    await serve({}, { method: 'email', servedOn: '2026-11-20' }).records([NoticeServed, { deemedServedOn: '2026-11-23', expiresOn: '2026-12-27' }]);
  });

  it('AGR-5: under section 8 is as long as its longest ground, and names grounds that there are', async () => {
    const assured = { agreementType: 'assured_periodic' } as const;
    const s8 = (grounds: string[] | undefined, expiresOn?: string) =>
      owing(world(active(assured)), 13 * 26_825, '2026-11-24').when(ServeNotice, { ...licence, kind: 'landlord_s8', grounds, expiresOn });
    await s8(['8', '10']).records([NoticeServed, { expiresOn: '2026-12-22' }]);
    await s8(['14']).records([NoticeServed, { expiresOn: '2026-11-24' }]);
    await s8(['8', '5H']).records([NoticeServed, { expiresOn: '2027-01-24' }]);
    await s8(['1A']).records([NoticeServed, { expiresOn: '2027-03-24' }]);
    await s8(['18'], '2026-12-21').refused('AGR-5', 'expiresOn');
    await s8(undefined).refused('AGR-5', 'grounds');
    await s8(['99']).refused('AGR-5', 'grounds');
  });

  it('AGR-5: suits the tenure; an excluded licence needs no court, and it is said why', async () => {
    await serve({}, { kind: 'landlord_s8', grounds: ['8'] }).refused('AGR-5', 'kind');
    await serve({ agreementType: 'assured_periodic' }, {}).refused('AGR-5', 'kind');
    await serve({ agreementType: 'secure' }, { kind: 'landlord_ntq' }).records([NoticeServed, { expiresOn: '2026-12-27' }]);
    await serve({}, { kind: 'resident' }).records([NoticeServed, { expiresOn: '2026-12-27' }]);
    const excluded = { agreementType: 'excluded_licence' } as const;
    await serve(excluded, {}).refused('AGR-5', 'noCourtOrderReason');
    await serve(excluded, { noCourtOrderReason: 'Shares the kitchen with the host.' }).records([NoticeServed, { expiresOn: '2026-12-01' }]);
  });

  it('AGR-4: under section 8 waits until the deposit is in a scheme and explained', async () => {
    const history = [...active({ agreementType: 'assured_periodic' }), happened(DepositTaken, { amountPence: 100, on: '2026-09-02', protectionRequired: true })];
    const notice = { ...licence, kind: 'landlord_s8' as const, grounds: ['8'] };
    await world(history).when(ServeNotice, notice).refused('AGR-4', 'kind');
    const safe = [...history, happened(DepositProtected, { scheme: 'tds', schemeReference: '1', on: '2026-09-10' }), happened(PrescribedInformationGiven, { on: '2026-09-10' })];
    await owing(world(safe), 13 * 26_825, '2026-11-24').when(ServeNotice, notice).records(NoticeServed);
  });

  it.each([
    ['weekly', 348_725], ['fortnightly', 348_725], ['four_weekly', 348_725], ['monthly', 348_726], [undefined, 348_725],
  ] as const)('UK-T3: on ground 8, where rent is payable %s, asks for %s pence on the day on which it is served', async (rentFrequency, pence) => {
    const history = active({ agreementType: 'assured_periodic', ...(rentFrequency ? { rentFrequency } : {}) });
    const notice = (on: string, owed: number, change = {}) =>
      owing(world(history), owed, on).when(ServeNotice, { ...licence, kind: 'landlord_s8' as const, grounds: ['10', '8'], ...change });
    await notice('2026-11-24', pence).records(NoticeServed);
    await notice('2026-11-24', pence - 1).refused('UK-T3', 'grounds');
    await notice('2026-11-24', pence - 1, { grounds: ['10'] }).records(NoticeServed);
    await notice('2026-11-23', pence).refused('UK-T3', 'grounds');
    await notice('2026-11-23', pence, { servedOn: '2026-11-23' }).records(NoticeServed);
    await owing(world(history), pence, '2026-11-24', someId('another agreement')).when(ServeNotice, { ...licence, kind: 'landlord_s8', grounds: ['8'] }).refused('UK-T3', 'grounds');
    await world(history).when(ServeNotice, { ...licence, kind: 'landlord_s8', grounds: ['8'] }).refused('UK-T3', 'grounds');
  });

  it('UK-T3: on ground 8 alone leads to an order where as much was owed at the hearing', async () => {
    const claimed = (grounds: string[]) => [
      ...active({ agreementType: 'assured_periodic' }), served({ kind: 'landlord_s8', grounds }),
      happened(PossessionStepRecorded, { step: 'claim', on: '2026-12-28' }), happened(PossessionStepRecorded, { step: 'hearing', on: '2027-02-01' }),
    ];
    const order = (grounds: string[], pence: number, on: string) => owing(world(claimed(grounds), '2027-02-08'), pence, on).when(RecordPossessionStep, { step: 'order' });
    await order(['8'], 13 * 26_825, '2027-02-01').records([PossessionStepRecorded, { step: 'order' }]);
    await order(['8'], 13 * 26_825 - 1, '2027-02-01').refused('UK-T3', 'step');
    await order(['8'], 13 * 26_825, '2027-02-08').refused('UK-T3', 'step');
    await order(['8', '10'], 0, '2027-02-01').records(PossessionStepRecorded);
    const byCourt = [happened(PossessionStepRecorded, { step: 'claim', on: '2026-12-28' }), happened(PossessionStepRecorded, { step: 'hearing', on: '2027-02-01' })];
    const licensed = [...active(), served({ grounds: [] }), ...byCourt];
    await owing(world(licensed, '2027-02-08'), 0, '2027-02-01').when(RecordPossessionStep, { step: 'order' }).records(PossessionStepRecorded);
  });

  it('stands alone until it is withdrawn', async () => {
    await world([...active(), served()]).when(ServeNotice, licence).refused('STATE');
    await world([...active(), served()], '2026-12-01').when(WithdrawNotice, { reason: 'The arrears are paid.' }).records([NoticeWithdrawn, { noticeId: someId('notice'), on: '2026-12-01' }]);
    await world([...active(), served()]).when(WithdrawNotice, { reason: 'r', on: '2026-11-23' }).refused('AGR-5', 'on');
    await world(active()).when(WithdrawNotice, { reason: 'r' }).refused('STATE');
    const withdrawn = happened(NoticeWithdrawn, { noticeId: someId('notice'), residentId, on: '2026-12-01', reason: 'r' });
    const after = stateOf(Agreement, [...active(), served(), withdrawn]);
    expect([after.noticeServedOn, after.noticeExpiresOn, after.notices[0]?.withdrawnOn]).toEqual([undefined, undefined, '2026-12-01']);
    await world([...active(), served(), withdrawn], '2026-12-02').when(ServeNotice, licence).records(NoticeServed);
  });

  it('AGR-5: is followed by claim, hearing, order and warrant, in this order, once it is over', async () => {
    const history = [...active(), served()];
    await world(history, '2026-12-27').when(RecordPossessionStep, { step: 'claim' }).refused('AGR-5', 'on');
    await world(history, '2026-12-28').when(RecordPossessionStep, { step: 'claim' }).records([PossessionStepRecorded, { step: 'claim', on: '2026-12-28' }]);
    await world(history, '2026-12-28').when(RecordPossessionStep, { step: 'hearing' }).refused('AGR-5', 'step');
    const claimed = [...history, happened(PossessionStepRecorded, { step: 'claim', on: '2026-12-28' })];
    await world(claimed, '2027-02-01').when(RecordPossessionStep, { step: 'claim' }).refused('AGR-5', 'step');
    await world(claimed, '2027-02-01').when(RecordPossessionStep, { step: 'hearing', courtReference: 'K01' }).records([PossessionStepRecorded, { step: 'hearing', courtReference: 'K01' }]);
    expect(stateOf(Agreement, claimed)).toMatchObject({ possessionStage: 'claim', possessionSteps: [{ step: 'claim' }] });
    const theirs = [...active(), served({ kind: 'resident' })];
    await world(theirs, '2026-12-28').when(RecordPossessionStep, { step: 'claim' }).refused('AGR-5', 'step');
    await world(active()).when(RecordPossessionStep, { step: 'claim' }).refused('STATE');
  });

  it('AGR-5: of a licence is never shorter than its days, and never more than one period longer', () => {
    const day = fc.nat(1_500).map((days) => plusDays('2026-01-01', days));
    const frequency = fc.constantFrom('weekly', 'fortnightly', 'four_weekly', 'monthly');
    fc.assert(fc.property(day, day, frequency, (startDate, ahead, rentFrequency) => {
      const deemed = plusDays(startDate, daysBetween('2026-01-01', ahead));
      const agreement = stateOf(Agreement, active({ startDate, rentFrequency: rentFrequency as 'weekly' }));
      const end = earliestExpiry(agreement, { kind: 'landlord_licence' }, deemed, { excluded: 7, resident: 28 });
      const days = daysBetween(deemed, end);
      expect(days).toBeGreaterThanOrEqual(28);
      expect(days).toBeLessThan(28 + { weekly: 7, fortnightly: 14, four_weekly: 28, monthly: 31 }[rentFrequency]!);
      expect(periodEnd(agreement, end)).toBe(end);
      if (rentFrequency !== 'monthly') expect(mondayOf(plusDays(end, 1))).toBe(plusDays(end, 1));
    }));
  });
});
