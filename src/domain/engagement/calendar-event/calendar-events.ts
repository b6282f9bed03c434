import { factsOf } from '../../../kernel/entity.js';
import { DomainEvent, EventOf, eventWith, type Recorded } from '../../../kernel/event.js';
import { Children, Choice, CivilDate, Flag, Instant, Int, Items, List, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';
import { uuidOf } from '../../../kernel/values.js';
import { Attendee, Invited, InvitationResponse, InvitedFacts, Occurrence, SeriesDate } from './calendar-children.js';
import { CalendarEvent, CalendarFacts } from './calendar-event.js';
import { dateOf, onDates, type Span } from './recurrence.js';
import { movedOccurrences, RescheduleScope } from './rescheduling.js';

const scheduledOn = ({ id, organizer, residentId, propertyId }: CalendarEvent, occurrenceDate: string, { startTime, endTime }: Span): Occurrence =>
  Object.assign(new Occurrence(), { id: uuidOf(id, 'occurrence', occurrenceDate), occurrenceDate, startTime, endTime, status: 'scheduled', organizer, residentId, propertyId });
const change = (event: CalendarEvent, date: string, values: Partial<Occurrence>): void => {
  event.occurrences = event.occurrences.map((one) => (one.occurrenceDate === date ? Object.assign(new Occurrence(), one, values) : one));
};
const invitationOf = ({ id, userId, residentId, otherPerson }: Invited): Attendee =>
  Object.assign(new Attendee(), { id, userId, residentId, otherPerson, response: 'pending' });
const invite = (event: CalendarEvent, invitations: Attendee[]): void =>
  void Object.assign(event, { invitations, attendees: invitations.map(({ id }) => id) });

/** What it is as a whole, by its occurrences. */
function settle(event: CalendarEvent): void {
  const has = (status: string): boolean => event.occurrences.some((one) => one.status === status);
  const answered = event.invitations.every(({ response }) => response !== 'pending');
  if (answered) event.moved = undefined;
  if (has('in_progress')) event.status = 'in_progress';
  else if (has('scheduled')) event.status = event.moved ? 'rescheduled' : 'scheduled';
  else event.status = has('completed') ? 'completed' : 'cancelled';
}
const ANY = { toOneOf: ['scheduled', 'rescheduled', 'in_progress', 'completed', 'cancelled'] };

@EventOf(CalendarEvent, 'CalendarEventScheduled', 1, { to: 'scheduled' })
export class CalendarEventScheduled extends eventWith(CalendarEvent, CalendarFacts) {
  @Ref(open, 'users') organizer!: string;
  @Children('calendar_attendees', () => Invited, { parent: 'calendarEventId' }) attendees!: Invited[];
  @List(open, { doc: 'Events of the organiser at the same time' }) overlapsWith!: string[];
  @Flag(open) overlapAcknowledged!: boolean;
  override apply(event: CalendarEvent): void {
    const { allDay = false, reminderMinutes, ...facts } = factsOf(this, CalendarFacts);
    const reminder = reminderMinutes === undefined ? {} : { reminderSet: true, reminderTime: reminderMinutes };
    const { organizer, overlapsWith, overlapAcknowledged: overlapAck } = this;
    Object.assign(event, facts, { allDay, organizer, overlapsWith, overlapAck }, reminder);
    invite(event, this.attendees.map(invitationOf));
    event.occurrences = [scheduledOn(event, dateOf(this), this)];
  }
}
/** The dates are those of the rule when it was set: a series does not change by itself. */
@EventOf(CalendarEvent, 'RecurrenceSet', 1)
export class RecurrenceSet extends DomainEvent<CalendarEvent> {
  @Text(open, { max: 500 }) rrule!: string;
  @Items(open, () => SeriesDate, { max: 800, doc: 'Every date of the rule' }) dates!: SeriesDate[];
  @List(open, { max: 800, doc: 'Dates that are left out' }) exdates!: string[];
  @List(open, { doc: 'Events of the organiser at the same time' }) overlapsWith!: string[];
  @Flag(open) overlapAcknowledged!: boolean;
  apply(event: CalendarEvent): void {
    const { rrule, exdates, dates, overlapsWith, overlapAcknowledged: overlapAck } = this;
    const kept = dates.map(({ on }) => on).filter((date) => !exdates.includes(date));
    Object.assign(event, { rrule, exdates, overlapsWith, overlapAck, isRecurring: true });
    const spans = onDates(event, kept);
    event.occurrences = kept.map((date, index) => scheduledOn(event, date, spans[index]!));
  }
}
@EventOf(CalendarEvent, 'CalendarEventRescheduled', 1, ANY)
export class CalendarEventRescheduled extends DomainEvent<CalendarEvent> {
  @Choice(open, 'RescheduleScope', RescheduleScope) scope!: (typeof RescheduleScope)[keyof typeof RescheduleScope];
  @CivilDate(open) occurrenceDate!: string;
  @Instant(open, { doc: 'When this occurrence begins now; others are moved as far, and to the same time of day' }) startTime!: string;
  @Instant(open) endTime!: string;
  @List(open, { doc: 'Events of the organiser at the same time' }) overlapsWith!: string[];
  @Flag(open) overlapAcknowledged!: boolean;
  apply(event: CalendarEvent): void {
    const { overlapsWith, overlapAcknowledged: overlapAck } = this;
    event.occurrences = movedOccurrences(event, this);
    Object.assign(event, { overlapsWith, overlapAck, moved: true });
    if (this.scope === 'all' || !event.isRecurring) {
      const { startTime, endTime } = event.pending[0] ?? this;
      Object.assign(event, { startTime, endTime });
    }
    invite(event, event.invitations.map(invitationOf));
    settle(event);
  }
}
@EventOf(CalendarEvent, 'OccurrenceCancelled', 1, ANY)
export class OccurrenceCancelled extends DomainEvent<CalendarEvent> {
  @CivilDate(open) date!: string;
  @Text(personal('identity'), { optional: true, max: 1000 }) reason?: string;
  apply(event: CalendarEvent): void {
    change(event, this.date, { status: 'cancelled' });
    settle(event);
  }
}
@EventOf(CalendarEvent, 'CalendarEventCancelled', 1, { to: 'cancelled' })
export class CalendarEventCancelled extends DomainEvent<CalendarEvent> {
  @Text(personal('identity'), { max: 1000 }) reason!: string;
  apply(event: CalendarEvent): void {
    event.cancelReason = this.reason;
    for (const { occurrenceDate } of event.pending) change(event, occurrenceDate, { status: 'cancelled' });
  }
}
@EventOf(CalendarEvent, 'CalendarEventStarted', 1, ANY)
export class CalendarEventStarted extends DomainEvent<CalendarEvent> {
  @CivilDate(open) occurrenceDate!: string;
  apply(event: CalendarEvent): void {
    change(event, this.occurrenceDate, { status: 'in_progress' });
    settle(event);
  }
}
@EventOf(CalendarEvent, 'CalendarEventCompleted', 1, ANY)
export class CalendarEventCompleted extends DomainEvent<CalendarEvent> {
  @CivilDate(open) occurrenceDate!: string;
  @List(pseudonymous, { doc: 'Ids of those who came' }) attended!: string[];
  @List(pseudonymous, { doc: 'Ids of those who did not come and had not said so' }) dna!: string[];
  apply(event: CalendarEvent): void {
    const { attended, dna } = this;
    change(event, this.occurrenceDate, { status: 'completed', attended, dna });
    event.dnaCount += dna.length;
    settle(event);
  }
}
/** A resident has not come to several things in a row, of which this is the last: the key worker is to look after it. */
@EventOf(CalendarEvent, 'NonAttendanceRepeated', 1)
export class NonAttendanceRepeated extends DomainEvent<CalendarEvent> {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Int(pseudonymous, { doc: 'How many they have missed in a row' }) count!: number;
  apply(): void {
    // It is told, and changes nothing of the event.
  }
}
@EventOf(CalendarEvent, 'AttendeeAdded', 1)
export class AttendeeAdded extends eventWith(CalendarEvent, InvitedFacts) {
  @Text(pseudonymous, { max: 36 }) attendeeId!: string;
  override apply(event: CalendarEvent): void {
    const { attendeeId: id, userId, residentId, otherPerson } = this;
    invite(event, [...event.invitations, invitationOf({ id, userId, residentId, otherPerson })]);
  }
}
@EventOf(CalendarEvent, 'AttendeeRemoved', 1)
export class AttendeeRemoved extends DomainEvent<CalendarEvent> {
  @Text(pseudonymous, { max: 36 }) attendeeId!: string;
  apply(event: CalendarEvent): void {
    invite(event, event.invitations.filter(({ id }) => id !== this.attendeeId));
  }
}
@EventOf(CalendarEvent, 'AttendeeResponded', 1, ANY)
export class AttendeeResponded extends DomainEvent<CalendarEvent> {
  @Text(pseudonymous, { max: 36 }) attendeeId!: string;
  @Choice(pseudonymous, 'InvitationResponse', InvitationResponse) response!: (typeof InvitationResponse)[keyof typeof InvitationResponse];
  apply(event: CalendarEvent): void {
    const { attendeeId, response } = this;
    event.invitations = event.invitations.map((one) => (one.id === attendeeId ? Object.assign(new Attendee(), one, { response }) : one));
    settle(event);
  }
}
@EventOf(CalendarEvent, 'ReminderSent', 1, { doc: 'Everybody who is invited is reminded.' })
export class ReminderSent extends DomainEvent<CalendarEvent> {
  @CivilDate(open) occurrenceDate!: string;
  @Instant(open, { doc: 'When it begins' }) startTime!: string;
  @List(pseudonymous, { doc: 'Ids of the organiser and of those who are invited' }) to!: string[];
  apply(event: CalendarEvent, { recordedAt: remindedAt }: Recorded): void {
    change(event, this.occurrenceDate, { remindedAt });
  }
}
