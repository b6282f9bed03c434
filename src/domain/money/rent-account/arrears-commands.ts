import { isManager } from '../../managers.js';
import { CommandOf, type Context, DomainCommand } from '../../../kernel/command.js';
import { Choice, CivilDate, Flag, Text } from '../../../kernel/fields.js';
import { personal, pseudonymous, sensitive } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { plusMonths } from '../../../kernel/days.js';
import { daysBetween, plusDays } from '../../../kernel/values.js';
import { onDay } from '../../deadline.js';
import { pastDay } from '../../past-day.js';
import { policy } from '../../policies.js';
import { blocksOn, inBreathingSpace, RULE_VERSION, sizeOf, stageOn } from './arrears.js';
import { isContact, RecordedAction } from './arrears-children.js';
import {
  ArrearsActionTaken, ArrearsPaused, ArrearsPlanEnded, ArrearsPlanStarted, ArrearsResumed, ArrearsStageReached, BreathingSpaceEnded,
  BreathingSpaceRegistered, BreathingSpaceReviewed, CourtActionProposed, RentDisputeRaised, RentDisputeResolved,
} from './arrears-events.js';
import { arrearsPolicy } from './arrears-policy.js';
import { missingBeforeAction } from './pre-action.js';
import { RentAccount } from './rent-account.js';
import type { Of } from './rent-account-children.js';
import { BreathingSpaceKind, RentDisputeOutcome, RentDisputeParty, RentDisputeSubject } from './standing-columns.js';

const owing = ['active', 'former'];
const policyOf = (context: Context) => arrearsPolicy((code) => policy(context, code));

/** The event by which a stage is reached on a day. */
function reached(account: RentAccount, stage: ArrearsStageReached['stage'], context: Context): ArrearsStageReached {
  const { gracePence, grossPence } = sizeOf(account, context.today, policyOf(context));
  return ArrearsStageReached.of({
    stage, on: context.today, collectablePence: account.collectablePence, rawBalancePence: account.balancePence, gracePence,
    grossWeeklyPence: grossPence, ruleVersion: RULE_VERSION,
  });
}

@CommandOf(RentAccount, { internal: true, doc: 'Looks whether what the resident owes has reached a stage.' })
export class EvaluateArrears extends DomainCommand<RentAccount> {
  decide(account: RentAccount, context: Context) {
    // A plan may have been agreed that the account has not heard of yet.
    const planned = context.held('payment-plans', account.id).length > 0;
    const stage = planned ? undefined : stageOn(account, context.today, policyOf(context));
    return stage ? reached(account, stage, context) : [];
  }
}

@CommandOf(RentAccount, {
  permission: 'rent_accounts:record-arrears-action',
  doc: 'Records what was done about arrears: a message, a visit, a welfare or benefit check, a notice.',
  from: owing,
  effective: 'on',
})
export class RecordArrearsAction extends DomainCommand<RentAccount> {
  @Choice(pseudonymous, 'RecordedAction', RecordedAction) action!: Of<typeof RecordedAction>;
  @CivilDate(pseudonymous, { optional: true, doc: 'When; today where it is left out' }) on?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'Of a notice: its last day' }) expiresOn?: string;
  @Text(personal('finance'), { optional: true, max: 1000 }) notes?: string;
  decide(account: RentAccount, context: Context) {
    const { action } = this;
    const on = pastDay(this.on, context.today);
    const expiresOn = this.expiresOn ?? undefined;
    const barred = isContact(action) && inBreathingSpace(account, on);
    rule('UK-T14', 'The resident is in a breathing space: nobody asks for arrears until it is over.', !barred, 'action');
    if (action === 'notice_served') this.checkNotice(account, on, expiresOn, context);
    return ArrearsActionTaken.of({ action, on, expiresOn: action === 'notice_served' ? expiresOn : undefined, notes: this.notes ?? undefined });
  }

  private checkNotice(account: RentAccount, on: string, expiresOn: string | undefined, context: Context): void {
    const considered = account.arrearsStage !== undefined && account.arrearsStage >= 's4';
    rule('LED-5', 'A notice is served when it has been considered: the account has not reached that stage.', considered, 'action');
    const [block] = blocksOn(account, context.today);
    rule('LED-5', `No notice is served while arrears are held up: ${(block ?? '').replaceAll('_', ' ')}.`, block === undefined, 'action');
    checkPreAction(account, context, 'action');
    if (!expiresOn) throw new Refusal('VALIDATION', 'A notice has a last day.', { field: 'expiresOn' });
    const days = policy(context, 'LED-5.notice-days');
    rule('LED-5', `A notice runs for ${days} days at least.`, expiresOn >= plusDays(on, days), 'expiresOn');
  }
}

