import type { CalendarEvent } from '../domain/engagement/calendar-event/calendar-event.js';
import type { ScheduleEvent } from '../domain/engagement/calendar-event/calendar-commands.js';
import { Refusal } from '../kernel/rules.js';
import type { ProcessContext } from './engine/process.js';

type Entry = Omit<Partial<ScheduleEvent>, 'decide'> & Pick<ScheduleEvent, 'title' | 'eventType' | 'startTime' | 'endTime'>;

/** Puts an event into the calendar of a user, once; of one who has left there is none, and whoever takes over has their own reminders. */
export async function putIntoCalendar(id: string, organizer: string, entry: Entry, context: ProcessContext): Promise<void> {
  if (await context.find('calendar_events', id)) return;
  try {
    await context.send({ step: 'schedule', command: 'ScheduleEvent', id, body: { ...entry, organizer, attendees: [organizer] } });
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'GEN-1') throw error;
  }
}

/** Takes an event out of the calendar that is not awaited any more: it was held if it had begun, else it is cancelled. */
export async function takeOutOfCalendar(id: string, part: string, reason: string, context: ProcessContext): Promise<void> {
  const event = await context.find<CalendarEvent>('calendar_events', id);
  if (!event || !['scheduled', 'rescheduled'].includes(event.status)) return;
  const begun = event.pending[0]!.startTime <= context.now;
  if (begun) await context.send({ step: `complete|${part}`, command: 'CompleteEvent', id, body: { attended: [], dna: [] } });
  else await context.send({ step: `cancel|${part}`, command: 'CancelEvent', id, body: { reason } });
}
