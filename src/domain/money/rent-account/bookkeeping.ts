import { mondayOf, uuidOf } from '../../../kernel/values.js';
import { columnsOf } from '../../weekly-charges.js';
import { each, NOTHING, plus, totalOf, type Components } from '../components.js';
import { rentWeekOf, rentYearOf } from '../rent-year.js';
import { givenBack, readdressed, settled, withoutExcess, withoutReceipt } from './allocation.js';
import { restated } from './demand.js';
import { anticipatedHb, expectedHb, standing } from './housing-benefit.js';
import type { RentAccount } from './rent-account.js';
import { LedgerLine, RentPayment, RentReceipt, RentSchedule } from './rent-account-children.js';
import { universalCreditGap } from './universal-credit.js';

/** A charge as it is booked. */
export interface ChargeEntry {
  readonly chargeId: string;
  readonly from: string;
  readonly to: string;
  readonly nights: number;
  readonly components: Components;
  /** Where the resident was. */
  readonly place: { readonly propertyId: string; readonly roomId?: string };
}
export interface AdjustmentEntry {
  readonly chargeId: string;
  readonly delta: Components;
  readonly byHand: boolean;
  readonly nights?: number;
  /** The first night that it is for afterwards, and the day after the last one; as before where they are absent. */
  readonly from?: string;
  readonly to?: string;
  /** Maybe sealed: it is moved, not read. */
  readonly reason?: string;
  readonly on: string;
}
export interface ReceiptEntry
  extends Pick<RentReceipt, 'amountPence' | 'method' | 'payer' | 'externalRef' | 'recordedBy' | 'receiptNumber' | 'firstSignature' | 'secondSignature' | 'cashYear' | 'cashNumber'> {
  readonly receiptId: string;
  readonly on: string;
}
type Line = Omit<LedgerLine, 'id' | 'residentId' | 'balancePence'>;

/** Adds a line to the ledger; the balance is the one before it and its amount (LED-2), and no old line changes (LED-6). */
function enter(account: RentAccount, line: Line): void {
  const balancePence = account.balancePence + line.amountPence;
  const id = uuidOf(account.id, 'ledger', account.ledger.length);
  account.ledger = [...account.ledger, Object.assign(new LedgerLine(), line, { id, residentId: account.residentId, balancePence })];
  account.balancePence = balancePence;
}

/** Works out anew what Housing Benefit is still to pay and what the resident owes (LED-3). A debt that is gone ends its arrears. */
function reckon(account: RentAccount, books: Partial<RentAccount>): void {
  Object.assign(account, books);
  Object.assign(account, standing(account.balancePence, anticipatedHb(account)));
  if (account.collectablePence === 0 && account.arrearsStage) Object.assign(account, NO_STAGE);
}
const NO_STAGE = {
  arrearsStage: undefined, arrearsStageOn: undefined, noticeServedOn: undefined, noticeExpiresOn: undefined, courtProposedBy: undefined,
  planOfferedOn: undefined, courtHearingOn: undefined,
} as const;

/** What is expected of Housing Benefit is another after it was decided: demand by demand. */
export function bookBenefit(account: RentAccount): void {
  const cover = account.hbCover();
  account.payments = account.payments.map((payment) => {
    const hbExpectedPence = expectedHb(cover, payment);
    return hbExpectedPence === payment.hbExpectedPence ? payment : restated(payment, { hbExpectedPence });
  });
  reckon(account, readdressed(account));
}

/** A new demand, which credit meets at once where it may. */
export function bookCharge(account: RentAccount, { chargeId, from, to, nights, components, place }: ChargeEntry): void {
  const { residentId, paymentReference } = account;
  const { propertyId, roomId } = place;
  const payment = restated(new RentPayment(), {
    id: chargeId, chargeId, residentId, propertyId, roomId, paymentReference,
    dueDate: from, periodFrom: from, periodTo: to, nights, paymentPeriod: 'weekly',
    rentYear: rentYearOf(mondayOf(from)).name, rentWeek: rentWeekOf(from),
    components, paid: NOTHING, hbReceivedPence: 0, latePaymentFeePence: 0,
    hbExpectedPence: expectedHb(account.hbCover(), { periodFrom: from, periodTo: to, components }),
  });
  account.payments = [...account.payments, payment];
  enter(account, {
    lineType: 'charge', entryDate: from, chargeId, periodFrom: from, periodTo: to, ...components, amountPence: totalOf(components),
  });
  reckon(account, settled(account));
}

