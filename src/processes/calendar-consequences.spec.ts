import { describe, expect, it } from '@jest/globals';
import { happened, someId, stateOf, type Happened } from '../../test/support/given.js';
import { CalendarEvent } from '../domain/engagement/calendar-event/calendar-event.js';
import { CalendarEventCompleted, CalendarEventScheduled } from '../domain/engagement/calendar-event/calendar-events.js';
import { ResidentAttendanceNoted } from '../domain/people/resident/attendance.js';
import { ResidentDeathRecorded } from '../domain/people/resident/death.js';
import { ResidentMerged } from '../domain/people/resident/merging.js';
import { ResidentRegistered } from '../domain/people/resident/resident-events.js';
import { ResidentSupportPlanLinked } from '../domain/people/resident/resident-support.js';
import { Resident } from '../domain/people/resident/resident.js';
import { SupportPlan, SupportPlanOpened } from '../domain/support/support-plan/support-plan.js';
import type { State } from '../kernel/entity.js';
import { declaredEvents } from '../kernel/event.js';
import type { DecodedEvent } from '../privacy/codec.js';
import { calendarConsequences } from './calendar-consequences.js';
import { deathIncidentOf, deaths } from './deaths.js';
import type { Process, ProcessCommand, ProcessContext } from './engine/process.js';
import { reviewEventOf } from './support-plan-calendar.js';

const [jordan, sam, kofi, planId] = ['jordan', 'sam', 'kofi', 'plan'].map(someId) as [string, string, string, string];
const registered = happened(ResidentRegistered, { firstName: 'Jordan', lastName: 'Ellis', dateOfBirth: '2006-05-02' });
const startTime = '2026-10-19T09:00:00.000Z';
const scheduled = (eventType: 'appointment' | 'review') => happened(CalendarEventScheduled, {
  title: 'Key work', eventType, startTime, endTime: '2026-10-19T10:00:00.000Z', organizer: kofi, residentId: jordan, overlapsWith: [], overlapAcknowledged: false,
  attendees: [{ id: kofi, userId: kofi }, { id: jordan, residentId: jordan }, { id: sam, residentId: sam }],
});
const over = happened(CalendarEventCompleted, { occurrenceDate: '2026-10-19', attended: [kofi, sam], dna: [jordan] });
const plan = stateOf(SupportPlan, [happened(SupportPlanOpened, { residentId: jordan, keyWorkerId: kofi, startDate: '2026-08-03', reviewDate: '2026-10-19' })], planId);
const residents = (...more: Happened[]): Record<string, State> => ({ [jordan]: stateOf(Resident, [registered, ...more], jordan), [sam]: stateOf(Resident, [registered], sam), [planId]: plan });

/** The commands that follow from an event. */
async function after(process: Process, stream: string, event: Happened, states: Readonly<Record<string, State>>, source = 'api'): Promise<[string, string, object][]> {
  const sent: [string, string, object][] = [];
  const context = {
    find: (_: string, id: string) => Promise.resolve(states[id]),
    send: ({ command, id, body }: ProcessCommand) => Promise.resolve(void sent.push([command, id, body])),
  } as unknown as ProcessContext;
  const declaration = declaredEvents().find((one) => one.event === (event.event.constructor as never));
  await process.react({ declaration, event: event.event, metadata: { recordedAt: '2026-10-19T12:00:00.000Z', source }, stored: { stream } } as unknown as DecodedEvent, context);
  return sent;
}
const afterEvent = (type: 'appointment' | 'review', states = residents(), source = 'api', id = someId('calendar')) =>
  after(calendarConsequences, `calendarEvent-${id}`, over, { ...states, [id]: stateOf(CalendarEvent, [scheduled(type), over], id) }, source);

describe('a calendar event that is over', () => {
  it('is noted of every resident who was to come, and of the record that theirs was merged into', async () => {
    const noted = { calendarEventId: someId('calendar'), occurrenceDate: '2026-10-19', startTime };
    expect(await afterEvent('appointment')).toEqual([['NoteAttendance', jordan, { ...noted, came: false }], ['NoteAttendance', sam, { ...noted, came: true }]]);
    const merged = happened(ResidentMerged, { survivorId: sam, reason: 'the same person' });
    expect((await afterEvent('appointment', residents(merged))).map(([, id]) => id)).toEqual([sam, sam]);
  });

  it('asks for what a review came to, unless a process completed it', async () => {
    const linked = residents(happened(ResidentSupportPlanLinked, { supportPlanId: planId }));
    const prompts = async (...of: Parameters<typeof afterEvent>): Promise<object[]> => (await afterEvent(...of)).filter(([command]) => command === 'PromptReview').map(([, , body]) => body);
    expect(await prompts('review', linked)).toEqual([{ calendarEventId: someId('calendar'), heldOn: '2026-10-19', ofPlan: false }]);
    const own = reviewEventOf(planId, '2026-10-19');
    expect(await prompts('review', linked, 'api', own)).toEqual([{ calendarEventId: own, heldOn: '2026-10-19', ofPlan: true }]);
    expect(await prompts('review', linked, 'process')).toEqual([]);
    expect(await prompts('appointment', linked)).toEqual([]);
  });

  it('is told to the key worker where it is the last of so many that were missed', async () => {
    const noted = (repeated: boolean) => happened(ResidentAttendanceNoted, { calendarEventId: someId('calendar'), occurrenceDate: '2026-10-19', startTime, came: false, missedInARow: 3, repeated });
    expect(await after(calendarConsequences, `resident-${jordan}`, noted(true), {})).toEqual([['ReportRepeatedNonAttendance', someId('calendar'), { residentId: jordan, count: 3 }]]);
    expect(await after(calendarConsequences, `resident-${jordan}`, noted(false), {})).toEqual([]);
  });
});

describe('the death of a resident', () => {
  it('is logged as a critical incident, on its day, in the house where they lived', async () => {
    const died = happened(ResidentDeathRecorded, { on: '2026-10-18' });
    const lived = Object.assign(stateOf(Resident, [registered], jordan), { propertyId: someId('house') });
    expect(await after(deaths, `resident-${jordan}`, died, { [jordan]: lived })).toMatchObject([
      ['LogIncidentOfDeath', deathIncidentOf(jordan), { incidentType: 'death', severity: 'critical', residentId: jordan, propertyId: someId('house'), occurredAt: '2026-10-17T23:00:00.000Z', discoveredAt: '2026-10-19T12:00:00.000Z' }],
    ]);
    expect((await after(deaths, `resident-${jordan}`, died, residents()))[0]![2]).not.toHaveProperty('propertyId');
  });
});
