import type { Speaker } from '../speaker.js';
import type { Cast } from '../story.js';
import type { Chapter } from './chapters.js';

/** The support of somebody: every command of it once, on the day on which the clock stands. */
export const supported: Chapter = async (speaker, cast, { residentId }) => {
  await planned(speaker, cast, residentId);
  await measured(speaker, cast, residentId);
};

/** A plan with two goals that rests, is reviewed and completed; another one that goes on; and a goal without a plan. */
async function planned(speaker: Speaker, { manager, keyWorkerId, ids }: Cast, residentId: string): Promise<void> {
  const say = speaker.say.bind(speaker, manager);
  const plan = { residentId, keyWorkerId, reviewDate: '2026-10-12' };
  const { id } = await say('OpenSupportPlan', undefined, plan);
  const steps = (command: string): object => ({ milestones: [{ title: speaker.word(command, 'milestones'), dueOn: '2026-09-01' }] });
  await say('AddGoal', id, { goalType: 'education', targetDate: '2026-10-01', ...steps('AddGoal') });
  await say('AddGoal', id, { goalType: 'health', milestones: undefined });
  const [first, second] = (await manager.rows(`/progress-tracking?supportPlanId=${id}&sort=ordinal`)).map((row) => row.id);
  await say('ReviseGoal', id, { goalId: first, goalType: 'employment', ...steps('ReviseGoal') });
  await say('RecordGoalProgress', id, { goalId: first, progress: 60 });
  const [milestone] = await manager.rows(`/goal-milestones?supportPlanId=${id}`);
  await say('ReachMilestone', id, { milestoneId: milestone!.id });
  await say('RecordResidentView', id, { agrees: false });
  await say('RecordResidentView', id, { agrees: true, reason: undefined });
  await say('ReviewSupportPlan', id, { nextReviewDate: '2026-10-15' });
  await say('PauseSupportPlan', id);
  await say('ResumeSupportPlan', id);
  await say('ReassignKeyWorker', id, { keyWorkerId, deputyId: ids['users'] });
  await say('AchieveGoal', id, { goalId: first });
  await say('AbandonGoal', id, { goalId: second });
  await say('CompleteSupportPlan', id);
  await say('AddStandaloneGoal', undefined, { residentId, goalType: 'social', ...steps('AddStandaloneGoal') });
  const open = await say('OpenSupportPlan', undefined, plan);
  await say('AddGoal', open.id, { goalType: 'independence', ...steps('AddGoal') });
  ids['support_plans'] = open.id;
}

/** An outcome that is achieved and verified by another, taken back, and one that is not achieved. */
async function measured(speaker: Speaker, { manager, organisation: { owner }, ids }: Cast, residentId: string): Promise<void> {
  const define = { residentId, category: 'employment', unit: 'hours', baseline: 0, target: 16 };
  const { id } = await speaker.say(manager, 'DefineOutcome', undefined, define);
  await speaker.say(manager, 'RecordMeasurement', id, { value: 12.5 });
  await speaker.say(owner, 'AchieveOutcome', id);
  await speaker.say(owner, 'VerifyOutcome', id);
  await speaker.say(owner, 'RevokeVerification', id);
  const other = await speaker.say(manager, 'DefineOutcome', undefined, { ...define, baseline: 3, target: 1 });
  await speaker.say(manager, 'MarkNotAchieved', other.id);
  ids['outcomes_tracking'] = id;
}
