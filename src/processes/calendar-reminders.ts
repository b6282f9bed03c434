import { idIn } from '../kernel/entity.js';
import type { CalendarEvent } from '../domain/engagement/calendar-event/calendar-event.js';
import { plusMinutes } from '../kernel/values.js';
import type { Process, ProcessContext } from './engine/process.js';

const keyOf = (eventId: string): string => `reminder|${eventId}`;

/** Sets the clock for the next occurrence that is to be reminded of; what should have been told before is not told late. */
async function watch(eventId: string, after: string, context: ProcessContext): Promise<void> {
  const event = await context.find<CalendarEvent>('calendar_events', eventId);
  const waiting = event?.reminderSet ? event.occurrences.filter(({ status, remindedAt }) => status === 'scheduled' && !remindedAt) : [];
  const next = waiting
    .map(({ startTime }) => ({ startTime, dueAt: plusMinutes(startTime, -event!.reminderTime) }))
    .filter(({ dueAt }) => dueAt > after)
    .sort((a, b) => (a.dueAt < b.dueAt ? -1 : 1))[0];
  if (!next) return context.cancel(keyOf(eventId));
  const { startTime, dueAt } = next;
  context.schedule({ key: keyOf(eventId), dueAt, payload: { eventId, startTime } });
}

/** Reminds everybody who is invited so many minutes before each occurrence begins: once for each, and again once it is moved. */
export const calendarReminders: Process = {
  name: 'calendar-reminders',
  doc: 'Reminds the people who are invited before each occurrence of a calendar event.',
  on: [
    'CalendarEventScheduled',
    'RecurrenceSet',
    'CalendarEventRescheduled',
    'OccurrenceCancelled',
    'CalendarEventCancelled',
    'CalendarEventStarted',
    'CalendarEventCompleted',
  ],

  react: ({ stored, metadata }, context) => watch(idIn(stored.stream), metadata.recordedAt, context),

  async fire({ dueAt, payload }, context) {
    const [id, startTime] = [String(payload['eventId']), String(payload['startTime'])];
    await context.send({ step: 'remind', command: 'SendEventReminder', id, body: { startTime } });
    await watch(id, dueAt, context);
  },
};
