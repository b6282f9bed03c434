import { CommandOf, commandWith, type Context, DomainCommand } from '../../../kernel/command.js';
import { factsOf } from '../../../kernel/entity.js';
import { Choice, CivilDate, Group, Ref, Text } from '../../../kernel/fields.js';
import { personal, pseudonymous, special } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { ageOn, londonDate, plusDays, startOfLondonDay } from '../../../kernel/values.js';
import { type Deadline, deadlineMissed, inHours, inWorkingDays, onDay, workingDaysTaken } from '../../deadline.js';
import { pastDay } from '../../past-day.js';
import { policy } from '../../policies.js';
import { DeclineReason, type DeclineReasonCode } from '../decline-reason.js';
import { checkDetails, checkNhsNumber } from '../person.js';
import { consentsFor, wantedFor } from '../referral-consent.js';
import '../referral.rules.js';
import type { ReferralService } from '../referral-service/referral-service.js';
import type { Resident } from '../resident/resident.js';
import {
  InboundOptions,
  OutboundOptions,
  Referral,
  ReferralAccepted,
  ReferralCancelled,
  ReferralCompleted,
  ReferralDeclined,
  ReferralFollowUpOverdue,
  ReferralFollowUpScheduled,
  ReferralInformationRequested,
  ReferralMade,
  ReferralReceived,
  ReferralResponseOverdue,
  ReferralType,
  ReferralUrgency,
  ReferredApplicant,
} from './referral.js';

type Urgency = keyof typeof ReferralUrgency;

/** Now, where it is today; else the beginning of the day. */
const instantOn = (day: string, { now, today }: Context): string => (day === today ? now : startOfLondonDay(day));

/** By when a referral is to be answered (REF-3). @throws Refusal BHC-1 where the calendar of bank holidays ends before. */
export function responseDue(urgency: Urgency, referralDate: string, context: Context): Deadline {
  const allowed = policy(context, `REF-3.${urgency}`);
  if (urgency === 'emergency') return inHours(context, 'REF-3', instantOn(referralDate, context), allowed);
  return inWorkingDays(context, 'REF-3', referralDate, allowed);
}

@CommandOf(Referral, {
  permission: 'referrals:make',
  doc: 'Refers a resident to another service, with their consent or for a reason of safeguarding.',
  creates: true,
  plain: true,
  effective: 'referralDate',
})
export class MakeReferral extends commandWith(Referral, OutboundOptions) {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Choice(pseudonymous, 'ReferralType', ReferralType) referralType!: keyof typeof ReferralType;
  @Text(personal('health'), { max: 200, doc: 'To whom' }) serviceProvider!: string;
  @Choice(pseudonymous, 'ReferralUrgency', ReferralUrgency, { optional: true, doc: 'Routine where it is left out' }) urgency?: Urgency;
  @CivilDate(pseudonymous, { optional: true, doc: 'Today where it is left out' }) referralDate?: string;
  decide(_: Referral, context: Context) {
    const { residentId, referralType, serviceProvider, expectedDate } = this;
    const urgency = this.urgency ?? 'routine';
    const referralDate = pastDay(this.referralDate, context.today, 'referralDate');
    rule('REF-2', 'An answer is not expected before the referral.', !expectedDate || expectedDate >= referralDate, 'expectedDate');
    const resident = context.state<Resident>('residents', residentId);
    resident.checkOpen();
    const [dateOfBirth] = context.fact('date-of-birth', residentId);
    const ageAt = (day: string): number | undefined => (dateOfBirth === undefined ? undefined : ageOn(dateOfBirth, day));
    const consentId = this.consentFrom(resident, context.today, ageAt(context.today));
    const { hsdsServiceId } = this.service(ageAt(referralDate), context) ?? {};
    return ReferralMade.of({
      ...factsOf(this as OutboundOptions, OutboundOptions),
      residentId, referralType, serviceProvider, urgency, referralDate,
      ...(consentId ? { consentId } : {}),
      ...(hsdsServiceId ? { hsdsServiceId } : {}),
      responseDue: responseDue(urgency, referralDate, context),
    });
  }

  /** The live consent that it rests on; none where a reason of safeguarding is given. @throws Refusal REF-1 */
  private consentFrom(resident: Resident, today: string, age: number | undefined): string | undefined {
    const live = consentsFor(this.referralType, resident.consents, today, age);
    const given = this.consentId ? live.find(({ id }) => id === this.consentId) : live[0];
    const based = given !== undefined || (!this.consentId && Boolean(this.safeguardingBasis));
    rule('REF-1', `There is no live consent to ${wantedFor(this.referralType)}: ask for it, or say for which reason of safeguarding it is done without.`, based, 'consentId');
    return given?.id;
  }

