import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { given, happened, ORGANIZATION, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import { weekly } from '../../../../test/support/rent-world.js';
import { plusDays } from '../../../kernel/values.js';
import { OrganizationPolicySet } from '../../organisation/organization/organization-policies.js';
import { Organization } from '../../organisation/organization/organization.js';
import '../index.js';
import { ReviewBenefitTask } from './benefit-commands.js';
import {
  BenefitTaskRaised, BenefitTaskSettled, DirectPaymentRequested, HousingBenefitAwarded, HousingBenefitClaimed, HousingBenefitEnded, HousingBenefitSilent,
  UniversalCreditClaimed, UniversalCreditDecided,
} from './benefit-events.js';
import { benefitTaskOf } from './benefit-task.js';
import { RentAccount, RentAccountOpened, RentCharged, RentPaymentReceived, RentPaymentReversed, RentScheduleEnded, RentScheduleSet } from './rent-account.js';

/** 100.00 a week: 433.33 a month. */
const WEEK = weekly(9_000, 0, 1_000);
const opened = happened(RentAccountOpened, { residentId: someId('jordan'), propertyId: someId('house'), agreementId: someId('agreement'), paymentReference: 'R123' });
const set = happened(RentScheduleSet, { from: '2027-01-04', weeklyCharges: WEEK, chargeDay: 'monday', origin: 'person', stretch: 0 });
/** A charge that nobody but the resident pays. */
const owes = (totalPence: number, from = '2027-01-04'): Happened =>
  happened(RentCharged, { chargeId: someId(`${from} ${totalPence}`), from, to: plusDays(from, 7), nights: 7, components: weekly(0, 0, totalPence), totalPence });
const paid = (payer: 'hb' | 'uc' | 'resident', on: string, amountPence = 1): Happened =>
  happened(RentPaymentReceived, { receiptId: someId(`${payer} ${on}`), payer, amountPence, on, method: 'bank_transfer' }, { at: `${on}T12:00:00.000Z` });
const reversed = (payer: string, on: string): Happened => happened(RentPaymentReversed, { receiptId: someId(`${payer} ${on}`), reason: 'Another’s.' });
const awarded = (payee: 'landlord' | 'resident' = 'resident', at = '2027-01-05'): Happened =>
  happened(HousingBenefitAwarded, { weeklyPence: 9_000, from: '2027-01-04', frequency: 'four_weekly', payee, shortfallPence: 0 }, { at: `${at}T10:00:00.000Z` });
const claimed = (on: string): Happened => happened(HousingBenefitClaimed, { on, from: '2027-01-04', weeklyPence: 9_000, shortfallPence: 0, evidenceSupplied: false });
const raised = (task: BenefitTaskRaised['task']): Happened => happened(BenefitTaskRaised, { task, on: '2027-02-01', collectablePence: 80_000 });

const history = (...events: Happened[]): Happened[] => [opened, set, ...events];
/** What is to be asked on 1 March 2027, in a property of a category. */
const taskOf = (events: Happened[], specifiedAccommodation?: string, today = '2027-03-01'): string | undefined =>
  benefitTaskOf(stateOf(RentAccount, history(...events)), { today, specifiedAccommodation, directWeeks: 8, managedMonths: 2 });

describe('what is to be asked of a benefit office', () => {
  it('UK-T11: Housing Benefit that the resident is paid, from eight weeks of arrears on', () => {
    expect(taskOf([awarded(), owes(79_999)])).toBeUndefined();
    expect(taskOf([awarded(), owes(80_000)])).toBe('request_direct_payment');
    // The landlord is paid already: what the resident owes is their own.
    expect(taskOf([awarded('landlord'), owes(80_000)])).toBeUndefined();
    expect(taskOf([awarded(), owes(80_000), happened(DirectPaymentRequested, { from: 'housing_benefit', arrearsPence: 80_000, thresholdPence: 80_000 })])).toBeUndefined();
    expect(taskOf([awarded(), owes(80_000), happened(RentScheduleEnded, { on: '2027-02-28' })])).toBeUndefined();
  });

  it('UK-T9: Universal Credit, once it has paid, from two months of arrears on', () => {
    expect(taskOf([owes(86_668), paid('uc', '2027-02-01', 3)])).toBeUndefined();
    expect(taskOf([owes(86_668), paid('uc', '2027-02-01')])).toBe('request_managed_payment');
    expect(taskOf([owes(86_667)])).toBeUndefined();
    expect(taskOf([owes(86_668), paid('uc', '2027-02-01'), claimed('2027-02-20')])).toBeUndefined();
  });

  it.each(['exempt', 'managed_property', 'refuge', 'la_hostel'])('UK-T12: a claim for Universal Credit in a property that is %s, by what was heard of last', (category) => {
    expect(taskOf([paid('uc', '2027-02-01')], category)).toBe('check_claim_type');
    expect(taskOf([paid('uc', '2027-02-01'), claimed('2027-02-02')], category)).toBeUndefined();
    expect(taskOf([claimed('2027-02-02'), paid('uc', '2027-02-03')], category)).toBe('check_claim_type');
    expect(taskOf([paid('uc', '2027-02-01'), reversed('uc', '2027-02-01')], category)).toBeUndefined();
    expect(taskOf([happened(UniversalCreditClaimed, { on: '2027-02-01', evidenceSupplied: true })], category)).toBe('check_claim_type');
    expect(taskOf([happened(UniversalCreditClaimed, { on: '2027-02-01', evidenceSupplied: true }), happened(UniversalCreditDecided, { on: '2027-02-09', awarded: false })], category)).toBeUndefined();
    expect(taskOf([paid('uc', '2027-02-01'), happened(RentScheduleEnded, { on: '2027-02-28' })], category)).toBeUndefined();
    // A payment says so for a year.
    expect(taskOf([paid('uc', '2027-02-01')], category, '2028-01-30')).toBe('check_claim_type');
    expect(taskOf([paid('uc', '2027-02-01')], category, '2028-01-31')).toBeUndefined();
  });

  it('UK-T12: a claim for Housing Benefit where Universal Credit pays, and none where nobody has said which does', () => {
    expect(taskOf([claimed('2027-02-02')], 'none')).toBe('check_claim_type');
    expect(taskOf([awarded('landlord')], 'none')).toBe('check_claim_type');
    expect(taskOf([claimed('2027-02-02'), paid('uc', '2027-02-03')], 'none')).toBeUndefined();
    expect(taskOf([claimed('2027-02-02'), happened(HousingBenefitEnded, { on: '2027-02-10' })], 'none')).toBeUndefined();
    for (const category of ['none', undefined]) expect(taskOf([paid('uc', '2027-02-01')], category)).toBeUndefined();
    expect(taskOf([claimed('2027-02-02')])).toBeUndefined();
  });

  it('the council that is silent before it is asked to pay the landlord, and a wrong claim before both', () => {
    const silent = happened(HousingBenefitSilent, { since: '2027-01-05', anticipatedPence: 9_000 });
    expect(taskOf([awarded(), owes(80_000), silent])).toBe('chase_housing_benefit');
    expect(taskOf([awarded(), owes(80_000), silent], 'none')).toBe('check_claim_type');
  });
});

describe('saying so', () => {
  const standing = (...events: Happened[]) => given(RentAccount, ...history(...events)).now('2027-03-01T10:00:00.000Z');
  const reviewed = (...events: Happened[]) => standing(...events).when(ReviewBenefitTask, {});
  const direct = raised('request_direct_payment');

  it('is done once, and again when it has ended between', async () => {
    await reviewed(awarded(), owes(80_000)).records([BenefitTaskRaised, { task: 'request_direct_payment', on: '2027-03-01', collectablePence: 80_000 }]);
    await reviewed(awarded(), owes(80_000), direct).recordsNothing();
    await reviewed(awarded(), owes(80_000), direct, paid('resident', '2027-02-20', 50_000)).records([BenefitTaskSettled, { task: 'request_direct_payment', on: '2027-03-01' }]);
    const ended = happened(BenefitTaskSettled, { task: 'request_direct_payment', on: '2027-02-20' });
    await reviewed(awarded(), owes(80_000), direct, ended).records(BenefitTaskRaised);
    await reviewed(awarded(), owes(79_999)).recordsNothing();
  });

  it('gives way to something else that is to be asked', async () => {
    await standing(awarded(), owes(80_000), direct).when(ReviewBenefitTask, { specifiedAccommodation: 'none' })
      .records([BenefitTaskSettled, { task: 'request_direct_payment' }], [BenefitTaskRaised, { task: 'check_claim_type' }]);
  });

  it('goes by the figures of the organisation', async () => {
    const sixWeeks = stateOf(Organization, [happened(OrganizationPolicySet, { code: 'UK-T11.weeks', value: 6 })], ORGANIZATION);
    await standing(awarded(), owes(60_000)).where('organizations', ORGANIZATION, sixWeeks).when(ReviewBenefitTask, {}).records(BenefitTaskRaised);
    await reviewed(awarded(), owes(60_000)).recordsNothing();
  });

  it('is done once while somebody pays for their week late, and ends a week below', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 80_000, max: 200_000 }), fc.array(fc.integer({ min: 1, max: 10_000 }), { maxLength: 12 }), async (arrears, payments) => {
        const life = payments.flatMap((pence, week) => [paid('resident', plusDays('2027-01-08', 7 * week), pence), owes(pence, plusDays('2027-01-11', 7 * week))]);
        for (let length = 0; length <= life.length; length++) await reviewed(awarded(), owes(arrears), direct, ...life.slice(0, length)).recordsNothing();
      }),
      { numRuns: 20 },
    );
    const below = (pence: number) => reviewed(awarded(), owes(80_000), direct, paid('resident', '2027-02-20', pence));
    await below(10_000).recordsNothing();
    await below(10_001).records(BenefitTaskSettled);
  });
});
