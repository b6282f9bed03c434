import { CommandOf, type Context, DomainCommand } from '../../../kernel/command.js';
import { DomainEvent, EventOf } from '../../../kernel/event.js';
import { CivilDate, Int, Pence, Text } from '../../../kernel/fields.js';
import { pseudonymous } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { daysBetween, later, plusDays, roundHalfUp, UUID } from '../../../kernel/values.js';
import { LATE_FEE_AFTER, lateFeeProblem } from '../../late-fees.js';
import { policy } from '../../policies.js';
import type { Agreement } from '../../tenancy/agreement/agreement.js';
import { each } from '../components.js';
import { blocksOn } from './arrears.js';
import { RentAccount, RentAdjusted } from './rent-account.js';
import { RentPayment } from './rent-account-children.js';
import { stretchOn } from './rent-schedule.js';

/** Hundredths of a percent that are the whole, times the days of a year: interest is simple, and 365 days are a year. */
const WHOLE_YEAR = 10_000 * 365;

/** Simple interest on an amount in pence for some days, at a rate in hundredths of a percent a year, half up. */
export const lateFee = (principalPence: number, basisPoints: number, days: number): number => roundHalfUp(principalPence, basisPoints * days, WHOLE_YEAR);

/** What the resident pays for being late with a demand; the demand itself is adjusted by it in the same append. */
@EventOf(RentAccount, 'LateFeeCharged', 1)
export class LateFeeCharged extends DomainEvent<RentAccount> {
  @Text(pseudonymous, { max: 36 }) chargeId!: string;
  @CivilDate(pseudonymous, { doc: 'The day from which it is for' }) from!: string;
  @CivilDate(pseudonymous, { doc: 'The day up to which it is for' }) to!: string;
  @Int(pseudonymous, { min: 1 }) days!: number;
  @Pence(pseudonymous, { doc: 'What the resident owed of the demand' }) principalPence!: number;
  @Int(pseudonymous, { doc: 'Base rate, in hundredths of a percent a year' }) baseBasisPoints!: number;
  @Int(pseudonymous, { doc: 'What the agreement adds to it' }) overBasisPoints!: number;
  @Pence(pseudonymous, { min: 1 }) amountPence!: number;
  apply(account: RentAccount): void {
    const { chargeId, to: lateFeeTo, amountPence } = this;
    account.payments = account.payments.map((payment) => (payment.id === chargeId
      ? Object.assign(new RentPayment(), payment, { latePaymentFeePence: payment.latePaymentFeePence + amountPence, lateFeeTo }) : payment));
  }
}

@CommandOf(RentAccount, {
  permission: 'rent_accounts:charge-late-fee',
  doc: 'Charges the fee that the agreement asks for being late with a demand: for the days from when it was due, or up to which a fee was charged, until today.',
  from: ['active', 'former'],
})
export class ChargeLateFee extends DomainCommand<RentAccount> {
  @Text(pseudonymous, { max: 36, pattern: UUID, doc: 'The demand that is late' }) chargeId!: string;
  decide(account: RentAccount, context: Context) {
    const { today } = context;
    const payment = account.payments.find(({ id }) => id === this.chargeId);
    if (!payment) throw new Refusal('GEN-1', 'There is no such charge on this account.', { field: 'chargeId' });
    const agreement = this.agreementOf(account, payment, context);
    const { lateFeeBasisPoints: overBasisPoints, lateFeeAfterDays, agreementType } = agreement ?? {};
    rule('RNT-3', 'The agreement asks for no fee where rent is paid late.', Boolean(agreement) && typeof overBasisPoints === 'number', 'chargeId');
    const problem = lateFeeProblem({ agreementType: agreementType!, lateFeeBasisPoints: overBasisPoints, lateFeeAfterDays })?.sentence;
    rule('RNT-3', problem ?? 'The law allows the fee.', !problem, 'chargeId');
    const after = lateFeeAfterDays ?? LATE_FEE_AFTER;
    const late = daysBetween(payment.dueDate, today);
    rule('RNT-3', `A fee is charged once a demand is ${after} days late; this one was due on ${payment.dueDate}.`, late >= after, 'chargeId');
    const blocks = blocksOn(account, today);
    rule('RNT-3', `No fee is charged while something holds the arrears up: ${blocks.join(', ').replaceAll('_', ' ')}.`, blocks.length === 0, 'chargeId');
    const from = later(payment.dueDate, payment.lateFeeTo ?? '');
    const days = daysBetween(from, today);
    // No fee on a fee: what was charged of them is left out.
    const principalPence = Math.max(0, payment.residentDuePence - payment.latePaymentFeePence);
    const baseBasisPoints = policy(context, 'RNT-3.base');
    const amountPence = lateFee(principalPence, baseBasisPoints + overBasisPoints, days);
    rule('RNT-3', 'The fee comes to nothing.', amountPence > 0, 'chargeId');
    const delta = each((one) => (one === 'ineligibleServicePence' ? amountPence : 0));
    return [
      LateFeeCharged.of({ chargeId: payment.id, from, to: today, days, principalPence, baseBasisPoints, overBasisPoints, amountPence }),
      RentAdjusted.of({ chargeId: payment.id, delta, cause: 'by_hand', reason: `Fee for late payment, ${days} days from ${from}.` }),
    ];
  }

  /** Under which the resident lived on the last night of a demand. */
  private agreementOf(account: RentAccount, { periodTo }: RentPayment, context: Context): Agreement | undefined {
    const id = account.stretches[stretchOn(account, plusDays(periodTo, -1))]?.agreementId ?? account.agreementId;
    return id ? context.find<Agreement>('tenancy_agreements', id) : undefined;
  }
}
