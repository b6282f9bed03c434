import { RISK_ASSESSMENT } from '../../assessments-in-force.js';
import { Deadline } from '../../deadline.js';
import { Entity, factsOf, type RegisterEntry, stateWith } from '../../../kernel/entity.js';
import { changeWith, DomainEvent, EventOf, eventWith, type Recorded } from '../../../kernel/event.js';
import { Children, Choice, CivilDate, Flag, Group, Hidden, Instant, Int, List, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous, sensitive, special } from '../../../kernel/privacy.js';
import { londonDate, uuidOf } from '../../../kernel/values.js';
import { DomainFacts, RatedDomain, RiskAction, RiskActionFacts } from './risk-assessment-children.js';
import { type Band, bandOf, RiskBand } from './risk-score.js';
import './risk-assessment.rules.js';

type Of<T> = T[keyof T];
export const RiskAssessmentType = { initial: 'initial', review: 'review', emergency: 'emergency', moving_on: 'moving_on' } as const;
/** `completed` once the resident has left: nothing takes its place any more. */
export const RiskAssessmentStatus = { draft: 'draft', active: 'active', superseded: 'superseded', completed: 'completed' } as const;

const told = special('safeguarding');

/** Whose risk is assessed, by whom and why. */
export class RiskAssessmentFacts {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Ref(pseudonymous, 'users') assessorId!: string;
  @Choice(pseudonymous, 'RiskAssessmentType', RiskAssessmentType) assessmentType!: Of<typeof RiskAssessmentType>;
  @Ref(pseudonymous, 'incidents', { optional: true, doc: 'Of an emergency assessment: what it follows' }) incidentId?: string;
}
/** What makes harm likelier, and what protects from it. */
export class FactorFacts {
  @List(told, { optional: true, max: 50 }) riskFactors?: string[];
  @List(told, { optional: true, max: 50 }) protectiveFactors?: string[];
}
/** What is concluded and is to be done. */
export class RiskConclusions {
  @Text(told, { max: 20_000 }) recommendations!: string;
  @Text(told, { max: 20_000 }) actionPlan!: string;
}

@Entity('risk_assessments', 'How likely harm to a resident, and by them, is and how bad, in ten domains, and what is done about it.', {
  category: 'riskAssessment',
  subject: 'residentId',
})
export class RiskAssessment extends stateWith(RiskAssessmentFacts, FactorFacts) {
  @Choice(pseudonymous, 'RiskAssessmentStatus', RiskAssessmentStatus) status!: Of<typeof RiskAssessmentStatus>;
  @Choice(sensitive, 'RiskBand', RiskBand, { optional: true, doc: 'That of the highest domain' }) overallRiskLevel?: Band;
  @Int(sensitive, { optional: true, max: 25, doc: 'Score of the highest domain' }) maxScore?: number;
  @Choice(sensitive, 'RiskBand', RiskBand, { optional: true, doc: 'What the one before came to' }) previousLevel?: Band;
  @Ref(pseudonymous, 'risk_assessments', { optional: true, doc: 'The one that it took the place of' }) previousAssessmentId?: string;
  @Text(told, { optional: true, max: 20_000 }) recommendations?: string;
  @Text(told, { optional: true, max: 20_000 }) actionPlan?: string;
  @Instant(pseudonymous, { optional: true }) completedAt?: string;
  @Ref(pseudonymous, 'users', { optional: true }) completedBy?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The last day on which it is assessed again in time' }) reviewDate?: string;
  @Flag(pseudonymous) reviewOverdue = false;
  @Flag(sensitive, { doc: 'The risk is high or critical' }) escalationRequired = false;
  @Ref(pseudonymous, 'users', { optional: true }) escalatedTo?: string;
  @Instant(pseudonymous, { optional: true }) escalatedAt?: string;
  @Instant(pseudonymous, { optional: true }) acknowledgedAt?: string;
  @Ref(pseudonymous, 'users', { optional: true }) acknowledgedBy?: string;
  @Ref(pseudonymous, 'risk_assessments', { optional: true, doc: 'The one that took its place' }) supersededBy?: string;
  @Int(pseudonymous) openActions = 0;
  @Children('risk_domains', () => RatedDomain, { parent: 'riskAssessmentId' }) domains: RatedDomain[] = [];
  @Children('risk_actions', () => RiskAction, { parent: 'riskAssessmentId' }) actions: RiskAction[] = [];
  /** It was told that it follows an incident and was not completed in time. */
  @Hidden(open) toldLate?: boolean;
  /** Civil date of its completion: from then on it counts. */
  @Hidden(pseudonymous) inForceFrom?: string;

