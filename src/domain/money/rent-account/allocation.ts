import { uuidOf } from '../../../kernel/values.js';
import { each, ELIGIBLE, INELIGIBLE, isNothing, minus, NOTHING, plus, totalOf, type Component, type Components } from '../components.js';
import { restated, roomIn } from './demand.js';
import { RentAllocation, RentReceipt, type Payer, type RentPayment } from './rent-account-children.js';

/** Demands, receipts, and which of these goes to which of those. */
export interface Books {
  readonly payments: RentPayment[];
  readonly receipts: RentReceipt[];
  readonly allocations: RentAllocation[];
  /** What was written off and has met no demand: it meets the next one. */
  readonly writeOffCreditPence: number;
}

/**
 * What each payer's money meets (RNT-2): first one group of components of all demands, oldest first, then the next group.
 * Housing Benefit meets nothing but what it is for, and of that first the nights that it is awarded for; Universal Credit is for the same and the resident's own.
 */
const meets: Readonly<Record<keyof typeof Payer, readonly (readonly Component[])[]>> = {
  hb: [ELIGIBLE],
  uc: [ELIGIBLE, INELIGIBLE],
  resident: [INELIGIBLE, ELIGIBLE],
  la: [INELIGIBLE, ELIGIBLE],
  third_party: [INELIGIBLE, ELIGIBLE],
};

/** The books after money that is free has met what it may; the same objects where nothing changes. */
export function settled(books: Books): Books {
  const free = books.writeOffCreditPence > 0 || books.receipts.some(({ unallocatedPence }) => unallocatedPence > 0);
  const owing = free && books.payments.some(({ outstandingBalancePence }) => outstandingBalancePence > 0);
  return owing ? new Desk(books).settle() : books;
}

/** The books after a demand fell below what is paid of it: what is too much is free again, the latest payment first. */
export function withoutExcess(books: Books, chargeId: string): Books {
  const payment = books.payments.findLast(({ id }) => id === chargeId);
  if (!payment || isNothing(each((one) => Math.max(0, -roomIn(payment)(one))))) return books;
  return new Desk(books).shrink(chargeId);
}

/** The books after a receipt turned out to be none. */
export const withoutReceipt = (books: Books, receiptId: string, reversal: Pick<RentReceipt, 'reversedOn' | 'reversalReason'>): Books =>
  new Desk(books).reverse(receiptId, reversal);

/** The books after money of some payers was given back: credit first, then what met demands, the latest payment first. */
export const givenBack = (books: Books, pence: number, of: (payer: Payee) => boolean): Books => new Desk(books).giveBack(pence, of);
type Payee = keyof typeof Payer;

/**
 * The books after the council decided: where Housing Benefit has met more of a demand than it is awarded for, all money meets the
 * demands anew. So it is the same whether the decision or its money is recorded first.
 */
export const readdressed = (books: Books): Books =>
  settled(books.payments.some(({ hbReceivedPence, hbExpectedPence }) => hbReceivedPence > hbExpectedPence) ? new Desk(books).release() : books);

/** How much of a payer's credit there is. */
export const creditOf = ({ receipts }: Pick<Books, 'receipts'>, of: (payer: Payee) => boolean): number =>
  receipts.reduce((sum, { payer, unallocatedPence }) => sum + (of(payer) ? unallocatedPence : 0), 0);

const places = <T>(list: readonly T[], of: (one: T) => string, wanted: (one: T) => boolean): number[] => {
  const found = list.flatMap((one, place) => (wanted(one) ? [place] : []));
  return found.sort((a, b) => {
    const [x, y] = [of(list[a]!), of(list[b]!)];
    return x < y ? -1 : x > y ? 1 : a - b;
  });
};

/** Copies of the books, while they are written in. Rows are replaced and never changed. */
class Desk implements Books {
  readonly payments: RentPayment[];
  readonly receipts: RentReceipt[];
  readonly allocations: RentAllocation[];
  writeOffCreditPence: number;

  constructor(books: Books) {
    this.payments = [...books.payments];
    this.receipts = [...books.receipts];
    this.allocations = [...books.allocations];
    this.writeOffCreditPence = books.writeOffCreditPence;
  }

