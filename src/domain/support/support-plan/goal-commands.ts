import { changing, CommandOf, commandWith, type Context, DomainCommand } from '../../../kernel/command.js';
import { factsOf } from '../../../kernel/entity.js';
import { CivilDate, Int, Items, Ref, Text } from '../../../kernel/fields.js';
import { pseudonymous } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { UUID } from '../../../kernel/values.js';
import { GoalAbandoned, GoalAchieved, GoalAdded, GoalProgressRecorded, GoalRevised, MilestoneReached } from './goal-events.js';
import { GoalFacts, latestReading, MilestoneFacts, narrative, PlannedMilestone, told } from './goal.js';
import { checkCanEnd, checkHappened, checkLivesHere, checkRecorder, goalIn, openGoalIn, residentOf } from './plan-conditions.js';
import { StandaloneGoalsOpened, SupportPlan } from './support-plan.js';

const ID = { max: 36, pattern: UUID } as const;
const steps = { max: 50, optional: true, doc: 'Steps on the way' } as const;

function checkMilestones(milestones: readonly Pick<MilestoneFacts, 'dueOn'>[], targetDate: string | undefined, field: string): void {
  const inTime = targetDate === undefined || milestones.every(({ dueOn }) => dueOn <= targetDate);
  rule('SUP-7', `A milestone is due on ${targetDate}, when the goal is, or before.`, inTime, field);
}
const planned = (milestones: readonly MilestoneFacts[], { newId }: Context): PlannedMilestone[] =>
  milestones.map(({ title, dueOn }, index) => Object.assign(new PlannedMilestone(), { id: newId(`milestone-${index}`), title, dueOn }));

/** A goal as it is added. @throws Refusal SUP-7 */
function added(facts: GoalFacts & { milestones?: MilestoneFacts[] }, context: Context): GoalAdded {
  const milestones = facts.milestones ?? [];
  checkMilestones(milestones, facts.targetDate, 'milestones');
  return GoalAdded.of({ ...factsOf(facts, GoalFacts), goalId: context.newId('goal'), milestones: planned(milestones, context) });
}
/** Who works on the goals of a plan that goes on. @throws Refusal */
function checkWork(plan: SupportPlan, context: Context): void {
  const resident = residentOf(plan.residentId, context);
  checkLivesHere(resident);
  checkRecorder(plan, resident, context);
}
/** Who brings a goal to its end; also in the time after moving out in which a plan is completed. @throws Refusal */
function checkEnd(plan: SupportPlan, on: string, context: Context): void {
  const resident = residentOf(plan.residentId, context);
  checkCanEnd(resident, context.today, context);
  checkRecorder(plan, resident, context);
  checkHappened(on, context);
}

@CommandOf(SupportPlan, { permission: 'support_plans:add-goal', doc: 'Adds a goal to a plan.', from: ['active'] })
export class AddGoal extends commandWith(SupportPlan, GoalFacts) {
  @Items(told, () => MilestoneFacts, steps) milestones?: MilestoneFacts[];
  decide(plan: SupportPlan, context: Context) {
    checkWork(plan, context);
    return added(this, context);
  }
}

@CommandOf(SupportPlan, { permission: 'support_plans:add-standalone-goal', doc: 'Adds the first goal of a resident without a plan; further ones are added to it.', creates: true })
export class AddStandaloneGoal extends commandWith(SupportPlan, GoalFacts) {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Items(told, () => MilestoneFacts, steps) milestones?: MilestoneFacts[];
  decide(plan: SupportPlan, context: Context) {
    const resident = residentOf(this.residentId, context);
    checkLivesHere(resident, 'residentId');
    checkRecorder(plan, resident, context);
    return [StandaloneGoalsOpened.of({ residentId: this.residentId }), added(this, context)];
  }
}

