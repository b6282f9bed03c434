import { isManager } from '../../managers.js';
import type { Context } from '../../../kernel/command.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { daysBetween, plusDays } from '../../../kernel/values.js';
import type { Resident } from '../../people/resident/resident.js';
import { policy } from '../../policies.js';
import type { Goal } from './goal.js';
import type { SupportPlan } from './support-plan.js';


/** The resident of a plan, about whom something may still be recorded. @throws Refusal ERASED */
export function residentOf(residentId: string, context: Context): Resident {
  const resident = context.state<Resident>('residents', residentId);
  resident.checkOpen();
  return resident;
}

/** Nobody who has moved out has a plan that goes on. @throws Refusal SUP-8 */
export const checkLivesHere = ({ status }: Resident, field?: string): void =>
  rule('SUP-8', 'This resident has moved out: their support plan can be completed, and nothing else.', status !== 'moved_out', field);

/** After moving out there is time to bring a plan to its end, and no more. @throws Refusal SUP-8 */
export function checkCanEnd({ status, moveOutDate }: Resident, on: string, context: Context): void {
  if (status !== 'moved_out' || !moveOutDate) return;
  const days = policy(context, 'SUP-8');
  rule('SUP-8', `The time to complete the plan is over: it ended ${days} days after moving out.`, on <= plusDays(moveOutDate, days));
}

/** The longest time to a review, by the risk as it is now. */
export function reviewDays({ riskLevel }: Resident, context: Context): number {
  return policy(context, riskLevel === 'high' ? 'SUP-3.grave_risk_days' : 'SUP-3.days');
}
/** @param from the day from which it counts: of a plan that is opened, the day on which it begins. @throws Refusal SUP-3 */
export function checkReviewDate(resident: Resident, from: string, reviewDate: string, context: Context, field: string): void {
  rule('SUP-3', `The review is after ${from}.`, reviewDate > from, field);
  const days = reviewDays(resident, context);
  const why = resident.riskLevel === 'high' ? ', because the risk is high or critical' : '';
  rule('SUP-3', `The review is at most ${days} days after ${from}${why}.`, daysBetween(from, reviewDate) <= days, field);
}

/** @throws Refusal PRG-2 */
export function checkRecorder(plan: SupportPlan, resident: Resident, { actor }: Context): void {
  const own = [plan.keyWorkerId, plan.deputyId, resident.keyWorkerId].includes(actor.id);
  rule('PRG-2', 'The key worker, the deputy or a manager records this.', own || isManager(actor) || actor.role === 'system', undefined, 403);
}

/** @throws Refusal GEN-3 */
export const checkHappened = (on: string, { today }: Context, field = 'on'): void =>
  rule('GEN-3', 'This day is still to come: record it when it has happened.', on <= today, field);

/** A goal of the plan. @throws Refusal GEN-1 */
export function goalIn(plan: SupportPlan, goalId: string): Goal {
  const goal = plan.goalOf(goalId);
  if (!goal) throw new Refusal('GEN-1', 'The plan has no such goal.', { field: 'goalId' });
  return goal;
}
/** A goal that is still open: what was achieved or abandoned stays so, and another goal is added. @throws Refusal STATE */
export function openGoalIn(plan: SupportPlan, goalId: string): Goal {
  const goal = goalIn(plan, goalId);
  if (goal.status === 'open') return goal;
  throw new Refusal('STATE', `This goal is ${goal.status}: add another one.`, { status: 409, field: 'goalId' });
}
