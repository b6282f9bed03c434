import { Entity, factsOf, type RegisterEntry, stateWith, takeFields } from '../../../kernel/entity.js';
import { DomainEvent, EventOf, eventWith, type Recorded } from '../../../kernel/event.js';
import { Choice, CivilDate, type ClassOf, Flag, Group, Hidden, Instant, Int, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous, special } from '../../../kernel/privacy.js';
import { UUID } from '../../../kernel/values.js';
import { Deadline } from '../../deadline.js';
import { DeclineReason, type DeclineReasonCode } from '../decline-reason.js';
import { withoutSpaces } from '../identifiers.js';
import { ResidentDetails } from '../person.js';
import { PREPARED_REFERRAL, RESIDENT_REGISTER } from '../resident-register.js';

type Of<T> = T[keyof T];
export const ReferralDirection = { outbound: 'outbound', inbound: 'inbound' } as const;
export const ReferralType = {
  health: 'health',
  education: 'education',
  employment: 'employment',
  legal: 'legal',
  housing: 'housing',
} as const;
export const ReferralUrgency = { routine: 'routine', urgent: 'urgent', emergency: 'emergency' } as const;
export const ReferralStatus = {
  pending: 'pending',
  accepted: 'accepted',
  declined: 'declined',
  completed: 'completed',
  cancelled: 'cancelled',
} as const;
/** What a service calls itself in a directory. */
const DIRECTORY_ID = /^[A-Za-z0-9][A-Za-z0-9:._/-]*$/;

const preparation = { optional: true, doc: 'The assessment for moving on that the product prepared it from' } as const;

/** What is told with a referral, whichever way it goes. */
export class ReferralNarrative {
  @Text(special('health'), { max: 5000, doc: 'Why somebody is referred' }) reason!: string;
  @Text(personal('health'), { optional: true, max: 500, doc: 'How the other side is reached' }) contactDetails?: string;
  @Text(special('health'), { optional: true, max: 5000 }) notes?: string;
}
/** What may be told of a referral to another service. */
export class OutboundOptions extends ReferralNarrative {
  @Ref(open, 'referral_services', { optional: true, doc: 'The service in the directory' }) serviceId?: string;
  @Text(open, { optional: true, max: 100, pattern: DIRECTORY_ID, doc: 'Id of the service in an HSDS directory' }) hsdsServiceId?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'When an answer is expected' }) expectedDate?: string;
  @Text(pseudonymous, { optional: true, max: 36, pattern: UUID, doc: 'The consent that it rests on; a live one of the resident where it is left out' })
  consentId?: string;
  @Text(special('safeguarding'), { optional: true, max: 5000, doc: 'Why it is made without consent' }) safeguardingBasis?: string;
}
/** What may be told of a referral to us. */
export class InboundOptions extends ReferralNarrative {
  @Text(personal('health'), { optional: true, max: 100, doc: 'Their reference of the case' }) sourceCaseRef?: string;
  @Text(personal('health'), { optional: true, max: 200, doc: 'Who asks, by name' }) requestedBy?: string;
  @Text(personal('health'), { optional: true, max: 200, doc: 'The authority that pays' }) fundingAuthority?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'From when a place is needed' }) neededFrom?: string;
}
/** Somebody who is referred to us and is not known yet. */
export class ReferredApplicant extends ResidentDetails {
  @Text(special('health'), { optional: true, max: 20, normalise: withoutSpaces }) nhsNumber?: string;
}

