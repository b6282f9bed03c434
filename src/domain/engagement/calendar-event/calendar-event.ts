import { Entity, type RegisterEntry, State } from '../../../kernel/entity.js';
import { Children, Choice, Flag, Hidden, Instant, Int, List, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous, special } from '../../../kernel/privacy.js';
import { Attendee, Occurrence } from './calendar-children.js';
import './calendar-event.rules.js';

type Of<T> = T[keyof T];
export const CalendarEventType = { appointment: 'appointment', meeting: 'meeting', inspection: 'inspection', review: 'review', training: 'training' } as const;
export const CalendarEventStatus = {
  scheduled: 'scheduled',
  in_progress: 'in_progress',
  completed: 'completed',
  cancelled: 'cancelled',
  rescheduled: 'rescheduled',
} as const;
/** The register of each organiser (owner = their id): the time from the first to the last occurrence that is still to come of each event. */
export const ORGANIZER_REGISTER = 'organizer';
export const MOST_ATTENDEES = 100;

/** What an event is about. */
export class CalendarFacts {
  @Text(personal('identity')) title!: string;
  @Text(special('safeguarding'), { optional: true, max: 20_000 }) description?: string;
  @Choice(open, 'CalendarEventType', CalendarEventType) eventType!: Of<typeof CalendarEventType>;
  @Text(personal('location'), { optional: true }) location?: string;
  @Ref(pseudonymous, 'residents', { optional: true }) residentId?: string;
  @Ref(open, 'properties', { optional: true }) propertyId?: string;
  @Instant(open) startTime!: string;
  @Instant(open) endTime!: string;
  @Flag(open, { optional: true, doc: 'It takes whole days' }) allDay?: boolean;
  @Int(open, { optional: true, max: 40_320, doc: 'So many minutes before it everybody is reminded; nobody where it is left out' }) reminderMinutes?: number;
}

@Entity('calendar_events', 'Something that people meet for at a time: an appointment, a review, an inspection; once, or as a series.', {
  category: 'calendarEvent',
  subject: 'residentId',
})
export class CalendarEvent extends State {
  @Text(personal('identity')) title!: string;
  @Text(special('safeguarding'), { optional: true, max: 20_000 }) description?: string;
  @Instant(open, { doc: 'When it begins; of a series its first occurrence' }) startTime!: string;
  @Instant(open) endTime!: string;
  @Flag(open) allDay: boolean = false;
  @Choice(open, 'CalendarEventType', CalendarEventType) eventType!: Of<typeof CalendarEventType>;
  @Text(personal('location'), { optional: true }) location?: string;
  @Ref(open, 'users') organizer!: string;
  @List(pseudonymous, { max: MOST_ATTENDEES, doc: 'Ids of those who are invited' }) attendees: string[] = [];
  @Ref(pseudonymous, 'residents', { optional: true }) residentId?: string;
  @Ref(open, 'properties', { optional: true }) propertyId?: string;
  @Choice(open, 'CalendarEventStatus', CalendarEventStatus) status!: Of<typeof CalendarEventStatus>;
  @Flag(open) isRecurring: boolean = false;
  @Text(open, { optional: true, max: 500, doc: 'Rule of RFC 5545 by which it recurs, in London time' }) rrule?: string;
  @List(open, { optional: true, max: 800, doc: 'Dates of the rule that were left out' }) exdates?: string[];
  @Flag(open) reminderSet: boolean = false;
  @Int(open, { doc: 'Minutes before it' }) reminderTime: number = 15;
  @List(open, { optional: true, doc: 'Ids of events of the organiser that were at the same time when it was scheduled' }) overlapsWith?: string[];
  @Flag(open, { doc: 'Whoever scheduled it said that the organiser can be in two places' }) overlapAck: boolean = false;
  @Int(pseudonymous, { doc: 'How often somebody did not come and had not said so' }) dnaCount = 0;
  @Text(personal('identity'), { optional: true, max: 1000 }) cancelReason?: string;
  @Children('calendar_occurrences', () => Occurrence, { parent: 'calendarEventId' }) occurrences: Occurrence[] = [];
  @Children('calendar_attendees', () => Attendee, { parent: 'calendarEventId' }) invitations: Attendee[] = [];
  /** It was moved, and not everybody has answered since. */
  @Hidden(open) moved?: boolean;

  get pending(): Occurrence[] {
    return this.occurrences.filter((one) => one.isPending);
  }
  /** CAL-4: so that others find what the organiser has at the time; it never refuses. */
  holds(): RegisterEntry[] {
    const { pending } = this;
    if (pending.length === 0) return [];
    const from = pending.map(({ startTime }) => startTime).sort()[0]!;
    const to = pending.map(({ endTime }) => endTime).sort().at(-1)!;
    return [{ register: ORGANIZER_REGISTER, owner: this.organizer, kind: 'calendar_event', key: this.id, from, to, expiresAt: to }];
  }
}
