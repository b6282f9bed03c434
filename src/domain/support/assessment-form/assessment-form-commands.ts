import { currentOf, hasGone } from '../../assessments-in-force.js';
import { deadlineMissed, onDay } from '../../deadline.js';
import type { Resident } from '../../people/resident/resident.js';
import { policy } from '../../policies.js';
import { CommandOf, type Context, DomainCommand } from '../../../kernel/command.js';
import { Choice, CivilDate, Instant, Items, Ref, Text } from '../../../kernel/fields.js';
import { covers } from '../../../kernel/permissions.js';
import { pseudonymous, special } from '../../../kernel/privacy.js';
import { Refusal, rule, ruleAsked } from '../../../kernel/rules.js';
import type { AssessmentTemplate } from '../assessment-template/assessment-template.js';
import { Answer, AssessmentType, type AssessmentTypeName, maxScoreOf, problemOf, type Question, scoreOf, unanswered, withAnswers } from '../questionnaire.js';
import {
  Assessment,
  AssessmentApproved,
  AssessmentResponsesSaved,
  AssessmentReturned,
  AssessmentReviewOverdue,
  AssessmentStarted,
  AssessmentSubmitted,
  AssessmentSuperseded,
  kindInForce,
} from './assessment-form.js';

const residentOf = ({ residentId }: { residentId: string }, context: Context): Resident => context.state<Resident>('residents', residentId);
const templateOf = (id: string, context: Context): AssessmentTemplate => context.state<AssessmentTemplate>('assessment_templates', id);
const questionsOf = ({ templateId, templateVersion }: Assessment, context: Context): readonly Question[] =>
  templateOf(templateId, context).questions.filter(({ version }) => version === templateVersion);

/** The assessment of a resident and a type that is in force. */
function inForce({ residentId, assessmentType }: Assessment, context: Context): Assessment | undefined {
  const [current] = currentOf(context.held('resident', residentId), kindInForce[assessmentType]);
  return current && context.find<Assessment>('assessment_forms', current.key);
}

/** @throws Refusal ASM-4 once it is approved, STATE where it is not in this state; ERASED of the resident. */
function checkState(assessment: Assessment, state: 'draft' | 'completed', context: Context): void {
  const { status } = assessment;
  const approved = status === 'approved' || status === 'superseded';
  rule('ASM-4', 'This assessment was approved: it is not changed any more.', !approved, undefined, 409);
  if (status !== state) throw new Refusal('STATE', `This is not possible while the assessment is ${status}.`, { status: 409 });
  residentOf(assessment, context).checkOpen();
}

@CommandOf(Assessment, { permission: 'assessment_forms:start', doc: 'Begins to assess somebody with a template.', creates: true, plain: true })
export class StartAssessment extends DomainCommand<Assessment> {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Choice(pseudonymous, 'AssessmentType', AssessmentType) assessmentType!: AssessmentTypeName;
  @Ref(pseudonymous, 'users', { optional: true, doc: 'Who assesses; who asks, where it is left out' }) assessorId?: string;
  @Ref(pseudonymous, 'assessment_templates', { optional: true, doc: 'The one that is published for the type, where it is left out' }) templateId?: string;
  decide(_: Assessment, context: Context) {
    const { residentId, assessmentType, assessorId = context.actor.id } = this;
    residentOf(this, context).checkOpen();
    const template = templateOf(this.templateId ?? onlyTemplate(assessmentType, context), context);
    if (template.status !== 'published' || template.assessmentType !== assessmentType) {
      const why = template.status === 'published' ? `it is for ${template.assessmentType.replace('_', ' ')} assessments` : `it is ${template.status}`;
      throw new Refusal('STATE', `This template cannot be used: ${why}.`, { status: 409, field: 'templateId' });
    }
    return AssessmentStarted.of({ residentId, assessmentType, assessorId, templateId: template.id, templateVersion: template.version });
  }
}

/** The only published template of a type. @throws Refusal where there is none, or more than one. */
function onlyTemplate(type: AssessmentTypeName, context: Context): string {
  const published = context.held('assessment_templates', context.actor.organizationId).filter(({ kind }) => kind === type);
  const [one] = published;
  if (one && published.length === 1) return one.key;
  const why = one
    ? 'There are several published templates of this type: say which one.'
    : 'There is no published template of this type: adopt the one that comes with the product, or publish one of your own.';
  throw new Refusal('STATE', why, { status: 409, field: 'templateId' });
}

