import { CommandOf, type Context, DomainCommand } from '../../../kernel/command.js';
import { CivilDate, Int } from '../../../kernel/fields.js';
import { open, pseudonymous } from '../../../kernel/privacy.js';
import { londonDate, plusDays } from '../../../kernel/values.js';
import type { Resident } from '../../people/resident/resident.js';
import { deadlineMissed, inCalendarDays, onDay } from '../../deadline.js';
import { policy } from '../../policies.js';
import { reviewDays } from './plan-conditions.js';
import {
  SupportPlan,
  SupportPlanCompletionPrompted,
  SupportPlanReviewBroughtForward,
  SupportPlanReviewEscalated,
  SupportPlanReviewOverdue,
  SupportPlanReviewReminded,
} from './support-plan.js';

/** Whether the review of this day is still to be held: people may have been faster than the clock. */
const awaits = (plan: SupportPlan, reviewDate: string): boolean => plan.awaitsReview && plan.reviewDate === reviewDate;

@CommandOf(SupportPlan, { internal: true, doc: 'A review is due soon.' })
export class RemindOfSupportPlanReview extends DomainCommand<SupportPlan> {
  @CivilDate(pseudonymous) reviewDate!: string;
  @Int(open) daysBefore!: number;
  decide(plan: SupportPlan) {
    const { reviewDate, daysBefore } = this;
    const due = awaits(plan, reviewDate) && !plan.remindedAt.includes(daysBefore);
    return due ? SupportPlanReviewReminded.of({ reviewDate, daysBefore }) : [];
  }
}
@CommandOf(SupportPlan, { internal: true, doc: 'The last day of a review is over.' })
export class ReportSupportPlanReviewOverdue extends deadlineMissed(SupportPlan) {
  decide(plan: SupportPlan) {
    const dueOn = plusDays(londonDate(this.dueAt), -1);
    return awaits(plan, dueOn) && !plan.reviewOverdue ? SupportPlanReviewOverdue.of({ dueOn }) : [];
  }
}
@CommandOf(SupportPlan, { internal: true, doc: 'A review has been overdue for long.' })
export class EscalateSupportPlanReview extends DomainCommand<SupportPlan> {
  @CivilDate(pseudonymous) reviewDate!: string;
  decide(plan: SupportPlan) {
    const due = awaits(plan, this.reviewDate) && plan.reviewOverdue && !plan.escalated;
    return due ? SupportPlanReviewEscalated.of({ dueOn: this.reviewDate }) : [];
  }
}
@CommandOf(SupportPlan, { internal: true, doc: 'The risk of the resident has changed.' })
export class BringSupportPlanReviewForward extends DomainCommand<SupportPlan> {
  decide(plan: SupportPlan, context: Context) {
    const resident = context.find<Resident>('residents', plan.residentId);
    if (!resident || !plan.awaitsReview || plan.reviewOverdue) return [];
    const latest = plusDays(context.today, reviewDays(resident, context));
    if (plan.reviewDate! <= latest) return [];
    return SupportPlanReviewBroughtForward.of({ reviewDate: latest, reviewDue: onDay(context, 'SUP-3', latest) });
  }
}
@CommandOf(SupportPlan, { internal: true, doc: 'The resident has moved out.', effective: 'movedOutOn' })
export class PromptSupportPlanCompletion extends DomainCommand<SupportPlan> {
  @CivilDate(pseudonymous) movedOutOn!: string;
  decide(plan: SupportPlan, context: Context) {
    const completionDue = inCalendarDays(context, 'SUP-8', this.movedOutOn, policy(context, 'SUP-8'));
    if (plan.status === 'completed' || plan.standalone || plan.completeBy === completionDue.dueOn) return [];
    return SupportPlanCompletionPrompted.of({ movedOutOn: this.movedOutOn, completionDue });
  }
}
