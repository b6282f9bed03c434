import { CommandOf, type Context, DomainCommand } from '../../../kernel/command.js';
import { CivilDate, Flag, List, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { plusDays, UUID } from '../../../kernel/values.js';
import type { Resident } from '../../people/resident/resident.js';
import { onDay } from '../../deadline.js';
import { narrative, told } from './goal.js';
import { checkCanEnd, checkHappened, checkLivesHere, checkReviewDate, residentOf, reviewDays } from './plan-conditions.js';
import {
  SupportPlan,
  SupportPlanAgreedByResident,
  SupportPlanAgreementDeclined,
  SupportPlanCompleted,
  SupportPlanKeyWorkerReassigned,
  SupportPlanOpened,
  SupportPlanPaused,
  SupportPlanResumed,
  SupportPlanReviewed,
} from './support-plan.js';

const live = ['active', 'paused'];
const reviewDue = (context: Context, reviewDate: string) => onDay(context, 'SUP-3', reviewDate);

/** What belongs to a plan is not asked of the place of goals without one. @throws Refusal STATE */
function checkPlan(plan: SupportPlan): void {
  if (plan.standalone) throw new Refusal('STATE', 'These are goals without a support plan: open a plan for that.', { status: 409 });
}
/** The resident of a plan that goes on. @throws Refusal */
function residentOfPlan(plan: SupportPlan, context: Context): Resident {
  checkPlan(plan);
  const resident = residentOf(plan.residentId, context);
  checkLivesHere(resident);
  return resident;
}
const isGiven = (reason: string | undefined): reason is string => Boolean(reason?.trim());

@CommandOf(SupportPlan, {
  permission: 'support_plans:open',
  doc: 'Opens a support plan for a resident.',
  creates: true,
  plain: true,
  effective: 'startDate',
})
export class OpenSupportPlan extends DomainCommand<SupportPlan> {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Ref(open, 'users', { optional: true, doc: 'That of the resident where it is left out' }) keyWorkerId?: string;
  @Ref(open, 'users', { optional: true, doc: 'Who stands in for the key worker' }) deputyId?: string;
  @Text(told, narrative) goals!: string;
  @Text(told, narrative) objectives!: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'Today where it is left out' }) startDate?: string;
  @CivilDate(pseudonymous, { doc: 'The last day of the first review' }) reviewDate!: string;
  decide(_: SupportPlan, context: Context) {
    const resident = residentOf(this.residentId, context);
    checkLivesHere(resident, 'residentId');
    const keyWorkerId = this.keyWorkerId ?? resident.keyWorkerId;
    if (!keyWorkerId) throw new Refusal('VALIDATION', 'The resident has no key worker: say whose plan it is.', { field: 'keyWorkerId' });
    rule('GEN-1', 'The key worker of the resident is not in this organisation any more: say whose plan it is.', context.find('users', keyWorkerId) !== undefined, 'keyWorkerId');
    const { residentId, goals, objectives, reviewDate } = this;
    const startDate = this.startDate ?? context.today;
    checkReviewDate(resident, startDate, reviewDate, context, 'reviewDate');
    return SupportPlanOpened.of({
      residentId, keyWorkerId, deputyId: this.deputyId ?? undefined, goals, objectives, startDate, reviewDate, reviewDue: reviewDue(context, reviewDate),
    });
  }
}

@CommandOf(SupportPlan, { permission: 'support_plans:record-resident-view', doc: 'Says whether the resident agrees to the plan.', from: live })
export class RecordResidentView extends DomainCommand<SupportPlan> {
  @Flag(pseudonymous) agrees!: boolean;
  @CivilDate(pseudonymous, { optional: true, doc: 'When it was signed; today where it is left out' }) signedOn?: string;
  @Text(pseudonymous, { max: 36, pattern: UUID, optional: true, doc: 'The signed plan' }) documentId?: string;
  @Text(told, { max: 1000, optional: true, doc: 'Why the resident does not agree' }) reason?: string;
  decide(plan: SupportPlan, context: Context) {
    residentOfPlan(plan, context);
    if (!this.agrees) {
      if (!isGiven(this.reason)) throw new Refusal('VALIDATION', 'Say why the resident does not agree.', { field: 'reason' });
      return SupportPlanAgreementDeclined.of({ reason: this.reason });
    }
    const signedOn = this.signedOn ?? context.today;
    checkHappened(signedOn, context, 'signedOn');
    return SupportPlanAgreedByResident.of({ signedOn, documentId: this.documentId ?? undefined });
  }
}