@Entity('referrals', 'Somebody is referred: by us to another service, or to us by somebody who looks for a place for them.', {
  category: 'referral',
  reference: { prefix: 'REF', digits: 6 },
  subject: 'residentId',
})
export class Referral extends stateWith(OutboundOptions, InboundOptions) {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Choice(pseudonymous, 'ReferralDirection', ReferralDirection) direction!: Of<typeof ReferralDirection>;
  @Choice(pseudonymous, 'ReferralType', ReferralType) referralType!: Of<typeof ReferralType>;
  @Choice(pseudonymous, 'ReferralUrgency', ReferralUrgency) urgency!: Of<typeof ReferralUrgency>;
  @Choice(pseudonymous, 'ReferralStatus', ReferralStatus) status!: Of<typeof ReferralStatus>;
  @Ref(open, 'users', { doc: 'Who made or recorded it' }) referredBy!: string;
  @Text(personal('health'), { optional: true, max: 200, doc: 'To whom, where we refer' }) serviceProvider?: string;
  @Text(personal('health'), { optional: true, max: 200, doc: 'By whom, where somebody is referred to us' }) source?: string;
  @CivilDate(pseudonymous) referralDate!: string;
  @Instant(pseudonymous, { doc: 'By when it is to be answered: late from this instant on (REF-3)' }) responseDueAt!: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The last day of that; absent where it is hours' }) responseDueOn?: string;
  @Instant(pseudonymous, { optional: true, doc: 'When it was answered; the beginning of the day where only the day is known' })
  respondedAt?: string;
  @Int(pseudonymous, { optional: true, doc: 'Working days that the answer took' }) responseDays?: number;
  @Flag(pseudonymous, { doc: 'Not answered in time' }) responseOverdue: boolean = false;
  @CivilDate(pseudonymous, { optional: true }) acceptedOn?: string;
  @Choice(pseudonymous, 'DeclineReason', DeclineReason, { optional: true }) declineReason?: DeclineReasonCode;
  @Text(special('health'), { optional: true, max: 2000 }) declineText?: string;
  @Text(special('health'), { optional: true, max: 2000, doc: 'What was asked for, last' }) informationRequested?: string;
  @CivilDate(pseudonymous, { optional: true }) informationRequestedOn?: string;
  @Text(special('health'), { optional: true, max: 5000 }) outcome?: string;
  @CivilDate(pseudonymous, { optional: true }) completedOn?: string;
  @Text(special('health'), { optional: true, max: 2000 }) cancelReason?: string;
  @Ref(pseudonymous, 'assessment_forms', preparation) preparedFrom?: string;
  @Flag(pseudonymous) followUpRequired: boolean = false;
  @CivilDate(pseudonymous, { optional: true }) followUpDate?: string;
  @Text(special('health'), { optional: true, max: 2000 }) followUpNotes?: string;
  /** The day of which it was told that nobody followed it up on it. */
  @Hidden(pseudonymous) followUpMissed?: string;

  get isLive(): boolean {
    return this.status === 'pending' || this.status === 'accepted';
  }
  /** Whether the product has prepared it and nobody has answered it: one that people make takes its place. */
  get isPrepared(): boolean {
    return this.status === 'pending' && this.preparedFrom !== undefined;
  }

  /** While it is live it is the resident's one referral of its kind; one to us that is accepted lets them move in (RES-6). */
  holds(): RegisterEntry[] {
    if (!this.isLive) return [];
    const own = { register: RESIDENT_REGISTER, owner: this.residentId, party: this.id };
    if (this.isPrepared) return [{ ...own, kind: PREPARED_REFERRAL, key: this.id }];
    const live = { ...own, kind: 'referral', key: `${this.direction}|${this.referralType}` };
    if (this.direction !== 'inbound' || !this.acceptedOn) return [live];
    return [live, { ...own, kind: 'accepted_referral', key: this.id, from: this.acceptedOn }];
  }
}

/** What the first event of a referral settles. */
class Opening {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Choice(pseudonymous, 'ReferralUrgency', ReferralUrgency) urgency!: Of<typeof ReferralUrgency>;
  @CivilDate(pseudonymous) referralDate!: string;
  @Group(pseudonymous, () => Deadline) responseDue!: Deadline;
}
function opened<F extends object>(facts: ClassOf<F>): ClassOf<F & Opening> {
  class Opened {}
  takeFields(Opened, facts);
  takeFields(Opened, Opening);
  return Opened as unknown as ClassOf<F & Opening>;
}
function openedBy(referral: Referral, { residentId, urgency, referralDate, responseDue }: Opening, { actorId }: Recorded): void {
  const { dueAt: responseDueAt, dueOn: responseDueOn } = responseDue;
  Object.assign(referral, { residentId, urgency, referralDate, referredBy: actorId, responseDueAt, responseDueOn });
}

/** We refer somebody to another service. */
@EventOf(Referral, 'ReferralMade', 1, { to: 'pending' })
export class ReferralMade extends eventWith(Referral, opened(OutboundOptions)) {
  @Choice(pseudonymous, 'ReferralType', ReferralType) referralType!: Of<typeof ReferralType>;
  @Text(personal('health'), { max: 200 }) serviceProvider!: string;
  @Ref(pseudonymous, 'assessment_forms', preparation) preparedFrom?: string;
  override apply(referral: Referral, recorded: Recorded): void {
    const { referralType, serviceProvider, preparedFrom } = this;
    Object.assign(referral, factsOf(this, OutboundOptions), { direction: 'outbound', referralType, serviceProvider, preparedFrom });
    openedBy(referral, this, recorded);
  }
}
/** Somebody is referred to us; where they are not known yet, with who they are: a process registers them under `residentId`. */
@EventOf(Referral, 'ReferralReceived', 1, { to: 'pending' })
export class ReferralReceived extends eventWith(Referral, opened(InboundOptions)) {
  @Text(personal('health'), { max: 200 }) source!: string;
  @Group(pseudonymous, () => ReferredApplicant, { optional: true }) applicant?: ReferredApplicant;
  override apply(referral: Referral, recorded: Recorded): void {
    Object.assign(referral, factsOf(this, InboundOptions), { direction: 'inbound', referralType: 'housing', source: this.source });
    openedBy(referral, this, recorded);
  }
}

