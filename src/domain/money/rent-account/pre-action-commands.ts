import { CommandOf, type Context, DomainCommand } from '../../../kernel/command.js';
import { Choice, CivilDate, Flag, Pence, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { later, londonDate, plusDays } from '../../../kernel/values.js';
import { type Deadline, deadlineMissed, inCalendarDays, onDay } from '../../deadline.js';
import { pastDay } from '../../past-day.js';
import { policy } from '../../policies.js';
import type { Agreement } from '../../tenancy/agreement/agreement.js';
import { FOR_HEARING, isOwedStatements, OfferedFrequency, QUARTERLY, statedFrom, StatementMethod } from './pre-action.js';
import {
  CourtHearingSet, HearingStatementSent, missedAs, PaymentPlanOffered, RentStatementDue, RentStatementOverdue, RentStatementSent, RentStatementWaived,
} from './pre-action-events.js';
import { RentAccount } from './rent-account.js';
import type { Of } from './rent-account-children.js';
import { rentStatement } from './rent-statement.js';

const owing = ['active', 'former'];
/** How old the last line of a statement may be when it is sent. */
const DAYS_OLD = 7;
const weeksOf = (context: Context): number => policy(context, 'UK-T8.weeks');

/** The protocol is about tenancies: for who lives under a licence the organisation follows it of itself. */
function basisOf({ agreementId }: RentAccount, { find }: Context): { readonly ruleBasis: 'statutory' | 'policy' } {
  const { agreementType } = find<Agreement>('tenancy_agreements', agreementId) ?? {};
  return { ruleBasis: agreementType === 'license' || agreementType === 'excluded_licence' ? 'policy' : 'statutory' };
}

/** By when the next statement is sent: a quarter after the last one, or after the arrears began. */
const quarterAfter = (account: RentAccount, context: Context, day: string): Deadline =>
  inCalendarDays(context, QUARTERLY, day, 7 * weeksOf(context), basisOf(account, context));

@CommandOf(RentAccount, { internal: true, doc: 'Begins to ask for rent statements where the resident is in arrears, and ends it where they are not.' })
export class FollowRentStatements extends DomainCommand<RentAccount> {
  decide(account: RentAccount, context: Context) {
    const weeks = weeksOf(context);
    const { statementDueOn, hearingStatementDueOn, statementSentOn } = account;
    if (!isOwedStatements(account, weeks)) return statementDueOn || hearingStatementDueOn ? RentStatementWaived.of({}) : [];
    if (statementDueOn) return [];
    const isFresh = statementSentOn !== undefined && plusDays(statementSentOn, 7 * weeks) > context.today;
    return RentStatementDue.of({ statement: quarterAfter(account, context, isFresh ? statementSentOn : context.today) });
  }
}

@CommandOf(RentAccount, {
  permission: 'rent_accounts:record-rent-statement-sent',
  doc: 'Records that the resident was sent a rent statement: what was charged and paid in the last 13 weeks, and the balances before and after.',
  from: owing,
  effective: 'on',
})
export class RecordRentStatementSent extends DomainCommand<RentAccount> {
  @CivilDate(pseudonymous, { optional: true, doc: 'When; today where it is left out' }) on?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The first day of the statement; 13 weeks before its end where it is left out' }) from?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The last day of the statement; the day on which it was sent where it is left out' }) to?: string;
  @Choice(open, 'StatementMethod', StatementMethod, { doc: 'How it was sent' }) method!: Of<typeof StatementMethod>;
  @Flag(pseudonymous, { optional: true, doc: 'Whether it is the one for the hearing' }) forHearing?: boolean;
  @Text(personal('finance'), { optional: true, max: 1000 }) notes?: string;
  decide(account: RentAccount, context: Context) {
    const on = pastDay(this.on, context.today);
    const to = this.to ?? on;
    const weeks = weeksOf(context);
    const from = this.from ?? statedFrom(to, weeks);
    this.checkPeriod(account, { on, from, to }, weeks);
    if (this.forHearing && !account.courtHearingOn) throw new Refusal('STATE', 'There is no hearing that this statement could be for.', { status: 409, field: 'forHearing' });
    const { openingBalancePence, closingBalancePence } = rentStatement(account.ledger, from, to);
    const next = isOwedStatements(account, weeks) ? quarterAfter(account, context, later(account.statementSentOn ?? '', on)) : undefined;
    const sent = RentStatementSent.of({ on, from, to, method: this.method, openingBalancePence, closingBalancePence, notes: this.notes ?? undefined, next });
    return this.forHearing ? [sent, HearingStatementSent.of({ on })] : sent;
  }

  private checkPeriod({ ledger }: RentAccount, { on, from, to }: { on: string; from: string; to: string }, weeks: number): void {
    rule('UK-T8', `A rent statement goes up to the day on which it is sent, or ${DAYS_OLD} days before at most.`, plusDays(on, -DAYS_OLD) <= to && to <= on, 'to');
    rule('UK-T8', 'A rent statement begins before it ends.', from <= to, 'from');
    const first = ledger.reduce((day, { entryDate }) => (day === '' || entryDate < day ? entryDate : day), '');
    const enough = from <= statedFrom(to, weeks) || (first !== '' && from <= first);
    rule('UK-T8', 'A rent statement shows the last 13 weeks, or all there is.', enough, 'from');
  }
}

