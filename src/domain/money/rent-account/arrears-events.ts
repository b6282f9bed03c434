import { DomainEvent, EventOf, type Recorded } from '../../../kernel/event.js';
import { Choice, CivilDate, Flag, Group, Pence, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous, sensitive } from '../../../kernel/privacy.js';
import { later, londonDate } from '../../../kernel/values.js';
import { Deadline } from '../../deadline.js';
import { type Action, ArrearsActionRow, isContact, RecordedAction } from './arrears-children.js';
import { RentAccount } from './rent-account.js';
import type { Of } from './rent-account-children.js';
import { ArrearsStage, BreathingSpaceKind, RentDisputeOutcome, RentDisputeParty, RentDisputeSubject } from './standing-columns.js';

/** What is done when a stage is reached. */
const byStage: Readonly<Record<Of<typeof ArrearsStage>, Action>> = {
  s1: 'sms', s2: 'letter_1', s3: 'letter_2', s4: 'notice_consideration', s5: 'court_warning', s6: 'court',
};

/** Adds a row to what was done, and counts it where the resident was contacted by it. */
export function note(account: RentAccount, row: Pick<ArrearsActionRow, 'action' | 'takenOn'> & Partial<ArrearsActionRow>, { eventId, actorId }: Recorded): void {
  const { residentId, collectablePence } = account;
  account.arrearsActions = [...account.arrearsActions, Object.assign(new ArrearsActionRow(), { id: eventId, residentId, collectablePence, takenBy: actorId }, row)];
  if (isContact(row.action)) account.lastContactOn = later(account.lastContactOn ?? '', row.takenOn);
}

/** What the resident owes has reached a stage (LED-5). */
@EventOf(RentAccount, 'ArrearsStageReached', 1)
export class ArrearsStageReached extends DomainEvent<RentAccount> {
  @Choice(pseudonymous, 'ArrearsStage', ArrearsStage) stage!: Of<typeof ArrearsStage>;
  @CivilDate(pseudonymous) on!: string;
  @Pence(pseudonymous, { doc: 'What the resident owed' }) collectablePence!: number;
  @Pence(pseudonymous, { min: -100_000_000_000, doc: 'The balance of the account' }) rawBalancePence!: number;
  @Pence(pseudonymous, { doc: 'What nobody is asked for' }) gracePence!: number;
  @Pence(pseudonymous, { doc: 'What a week costs' }) grossWeeklyPence!: number;
  @Text(open, { max: 20, doc: 'By which rules' }) ruleVersion!: string;
  apply(account: RentAccount, recorded: Recorded): void {
    const { stage, on, collectablePence } = this;
    Object.assign(account, { arrearsStage: stage, arrearsStageOn: on, ...(stage === 's6' ? { courtProposedBy: undefined } : {}) });
    note(account, { action: byStage[stage], takenOn: on, stage, collectablePence }, recorded);
  }
}

/** Somebody did something about the arrears. */
@EventOf(RentAccount, 'ArrearsActionTaken', 1)
export class ArrearsActionTaken extends DomainEvent<RentAccount> {
  @Choice(pseudonymous, 'RecordedAction', RecordedAction) action!: Of<typeof RecordedAction>;
  @CivilDate(pseudonymous) on!: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'Of a notice: its last day' }) expiresOn?: string;
  @Text(personal('finance'), { optional: true, max: 1000 }) notes?: string;
  apply(account: RentAccount, recorded: Recorded): void {
    const { action, on, notes, expiresOn } = this;
    if (action === 'welfare_check') account.welfareCheckOn = on;
    if (action === 'benefit_check') account.benefitCheckOn = on;
    if (action === 'notice_served') Object.assign(account, { noticeServedOn: on, noticeExpiresOn: expiresOn });
    note(account, { action, takenOn: on, notes }, recorded);
  }
}

/** Nobody is asked for arrears up to a day. */
@EventOf(RentAccount, 'ArrearsPaused', 1)
export class ArrearsPaused extends DomainEvent<RentAccount> {
  @CivilDate(pseudonymous, { doc: 'The last day of the pause' }) until!: string;
  @Text(personal('finance'), { max: 1000 }) reason!: string;
  apply(account: RentAccount): void {
    Object.assign(account, { pausedUntil: this.until, pauseReason: this.reason });
  }
}
/** A pause is over before its last day. */
@EventOf(RentAccount, 'ArrearsResumed', 1)
export class ArrearsResumed extends DomainEvent<RentAccount> {
  apply(account: RentAccount): void {
    Object.assign(account, { pausedUntil: undefined, pauseReason: undefined });
  }
}