@CommandOf(RentAccount, { permission: 'rent_accounts:pause-arrears', doc: 'Lets nobody ask for arrears up to a day.', from: owing })
export class PauseArrears extends DomainCommand<RentAccount> {
  @CivilDate(pseudonymous, { doc: 'The last day of the pause' }) until!: string;
  @Text(personal('finance'), { max: 1000 }) reason!: string;
  decide(_account: RentAccount, { today }: Context) {
    const { until, reason } = this;
    rule('LED-5', 'A pause ends today or later.', until >= today, 'until');
    return ArrearsPaused.of({ until, reason });
  }
}

@CommandOf(RentAccount, { permission: 'rent_accounts:resume-arrears', doc: 'Ends a pause before its last day.', from: owing })
export class ResumeArrears extends DomainCommand<RentAccount> {
  decide(account: RentAccount) {
    return account.pausedUntil ? ArrearsResumed.of({}) : [];
  }
}

@CommandOf(RentAccount, {
  permission: 'rent_accounts:register-breathing-space',
  doc: 'Registers that the resident is in a breathing space: 60 days, or for a mental health crisis until 30 days after the treatment.',
  from: owing,
  effective: 'on',
})
export class RegisterBreathingSpace extends DomainCommand<RentAccount> {
  @CivilDate(pseudonymous, { optional: true, doc: 'When it began; today where it is left out' }) on?: string;
  @Choice(sensitive, 'BreathingSpaceKind', BreathingSpaceKind, { optional: true, doc: 'standard where it is left out' })
  kind?: Of<typeof BreathingSpaceKind>;
  decide(account: RentAccount, context: Context) {
    const on = pastDay(this.on, context.today);
    const kind = this.kind ?? 'standard';
    rule('UK-T14', 'The resident is in a breathing space already.', !inBreathingSpace(account, context.today), 'on', 409);
    if (kind === 'mental_health') return BreathingSpaceRegistered.of({ kind, on });
    const again = account.lastBreathingSpaceOn && plusMonths(account.lastBreathingSpaceOn, policy(context, 'UK-T14.again'));
    rule('UK-T14', `There was a breathing space already: there may be another one from ${again} on.`, !again || on >= again, 'on');
    const day = (code: string): string => plusDays(on, policy(context, code));
    const [reviewFrom, reviewTo, until] = [day('UK-T14.review-from'), day('UK-T14.review-to'), day('UK-T14.days')];
    return BreathingSpaceRegistered.of({ kind, on, until, reviewFrom, reviewTo, review: onDay(context, 'UK-T14', reviewTo) });
  }
}

@CommandOf(RentAccount, {
  permission: 'rent_accounts:review-breathing-space',
  doc: 'Records the review midway through a breathing space.',
  from: owing,
  effective: 'on',
})
export class ReviewBreathingSpace extends DomainCommand<RentAccount> {
  @CivilDate(pseudonymous, { optional: true, doc: 'When; today where it is left out' }) on?: string;
  @Flag(pseudonymous, { doc: 'Whether it goes on' }) continues!: boolean;
  decide(account: RentAccount, context: Context) {
    const { continues } = this;
    const on = pastDay(this.on, context.today);
    const { breathingSpaceReviewFrom: from } = account;
    if (!from) throw new Refusal('STATE', 'There is no breathing space to review.', { status: 409 });
    rule('UK-T14', `A breathing space is reviewed from ${from} on.`, on >= from, 'on');
    const reviewed = BreathingSpaceReviewed.of({ on, continues });
    return continues ? reviewed : [reviewed, BreathingSpaceEnded.of({ on, until: on })];
  }
}

@CommandOf(RentAccount, {
  permission: 'rent_accounts:end-breathing-space',
  doc: 'Ends a breathing space: a standard one on that day, one for a mental health crisis 30 days after the treatment has ended.',
  from: owing,
  effective: 'on',
})
export class EndBreathingSpace extends DomainCommand<RentAccount> {
  @CivilDate(pseudonymous, { optional: true, doc: 'When it was cancelled, or the treatment ended; today where it is left out' }) on?: string;
  decide(account: RentAccount, context: Context) {
    const on = pastDay(this.on, context.today);
    if (!inBreathingSpace(account, context.today)) throw new Refusal('STATE', 'The resident is in no breathing space.', { status: 409 });
    rule('UK-T14', 'A breathing space does not end before it began.', on >= account.breathingSpaceFrom!, 'on');
    const until = account.breathingSpaceKind === 'mental_health' ? plusDays(on, policy(context, 'UK-T14.after-treatment')) : on;
    return until === account.breathingSpaceUntil ? [] : BreathingSpaceEnded.of({ on, until });
  }
}

