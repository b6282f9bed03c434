import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { happened, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import { weekly } from '../../../../test/support/rent-world.js';
import { plusDays } from '../../../kernel/values.js';
import { COMPONENTS, each, ELIGIBLE, INELIGIBLE, NOTHING, plus, totalOf, type Component } from '../components.js';
import { RentAccount, RentAccountOpened, RentAdjusted, RentCharged, RentPaymentReceived, RentPaymentReversed } from './rent-account.js';
import { Payer, type RentPayment } from './rent-account-children.js';

type PayerName = keyof typeof Payer;
const START = '2026-08-31';
const opened = happened(RentAccountOpened, { residentId: someId('jordan'), propertyId: someId('house'), agreementId: someId('agreement'), paymentReference: 'R123' });
const charge = (week: number, components = weekly(18_240, 6_435, 2_150)): Happened => {
  const from = plusDays(START, 7 * week);
  return happened(RentCharged, { chargeId: someId(`week ${week}`), from, to: plusDays(from, 7), nights: 7, components, totalPence: totalOf(components) });
};
const paid = (name: string, payer: PayerName, amountPence: number, on = START): Happened =>
  happened(RentPaymentReceived, { receiptId: someId(name), payer, amountPence, on, method: 'bank_transfer' });
const reversed = (name: string): Happened => happened(RentPaymentReversed, { receiptId: someId(name), reason: 'It bounced.' });
const adjusted = (week: number, delta: ReturnType<typeof weekly>): Happened =>
  happened(RentAdjusted, { chargeId: someId(`week ${week}`), delta, cause: 'by_hand', reason: 'No heating.' });
const after = (...events: Happened[]): RentAccount => stateOf(RentAccount, [opened, ...events]);
const paidParts = (account: RentAccount): number[][] => account.payments.map(({ paid: parts }) => COMPONENTS.map((one) => parts[one]));

describe('a payment', () => {
  it('of Housing Benefit meets the eligible parts alone, the oldest week first, and the rest is credit', () => {
    const account = after(charge(1), charge(0), paid('hb', 'hb', 60_000));
    expect(paidParts(account)).toEqual([[18_240, 6_435, 0, 0], [18_240, 6_435, 0, 0]]);
    expect(account.receipts[0]).toMatchObject({ allocatedPence: 49_350, unallocatedPence: 10_650 });
    expect(account.payments[0]).toMatchObject({ paymentStatus: 'partial', hbReceivedPence: 24_675, outstandingBalancePence: 2_150, isPartialPayment: true });
    expect(account.collectablePence).toBe(0);
    const less = after(charge(1), charge(0), paid('hb', 'hb', 20_000));
    expect(paidParts(less)).toEqual([[0, 0, 0, 0], [18_240, 1_760, 0, 0]]);
  });

  it('of the resident meets the own part of every week before it fills what is short', () => {
    const account = after(charge(0), charge(1), paid('cash', 'resident', 5_000, '2026-09-10'));
    expect(paidParts(account)).toEqual([[700, 0, 2_150, 0], [0, 0, 2_150, 0]]);
    expect(account.payments[0]).toMatchObject({ paymentDate: '2026-09-10', paymentMethod: 'bank_transfer', processedBy: someId('somebody') });
  });

  it('of Universal Credit meets the rent before the own part', () => {
    expect(paidParts(after(charge(0), paid('uc', 'uc', 25_000)))).toEqual([[18_240, 6_435, 325, 0]]);
  });

  it('that is credit meets the next demand', () => {
    const account = after(paid('early', 'resident', 30_000, '2026-08-30'), charge(0));
    expect(account.payments[0]).toMatchObject({ paymentStatus: 'paid', paymentDate: '2026-08-30' });
    expect(account).toMatchObject({ balancePence: -3_175, collectablePence: 0 });
  });

  it('that is reversed leaves everything as it was before it, and stays itself (RNT-4)', () => {
    const before = after(charge(0), charge(1), paid('one', 'resident', 3_000));
    const account = after(charge(0), charge(1), paid('one', 'resident', 3_000), paid('two', 'resident', 9_000, '2026-09-09'), reversed('two'));
    expect(account.payments).toEqual(before.payments);
    expect(account.balancePence).toBe(before.balancePence);
    expect(account.receipts[1]).toMatchObject({ amountPence: 9_000, reversedOn: '2026-09-02', unallocatedPence: 0 });
    expect(account.ledger.map(({ lineType, amountPence }) => [lineType, amountPence]).slice(-2)).toEqual([['payment', -9_000], ['reversal', 9_000]]);
  });

  it('gives back to others what a demand no longer costs', () => {
    const account = after(charge(0), paid('hb', 'hb', 24_675), charge(1), adjusted(0, weekly(-8_240, 0, 0)));
    expect(paidParts(account)).toEqual([[10_000, 6_435, 0, 0], [8_240, 0, 0, 0]]);
    expect(after(charge(0), adjusted(0, weekly(-18_240, -6_435, -2_150))).payments[0]).toMatchObject({ amountPence: 0, paymentStatus: 'cancelled' });
  });
});

type Operation =
  | { readonly kind: 'charge'; readonly week: number; readonly core: number }
  | { readonly kind: 'pay'; readonly payer: PayerName; readonly pence: number; readonly day: number }
  | { readonly kind: 'reverse' | 'adjust'; readonly which: number; readonly pence: number };
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ kind: fc.constant('charge' as const), week: fc.nat(20), core: fc.nat(20_000) }),
  fc.record({ kind: fc.constant('pay' as const), payer: fc.constantFrom(...Object.values(Payer)), pence: fc.integer({ min: 1, max: 60_000 }), day: fc.nat(100) }),
  fc.record({ kind: fc.constantFrom('reverse' as const, 'adjust' as const), which: fc.nat(20), pence: fc.integer({ min: -20_000, max: 20_000 }) }),
);

