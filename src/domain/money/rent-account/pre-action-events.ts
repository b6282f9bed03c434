import { DomainEvent, EventOf, type Recorded } from '../../../kernel/event.js';
import { Choice, CivilDate, Flag, Group, Pence, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';
import { later } from '../../../kernel/values.js';
import { Deadline } from '../../deadline.js';
import { note } from './arrears-events.js';
import { FOR_HEARING, OfferedFrequency, QUARTERLY, StatementMethod } from './pre-action.js';
import { RentAccount } from './rent-account.js';
import { type Of, SIGNED } from './rent-account-children.js';

/** The resident is in arrears: a rent statement is sent every quarter (UK-T8). */
@EventOf(RentAccount, 'RentStatementDue', 1)
export class RentStatementDue extends DomainEvent<RentAccount> {
  @Group(pseudonymous, () => Deadline, { doc: 'By when it is sent' }) statement!: Deadline;
  apply(account: RentAccount): void {
    account.statementDueOn = this.statement.dueOn;
  }
}

/** The resident was sent what was charged and paid, and the balances before and after. */
@EventOf(RentAccount, 'RentStatementSent', 1, { deadlines: { met: [QUARTERLY], at: 'on' } })
export class RentStatementSent extends DomainEvent<RentAccount> {
  @CivilDate(pseudonymous) on!: string;
  @CivilDate(pseudonymous, { doc: 'The first day of the statement' }) from!: string;
  @CivilDate(pseudonymous, { doc: 'The last day of the statement' }) to!: string;
  @Choice(open, 'StatementMethod', StatementMethod) method!: Of<typeof StatementMethod>;
  @Pence(pseudonymous, { ...SIGNED, doc: 'The balance before the first day' }) openingBalancePence!: number;
  @Pence(pseudonymous, { ...SIGNED, doc: 'The balance at the end of the last day' }) closingBalancePence!: number;
  @Text(personal('finance'), { optional: true, max: 1000 }) notes?: string;
  @Group(pseudonymous, () => Deadline, { optional: true, doc: 'By when the next one is sent' }) next?: Deadline;
  apply(account: RentAccount, recorded: Recorded): void {
    const { on, to, next, notes } = this;
    Object.assign(account, { statementDueOn: next?.dueOn, statementSentOn: later(account.statementSentOn ?? '', on), statementTo: later(account.statementTo ?? '', to) });
    note(account, { action: 'rent_statement', takenOn: on, notes }, recorded);
  }
}
/** The statement was the one that is up to date for the hearing. */
@EventOf(RentAccount, 'HearingStatementSent', 1, { deadlines: { met: [FOR_HEARING], at: 'on' } })
export class HearingStatementSent extends DomainEvent<RentAccount> {
  @CivilDate(pseudonymous) on!: string;
  apply(account: RentAccount): void {
    account.hearingStatementDueOn = undefined;
  }
}
/** A statement was not sent by the day on which it was due. */
@EventOf(RentAccount, 'RentStatementOverdue', 1)
export class RentStatementOverdue extends DomainEvent<RentAccount> {
  @Flag(pseudonymous, { doc: 'Whether it is the one for the hearing' }) forHearing!: boolean;
  @CivilDate(pseudonymous) dueOn!: string;
  apply(account: RentAccount): void {
    account.statementsMissed = [...account.statementsMissed, missedAs(this.forHearing, this.dueOn)];
  }
}
/** The resident is in arrears no more, or has left: nobody is owed a statement. */
@EventOf(RentAccount, 'RentStatementWaived', 1, { deadlines: { waived: [QUARTERLY, FOR_HEARING] } })
export class RentStatementWaived extends DomainEvent<RentAccount> {
  apply(account: RentAccount): void {
    Object.assign(account, { statementDueOn: undefined, hearingStatementDueOn: undefined });
  }
}
/** How a missed statement is known again. */
export const missedAs = (forHearing: boolean, dueOn: string): string => `${forHearing ? FOR_HEARING : QUARTERLY} ${dueOn}`;

/** The resident was offered to pay the debt in instalments that they can afford. */
@EventOf(RentAccount, 'PaymentPlanOffered', 1)
export class PaymentPlanOffered extends DomainEvent<RentAccount> {
  @CivilDate(pseudonymous) on!: string;
  @Pence(pseudonymous, { min: 1 }) instalmentPence!: number;
  @Choice(open, 'OfferedFrequency', OfferedFrequency) frequency!: Of<typeof OfferedFrequency>;
  @Flag(pseudonymous, { doc: 'Whether it was worked out with them from what they earn and spend' }) affordabilityChecked!: boolean;
  @Text(personal('finance'), { optional: true, max: 1000 }) notes?: string;
  apply(account: RentAccount, recorded: Recorded): void {
    const { on, notes } = this;
    account.planOfferedOn = later(account.planOfferedOn ?? '', on);
    note(account, { action: 'plan_offered', takenOn: on, notes }, recorded);
  }
}

/** The court has said when it hears the claim. */
@EventOf(RentAccount, 'CourtHearingSet', 1)
export class CourtHearingSet extends DomainEvent<RentAccount> {
  @CivilDate(pseudonymous, { doc: 'The day of the hearing' }) on!: string;
  @Group(pseudonymous, () => Deadline, { optional: true, doc: 'By when the resident has a statement that is up to date' }) statement?: Deadline;
  apply(account: RentAccount): void {
    Object.assign(account, { courtHearingOn: this.on, hearingStatementDueOn: this.statement?.dueOn });
  }
}
