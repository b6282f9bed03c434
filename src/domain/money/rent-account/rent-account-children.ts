import { Choice, CivilDate, Flag, Group, Int, Pence, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';
import { WeeklyCharges, WeeklyColumns } from '../../weekly-charges.js';
import { Payer, PaymentMethod } from '../payment.js';

export type Of<T> = T[keyof T];
/** Bound of amounts that may be negative. */
export const SIGNED = { min: -100_000_000_000 } as const;

export { Payer, PaymentMethod };
export const PaymentStatus = { pending: 'pending', partial: 'partial', paid: 'paid', overdue: 'overdue', cancelled: 'cancelled' } as const;
export const LineType = {
  charge: 'charge', adjustment: 'adjustment', payment: 'payment', reversal: 'reversal',
  clawback: 'clawback', refund: 'refund', write_off: 'write_off',
} as const;

/** A change of a charge by component, in pence; what is absent does not change. */
export class ChargeDelta {
  @Pence(pseudonymous, { ...SIGNED, optional: true }) corePence?: number;
  @Pence(pseudonymous, { ...SIGNED, optional: true }) eligibleServicePence?: number;
  @Pence(pseudonymous, { ...SIGNED, optional: true }) ineligibleServicePence?: number;
  @Pence(pseudonymous, { ...SIGNED, optional: true }) supportPence?: number;
}

/** Nights at one weekly price. */
export class RentSchedule extends WeeklyColumns {
  id!: string;
  @Ref(pseudonymous, 'residents') residentId!: string;
  @CivilDate(pseudonymous, { doc: 'The first night' }) fromDate!: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The day after the last night' }) toDate?: string;
}

/** One line of the ledger: never altered, never removed. */
export class LedgerLine {
  id!: string;
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Choice(open, 'LedgerLineType', LineType) lineType!: Of<typeof LineType>;
  @CivilDate(pseudonymous, { doc: 'The day on which it counts' }) entryDate!: string;
  @Text(pseudonymous, { optional: true, max: 36 }) chargeId?: string;
  @Text(pseudonymous, { optional: true, max: 36 }) receiptId?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'Of a charge: the first night' }) periodFrom?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'Of a charge: the day after the last night' }) periodTo?: string;
  @Pence(pseudonymous, { ...SIGNED, optional: true, decimal: 'core' }) corePence?: number;
  @Pence(pseudonymous, { ...SIGNED, optional: true, decimal: 'eligible_sc' }) eligibleServicePence?: number;
  @Pence(pseudonymous, { ...SIGNED, optional: true, decimal: 'ineligible_sc' }) ineligibleServicePence?: number;
  @Pence(pseudonymous, { ...SIGNED, optional: true, decimal: 'support' }) supportPence?: number;
  @Pence(pseudonymous, { ...SIGNED, decimal: 'amount', doc: 'What it adds to the balance; payments are negative' }) amountPence!: number;
  @Pence(pseudonymous, { ...SIGNED, decimal: 'balance', doc: 'The balance after it; a credit is negative' }) balancePence!: number;
  @Text(personal('finance'), { optional: true, max: 1000 }) reason?: string;
}

