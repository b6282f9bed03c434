import { describe, expect, it } from '@jest/globals';
import { happened, someId, stateOf, type Happened } from '../../test/support/given.js';
import { CalendarEvent } from '../domain/engagement/calendar-event/calendar-event.js';
import { CalendarEventCancelled, CalendarEventScheduled } from '../domain/engagement/calendar-event/calendar-events.js';
import { Resident } from '../domain/people/resident/resident.js';
import { SupportPlan, SupportPlanCompleted, SupportPlanOpened, SupportPlanPaused, SupportPlanResumed, SupportPlanReviewed } from '../domain/support/support-plan/support-plan.js';
import { Refusal } from '../kernel/rules.js';
import type { DecodedEvent } from '../privacy/codec.js';
import type { ProcessCommand, ProcessContext } from './engine/process.js';
import { reviewEventOf, supportPlanCalendar } from './support-plan-calendar.js';

const [planId, residentId, kofi] = [someId('plan'), someId('jordan'), someId('kofi')];
const opened = happened(SupportPlanOpened, { residentId, keyWorkerId: kofi, startDate: '2026-09-16', reviewDate: '2026-12-02' });
const reviewed = happened(SupportPlanReviewed, { on: '2026-12-04', summary: 'x', nextReviewDate: '2027-03-30' });
const paused = happened(SupportPlanPaused, { reason: 'in hospital' });

/** The plan after each of its events, and the calendar that the process keeps of it. */
async function calendarOf(now: string, history: readonly Happened[], resident: Partial<Resident> = {}, refuses = false): Promise<string[]> {
  const events = new Map<string, Happened[]>();
  const plan = { state: stateOf(SupportPlan, [], planId) };
  const person = Object.assign(stateOf(Resident, [], residentId), resident);
  const context = {
    now,
    find: (table: string, id: string) => {
      if (table === 'support_plans') return Promise.resolve(plan.state);
      if (table === 'residents') return Promise.resolve(person);
      return Promise.resolve(events.has(id) ? stateOf(CalendarEvent, events.get(id)!, id) : undefined);
    },
    send: ({ command, id, body }: ProcessCommand) => {
      if (refuses) throw new Refusal('GEN-1', 'What is referred to does not exist in this organisation.');
      said.push(`${command} ${dates.find((date) => reviewEventOf(planId, date) === id)}`);
      const then = command === 'ScheduleEvent' ? happened(CalendarEventScheduled, { ...body, attendees: [], overlapsWith: [], overlapAcknowledged: false }) : happened(CalendarEventCancelled, { reason: 'x' });
      events.set(id, [...(events.get(id) ?? []), then]);
      return Promise.resolve();
    },
  } as unknown as ProcessContext;
  const said: string[] = [];
  const dates = ['2026-12-02', '2027-03-30', '2027-01-20'];
  for (const [index] of history.entries()) {
    plan.state = stateOf(SupportPlan, history.slice(0, index + 1), planId);
    await supportPlanCalendar.react({ stored: { stream: `supportPlan-${planId}` } } as unknown as DecodedEvent, context);
  }
  return said;
}

describe('reviews of support plans in the calendar', () => {
  it('are there once, and completed where they were held', async () => {
    expect(await calendarOf('2026-09-16T09:00:00.000Z', [opened, opened])).toEqual(['ScheduleEvent 2026-12-02']);
    expect(await calendarOf('2026-12-04T09:00:00.000Z', [opened, reviewed])).toEqual(['ScheduleEvent 2026-12-02', 'CompleteEvent 2026-12-02', 'ScheduleEvent 2027-03-30']);
  });

  it('are cancelled where the review was held before, another day is set, or the plan is completed', async () => {
    expect(await calendarOf('2026-11-30T09:00:00.000Z', [opened, reviewed])).toEqual(['ScheduleEvent 2026-12-02', 'CancelEvent 2026-12-02', 'ScheduleEvent 2027-03-30']);
    const resumed = happened(SupportPlanResumed, { reviewDate: '2027-01-20' });
    expect(await calendarOf('2026-11-30T09:00:00.000Z', [opened, paused, resumed])).toEqual(['ScheduleEvent 2026-12-02', 'CancelEvent 2026-12-02', 'ScheduleEvent 2027-01-20']);
    expect(await calendarOf('2026-11-30T09:00:00.000Z', [opened, paused, happened(SupportPlanResumed, { reviewDate: '2026-12-02' })])).toEqual(['ScheduleEvent 2026-12-02']);
    expect(await calendarOf('2026-11-30T09:00:00.000Z', [opened, happened(SupportPlanCompleted, { on: '2026-11-30', reason: 'x' })])).toEqual(['ScheduleEvent 2026-12-02', 'CancelEvent 2026-12-02']);
  });

  it('are not there for who is being erased, nor where the key worker has left', async () => {
    expect(await calendarOf('2026-09-16T09:00:00.000Z', [opened], { erasureDecidedOn: '2026-09-16' })).toEqual([]);
    expect(await calendarOf('2026-09-16T09:00:00.000Z', [opened], {}, true)).toEqual([]);
  });
});