@CommandOf(SupportPlan, { permission: 'support_plans:record-goal-progress', doc: 'Says how far a goal has come.', from: ['active'], effective: 'on' })
export class RecordGoalProgress extends DomainCommand<SupportPlan> {
  @Text(pseudonymous, ID) goalId!: string;
  @Int(pseudonymous, { min: 0, max: 100, code: 'SUP-4' }) progress!: number;
  @Text(told, { ...narrative, optional: true }) notes?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'When it was so; today where it is left out' }) on?: string;
  decide(plan: SupportPlan, context: Context) {
    checkWork(plan, context);
    const { id: goalId } = openGoalIn(plan, this.goalId);
    const { progress, notes } = this;
    rule('SUP-4', 'Progress is 0 to 100.', progress >= 0 && progress <= 100, 'progress');
    const on = this.on ?? context.today;
    checkHappened(on, context);
    const latest = latestReading(plan.readings, goalId);
    const goesDown = latest !== undefined && on >= latest.on && progress < latest.progress;
    rule('SUP-4', `The goal was at ${latest?.progress ?? 0}: say in a note why it is less now.`, !goesDown || Boolean(notes?.trim()), 'notes');
    return GoalProgressRecorded.of({ goalId, readingId: context.newId('reading'), progress, notes: notes ?? undefined, on });
  }
}

@CommandOf(SupportPlan, { permission: 'support_plans:reach-milestone', doc: 'Says that a step is done.', from: ['active'], effective: 'on' })
export class ReachMilestone extends DomainCommand<SupportPlan> {
  @Text(pseudonymous, ID) milestoneId!: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'When; today where it is left out' }) on?: string;
  decide(plan: SupportPlan, context: Context) {
    checkWork(plan, context);
    const milestone = plan.milestones.find(({ id }) => id === this.milestoneId);
    if (!milestone) throw new Refusal('GEN-1', 'The plan has no such milestone.', { field: 'milestoneId' });
    if (milestone.reachedOn) return [];
    const goal = goalIn(plan, milestone.goalId);
    if (goal.status !== 'open') throw new Refusal('STATE', `The goal is ${goal.status}.`, { status: 409, field: 'milestoneId' });
    const on = this.on ?? context.today;
    checkHappened(on, context);
    return MilestoneReached.of({ goalId: goal.id, milestoneId: milestone.id, on });
  }
}

@CommandOf(SupportPlan, { permission: 'support_plans:achieve-goal', doc: 'Says that a goal is reached.', from: ['active', 'paused'], effective: 'on' })
export class AchieveGoal extends DomainCommand<SupportPlan> {
  @Text(pseudonymous, ID) goalId!: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'When; today where it is left out' }) on?: string;
  decide(plan: SupportPlan, context: Context) {
    const on = this.on ?? context.today;
    checkEnd(plan, on, context);
    if (goalIn(plan, this.goalId).status === 'achieved') return [];
    return GoalAchieved.of({ goalId: openGoalIn(plan, this.goalId).id, on });
  }
}

@CommandOf(SupportPlan, { permission: 'support_plans:abandon-goal', doc: 'Gives a goal up, and says why.', from: ['active', 'paused'], effective: 'on' })
export class AbandonGoal extends DomainCommand<SupportPlan> {
  @Text(pseudonymous, ID) goalId!: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'When; today where it is left out' }) on?: string;
  @Text(told, { max: 1000 }) reason!: string;
  decide(plan: SupportPlan, context: Context) {
    const on = this.on ?? context.today;
    checkEnd(plan, on, context);
    if (goalIn(plan, this.goalId).status === 'abandoned') return [];
    return GoalAbandoned.of({ goalId: openGoalIn(plan, this.goalId).id, on, reason: this.reason });
  }
}

@CommandOf(SupportPlan, { permission: 'support_plans:revise-goal', doc: 'Puts a goal otherwise, or adds steps to it.', from: ['active'] })
export class ReviseGoal extends changing(SupportPlan, GoalFacts) {
  @Text(pseudonymous, ID) goalId!: string;
  @Items(told, () => MilestoneFacts, { ...steps, doc: 'Further steps' }) milestones?: MilestoneFacts[];
  @Text(told, { max: 1000, optional: true, doc: 'Why' }) reason?: string;
  decide(plan: SupportPlan, context: Context) {
    checkWork(plan, context);
    const goal = openGoalIn(plan, this.goalId);
    const targetDate = this.targetDate === undefined ? goal.targetDate : (this.targetDate ?? undefined);
    const further = this.milestones ?? [];
    checkMilestones(further, targetDate, 'milestones');
    checkMilestones(plan.milestones.filter(({ goalId, reachedOn }) => goalId === goal.id && !reachedOn), targetDate, 'targetDate');
    const { goalType, goal: words } = this;
    return GoalRevised.of({ goalId: goal.id, goalType, goal: words, targetDate: this.targetDate, milestones: planned(further, context), reason: this.reason ?? undefined });
  }
}