/** A demand: one week's charge, what of it is paid and what is not. */
export class RentPayment {
  id!: string;
  @Text(pseudonymous, { max: 36 }) chargeId!: string;
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Ref(open, 'properties') propertyId!: string;
  @Ref(open, 'property_rooms', { optional: true }) roomId?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'When something of it was last paid' }) paymentDate?: string;
  @CivilDate(pseudonymous) dueDate!: string;
  @Pence(pseudonymous, { decimal: 'amount', doc: 'The charge with its adjustments' }) amountPence!: number;
  @Choice(pseudonymous, 'PaymentMethod', PaymentMethod, { optional: true, doc: 'Of the last payment' }) paymentMethod?: Of<typeof PaymentMethod>;
  @Text(pseudonymous, { max: 18 }) paymentReference!: string;
  @Choice(pseudonymous, 'PaymentStatus', PaymentStatus) paymentStatus!: Of<typeof PaymentStatus>;
  @Flag(pseudonymous) isPartialPayment!: boolean;
  @Pence(pseudonymous, { decimal: 'paid_amount' }) paidAmountPence!: number;
  @Pence(pseudonymous, { decimal: 'outstanding_balance', doc: 'What of it is not paid' }) outstandingBalancePence!: number;
  @Pence(pseudonymous, { decimal: 'late_payment_fee', doc: 'What of the amount are fees for being late' }) latePaymentFeePence!: number;
  @CivilDate(pseudonymous, { optional: true, doc: 'Up to which day a fee for being late was charged' }) lateFeeTo?: string;
  @Text(open, { max: 20 }) paymentPeriod!: string;
  @Text(personal('finance'), { optional: true, max: 1000, doc: 'Why it was last adjusted by hand' }) notes?: string;
  @Ref(open, 'users', { optional: true, doc: 'Who recorded the last payment' }) processedBy?: string;
  @CivilDate(pseudonymous, { doc: 'The first night' }) periodFrom!: string;
  @CivilDate(pseudonymous, { doc: 'The day after the last night' }) periodTo!: string;
  @Int(pseudonymous, { max: 7 }) nights!: number;
  @Text(open, { max: 7, doc: 'Rent year that it belongs to, such as 2026/27' }) rentYear!: string;
  @Int(open, { max: 53, doc: 'Number of its week in the rent year' }) rentWeek!: number;
  @Pence(pseudonymous, { decimal: 'hb_expected', doc: 'What Housing Benefit is awarded for it' }) hbExpectedPence!: number;
  @Pence(pseudonymous, { decimal: 'hb_received', doc: 'What Housing Benefit has paid of it' }) hbReceivedPence!: number;
  @Pence(pseudonymous, { decimal: 'resident_due', doc: 'What of it is unpaid and for the resident to pay' }) residentDuePence!: number;
  @Group(pseudonymous, () => WeeklyCharges, { doc: 'The amount by component' }) components!: WeeklyCharges;
  @Group(pseudonymous, () => WeeklyCharges, { doc: 'The paid amount by component' }) paid!: WeeklyCharges;
  @Group(pseudonymous, () => ChargeDelta, { optional: true, doc: 'What of the amount was adjusted by hand' }) adjustedByHand?: WeeklyCharges;
  @Group(pseudonymous, () => WeeklyCharges, { optional: true, doc: 'What of it was written off, by component' }) writtenOff?: WeeklyCharges;
}

/** A payment that came in, and what became of it. */
export class RentReceipt {
  id!: string;
  @Ref(pseudonymous, 'residents') residentId!: string;
  @CivilDate(pseudonymous) receivedOn!: string;
  @Pence(pseudonymous, { decimal: 'amount' }) amountPence!: number;
  @Choice(pseudonymous, 'PaymentMethod', PaymentMethod) method!: Of<typeof PaymentMethod>;
  @Choice(pseudonymous, 'Payer', Payer) payer!: Of<typeof Payer>;
  @Text(personal('finance'), { optional: true, max: 100, doc: 'Reference of the bank, the file or the till' }) externalRef?: string;
  @Pence(pseudonymous, { decimal: 'allocated' }) allocatedPence!: number;
  @Pence(pseudonymous, { decimal: 'unallocated', doc: 'Credit that meets the next demand that it may' }) unallocatedPence!: number;
  @Ref(open, 'users') recordedBy!: string;
  @CivilDate(pseudonymous, { optional: true }) reversedOn?: string;
  @Text(personal('finance'), { optional: true, max: 1000 }) reversalReason?: string;
  @Pence(pseudonymous, { optional: true, decimal: 'returned', doc: 'What of it was refunded, or taken back by Housing Benefit' }) returnedPence?: number;
  @Text(personal('finance'), { optional: true, max: 100, doc: 'Number of the receipt that was given for cash' }) receiptNumber?: string;
  @Text(personal('finance'), { optional: true, max: 100, doc: 'Who signed for cash' }) firstSignature?: string;
  @Text(personal('finance'), { optional: true, max: 100, doc: 'Who signed for it besides' }) secondSignature?: string;
  @Int(pseudonymous, { optional: true, doc: 'Year in which the cash was numbered' }) cashYear?: number;
  @Int(pseudonymous, { optional: true, min: 1, doc: 'Number of the cash in that year; there is no gap between them' }) cashNumber?: number;
}

/** What of a payment goes to a demand. */
export class RentAllocation {
  id!: string;
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Text(pseudonymous, { max: 36 }) receiptId!: string;
  @Text(pseudonymous, { max: 36 }) chargeId!: string;
  @Choice(pseudonymous, 'Payer', Payer) payer!: Of<typeof Payer>;
  @CivilDate(pseudonymous, { doc: 'When the payment was received' }) receivedOn!: string;
  @Pence(pseudonymous, { decimal: 'amount' }) amountPence!: number;
  @Group(pseudonymous, () => WeeklyCharges) components!: WeeklyCharges;
}
