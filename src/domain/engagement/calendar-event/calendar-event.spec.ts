import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { given, happened, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import { Resident } from '../../people/resident/resident.js';
import { AddAttendee, RemoveAttendee, RespondToInvitation, SendEventReminder } from './attendee-commands.js';
import { CancelEvent, CancelOccurrence, CompleteEvent, ReportRepeatedNonAttendance, RescheduleEvent, ScheduleEvent, SetRecurrence, StartEvent } from './calendar-commands.js';
import { CalendarEvent, ORGANIZER_REGISTER } from './calendar-event.js';
import {
  AttendeeAdded,
  AttendeeRemoved,
  AttendeeResponded,
  CalendarEventCancelled,
  CalendarEventCompleted,
  CalendarEventRescheduled,
  CalendarEventScheduled,
  CalendarEventStarted,
  NonAttendanceRepeated,
  OccurrenceCancelled,
  RecurrenceSet,
  ReminderSent,
} from './calendar-events.js';
import { recurrenceOf } from './recurrence.js';

const [kofi, jordan] = [someId('kofi'), someId('jordan')];
/** Monday 19 October 2026, 10:00 to 11:00 in London. */
const span = { startTime: '2026-10-19T09:00:00.000Z', endTime: '2026-10-19T10:00:00.000Z' } as const;
const facts = { title: 'Key work', eventType: 'appointment', ...span } as const;
const attendees = [{ id: kofi, userId: kofi }, { id: jordan, residentId: jordan }];
const scheduled = (values: Partial<CalendarEventScheduled> = {}) =>
  happened(CalendarEventScheduled, { ...facts, residentId: jordan, organizer: kofi, attendees, overlapsWith: [], overlapAcknowledged: false, reminderMinutes: 30, ...values });
function series(text = 'FREQ=WEEKLY;COUNT=4', exdates: string[] = []): Happened {
  const { rrule, dates } = recurrenceOf(text, span.startTime, 2);
  return happened(RecurrenceSet, { rrule, dates: dates.map((on) => ({ on })), exdates, overlapsWith: [], overlapAcknowledged: false });
}
const moved = (scope: 'this' | 'following' | 'all', occurrenceDate: string, startTime: string, endTime: string) =>
  happened(CalendarEventRescheduled, { scope, occurrenceDate, startTime, endTime, overlapsWith: [], overlapAcknowledged: false });
const completed = (occurrenceDate: string, dna: string[] = []) => happened(CalendarEventCompleted, { occurrenceDate, attended: [], dna });
const person = Object.assign(stateOf(Resident, []), { status: 'active' });
const event = (...history: Happened[]) =>
  given(CalendarEvent, ...history).now('2026-10-19T12:00:00.000Z').as('key_worker', 'kofi').where('users', kofi, person).where('residents', jordan, person);
const startsOf = (...history: Happened[]): string[] => stateOf(CalendarEvent, history).occurrences.map(({ startTime }) => startTime);
const statusOf = (...history: Happened[]): string => stateOf(CalendarEvent, history).status;

describe('a calendar event', () => {
  it('CAL-1: ends after it begins, within 24 hours unless it is of whole days', async () => {
    const schedule = (values: object) => event().when(ScheduleEvent, { ...facts, ...values });
    await schedule({}).records([CalendarEventScheduled, { ...facts, organizer: kofi, attendees: [], overlapsWith: [] }]);
    await schedule({ endTime: span.startTime }).refused('CAL-1', 'endTime');
    await schedule({ endTime: '2026-10-20T09:00:00.000Z' }).records(CalendarEventScheduled);
    await schedule({ endTime: '2026-10-20T09:00:00.001Z' }).refused('CAL-1', 'endTime');
    await schedule({ endTime: '2026-10-25T09:00:00.000Z', allDay: true }).records(CalendarEventScheduled);
    await event(scheduled()).when(RescheduleEvent, { startTime: span.endTime, endTime: span.startTime }).refused('CAL-1', 'endTime');
  });

  it('CAL-2: becomes a series with an end', async () => {
    await event(scheduled()).when(SetRecurrence, { rrule: 'FREQ=WEEKLY;COUNT=2' }).records([RecurrenceSet, { dates: [{ on: '2026-10-19' }, { on: '2026-10-26' }], exdates: [] }]);
    await event(scheduled()).when(SetRecurrence, { rrule: 'FREQ=WEEKLY' }).refused('CAL-2', 'rrule');
    await event(scheduled()).when(SetRecurrence, { rrule: 'FREQ=WEEKLY;COUNT=3', exdates: ['2026-10-26'] }).records([RecurrenceSet, { exdates: ['2026-10-26'] }]);
    await event(scheduled()).when(SetRecurrence, { rrule: 'FREQ=WEEKLY;COUNT=3', exdates: ['2026-10-27'] }).refused('CAL-2', 'exdates');
    await event(scheduled()).when(SetRecurrence, { rrule: 'FREQ=WEEKLY;COUNT=1', exdates: ['2026-10-19'] }).refused('CAL-2', 'exdates');
    await event().when(ScheduleEvent, { ...facts, rrule: 'FREQ=DAILY;COUNT=2' }).records(CalendarEventScheduled, RecurrenceSet);
    await event(scheduled(), series(), completed('2026-10-19')).when(SetRecurrence, { rrule: 'FREQ=DAILY;COUNT=2' }).refused('STATE');
    expect(startsOf(scheduled(), series('FREQ=WEEKLY;COUNT=3', ['2026-10-26']))).toEqual(['2026-10-19T09:00:00.000Z', '2026-11-02T10:00:00.000Z']);
  });

  it('CAL-4: keeps the warning that the organiser has something else, and is scheduled all the same', async () => {
    const other = someId('other');
    const busy = (from: string, to: string) => {
      const state = stateOf(CalendarEvent, [scheduled({ startTime: from, endTime: to })], other);
      return event().where('calendar_events', other, state).holding(ORGANIZER_REGISTER, kofi, state.holds());
    };
    await busy('2026-10-19T09:59:00.000Z', '2026-10-19T11:00:00.000Z').when(ScheduleEvent, facts).records([CalendarEventScheduled, { overlapsWith: [other], overlapAcknowledged: false }]);
    await busy('2026-10-19T10:00:00.000Z', '2026-10-19T11:00:00.000Z').when(ScheduleEvent, facts).records([CalendarEventScheduled, { overlapsWith: [] }]);
    await busy('2026-11-02T10:30:00.000Z', '2026-11-02T11:00:00.000Z').when(ScheduleEvent, { ...facts, rrule: 'FREQ=WEEKLY;COUNT=3', overlapAcknowledged: true })
      .records([CalendarEventScheduled, { overlapsWith: [] }], [RecurrenceSet, { overlapsWith: [other], overlapAcknowledged: true }]);
    // Between two occurrences of the other there is time.
    const between = stateOf(CalendarEvent, [scheduled({ startTime: '2026-10-12T09:00:00.000Z', endTime: '2026-10-12T10:00:00.000Z' }), happened(RecurrenceSet, { rrule: 'FREQ=WEEKLY;INTERVAL=2;COUNT=2', dates: [{ on: '2026-10-12' }, { on: '2026-10-26' }], exdates: [], overlapsWith: [], overlapAcknowledged: false })], other);
    await event().where('calendar_events', other, between).holding(ORGANIZER_REGISTER, kofi, between.holds()).when(ScheduleEvent, facts).records([CalendarEventScheduled, { overlapsWith: [] }]);
    expect(stateOf(CalendarEvent, [scheduled(), happened(CalendarEventCancelled, { reason: 'ill' })]).holds()).toEqual([]);
  });

  it('CAL-5: is completed once it has begun', async () => {
    await event(scheduled()).when(CompleteEvent, { attended: [jordan] }).records([CalendarEventCompleted, { occurrenceDate: '2026-10-19', attended: [jordan], dna: [] }]);
    await event(scheduled()).now('2026-10-19T08:59:59.999Z').when(CompleteEvent).refused('CAL-5', 'occurrenceDate');
    await event(scheduled(), series()).when(CompleteEvent, { occurrenceDate: '2026-10-26' }).refused('CAL-5', 'occurrenceDate');
    await event(scheduled()).when(CompleteEvent, { attended: [someId('anna')] }).refused('GEN-1', 'attended');
    await event(scheduled()).when(CompleteEvent, { attended: [jordan], dna: [jordan] }).refused('VALIDATION', 'dna');
    await event(scheduled(), completed('2026-10-19')).when(CompleteEvent).refused('STATE');
  });

  it('is moved: one occurrence, it and those after it, or all that are still to come', async () => {
    const later = ['2026-10-27T13:00:00.000Z', '2026-10-27T14:00:00.000Z'] as const;
    await event(scheduled(), series()).when(RescheduleEvent, { occurrenceDate: '2026-10-26', startTime: later[0], endTime: later[1] }).records([CalendarEventRescheduled, { scope: 'this', occurrenceDate: '2026-10-26' }]);
    await event(scheduled(), series()).when(RescheduleEvent, { ...span, occurrenceDate: '2026-10-19' }).recordsNothing();
    await event(scheduled(), series()).when(RescheduleEvent, { ...span, occurrenceDate: '2026-10-20' }).refused('GEN-1', 'occurrenceDate');
    await event(scheduled(), series(), completed('2026-10-19')).when(RescheduleEvent, { ...span, occurrenceDate: '2026-10-19' }).refused('STATE', 'occurrenceDate');
    const [first, second, third, fourth] = ['2026-10-19T09:00:00.000Z', '2026-10-26T10:00:00.000Z', '2026-11-02T10:00:00.000Z', '2026-11-09T10:00:00.000Z'];
    expect(startsOf(scheduled(), series())).toEqual([first, second, third, fourth]);
    expect(startsOf(scheduled(), series(), moved('this', '2026-10-26', ...later))).toEqual([first, later[0], third, fourth]);
    expect(startsOf(scheduled(), series(), moved('following', '2026-10-26', ...later))).toEqual([first, later[0], '2026-11-03T13:00:00.000Z', '2026-11-10T13:00:00.000Z']);
    expect(startsOf(scheduled(), series(), moved('all', '2026-10-26', ...later))).toEqual(['2026-10-20T12:00:00.000Z', later[0], '2026-11-03T13:00:00.000Z', '2026-11-10T13:00:00.000Z']);
    expect(startsOf(scheduled(), series(), completed('2026-10-19'), moved('all', '2026-10-26', ...later))[0]).toBe(first);
    expect(stateOf(CalendarEvent, [scheduled(), moved('this', '2026-10-19', ...later)])).toMatchObject({ startTime: later[0], endTime: later[1] });
  });

  it('is rescheduled until everybody has answered anew', () => {
    const move = moved('this', '2026-10-19', '2026-10-20T09:00:00.000Z', '2026-10-20T10:00:00.000Z');
    const answer = (attendeeId: string) => happened(AttendeeResponded, { attendeeId, response: 'accepted' });
    expect(statusOf(scheduled(), answer(kofi), answer(jordan), move)).toBe('rescheduled');
    expect(statusOf(scheduled(), move, answer(kofi))).toBe('rescheduled');
    expect(statusOf(scheduled(), move, answer(kofi), answer(jordan))).toBe('scheduled');
    expect(statusOf(scheduled({ attendees: [] }), move)).toBe('scheduled');
  });

  it('goes its way from scheduled to completed or cancelled', async () => {
    await event(scheduled()).when(StartEvent).records([CalendarEventStarted, { occurrenceDate: '2026-10-19' }]);
    const started = happened(CalendarEventStarted, { occurrenceDate: '2026-10-19' });
    await event(scheduled(), started).when(StartEvent).recordsNothing();
    await event(scheduled(), started).when(CancelEvent, { reason: 'ill' }).refused('STATE');
    await event(scheduled()).when(CancelEvent, { reason: 'ill' }).records([CalendarEventCancelled, { reason: 'ill' }]);
    await event(scheduled(), series()).when(CancelOccurrence, { date: '2026-10-26' }).records([OccurrenceCancelled, { date: '2026-10-26' }]);
    const left = (date: string) => happened(OccurrenceCancelled, { date });
    await event(scheduled(), series(), left('2026-10-26')).when(CancelOccurrence, { date: '2026-10-26' }).recordsNothing();
    await event(scheduled(), series()).when(CancelOccurrence, { date: '2026-10-27' }).refused('GEN-1', 'date');
    expect([statusOf(scheduled(), started), statusOf(scheduled(), started, completed('2026-10-19'))]).toEqual(['in_progress', 'completed']);
    const two = [scheduled(), series('FREQ=WEEKLY;COUNT=2')];
    expect([statusOf(...two, completed('2026-10-19')), statusOf(...two, completed('2026-10-19'), left('2026-10-26')), statusOf(...two, left('2026-10-19'), left('2026-10-26'))])
      .toEqual(['scheduled', 'completed', 'cancelled']);
  });

  it('invites users and residents by id, and others in words', async () => {
    await event().when(ScheduleEvent, { ...facts, residentId: jordan, attendees: [kofi, kofi] }).records([CalendarEventScheduled, { attendees: [{ id: kofi, userId: kofi }, { id: jordan, residentId: jordan }] }]);
    await event().when(ScheduleEvent, { ...facts, attendees: [someId('nobody')] }).refused('GEN-1', 'attendees');
    await event(scheduled()).when(AddAttendee, { otherPerson: 'The doctor' }).records([AttendeeAdded, { otherPerson: 'The doctor' }]);
    await event(scheduled()).when(AddAttendee, { userId: kofi }).recordsNothing();
    await event(scheduled()).when(AddAttendee).refused('VALIDATION', 'userId');
    await event(scheduled()).when(RemoveAttendee, { attendeeId: jordan }).records([AttendeeRemoved, { attendeeId: jordan }]);
    await event(scheduled()).when(RemoveAttendee, { attendeeId: someId('nobody') }).refused('GEN-1', 'attendeeId');
    await event(scheduled()).when(RespondToInvitation, { response: 'accepted' }).records([AttendeeResponded, { attendeeId: kofi, response: 'accepted' }]);
    await event(scheduled()).when(RespondToInvitation, { attendeeId: jordan, response: 'pending' }).recordsNothing();
    await event(scheduled()).as('manager', 'priya').when(RespondToInvitation, { response: 'declined' }).refused('GEN-1', 'attendeeId');
  });

  it('counts who did not come, and says of a resident that they have missed so many things in a row', async () => {
    const history = [scheduled(), series('FREQ=WEEKLY;COUNT=6'), completed('2026-10-19', [jordan]), completed('2026-10-26', [jordan, kofi])];
    expect(stateOf(CalendarEvent, history)).toMatchObject({ dnaCount: 3 });
    await event(...history).as('system').when(ReportRepeatedNonAttendance, { residentId: jordan, count: 3 }).records([NonAttendanceRepeated, { residentId: jordan, count: 3 }]);
  });

  it('reminds once of each occurrence, and again once it is moved', async () => {
    const remind = { startTime: span.startTime };
    const sent = happened(ReminderSent, { occurrenceDate: '2026-10-19', startTime: span.startTime, to: [kofi] });
    const ask = (...history: Happened[]) => event(...history).as('system').when(SendEventReminder, remind);
    await ask(scheduled()).records([ReminderSent, { occurrenceDate: '2026-10-19', to: [kofi, jordan] }]);
    for (const then of [sent, completed('2026-10-19'), happened(CalendarEventCancelled, { reason: 'ill' }), moved('this', '2026-10-19', '2026-10-20T09:00:00.000Z', '2026-10-20T10:00:00.000Z')]) {
      await ask(scheduled(), then).recordsNothing();
    }
    await ask(scheduled({ reminderMinutes: undefined })).recordsNothing();
    const again = moved('this', '2026-10-19', '2026-10-20T09:00:00.000Z', '2026-10-20T10:00:00.000Z');
    await event(scheduled(), sent, again).as('system').when(SendEventReminder, { startTime: '2026-10-20T09:00:00.000Z' }).records(ReminderSent);
  });

  it('loses no occurrence, whatever happens, and is over when all of them are', () => {
    const dates = ['2026-10-19', '2026-10-26', '2026-11-02', '2026-11-09'];
    const one = fc.constantFrom(...dates).chain((date) => fc.constantFrom(
      completed(date), happened(OccurrenceCancelled, { date }), happened(CalendarEventStarted, { occurrenceDate: date }),
      moved('this', date, '2026-11-20T09:00:00.000Z', '2026-11-20T10:00:00.000Z'), moved('following', date, '2026-11-20T09:00:00.000Z', '2026-11-20T10:00:00.000Z'),
    ));
    fc.assert(
      fc.property(fc.array(one, { maxLength: 8 }), (later) => {
        const state = stateOf(CalendarEvent, [scheduled(), series(), ...later]);
        expect(state.occurrences.map(({ occurrenceDate }) => occurrenceDate)).toEqual(dates);
        expect(['completed', 'cancelled'].includes(state.status)).toBe(state.pending.length === 0);
        expect(state.holds()).toHaveLength(state.pending.length === 0 ? 0 : 1);
      }),
    );
  });
});