@CommandOf(SupportPlan, { permission: 'support_plans:review', doc: 'Records a review, and when the next one is.', from: ['active'], effective: 'on' })
export class ReviewSupportPlan extends DomainCommand<SupportPlan> {
  @CivilDate(pseudonymous, { optional: true, doc: 'When it was held; today where it is left out' }) on?: string;
  @List(personal('health'), { optional: true, doc: 'Who took part' }) attendees?: string[];
  @Text(told, narrative) summary!: string;
  @CivilDate(pseudonymous) nextReviewDate!: string;
  decide(plan: SupportPlan, context: Context) {
    const resident = residentOfPlan(plan, context);
    const on = this.on ?? context.today;
    checkHappened(on, context);
    const since = plan.lastReviewOn ?? plan.startDate!;
    if (on < since) throw new Refusal('GEN-3', `A review is not held before the plan began or was reviewed last, on ${since}.`, { field: 'on' });
    checkReviewDate(resident, on, this.nextReviewDate, context, 'nextReviewDate');
    const { summary, nextReviewDate } = this;
    return SupportPlanReviewed.of({ on, attendees: this.attendees ?? undefined, summary, nextReviewDate, reviewDue: reviewDue(context, nextReviewDate) });
  }
}

@CommandOf(SupportPlan, { permission: 'support_plans:reassign-key-worker', doc: 'Says whose plan it is from now on.', from: live })
export class ReassignKeyWorker extends DomainCommand<SupportPlan> {
  @Ref(open, 'users') keyWorkerId!: string;
  @Ref(open, 'users', { optional: true, doc: 'Who stands in; nobody where it is left out' }) deputyId?: string;
  decide(plan: SupportPlan, context: Context) {
    residentOfPlan(plan, context);
    const { keyWorkerId } = this;
    const deputyId = this.deputyId ?? undefined;
    return keyWorkerId === plan.keyWorkerId && deputyId === plan.deputyId ? [] : SupportPlanKeyWorkerReassigned.of({ keyWorkerId, deputyId });
  }
}

@CommandOf(SupportPlan, { permission: 'support_plans:pause', doc: 'Lets a plan rest; no reviews are due meanwhile.', from: ['active'] })
export class PauseSupportPlan extends DomainCommand<SupportPlan> {
  @Text(told, { max: 1000, optional: true }) reason?: string;
  decide(plan: SupportPlan, context: Context) {
    residentOfPlan(plan, context);
    rule('SUP-6', 'Say why the plan is paused.', isGiven(this.reason), 'reason');
    return SupportPlanPaused.of({ reason: this.reason! });
  }
}

@CommandOf(SupportPlan, { permission: 'support_plans:resume', doc: 'Goes on with a plan that rested.', from: ['paused'] })
export class ResumeSupportPlan extends DomainCommand<SupportPlan> {
  @CivilDate(pseudonymous, { optional: true, doc: 'The last day of the next review; the day that stood before, or the latest one possible where that has passed' })
  reviewDate?: string;
  decide(plan: SupportPlan, context: Context) {
    const resident = residentOfPlan(plan, context);
    const latest = plusDays(context.today, reviewDays(resident, context));
    const standing = plan.reviewDate! > context.today && plan.reviewDate! <= latest ? plan.reviewDate! : latest;
    const reviewDate = this.reviewDate ?? standing;
    checkReviewDate(resident, context.today, reviewDate, context, 'reviewDate');
    return SupportPlanResumed.of({ reviewDate, reviewDue: reviewDue(context, reviewDate) });
  }
}

@CommandOf(SupportPlan, { permission: 'support_plans:complete', doc: 'Brings a plan to its end.', from: live, effective: 'on' })
export class CompleteSupportPlan extends DomainCommand<SupportPlan> {
  @CivilDate(pseudonymous, { optional: true, doc: 'Today where it is left out' }) on?: string;
  @Text(told, { ...narrative, optional: true, doc: 'What came of it' }) outcome?: string;
  @Text(told, { max: 1000, optional: true, doc: 'Why it ends' }) reason?: string;
  decide(plan: SupportPlan, context: Context) {
    checkPlan(plan);
    const on = this.on ?? context.today;
    checkHappened(on, context);
    checkCanEnd(residentOf(plan.residentId, context), context.today, context);
    const since = plan.lastReviewOn ?? plan.startDate!;
    if (on < since) throw new Refusal('GEN-3', `A plan does not end before it began or was reviewed last, on ${since}.`, { field: 'on' });
    const waiting = plan.trackedGoals.filter(({ status }) => status === 'open').length;
    rule('SUP-5', `${waiting === 1 ? 'One goal is' : `${waiting} goals are`} still open: achieve or abandon them first.`, waiting === 0);
    rule('SUP-6', 'Say why the plan ends.', isGiven(this.reason), 'reason');
    return SupportPlanCompleted.of({ on, outcome: this.outcome ?? undefined, reason: this.reason! });
  }
}
