import { CommandOf, type Context, DomainCommand } from '../../../kernel/command.js';
import { Entity, State, type RegisterEntry } from '../../../kernel/entity.js';
import { DomainEvent, EventOf, type Recorded } from '../../../kernel/event.js';
import { Choice, CivilDate, Instant, Ref, Text } from '../../../kernel/fields.js';
import { open } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { isCivilDate, plusDays } from '../../../kernel/values.js';
import { BOOKS_REGISTER } from '../books-register.js';

type Of<T> = T[keyof T];
export const FinancialPeriodStatus = { closed: 'closed' } as const;

@Entity('financial_periods', 'A month whose books are closed: nothing is entered into it any more.', { category: 'financialPeriod' })
export class FinancialPeriod extends State {
  @Text(open, { max: 7, doc: 'The month, such as 2026-09' }) period!: string;
  @CivilDate(open) fromDate!: string;
  @CivilDate(open, { doc: 'Its last day' }) toDate!: string;
  @Choice(open, 'FinancialPeriodStatus', FinancialPeriodStatus) status!: Of<typeof FinancialPeriodStatus>;
  @Instant(open) closedAt!: string;
  @Ref(open, 'users') closedBy!: string;

  holds(): RegisterEntry[] {
    return this.period ? [{ register: BOOKS_REGISTER, owner: this.organizationId, kind: 'closed', key: this.period }] : [];
  }
}

/** The books of a month were closed. */
@EventOf(FinancialPeriod, 'FinancialPeriodClosed', 1, { to: 'closed' })
export class FinancialPeriodClosed extends DomainEvent<FinancialPeriod> {
  @Text(open, { max: 7 }) period!: string;
  @CivilDate(open) fromDate!: string;
  @CivilDate(open) toDate!: string;
  apply(period: FinancialPeriod, { recordedAt, actorId }: Recorded): void {
    Object.assign(period, { period: this.period, fromDate: this.fromDate, toDate: this.toDate, closedAt: recordedAt, closedBy: actorId });
  }
}

@CommandOf(FinancialPeriod, { permission: 'financial_periods:close', doc: 'Closes the books of a month that is over.', creates: true, plain: true })
export class CloseFinancialPeriod extends DomainCommand<FinancialPeriod> {
  @Text(open, { max: 7, pattern: /^20\d{2}-\d{2}$/, doc: 'The month, such as 2026-09' }) period!: string;
  decide(_: FinancialPeriod, { today }: Context) {
    const fromDate = `${this.period}-01`;
    if (!isCivilDate(fromDate)) throw new Refusal('VALIDATION', 'There is no such month.', { field: 'period' });
    rule('FIN-3', 'This month is not over yet.', this.period < today.slice(0, 7), 'period');
    return FinancialPeriodClosed.of({ period: this.period, fromDate, toDate: lastDayOf(fromDate) });
  }
}

function lastDayOf(first: string): string {
  const next = plusDays(first, 31);
  return plusDays(next, -Number(next.slice(8)));
}
