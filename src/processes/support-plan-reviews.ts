import { idIn } from '../kernel/entity.js';
import type { Organization } from '../domain/organisation/organization/organization.js';
import { policyIn } from '../domain/policies.js';
import type { SupportPlan } from '../domain/support/support-plan/support-plan.js';
import { londonInstant } from '../kernel/days.js';
import { plusDays } from '../kernel/values.js';
import type { Process, ProcessContext, ProcessTimer } from './engine/process.js';

/** When people look at what is due. */
const MORNING = '09:00';
const STEPS = ['first', 'last', 'escalation'] as const;
type Step = (typeof STEPS)[number];

const keyOf = (planId: string, step: Step): string => `review|${planId}|${step}`;

/** How many days before the review each reminder is given, and how many after it a manager is told. */
async function daysOf(context: ProcessContext): Promise<Record<Step, number>> {
  const organization = await context.find<Organization>('organizations', context.organizationId);
  return {
    first: policyIn(organization, 'SUP-3.first_reminder'),
    last: policyIn(organization, 'SUP-3.last_reminder'),
    // It is reported overdue on the day after the last one on which it could be held.
    escalation: policyIn(organization, 'SUP-3.escalation') + 1,
  };
}

/** Sets the clock for the plan as it is; what would have been told already by then is not told late. */
async function watch(planId: string, after: string, context: ProcessContext): Promise<void> {
  const plan = await context.find<SupportPlan>('support_plans', planId);
  const days = await daysOf(context);
  for (const step of STEPS) {
    const reviewDate = plan?.awaitsReview ? plan.reviewDate : undefined;
    const dueAt = reviewDate && londonInstant(plusDays(reviewDate, step === 'escalation' ? days[step] : -days[step]), MORNING);
    if (!dueAt || dueAt <= after) context.cancel(keyOf(planId, step));
    else context.schedule({ key: keyOf(planId, step), dueAt, payload: { planId, step, reviewDate, days: days[step] } });
  }
}

/** Reminds of reviews of support plans before they are due, and goes to a manager where one stays overdue. */
export const supportPlanReviews: Process = {
  name: 'support-plan-reviews',
  doc: 'Reminds of the reviews of support plans, and escalates those that stay overdue.',
  on: [
    'SupportPlanOpened',
    'SupportPlanReviewed',
    'SupportPlanReviewBroughtForward',
    'SupportPlanPaused',
    'SupportPlanResumed',
    'SupportPlanCompletionPrompted',
    'SupportPlanCompleted',
  ],

  react: ({ stored, metadata }, context) => watch(idIn(stored.stream), metadata.recordedAt, context),

  async fire({ payload }: ProcessTimer, context) {
    const { step, days } = payload;
    const [id, reviewDate] = [String(payload['planId']), String(payload['reviewDate'])];
    if (step === 'escalation') await context.send({ step: 'escalate', command: 'EscalateSupportPlanReview', id, body: { reviewDate } });
    else await context.send({ step: 'remind', command: 'RemindOfSupportPlanReview', id, body: { reviewDate, daysBefore: Number(days) } });
  },
};