  settle(): Books {
    const open = places(this.payments, ({ dueDate }) => dueDate, ({ outstandingBalancePence }) => outstandingBalancePence > 0);
    for (const at of places(this.receipts, ({ receivedOn }) => receivedOn, ({ unallocatedPence }) => unallocatedPence > 0)) {
      const { payer, receivedOn } = this.receipts[at]!;
      if (payer === 'hb') for (const demand of open) this.meet(at, demand, ELIGIBLE, this.awaitedOf(demand, receivedOn));
      for (const group of meets[payer]) for (const demand of open) this.meet(at, demand, group);
    }
    for (const demand of open) this.forgive(demand);
    return this.closed();
  }

  /** What is written off meets what is left of a demand. */
  private forgive(paymentAt: number): void {
    const payment = this.payments[paymentAt]!;
    if (this.writeOffCreditPence <= 0 || payment.outstandingBalancePence <= 0) return;
    const part = each((one) => {
      const taken = Math.max(0, Math.min(this.writeOffCreditPence, roomIn(payment)(one)));
      this.writeOffCreditPence -= taken;
      return taken;
    });
    this.payments[paymentAt] = restated(payment, { writtenOff: plus(payment.writtenOff ?? NOTHING, part) });
  }

  /**
   * What of a demand Housing Benefit is awarded for and has not paid by a day: its money meets that first, whatever is older and not
   * awarded. It is paid in arrears, so nothing of it is for nights to come.
   */
  private awaitedOf(paymentAt: number, day: string): number {
    const { hbExpectedPence, hbReceivedPence, periodFrom } = this.payments[paymentAt]!;
    return periodFrom < day ? Math.max(0, hbExpectedPence - hbReceivedPence) : 0;
  }

  private meet(receiptAt: number, paymentAt: number, group: readonly Component[], most = Infinity): void {
    const payment = this.payments[paymentAt]!;
    let left = Math.min(most, this.receipts[receiptAt]!.unallocatedPence);
    if (left === 0 || payment.outstandingBalancePence === 0) return;
    const part = each((one) => {
      const taken = group.includes(one) ? Math.max(0, Math.min(left, roomIn(payment)(one))) : 0;
      left -= taken;
      return taken;
    });
    if (!isNothing(part)) this.allocate(receiptAt, paymentAt, part);
  }

  private allocate(receiptAt: number, paymentAt: number, part: Components): void {
    const receipt = this.receipts[receiptAt]!;
    const payment = this.payments[paymentAt]!;
    const [receiptId, chargeId] = [receipt.id, payment.id];
    const at = receipt.allocatedPence === 0 ? -1 : this.allocations.findLastIndex((one) => one.receiptId === receiptId && one.chargeId === chargeId);
    const components = plus(this.allocations[at]?.components ?? NOTHING, part);
    const { residentId, payer, receivedOn } = receipt;
    const row = Object.assign(new RentAllocation(), {
      id: uuidOf(receiptId, chargeId), residentId, receiptId, chargeId, payer, receivedOn, components, amountPence: totalOf(components),
    });
    if (at < 0) this.allocations.push(row);
    else this.allocations[at] = row;
    this.free(receiptAt, -totalOf(part));
    const latest = payment.paymentDate === undefined || receivedOn >= payment.paymentDate;
    this.payments[paymentAt] = restated(payment, {
      paid: plus(payment.paid, part),
      hbReceivedPence: payment.hbReceivedPence + (payer === 'hb' ? totalOf(part) : 0),
      ...(latest ? paidBy(receipt) : {}),
    });
  }

  private free(receiptAt: number, pence: number): void {
    const receipt = this.receipts[receiptAt]!;
    this.receipts[receiptAt] = Object.assign(new RentReceipt(), receipt, {
      allocatedPence: receipt.allocatedPence - pence,
      unallocatedPence: receipt.unallocatedPence + pence,
    });
  }

  /** All money is free again; what was written off stays. */
  release(): Books {
    this.allocations.forEach(({ receiptId, components }, at) => {
      this.takeBack(at, components);
      this.free(this.receipts.findLastIndex(({ id }) => id === receiptId), totalOf(components));
    });
    return this.closed();
  }

  /** A demand fell below what is paid and written off of it: what was written off is free first. */
  shrink(chargeId: string): Books {
    const at = this.payments.findLastIndex(({ id }) => id === chargeId);
    const payment = this.payments[at]!;
    const { components, paid, writtenOff } = payment;
    if (writtenOff) {
      const kept = each((one) => Math.max(0, Math.min(writtenOff[one], components[one] - paid[one])));
      this.writeOffCreditPence += totalOf(writtenOff) - totalOf(kept);
      this.payments[at] = restated(payment, { writtenOff: kept });
    }
    return this.uncover(chargeId, each((one) => Math.max(0, paid[one] - components[one])));
  }

