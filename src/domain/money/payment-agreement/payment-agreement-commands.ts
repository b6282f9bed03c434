import { CommandOf, type Context, DomainCommand } from '../../../kernel/command.js';
import { Choice, CivilDate, Pence, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';
import { rule } from '../../../kernel/rules.js';
import { plusDays, roundHalfUp } from '../../../kernel/values.js';
import { declarePolicies, policy } from '../../policies.js';
import { weekOn } from '../rent-account/arrears.js';
import type { RentAccount } from '../rent-account/rent-account.js';
import {
  MOST_INSTALMENTS, PaymentAgreement, PaymentPlanAgreed, PaymentPlanBreached, PaymentPlanCancelled, PaymentPlanCompleted, PaymentPlanKept, PaymentPlanMissed,
} from './payment-agreement.js';
import { checkedOn, instalmentsOf, PlanFrequency, scheduleOf, type Frequency, type Paid } from './plan-schedule.js';

declarePolicies({
  'PLN-3.start': { default: 31, unit: 'days', doc: 'How long after it is agreed a payment plan begins at the latest.' },
});
const pounds = (pence: number): string => (pence / 100).toFixed(2);

/** What the resident's own share comes to between two instalments. */
function currentFor(sharePence: number, frequency: Frequency): number {
  const weeks = { weekly: [1, 1], fortnightly: [2, 1], four_weekly: [4, 1], monthly: [52, 12] } as const;
  const [share, of] = weeks[frequency];
  return roundHalfUp(sharePence, share, of);
}

@CommandOf(PaymentAgreement, {
  permission: 'payment_agreements:agree',
  doc: 'Agrees with a resident how arrears are paid off. While the plan is kept, no arrears stage is reached.',
  creates: true,
  plain: true,
})
export class AgreePlan extends DomainCommand<PaymentAgreement> {
  @Ref(pseudonymous, 'rent_accounts') rentAccountId!: string;
  @Pence(pseudonymous, { optional: true, min: 1, doc: 'What it pays off; all that the resident owes where it is left out' }) arrearsPence?: number;
  @Pence(pseudonymous, { min: 1, doc: 'What is paid of it each time' }) instalmentPence!: number;
  @Pence(pseudonymous, { optional: true, doc: 'What is paid with each instalment for the time until the next one; the own share of the charges where it is left out' })
  currentPence?: number;
  @Choice(open, 'PlanFrequency', PlanFrequency) frequency!: Frequency;
  @CivilDate(pseudonymous, { doc: 'The day of the first instalment' }) startOn!: string;
  decide(_: PaymentAgreement, context: Context) {
    const { rentAccountId, instalmentPence, frequency, startOn } = this;
    const account = context.state<RentAccount>('rent_accounts', rentAccountId);
    const owed = account.collectablePence;
    const arrearsPence = this.arrearsPence ?? owed;
    rule('PLN-2', 'Nothing is owed on this account that a plan could pay off.', owed > 0, 'rentAccountId');
    rule('PLN-2', `The resident owes ${pounds(owed)}: a plan is about no more.`, arrearsPence <= owed, 'arrearsPence');
    this.checkTerm(arrearsPence, context);
    const share = account.status === 'active' ? weekOn(account, context.today).sharePence : 0;
    return PaymentPlanAgreed.of({
      residentId: account.residentId, rentAccountId, arrearsPence, instalmentPence, frequency, startOn,
      currentPence: this.currentPence ?? currentFor(share, frequency),
      schedule: scheduleOf(arrearsPence, instalmentPence, frequency, startOn),
      receiptsBefore: account.receipts.length,
    });
  }

  private checkTerm(arrearsPence: number, context: Context): void {
    const { startOn, instalmentPence } = this;
    const latest = plusDays(context.today, policy(context, 'PLN-3.start'));
    rule('PLN-3', 'The first instalment is today or later.', startOn >= context.today, 'startOn');
    rule('PLN-3', `The first instalment is on ${latest} at the latest.`, startOn <= latest, 'startOn');
    const many = instalmentsOf(arrearsPence, instalmentPence);
    rule('PLN-3', `These are ${many} instalments: ${MOST_INSTALMENTS} are the most.`, many <= MOST_INSTALMENTS, 'instalmentPence');
  }
}

/** What was recorded as paid on the account since the plan was agreed; Housing Benefit is for the rent alone. */
const paidSince = ({ receiptsBefore }: PaymentAgreement, account: RentAccount): Paid[] =>
  account.receipts.slice(receiptsBefore).flatMap(({ payer, receivedOn: on, reversedOn, amountPence, returnedPence = 0 }) =>
    payer === 'hb' || reversedOn ? [] : [{ on, amountPence: amountPence - returnedPence }]);

@CommandOf(PaymentAgreement, { internal: true, doc: 'Looks whether the instalments whose days of grace are over were paid, and whether all is.' })
export class CheckPaymentPlan extends DomainCommand<PaymentAgreement> {
  decide(plan: PaymentAgreement, context: Context) {
    if (plan.status !== 'live') return [];
    const { today } = context;
    const account = context.state<RentAccount>('rent_accounts', plan.rentAccountId);
    const paid = paidSince(plan, account);
    const remaining = (until: string): number => plan.remainingAfter(paid.filter(({ on }) => on < until), account.chargesEndOn);
    const found: (PaymentPlanKept | PaymentPlanMissed | PaymentPlanBreached | PaymentPlanCompleted)[] = [];
    for (const { number, dueOn, expectedPence, status } of plan.instalments) {
      const on = checkedOn({ dueOn });
      if (status !== 'due' || on > today) continue;
      const actualPence = remaining(on);
      const checked = { number, dueOn, expectedPence, actualPence };
      if (actualPence > expectedPence) {
        return [...found, PaymentPlanMissed.of(checked), PaymentPlanBreached.of({ expectedPence, actualPence, on })];
      }
      found.push(PaymentPlanKept.of(checked));
    }
    if (remaining(plusDays(today, 1)) === 0) found.push(PaymentPlanCompleted.of({ on: today }));
    return found;
  }
}

@CommandOf(PaymentAgreement, { permission: 'payment_agreements:cancel', doc: 'Gives a payment plan up.', from: ['live'], route: 'cancel' })
export class CancelPlan extends DomainCommand<PaymentAgreement> {
  @Text(personal('finance'), { max: 1000 }) reason!: string;
  decide() {
    return PaymentPlanCancelled.of({ reason: this.reason });
  }
}
