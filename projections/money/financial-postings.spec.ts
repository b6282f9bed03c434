import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { happened, NOW, ORGANIZATION, someId, stateOf, type Happened } from '../../test/support/given.js';
import { weekly } from '../../test/support/rent-world.js';
import '../../src/domain/money/index.js';
import { HousingBenefitClawback } from '../../src/domain/money/rent-account/benefit-events.js';
import {
  RentAccount, RentAccountOpened, RentAdjusted, RentCharged, RentPaymentReceived, RentPaymentReversed,
} from '../../src/domain/money/rent-account/rent-account.js';
import { RentCreditRefunded, RentWrittenOff } from '../../src/domain/money/rent-account/settlement-events.js';
import { creditOf } from '../../src/domain/money/rent-account/allocation.js';
import { Agreement, AgreementDrafted } from '../../src/domain/tenancy/agreement/agreement.js';
import { DepositReturned, DepositTaken } from '../../src/domain/tenancy/agreement/deposit.js';
import type { State } from '../../src/kernel/entity.js';
import { declaredEvents } from '../../src/kernel/event.js';
import { plusDays, uuidOf } from '../../src/kernel/values.js';
import type { DecodedEvent } from '../../src/privacy/codec.js';
import type { BatchContext, RowChange } from '../engine/projection.js';
import { financialPostings } from './financial-postings.js';

const [accountId, propertyId, residentId] = [someId('account'), someId('house'), someId('jordan')];
const opened = happened(RentAccountOpened, { residentId, propertyId, agreementId: someId('agreement'), paymentReference: 'R123' });
const charged = happened(RentCharged, { chargeId: someId('week'), from: '2026-08-31', to: '2026-09-07', nights: 7, components: weekly(18_240, 6_435, 2_150), totalPence: 26_825 });
const paid = (amountPence: number, payer: 'resident' | 'hb' = 'resident'): Happened =>
  happened(RentPaymentReceived, { receiptId: someId(`${payer} ${amountPence}`), payer, amountPence, on: '2026-09-01', method: 'card' });

/** The rows that the last events of a history add to the books. */
async function rowsOf(history: readonly Happened[], last = history.length, entity: new () => State = RentAccount): Promise<Record<string, unknown>[]> {
  const rows: RowChange[] = [];
  for (let count = history.length - last + 1; count <= history.length; count++) {
    const { event } = history[count - 1]!;
    const declaration = declaredEvents().find((one) => one.event === (event.constructor as never))!;
    if (!financialPostings.on.includes(declaration.type)) continue;
    const decoded = { declaration, event, metadata: { organizationId: ORGANIZATION, recordedAt: NOW, actorId: someId('femi'), actorRole: 'finance' }, stored: { id: uuidOf('event', count) } } as unknown as DecodedEvent;
    const context = { state: () => Promise.resolve(stateOf(entity, history.slice(0, count), accountId)) } as unknown as BatchContext;
    rows.push(...(await financialPostings.apply(decoded, context)));
  }
  return rows.map((row) => (row as { values: Record<string, unknown> }).values);
}

describe('the postings of rent accounts', () => {
  it('have a charge and its adjustment as rent', async () => {
    const adjusted = happened(RentAdjusted, { chargeId: someId('week'), delta: weekly(-1_000, 0, 5), cause: 'by_hand', reason: 'x' });
    expect(await rowsOf([opened, charged, adjusted])).toMatchObject([
      { record_type: 'rent', category: 'rent_charge', amount_pence: 26_825, net_signed_amount_pence: 26_825, effective_date: '2026-08-31', source_id: accountId, property_id: propertyId, resident_id: residentId },
      { record_type: 'rent', category: 'rent_adjustment', amount_pence: 995, net_signed_amount_pence: -995, charge_id: someId('week') },
    ]);
  });

  it('have a debt that is given up as an expense, on its day', async () => {
    expect(await rowsOf([opened, charged, happened(RentWrittenOff, { writeOffId: someId('off'), amountPence: 700, on: '2026-09-02' })], 1)).toMatchObject([
      { record_type: 'expense', category: 'rent_write_off', amount_pence: 700, net_signed_amount_pence: -700, effective_date: '2026-09-02', source_type: 'rent_account', property_id: propertyId },
    ]);
  });

  it('have what goes back to whom it came from, which adds nothing', async () => {
    expect(await rowsOf([opened, charged, paid(30_000), happened(RentCreditRefunded, { amountPence: 3_000, on: '2026-09-02' })], 1))
      .toMatchObject([{ record_type: 'rent', category: 'rent_refund', amount_pence: 3_000, net_signed_amount_pence: 0, effective_date: '2026-09-02' }]);
    expect(await rowsOf([opened, charged, paid(20_000, 'hb'), happened(HousingBenefitClawback, { amountPence: 4_000, on: '2026-08-30' })], 1))
      .toMatchObject([{ record_type: 'rent', category: 'hb_clawback', amount_pence: 4_000, net_signed_amount_pence: 0, effective_date: '2026-08-30' }]);
  });
});