@CommandOf(Assessment, {
  permission: 'assessment_forms:save-responses',
  doc: 'Saves answers; those to other questions stay as they are.',
  reads: ['responses'],
})
export class SaveResponses extends DomainCommand<Assessment> {
  @Items(special('health'), () => Answer, { max: 200 }) responses!: Answer[];
  decide(assessment: Assessment, context: Context) {
    checkState(assessment, 'draft', context);
    const questions = questionsOf(assessment, context);
    this.responses.forEach((answer, index) => {
      const again = this.responses.findIndex(({ question }) => question === answer.question) < index;
      const problem = again ? `The question ${answer.question} is answered twice.` : problemOf(answer, questions);
      if (problem) throw new Refusal('VALIDATION', problem, { field: `responses/${index}/question` });
    });
    return AssessmentResponsesSaved.of({ responses: withAnswers(assessment.responses ?? [], this.responses) });
  }
}

@CommandOf(Assessment, {
  permission: 'assessment_forms:submit',
  doc: 'Hands the assessment in: its score is worked out, and somebody else approves it.',
  reads: ['responses'],
})
export class SubmitAssessment extends DomainCommand<Assessment> {
  @Text(special('health'), { optional: true, max: 20_000 }) recommendations?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'When the next one is due' }) nextReviewDate?: string;
  decide(assessment: Assessment, context: Context) {
    checkState(assessment, 'draft', context);
    const questions = questionsOf(assessment, context);
    const { responses = [] } = assessment;
    const missing = unanswered(questions, responses);
    rule('ASM-1', `Not answered yet: ${missing.map(({ code }) => code).join(', ')}.`, missing.length === 0);
    const { recommendations, nextReviewDate } = this;
    rule('ASM-5', 'The next review is after today.', !nextReviewDate || nextReviewDate > context.today, 'nextReviewDate');
    const score = scoreOf(questions, responses);
    const maxScore = maxScoreOf(questions);
    const before = inForce(assessment, context);
    const scoreChange = before?.score !== undefined && before.maxScore === maxScore ? score - before.score : undefined;
    return AssessmentSubmitted.of({ score, maxScore, recommendations, nextReviewDate, previousScore: before?.score, scoreChange });
  }
}

@CommandOf(Assessment, { permission: 'assessment_forms:approve', doc: 'Agrees with an assessment of somebody else: from now on it counts.' })
export class ApproveAssessment extends DomainCommand<Assessment> {
  decide(assessment: Assessment, context: Context) {
    checkState(assessment, 'completed', context);
    const separate = ![assessment.assessorId, assessment.submittedBy].includes(context.actor.id);
    ruleAsked('ASM-3', separate);
    if (!separate) throw new Refusal('SOD', 'You made this assessment: somebody else approves it.', { status: 403 });
    // Whoever may give it back is who looks over what others assess.
    rule('ASM-3', 'A manager approves what was assessed.', covers(context.actor.permissions, 'assessment_forms:return'), undefined, 403);
    const { residentId, nextReviewDate, assessmentType } = assessment;
    return AssessmentApproved.of({
      residentId,
      assessmentType,
      independenceLevel: assessmentType === 'intake' ? independenceOf(assessment, context) : undefined,
      replaces: inForce(assessment, context)?.id,
      review: nextReviewDate ? onDay(context, 'ASM-5', nextReviewDate) : undefined,
    });
  }
}

/** Level 1 to 5 by the share of the highest score; undefined where nothing in the template has a weight. */
function independenceOf({ score = 0, maxScore = 0 }: Assessment, context: Context): number | undefined {
  if (maxScore === 0) return undefined;
  return [2, 3, 4, 5].filter((level) => score * 100 >= policy(context, `ASM.level_${level}`) * maxScore).length + 1;
}

@CommandOf(Assessment, { permission: 'assessment_forms:return', doc: 'Gives an assessment back to who made it.' })
export class ReturnAssessment extends DomainCommand<Assessment> {
  @Text(special('health'), { max: 2000 }) reason!: string;
  decide(assessment: Assessment, context: Context) {
    checkState(assessment, 'completed', context);
    return AssessmentReturned.of({ reason: this.reason });
  }
}

@CommandOf(Assessment, { internal: true, doc: 'Another assessment of its type has taken its place.' })
export class SupersedeAssessment extends DomainCommand<Assessment> {
  @Ref(pseudonymous, 'assessment_forms') by!: string;
  @Instant(pseudonymous, { doc: 'When the other one was approved' }) at!: string;
  decide({ status }: Assessment) {
    return status === 'approved' ? AssessmentSuperseded.of({ by: this.by, at: this.at }) : [];
  }
}

@CommandOf(Assessment, { internal: true, doc: 'The day of the next review is over.' })
export class ReportAssessmentReviewOverdue extends deadlineMissed(Assessment) {
  decide(assessment: Assessment, context: Context) {
    const { status, reviewOverdue, nextReviewDate } = assessment;
    const gone = hasGone(residentOf(assessment, context));
    if (status !== 'approved' || reviewOverdue || gone) return [];
    return AssessmentReviewOverdue.of({ nextReviewDate: nextReviewDate! });
  }
}
