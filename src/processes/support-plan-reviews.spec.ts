import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { happened, someId, stateOf, type Happened } from '../../test/support/given.js';
import {
  SupportPlan,
  SupportPlanCompletionPrompted,
  SupportPlanOpened,
  SupportPlanPaused,
  SupportPlanResumed,
  SupportPlanReviewed,
} from '../domain/support/support-plan/support-plan.js';
import { londonDate, plusDays } from '../kernel/values.js';
import type { DecodedEvent } from '../privacy/codec.js';
import type { ProcessCommand, ProcessContext, ProcessTimer } from './engine/process.js';
import { supportPlanReviews } from './support-plan-reviews.js';

const planId = someId('plan');
const opened = (reviewDate: string) => happened(SupportPlanOpened, { residentId: someId('jordan'), keyWorkerId: someId('kofi'), startDate: '2026-09-16', reviewDate });

/** One plan and the process. */
async function after(recordedAt: string, ...history: Happened[]) {
  const timers = new Map<string, ProcessTimer>();
  const sent: ProcessCommand[] = [];
  const plan = stateOf(SupportPlan, history, planId);
  const context = {
    organizationId: someId('organisation'),
    find: (table: string) => Promise.resolve(table === 'support_plans' ? plan : undefined),
    schedule: (timer: ProcessTimer) => void timers.set(timer.key, timer),
    cancel: (key: string) => void timers.delete(key),
    send: (command: ProcessCommand) => Promise.resolve(void sent.push(command)),
  } as unknown as ProcessContext;
  await supportPlanReviews.react({ stored: { stream: `supportPlan-${planId}` }, metadata: { recordedAt } } as unknown as DecodedEvent, context);
  return { timers: [...timers.values()], sent, context };
}
const dues = async (...args: Parameters<typeof after>): Promise<string[]> => (await after(...args)).timers.map(({ dueAt }) => dueAt);

describe('reviews of support plans, by the clock', () => {
  it('are reminded of 7 days and 1 day before, and go to a manager 7 days after they were reported, at 09:00 in London', async () => {
    expect(await dues('2026-09-16T09:00:00.000Z', opened('2026-12-02'))).toEqual(['2026-11-25T09:00:00.000Z', '2026-12-01T09:00:00.000Z', '2026-12-10T09:00:00.000Z']);
    // In summer nine o'clock is another instant.
    expect(await dues('2027-03-01T09:00:00.000Z', opened('2027-04-02'))).toEqual(['2027-03-26T09:00:00.000Z', '2027-04-01T08:00:00.000Z', '2027-04-10T08:00:00.000Z']);
  });

  it('say what is due, and when', async () => {
    const { timers, sent, context } = await after('2026-09-16T09:00:00.000Z', opened('2026-12-02'));
    for (const timer of timers) await supportPlanReviews.fire!(timer, context);
    expect(sent.map(({ command, id, body }) => [command, id, body])).toEqual([
      ['RemindOfSupportPlanReview', planId, { reviewDate: '2026-12-02', daysBefore: 7 }],
      ['RemindOfSupportPlanReview', planId, { reviewDate: '2026-12-02', daysBefore: 1 }],
      ['EscalateSupportPlanReview', planId, { reviewDate: '2026-12-02' }],
    ]);
  });

  it('are not reminded of afterwards, nor while the plan rests, nor when the resident has left', async () => {
    expect(await dues('2026-11-28T09:00:00.000Z', opened('2026-12-02'))).toEqual(['2026-12-01T09:00:00.000Z', '2026-12-10T09:00:00.000Z']);
    const paused = happened(SupportPlanPaused, { reason: 'in hospital' });
    expect(await dues('2026-09-20T09:00:00.000Z', opened('2026-12-02'), paused)).toEqual([]);
    expect(await dues('2026-09-20T09:00:00.000Z', opened('2026-12-02'), paused, happened(SupportPlanResumed, { reviewDate: '2026-12-09' }))).toHaveLength(3);
    const left = happened(SupportPlanCompletionPrompted, { movedOutOn: '2026-10-01', completionDue: { code: 'SUP-8', basis: 'calendar', ruleBasis: 'policy', startsAt: '', dueAt: '', dueOn: '2026-10-29' } });
    expect(await dues('2026-10-01T09:00:00.000Z', opened('2026-12-02'), left)).toEqual([]);
  });

  it('move with the day of the next review, always to nine o’clock', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 9, max: 800 }), async (days) => {
        const next = plusDays('2026-12-04', days);
        const instants = await dues('2026-12-04T10:00:00.000Z', opened('2026-12-02'), happened(SupportPlanReviewed, { on: '2026-12-04', summary: 'x', nextReviewDate: next }));
        expect(instants.map(londonDate)).toEqual([plusDays(next, -7), plusDays(next, -1), plusDays(next, 8)]);
        for (const instant of instants) expect(new Date(instant).toLocaleTimeString('en-GB', { timeZone: 'Europe/London' })).toBe('09:00:00');
      }),
      { numRuns: 50 },
    );
  });
});
