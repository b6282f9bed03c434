import { CommandOf, commandWith, type Context, DomainCommand } from '../../../kernel/command.js';
import { factsOf } from '../../../kernel/entity.js';
import { CivilDate, Pence, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { londonDate, plusDays, UUID } from '../../../kernel/values.js';
import { deadlineMissed, onDay } from '../../deadline.js';
import { pastDay } from '../../past-day.js';
import { policy } from '../../policies.js';
import { BOOKS_REGISTER, isClosed } from '../books-register.js';
import { startOfFinancialYear } from '../financial-year.js';
import {
  BudgetSet, BudgetThresholdReached, FinancialEntryApproved, FinancialEntryFacts, FinancialEntryOverdue, FinancialEntryPaid, FinancialEntryRecorded, FinancialEntryReversed,
  FinancialRecord,
} from './financial-record.js';

const standing = ['pending', 'overdue'];
/** A word for a category: `Petty cash` is `petty_cash`. */
const categoryWord = { max: 50, pattern: /^[a-z][a-z0-9_]{0,49}$/, normalise: (text: string): string => text.toLowerCase().replaceAll(/[\s-]+/g, '_') };

@CommandOf(FinancialRecord, {
  permission: 'financial_records:record',
  doc: 'Enters what was received, spent or is held. Rent is not entered: the rent accounts tell it.',
  creates: true,
  plain: true,
  effective: 'date',
})
export class RecordFinancialEntry extends commandWith(FinancialRecord, FinancialEntryFacts) {
  @Text(open, { ...categoryWord, doc: 'A word for what it is for, such as petty_cash or repairs' }) override category!: string;
  @Text(open, { optional: true, max: 36, pattern: UUID, doc: 'Id of the document that shows it' }) override evidenceDocumentId?: string;
  decide(_: FinancialRecord, context: Context) {
    const facts = factsOf(this, FinancialEntryFacts);
    const { amountPence, date, dueDate } = facts;
    rule('FIN-1', 'The amount is more than nothing.', amountPence > 0, 'amountPence');
    checkOpen(pastDay(date, context.today, 'date'), context);
    return FinancialEntryRecorded.of({ ...facts, ...(dueDate ? { due: onDay(context, 'FIN-DUE', dueDate) } : {}) });
  }
}

@CommandOf(FinancialRecord, { permission: 'financial_records:set-budget', doc: 'Sets what may be spent on something in a financial year.', creates: true })
export class SetBudget extends DomainCommand<FinancialRecord> {
  @Text(open, { max: 7, pattern: /^20\d{2}\/\d{2}$/, doc: 'Financial year, such as 2026/27' }) year!: string;
  @Text(open, categoryWord) category!: string;
  @Pence(open, { min: 1, code: 'FIN-1' }) amountPence!: number;
  @Ref(open, 'properties', { optional: true, doc: 'Of the whole organisation where it is left out' }) propertyId?: string;
  decide() {
    const { year, category, amountPence, propertyId } = this;
    rule('FIN-1', 'The amount is more than nothing.', amountPence > 0, 'amountPence');
    if (!startOfFinancialYear(year)) throw new Refusal('VALIDATION', 'A financial year is written 2026/27.', { field: 'year' });
    return BudgetSet.of({ scope: propertyId ? 'property' : 'organization', year, category, amountPence, propertyId });
  }
}

/** Shares of a budget, in percent, of which people are told, the largest first. */
const TOLD_PERCENT = [100, 80];

/**
 * Tells of the largest share that is used and was not told of. What falls below it, because an entry is reversed, and rises
 * again is not told twice: a budget that is set anew is another one, and begins anew.
 */
@CommandOf(FinancialRecord, { internal: true, doc: 'Looks whether so much of a budget is used that people are told.' })
export class ReportBudgetUse extends DomainCommand<FinancialRecord> {
  @Pence(open, { doc: 'What is spent of it' }) spentPence!: number;
  decide({ recordType, status, amountPence: budgetPence, budgetToldPercent = 0 }: FinancialRecord) {
    const { spentPence } = this;
    if (recordType !== 'budget' || status === 'reversed') return [];
    const percent = TOLD_PERCENT.find((share) => spentPence * 100 >= budgetPence * share);
    return percent !== undefined && percent > budgetToldPercent ? BudgetThresholdReached.of({ percent, spentPence, budgetPence }) : [];
  }
}

@CommandOf(FinancialRecord, { permission: 'financial_records:approve', doc: 'Agrees to what somebody else entered.', from: standing, route: 'approve' })
export class ApproveEntry extends DomainCommand<FinancialRecord> {
  decide(record: FinancialRecord, { actor }: Context) {
    rule('FIN-4', 'You entered this: somebody else approves it.', record.recordedBy !== actor.id, undefined, 403);
    return record.approvedBy ? [] : FinancialEntryApproved.of({});
  }
}

@CommandOf(FinancialRecord, { permission: 'financial_records:mark-paid', doc: 'Records that it was paid.', from: standing, effective: 'paidDate', route: 'mark-paid' })
export class MarkEntryPaid extends DomainCommand<FinancialRecord> {
  @CivilDate(pseudonymous, { optional: true, doc: 'Today where it is left out' }) paidDate?: string;
  @Text(personal('finance'), { optional: true, max: 100, doc: 'Reference of the payment' }) reference?: string;
  decide(record: FinancialRecord, context: Context) {
    const paidDate = this.paidDate ?? context.today;
    rule('FIN-5', 'This day is still to come: say so when it is paid.', paidDate <= context.today, 'paidDate');
    if (record.recordType === 'budget') throw new Refusal('STATE', 'A budget is not paid: enter what is spent of it.', { status: 409 });
    const limit = policy(context, 'FIN-4.expense_pence');
    const needsApproval = record.recordType === 'expense' && record.amountPence > limit;
    rule('FIN-4', 'Somebody else than who entered it must approve an expense of this size first.', !needsApproval || record.approvedBy !== undefined);
    return FinancialEntryPaid.of({ paidDate, reference: this.reference || undefined });
  }
}

@CommandOf(FinancialRecord, { permission: 'financial_records:reverse', doc: 'Takes an entry back by another one, today; what is right is entered anew.', from: [...standing, 'paid'], route: 'reverse' })
export class ReverseEntry extends DomainCommand<FinancialRecord> {
  @Text(personal('finance'), { max: 1000 }) reason!: string;
  decide(_: FinancialRecord, context: Context) {
    return FinancialEntryReversed.of({ reason: this.reason, reversingEntryId: context.newId('reversal') });
  }
}

@CommandOf(FinancialRecord, { internal: true, doc: 'The day by which it was due is over.' })
export class ReportFinancialEntryOverdue extends deadlineMissed(FinancialRecord) {
  decide({ status, dueDate }: FinancialRecord) {
    const dueOn = plusDays(londonDate(this.dueAt), -1);
    return status === 'pending' && dueDate === dueOn ? FinancialEntryOverdue.of({ dueDate: dueOn }) : [];
  }
}

/** @throws Refusal FIN-3 where the month of a day is closed. */
function checkOpen(date: string, { held, actor }: Context): void {
  const open = !isClosed(held(BOOKS_REGISTER, actor.organizationId), date);
  rule('FIN-3', 'The books of this month are closed: enter it with a day of an open one.', open, 'date');
}
