import { Deadline } from '../../deadline.js';
import { Entity, factsOf, type RegisterEntry, stateWith } from '../../../kernel/entity.js';
import { changeWith, DomainEvent, EventOf, eventWith, type Recorded } from '../../../kernel/event.js';
import { Choice, CivilDate, Flag, Group, Hidden, Instant, Int, Items, Ref, Text } from '../../../kernel/fields.js';
import { pseudonymous, sensitive, special } from '../../../kernel/privacy.js';
import { londonDate } from '../../../kernel/values.js';
import { Answer, AssessmentType, type AssessmentTypeName } from '../questionnaire.js';
import '../support.rules.js';

type Of<T> = T[keyof T];
export const AssessmentStatus = { draft: 'draft', completed: 'completed', approved: 'approved', superseded: 'superseded' } as const;

/** What an approved assessment of a type is in the register of the resident. */
export const kindInForce: Readonly<Record<AssessmentTypeName, string>> = {
  intake: 'intake_assessment',
  review: 'review_assessment',
  move_on: 'move_on_assessment',
  risk: 'risk_form',
};

const told = special('health');

/** Who is assessed, by whom, and with which version of which template. */
export class AssessmentFacts {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Choice(pseudonymous, 'AssessmentType', AssessmentType) assessmentType!: AssessmentTypeName;
  @Ref(pseudonymous, 'users') assessorId!: string;
  @Ref(pseudonymous, 'assessment_templates') templateId!: string;
  @Int(pseudonymous, { min: 1 }) templateVersion!: number;
}
/** What was answered. */
export class ResponseFacts {
  @Items(told, () => Answer, { optional: true, max: 200 }) responses?: Answer[];
}
/** What an assessment comes to. */
export class AssessmentResult {
  @Int(sensitive, { doc: 'Sum of the weights of what was answered' }) score!: number;
  @Int(sensitive, { doc: 'The highest that the template allows' }) maxScore!: number;
  @Text(told, { optional: true, max: 20_000 }) recommendations?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The last day on which the next one is in time' }) nextReviewDate?: string;
  @Int(sensitive, { optional: true, doc: 'Of the one in force of the same type' }) previousScore?: number;
  @Int(sensitive, { optional: true, min: -1_000_000, max: 1_000_000, doc: 'What the score is above it; absent where the two templates do not allow the same' })
  scoreChange?: number;
}

@Entity('assessment_forms', 'What somebody can do and needs, by the questions of a template.', { category: 'assessment', subject: 'residentId' })
export class Assessment extends stateWith(AssessmentFacts, ResponseFacts) {
  @Choice(pseudonymous, 'AssessmentStatus', AssessmentStatus) status!: Of<typeof AssessmentStatus>;
  @Int(sensitive, { optional: true }) score?: number;
  @Int(sensitive, { optional: true }) maxScore?: number;
  @Text(told, { optional: true, max: 20_000 }) recommendations?: string;
  @CivilDate(pseudonymous, { optional: true }) nextReviewDate?: string;
  @Int(sensitive, { optional: true }) previousScore?: number;
  @Int(sensitive, { optional: true, min: -1_000_000, max: 1_000_000 }) scoreChange?: number;
  @Instant(pseudonymous, { optional: true }) submittedAt?: string;
  @Ref(pseudonymous, 'users', { optional: true }) submittedBy?: string;
  @Text(told, { optional: true, max: 2000, doc: 'Why it was given back last' }) returnReason?: string;
  @Ref(pseudonymous, 'users', { optional: true }) approvedBy?: string;
  @Instant(pseudonymous, { optional: true }) approvedAt?: string;
  @Int(sensitive, { optional: true, min: 1, max: 5, doc: 'Of an intake: what the score says of independence' }) independenceLevel?: number;
  @Flag(pseudonymous) reviewOverdue = false;
  @Ref(pseudonymous, 'assessment_forms', { optional: true, doc: 'The one that took its place' }) supersededBy?: string;
  /** The one that it took the place of, and the civil date from which it counts. */
  @Hidden(pseudonymous) replaces?: string;
  @Hidden(pseudonymous) inForceFrom?: string;

  /** While it is approved it is the resident's of its type, in the place of the one before. */
  holds(): RegisterEntry[] {
    const { status, residentId: owner, id: key, inForceFrom: from, replaces: party, assessmentType } = this;
    if (status !== 'approved') return [];
    return [{ register: 'resident', owner, kind: kindInForce[assessmentType], key, from: from!, ...(party ? { party } : {}) }];
  }
}

@EventOf(Assessment, 'AssessmentStarted', 1, { to: 'draft' })
export class AssessmentStarted extends eventWith(Assessment, AssessmentFacts) {}
@EventOf(Assessment, 'AssessmentResponsesSaved', 1)
export class AssessmentResponsesSaved extends changeWith(Assessment, ResponseFacts) {}
@EventOf(Assessment, 'AssessmentSubmitted', 1, { to: 'completed' })
export class AssessmentSubmitted extends eventWith(Assessment, AssessmentResult) {
  override apply(assessment: Assessment, { recordedAt: submittedAt, actorId: submittedBy }: Recorded): void {
    const { score, maxScore, recommendations, nextReviewDate, previousScore, scoreChange } = factsOf(this, AssessmentResult);
    Object.assign(assessment, { score, maxScore, recommendations, nextReviewDate, previousScore, scoreChange });
    Object.assign(assessment, { submittedAt, submittedBy, returnReason: undefined });
  }
}
/** Somebody else agrees with it: from now on it counts. */
@EventOf(Assessment, 'AssessmentApproved', 1, { to: 'approved' })
export class AssessmentApproved extends DomainEvent<Assessment> {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Choice(pseudonymous, 'AssessmentType', AssessmentType, { optional: true }) assessmentType?: AssessmentTypeName;
  @Int(sensitive, { optional: true, min: 1, max: 5 }) independenceLevel?: number;
  @Ref(pseudonymous, 'assessment_forms', { optional: true, doc: 'The one that it takes the place of' }) replaces?: string;
  @Group(pseudonymous, () => Deadline, { optional: true }) review?: Deadline;
  apply(assessment: Assessment, { recordedAt: approvedAt, actorId: approvedBy }: Recorded): void {
    const { independenceLevel, replaces } = this;
    Object.assign(assessment, { independenceLevel, replaces, approvedAt, approvedBy, inForceFrom: londonDate(approvedAt) });
  }
}
@EventOf(Assessment, 'AssessmentReturned', 1, { to: 'draft' })
export class AssessmentReturned extends DomainEvent<Assessment> {
  @Text(told, { max: 2000 }) reason!: string;
  apply(assessment: Assessment): void {
    assessment.returnReason = this.reason;
  }
}
/** Another one of its type was approved, which is what its review asked for. */
@EventOf(Assessment, 'AssessmentSuperseded', 1, { to: 'superseded', deadlines: { met: ['ASM-5'], at: 'at' } })
export class AssessmentSuperseded extends DomainEvent<Assessment> {
  @Ref(pseudonymous, 'assessment_forms') by!: string;
  @Instant(pseudonymous, { doc: 'When the other one was approved' }) at!: string;
  apply(assessment: Assessment): void {
    assessment.supersededBy = this.by;
    assessment.reviewOverdue = false;
  }
}
@EventOf(Assessment, 'AssessmentReviewOverdue', 1)
export class AssessmentReviewOverdue extends DomainEvent<Assessment> {
  @CivilDate(pseudonymous) nextReviewDate!: string;
  apply(assessment: Assessment): void {
    assessment.reviewOverdue = true;
  }
}
