import { currentRiskAssessments, hasGone } from '../../assessments-in-force.js';
import { type Deadline, deadlineMissed, inHours, onDay } from '../../deadline.js';
import type { Resident } from '../../people/resident/resident.js';
import { policy } from '../../policies.js';
import { changing, CommandOf, commandWith, type Context, DomainCommand } from '../../../kernel/command.js';
import { factsOf } from '../../../kernel/entity.js';
import { Choice, CivilDate, Instant, Ref, Text } from '../../../kernel/fields.js';
import { covers } from '../../../kernel/permissions.js';
import { personal, pseudonymous, special } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { plusDays } from '../../../kernel/values.js';
import type { Incident } from '../incident/incident.js';
import { DomainFacts, RiskActionFacts } from './risk-assessment-children.js';
import {
  EmergencyRiskAssessmentOverdue,
  FactorFacts,
  RiskActionAdded,
  RiskActionCompleted,
  RiskAssessment,
  RiskAssessmentClosed,
  RiskAssessmentCompleted,
  RiskAssessmentStarted,
  RiskAssessmentSuperseded,
  RiskAssessmentType,
  RiskConclusions,
  RiskDomainRated,
  RiskEscalated,
  RiskEscalationAcknowledged,
  RiskFactorsRecorded,
  RiskReviewOverdue,
} from './risk-assessment.js';
import { type Band, bandOf, bandsBelow, highestOf, isGrave, RiskDomain, scoreOf } from './risk-score.js';

const draft = ['draft'];
const live = ['draft', 'active'];

const residentOf = ({ residentId }: { residentId: string }, context: Context): Resident => context.state<Resident>('residents', residentId);

/** The assessment of a resident that is in force, but for one. */
function inForce(residentId: string, context: Context, but?: string): RiskAssessment | undefined {
  const others = context.held('resident', residentId).filter(({ key }) => key !== but);
  const [current] = currentRiskAssessments(others);
  return current && context.find<RiskAssessment>('risk_assessments', current.key);
}

@CommandOf(RiskAssessment, { permission: 'risk_assessments:start', doc: 'Begins to assess the risk of a resident.', creates: true, plain: true })
export class StartRiskAssessment extends DomainCommand<RiskAssessment> {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Ref(pseudonymous, 'users', { optional: true, doc: 'Who assesses it; who asks, where it is left out' }) assessorId?: string;
  @Choice(pseudonymous, 'RiskAssessmentType', RiskAssessmentType, { optional: true, doc: 'A review where one is in force, else the initial one, where it is left out' })
  assessmentType?: (typeof RiskAssessmentType)[keyof typeof RiskAssessmentType];
  @Ref(pseudonymous, 'incidents', { optional: true, doc: 'What an emergency assessment follows' }) incidentId?: string;
  decide(_: RiskAssessment, context: Context) {
    const { residentId, assessorId = context.actor.id, incidentId } = this;
    residentOf(this, context).checkOpen();
    const assessmentType = this.assessmentType ?? (inForce(residentId, context) ? 'review' : 'initial');
    return RiskAssessmentStarted.of({ residentId, assessorId, assessmentType, incidentId, due: this.due(assessmentType, context) });
  }
  private due(assessmentType: string, context: Context): Deadline | undefined {
    if (assessmentType !== 'emergency') return undefined;
    rule('RSK-7', 'Say which incident this emergency assessment follows.', Boolean(this.incidentId), 'incidentId');
    const { loggedAt } = context.state<Incident>('incidents', this.incidentId!);
    return inHours(context, 'RSK-7', loggedAt, policy(context, 'RSK-7'));
  }
}