  /** The service in the directory, where it is named. @throws Refusal REF-5 */
  private service(age: number | undefined, context: Context): ReferralService | undefined {
    if (!this.serviceId) return undefined;
    const service = context.state<ReferralService>('referral_services', this.serviceId);
    const status = service.status.replaceAll('_', ' ');
    rule('REF-5', `This service is ${status} in the directory.`, service.status === 'active', 'serviceId');
    const { minimumAge = 0, maximumAge = 200 } = service.ages();
    const fits = age === undefined || (age >= minimumAge && age <= maximumAge);
    rule('REF-5', `This service is for ages ${minimumAge} to ${maximumAge}.`, fits, 'serviceId');
    return service;
  }
}

@CommandOf(Referral, {
  permission: 'referrals:receive-referral',
  doc: 'Records that somebody was referred to us: an applicant, who is registered with it, or somebody who is known already.',
  creates: true,
  effective: 'referralDate',
})
export class ReceiveReferral extends commandWith(Referral, InboundOptions) {
  @Text(personal('health'), { max: 200, doc: 'By whom' }) source!: string;
  @Group(pseudonymous, () => ReferredApplicant, { optional: true, doc: 'Who is referred' }) applicant?: ReferredApplicant;
  @Ref(pseudonymous, 'residents', { optional: true, doc: 'Who is referred, where they are known already' }) residentId?: string;
  @Choice(pseudonymous, 'ReferralUrgency', ReferralUrgency, { optional: true, doc: 'Routine where it is left out' }) urgency?: Urgency;
  @CivilDate(pseudonymous, { optional: true, doc: 'Today where it is left out' }) referralDate?: string;
  decide(_: Referral, context: Context) {
    const { source } = this;
    const applicant = this.applicant ?? undefined;
    const urgency = this.urgency ?? 'routine';
    const referralDate = pastDay(this.referralDate, context.today, 'referralDate');
    if (Boolean(applicant) === Boolean(this.residentId)) {
      throw new Refusal('VALIDATION', 'Say who is referred: an applicant, or somebody who is known by residentId.', { field: 'applicant' });
    }
    if (applicant) {
      checkDetails(applicant, context.today, 'applicant');
      if (applicant.nhsNumber) checkNhsNumber(applicant.nhsNumber, 'applicant/nhsNumber');
    } else {
      context.state<Resident>('residents', this.residentId!).checkOpen();
    }
    return ReferralReceived.of({
      ...factsOf(this as InboundOptions, InboundOptions),
      residentId: this.residentId ?? context.newId('resident'),
      source, urgency, referralDate,
      ...(applicant ? { applicant: factsOf(applicant, ReferredApplicant) } : {}),
      responseDue: responseDue(urgency, referralDate, context),
    });
  }
}

@CommandOf(Referral, { permission: 'referrals:request-information', doc: 'Records that more was asked for; the time for an answer goes on.', from: ['pending', 'accepted'] })
export class RequestInformation extends DomainCommand<Referral> {
  @Text(special('health'), { max: 2000 }) information!: string;
  decide({ residentId }: Referral, { today }: Context) {
    return ReferralInformationRequested.of({ residentId, on: today, information: this.information });
  }
}

/** When somebody answered, and how long it took. @throws Refusal GEN-3; REF-2 before the referral was made; BHC-1 */
function answered({ residentId, referralDate }: Referral, given: string | null | undefined, context: Context) {
  const on = pastDay(given, context.today, 'on');
  rule('REF-2', 'A referral is not answered before it was made.', on >= referralDate, 'on');
  return { residentId, on, respondedAt: instantOn(on, context), responseDays: workingDaysTaken(context, referralDate, on) };
}

@CommandOf(Referral, { permission: 'referrals:accept', doc: 'Records that a referral was accepted: by us, or by the service.', from: ['pending'], effective: 'on' })
export class AcceptReferral extends DomainCommand<Referral> {
  @CivilDate(pseudonymous, { optional: true, doc: 'Today where it is left out' }) on?: string;
  decide(referral: Referral, context: Context) {
    return ReferralAccepted.of(answered(referral, this.on, context));
  }
}

