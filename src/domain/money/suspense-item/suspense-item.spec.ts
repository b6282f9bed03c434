import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { given, happened, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import { RentAccount, RentAccountOpened, RentPaymentReceived, RentPaymentReversed } from '../rent-account/rent-account.js';
import {
  ApproveResolution, CreateSuspenseItem, KeepInSuspense, ProposeResolution, ProposeReturn, RejectResolution, SuspendReceipt,
} from './suspense-item-commands.js';
import {
  SuspenseItem, SuspenseItemCreated, SuspensePostingRefused, SuspenseResolutionProposed, SuspenseResolutionRejected, SuspenseResolved, SuspenseReturned, SuspenseReturnProposed,
} from './suspense-item.js';

const rentAccountId = someId('account');
const facts = { amountPence: 4_500, on: '2026-08-26', source: 'housing_benefit_file', method: 'housing_benefit', payer: 'hb', paymentReference: 'R0UNKNOWN', externalRef: 'HB 77' } as const;
const created = happened(SuspenseItemCreated, facts, { by: 'system' });
const proposed = happened(SuspenseResolutionProposed, { rentAccountId, reason: 'The claimant rang.' }, { by: 'femi' });
const returning = happened(SuspenseReturnProposed, { reason: 'Nobody of ours.' }, { by: 'femi' });
const rejected = happened(SuspenseResolutionRejected, { reason: 'That is another claim.' }, { by: 'priya' });

const opened = happened(RentAccountOpened, { residentId: someId('jordan'), propertyId: someId('house'), agreementId: someId('agreement'), paymentReference: 'R123' });
const receipt = (change: Partial<RentPaymentReceived> = {}): Happened =>
  happened(RentPaymentReceived, { receiptId: someId('receipt'), amountPence: 4_500, on: '2026-08-26', method: 'housing_benefit', payer: 'hb', externalRef: 'HB 77', ...change });
const account = (...events: Happened[]): RentAccount => stateOf(RentAccount, [opened, ...events], rentAccountId);
const closed = (): RentAccount => Object.assign(account(), { status: 'closed' });

const item = (...history: Happened[]) => given(SuspenseItem, created, ...history).where('rent_accounts', rentAccountId, account());

describe('money in suspense', () => {
  it('comes by hand, today and from a resident unless it is said otherwise', async () => {
    await given(SuspenseItem).when(CreateSuspenseItem, { amountPence: 1_000, method: 'cash' })
      .records([SuspenseItemCreated, { amountPence: 1_000, on: '2026-09-02', source: 'manual', payer: 'resident' }]);
    await given(SuspenseItem).when(CreateSuspenseItem, { amountPence: 1_000, method: 'bank_transfer', payer: 'la', on: '2026-02-28' })
      .records([SuspenseItemCreated, { on: '2026-02-28', payer: 'la' }]);
  });

  it('comes out of a file with all that the file says', async () => {
    await given(SuspenseItem).where('import_batches', someId('batch'), account()).when(SuspendReceipt, { ...facts, importBatchId: someId('batch'), line: 7 })
      .records([SuspenseItemCreated, { ...facts, importBatchId: someId('batch'), line: 7 }]);
  });

  it('has come already', async () => {
    await given(SuspenseItem).when(CreateSuspenseItem, { amountPence: 1, method: 'cash', on: '2026-09-03' }).refused('GEN-3', 'on');
    await given(SuspenseItem).when(SuspendReceipt, { ...facts, on: '2026-09-03' }).refused('GEN-3', 'on');
  });

  it('is posted once somebody says for whom it is, and somebody else agrees', async () => {
    await item().when(ProposeResolution, { rentAccountId, reason: 'The claimant rang.' }).records([SuspenseResolutionProposed, { rentAccountId }]);
    await item(proposed).as('finance', 'femi').when(ApproveResolution).refused('SOD');
    await item(proposed).as('manager', 'priya').when(ApproveResolution).records([SuspenseResolved, { rentAccountId }]);
    const after = stateOf(SuspenseItem, [created, proposed, happened(SuspenseResolved, { rentAccountId }, { by: 'priya', at: '2026-09-30T23:30:00.000Z' })]);
    expect(after).toMatchObject({ status: 'resolved', rentAccountId, proposedBy: someId('femi'), approvedBy: someId('priya'), settledOn: '2026-10-01', receivedOn: '2026-08-26' });
  });

  it('goes back to who paid it, on the same terms', async () => {
    await item().when(ProposeReturn, { reason: 'Nobody of ours.' }).records(SuspenseReturnProposed);
    await item(returning).as('finance', 'femi').when(ApproveResolution).refused('SOD');
    await item(returning).as('manager', 'priya').when(ApproveResolution).records(SuspenseReturned);
  });

  it('waits again when nobody agrees; whoever rejects may propose another way', async () => {
    await item(proposed).when(RejectResolution, { reason: 'That is another claim.' }).records(SuspenseResolutionRejected);
    const after = stateOf(SuspenseItem, [created, proposed, rejected]);
    expect(after).toMatchObject({ status: 'open', rejectionReason: 'That is another claim.' });
    expect([after.proposal, after.rentAccountId, after.proposedBy]).toEqual([undefined, undefined, undefined]);
    await item(proposed, rejected, happened(SuspenseReturnProposed, { reason: 'Back.' }, { by: 'priya' })).as('finance', 'femi').when(ApproveResolution).records(SuspenseReturned);
  });

  it('waits again where the account refuses it after it was agreed to, and may be proposed anew', async () => {
    const resolved = happened(SuspenseResolved, { rentAccountId }, { by: 'priya' });
    await item(proposed, resolved).as('system').when(KeepInSuspense, { code: 'RNT-5' }).records([SuspensePostingRefused, { code: 'RNT-5' }]);
    for (const history of [[], [proposed], [returning, happened(SuspenseReturned)]]) await item(...history).as('system').when(KeepInSuspense, { code: 'RNT-5' }).refused('STATE');
    const refused = happened(SuspensePostingRefused, { code: 'RNT-5' });
    const after = stateOf(SuspenseItem, [created, proposed, resolved, refused]);
    expect(after).toMatchObject({ status: 'open', postingRefusedBy: 'RNT-5', amountPence: 4_500, receivedOn: '2026-08-26' });
    expect([after.rentAccountId, after.proposedBy, after.approvedBy, after.settledOn]).toEqual([undefined, undefined, undefined, undefined]);
    await item(proposed, resolved, refused).when(ProposeReturn, { reason: 'Nobody of ours.' }).records(SuspenseReturnProposed);
    expect(stateOf(SuspenseItem, [created, proposed, resolved, refused, proposed]).postingRefusedBy).toBeUndefined();
  });

  it('is proposed for while it waits, and agreed to while it is proposed', async () => {
    for (const history of [[proposed], [proposed, happened(SuspenseResolved, { rentAccountId })], [returning, happened(SuspenseReturned)]]) {
      await item(...history).when(ProposeResolution, { rentAccountId }).refused('STATE');
      await item(...history).when(ProposeReturn, { reason: 'x' }).refused('STATE');
    }
    for (const history of [[], [proposed, rejected], [proposed, happened(SuspenseResolved, { rentAccountId })], [returning, happened(SuspenseReturned)]]) {
      await item(...history).as('manager', 'priya').when(ApproveResolution).refused('STATE');
      await item(...history).when(RejectResolution, { reason: 'x' }).refused('STATE');
    }
  });

  it('SUS-1: is for an account of the organisation that is not closed or on which something is owed, when it is proposed and when it is agreed', async () => {
    await given(SuspenseItem, created).when(ProposeResolution, { rentAccountId }).refused('GEN-1', 'rentAccountId');
    await item().where('rent_accounts', rentAccountId, closed()).when(ProposeResolution, { rentAccountId }).refused('SUS-1', 'rentAccountId');
    await item(proposed).where('rent_accounts', rentAccountId, closed()).as('manager', 'priya').when(ApproveResolution).refused('SUS-1');
    const owing = Object.assign(closed(), { balancePence: 1 });
    await item().where('rent_accounts', rentAccountId, owing).when(ProposeResolution, { rentAccountId }).records(SuspenseResolutionProposed);
    await item(proposed).where('rent_accounts', rentAccountId, owing).as('manager', 'priya').when(ApproveResolution).records(SuspenseResolved);
  });

  it('RNT-5: is not posted where the account has it already', async () => {
    const approved = (...events: Happened[]) => item(proposed).where('rent_accounts', rentAccountId, account(...events)).as('manager', 'priya').when(ApproveResolution);
    await approved(receipt()).refused('RNT-5');
    for (const other of [{ amountPence: 4_501 }, { on: '2026-08-27' }, { externalRef: 'HB 78' }]) await approved(receipt(other)).records(SuspenseResolved);
    await approved(receipt(), happened(RentPaymentReversed, { receiptId: someId('receipt'), reason: 'x' })).records(SuspenseResolved);
  });

  it('never is settled by one person, whatever they try in whatever order', async () => {
    const step = fc.record({ who: fc.constantFrom('femi', 'priya', 'kofi'), what: fc.constantFrom('post', 'return', 'reject', 'approve') });
    const commands = { post: ProposeResolution, return: ProposeReturn, reject: RejectResolution, approve: ApproveResolution } as const;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const history: Happened[] = [created];
        for (const { who, what } of steps) {
          const events = await given(SuspenseItem, ...history).where('rent_accounts', rentAccountId, account()).as('finance', who)
            .when(commands[what] as never, { rentAccountId, reason: 'because' } as never).events().catch(() => []);
          history.push(...events.map((event) => ({ event: event as never, by: who })));
        }
        const after = stateOf(SuspenseItem, history);
        if (after.status === 'resolved' || after.status === 'returned') expect(after.approvedBy).not.toBe(after.proposedBy);
        expect(history.filter(({ event }) => (event as object) instanceof SuspenseResolved || (event as object) instanceof SuspenseReturned).length).toBeLessThanOrEqual(1);
        expect(after).toMatchObject({ amountPence: 4_500, receivedOn: '2026-08-26' });
      }),
      { numRuns: 60 },
    );
  });
});