@CommandOf(RentAccount, {
  permission: 'rent_accounts:record-plan-offer',
  doc: 'Records that the resident was offered to pay arrears in instalments that they can afford, whether they take it or not.',
  from: owing,
  effective: 'on',
})
export class RecordPlanOffer extends DomainCommand<RentAccount> {
  @CivilDate(pseudonymous, { optional: true, doc: 'When; today where it is left out' }) on?: string;
  @Pence(pseudonymous, { min: 1 }) instalmentPence!: number;
  @Choice(open, 'OfferedFrequency', OfferedFrequency) frequency!: Of<typeof OfferedFrequency>;
  @Flag(pseudonymous, { optional: true, doc: 'Whether it was worked out with them from what they earn and spend; yes where it is left out' })
  affordabilityChecked?: boolean;
  @Text(personal('finance'), { optional: true, max: 1000 }) notes?: string;
  decide(_account: RentAccount, context: Context) {
    const on = pastDay(this.on, context.today);
    const { instalmentPence, frequency } = this;
    const affordabilityChecked = this.affordabilityChecked ?? true;
    rule('UK-T8', 'A plan is offered once it is worked out what the resident can afford.', affordabilityChecked, 'affordabilityChecked');
    return PaymentPlanOffered.of({ on, instalmentPence, frequency, affordabilityChecked, notes: this.notes ?? undefined });
  }
}

@CommandOf(RentAccount, {
  permission: 'rent_accounts:set-court-hearing',
  doc: 'Records when the court hears the claim, or another day: ten days before it the resident has a statement that is up to date.',
  from: ['active'],
})
export class SetCourtHearing extends DomainCommand<RentAccount> {
  @CivilDate(pseudonymous, { doc: 'The day of the hearing' }) on!: string;
  decide(account: RentAccount, context: Context) {
    const { on } = this;
    rule('UK-T8', 'There is a hearing once it was decided to go to court.', account.arrearsStage === 's6', 'on');
    rule('UK-T8', 'A hearing is recorded on its day or before.', on >= context.today, 'on');
    if (on === account.courtHearingOn) return [];
    if (weeksOf(context) === 0) return CourtHearingSet.of({ on });
    const by = later(plusDays(on, -policy(context, 'UK-T8.hearing-days')), context.today);
    return CourtHearingSet.of({ on, statement: onDay(context, FOR_HEARING, by, basisOf(account, context)) });
  }
}

@CommandOf(RentAccount, { internal: true, doc: 'A rent statement was not sent by the day on which it was due.' })
export class ReportRentStatementMissed extends deadlineMissed(RentAccount) {
  decide(account: RentAccount) {
    const forHearing = this.code === FOR_HEARING;
    const dueOn = plusDays(londonDate(this.dueAt), -1);
    const isOpen = (forHearing ? account.hearingStatementDueOn : account.statementDueOn) === dueOn;
    if (!isOpen || account.statementsMissed.includes(missedAs(forHearing, dueOn))) return [];
    return RentStatementOverdue.of({ forHearing, dueOn });
  }
}