@CommandOf(RiskAssessment, { permission: 'risk_assessments:rate-domain', doc: 'Rates one of the ten domains, or says why it does not apply.', from: draft })
export class RateDomain extends commandWith(RiskAssessment, DomainFacts) {
  decide(assessment: RiskAssessment, context: Context) {
    residentOf(assessment, context).checkOpen();
    const { likelihood, impact, notApplicableReason } = this;
    const whole = notApplicableReason ? likelihood === undefined && impact === undefined : likelihood !== undefined && impact !== undefined;
    rule('RSK-2', 'Give likelihood and impact, or else the reason why the domain does not apply.', whole, likelihood === undefined ? 'likelihood' : 'impact');
    const score = likelihood !== undefined && impact !== undefined ? scoreOf(likelihood, impact) : undefined;
    return RiskDomainRated.of({ ...factsOf(this, DomainFacts), score });
  }
}

@CommandOf(RiskAssessment, { permission: 'risk_assessments:record-factors', doc: 'Says what makes harm likelier and what protects from it.', from: draft })
export class RecordFactors extends changing(RiskAssessment, FactorFacts) {
  decide(assessment: RiskAssessment, context: Context) {
    residentOf(assessment, context).checkOpen();
    return RiskFactorsRecorded.of(factsOf(this, FactorFacts));
  }
}

@CommandOf(RiskAssessment, {
  permission: 'risk_assessments:complete',
  doc: 'Completes the assessment: it is in force from then on, in the place of the one before.',
  from: draft,
})
export class CompleteRiskAssessment extends commandWith(RiskAssessment, RiskConclusions) {
  @CivilDate(pseudonymous, { optional: true, doc: 'The last day for the next one; as late as the risk allows, where it is left out' }) reviewDate?: string;
  decide(assessment: RiskAssessment, context: Context) {
    const { residentId } = assessment;
    residentOf(assessment, context).checkOpen();
    checkRated(assessment);
    const maxScore = highestOf(assessment.domains.map(({ score = 0 }) => score));
    const overallLevel = bandOf(maxScore);
    const previous = inForce(residentId, context, assessment.id);
    checkLowered(previous?.overallRiskLevel, overallLevel, context);
    const reviewDate = this.reviewBy(overallLevel, context);
    return RiskAssessmentCompleted.of({
      ...factsOf(this, RiskConclusions),
      residentId,
      overallLevel,
      maxScore,
      reviewDate,
      escalationRequired: isGrave(overallLevel),
      previousAssessmentId: previous?.id,
      previousLevel: previous?.overallRiskLevel,
      review: onDay(context, 'RSK-3', reviewDate),
    });
  }
  private reviewBy(level: Band, context: Context): string {
    const days = policy(context, `RSK-3.${level}`);
    const latest = plusDays(context.today, days);
    const reviewDate = this.reviewDate ?? latest;
    const fits = reviewDate > context.today && reviewDate <= latest;
    rule('RSK-3', `The risk is ${level}: it is assessed again after today and by ${latest}, within ${days} days.`, fits, 'reviewDate');
    return reviewDate;
  }
}

/** @throws Refusal RSK-2 */
function checkRated({ domains }: RiskAssessment): void {
  const rated = new Set(domains.map(({ domain }) => domain));
  const missing = Object.values(RiskDomain).filter((domain) => !rated.has(domain));
  rule('RSK-2', `Not rated yet: ${missing.map((domain) => domain.replaceAll('_', ' ')).join(', ')}.`, missing.length === 0);
}

/** @throws Refusal RSK-6 */
function checkLowered(before: Band | undefined, level: Band, { actor }: Context): void {
  const allowed = !before || bandsBelow(level, before) < 2 || covers(actor.permissions, 'risk_assessments:lower');
  rule('RSK-6', `The risk was ${before} and would be ${level}: a manager alone lowers it so far.`, allowed);
}

