import { CommandOf, commandWith, type Context, DomainCommand } from '../../../kernel/command.js';
import { factsOf } from '../../../kernel/entity.js';
import { Choice, Instant, Text } from '../../../kernel/fields.js';
import { open, pseudonymous } from '../../../kernel/privacy.js';
import { Refusal } from '../../../kernel/rules.js';
import { UUID } from '../../../kernel/values.js';
import type { Resident } from '../../people/resident/resident.js';
import { type Attendee, InvitedFacts, InvitationResponse } from './calendar-children.js';
import { CalendarEvent, MOST_ATTENDEES } from './calendar-event.js';
import { AttendeeAdded, AttendeeRemoved, AttendeeResponded, ReminderSent } from './calendar-events.js';

const running = ['scheduled', 'rescheduled', 'in_progress'];
const ID = { max: 36, pattern: UUID } as const;
const checkResident = (residentId: string | undefined, context: Context): void =>
  residentId ? context.state<Resident>('residents', residentId).checkOpen() : undefined;
function attendeeOf(event: CalendarEvent, id: string, field?: string): Attendee {
  const found = event.invitations.find((one) => one.id === id);
  if (!found) throw new Refusal('GEN-1', 'The event has no such attendee.', field ? { field } : {});
  return found;
}

@CommandOf(CalendarEvent, { permission: 'calendar_events:add-attendee', doc: 'Invites somebody.', from: running })
export class AddAttendee extends commandWith(CalendarEvent, InvitedFacts) {
  decide(event: CalendarEvent, context: Context) {
    const { userId, residentId, otherPerson } = this;
    if ([userId, residentId, otherPerson].filter(Boolean).length !== 1) {
      throw new Refusal('VALIDATION', 'Say who it is: a user, a resident, or somebody else in words; one of them.', { field: 'userId' });
    }
    checkResident(event.residentId, context);
    checkResident(residentId, context);
    const attendeeId = userId ?? residentId ?? context.newId('attendee');
    if (event.attendees.includes(attendeeId)) return [];
    if (event.attendees.length >= MOST_ATTENDEES) throw new Refusal('VALIDATION', `An event has at most ${MOST_ATTENDEES} attendees.`, { field: 'userId' });
    return AttendeeAdded.of({ ...factsOf(this, InvitedFacts), attendeeId });
  }
}

@CommandOf(CalendarEvent, { permission: 'calendar_events:remove-attendee', doc: 'Takes an invitation back.', from: running })
export class RemoveAttendee extends DomainCommand<CalendarEvent> {
  @Text(pseudonymous, ID) attendeeId!: string;
  decide(event: CalendarEvent) {
    return AttendeeRemoved.of({ attendeeId: attendeeOf(event, this.attendeeId, 'attendeeId').id });
  }
}

@CommandOf(CalendarEvent, { permission: 'calendar_events:respond-to-invitation', doc: 'Answers an invitation: one’s own, or somebody else’s on their behalf.', from: running })
export class RespondToInvitation extends DomainCommand<CalendarEvent> {
  @Text(pseudonymous, { ...ID, optional: true, doc: 'Whose answer it is; who asks, where it is left out' }) attendeeId?: string;
  @Choice(pseudonymous, 'InvitationResponse', InvitationResponse) response!: (typeof InvitationResponse)[keyof typeof InvitationResponse];
  decide(event: CalendarEvent, { actor }: Context) {
    const attendee = attendeeOf(event, this.attendeeId ?? actor.residentId ?? actor.id, 'attendeeId');
    return attendee.response === this.response ? [] : AttendeeResponded.of({ attendeeId: attendee.id, response: this.response });
  }
}

@CommandOf(CalendarEvent, { internal: true, doc: 'An event begins soon.' })
export class SendEventReminder extends DomainCommand<CalendarEvent> {
  @Instant(open, { doc: 'When it begins' }) startTime!: string;
  decide(event: CalendarEvent) {
    const { startTime } = this;
    const to = [...new Set([event.organizer, ...event.attendees])];
    const due = event.occurrences.filter((one) => event.reminderSet && one.status === 'scheduled' && one.startTime === startTime && !one.remindedAt);
    return due.map(({ occurrenceDate }) => ReminderSent.of({ occurrenceDate, startTime, to }));
  }
}