@CommandOf(RentAccount, { permission: 'rent_accounts:raise-rent-dispute', doc: 'Records that the resident disputes the rent, or complains about it: no stage of arrears is reached until that is settled.', from: owing, effective: 'on' })
export class RaiseRentDispute extends DomainCommand<RentAccount> {
  @CivilDate(pseudonymous, { optional: true, doc: 'When they said so; today where it is left out' }) on?: string;
  @Choice(pseudonymous, 'RentDisputeSubject', RentDisputeSubject, { optional: true, doc: 'What it is about' }) about?: Of<typeof RentDisputeSubject>;
  @Choice(pseudonymous, 'RentDisputeParty', RentDisputeParty, { optional: true, doc: 'Who says so; the resident, where it is left out' })
  raisedBy?: Of<typeof RentDisputeParty>;
  @Text(personal('finance'), { max: 1000 }) reason!: string;
  decide(account: RentAccount, context: Context) {
    const on = pastDay(this.on, context.today);
    if (account.disputedOn) throw new Refusal('DUPLICATE', 'The rent is disputed already: settle that first.', { status: 409 });
    return RentDisputeRaised.of({ reason: this.reason, on, about: this.about ?? 'other', raisedBy: this.raisedBy ?? 'resident' });
  }
}
@CommandOf(RentAccount, { permission: 'rent_accounts:resolve-rent-dispute', doc: 'Records how a dispute about the rent was settled.' })
export class ResolveRentDispute extends DomainCommand<RentAccount> {
  @Text(personal('finance'), { max: 1000, doc: 'How it was settled' }) reason!: string;
  @Choice(pseudonymous, 'RentDisputeOutcome', RentDisputeOutcome, { optional: true, doc: 'Who was right' }) outcome?: Of<typeof RentDisputeOutcome>;
  decide(account: RentAccount) {
    if (!account.disputedOn) throw new Refusal('STATE', 'The rent is not disputed.', { status: 409 });
    return RentDisputeResolved.of({ reason: this.reason, outcome: this.outcome ?? undefined });
  }
}

@CommandOf(RentAccount, { permission: 'rent_accounts:propose-court-action', doc: 'Proposes to go to court, two weeks after the warning at the earliest.', from: ['active'] })
export class ProposeCourtAction extends DomainCommand<RentAccount> {
  decide(account: RentAccount, context: Context) {
    checkCourt(account, context);
    return CourtActionProposed.of({});
  }
}
@CommandOf(RentAccount, { permission: 'rent_accounts:approve-court-action', doc: 'Decides to go to court, as a manager who did not propose it.', from: ['active'] })
export class ApproveCourtAction extends DomainCommand<RentAccount> {
  decide(account: RentAccount, context: Context) {
    const { actor } = context;
    if (!account.courtProposedBy) throw new Refusal('STATE', 'Nobody has proposed to go to court.', { status: 409 });
    checkCourt(account, context);
    if (!isManager(actor)) throw new Refusal('SOD', 'A manager decides to go to court.', { status: 403 });
    if (actor.id === account.courtProposedBy) throw new Refusal('SOD', 'You proposed this: somebody else decides it.', { status: 403 });
    return reached(account, 's6', context);
  }
}

const missingWords = { rent_statement: 'send the resident a rent statement of the last quarter', plan_offer: 'offer the resident a plan that they can afford' } as const;
/** @throws Refusal UK-T8 */
function checkPreAction(account: RentAccount, context: Context, field?: string): void {
  const [missing] = missingBeforeAction(account, context.today, policyOf(context).statementWeeks);
  rule('UK-T8', `Before a notice is served and a court is asked, ${missing ? missingWords[missing] : 'all is done'}, and record it here.`, missing === undefined, field);
}

/** @throws Refusal LED-5, UK-T8 */
function checkCourt(account: RentAccount, context: Context): void {
  const figures = policyOf(context);
  const { arrearsStage, arrearsStageOn } = account;
  const warned = arrearsStage === 's5' && daysBetween(arrearsStageOn!, context.today) >= figures.s6Days;
  rule('LED-5', `The court comes ${figures.s6Days} days after the warning at the earliest.`, warned);
  const [block] = blocksOn(account, context.today);
  rule('LED-5', `Nobody goes to court while arrears are held up: ${(block ?? '').replaceAll('_', ' ')}.`, block === undefined);
  rule('LED-5', `Nobody goes to court for less than ${figures.s4Weeks} weeks of the charge.`, sizeOf(account, context.today, figures).isGrave);
  checkPreAction(account, context);
}

@CommandOf(RentAccount, { internal: true, doc: 'A payment plan holds the stages up from now on.' })
export class StartArrearsPlan extends DomainCommand<RentAccount> {
  @Text(pseudonymous, { max: 36 }) planId!: string;
  decide({ paymentPlanId }: RentAccount) {
    return paymentPlanId === this.planId ? [] : ArrearsPlanStarted.of({ planId: this.planId });
  }
}
@CommandOf(RentAccount, { internal: true, doc: 'A payment plan is over.' })
export class EndArrearsPlan extends DomainCommand<RentAccount> {
  @Text(pseudonymous, { max: 36 }) planId!: string;
  decide({ paymentPlanId }: RentAccount) {
    return paymentPlanId === this.planId ? ArrearsPlanEnded.of({ planId: this.planId }) : [];
  }
}
