import { Entity, type RegisterEntry, State } from '../../../kernel/entity.js';
import { DomainEvent, EventOf } from '../../../kernel/event.js';
import { Children, Choice, CivilDate, Flag, Group, Hidden, Int, List, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';
import { Deadline } from '../../deadline.js';
import { Goal, Milestone, narrative, ProgressReading, told } from './goal.js';
import './support-plan.rules.js';

export const SupportPlanStatus = { active: 'active', paused: 'paused', completed: 'completed' } as const;
const reason = { max: 1000 } as const;

@Entity('support_plans', 'What a resident and their key worker want to reach together, with goals, their progress and reviews.', {
  category: 'supportPlan',
  reference: { prefix: 'SUP', digits: 6 },
  subject: 'residentId',
})
export class SupportPlan extends State {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Flag(open, { doc: 'No plan, but the place of goals that somebody has without one' }) standalone: boolean = false;
  @Ref(open, 'users', { optional: true }) keyWorkerId?: string;
  @Ref(open, 'users', { optional: true, doc: 'Who stands in for the key worker' }) deputyId?: string;
  @Choice(open, 'SupportPlanStatus', SupportPlanStatus) status!: (typeof SupportPlanStatus)[keyof typeof SupportPlanStatus];
  @Text(told, { ...narrative, optional: true }) goals?: string;
  @Text(told, { ...narrative, optional: true }) objectives?: string;
  @CivilDate(pseudonymous, { optional: true }) startDate?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The last day of the next review' }) reviewDate?: string;
  @CivilDate(pseudonymous, { optional: true }) lastReviewOn?: string;
  @Text(told, { ...narrative, optional: true, doc: 'What the last review came to' }) lastReviewSummary?: string;
  @List(personal('health'), { optional: true, doc: 'Who took part in the last review' }) lastReviewAttendees?: string[];
  @Flag(open, { doc: 'The review was not held in time, and is still to be held' }) reviewOverdue: boolean = false;
  @CivilDate(pseudonymous, { optional: true, doc: 'When the resident agreed to the plan' }) agreedOn?: string;
  @Text(pseudonymous, { max: 36, optional: true, doc: 'The signed plan' }) agreementDocumentId?: string;
  @Text(told, { ...reason, optional: true, doc: 'Why the resident does not agree' }) declinedReason?: string;
  @Text(told, { ...reason, optional: true }) pauseReason?: string;
  @CivilDate(pseudonymous, { optional: true }) completedOn?: string;
  @Text(told, { ...narrative, optional: true, doc: 'What came of it' }) outcome?: string;
  @Text(told, { ...reason, optional: true }) completionReason?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The resident has moved out: the plan is to be completed by then' }) completeBy?: string;
  @Children('progress_tracking', () => Goal, { parent: 'supportPlanId' }) trackedGoals: Goal[] = [];
  @Children('goal_milestones', () => Milestone, { parent: 'supportPlanId' }) milestones: Milestone[] = [];
  @Children('goal_progress_readings', () => ProgressReading, { parent: 'supportPlanId' }) readings: ProgressReading[] = [];
  /** Reminders of the next review that were given, in days before it. */
  @Hidden(open) remindedAt: number[] = [];
  @Hidden(open) escalated?: boolean;
  /** Days that reviews were set to, the standing one included, of which the calendar may know; the latest ones. */
  @Hidden(pseudonymous) formerReviewDates: string[] = [];

  /** SUP-1; who has goals without a plan has them in one place. */
  holds(): RegisterEntry[] {
    const entry = { register: 'resident', owner: this.residentId, key: this.id };
    if (this.standalone) return [{ ...entry, kind: 'standalone_goals' }];
    return this.status === 'completed' ? [] : [{ ...entry, kind: 'support_plan' }];
  }

  goalOf(goalId: string): Goal | undefined {
    return this.trackedGoals.find(({ id }) => id === goalId);
  }
  /** Whether reviews are due: of an active plan whose resident has not moved out. */
  get awaitsReview(): boolean {
    return this.status === 'active' && !this.standalone && this.completeBy === undefined;
  }
}

/** Another day of the next review: nothing has come of that one yet. */
function reviewOn(plan: SupportPlan, reviewDate: string): void {
  const formerReviewDates = [...plan.formerReviewDates.filter((date) => date !== reviewDate), reviewDate].slice(-3);
  Object.assign(plan, { reviewDate, reviewOverdue: false, remindedAt: [], escalated: undefined, formerReviewDates });
}

/** What somebody wants to reach with whom, and when it is looked at again. */
@EventOf(SupportPlan, 'SupportPlanOpened', 1, { to: 'active' })
export class SupportPlanOpened extends DomainEvent<SupportPlan> {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Ref(open, 'users') keyWorkerId!: string;
  @Ref(open, 'users', { optional: true }) deputyId?: string;
  @Text(told, narrative) goals!: string;
  @Text(told, narrative) objectives!: string;
  @CivilDate(pseudonymous) startDate!: string;
  @CivilDate(pseudonymous) reviewDate!: string;
  @Group(pseudonymous, () => Deadline) reviewDue!: Deadline;
  apply(plan: SupportPlan): void {
    const { residentId, keyWorkerId, deputyId, goals, objectives, startDate, reviewDate } = this;
    Object.assign(plan, { residentId, keyWorkerId, deputyId, goals, objectives, startDate });
    reviewOn(plan, reviewDate);
  }
}
/** Somebody has goals without a plan. */
@EventOf(SupportPlan, 'StandaloneGoalsOpened', 1, { to: 'active' })
export class StandaloneGoalsOpened extends DomainEvent<SupportPlan> {
  @Ref(pseudonymous, 'residents') residentId!: string;
  apply(plan: SupportPlan): void {
    Object.assign(plan, { residentId: this.residentId, standalone: true });
  }
}
@EventOf(SupportPlan, 'SupportPlanAgreedByResident', 1)
export class SupportPlanAgreedByResident extends DomainEvent<SupportPlan> {
  @CivilDate(pseudonymous) signedOn!: string;
  @Text(pseudonymous, { max: 36, optional: true }) documentId?: string;
  apply(plan: SupportPlan): void {
    Object.assign(plan, { agreedOn: this.signedOn, agreementDocumentId: this.documentId, declinedReason: undefined });
  }
}
@EventOf(SupportPlan, 'SupportPlanAgreementDeclined', 1)
export class SupportPlanAgreementDeclined extends DomainEvent<SupportPlan> {
  @Text(told, reason) reason!: string;
  apply(plan: SupportPlan): void {
    Object.assign(plan, { agreedOn: undefined, agreementDocumentId: undefined, declinedReason: this.reason });
  }
}
@EventOf(SupportPlan, 'SupportPlanReviewed', 1, { deadlines: { met: ['SUP-3'], waived: ['SUP-8'], at: 'on' } })
export class SupportPlanReviewed extends DomainEvent<SupportPlan> {
  @CivilDate(pseudonymous) on!: string;
  @List(personal('health'), { optional: true, doc: 'Who took part' }) attendees?: string[];
  @Text(told, narrative) summary!: string;
  @CivilDate(pseudonymous) nextReviewDate!: string;
  @Group(pseudonymous, () => Deadline) reviewDue!: Deadline;
  apply(plan: SupportPlan): void {
    Object.assign(plan, { lastReviewOn: this.on, lastReviewSummary: this.summary, lastReviewAttendees: this.attendees, completeBy: undefined });
    reviewOn(plan, this.nextReviewDate);
  }
}
/** The risk has become high or critical: the plan is looked at sooner. */
@EventOf(SupportPlan, 'SupportPlanReviewBroughtForward', 1)
export class SupportPlanReviewBroughtForward extends DomainEvent<SupportPlan> {
  @CivilDate(pseudonymous) reviewDate!: string;
  @Group(pseudonymous, () => Deadline) reviewDue!: Deadline;
  apply(plan: SupportPlan): void {
    reviewOn(plan, this.reviewDate);
  }
}
@EventOf(SupportPlan, 'SupportPlanReviewReminded', 1, { doc: 'A review is due soon.' })
export class SupportPlanReviewReminded extends DomainEvent<SupportPlan> {
  @CivilDate(pseudonymous) reviewDate!: string;
  @Int(open, { doc: 'Days to the review' }) daysBefore!: number;
  apply(plan: SupportPlan): void {
    plan.remindedAt = [...plan.remindedAt, this.daysBefore];
  }
}
@EventOf(SupportPlan, 'SupportPlanReviewOverdue', 1, { doc: 'A review was not held in time.' })
export class SupportPlanReviewOverdue extends DomainEvent<SupportPlan> {
  @CivilDate(pseudonymous) dueOn!: string;
  apply(plan: SupportPlan): void {
    plan.reviewOverdue = true;
  }
}
@EventOf(SupportPlan, 'SupportPlanReviewEscalated', 1, { doc: 'A review has been overdue for long: it is a manager’s matter.' })
export class SupportPlanReviewEscalated extends DomainEvent<SupportPlan> {
  @CivilDate(pseudonymous) dueOn!: string;
  apply(plan: SupportPlan): void {
    plan.escalated = true;
  }
}
@EventOf(SupportPlan, 'SupportPlanKeyWorkerReassigned', 1)
export class SupportPlanKeyWorkerReassigned extends DomainEvent<SupportPlan> {
  @Ref(open, 'users') keyWorkerId!: string;
  @Ref(open, 'users', { optional: true }) deputyId?: string;
  apply(plan: SupportPlan): void {
    Object.assign(plan, { keyWorkerId: this.keyWorkerId, deputyId: this.deputyId });
  }
}
@EventOf(SupportPlan, 'SupportPlanPaused', 1, { to: 'paused', deadlines: { waived: ['SUP-3'] } })
export class SupportPlanPaused extends DomainEvent<SupportPlan> {
  @Text(told, reason) reason!: string;
  apply(plan: SupportPlan): void {
    plan.pauseReason = this.reason;
  }
}
@EventOf(SupportPlan, 'SupportPlanResumed', 1, { to: 'active' })
export class SupportPlanResumed extends DomainEvent<SupportPlan> {
  @CivilDate(pseudonymous) reviewDate!: string;
  @Group(pseudonymous, () => Deadline) reviewDue!: Deadline;
  apply(plan: SupportPlan): void {
    plan.pauseReason = undefined;
    reviewOn(plan, this.reviewDate);
  }
}
@EventOf(SupportPlan, 'SupportPlanCompletionPrompted', 1, { deadlines: { waived: ['SUP-3'] }, doc: 'The resident has moved out: the plan is to be completed.' })
export class SupportPlanCompletionPrompted extends DomainEvent<SupportPlan> {
  @CivilDate(pseudonymous) movedOutOn!: string;
  @Group(pseudonymous, () => Deadline) completionDue!: Deadline;
  apply(plan: SupportPlan): void {
    Object.assign(plan, { completeBy: this.completionDue.dueOn, reviewOverdue: false });
  }
}
@EventOf(SupportPlan, 'SupportPlanCompleted', 1, { to: 'completed', deadlines: { met: ['SUP-8'], waived: ['SUP-3'], at: 'on' } })
export class SupportPlanCompleted extends DomainEvent<SupportPlan> {
  @CivilDate(pseudonymous) on!: string;
  @Text(told, { ...narrative, optional: true, doc: 'What came of it' }) outcome?: string;
  @Text(told, reason) reason!: string;
  apply(plan: SupportPlan): void {
    Object.assign(plan, { completedOn: this.on, outcome: this.outcome, completionReason: this.reason, reviewOverdue: false });
  }
}