/** What of the operations is possible, as events. */
function eventsOf(operations: readonly Operation[]): Happened[] {
  const charged = new Map<number, ReturnType<typeof weekly>>();
  const live: string[] = [];
  return operations.flatMap((one, index): Happened[] => {
    if (one.kind === 'charge') {
      if (charged.has(one.week)) return [];
      charged.set(one.week, weekly(one.core, 6_435, 2_150, one.core % 3));
      return [charge(one.week, charged.get(one.week))];
    }
    if (one.kind === 'pay') {
      live.push(`receipt ${index}`);
      return [paid(`receipt ${index}`, one.payer, one.pence, plusDays(START, one.day))];
    }
    if (one.kind === 'reverse') return live.length > 0 ? live.splice(one.which % live.length, 1).map(reversed) : [];
    const week = [...charged.keys()][one.which % Math.max(1, charged.size)];
    if (week === undefined) return [];
    const components = charged.get(week)!;
    const delta = each((component) => Math.max(-components[component], one.pence));
    charged.set(week, { ...plus(components, delta) });
    return [adjusted(week, { ...delta })];
  });
}

const sum = (amounts: readonly number[]): number => amounts.reduce((total, pence) => total + pence, 0);
const openOf = ({ components, paid: parts }: RentPayment, one: Component): number => components[one] - parts[one];
const meets: Record<PayerName, readonly Component[]> = { hb: ELIGIBLE, uc: COMPONENTS, resident: COMPONENTS, la: COMPONENTS, third_party: COMPONENTS };

function holdsTogether(account: RentAccount): void {
  const { payments, receipts, allocations, ledger, balancePence } = account;
  // RNT-1, LED-2: the lines add up, at every one of them.
  expect(ledger.map((line, index) => line.balancePence - (ledger[index - 1]?.balancePence ?? 0))).toEqual(ledger.map(({ amountPence }) => amountPence));
  expect(sum(ledger.map(({ amountPence }) => amountPence))).toBe(balancePence);
  expect(sum(payments.map((one) => one.outstandingBalancePence)) - sum(receipts.map((one) => one.unallocatedPence))).toBe(balancePence);
  for (const payment of payments) {
    const own = allocations.filter(({ chargeId }) => chargeId === payment.id);
    expect(own.reduce((all, { components }) => plus(all, components), NOTHING)).toEqual(payment.paid);
    for (const one of COMPONENTS) expect(openOf(payment, one)).toBeGreaterThanOrEqual(0);
    expect(payment.hbReceivedPence).toBe(sum(own.filter(({ payer }) => payer === 'hb').map(({ amountPence }) => amountPence)));
    const last = own.map(({ receivedOn }) => receivedOn).sort().at(-1);
    expect(payment.paymentDate).toBe(last);
  }
  for (const receipt of receipts) {
    const own = allocations.filter(({ receiptId }) => receiptId === receipt.id);
    expect(receipt.allocatedPence).toBe(sum(own.map(({ amountPence }) => amountPence)));
    expect(receipt.allocatedPence + receipt.unallocatedPence).toBe(receipt.reversedOn ? 0 : receipt.amountPence);
    // No money waits while something is unpaid that it may meet.
    if (receipt.unallocatedPence > 0) for (const payment of payments) for (const one of meets[receipt.payer]) expect(openOf(payment, one)).toBe(0);
    if (receipt.payer === 'hb') for (const { components } of own) for (const one of INELIGIBLE) expect(components[one]).toBe(0);
  }
}

/** RNT-2: what a payment that just came left unpaid in a group of components is not older than what it met in it. */
function oldestFirst(account: RentAccount): void {
  const receipt = account.receipts.at(-1)!;
  const own = account.allocations.filter(({ receiptId }) => receiptId === receipt.id);
  const first = receipt.payer === 'hb' || receipt.payer === 'uc' ? ELIGIBLE : INELIGIBLE;
  for (const group of [ELIGIBLE, INELIGIBLE]) {
    const met = own.filter(({ components }) => group.some((one) => components[one] > 0)).map(({ chargeId }) => account.payments.find(({ id }) => id === chargeId)!.dueDate);
    const left = account.payments.filter((payment) => group.some((one) => openOf(payment, one) > 0)).map(({ dueDate }) => dueDate);
    for (const newest of met) for (const open of left) expect(open >= newest).toBe(true);
    if (group !== first && met.length > 0) expect(account.payments.some((payment) => first.some((one) => openOf(payment, one) > 0))).toBe(false);
  }
}

describe('the books', () => {
  it('hold together whatever happens: money is kept, nothing is paid twice, and no old line changes', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 25 }), (operations) => {
        const events = eventsOf(operations);
        let before = after();
        events.forEach((_, index) => {
          const account = after(...events.slice(0, index + 1));
          holdsTogether(account);
          expect(account.ledger.slice(0, -1)).toEqual(before.ledger);
          if (events[index]!.event instanceof RentPaymentReceived) oldestFirst(account);
          before = account;
        });
      }),
      { numRuns: 60 },
    );
  });

  it('are as they were after a payment and its reversal', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 20 }), fc.constantFrom(...Object.values(Payer)), fc.integer({ min: 1, max: 99_999 }), (operations, payer, pence) => {
        const events = eventsOf(operations);
        const before = after(...events);
        const restored = after(...events, paid('last', payer, pence, '2026-12-31'), reversed('last'));
        expect(restored.payments).toEqual(before.payments);
        expect(restored.allocations).toEqual(before.allocations);
        expect(restored.balancePence).toBe(before.balancePence);
      }),
    );
  });
});
