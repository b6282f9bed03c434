import { idIn } from '../kernel/entity.js';
import type { CalendarEvent } from '../domain/engagement/calendar-event/calendar-event.js';
import type { CalendarEventCompleted } from '../domain/engagement/calendar-event/calendar-events.js';
import type { ResidentAttendanceNoted } from '../domain/people/resident/attendance.js';
import type { Resident } from '../domain/people/resident/resident.js';
import type { SupportPlan } from '../domain/support/support-plan/support-plan.js';
import { londonDate } from '../kernel/values.js';
import type { DecodedEvent } from '../privacy/codec.js';
import type { Process, ProcessContext } from './engine/process.js';
import { reviewEventOf } from './support-plan-calendar.js';

/** The record that stands for a resident: the one that theirs was merged into, if any. */
async function residentOf(residentId: string, context: ProcessContext): Promise<Resident | undefined> {
  const resident = await context.find<Resident>('residents', residentId);
  return resident?.mergedInto ? context.find<Resident>('residents', resident.mergedInto) : resident;
}

/** Of everybody in care who was invited: whether they came. */
async function attended(event: CalendarEvent, completed: CalendarEventCompleted, startTime: string, context: ProcessContext): Promise<void> {
  const { occurrenceDate, attended: came, dna } = completed;
  for (const { residentId } of event.invitations) {
    if (residentId === undefined || !(came.includes(residentId) || dna.includes(residentId))) continue;
    const resident = await residentOf(residentId, context);
    const body = { calendarEventId: event.id, occurrenceDate, startTime, came: came.includes(residentId) };
    if (resident) await context.send({ step: `attendance|${residentId}`, command: 'NoteAttendance', id: resident.id, body });
  }
}

/** Of a review: that what it came to is to be recorded. */
async function reviewed({ id: calendarEventId, residentId }: CalendarEvent, startTime: string, context: ProcessContext): Promise<void> {
  const resident = residentId === undefined ? undefined : await residentOf(residentId, context);
  if (!resident) return;
  const plan = resident.supportPlanId ? await context.find<SupportPlan>('support_plans', resident.supportPlanId) : undefined;
  const ofPlan = plan?.formerReviewDates.some((date) => reviewEventOf(plan.id, date) === calendarEventId) ?? false;
  await context.send({ step: 'review', command: 'PromptReview', id: resident.id, body: { calendarEventId, heldOn: londonDate(startTime), ofPlan } });
}

async function completed({ stored, event, metadata }: DecodedEvent, context: ProcessContext): Promise<void> {
  const calendarEvent = (await context.find<CalendarEvent>('calendar_events', idIn(stored.stream)))!;
  const facts = event as unknown as CalendarEventCompleted;
  const { startTime } = calendarEvent.occurrences.find(({ occurrenceDate }) => occurrenceDate === facts.occurrenceDate)!;
  await attended(calendarEvent, facts, startTime, context);
  // What a process completes is over because the review is recorded already.
  if (calendarEvent.eventType === 'review' && metadata.source !== 'process') await reviewed(calendarEvent, startTime, context);
}

/** What follows when an event of the calendar is over: who missed it, over all events, and reviews that are to be recorded. */
export const calendarConsequences: Process = {
  name: 'calendar-consequences',
  doc: 'Counts what residents miss in a row, over all calendar events, and asks for the record of reviews that were held.',
  on: ['CalendarEventCompleted', 'ResidentAttendanceNoted'],
  async react(decoded, context) {
    if (decoded.declaration.type === 'CalendarEventCompleted') return completed(decoded, context);
    const { repeated, missedInARow: count, calendarEventId } = decoded.event as unknown as ResidentAttendanceNoted;
    const residentId = idIn(decoded.stored.stream);
    if (repeated) await context.send({ step: 'repeated', command: 'ReportRepeatedNonAttendance', id: calendarEventId, body: { residentId, count } });
  },
};