@EventOf(Referral, 'ReferralInformationRequested', 1)
export class ReferralInformationRequested extends DomainEvent<Referral> {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @CivilDate(pseudonymous) on!: string;
  @Text(special('health'), { max: 2000 }) information!: string;
  apply(referral: Referral): void {
    referral.informationRequested = this.information;
    referral.informationRequestedOn = this.on;
  }
}

/** How and when a referral was answered. */
class AnswerFacts {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @CivilDate(pseudonymous) on!: string;
  @Instant(pseudonymous, { doc: 'When; the beginning of the day where only the day is known' }) respondedAt!: string;
  @Int(pseudonymous, { doc: 'Working days since the referral' }) responseDays!: number;
}
function answer(referral: Referral, { respondedAt, responseDays }: AnswerFacts): void {
  Object.assign(referral, { respondedAt, responseDays, responseOverdue: respondedAt >= referral.responseDueAt });
}

@EventOf(Referral, 'ReferralAccepted', 1, { to: 'accepted', deadlines: { met: ['REF-3'], at: 'respondedAt' } })
export class ReferralAccepted extends eventWith(Referral, AnswerFacts) {
  override apply(referral: Referral): void {
    answer(referral, this);
    referral.acceptedOn = this.on;
  }
}
@EventOf(Referral, 'ReferralDeclined', 1, { to: 'declined', deadlines: { met: ['REF-3'], waived: ['REF-FOLLOW-UP'], at: 'respondedAt' } })
export class ReferralDeclined extends eventWith(Referral, AnswerFacts) {
  @Choice(pseudonymous, 'DeclineReason', DeclineReason) reasonCode!: DeclineReasonCode;
  @Text(special('health'), { optional: true, max: 2000 }) text?: string;
  override apply(referral: Referral): void {
    answer(referral, this);
    referral.declineReason = this.reasonCode;
    referral.declineText = this.text;
  }
}
@EventOf(Referral, 'ReferralCompleted', 1, { to: 'completed', deadlines: { met: ['REF-FOLLOW-UP'], at: 'on' } })
export class ReferralCompleted extends DomainEvent<Referral> {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @CivilDate(pseudonymous) on!: string;
  @Text(special('health'), { optional: true, max: 5000, doc: 'What came of it' }) outcome?: string;
  apply(referral: Referral): void {
    referral.completedOn = this.on;
    referral.outcome = this.outcome;
  }
}
@EventOf(Referral, 'ReferralCancelled', 1, { to: 'cancelled', deadlines: { waived: ['REF-3', 'REF-FOLLOW-UP'] } })
export class ReferralCancelled extends DomainEvent<Referral> {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @CivilDate(pseudonymous) on!: string;
  @Text(special('health'), { max: 2000 }) reason!: string;
  apply(referral: Referral): void {
    referral.cancelReason = this.reason;
  }
}
@EventOf(Referral, 'ReferralFollowUpScheduled', 1)
export class ReferralFollowUpScheduled extends DomainEvent<Referral> {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Group(pseudonymous, () => Deadline) followUpDue!: Deadline;
  @CivilDate(pseudonymous) followUpDate!: string;
  @Text(special('health'), { optional: true, max: 2000 }) notes?: string;
  apply(referral: Referral): void {
    Object.assign(referral, { followUpRequired: true, followUpDate: this.followUpDate, followUpNotes: this.notes });
  }
}
/** The day on which it was to be followed up is over, and nothing has come of it. */
@EventOf(Referral, 'ReferralFollowUpOverdue', 1)
export class ReferralFollowUpOverdue extends DomainEvent<Referral> {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @CivilDate(pseudonymous) dueOn!: string;
  apply(referral: Referral): void {
    referral.followUpMissed = this.dueOn;
  }
}
/** Nobody has answered it in time. */
@EventOf(Referral, 'ReferralResponseOverdue', 1)
export class ReferralResponseOverdue extends DomainEvent<Referral> {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Instant(pseudonymous) dueAt!: string;
  apply(referral: Referral): void {
    referral.responseOverdue = true;
  }
}
