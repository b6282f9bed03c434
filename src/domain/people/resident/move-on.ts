import { CommandOf, type Context, DomainCommand } from '../../../kernel/command.js';
import { DomainEvent, EventOf } from '../../../kernel/event.js';
import { Choice, CivilDate, Group, Instant, Ref } from '../../../kernel/fields.js';
import { pseudonymous } from '../../../kernel/privacy.js';
import { ageOn } from '../../../kernel/values.js';
import { Deadline, deadlineMissed, inCalendarDays } from '../../deadline.js';
import { policy } from '../../policies.js';
import type { Placement } from '../../tenancy/placement/placement.js';
import { consentsFor } from '../referral-consent.js';
import { liveReferral, preparedReferral, RESIDENT_REGISTER } from '../resident-register.js';
import { Resident } from './resident.js';

/** The deadline by which who is ready to move on is referred. */
export const REFERRAL = 'MOVE-ON.referral';
const PLAN = 'MOVE-ON.plan';
/** What a referral has to wait for. */
export const ReferralAwaits = { consent: 'consent' } as const;

/** What was missed is told once; it is still to be done. */
const told = (resident: Resident, code: string): void => {
  resident.duties = resident.duties.filter((one) => one !== code);
};

/**
 * Somebody was assessed as ready to move on: they are to be referred for a home of their own, with their consent, and the
 * day of the move is to be planned with them. Where they consented the referral is prepared; else people ask them first,
 * and it is prepared when they do.
 */
@EventOf(Resident, 'ResidentMoveOnAgreed', 1)
export class ResidentMoveOnAgreed extends DomainEvent<Resident> {
  @Ref(pseudonymous, 'assessment_forms') assessmentId!: string;
  @Group(pseudonymous, () => Deadline, { optional: true, doc: 'Absent where they are referred already' }) referralDue?: Deadline;
  @Group(pseudonymous, () => Deadline) planDue!: Deadline;
  @Choice(pseudonymous, 'ReferralAwaits', ReferralAwaits, { optional: true, doc: 'Why the referral is not prepared (REF-1)' }) referralAwaits?: keyof typeof ReferralAwaits;
  apply(resident: Resident): void {
    const open = [...(this.referralDue ? [REFERRAL] : []), PLAN];
    for (const code of open) resident.settleDuty(code);
    resident.duties = [...resident.duties, ...open];
    resident.unsettled = [...resident.unsettled, ...open];
    resident.moveOnAssessmentId = this.assessmentId;
  }
}
/** Who is to move on is referred for a home of their own. */
@EventOf(Resident, 'ResidentMoveOnReferred', 1, { deadlines: { met: [REFERRAL], at: 'on' } })
export class ResidentMoveOnReferred extends DomainEvent<Resident> {
  @CivilDate(pseudonymous) on!: string;
  @Ref(pseudonymous, 'referrals') referralId!: string;
  apply(resident: Resident): void {
    resident.settleDuty(REFERRAL);
    resident.moveOnReferralId = this.referralId;
  }
}
/** The day on which they move on is planned. */
@EventOf(Resident, 'ResidentMoveOnPlanned', 1, { deadlines: { met: [PLAN] } })
export class ResidentMoveOnPlanned extends DomainEvent<Resident> {
  @CivilDate(pseudonymous) plannedDate!: string;
  apply(resident: Resident): void {
    resident.settleDuty(PLAN);
  }
}
@EventOf(Resident, 'ResidentMoveOnReferralOverdue', 1)
export class ResidentMoveOnReferralOverdue extends DomainEvent<Resident> {
  @Instant(pseudonymous) dueAt!: string;
  apply(resident: Resident): void {
    told(resident, REFERRAL);
  }
}
@EventOf(Resident, 'ResidentMoveOnPlanOverdue', 1)
export class ResidentMoveOnPlanOverdue extends DomainEvent<Resident> {
  @Instant(pseudonymous) dueAt!: string;
  apply(resident: Resident): void {
    told(resident, PLAN);
  }
}

/** Whether they consented to others being told of them. */
function mayBeReferred({ id, consents }: Resident, context: Context): boolean {
  const [dateOfBirth] = context.fact('date-of-birth', id);
  return consentsFor('housing', consents, context.today, dateOfBirth === undefined ? undefined : ageOn(dateOfBirth, context.today)).length > 0;
}

/** The day on which they move out, where people planned it before. */
const plannedMoveOut = ({ placementId }: Resident, { find }: Context): string | null | undefined =>
  (placementId ? find<Placement>('placements', placementId)?.plannedMove('move_out')?.plannedDate : undefined);

@CommandOf(Resident, { internal: true, doc: 'Somebody was assessed as ready to move on.' })
export class AgreeMoveOn extends DomainCommand<Resident> {
  @Ref(pseudonymous, 'assessment_forms') assessmentId!: string;
  decide(resident: Resident, context: Context) {
    if (!resident.livesHere || resident.erasureDecidedOn) return [];
    const referred = context.held(RESIDENT_REGISTER, resident.id).some((entry) => liveReferral(entry, 'outbound|housing') || preparedReferral(entry));
    const awaits = referred || mayBeReferred(resident, context) ? {} : { referralAwaits: ReferralAwaits.consent };
    const due = (code: string): Deadline => inCalendarDays(context, code, context.today, policy(context, code));
    const agreed = ResidentMoveOnAgreed.of({ assessmentId: this.assessmentId, ...(referred ? {} : { referralDue: due(REFERRAL) }), planDue: due(PLAN), ...awaits });
    const plannedDate = plannedMoveOut(resident, context);
    return plannedDate ? [agreed, ResidentMoveOnPlanned.of({ plannedDate })] : agreed;
  }
}
@CommandOf(Resident, { internal: true, doc: 'Somebody was referred for a home of their own.', effective: 'on' })
export class NoteMoveOnReferral extends DomainCommand<Resident> {
  @CivilDate(pseudonymous) on!: string;
  @Ref(pseudonymous, 'referrals') referralId!: string;
  decide({ unsettled }: Resident) {
    return unsettled.includes(REFERRAL) ? ResidentMoveOnReferred.of({ on: this.on, referralId: this.referralId }) : [];
  }
}
@CommandOf(Resident, { internal: true, doc: 'The day on which somebody moves out is planned.' })
export class NoteMoveOnPlan extends DomainCommand<Resident> {
  @CivilDate(pseudonymous) plannedDate!: string;
  decide({ unsettled }: Resident) {
    return unsettled.includes(PLAN) ? ResidentMoveOnPlanned.of({ plannedDate: this.plannedDate }) : [];
  }
}
@CommandOf(Resident, { internal: true, doc: 'The time to refer somebody who is to move on is over.' })
export class ReportMoveOnReferralMissing extends deadlineMissed(Resident) {
  decide({ duties }: Resident) {
    return duties.includes(REFERRAL) ? ResidentMoveOnReferralOverdue.of({ dueAt: this.dueAt }) : [];
  }
}
@CommandOf(Resident, { internal: true, doc: 'The time to plan the move of somebody who is to move on is over.' })
export class ReportMoveOnPlanMissing extends deadlineMissed(Resident) {
  decide({ duties }: Resident) {
    return duties.includes(PLAN) ? ResidentMoveOnPlanOverdue.of({ dueAt: this.dueAt }) : [];
  }
}