/** The resident is in a breathing space: what is owed from before it is not asked for (UK-T14). */
@EventOf(RentAccount, 'BreathingSpaceRegistered', 1)
export class BreathingSpaceRegistered extends DomainEvent<RentAccount> {
  @Choice(sensitive, 'BreathingSpaceKind', BreathingSpaceKind) kind!: Of<typeof BreathingSpaceKind>;
  @CivilDate(pseudonymous) on!: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'Its last day; open while the treatment lasts' }) until?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The first day of the midway review' }) reviewFrom?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The last day of the midway review' }) reviewTo?: string;
  @Group(pseudonymous, () => Deadline, { optional: true, doc: 'By when it is reviewed' }) review?: Deadline;
  apply(account: RentAccount): void {
    Object.assign(account, {
      breathingSpaceKind: this.kind, breathingSpaceFrom: this.on, breathingSpaceUntil: this.until,
      breathingSpaceReviewFrom: this.reviewFrom, breathingSpaceReviewTo: this.reviewTo,
    });
    if (this.kind === 'standard') account.lastBreathingSpaceOn = this.on;
  }
}
/** Midway through a breathing space it was looked at whether it is still needed. */
@EventOf(RentAccount, 'BreathingSpaceReviewed', 1, { deadlines: { met: ['UK-T14'], at: 'on' } })
export class BreathingSpaceReviewed extends DomainEvent<RentAccount> {
  @CivilDate(pseudonymous) on!: string;
  @Flag(pseudonymous, { doc: 'Whether it goes on' }) continues!: boolean;
  apply(account: RentAccount): void {
    Object.assign(account, { breathingSpaceReviewFrom: undefined, breathingSpaceReviewTo: undefined });
  }
}
/** The last day of a breathing space is known, or another one. */
@EventOf(RentAccount, 'BreathingSpaceEnded', 1, { deadlines: { waived: ['UK-T14'] } })
export class BreathingSpaceEnded extends DomainEvent<RentAccount> {
  @CivilDate(pseudonymous, { doc: 'When the treatment ended, or the breathing space was cancelled' }) on!: string;
  @CivilDate(pseudonymous, { doc: 'The last day of the breathing space' }) until!: string;
  apply(account: RentAccount): void {
    Object.assign(account, { breathingSpaceUntil: this.until, breathingSpaceReviewFrom: undefined, breathingSpaceReviewTo: undefined });
  }
}

/** The resident disputes the rent: nobody is asked for it until that is settled. */
@EventOf(RentAccount, 'RentDisputeRaised', 1)
export class RentDisputeRaised extends DomainEvent<RentAccount> {
  @Text(personal('finance'), { max: 1000 }) reason!: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'When they said so; the day of recording where it is left out' }) on?: string;
  @Choice(pseudonymous, 'RentDisputeSubject', RentDisputeSubject, { optional: true, doc: 'What it is about' }) about?: Of<typeof RentDisputeSubject>;
  @Choice(pseudonymous, 'RentDisputeParty', RentDisputeParty, { optional: true, doc: 'Who said so' }) raisedBy?: Of<typeof RentDisputeParty>;
  apply(account: RentAccount, recorded: Recorded): void {
    const { reason, about: disputeAbout, raisedBy: disputeRaisedBy } = this;
    const disputedOn = this.on ?? londonDate(recorded.recordedAt);
    Object.assign(account, { disputedOn, disputeReason: reason, disputeAbout, disputeRaisedBy });
    note(account, { action: 'dispute_raised', takenOn: disputedOn, notes: reason }, recorded);
  }
}
@EventOf(RentAccount, 'RentDisputeResolved', 1)
export class RentDisputeResolved extends DomainEvent<RentAccount> {
  @Text(personal('finance'), { max: 1000, doc: 'How it was settled' }) reason!: string;
  @Choice(pseudonymous, 'RentDisputeOutcome', RentDisputeOutcome, { optional: true, doc: 'Who was right' }) outcome?: Of<typeof RentDisputeOutcome>;
  apply(account: RentAccount, recorded: Recorded): void {
    Object.assign(account, { disputedOn: undefined, disputeReason: undefined, disputeAbout: undefined, disputeRaisedBy: undefined });
    note(account, { action: 'dispute_resolved', takenOn: londonDate(recorded.recordedAt), notes: this.reason }, recorded);
  }
}

/** A payment plan is kept: it holds the stages up. */
@EventOf(RentAccount, 'ArrearsPlanStarted', 1)
export class ArrearsPlanStarted extends DomainEvent<RentAccount> {
  @Text(pseudonymous, { max: 36 }) planId!: string;
  apply(account: RentAccount, { recordedAt }: Recorded): void {
    Object.assign(account, { paymentPlanId: this.planId, planOfferedOn: later(account.planOfferedOn ?? '', londonDate(recordedAt)) });
  }
}
/** A payment plan was completed, breached or cancelled. */
@EventOf(RentAccount, 'ArrearsPlanEnded', 1)
export class ArrearsPlanEnded extends DomainEvent<RentAccount> {
  @Text(pseudonymous, { max: 36 }) planId!: string;
  apply(account: RentAccount): void {
    account.paymentPlanId = undefined;
  }
}

/** Somebody proposes to go to court; a manager who is somebody else decides it. */
@EventOf(RentAccount, 'CourtActionProposed', 1)
export class CourtActionProposed extends DomainEvent<RentAccount> {
  apply(account: RentAccount, { actorId }: Recorded): void {
    account.courtProposedBy = actorId;
  }
}
