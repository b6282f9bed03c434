import type { BudgetSet, FinancialEntryRecorded } from '../domain/money/financial-record/financial-record.js';
import { startOfFinancialYear } from '../domain/money/financial-year.js';
import type { RentAccount } from '../domain/money/rent-account/rent-account.js';
import type { RentWrittenOff } from '../domain/money/rent-account/settlement-events.js';
import { idIn } from '../kernel/entity.js';
import type { DecodedEvent } from '../privacy/codec.js';
import type { Process, ProcessContext } from './engine/process.js';

/** What something was spent on: in which financial year by its day, and where. */
export interface Spending {
  readonly category: string;
  readonly date: string;
  readonly propertyId?: string;
}
/** Standing budgets that a spending belongs to, and what is spent of each, by the read tables once they contain the log up to a position. */
export type BudgetUse = (organizationId: string, spending: Spending, position: number) => Promise<readonly { budgetId: string; spentPence: number }[]>;

/** Category of rent that is written off, as the books have it. */
const WRITTEN_OFF = 'rent_write_off';

/** What an event is about; undefined where nothing is spent by it. */
async function spendingOf({ declaration: { type }, event, stored }: DecodedEvent, context: ProcessContext): Promise<Spending | undefined> {
  const of = (category: string, date: string, propertyId: string | undefined): Spending => ({ category, date, ...(propertyId ? { propertyId } : {}) });
  if (type === 'BudgetSet') {
    const { category, year, propertyId } = event as unknown as BudgetSet;
    return of(category, startOfFinancialYear(year) ?? '', propertyId);
  }
  if (type === 'RentWrittenOff') {
    const { on } = event as unknown as RentWrittenOff;
    return of(WRITTEN_OFF, on, (await context.find<RentAccount>('rent_accounts', idIn(stored.stream)))?.propertyId);
  }
  const { recordType, category, date, propertyId } = event as unknown as FinancialEntryRecorded;
  return recordType === 'expense' ? of(category, date, propertyId) : undefined;
}

/** Tells budgets what is spent of them whenever something is, or one is set; each decides whether people are to know. */
export const budgets = (use: BudgetUse): Process => ({
  name: 'budgets',
  doc: 'Looks how much of a budget is used when something is spent, so that people are told at 80 and at 100 percent.',
  on: ['FinancialEntryRecorded', 'BudgetSet', 'RentWrittenOff'],
  async react(decoded, context) {
    const spending = await spendingOf(decoded, context);
    if (!spending) return;
    for (const { budgetId, spentPence } of await use(context.organizationId, spending, decoded.stored.position)) {
      await context.send({ step: `use|${budgetId}`, command: 'ReportBudgetUse', id: budgetId, body: { spentPence } });
    }
  },
});
