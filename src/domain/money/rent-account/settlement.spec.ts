import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { given, happened, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import { LICENCE, weekly } from '../../../../test/support/rent-world.js';
import '../index.js';
import { COMPONENTS } from '../components.js';
import { RentAccount, RentAccountOpened, RentAdjusted, RentCharged, RentPaymentReceived, RentScheduleEnded, RentScheduleSet } from './rent-account.js';
import { RecordPayment, ReversePayment } from './rent-account-commands.js';
import { ApproveWriteOff, CloseRentAccount, RefundCredit, RejectWriteOff, RequestWriteOff } from './settlement-commands.js';
import { RentAccountClosed, RentCreditRefunded, RentWrittenOff, WriteOffRejected, WriteOffRequested } from './settlement-events.js';

const writeOffId = someId('write-off');
const opened = happened(RentAccountOpened, { residentId: someId('jordan'), propertyId: someId('house'), agreementId: someId('agreement'), paymentReference: 'R123' });
const charged = happened(RentCharged, { chargeId: someId('week'), from: '2026-08-31', to: '2026-09-07', nights: 7, components: LICENCE, totalPence: 26_825 });
const paid = (amountPence: number, payer: 'resident' | 'hb' = 'resident'): Happened =>
  happened(RentPaymentReceived, { receiptId: someId(`${payer} ${amountPence}`), payer, amountPence, on: '2026-09-01', method: 'card' });
const requested = (amountPence = 26_825): Happened => happened(WriteOffRequested, { writeOffId, amountPence, reason: 'Cannot be traced.' }, { by: 'femi' });
const writtenOff = (amountPence: number): Happened => happened(RentWrittenOff, { writeOffId, amountPence, on: '2026-09-02' }, { by: 'priya' });
const set = happened(RentScheduleSet, { from: '2026-08-31', weeklyCharges: LICENCE, chargeDay: 'monday', origin: 'person', stretch: 0 });
const ended = happened(RentScheduleEnded, { on: '2026-09-02' });

describe('a write-off', () => {
  const owing = given(RentAccount, opened, charged);
  const asked = given(RentAccount, opened, charged, requested());

  it('LED-9: is asked for up to what is owed, one at a time', async () => {
    await owing.when(RequestWriteOff, { reason: 'Cannot be traced.' }).records([WriteOffRequested, { amountPence: 26_825 }]);
    await owing.when(RequestWriteOff, { amountPence: 26_826, reason: 'x' }).refused('LED-9', 'amountPence');
    await given(RentAccount, opened).when(RequestWriteOff, { reason: 'x' }).refused('LED-9', 'amountPence');
    await asked.when(RequestWriteOff, { reason: 'x' }).refused('DUPLICATE');
  });
  it('is decided by somebody else', async () => {
    await asked.as('manager', 'priya').when(ApproveWriteOff, { writeOffId }).records([RentWrittenOff, { writeOffId, amountPence: 26_825, on: '2026-09-02' }]);
    await asked.as('manager', 'femi').when(ApproveWriteOff).refused('SOD');
    await asked.as('manager', 'femi').when(RejectWriteOff, { reason: 'x' }).refused('SOD');
    await asked.as('manager', 'priya').when(RejectWriteOff, { reason: 'They pay.' }).records([WriteOffRejected, { writeOffId }]);
    await owing.when(ApproveWriteOff).refused('GEN-1', 'writeOffId');
    await given(RentAccount, opened, charged, requested(), writtenOff(26_825)).when(ApproveWriteOff, { writeOffId }).refused('STATE', 'writeOffId');
  });
  it('LED-9: is not approved beyond what is owed by then', () =>
    given(RentAccount, opened, charged, requested(), paid(1)).as('manager', 'priya').when(ApproveWriteOff).refused('LED-9'));
  it('stands in the ledger, and meets the demands', () => {
    const account = stateOf(RentAccount, [opened, charged, requested(), writtenOff(26_825)]);
    expect(account).toMatchObject({ balancePence: 0, collectablePence: 0, writeOffs: [{ status: 'approved', requestedBy: someId('femi'), decidedBy: someId('priya') }] });
    expect(account.payments[0]).toMatchObject({ outstandingBalancePence: 0, paymentStatus: 'cancelled', writtenOff: LICENCE });
    expect(account.ledger.at(-1)).toMatchObject({ lineType: 'write_off', amountPence: -26_825, balancePence: 0, reason: 'Cannot be traced.' });
  });
});

describe('credit', () => {
  it('LED-10: is paid out up to what there is, and nothing that Housing Benefit overpaid', async () => {
    const account = given(RentAccount, opened, charged, paid(30_000));
    await account.when(RefundCredit, { amountPence: 3_175 }).records([RentCreditRefunded, { amountPence: 3_175, on: '2026-09-02' }]);
    await account.when(RefundCredit, { amountPence: 3_176 }).refused('LED-10', 'amountPence');
    await account.when(RefundCredit, { amountPence: 1, on: '2026-09-03' }).refused('GEN-3', 'on');
    await given(RentAccount, opened, paid(30_000, 'hb')).when(RefundCredit, { amountPence: 1 }).refused('LED-10', 'amountPence');
  });
  it('that was paid out is no credit any more, and its payment is none that could be reversed (RNT-4)', async () => {
    const history = [opened, charged, paid(30_000), happened(RentCreditRefunded, { amountPence: 3_175, on: '2026-09-02' })];
    const account = stateOf(RentAccount, history);
    expect(account).toMatchObject({ balancePence: 0, receipts: [{ unallocatedPence: 0, returnedPence: 3_175 }] });
    await given(RentAccount, ...history).when(ReversePayment, { receiptId: someId('resident 30000'), reason: 'x' }).refused('RNT-4', 'receiptId');
  });
});

describe('closing an account', () => {
  it('LED-7: waits for the end of the stay and the last charge', async () => {
    await given(RentAccount, opened, charged).when(CloseRentAccount).refused('LED-7');
    await given(RentAccount, opened, set, ended).when(CloseRentAccount).refused('LED-7');
    await given(RentAccount, opened, set, charged, ended).when(CloseRentAccount).records([RentAccountClosed, { finalBalancePence: 26_825 }]);
  });
  it('keeps the balance, which is still paid or written off, and nothing more is charged', async () => {
    const closed = given(RentAccount, opened, set, charged, ended, happened(RentAccountClosed, { finalBalancePence: 26_825 }));
    await closed.when(CloseRentAccount).recordsNothing();
    await closed.when(RecordPayment, { amountPence: 1, method: 'card' }).records(RentPaymentReceived);
    await closed.when(RequestWriteOff, { reason: 'x' }).records(WriteOffRequested);
    const account = stateOf(RentAccount, [opened, set, charged, ended, happened(RentAccountClosed, { finalBalancePence: 26_825 })]);
    expect(account).toMatchObject({ status: 'closed', balancePence: 26_825, finalBalancePence: 26_825, closedOn: '2026-09-02' });
  });
});

describe('cash', () => {
  it('RNT-6: over fifty pounds has a receipt number and two signatures', async () => {
    const account = given(RentAccount, opened);
    const cash = { amountPence: 5_001, method: 'cash' as const };
    await account.when(RecordPayment, { amountPence: 5_000, method: 'cash' }).records(RentPaymentReceived);
    await account.when(RecordPayment, cash).refused('RNT-6', 'receiptNumber');
    await account.when(RecordPayment, { ...cash, receiptNumber: '17', firstSignature: 'Kofi' }).refused('RNT-6', 'secondSignature');
    await account.when(RecordPayment, { ...cash, receiptNumber: '17', firstSignature: 'Kofi', secondSignature: 'kofi' }).refused('RNT-6', 'secondSignature');
    await account.when(RecordPayment, { ...cash, receiptNumber: '17', firstSignature: 'Kofi', secondSignature: 'Priya' })
      .records([RentPaymentReceived, { receiptNumber: '17', firstSignature: 'Kofi', secondSignature: 'Priya' }]);
    await account.when(RecordPayment, { ...cash, method: 'card' }).records(RentPaymentReceived);
  });
});

describe('what always holds', () => {
  it('demands, credit, what is written off and the ledger agree, whatever is paid, written off, paid out or adjusted', () => {
    const step = fc.record({ kind: fc.constantFrom('charge', 'pay', 'hb', 'write-off', 'refund', 'adjust'), pence: fc.integer({ min: 1, max: 30_000 }) });
    fc.assert(fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const events: Happened[] = [opened];
      steps.forEach(({ kind, pence }, at) => {
        const account = stateOf(RentAccount, events);
        const credit = Math.min(-account.balancePence, account.receipts.reduce((sum, one) => sum + (one.payer === 'hb' ? 0 : one.unallocatedPence), 0));
        const [first] = account.payments;
        if (kind === 'charge') events.push(happened(RentCharged, { chargeId: someId(`week ${at}`), from: '2026-08-31', to: '2026-09-07', nights: 7, components: weekly(pence, 50, 10), totalPence: pence + 60 }));
        if (kind === 'pay' || kind === 'hb') events.push(happened(RentPaymentReceived, { receiptId: someId(`receipt ${at}`), payer: kind === 'hb' ? 'hb' : 'resident', amountPence: pence, on: '2026-09-01', method: 'card' }));
        if (kind === 'write-off' && account.balancePence > 0) events.push(happened(RentWrittenOff, { writeOffId, amountPence: Math.min(pence, account.balancePence), on: '2026-09-02' }));
        if (kind === 'refund' && credit > 0) events.push(happened(RentCreditRefunded, { amountPence: Math.min(pence, credit), on: '2026-09-02' }));
        if (kind === 'adjust' && first) events.push(happened(RentAdjusted, { chargeId: first.id, delta: weekly(-Math.min(pence, first.components.corePence), 0, 0), cause: 'by_hand', reason: 'x' }));
      });
      const account = stateOf(RentAccount, events);
      const owed = account.payments.reduce((sum, one) => sum + one.outstandingBalancePence, 0);
      const credit = account.receipts.reduce((sum, one) => sum + one.unallocatedPence, 0);
      expect(owed - credit - account.writeOffCreditPence).toBe(account.balancePence);
      expect(account.ledger.reduce((sum, one) => sum + one.amountPence, 0)).toBe(account.balancePence);
      for (const { components, paid: parts, writtenOff: off, outstandingBalancePence } of account.payments) {
        expect(outstandingBalancePence).toBeGreaterThanOrEqual(0);
        for (const one of COMPONENTS) expect(parts[one] + (off?.[one] ?? 0)).toBeLessThanOrEqual(components[one]);
      }
    }), { numRuns: 300 });
  });
});