/** Changes what is left of a demand; what was paid too much for it is free for others. */
export function bookAdjustment(account: RentAccount, { chargeId, delta, byHand, nights, from, to, reason, on }: AdjustmentEntry): void {
  const cover = account.hbCover();
  account.payments = account.payments.map((payment) => {
    if (payment.id !== chargeId) return payment;
    const components = plus(payment.components, delta);
    const period = { periodFrom: from ?? payment.periodFrom, periodTo: to ?? payment.periodTo };
    return restated(payment, {
      components,
      hbExpectedPence: expectedHb(cover, { ...period, components }),
      ...(byHand ? { adjustedByHand: plus(payment.adjustedByHand ?? NOTHING, delta), notes: reason } : {}),
      ...(nights === undefined ? {} : { nights }),
      ...(from === undefined ? {} : { periodFrom: from, dueDate: from }),
      ...(to === undefined ? {} : { periodTo: to }),
    });
  });
  enter(account, { lineType: 'adjustment', entryDate: on, chargeId, ...delta, amountPence: totalOf(delta), reason });
  reckon(account, settled(withoutExcess(account, chargeId)));
}

/** Money that meets the oldest demands that it may; the rest is credit. */
export function bookReceipt(account: RentAccount, { receiptId, on, amountPence, ...rest }: ReceiptEntry): void {
  const receipt = Object.assign(new RentReceipt(), rest, {
    id: receiptId, residentId: account.residentId, receivedOn: on, amountPence, allocatedPence: 0, unallocatedPence: amountPence,
  });
  account.receipts = [...account.receipts, receipt];
  Object.assign(account, benefitDays(account.receipts));
  enter(account, { lineType: 'payment', entryDate: on, receiptId, amountPence: -amountPence });
  reckon(account, settled(account));
}

/** What the days of benefits' payments tell: those that were none tell nothing. */
function benefitDays(receipts: readonly RentReceipt[]): Partial<RentAccount> {
  const paid = receipts.filter(({ payer, reversedOn }) => payer === 'hb' && !reversedOn).map(({ receivedOn }) => receivedOn);
  return { ...universalCreditGap(receipts), lastHbOn: paid.sort().at(-1) };
}

/** What the receipt paid is unpaid again; the receipt stays and says so (RNT-4). */
export function bookReversal(account: RentAccount, { receiptId, reason, on }: { receiptId: string; reason: string; on: string }): void {
  const amountPence = account.receipts.find(({ id }) => id === receiptId)?.amountPence ?? 0;
  Object.assign(account, withoutReceipt(account, receiptId, { reversedOn: on, reversalReason: reason }));
  Object.assign(account, benefitDays(account.receipts));
  enter(account, { lineType: 'reversal', entryDate: on, receiptId, amountPence, reason });
  reckon(account, settled(account));
}

/** Housing Benefit takes back what it paid: the demands that it met are unpaid again, and it is waited for again (LED-3). */
export function bookClawback(account: RentAccount, { amountPence, reason, on }: Returned): void {
  const books = givenBack(account, amountPence, (payer) => payer === 'hb');
  account.clawedBackPence += amountPence;
  enter(account, { lineType: 'clawback', entryDate: on, amountPence, reason });
  reckon(account, settled(Object.assign(account, books)));
}

/** Credit is paid out to whom it belongs. */
export function bookRefund(account: RentAccount, { amountPence, reason, on }: Returned): void {
  const books = givenBack(account, amountPence, (payer) => payer !== 'hb');
  enter(account, { lineType: 'refund', entryDate: on, amountPence, reason });
  reckon(account, books);
}

/** A debt is given up: the oldest demands first. */
export function bookWriteOff(account: RentAccount, { amountPence, reason, on }: Returned): void {
  account.writeOffCreditPence += amountPence;
  enter(account, { lineType: 'write_off', entryDate: on, amountPence: -amountPence, reason });
  reckon(account, settled(account));
}
interface Returned {
  readonly amountPence: number;
  /** Maybe sealed: it is moved, not read. */
  readonly reason?: string;
  readonly on: string;
}

/** Shows the schedule as it now is, and as the account's own price that of the day or the nearest to it. */
export function publishSchedule(account: RentAccount, today: string): void {
  const { id: accountId, residentId } = account;
  const periods = account.periods();
  account.schedules = periods.map(({ from: fromDate, to: toDate, charges }) =>
    Object.assign(new RentSchedule(), columnsOf(charges), { id: uuidOf(accountId, 'schedule', fromDate), residentId, fromDate, ...(toDate ? { toDate } : {}) }));
  const now = periods.findLast(({ from }) => from <= today) ?? periods[0];
  if (now) Object.assign(account, columnsOf(now.charges));
}

/** What of a demand follows from the schedule: what a person adjusted beside it is left out. */
export const scheduledOf = ({ components, adjustedByHand }: RentPayment): Components =>
  each((one) => components[one] - (adjustedByHand?.[one] ?? 0));
