import type { RiskAssessment } from '../../safeguarding/risk-assessment/risk-assessment.js';
import { CommandOf, type Context, DomainCommand } from '../../../kernel/command.js';
import { DomainEvent, EventOf, type Recorded } from '../../../kernel/event.js';
import { Choice, Int, Ref } from '../../../kernel/fields.js';
import { pseudonymous, sensitive } from '../../../kernel/privacy.js';
import { londonDate } from '../../../kernel/values.js';
import { Resident, RiskLevelDetail } from './resident.js';

type Level = (typeof RiskLevelDetail)[keyof typeof RiskLevelDetail];
const level = { min: 1, max: 5, doc: 'From 1, needs help with most things, to 5, lives alone with ease' } as const;

/** What a risk assessment came to, where that is another level than before. */
@EventOf(Resident, 'ResidentRiskLevelChanged', 1)
export class ResidentRiskLevelChanged extends DomainEvent<Resident> {
  @Choice(sensitive, 'RiskLevelDetail', RiskLevelDetail) old!: Level;
  @Choice(sensitive, 'RiskLevelDetail', RiskLevelDetail) new!: Level;
  @Ref(pseudonymous, 'risk_assessments') riskAssessmentId!: string;
  apply(resident: Resident): void {
    resident.riskLevelDetail = this.new;
    resident.riskLevel = this.new === 'critical' ? 'high' : this.new;
  }
}
/** What an intake assessment came to. */
@EventOf(Resident, 'IndependenceLevelAssessed', 1)
export class IndependenceLevelAssessed extends DomainEvent<Resident> {
  @Int(pseudonymous, level) level!: number;
  @Ref(pseudonymous, 'assessment_forms') assessmentId!: string;
  apply(resident: Resident, { recordedAt }: Recorded): void {
    resident.independenceLevel = this.level;
    resident.independenceAssessedOn = londonDate(recordedAt);
  }
}

@CommandOf(Resident, { internal: true, doc: 'A risk assessment has come to this level.' })
export class SetRiskLevel extends DomainCommand<Resident> {
  @Choice(sensitive, 'RiskLevelDetail', RiskLevelDetail) level!: Level;
  @Ref(pseudonymous, 'risk_assessments') riskAssessmentId!: string;
  decide({ riskLevelDetail: old, erasureDecidedOn }: Resident, context: Context) {
    const { level: now, riskAssessmentId } = this;
    if (erasureDecidedOn || now === old) return [];
    // Of one that another has taken the place of already, the level says nothing any more.
    const { status } = context.state<RiskAssessment>('risk_assessments', riskAssessmentId);
    return status === 'active' ? ResidentRiskLevelChanged.of({ old, new: now, riskAssessmentId }) : [];
  }
}

@CommandOf(Resident, { internal: true, doc: 'An approved intake assessment has come to this level.' })
export class SetIndependenceLevel extends DomainCommand<Resident> {
  @Int(pseudonymous, level) level!: number;
  @Ref(pseudonymous, 'assessment_forms') assessmentId!: string;
  decide({ erasureDecidedOn }: Resident) {
    return erasureDecidedOn ? [] : IndependenceLevelAssessed.of({ level: this.level, assessmentId: this.assessmentId });
  }
}
