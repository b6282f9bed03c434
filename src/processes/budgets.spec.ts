import { describe, expect, it } from '@jest/globals';
import { happened, ORGANIZATION, someId, stateOf } from '../../test/support/given.js';
import '../domain/money/index.js';
import { RentAccount, RentAccountOpened } from '../domain/money/rent-account/rent-account.js';
import type { DecodedEvent } from '../privacy/codec.js';
import { budgets, type Spending } from './budgets.js';
import type { ProcessCommand, ProcessContext } from './engine/process.js';

const [house, account] = [someId('house'), someId('RentAccount')];
const opened = happened(RentAccountOpened, { residentId: someId('jordan'), propertyId: house, agreementId: someId('agreement'), paymentReference: 'R123' });

/** What is asked after an event, and what is sent where two budgets are concerned. */
async function told(type: string, event: object): Promise<{ asked: Spending[]; sent: ProcessCommand[] }> {
  const [asked, sent]: [Spending[], ProcessCommand[]] = [[], []];
  const process = budgets((organizationId, spending, position) => {
    expect([organizationId, position]).toEqual([ORGANIZATION, 9]);
    asked.push(spending);
    return Promise.resolve([{ budgetId: 'ours', spentPence: 700 }, { budgetId: 'theirs', spentPence: 0 }]);
  });
  const context = {
    organizationId: ORGANIZATION, find: () => Promise.resolve(stateOf(RentAccount, [opened])), send: (command: ProcessCommand) => Promise.resolve(void sent.push(command)),
  } as unknown as ProcessContext;
  await process.react({ declaration: { type }, event, stored: { stream: `rentAccount-${account}`, position: 9 } } as unknown as DecodedEvent, context);
  return { asked, sent };
}

describe('the process of budgets', () => {
  it('tells each budget what is spent of it when something is', async () => {
    const { asked, sent } = await told('FinancialEntryRecorded', { recordType: 'expense', category: 'repairs', date: '2027-03-31', propertyId: house });
    expect(asked).toEqual([{ category: 'repairs', date: '2027-03-31', propertyId: house }]);
    expect(sent).toEqual([
      { step: 'use|ours', command: 'ReportBudgetUse', id: 'ours', body: { spentPence: 700 } },
      { step: 'use|theirs', command: 'ReportBudgetUse', id: 'theirs', body: { spentPence: 0 } },
    ]);
  });
  it('looks at what was spent already when a budget is set, and at rent that is written off', async () => {
    expect((await told('BudgetSet', { category: 'food', year: '2026/27' })).asked).toEqual([{ category: 'food', date: '2026-04-01' }]);
    expect((await told('RentWrittenOff', { on: '2026-09-02' })).asked).toEqual([{ category: 'rent_write_off', date: '2026-09-02', propertyId: house }]);
  });
  it('has nothing to do with what comes in', async () => {
    for (const recordType of ['income', 'deposit']) expect(await told('FinancialEntryRecorded', { recordType, category: 'repairs', date: '2026-09-02' })).toEqual({ asked: [], sent: [] });
  });
});
