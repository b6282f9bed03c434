import { NOTHING, totalOf, type Component } from '../components.js';
import { RentPayment } from './rent-account-children.js';

/** A demand with something changed, and what follows from it. */
export function restated(payment: RentPayment, change: Partial<RentPayment>): RentPayment {
  const after = Object.assign(new RentPayment(), payment, change);
  const amountPence = totalOf(after.components);
  const paidAmountPence = totalOf(after.paid);
  const outstanding = amountPence - paidAmountPence - totalOf(after.writtenOff ?? NOTHING);
  const isPartialPayment = paidAmountPence > 0 && outstanding > 0;
  return Object.assign(after, {
    amountPence,
    paidAmountPence,
    isPartialPayment,
    outstandingBalancePence: outstanding,
    residentDuePence: Math.max(0, outstanding - Math.max(0, after.hbExpectedPence - after.hbReceivedPence)),
    paymentStatus: outstanding === 0 ? (paidAmountPence > 0 ? 'paid' : 'cancelled') : isPartialPayment ? 'partial' : 'pending',
  });
}

/** What of a component of a demand is neither paid nor written off; negative where it was cut below that. */
export const roomIn = ({ components, paid, writtenOff = NOTHING }: RentPayment) => (one: Component): number =>
  components[one] - paid[one] - writtenOff[one];
