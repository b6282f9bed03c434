import { CommandOf, commandWith, type Context, DomainCommand } from '../../../kernel/command.js';
import { factsOf } from '../../../kernel/entity.js';
import { Choice, CivilDate, Flag, Instant, Int, List, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { UUID } from '../../../kernel/values.js';
import type { Resident } from '../../people/resident/resident.js';
import { policy } from '../../policies.js';
import { Invited, type Occurrence } from './calendar-children.js';
import { CalendarEvent, CalendarFacts, MOST_ATTENDEES } from './calendar-event.js';
import {
  CalendarEventCancelled,
  CalendarEventCompleted,
  CalendarEventRescheduled,
  CalendarEventScheduled,
  CalendarEventStarted,
  NonAttendanceRepeated,
  OccurrenceCancelled,
  RecurrenceSet,
} from './calendar-events.js';
import { overlapsOf } from './organizer-overlaps.js';
import { onDates, recurrenceOf, type Span } from './recurrence.js';
import { movedOccurrences, RescheduleScope } from './rescheduling.js';

const ahead = ['scheduled', 'rescheduled'];
const running = [...ahead, 'in_progress'];
const A_DAY = 24 * 3_600_000;
const dates = { pattern: /^\d{4}-\d{2}-\d{2}$/, max: 800 } as const;
const ids = { pattern: UUID, max: MOST_ATTENDEES } as const;
const whichOne = { optional: true, doc: 'Its date in the series; the first one that is still to come where it is left out' } as const;

function checkSpan({ startTime, endTime }: Span, allDay: boolean | undefined): void {
  rule('CAL-1', 'It ends after it begins.', endTime > startTime, 'endTime');
  rule('CAL-1', 'It ends within 24 hours, unless it is of whole days.', allDay === true || Date.parse(endTime) - Date.parse(startTime) <= A_DAY, 'endTime');
}
/** An occurrence that is still to come or goes on. @throws Refusal GEN-1, STATE */
function pendingOne(event: CalendarEvent, date: string | undefined, field = 'occurrenceDate'): Occurrence {
  if (date === undefined) {
    const first = [...event.pending].sort((a, b) => (a.startTime < b.startTime ? -1 : 1))[0];
    if (!first) throw new Refusal('STATE', 'Nothing of this event is still to come.', { status: 409 });
    return first;
  }
  const found = event.occurrences.find(({ occurrenceDate }) => occurrenceDate === date);
  if (!found) throw new Refusal('GEN-1', 'The event has no occurrence of this date.', { field });
  if (!found.isPending) throw new Refusal('STATE', `The occurrence of this date is ${found.status}.`, { status: 409, field });
  return found;
}
/** Nothing more is recorded about a resident whose data is being erased. @throws Refusal ERASED */
const checkResident = ({ residentId }: { residentId?: string }, context: Context): void =>
  residentId ? context.state<Resident>('residents', residentId).checkOpen() : undefined;

/** Users and residents by their ids, each once. @throws Refusal GEN-1 */
function invited(given: readonly string[], residentId: string | undefined, { find }: Context): Invited[] {
  return [...new Set([...given, ...(residentId ? [residentId] : [])])].map((id) => {
    const kind = find('users', id) ? { userId: id } : find('residents', id) ? { residentId: id } : undefined;
    rule('GEN-1', 'Every attendee is a user or a resident of the organisation.', kind !== undefined, 'attendees');
    return Object.assign(new Invited(), { id, ...kind });
  });
}

@CommandOf(CalendarEvent, { permission: 'calendar_events:schedule', doc: 'Schedules an event.', creates: true, plain: true })
export class ScheduleEvent extends commandWith(CalendarEvent, CalendarFacts) {
  @Ref(open, 'users', { optional: true, doc: 'Whose event it is; who asks, where it is left out' }) organizer?: string;
  @List(pseudonymous, { ...ids, optional: true, doc: 'Ids of users and residents; the resident that it is about is one of them' }) attendees?: string[];
  @Text(open, { optional: true, max: 500, doc: 'Rule of RFC 5545 by which it recurs; it can be set later' }) rrule?: string;
  @Flag(open, { optional: true, doc: 'The organiser can be in two places' }) overlapAcknowledged?: boolean;
  decide(_: CalendarEvent, context: Context) {
    checkSpan(this, this.allDay);
    checkResident(this, context);
    const organizer = this.organizer ?? context.actor.id;
    const overlapAcknowledged = this.overlapAcknowledged ?? false;
    const attendees = invited(this.attendees ?? [], this.residentId, context);
    const overlapsWith = overlapsOf(organizer, [this], context);
    const scheduled = CalendarEventScheduled.of({ ...factsOf(this, CalendarFacts), organizer, attendees, overlapsWith, overlapAcknowledged });
    if (!this.rrule) return scheduled;
    return [scheduled, recurring({ ...this, organizer }, this.rrule, [], overlapAcknowledged, context)];
  }
}

/** What a recurrence makes of an event. @throws Refusal CAL-2 */
function recurring(event: Span & { organizer: string }, text: string, exdates: readonly string[], overlapAcknowledged: boolean, context: Context): RecurrenceSet {
  const { rrule, dates: all } = recurrenceOf(text, event.startTime, policy(context, 'CAL-2'));
  rule('CAL-2', 'Only dates of the series can be left out.', exdates.every((date) => all.includes(date)), 'exdates');
  const kept = all.filter((date) => !exdates.includes(date));
  rule('CAL-2', 'No date of the series is left.', kept.length > 0, 'exdates');
  return RecurrenceSet.of({
    rrule, dates: all.map((on) => ({ on })), exdates: [...exdates], overlapsWith: overlapsOf(event.organizer, onDates(event, kept), context), overlapAcknowledged,
  });
}

@CommandOf(CalendarEvent, { permission: 'calendar_events:set-recurrence', doc: 'Makes a series of an event of which nothing has happened yet.', from: ahead })
export class SetRecurrence extends DomainCommand<CalendarEvent> {
  @Text(open, { max: 500, doc: 'Rule of RFC 5545 with COUNT or UNTIL, such as FREQ=WEEKLY;COUNT=10; times are those of London' }) rrule!: string;
  @List(open, { ...dates, optional: true, doc: 'Dates of the rule that are left out' }) exdates?: string[];
  @Flag(open, { optional: true }) overlapAcknowledged?: boolean;
  decide(event: CalendarEvent, context: Context) {
    checkResident(event, context);
    const untouched = event.occurrences.every(({ status }) => status === 'scheduled');
    if (!untouched) throw new Refusal('STATE', 'Some of this series has happened or is cancelled already: schedule another event.', { status: 409 });
    return recurring(event, this.rrule, this.exdates ?? [], this.overlapAcknowledged ?? false, context);
  }
}

@CommandOf(CalendarEvent, { permission: 'calendar_events:reschedule-event', doc: 'Moves an event, or some or all that is still to come of a series.', from: ahead })
export class RescheduleEvent extends DomainCommand<CalendarEvent> {
  @Choice(open, 'RescheduleScope', RescheduleScope, { optional: true, doc: 'this one where it is left out' }) scope?: (typeof RescheduleScope)[keyof typeof RescheduleScope];
  @CivilDate(open, whichOne) occurrenceDate?: string;
  @Instant(open, { doc: 'When this occurrence begins now' }) startTime!: string;
  @Instant(open) endTime!: string;
  @Flag(open, { optional: true }) overlapAcknowledged?: boolean;
  decide(event: CalendarEvent, context: Context) {
    checkResident(event, context);
    checkSpan(this, event.allDay);
    const { occurrenceDate } = pendingOne(event, this.occurrenceDate);
    const { startTime, endTime } = this;
    const move = { scope: this.scope ?? 'this', occurrenceDate, startTime, endTime } as const;
    const after = movedOccurrences(event, move);
    const moved = after.filter((one, index) => one !== event.occurrences[index]);
    const changes = moved.some((one) => event.occurrences.some((was) => was.id === one.id && (was.startTime !== one.startTime || was.endTime !== one.endTime)));
    if (!changes) return [];
    const overlapsWith = overlapsOf(event.organizer, moved, context);
    return CalendarEventRescheduled.of({ ...move, overlapsWith, overlapAcknowledged: this.overlapAcknowledged ?? false });
  }
}

@CommandOf(CalendarEvent, { permission: 'calendar_events:cancel-occurrence', doc: 'Leaves one occurrence of a series out.', from: running })
export class CancelOccurrence extends DomainCommand<CalendarEvent> {
  @CivilDate(open, { doc: 'Its date in the series' }) date!: string;
  @Text(personal('identity'), { optional: true, max: 1000 }) reason?: string;
  decide(event: CalendarEvent, context: Context) {
    checkResident(event, context);
    const one = event.occurrences.find(({ occurrenceDate }) => occurrenceDate === this.date);
    if (one?.status === 'cancelled') return [];
    pendingOne(event, this.date, 'date');
    return OccurrenceCancelled.of({ date: this.date, reason: this.reason ?? undefined });
  }
}

@CommandOf(CalendarEvent, { permission: 'calendar_events:cancel-event', doc: 'Cancels all that is still to come of an event.', from: ahead })
export class CancelEvent extends DomainCommand<CalendarEvent> {
  @Text(personal('identity'), { max: 1000 }) reason!: string;
  decide(event: CalendarEvent, context: Context) {
    checkResident(event, context);
    return CalendarEventCancelled.of({ reason: this.reason });
  }
}

@CommandOf(CalendarEvent, { permission: 'calendar_events:start-event', doc: 'Says that an event has begun.', from: running })
export class StartEvent extends DomainCommand<CalendarEvent> {
  @CivilDate(open, whichOne) occurrenceDate?: string;
  decide(event: CalendarEvent, context: Context) {
    checkResident(event, context);
    const { occurrenceDate, status } = pendingOne(event, this.occurrenceDate);
    return status === 'in_progress' ? [] : CalendarEventStarted.of({ occurrenceDate });
  }
}

@CommandOf(CalendarEvent, { permission: 'calendar_events:complete-event', doc: 'Says that an event is over, who came, and who did not.', from: running })
export class CompleteEvent extends DomainCommand<CalendarEvent> {
  @CivilDate(open, whichOne) occurrenceDate?: string;
  @List(pseudonymous, { ...ids, optional: true, doc: 'Ids of attendees who came' }) attended?: string[];
  @List(pseudonymous, { ...ids, optional: true, doc: 'Ids of attendees who did not come and had not said so' }) dna?: string[];
  decide(event: CalendarEvent, context: Context) {
    checkResident(event, context);
    const { occurrenceDate, startTime } = pendingOne(event, this.occurrenceDate);
    rule('CAL-5', 'It has not begun yet.', startTime <= context.now, 'occurrenceDate');
    const [attended, dna] = [[...new Set(this.attended ?? [])], [...new Set(this.dna ?? [])]];
    for (const [field, some] of [['attended', attended], ['dna', dna]] as const) {
      rule('GEN-1', 'Somebody of these is no attendee.', some.every((id) => event.attendees.includes(id)), field);
    }
    if (dna.some((id) => attended.includes(id))) throw new Refusal('VALIDATION', 'Nobody came and did not come.', { field: 'dna' });
    return CalendarEventCompleted.of({ occurrenceDate, attended, dna });
  }
}

@CommandOf(CalendarEvent, { internal: true, doc: 'A resident has missed so many things in a row, the last of them this one.' })
export class ReportRepeatedNonAttendance extends DomainCommand<CalendarEvent> {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Int(pseudonymous, { doc: 'How many they have missed in a row' }) count!: number;
  decide() {
    return NonAttendanceRepeated.of({ residentId: this.residentId, count: this.count });
  }
}