@CommandOf(Referral, { permission: 'referrals:decline', doc: 'Records that a referral was declined, and why.', from: ['pending'], effective: 'on' })
export class DeclineReferral extends DomainCommand<Referral> {
  @Choice(pseudonymous, 'DeclineReason', DeclineReason, { optional: true, doc: 'Always to be given' }) reasonCode?: DeclineReasonCode;
  @Text(special('health'), { optional: true, max: 2000, doc: 'In words; needed where the reason is another one' }) text?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'Today where it is left out' }) on?: string;
  decide(referral: Referral, context: Context) {
    const { reasonCode } = this;
    rule('REF-4', 'Say why the referral is declined.', Boolean(reasonCode), 'reasonCode');
    rule('REF-4', 'Say in words what the other reason is.', reasonCode !== 'other' || Boolean(this.text), 'text');
    return ReferralDeclined.of({ ...answered(referral, this.on, context), reasonCode: reasonCode!, text: this.text ?? undefined });
  }
}

@CommandOf(Referral, { permission: 'referrals:record-outcome', doc: 'Records what came of a referral.', from: ['accepted'], effective: 'on' })
export class RecordReferralOutcome extends DomainCommand<Referral> {
  @Text(special('health'), { max: 5000 }) outcome!: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'Today where it is left out' }) on?: string;
  decide({ residentId, acceptedOn }: Referral, { today }: Context) {
    const on = pastDay(this.on, today, 'on');
    rule('REF-2', 'A referral has no outcome before it was accepted.', !acceptedOn || on >= acceptedOn, 'on');
    return ReferralCompleted.of({ residentId, on, outcome: this.outcome });
  }
}

@CommandOf(Referral, { permission: 'referrals:cancel', doc: 'Takes a referral back.', from: ['pending', 'accepted'] })
export class CancelReferral extends DomainCommand<Referral> {
  @Text(special('health'), { max: 2000 }) reason!: string;
  decide({ residentId }: Referral, { today }: Context) {
    return ReferralCancelled.of({ residentId, on: today, reason: this.reason });
  }
}

@CommandOf(Referral, { permission: 'referrals:schedule-follow-up', doc: 'Says when the referral is looked at again.', from: ['pending', 'accepted'] })
export class ScheduleFollowUp extends DomainCommand<Referral> {
  @CivilDate(pseudonymous) followUpDate!: string;
  @Text(special('health'), { optional: true, max: 2000 }) notes?: string;
  decide({ residentId }: Referral, context: Context) {
    const { followUpDate } = this;
    rule('REF-2', 'A referral is followed up today or later.', followUpDate >= context.today, 'followUpDate');
    return ReferralFollowUpScheduled.of({ residentId, followUpDate, followUpDue: onDay(context, 'REF-FOLLOW-UP', followUpDate), notes: this.notes ?? undefined });
  }
}

@CommandOf(Referral, { internal: true, doc: 'The time for an answer is over.' })
export class ReportReferralResponseOverdue extends deadlineMissed(Referral) {
  decide({ status, residentId, responseDueAt, responseOverdue }: Referral) {
    const open = status === 'pending' && responseDueAt === this.dueAt && !responseOverdue;
    return open ? ReferralResponseOverdue.of({ residentId, dueAt: this.dueAt }) : [];
  }
}

@CommandOf(Referral, { internal: true, doc: 'The day on which a referral was to be followed up is over.' })
export class ReportReferralFollowUpOverdue extends deadlineMissed(Referral) {
  decide({ isLive, residentId, followUpDate, followUpMissed }: Referral) {
    const dueOn = plusDays(londonDate(this.dueAt), -1);
    const open = isLive && followUpDate === dueOn && followUpMissed !== dueOn;
    return open ? ReferralFollowUpOverdue.of({ residentId, dueOn }) : [];
  }
}

@CommandOf(Referral, { internal: true, doc: 'The stay that a referral led to is over.', effective: 'on' })
export class CompleteReferralOfStay extends DomainCommand<Referral> {
  @CivilDate(pseudonymous) on!: string;
  decide({ residentId, status, direction }: Referral) {
    return status === 'accepted' && direction === 'inbound' ? ReferralCompleted.of({ residentId, on: this.on }) : [];
  }
}

@CommandOf(Referral, { internal: true, doc: 'The application that a referral led to was declined or withdrawn.' })
export class CloseReferralOfApplicant extends DomainCommand<Referral> {
  @Choice(pseudonymous, 'DeclineReason', DeclineReason, { optional: true }) reasonCode?: DeclineReasonCode;
  @Text(special('health'), { optional: true, max: 2000 }) reason?: string;
  decide(referral: Referral, context: Context) {
    const { residentId } = referral;
    if (!referral.isLive) return [];
    const { reasonCode, reason } = this;
    if (referral.status === 'pending' && reasonCode) {
      return ReferralDeclined.of({ ...answered(referral, undefined, context), reasonCode, text: reason });
    }
    return ReferralCancelled.of({ residentId, on: context.today, reason: reason ?? 'The application was declined.' });
  }
}
