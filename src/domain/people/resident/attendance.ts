import { CommandOf, type Context, DomainCommand } from '../../../kernel/command.js';
import { DomainEvent, EventOf } from '../../../kernel/event.js';
import { CivilDate, Flag, Instant, Int, Ref } from '../../../kernel/fields.js';
import { pseudonymous } from '../../../kernel/privacy.js';
import { currentRiskAssessments } from '../../assessments-in-force.js';
import { policy } from '../../policies.js';
import type { SupportPlan } from '../../support/support-plan/support-plan.js';
import { RESIDENT_REGISTER } from '../resident-register.js';
import { Resident } from './resident.js';

/** An occurrence of a calendar event that somebody was to come to. */
class OccurrenceFacts {
  @Ref(pseudonymous, 'calendar_events') calendarEventId!: string;
  @CivilDate(pseudonymous, { doc: 'The date that it has in the series' }) occurrenceDate!: string;
  @Instant(pseudonymous, { doc: 'When it began' }) startTime!: string;
  @Flag(pseudonymous) came!: boolean;
}
const missedKey = ({ startTime, calendarEventId }: Pick<OccurrenceFacts, 'startTime' | 'calendarEventId'>): string => `${startTime}|${calendarEventId}`;

/**
 * What somebody has missed since they last came to something, whatever it was, oldest first. It goes by when things were,
 * not by when they were recorded: what is recorded late falls where it belongs.
 */
function missedWith({ missed, lastCameAt }: Resident, occurrence: OccurrenceFacts): string[] {
  const { came, startTime } = occurrence;
  if (came) return missed.filter((one) => one.split('|')[0]! > startTime);
  if (lastCameAt !== undefined && startTime <= lastCameAt) return missed;
  return [...new Set([...missed, missedKey(occurrence)])].sort();
}

/** Somebody came to something that they were invited to, or did not and had not said so. */
@EventOf(Resident, 'ResidentAttendanceNoted', 1)
export class ResidentAttendanceNoted extends DomainEvent<Resident> {
  @Ref(pseudonymous, 'calendar_events') calendarEventId!: string;
  @CivilDate(pseudonymous) occurrenceDate!: string;
  @Instant(pseudonymous) startTime!: string;
  @Flag(pseudonymous) came!: boolean;
  @Int(pseudonymous, { doc: 'How many they have missed in a row by now' }) missedInARow!: number;
  @Flag(pseudonymous, { doc: 'So many that it is to be looked into' }) repeated!: boolean;
  apply(resident: Resident): void {
    const { came, startTime } = this;
    resident.missed = missedWith(resident, this);
    resident.missedInARow = resident.missed.length;
    if (came && startTime > (resident.lastCameAt ?? '')) resident.lastCameAt = startTime;
  }
}
@CommandOf(Resident, { internal: true, doc: 'Something is over that somebody was invited to, and they came, or did not.' })
export class NoteAttendance extends DomainCommand<Resident> {
  @Ref(pseudonymous, 'calendar_events') calendarEventId!: string;
  @CivilDate(pseudonymous) occurrenceDate!: string;
  @Instant(pseudonymous) startTime!: string;
  @Flag(pseudonymous) came!: boolean;
  decide(resident: Resident, context: Context) {
    const { calendarEventId, occurrenceDate, startTime, came } = this;
    if (resident.erasureDecidedOn) return [];
    const missedInARow = missedWith(resident, this).length;
    const changes = came ? startTime > (resident.lastCameAt ?? '') : missedInARow > resident.missedInARow;
    if (!changes) return [];
    const repeated = !came && missedInARow % policy(context, 'CAL.non_attendance') === 0;
    return ResidentAttendanceNoted.of({ calendarEventId, occurrenceDate, startTime, came, missedInARow, repeated });
  }
}

/** A review was held with somebody, and what it came to is not recorded yet. */
@EventOf(Resident, 'ResidentReviewPrompted', 1)
export class ResidentReviewPrompted extends DomainEvent<Resident> {
  @Ref(pseudonymous, 'calendar_events') calendarEventId!: string;
  @CivilDate(pseudonymous, { doc: 'The day on which it was held' }) heldOn!: string;
  @Ref(pseudonymous, 'support_plans', { optional: true, doc: 'The plan, where it was not reviewed since' }) supportPlanId?: string;
  @Ref(pseudonymous, 'risk_assessments', { optional: true, doc: 'The risk assessment in force, where it is from before' }) riskAssessmentId?: string;
  apply(): void {
    // It is told, and changes nothing of the resident.
  }
}
@CommandOf(Resident, { internal: true, doc: 'A review in the calendar is over: what it came to is to be recorded.' })
export class PromptReview extends DomainCommand<Resident> {
  @Ref(pseudonymous, 'calendar_events') calendarEventId!: string;
  @CivilDate(pseudonymous) heldOn!: string;
  @Flag(pseudonymous, { doc: 'It was of the support plan alone' }) ofPlan!: boolean;
  decide(resident: Resident, context: Context) {
    const { calendarEventId, heldOn } = this;
    if (resident.erasureDecidedOn) return [];
    const plan = resident.supportPlanId ? context.find<SupportPlan>('support_plans', resident.supportPlanId) : undefined;
    const planned = plan?.awaitsReview && (plan.lastReviewOn ?? '') < heldOn;
    const [risk] = this.ofPlan ? [] : currentRiskAssessments(context.held(RESIDENT_REGISTER, resident.id));
    const rated = risk !== undefined && (risk.from ?? '') < heldOn;
    if (!planned && !rated) return [];
    return ResidentReviewPrompted.of({ calendarEventId, heldOn, ...(planned ? { supportPlanId: plan.id } : {}), ...(rated ? { riskAssessmentId: risk.key } : {}) });
  }
}
