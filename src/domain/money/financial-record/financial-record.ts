import { Entity, factsOf, State, type RegisterEntry } from '../../../kernel/entity.js';
import { DomainEvent, EventOf, eventWith, type Recorded } from '../../../kernel/event.js';
import { Choice, CivilDate, Group, Int, Pence, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';
import { Deadline } from '../../deadline.js';
import { BOOKS_REGISTER } from '../books-register.js';
import { startOfFinancialYear } from '../financial-year.js';
import './financial-record.rules.js';

type Of<T> = T[keyof T];

/** `rent` comes from the rent accounts alone, as do expenses that are rent written off; all others are entered here. */
export const RecordType = { income: 'income', expense: 'expense', budget: 'budget', rent: 'rent', deposit: 'deposit' } as const;
export const EnteredType = { income: 'income', expense: 'expense', deposit: 'deposit' } as const;
export const FinancialRecordStatus = { pending: 'pending', paid: 'paid', overdue: 'overdue', reversed: 'reversed' } as const;
/** Whether a budget is the whole organisation's or one property's. */
export const BudgetScope = { organization: 'organization', property: 'property' } as const;

/** What was received, spent or held, and for what. */
export class FinancialEntryFacts {
  @Choice(open, 'EnteredType', EnteredType) recordType!: Of<typeof EnteredType>;
  @Text(open, { max: 50, doc: 'A word for what it is for, such as petty_cash or repairs' }) category!: string;
  @Pence(pseudonymous, { min: 1, code: 'FIN-1', decimal: 'amount' }) amountPence!: number;
  @CivilDate(pseudonymous, { doc: 'The day to which it belongs' }) date!: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The last day on which it is paid in time' }) dueDate?: string;
  @Ref(open, 'properties', { optional: true }) propertyId?: string;
  @Ref(pseudonymous, 'residents', { optional: true }) residentId?: string;
  @Text(personal('finance'), { optional: true, max: 2000 }) description?: string;
  @Text(open, { optional: true, max: 36, doc: 'Id of the document that shows it' }) evidenceDocumentId?: string;
}

@Entity('financial_records', 'An entry in the books: what was received, spent, held or is planned, entered by people or told by a rent account.', {
  category: 'financialRecord',
  reference: { prefix: 'FIN', digits: 6 },
  subject: 'residentId',
})
export class FinancialRecord extends State {
  @Choice(open, 'RecordType', RecordType) recordType!: Of<typeof RecordType>;
  @Text(open, { max: 50, doc: 'What it is for' }) category!: string;
  @Pence(pseudonymous, { decimal: 'amount' }) amountPence!: number;
  @Text(personal('finance'), { optional: true, max: 2000 }) description?: string;
  @CivilDate(pseudonymous, { doc: 'The day on which it stands in the books' }) date!: string;
  @CivilDate(pseudonymous, { optional: true }) dueDate?: string;
  @CivilDate(pseudonymous, { optional: true }) paidDate?: string;
  @Choice(pseudonymous, 'FinancialRecordStatus', FinancialRecordStatus) status!: Of<typeof FinancialRecordStatus>;
  @Ref(open, 'properties', { optional: true }) propertyId?: string;
  @Ref(pseudonymous, 'residents', { optional: true }) residentId?: string;
  @Text(open, { optional: true, max: 36, doc: 'Id of the document that shows it' }) evidenceDocumentId?: string;
  @Text(personal('finance'), { optional: true, max: 100, doc: 'Reference of the payment' }) paymentReference?: string;
  @Ref(open, 'users', { optional: true }) recordedBy?: string;
  @Ref(open, 'users', { optional: true }) approvedBy?: string;
  @Text(personal('finance'), { optional: true, max: 1000 }) reversalReason?: string;
  @Text(open, { optional: true, max: 36, doc: 'Id of the row that takes it back' }) reversedBy?: string;
  @Text(open, { optional: true, max: 36, doc: 'Id of the event that it comes from' }) sourceEventId?: string;
  @Int(open, { optional: true, doc: 'Of a budget: the share of it, in percent, that people were told was used' }) budgetToldPercent?: number;

  /** A budget that stands, so that there is one of its kind. */
  holds(): RegisterEntry[] {
    if (this.recordType !== 'budget' || this.status === 'reversed') return [];
    const key = [this.date.slice(0, 4), this.propertyId ?? '', this.category].join('|');
    return [{ register: BOOKS_REGISTER, owner: this.organizationId, kind: 'budget', key }];
  }
}

/** Somebody entered what was received, spent or is held. */
@EventOf(FinancialRecord, 'FinancialEntryRecorded', 1, { to: 'pending' })
export class FinancialEntryRecorded extends eventWith(FinancialRecord, FinancialEntryFacts) {
  @Group(pseudonymous, () => Deadline, { optional: true }) due?: Deadline;
  override apply(record: FinancialRecord, { actorId, eventId }: Recorded): void {
    Object.assign(record, factsOf(this, FinancialEntryFacts), { recordedBy: actorId, sourceEventId: eventId });
  }
}

/** A year's budget was set. */
@EventOf(FinancialRecord, 'BudgetSet', 1, { to: 'pending' })
export class BudgetSet extends DomainEvent<FinancialRecord> {
  @Choice(open, 'BudgetScope', BudgetScope) scope!: Of<typeof BudgetScope>;
  @Text(open, { max: 7, doc: 'Financial year, such as 2026/27' }) year!: string;
  @Text(open, { max: 50 }) category!: string;
  @Pence(open, { min: 1 }) amountPence!: number;
  @Ref(open, 'properties', { optional: true }) propertyId?: string;
  apply(record: FinancialRecord, { actorId, eventId }: Recorded): void {
    const { category, amountPence, propertyId, year } = this;
    // A year that is none was refused; the fold takes whatever was recorded.
    const date = startOfFinancialYear(year) ?? `${year.slice(0, 4)}-04-01`;
    Object.assign(record, { recordType: 'budget', category, amountPence, propertyId, date, recordedBy: actorId, sourceEventId: eventId });
  }
}

/** So much of a budget is used that people are told, once for ever. */
@EventOf(FinancialRecord, 'BudgetThresholdReached', 1)
export class BudgetThresholdReached extends DomainEvent<FinancialRecord> {
  @Int(open, { doc: 'Share of the budget, in percent' }) percent!: number;
  @Pence(open, { doc: 'What is spent of it by then' }) spentPence!: number;
  @Pence(open) budgetPence!: number;
  apply(record: FinancialRecord): void {
    record.budgetToldPercent = this.percent;
  }
}

/** Somebody else agreed to it. */
@EventOf(FinancialRecord, 'FinancialEntryApproved', 1)
export class FinancialEntryApproved extends DomainEvent<FinancialRecord> {
  apply(record: FinancialRecord, { actorId }: Recorded): void {
    record.approvedBy = actorId;
  }
}

/** It was paid. */
@EventOf(FinancialRecord, 'FinancialEntryPaid', 1, { to: 'paid', deadlines: { met: ['FIN-DUE'], at: 'paidDate' } })
export class FinancialEntryPaid extends DomainEvent<FinancialRecord> {
  @CivilDate(pseudonymous) paidDate!: string;
  @Text(personal('finance'), { optional: true, max: 100 }) reference?: string;
  apply(record: FinancialRecord): void {
    record.paidDate = this.paidDate;
    record.paymentReference = this.reference;
  }
}

/** The day by which it was due is over, and it is not paid. */
@EventOf(FinancialRecord, 'FinancialEntryOverdue', 1, { to: 'overdue' })
export class FinancialEntryOverdue extends DomainEvent<FinancialRecord> {
  @CivilDate(pseudonymous) dueDate!: string;
  apply(): void {
    // The status says it.
  }
}

/** It was wrong: another row takes it back, and what is right is entered anew. */
@EventOf(FinancialRecord, 'FinancialEntryReversed', 1, { to: 'reversed', deadlines: { waived: ['FIN-DUE'] } })
export class FinancialEntryReversed extends DomainEvent<FinancialRecord> {
  @Text(personal('finance'), { max: 1000 }) reason!: string;
  @Text(open, { max: 36, doc: 'Id of the row that takes it back' }) reversingEntryId!: string;
  apply(record: FinancialRecord): void {
    record.reversalReason = this.reason;
    record.reversedBy = this.reversingEntryId;
  }
}
