import { describe, expect, it } from '@jest/globals';
import { ORGANIZATION, someId } from '../../test/support/given.js';
import type { DecodedEvent } from '../privacy/codec.js';
import { budgets } from './budgets.js';
import type { ProcessCommand, ProcessContext } from './engine/process.js';

const [record, account, posting] = [someId('record'), someId('RentAccount'), someId('posting')];

/** Of which rows of the books it is asked after an event, and what is sent where two budgets are concerned. */
async function told(type: string, stream: string, event: object = {}): Promise<{ asked: string[]; sent: ProcessCommand[] }> {
  const [asked, sent]: [string[], ProcessCommand[]] = [[], []];
  const process = budgets((organizationId, recordId, position) => {
    expect([organizationId, position]).toEqual([ORGANIZATION, 9]);
    asked.push(recordId);
    return Promise.resolve([{ budgetId: 'ours', spentPence: 700 }, { budgetId: 'theirs', spentPence: 0 }]);
  });
  const context = { organizationId: ORGANIZATION, send: (command: ProcessCommand) => Promise.resolve(void sent.push(command)) } as unknown as ProcessContext;
  await process.react({ declaration: { type }, event, stored: { id: posting, stream, position: 9 } } as unknown as DecodedEvent, context);
  return { asked, sent };
}

describe('the process of budgets', () => {
  it('tells each budget what is spent of it when something is', async () => {
    const { asked, sent } = await told('FinancialEntryRecorded', `financialRecord-${record}`, { recordType: 'expense' });
    expect(asked).toEqual([record]);
    expect(sent).toEqual([
      { step: 'use|ours', command: 'ReportBudgetUse', id: 'ours', body: { spentPence: 700 } },
      { step: 'use|theirs', command: 'ReportBudgetUse', id: 'theirs', body: { spentPence: 0 } },
    ]);
  });
  it('looks at what was spent already when a budget is set, and at rent that is written off by its row in the books, not by its own day', async () => {
    expect((await told('BudgetSet', `financialRecord-${record}`, { category: 'food', year: '2026/27' })).asked).toEqual([record]);
    expect((await told('RentWrittenOff', `rentAccount-${account}`, { on: '2026-09-02' })).asked).toEqual([posting]);
  });
  it('has nothing to do with what comes in', async () => {
    for (const recordType of ['income', 'deposit']) expect(await told('FinancialEntryRecorded', `financialRecord-${record}`, { recordType })).toEqual({ asked: [], sent: [] });
  });
});
