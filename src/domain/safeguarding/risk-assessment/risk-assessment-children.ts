import { Choice, CivilDate, Instant, Int, Ref, Text } from '../../../kernel/fields.js';
import { pseudonymous, sensitive, special } from '../../../kernel/privacy.js';
import { type Band, RiskBand, RiskDomain, type RiskDomainName } from './risk-score.js';

const told = special('safeguarding');
const narrative = { optional: true, max: 20_000 } as const;

/** How likely and how bad one kind of harm is, or why it does not apply. */
export class DomainFacts {
  @Choice(sensitive, 'RiskDomainName', RiskDomain) domain!: RiskDomainName;
  @Int(sensitive, { optional: true, min: 1, max: 5, doc: 'From 1, rare, to 5, almost certain' }) likelihood?: number;
  @Int(sensitive, { optional: true, min: 1, max: 5, doc: 'From 1, slight, to 5, severe' }) impact?: number;
  @Text(told, { ...narrative, doc: 'What it is concluded from' }) evidence?: string;
  @Text(told, { ...narrative, doc: 'What lessens it' }) mitigation?: string;
  @Text(told, { optional: true, max: 1000, doc: 'Why the domain does not apply; then it has no likelihood and no impact' })
  notApplicableReason?: string;
}
/** A domain of a risk assessment as it is rated. */
export class RatedDomain extends DomainFacts {
  id!: string;
  @Int(sensitive, { optional: true, max: 25, doc: 'Likelihood times impact; absent where it does not apply' }) score?: number;
  @Choice(sensitive, 'RiskBand', RiskBand, { optional: true }) level?: Band;
}

/** What is to be done about a risk. */
export class RiskActionFacts {
  @Text(told, { max: 20_000 }) description!: string;
  @Ref(pseudonymous, 'users', { optional: true }) assigneeId?: string;
  @CivilDate(pseudonymous, { optional: true }) dueOn?: string;
}
/** An action; done once it is completed. */
export class RiskAction extends RiskActionFacts {
  id!: string;
  @Text(told, narrative) outcome?: string;
  @Instant(pseudonymous, { optional: true }) completedAt?: string;
  @Ref(pseudonymous, 'users', { optional: true }) completedBy?: string;
}
