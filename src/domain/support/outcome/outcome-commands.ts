import { isManager } from '../../managers.js';
import { CommandOf, commandWith, type Context, DomainCommand } from '../../../kernel/command.js';
import { factsOf } from '../../../kernel/entity.js';
import { CivilDate, Decimal, Ref, Text } from '../../../kernel/fields.js';
import { personal, pseudonymous } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import type { Resident } from '../../people/resident/resident.js';
import type { SupportPlan } from '../support-plan/support-plan.js';
import {
  ID,
  Outcome,
  OutcomeAchieved,
  OutcomeDefined,
  OutcomeFacts,
  OutcomeMeasured,
  OutcomeNotAchieved,
  OutcomeVerificationRevoked,
  OutcomeVerified,
} from './outcome.js';
import { reaches } from './progress.js';


const checkHappened = (on: string, { today }: Context): void =>
  rule('GEN-3', 'This day is still to come: record it when it has happened.', on <= today, 'on');
const checkResident = (residentId: string, context: Context): void => context.state<Resident>('residents', residentId).checkOpen();

@CommandOf(Outcome, { permission: 'outcomes_tracking:define', doc: 'Says what shall change for a resident, and how it is measured.', creates: true, plain: true })
export class DefineOutcome extends commandWith(Outcome, OutcomeFacts) {
  @Ref(pseudonymous, 'support_plans', { optional: true, doc: 'The plan that the goal is in; the last one of the resident where it is left out' })
  supportPlanId?: string;
  decide(_: Outcome, context: Context) {
    checkResident(this.residentId, context);
    this.checkGoal(context);
    const { baseline, target } = this;
    rule('OUT-1', 'The target is the same as the baseline: nothing would change.', target !== baseline, 'target');
    const direction = this.direction ?? (target > baseline ? 'up' : 'down');
    rule('OUT-1', `The target does not lie ${direction} from the baseline.`, direction === 'up' === target > baseline, 'direction');
    return OutcomeDefined.of({ ...factsOf(this, OutcomeFacts), direction });
  }
  /** @throws Refusal GEN-1 */
  private checkGoal(context: Context): void {
    if (!this.goalId) return;
    const planId = this.supportPlanId ?? context.state<Resident>('residents', this.residentId).supportPlanId;
    const plan = planId === undefined ? undefined : context.find<SupportPlan>('support_plans', planId);
    const isTheirs = plan?.residentId === this.residentId && plan.goalOf(this.goalId) !== undefined;
    rule('GEN-1', 'The resident has no such goal in this plan.', isTheirs, 'goalId');
  }
}

@CommandOf(Outcome, {
  permission: 'outcomes_tracking:record-measurement',
  doc: 'Records a reading. The reading with the latest day counts; where it reaches the target, the outcome is achieved.',
  from: ['tracking'],
  effective: 'on',
})
export class RecordMeasurement extends DomainCommand<Outcome> {
  @Decimal(pseudonymous) value!: number;
  @CivilDate(pseudonymous, { optional: true, doc: 'When it was so; today where it is left out' }) on?: string;
  @Text(pseudonymous, { ...ID, optional: true }) evidenceDocumentId?: string;
  decide(outcome: Outcome, context: Context) {
    checkResident(outcome.residentId, context);
    const on = this.on ?? context.today;
    checkHappened(on, context);
    const { value, evidenceDocumentId } = this;
    const measured = OutcomeMeasured.of({ value, on, evidenceDocumentId: evidenceDocumentId ?? undefined, measurementId: context.newId('measurement') });
    const isLatest = outcome.measurements.every((one) => one.on <= on);
    const achieved = isLatest && reaches(outcome.baselineValue, outcome.targetValue, value);
    return achieved ? [measured, OutcomeAchieved.of({ on })] : measured;
  }
}

@CommandOf(Outcome, { permission: 'outcomes_tracking:achieve', doc: 'Says that the outcome is achieved.', from: ['tracking', 'achieved'], effective: 'on' })
export class AchieveOutcome extends DomainCommand<Outcome> {
  @CivilDate(pseudonymous, { optional: true, doc: 'Since when; today where it is left out' }) on?: string;
  @Text(personal('health'), { optional: true, max: 1000, doc: 'Why a manager says so though the target is not reached' }) overrideReason?: string;
  decide(outcome: Outcome, context: Context) {
    if (outcome.status === 'achieved') return [];
    checkResident(outcome.residentId, context);
    const on = this.on ?? context.today;
    checkHappened(on, context);
    if (outcome.hasReachedTarget) return OutcomeAchieved.of({ on });
    const overridden = isManager(context.actor) && Boolean(this.overrideReason?.trim());
    rule('OUT-2', 'The last measurement has not reached the target: a manager alone says all the same that it is achieved, and why.', overridden, 'overrideReason');
    return OutcomeAchieved.of({ on, overrideReason: this.overrideReason });
  }
}

@CommandOf(Outcome, { permission: 'outcomes_tracking:mark-not-achieved', doc: 'Says that the outcome will not be achieved, and why.', from: ['tracking'] })
export class MarkNotAchieved extends DomainCommand<Outcome> {
  @Text(personal('health'), { max: 1000 }) reason!: string;
  decide(outcome: Outcome, context: Context) {
    checkResident(outcome.residentId, context);
    return OutcomeNotAchieved.of({ reason: this.reason });
  }
}

@CommandOf(Outcome, { permission: 'outcomes_tracking:verify', doc: 'Confirms what came of it; by somebody who did not record it.', from: ['achieved', 'not_achieved'], effective: 'on' })
export class VerifyOutcome extends DomainCommand<Outcome> {
  @Text(personal('health'), { doc: 'How it was verified, such as payslips seen' }) method!: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'When; today where it is left out' }) on?: string;
  decide(outcome: Outcome, context: Context) {
    checkResident(outcome.residentId, context);
    rule('OUT-3', 'You defined or measured this outcome: somebody else verifies it.', !outcome.recorders.includes(context.actor.id), undefined, 403);
    const on = this.on ?? context.today;
    checkHappened(on, context);
    const { achievementDate } = outcome;
    if (achievementDate && on < achievementDate) throw new Refusal('GEN-3', 'It is not verified before it was achieved.', { field: 'on' });
    return OutcomeVerified.of({ method: this.method, by: context.actor.id, on });
  }
}

@CommandOf(Outcome, { permission: 'outcomes_tracking:revoke-verification', doc: 'Takes a verification back, and says why.', from: ['verified'] })
export class RevokeVerification extends DomainCommand<Outcome> {
  @Text(personal('health'), { max: 1000 }) reason!: string;
  decide(outcome: Outcome, context: Context) {
    checkResident(outcome.residentId, context);
    return OutcomeVerificationRevoked.of({ reason: this.reason });
  }
}
