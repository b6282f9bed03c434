import { factsOf } from '../../../kernel/entity.js';
import { changeWith, DomainEvent, EventOf, eventWith, type Recorded } from '../../../kernel/event.js';
import { Children, CivilDate, Int, Text } from '../../../kernel/fields.js';
import { pseudonymous } from '../../../kernel/privacy.js';
import { Goal, GoalFacts, latestReading, Milestone, narrative, PlannedMilestone, ProgressReading, told } from './goal.js';
import { SupportPlan } from './support-plan.js';

const ID = { max: 36 } as const;

/** A goal with these changes, and who made them. */
function change(plan: SupportPlan, goalId: string, values: Partial<Goal>, { recordedAt: lastUpdated, actorId: updatedBy }: Recorded): void {
  plan.trackedGoals = plan.trackedGoals.map((goal) =>
    goal.id === goalId ? Object.assign(new Goal(), goal, values, { lastUpdated, updatedBy }) : goal);
}
const milestonesOf = (goalId: string, planned: readonly PlannedMilestone[]): Milestone[] =>
  planned.map(({ id, title, dueOn }) => Object.assign(new Milestone(), { id, goalId, title, dueOn }));

@EventOf(SupportPlan, 'GoalAdded', 1)
export class GoalAdded extends eventWith(SupportPlan, GoalFacts) {
  @Text(pseudonymous, ID) goalId!: string;
  @Children('goal_milestones', () => PlannedMilestone, { parent: 'supportPlanId' }) milestones!: PlannedMilestone[];
  override apply(plan: SupportPlan, { recordedAt: lastUpdated, actorId: updatedBy }: Recorded): void {
    const { goalId: id, milestones } = this;
    const begun = { id, residentId: plan.residentId, status: 'open', currentProgress: 0, lastUpdated, updatedBy };
    plan.trackedGoals = [...plan.trackedGoals, Object.assign(new Goal(), factsOf(this, GoalFacts), begun)];
    plan.milestones = [...plan.milestones, ...milestonesOf(id, milestones)];
  }
}
@EventOf(SupportPlan, 'GoalProgressRecorded', 1)
export class GoalProgressRecorded extends DomainEvent<SupportPlan> {
  @Text(pseudonymous, ID) goalId!: string;
  @Text(pseudonymous, ID) readingId!: string;
  @Int(pseudonymous, { max: 100 }) progress!: number;
  @Text(told, { ...narrative, optional: true }) notes?: string;
  @CivilDate(pseudonymous) on!: string;
  apply(plan: SupportPlan, recorded: Recorded): void {
    const { goalId, readingId: id, progress, notes, on } = this;
    plan.readings = [...plan.readings, Object.assign(new ProgressReading(), { id, goalId, progress, notes, on, recordedBy: recorded.actorId })];
    const latest = latestReading(plan.readings, goalId)!;
    change(plan, goalId, { currentProgress: latest.progress, notes: latest.notes ?? plan.goalOf(goalId)?.notes }, recorded);
  }
}
@EventOf(SupportPlan, 'MilestoneReached', 1)
export class MilestoneReached extends DomainEvent<SupportPlan> {
  @Text(pseudonymous, ID) goalId!: string;
  @Text(pseudonymous, ID) milestoneId!: string;
  @CivilDate(pseudonymous) on!: string;
  apply(plan: SupportPlan, recorded: Recorded): void {
    const { on: reachedOn, milestoneId } = this;
    const reached = { reachedOn, reachedBy: recorded.actorId };
    plan.milestones = plan.milestones.map((one) => (one.id === milestoneId ? Object.assign(new Milestone(), one, reached) : one));
    change(plan, this.goalId, {}, recorded);
  }
}
/** A goal is reached: it is at 100 from then on. */
@EventOf(SupportPlan, 'GoalAchieved', 1)
export class GoalAchieved extends DomainEvent<SupportPlan> {
  @Text(pseudonymous, ID) goalId!: string;
  @CivilDate(pseudonymous) on!: string;
  apply(plan: SupportPlan, recorded: Recorded): void {
    change(plan, this.goalId, { status: 'achieved', achievedOn: this.on, currentProgress: 100 }, recorded);
  }
}
@EventOf(SupportPlan, 'GoalAbandoned', 1)
export class GoalAbandoned extends DomainEvent<SupportPlan> {
  @Text(pseudonymous, ID) goalId!: string;
  @CivilDate(pseudonymous) on!: string;
  @Text(told, { max: 1000 }) reason!: string;
  apply(plan: SupportPlan, recorded: Recorded): void {
    change(plan, this.goalId, { status: 'abandoned', abandonedOn: this.on, abandonedReason: this.reason }, recorded);
  }
}
/** A goal is put otherwise, or has more steps. */
@EventOf(SupportPlan, 'GoalRevised', 1)
export class GoalRevised extends changeWith(SupportPlan, GoalFacts) {
  @Text(pseudonymous, ID) goalId!: string;
  @Children('goal_milestones', () => PlannedMilestone, { parent: 'supportPlanId' }) milestones!: PlannedMilestone[];
  @Text(told, { max: 1000, optional: true }) reason?: string;
  override apply(plan: SupportPlan, recorded: Recorded): void {
    change(plan, this.goalId, factsOf(this, GoalFacts), recorded);
    plan.milestones = [...plan.milestones, ...milestonesOf(this.goalId, this.milestones)];
  }
}
