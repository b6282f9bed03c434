import { describe, expect, it } from '@jest/globals';
import { given, happened, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import { LICENCE } from '../../../../test/support/rent-world.js';
import type { RegisterEntry } from '../../../kernel/entity.js';
import { Refusal } from '../../../kernel/rules.js';
import { plusDays } from '../../../kernel/values.js';
import '../index.js';
import { checkPlans } from '../payment-plan-register.js';
import { HousingBenefitAwarded } from '../rent-account/benefit-events.js';
import { RentAccount, RentAccountOpened, RentCharged, RentPaymentReceived, RentScheduleEnded, RentScheduleSet } from '../rent-account/rent-account.js';
import { AgreePlan, CancelPlan, CheckPaymentPlan } from './payment-agreement-commands.js';
import { PaymentAgreement, PaymentPlanAgreed, PaymentPlanBreached, PaymentPlanCancelled, PaymentPlanCompleted, PaymentPlanKept, PaymentPlanMissed } from './payment-agreement.js';
import { scheduleOf } from './plan-schedule.js';

const rentAccountId = someId('RentAccount');
const residentId = someId('jordan');
const AGREED = '2026-11-23T12:00:00.000Z';
const owed = { corePence: 0, eligibleServicePence: 0, ineligibleServicePence: 19_351, supportPence: 0 };
const base: Happened[] = [
  happened(RentAccountOpened, { residentId, propertyId: someId('house'), agreementId: someId('agreement'), paymentReference: 'R123' }),
  happened(RentScheduleSet, { from: '2026-09-02', weeklyCharges: LICENCE, chargeDay: 'monday', origin: 'person', stretch: 0 }),
  happened(HousingBenefitAwarded, { weeklyPence: 24_675, from: '2026-09-02', frequency: 'four_weekly', payee: 'landlord', shortfallPence: 0 }),
  happened(RentCharged, { chargeId: someId('owed'), from: '2026-09-07', to: '2026-09-14', nights: 7, components: owed, totalPence: 19_351 }),
];
/** The account with something paid before the plan was agreed. */
const account = (...more: Happened[]): RentAccount => stateOf(RentAccount, [...base, paid('2026-11-23', 1), ...more]);
const paid = (on: string, amountPence = 2_750, payer: 'resident' | 'hb' = 'resident'): Happened =>
  happened(RentPaymentReceived, { receiptId: someId(`${payer} ${on} ${amountPence}`), payer, amountPence, on, method: 'card' });
const terms = { rentAccountId, instalmentPence: 600, frequency: 'weekly', startOn: '2026-11-27' } as const;
const agreed = happened(PaymentPlanAgreed, {
  ...terms, residentId, arrearsPence: 19_350, currentPence: 2_150, schedule: scheduleOf(19_350, 600, 'weekly', '2026-11-27'), receiptsBefore: 1,
}, { at: AGREED });
const kept = (number: number): Happened =>
  happened(PaymentPlanKept, { number, dueOn: plusDays('2026-11-27', 7 * (number - 1)), expectedPence: 19_350 - 600 * number, actualPence: 19_350 - 600 * number });

describe('agreeing a plan', () => {
  const world = (of = account()) => given(PaymentAgreement).now(AGREED).where('rent_accounts', rentAccountId, of);

  it('PLN-2: is about what the resident owes, with the own share as current amount, and no more', async () => {
    await world().when(AgreePlan, terms).records([PaymentPlanAgreed, { residentId, arrearsPence: 19_350, currentPence: 2_150, schedule: scheduleOf(19_350, 600, 'weekly', '2026-11-27') }]);
    await world().when(AgreePlan, { ...terms, arrearsPence: 10_000, currentPence: 0 }).records([PaymentPlanAgreed, { arrearsPence: 10_000, currentPence: 0 }]);
    await world().when(AgreePlan, { ...terms, arrearsPence: 19_351 }).refused('PLN-2', 'arrearsPence');
    await world(account(paid('2026-09-20', 19_350))).when(AgreePlan, terms).refused('PLN-2', 'rentAccountId');
  });
  it('has the current amount of the time between two instalments', async () => {
    for (const [frequency, currentPence] of [['fortnightly', 4_300], ['four_weekly', 8_600], ['monthly', 9_317]] as const) {
      await world().when(AgreePlan, { ...terms, frequency }).records([PaymentPlanAgreed, { currentPence }]);
    }
    await world(account(happened(RentScheduleEnded, { on: '2026-11-20' }))).when(AgreePlan, terms).records([PaymentPlanAgreed, { currentPence: 0 }]);
  });
  it('PLN-3: begins within a month, and comes to an end', async () => {
    await world().when(AgreePlan, { ...terms, startOn: '2026-11-23' }).records(PaymentPlanAgreed);
    await world().when(AgreePlan, { ...terms, startOn: '2026-11-22' }).refused('PLN-3', 'startOn');
    await world().when(AgreePlan, { ...terms, startOn: '2026-12-24' }).records(PaymentPlanAgreed);
    await world().when(AgreePlan, { ...terms, startOn: '2026-12-25' }).refused('PLN-3', 'startOn');
    await world().when(AgreePlan, { ...terms, instalmentPence: 37 }).refused('PLN-3', 'instalmentPence');
    await world().when(AgreePlan, { ...terms, instalmentPence: 38 }).records(PaymentPlanAgreed);
  });
  it('PLN-1: an account has one that is live', () => {
    const entry = (key: string): RegisterEntry => ({ register: 'payment-plans', owner: rentAccountId, key, kind: 'plan' });
    expect(() => checkPlans([entry('one'), entry('one')])).not.toThrow();
    expect(() => checkPlans([entry('one'), entry('two')])).toThrow(Refusal);
    expect(stateOf(PaymentAgreement, [agreed]).holds()).toEqual([entry(someId('PaymentAgreement'))]);
    expect(stateOf(PaymentAgreement, [agreed, happened(PaymentPlanCancelled, { reason: 'x' })]).holds()).toEqual([]);
  });
});

describe('looking at a plan', () => {
  const at = (now: string, of: RentAccount, ...more: Happened[]) => given(PaymentAgreement, agreed, ...more).now(now).where('rent_accounts', rentAccountId, of);
  const three = [paid('2026-11-27'), paid('2026-12-04')];

  it('finds an instalment kept when its five days are over, and not before', async () => {
    await at('2026-12-01T23:59:59.000Z', account(...three)).when(CheckPaymentPlan).recordsNothing();
    await at('2026-12-02T00:00:00.000Z', account(...three)).when(CheckPaymentPlan).records([PaymentPlanKept, { number: 1, expectedPence: 18_750, actualPence: 18_750 }]);
  });
  it('finds it missed, and the plan breached, at the start of the sixth day', async () => {
    const before = [kept(1), kept(2)];
    await at('2026-12-15T23:59:59.000Z', account(...three), ...before).when(CheckPaymentPlan).recordsNothing();
    await at('2026-12-16T00:00:00.000Z', account(...three), ...before).when(CheckPaymentPlan)
      .records([PaymentPlanMissed, { number: 3 }], [PaymentPlanBreached, { expectedPence: 17_550, actualPence: 18_150, on: '2026-12-16' }]);
    await at('2026-12-16T00:00:00.000Z', account(...three, paid('2026-12-15')), ...before).when(CheckPaymentPlan).records([PaymentPlanKept, { number: 3, actualPence: 17_550 }]);
    await at('2026-12-16T15:00:00.000Z', account(...three, paid('2026-12-16')), ...before).when(CheckPaymentPlan).records(PaymentPlanMissed, PaymentPlanBreached);
  });
  it('catches up with every instalment since it was last looked at', () =>
    at('2026-12-09T00:00:00.000Z', account(...three)).when(CheckPaymentPlan).records([PaymentPlanKept, { number: 1 }], [PaymentPlanKept, { number: 2 }]));
  it('counts neither Housing Benefit nor what was paid before it was agreed', async () => {
    await at('2026-12-02T00:00:00.000Z', account(paid('2026-11-26', 9_999, 'hb'))).when(CheckPaymentPlan).records(PaymentPlanMissed, PaymentPlanBreached);
    await at('2026-12-02T00:00:00.000Z', account(paid('2026-11-23'))).when(CheckPaymentPlan).records(PaymentPlanKept);
  });
  it('completes it as soon as all is paid', async () => {
    await at('2026-11-28T09:00:00.000Z', account(paid('2026-11-27', 21_500))).when(CheckPaymentPlan).records([PaymentPlanCompleted, { on: '2026-11-28' }]);
    await at('2026-11-28T09:00:00.000Z', account(paid('2026-11-27', 21_500)), happened(PaymentPlanCompleted, { on: '2026-11-28' })).when(CheckPaymentPlan).recordsNothing();
  });
  it('shows what became of each instalment', () => {
    const plan = stateOf(PaymentAgreement, [agreed, kept(1), happened(PaymentPlanMissed, { number: 2, dueOn: '2026-12-04', expectedPence: 18_150, actualPence: 18_750 })]);
    expect(plan.instalments.slice(0, 3).map(({ status }) => status)).toEqual(['kept', 'missed', 'due']);
    expect(plan).toMatchObject({ keptInstalments: 1, remainingPence: 18_750, endOn: '2027-07-09', agreedOn: '2026-11-23' });
  });
  it('is no more when the plan was given up', async () => {
    await given(PaymentAgreement, agreed).when(CancelPlan, { reason: 'They have left.' }).records(PaymentPlanCancelled);
    await given(PaymentAgreement, agreed, happened(PaymentPlanCancelled, { reason: 'x' })).when(CancelPlan, { reason: 'y' }).refused('STATE');
    await at('2026-12-16T00:00:00.000Z', account(), happened(PaymentPlanCancelled, { reason: 'x' })).when(CheckPaymentPlan).recordsNothing();
  });
});
