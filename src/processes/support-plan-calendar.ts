import { idIn } from '../kernel/entity.js';
import type { Resident } from '../domain/people/resident/resident.js';
import type { SupportPlan } from '../domain/support/support-plan/support-plan.js';
import { londonInstant } from '../kernel/days.js';
import { uuidOf } from '../kernel/values.js';
import { putIntoCalendar, takeOutOfCalendar } from './calendar-entries.js';
import type { Process, ProcessContext } from './engine/process.js';

/** When a review is put into the calendar, on its last day; people move it to where it suits them. */
const [FROM, TO] = ['10:00', '11:00'];

/** The calendar event of a review: one for each day that a plan's review was set to. */
export const reviewEventOf = (planId: string, reviewDate: string): string => uuidOf('support-plan-review', planId, reviewDate);

/** Schedules the review that a plan awaits, unless it is in the calendar. */
async function schedule(plan: SupportPlan, context: ProcessContext): Promise<void> {
  const { id: planId, residentId, keyWorkerId, reviewDate } = plan;
  if (!plan.awaitsReview || !reviewDate || !keyWorkerId) return;
  const id = reviewEventOf(planId, reviewDate);
  const resident = await context.find<Resident>('residents', residentId);
  if (!resident || resident.erasureDecidedOn) return;
  const review = { title: 'Review of the support plan', eventType: 'review', residentId, startTime: londonInstant(reviewDate, FROM), endTime: londonInstant(reviewDate, TO) } as const;
  await putIntoCalendar(id, keyWorkerId, review, context);
}

/** Takes the reviews out of the calendar that are not awaited any more. */
async function settle(plan: SupportPlan, context: ProcessContext): Promise<void> {
  // While a plan rests its review stays where it is: it is still to be held, unless another day is set.
  const standing = plan.status === 'completed' || plan.completeBy ? undefined : plan.reviewDate;
  for (const date of plan.formerReviewDates.filter((one) => one !== standing)) {
    await takeOutOfCalendar(reviewEventOf(plan.id, date), date, 'The review was held or is not due any more.', context);
  }
}

/** Puts the reviews of support plans into the calendar of their key workers. */
export const supportPlanCalendar: Process = {
  name: 'support-plan-calendar',
  doc: 'Puts the reviews of support plans into the calendar, and takes those out that were held or are not due any more.',
  on: [
    'SupportPlanOpened',
    'SupportPlanReviewed',
    'SupportPlanReviewBroughtForward',
    'SupportPlanResumed',
    'SupportPlanCompletionPrompted',
    'SupportPlanCompleted',
  ],
  async react({ stored }, context) {
    const plan = await context.find<SupportPlan>('support_plans', idIn(stored.stream));
    if (!plan) return;
    await settle(plan, context);
    await schedule(plan, context);
  },
};