@CommandOf(RiskAssessment, { permission: 'risk_assessments:escalate-risk', doc: 'Brings a risk before somebody else.', from: ['active'] })
export class EscalateRisk extends DomainCommand<RiskAssessment> {
  @Ref(pseudonymous, 'users', { doc: 'Who is to know of it' }) to!: string;
  @Text(personal('safeguarding'), { optional: true, max: 1000 }) reason?: string;
  decide(assessment: RiskAssessment) {
    rule('RSK-4', 'Somebody else than who assessed the risk is to know of it.', !assessment.isBy(this.to), 'to');
    if (assessment.escalatedTo === this.to && !assessment.acknowledgedAt) return [];
    return RiskEscalated.of({ to: this.to, reason: this.reason });
  }
}

@CommandOf(RiskAssessment, { permission: 'risk_assessments:acknowledge-escalation', doc: 'Takes notice of a risk that was escalated.', from: ['active'] })
export class AcknowledgeEscalation extends DomainCommand<RiskAssessment> {
  decide(assessment: RiskAssessment, { actor }: Context) {
    if (!assessment.escalatedTo) throw new Refusal('STATE', 'This risk was not escalated to anybody.', { status: 409 });
    if (assessment.acknowledgedAt) return [];
    if (assessment.isBy(actor.id)) throw new Refusal('SOD', 'You assessed this risk: somebody else takes notice of it.', { status: 403 });
    return RiskEscalationAcknowledged.of({});
  }
}

@CommandOf(RiskAssessment, { permission: 'risk_assessments:add-action-item', doc: 'Adds what is to be done about a risk.', from: live })
export class AddActionItem extends commandWith(RiskAssessment, RiskActionFacts) {
  decide(assessment: RiskAssessment, context: Context) {
    residentOf(assessment, context).checkOpen();
    return RiskActionAdded.of({ ...factsOf(this, RiskActionFacts), actionId: context.newId('action') });
  }
}

@CommandOf(RiskAssessment, { permission: 'risk_assessments:complete-action-item', doc: 'Says that something about a risk is done.', from: live })
export class CompleteActionItem extends DomainCommand<RiskAssessment> {
  @Text(pseudonymous, { max: 36 }) actionId!: string;
  @Text(special('safeguarding'), { optional: true, max: 20_000 }) outcome?: string;
  decide({ actions }: RiskAssessment) {
    const action = actions.find(({ id }) => id === this.actionId);
    if (!action) throw new Refusal('GEN-1', 'The risk assessment has no such action.', { field: 'actionId' });
    return action.completedAt ? [] : RiskActionCompleted.of({ actionId: this.actionId, outcome: this.outcome });
  }
}

@CommandOf(RiskAssessment, { internal: true, doc: 'Another assessment has taken its place.' })
export class SupersedeRiskAssessment extends DomainCommand<RiskAssessment> {
  @Ref(pseudonymous, 'risk_assessments') by!: string;
  @Instant(pseudonymous, { doc: 'When the other one was completed' }) at!: string;
  decide({ status }: RiskAssessment) {
    return status === 'active' ? RiskAssessmentSuperseded.of({ by: this.by, at: this.at }) : [];
  }
}

@CommandOf(RiskAssessment, { internal: true, doc: 'The day by which the risk was to be assessed again is over.' })
export class ReportRiskReviewOverdue extends deadlineMissed(RiskAssessment) {
  decide(assessment: RiskAssessment, context: Context) {
    const { status, reviewOverdue, reviewDate } = assessment;
    if (status !== 'active' || reviewOverdue) return [];
    return hasGone(residentOf(assessment, context)) ? RiskAssessmentClosed.of({}) : RiskReviewOverdue.of({ reviewDate: reviewDate! });
  }
}

@CommandOf(RiskAssessment, { internal: true, doc: 'The time for an assessment after an incident is over.' })
export class ReportEmergencyRiskAssessmentOverdue extends deadlineMissed(RiskAssessment) {
  decide(assessment: RiskAssessment, context: Context) {
    const open = assessment.status === 'draft' && !assessment.toldLate && !hasGone(residentOf(assessment, context));
    return open ? EmergencyRiskAssessmentOverdue.of({ dueAt: this.dueAt }) : [];
  }
}
