import { describe, expect, it } from '@jest/globals';
import { happened, someId, stateOf, type Happened } from '../../test/support/given.js';
import { SendEventReminder } from '../domain/engagement/calendar-event/attendee-commands.js';
import { CalendarEvent } from '../domain/engagement/calendar-event/calendar-event.js';
import { CalendarEventRescheduled, CalendarEventScheduled, OccurrenceCancelled, RecurrenceSet, type ReminderSent } from '../domain/engagement/calendar-event/calendar-events.js';
import type { DecodedEvent } from '../privacy/codec.js';
import { calendarReminders } from './calendar-reminders.js';
import type { ProcessContext, ProcessTimer } from './engine/process.js';

const id = someId('event');
const at = '2026-10-01T08:00:00.000Z';
const scheduled = (reminderMinutes?: number) => happened(CalendarEventScheduled, {
  title: 'Key work', eventType: 'appointment', startTime: '2026-10-19T09:00:00.000Z', endTime: '2026-10-19T10:00:00.000Z',
  organizer: someId('kofi'), attendees: [], overlapsWith: [], overlapAcknowledged: false, ...(reminderMinutes === undefined ? {} : { reminderMinutes }),
}, { at });
const weekly = happened(RecurrenceSet, { rrule: 'FREQ=WEEKLY;COUNT=3', dates: ['2026-10-19', '2026-10-26', '2026-11-02'].map((on) => ({ on })), exdates: [], overlapsWith: [], overlapAcknowledged: false }, { at });

/** One event, a clock, and the process. @returns the instants at which it reminded, and of what. */
async function reminders(...history: Happened[]): Promise<[string, string][]> {
  const timers = new Map<string, ProcessTimer>();
  const said: [string, string][] = [];
  let now = at;
  const context = {
    find: () => Promise.resolve(stateOf(CalendarEvent, history, id)),
    schedule: (timer: ProcessTimer) => void timers.set(timer.key, timer),
    cancel: (key: string) => void timers.delete(key),
    send: ({ body }: { body: object }) => {
      const decided = Object.assign(new SendEventReminder(), body).decide(stateOf(CalendarEvent, history, id)) as ReminderSent[];
      for (const event of decided) {
        history.push({ event, at: now });
        said.push([now, event.occurrenceDate]);
      }
      return Promise.resolve();
    },
  } as unknown as ProcessContext;
  const recordedAt = history.at(-1)!.at ?? at;
  await calendarReminders.react({ stored: { stream: `calendarEvent-${id}` }, metadata: { recordedAt } } as unknown as DecodedEvent, context);
  for (let timer = timers.values().next().value; timer; timer = timers.values().next().value) {
    timers.delete(timer.key);
    now = timer.dueAt;
    await calendarReminders.fire!(timer, context);
  }
  return said;
}

describe('reminders of calendar events', () => {
  it('come so many minutes before each occurrence, once', async () => {
    expect(await reminders(scheduled(30), weekly)).toEqual([
      ['2026-10-19T08:30:00.000Z', '2026-10-19'],
      ['2026-10-26T09:30:00.000Z', '2026-10-26'],
      ['2026-11-02T09:30:00.000Z', '2026-11-02'],
    ]);
    expect(await reminders(scheduled(0))).toEqual([['2026-10-19T09:00:00.000Z', '2026-10-19']]);
    expect(await reminders(scheduled(), weekly)).toEqual([]);
  });

  it('do not come for what is cancelled, and come for two at one time', async () => {
    const gone = happened(OccurrenceCancelled, { date: '2026-10-26' }, { at });
    expect((await reminders(scheduled(30), weekly, gone)).map(([, date]) => date)).toEqual(['2026-10-19', '2026-11-02']);
    const together = happened(CalendarEventRescheduled, { scope: 'this', occurrenceDate: '2026-10-26', startTime: '2026-11-02T10:00:00.000Z', endTime: '2026-11-02T11:00:00.000Z', overlapsWith: [], overlapAcknowledged: false }, { at });
    expect(await reminders(scheduled(30), weekly, together)).toEqual([
      ['2026-10-19T08:30:00.000Z', '2026-10-19'],
      ['2026-11-02T09:30:00.000Z', '2026-10-26'],
      ['2026-11-02T09:30:00.000Z', '2026-11-02'],
    ]);
  });

  it('do not come afterwards: what begins sooner than that is not reminded of', async () => {
    expect(await reminders({ ...scheduled(30), at: '2026-10-19T08:45:00.000Z' })).toEqual([]);
  });
});