  private uncover(chargeId: string, over: Components): Books {
    let left = over;
    const ofCharge = places(this.allocations, ({ receivedOn }) => receivedOn, (one) => one.chargeId === chargeId);
    for (const at of ofCharge.reverse()) {
      const { components, receiptId } = this.allocations[at]!;
      const part = each((one) => Math.min(left[one], components[one]));
      if (isNothing(part)) continue;
      left = minus(left, part);
      this.takeBack(at, part);
      this.free(this.receipts.findLastIndex(({ id }) => id === receiptId), totalOf(part));
    }
    return this.closed();
  }

  reverse(receiptId: string, reversal: Partial<RentReceipt>): Books {
    this.allocations.forEach((one, at) => one.receiptId === receiptId && this.takeBack(at, one.components));
    const at = this.receipts.findLastIndex(({ id }) => id === receiptId);
    this.receipts[at] = Object.assign(new RentReceipt(), this.receipts[at], { allocatedPence: 0, unallocatedPence: 0, ...reversal });
    return this.closed();
  }

  giveBack(pence: number, of: (payer: Payee) => boolean): Books {
    let left = pence;
    const latest = places(this.receipts, ({ receivedOn }) => receivedOn, ({ payer, reversedOn }) => of(payer) && !reversedOn).reverse();
    for (const at of latest) {
      const taken = Math.min(left, this.receipts[at]!.unallocatedPence);
      if (taken > 0) this.leave(at, taken);
      left -= taken;
    }
    for (const at of latest) {
      const { id } = this.receipts[at]!;
      for (const from of places(this.allocations, ({ chargeId }) => this.dueOf(chargeId), (one) => one.receiptId === id).reverse()) {
        const { components } = this.allocations[from]!;
        const part = each((one) => {
          const taken = Math.min(left, components[one]);
          left -= taken;
          return taken;
        });
        if (isNothing(part)) continue;
        this.takeBack(from, part);
        this.free(at, totalOf(part));
        this.leave(at, totalOf(part));
      }
    }
    return this.closed();
  }

  private dueOf(chargeId: string): string {
    return this.payments.find(({ id }) => id === chargeId)?.dueDate ?? '';
  }

  /** Credit of a receipt that leaves the account. */
  private leave(receiptAt: number, pence: number): void {
    const receipt = this.receipts[receiptAt]!;
    this.receipts[receiptAt] = Object.assign(new RentReceipt(), receipt, {
      unallocatedPence: receipt.unallocatedPence - pence,
      returnedPence: (receipt.returnedPence ?? 0) + pence,
    });
  }

  /** Takes a part of an allocation out of its demand. */
  private takeBack(at: number, part: Components): void {
    const allocation = this.allocations[at]!;
    const components = minus(allocation.components, part);
    this.allocations[at] = Object.assign(new RentAllocation(), allocation, { components, amountPence: totalOf(components) });
    const paymentAt = this.payments.findLastIndex(({ id }) => id === allocation.chargeId);
    const payment = this.payments[paymentAt]!;
    this.payments[paymentAt] = restated(payment, {
      paid: minus(payment.paid, part),
      hbReceivedPence: payment.hbReceivedPence - (allocation.payer === 'hb' ? totalOf(part) : 0),
      ...paidBy(this.lastReceiptOf(payment.id)),
    });
  }

  private lastReceiptOf(chargeId: string): RentReceipt | undefined {
    const last = places(this.allocations, ({ receivedOn }) => receivedOn, (one) => one.chargeId === chargeId && one.amountPence > 0).at(-1);
    return last === undefined ? undefined : this.receipts.find(({ id }) => id === this.allocations[last]!.receiptId);
  }

  private closed(): Books {
    const { payments, receipts, allocations, writeOffCreditPence } = this;
    return { payments, receipts, allocations: allocations.filter(({ amountPence }) => amountPence > 0), writeOffCreditPence };
  }
}

/** What a demand says of its last payment. */
const paidBy = (receipt: RentReceipt | undefined) =>
  ({ paymentDate: receipt?.receivedOn, paymentMethod: receipt?.method, processedBy: receipt?.recordedBy }) as Partial<RentPayment>;
