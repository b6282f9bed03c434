import type { FinancialEntryRecorded } from '../domain/money/financial-record/financial-record.js';
import { idIn } from '../kernel/entity.js';
import type { DecodedEvent } from '../privacy/codec.js';
import type { Process } from './engine/process.js';

/**
 * Standing budgets that a row of the books belongs to, and what is spent of each, by the read tables once they contain the
 * log up to a position. The row says what it is for, where, and in which year it stands: of a month that was closed
 * meanwhile that is not the year of its own day (FIN-3).
 */
export type BudgetUse = (organizationId: string, recordId: string, position: number) => Promise<readonly { budgetId: string; spentPence: number }[]>;

/** The row of the books by which something is spent or planned; undefined where nothing is. */
function rowOf({ declaration: { type }, event, stored }: DecodedEvent): string | undefined {
  // What a rent account tells is a row for each of its events.
  if (type === 'RentWrittenOff') return stored.id;
  const isSpent = type === 'BudgetSet' || (event as unknown as FinancialEntryRecorded).recordType === 'expense';
  return isSpent ? idIn(stored.stream) : undefined;
}

/** Tells budgets what is spent of them whenever something is, or one is set; each decides whether people are to know. */
export const budgets = (use: BudgetUse): Process => ({
  name: 'budgets',
  doc: 'Looks how much of a budget is used when something is spent, so that people are told at 80 and at 100 percent.',
  on: ['FinancialEntryRecorded', 'BudgetSet', 'RentWrittenOff'],
  async react(decoded, context) {
    const recordId = rowOf(decoded);
    if (!recordId) return;
    for (const { budgetId, spentPence } of await use(context.organizationId, recordId, decoded.stored.position)) {
      await context.send({ step: `use|${budgetId}`, command: 'ReportBudgetUse', id: budgetId, body: { spentPence } });
    }
  },
});