  /** Who made it: whom it is said to be by, and who completed it. */
  isBy(userId: string): boolean {
    return userId === this.assessorId || userId === this.completedBy;
  }
  /** While it is active it is the resident's, in the place of the one before (RSK-5). */
  holds(): RegisterEntry[] {
    const { status, residentId: owner, id: key, inForceFrom: from, previousAssessmentId: party } = this;
    if (status !== 'active') return [];
    return [{ register: 'resident', owner, kind: RISK_ASSESSMENT, key, from: from!, ...(party ? { party } : {}) }];
  }
}

@EventOf(RiskAssessment, 'RiskAssessmentStarted', 1, { to: 'draft' })
export class RiskAssessmentStarted extends eventWith(RiskAssessment, RiskAssessmentFacts) {
  @Group(pseudonymous, () => Deadline, { optional: true, doc: 'Of an emergency assessment' }) due?: Deadline;
  override apply(assessment: RiskAssessment): void {
    Object.assign(assessment, factsOf(this, RiskAssessmentFacts));
  }
}
@EventOf(RiskAssessment, 'RiskDomainRated', 1)
export class RiskDomainRated extends eventWith(RiskAssessment, DomainFacts) {
  @Int(sensitive, { optional: true, max: 25 }) score?: number;
  override apply(assessment: RiskAssessment): void {
    const { score } = this;
    const id = uuidOf(assessment.id, this.domain);
    const level = score === undefined ? undefined : bandOf(score);
    const rated = Object.assign(new RatedDomain(), factsOf(this, DomainFacts), { id, score, level });
    const others = assessment.domains;
    assessment.domains = others.some((one) => one.domain === this.domain)
      ? others.map((one) => (one.domain === this.domain ? rated : one))
      : [...others, rated];
  }
}
@EventOf(RiskAssessment, 'RiskFactorsRecorded', 1)
export class RiskFactorsRecorded extends changeWith(RiskAssessment, FactorFacts) {}