describe('the postings of deposits', () => {
  const drafted = happened(AgreementDrafted, {
    residentId, propertyId, agreementType: 'license', startDate: '2026-09-02', weeklyCharges: weekly(18_240, 6_435, 2_150),
  });
  const taken = happened(DepositTaken, { amountPence: 50_001, on: '2026-09-02', protectionRequired: false });
  const held = (...history: Happened[]) => rowsOf([drafted, taken, ...history], history.length + 1, Agreement);

  it('are what is held, and what is kept of it is income when the rest is returned', async () => {
    const returned = (amountPence: number) => happened(DepositReturned, { residentId, amountPence, on: '2027-01-20' });
    const source = { source_type: 'tenancy_agreement', source_id: accountId, resident_id: residentId, property_id: propertyId };
    const first = { ...source, record_type: 'deposit', category: 'deposit_taken', amount_pence: 50_001, net_signed_amount_pence: 50_001, effective_date: '2026-09-02' };
    expect(await held()).toMatchObject([first]);
    expect(await held(returned(50_001))).toMatchObject([first, { ...source, category: 'deposit_returned', amount_pence: 50_001, net_signed_amount_pence: -50_001, effective_date: '2027-01-20' }]);
    expect(await held(returned(30_000))).toMatchObject([
      first, { category: 'deposit_returned', net_signed_amount_pence: -30_000 },
      { record_type: 'deposit', category: 'deposit_kept', net_signed_amount_pence: -20_001 }, { record_type: 'income', category: 'deposit_kept', net_signed_amount_pence: 20_001 },
    ]);
    expect(await held(returned(0))).toMatchObject([first, { record_type: 'deposit', category: 'deposit_kept' }, { record_type: 'income', net_signed_amount_pence: 50_001 }]);
  });
});

const step = fc.record({
  kind: fc.constantFrom('charge', 'pay', 'hb', 'reverse', 'write-off', 'refund', 'clawback', 'adjust'),
  pence: fc.integer({ min: 1, max: 40_000 }), days: fc.nat(200),
});

/** What a step adds to a history, as far as it is possible then. */
function next(history: readonly Happened[], { kind, pence, days }: { kind: string; pence: number; days: number }): Happened | undefined {
  const account = stateOf(RentAccount, history, accountId);
  const [at, on] = [history.length, plusDays('2026-03-15', days)];
  const credit = Math.min(-account.balancePence, creditOf(account, (payer) => payer !== 'hb'));
  const fromHb = account.receipts.reduce((sum, one) => sum + (one.payer === 'hb' && !one.reversedOn ? one.amountPence : 0), 0) - account.clawedBackPence;
  const [week, receipt] = [account.payments.at(-1), account.receipts.find((one) => !one.reversedOn && !one.returnedPence)];
  switch (kind) {
    case 'charge':
      return happened(RentCharged, { chargeId: someId(`week ${at}`), from: on, to: plusDays(on, 7), nights: 7, components: weekly(pence, 50, 10), totalPence: pence + 60 });
    case 'pay':
    case 'hb':
      return happened(RentPaymentReceived, { receiptId: someId(`receipt ${at}`), payer: kind === 'hb' ? 'hb' : 'resident', amountPence: pence, on, method: 'card' });
    case 'reverse':
      return receipt && happened(RentPaymentReversed, { receiptId: receipt.id, reason: 'It bounced.' });
    case 'write-off':
      return account.balancePence > 0 ? happened(RentWrittenOff, { writeOffId: someId('off'), amountPence: Math.min(pence, account.balancePence), on }) : undefined;
    case 'refund':
      return credit > 0 ? happened(RentCreditRefunded, { amountPence: Math.min(pence, credit), on }) : undefined;
    case 'clawback':
      return fromHb > 0 ? happened(HousingBenefitClawback, { amountPence: Math.min(pence, fromHb), on }) : undefined;
    default:
      return week && happened(RentAdjusted, { chargeId: week.id, delta: weekly(-Math.min(pence, week.components.corePence), 0, 3), cause: 'by_hand', reason: 'x' });
  }
}

const byMonth = (lines: readonly (readonly [date: string, pence: number])[]): Record<string, number> => {
  const months = Map.groupBy(lines.filter(([, pence]) => pence !== 0), ([date]) => date.slice(0, 7));
  const sums = [...months].map(([month, of]) => [month, of.reduce((sum, [, pence]) => sum + pence, 0)] as const);
  return Object.fromEntries(sums.sort(([a], [b]) => (a < b ? -1 : 1)));
};

describe('what always holds of the books', () => {
  it('FIN-6: rent is the charges and adjustments of every month, and all rows are what was kept and what is owed', async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 24 }), async (steps) => {
      const history = [opened];
      for (const one of steps) history.push(...[next(history, one)].filter((event) => event !== undefined));
      const { ledger, balancePence } = stateOf(RentAccount, history, accountId);
      const rows = await rowsOf(history);
      const net = (some: readonly Record<string, unknown>[]) => some.map((row) => [String(row['effective_date']), Number(row['net_signed_amount_pence'])] as const);
      const of = (...types: string[]) => ledger.filter(({ lineType }) => types.includes(lineType)).map(({ entryDate, amountPence }) => [entryDate, amountPence] as const);
      expect(byMonth(net(rows.filter((row) => row['record_type'] === 'rent')))).toEqual(byMonth(of('charge', 'adjustment')));
      const sum = (lines: readonly (readonly [string, number])[]): number => lines.reduce((total, [, pence]) => total + pence, 0);
      const kept = 0 - sum(of('payment', 'reversal', 'refund', 'clawback'));
      expect(sum(net(rows))).toBe(balancePence + kept);
      for (const row of rows) expect(Number(row['amount_pence'])).toBeGreaterThanOrEqual(Math.abs(Number(row['net_signed_amount_pence'])));
    }), { numRuns: 200 });
  });
});