/** It is in force from now on; the one before it is superseded. */
@EventOf(RiskAssessment, 'RiskAssessmentCompleted', 1, { to: 'active', deadlines: { met: ['RSK-7'] } })
export class RiskAssessmentCompleted extends eventWith(RiskAssessment, RiskConclusions) {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Choice(sensitive, 'RiskBand', RiskBand) overallLevel!: Band;
  @Int(sensitive, { max: 25 }) maxScore!: number;
  @CivilDate(pseudonymous) reviewDate!: string;
  @Flag(sensitive) escalationRequired!: boolean;
  @Ref(pseudonymous, 'risk_assessments', { optional: true, doc: 'The one that it takes the place of' }) previousAssessmentId?: string;
  @Choice(sensitive, 'RiskBand', RiskBand, { optional: true }) previousLevel?: Band;
  @Group(pseudonymous, () => Deadline) review!: Deadline;
  override apply(assessment: RiskAssessment, { recordedAt: completedAt, actorId: completedBy }: Recorded): void {
    const { recommendations, actionPlan, overallLevel: overallRiskLevel, maxScore, reviewDate, escalationRequired } = this;
    const { previousAssessmentId, previousLevel } = this;
    Object.assign(assessment, { recommendations, actionPlan, overallRiskLevel, maxScore, reviewDate, escalationRequired });
    Object.assign(assessment, { previousAssessmentId, previousLevel, completedAt, completedBy, inForceFrom: londonDate(completedAt) });
  }
}
@EventOf(RiskAssessment, 'RiskEscalated', 1)
export class RiskEscalated extends DomainEvent<RiskAssessment> {
  @Ref(pseudonymous, 'users') to!: string;
  @Text(personal('safeguarding'), { optional: true, max: 1000 }) reason?: string;
  apply(assessment: RiskAssessment, { recordedAt }: Recorded): void {
    Object.assign(assessment, { escalatedTo: this.to, escalatedAt: recordedAt, acknowledgedAt: undefined, acknowledgedBy: undefined });
  }
}
@EventOf(RiskAssessment, 'RiskEscalationAcknowledged', 1)
export class RiskEscalationAcknowledged extends DomainEvent<RiskAssessment> {
  apply(assessment: RiskAssessment, { recordedAt, actorId }: Recorded): void {
    Object.assign(assessment, { acknowledgedAt: recordedAt, acknowledgedBy: actorId });
  }
}
@EventOf(RiskAssessment, 'RiskActionAdded', 1)
export class RiskActionAdded extends eventWith(RiskAssessment, RiskActionFacts) {
  @Text(pseudonymous, { max: 36 }) actionId!: string;
  override apply(assessment: RiskAssessment): void {
    const action = Object.assign(new RiskAction(), factsOf(this, RiskActionFacts), { id: this.actionId });
    assessment.actions = [...assessment.actions, action];
    assessment.openActions += 1;
  }
}
@EventOf(RiskAssessment, 'RiskActionCompleted', 1)
export class RiskActionCompleted extends DomainEvent<RiskAssessment> {
  @Text(pseudonymous, { max: 36 }) actionId!: string;
  @Text(told, { optional: true, max: 20_000 }) outcome?: string;
  apply(assessment: RiskAssessment, { recordedAt: completedAt, actorId: completedBy }: Recorded): void {
    const { actionId, outcome } = this;
    assessment.actions = assessment.actions.map((one) =>
      one.id === actionId ? Object.assign(new RiskAction(), one, { outcome, completedAt, completedBy }) : one);
    assessment.openActions -= 1;
  }
}
/** Another one was completed, which is what its review asked for. */
@EventOf(RiskAssessment, 'RiskAssessmentSuperseded', 1, { to: 'superseded', deadlines: { met: ['RSK-3'], at: 'at' } })
export class RiskAssessmentSuperseded extends DomainEvent<RiskAssessment> {
  @Ref(pseudonymous, 'risk_assessments') by!: string;
  @Instant(pseudonymous, { doc: 'When the other one was completed' }) at!: string;
  apply(assessment: RiskAssessment): void {
    assessment.supersededBy = this.by;
    assessment.reviewOverdue = false;
  }
}
@EventOf(RiskAssessment, 'RiskReviewOverdue', 1)
export class RiskReviewOverdue extends DomainEvent<RiskAssessment> {
  @CivilDate(pseudonymous, { doc: 'The day by which it was to be assessed again' }) reviewDate!: string;
  apply(assessment: RiskAssessment): void {
    assessment.reviewOverdue = true;
  }
}
/** An incident asked for it, and it was not completed in time (RSK-7). */
@EventOf(RiskAssessment, 'EmergencyRiskAssessmentOverdue', 1)
export class EmergencyRiskAssessmentOverdue extends DomainEvent<RiskAssessment> {
  @Instant(pseudonymous) dueAt!: string;
  apply(assessment: RiskAssessment): void {
    assessment.toldLate = true;
  }
}
/** Its review fell due when the resident had left: there is nothing to assess again. */
@EventOf(RiskAssessment, 'RiskAssessmentClosed', 1, { to: 'completed', deadlines: { waived: ['RSK-3'] } })
export class RiskAssessmentClosed extends DomainEvent<RiskAssessment> {
  apply(): void {}
}
