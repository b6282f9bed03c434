import { Entity, State } from '../../../kernel/entity.js';
import { DomainEvent, EventOf, eventWith, type Recorded } from '../../../kernel/event.js';
import { Children, Choice, CivilDate, Decimal, Flag, Hidden, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous, special } from '../../../kernel/privacy.js';
import { UUID } from '../../../kernel/values.js';
import './outcome.rules.js';
import { progressOf, reaches, typeOf } from './progress.js';

type Of<T> = T[keyof T];
export const OutcomeCategory = {
  housing: 'housing',
  education: 'education',
  employment: 'employment',
  health: 'health',
  independence: 'independence',
} as const;
export const OutcomeType = { positive: 'positive', negative: 'negative', neutral: 'neutral' } as const;
/** Which way the measured value shall go. */
export const OutcomeDirection = { up: 'up', down: 'down' } as const;
export const OutcomeStatus = { tracking: 'tracking', achieved: 'achieved', not_achieved: 'not_achieved', verified: 'verified' } as const;
/** Options of an id that is the id of no row (a goal, a document). */
export const ID = { max: 36, pattern: UUID } as const;

/** What is measured, and where it shall lead. */
export class OutcomeFacts {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Choice(open, 'OutcomeCategory', OutcomeCategory) category!: Of<typeof OutcomeCategory>;
  @Text(special('health'), { max: 20_000 }) description!: string;
  @Text(personal('health'), { doc: 'What is measured, such as paid hours per week' }) measure!: string;
  @Text(personal('health'), { optional: true, max: 40, doc: 'Unit of the values, such as hours' }) unit?: string;
  @Choice(open, 'OutcomeDirection', OutcomeDirection, { optional: true, doc: 'Which way the value shall go; from the baseline to the target where it is left out' })
  direction?: Of<typeof OutcomeDirection>;
  @Decimal(pseudonymous, { doc: 'Value at the beginning' }) baseline!: number;
  @Decimal(pseudonymous, { doc: 'Value that shall be reached' }) target!: number;
  @Text(pseudonymous, { ...ID, optional: true, doc: 'Goal of the support plan that it comes from' }) goalId?: string;
  @Text(pseudonymous, { optional: true, max: 60, doc: 'Licence under which a tool such as a scale is used; its own words are not kept' }) licenceId?: string;
  @Text(special('health'), { optional: true, max: 20_000 }) notes?: string;
}
/** One reading of the measured value. */
export class MeasurementFacts {
  @Decimal(pseudonymous) value!: number;
  @CivilDate(pseudonymous) on!: string;
  @Text(pseudonymous, { ...ID, optional: true, doc: 'Document that shows it' }) evidenceDocumentId?: string;
}
/** A measurement of an outcome; the one with the latest day counts. */
export class Measurement extends MeasurementFacts {
  id!: string;
  @Ref(pseudonymous, 'users') recordedBy!: string;
}

@Entity('outcomes_tracking', 'Something measurable that shall change for a resident, with its readings and who verified it.', {
  category: 'outcome',
  reference: { prefix: 'OUT', digits: 6 },
  subject: 'residentId',
})
export class Outcome extends State {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Choice(open, 'OutcomeStatus', OutcomeStatus) status!: Of<typeof OutcomeStatus>;
  @Choice(open, 'OutcomeCategory', OutcomeCategory) outcomeCategory!: Of<typeof OutcomeCategory>;
  @Choice(open, 'OutcomeType', OutcomeType, { doc: 'Whether the value went towards the target, the other way, or nowhere' }) outcomeType!: Of<typeof OutcomeType>;
  @Text(special('health'), { max: 20_000 }) description!: string;
  @Text(personal('health'), { doc: 'What is measured' }) measurableOutcome!: string;
  @Text(personal('health'), { optional: true, max: 40 }) unit?: string;
  @Choice(open, 'OutcomeDirection', OutcomeDirection) direction!: Of<typeof OutcomeDirection>;
  @Decimal(pseudonymous) baselineValue!: number;
  @Decimal(pseudonymous, { doc: 'Value of the measurement with the latest day; the baseline before the first' }) currentValue!: number;
  @Decimal(pseudonymous) targetValue!: number;
  @Decimal(pseudonymous, { digits: 6, scale: 2, doc: 'How much of the way is gone, from 0 to 100' }) progressPct = 0;
  @Decimal(pseudonymous, { digits: 18, scale: 2, doc: 'The same as it is: below 0 the wrong way, above 100 beyond the target' }) progressRawPct = 0;
  @CivilDate(pseudonymous, { optional: true }) achievementDate?: string;
  @Text(personal('health'), { optional: true, max: 1000, doc: 'Why a manager says that it is achieved though the target is not reached' }) overrideReason?: string;
  @Text(personal('health'), { optional: true, max: 1000, doc: 'Why it was not achieved' }) notAchievedReason?: string;
  @Ref(pseudonymous, 'users') recordedBy!: string;
  @Text(personal('health'), { optional: true, doc: 'How it was verified' }) verificationMethod?: string;
  @Flag(open) isVerified: boolean = false;
  @Ref(pseudonymous, 'users', { optional: true }) verifiedBy?: string;
  @CivilDate(pseudonymous, { optional: true }) verificationDate?: string;
  @Text(pseudonymous, { ...ID, optional: true }) goalId?: string;
  @Text(pseudonymous, { optional: true, max: 60 }) licenceId?: string;
  @Text(special('health'), { optional: true, max: 20_000 }) notes?: string;
  @Children('outcome_measurements', () => Measurement, { parent: 'outcomeId' }) measurements: Measurement[] = [];
  /** What it was before it was verified. */
  @Hidden(open) settledAs?: 'achieved' | 'not_achieved';

  /** Whether the value that counts is at the target or beyond. */
  get hasReachedTarget(): boolean {
    return this.measurements.length > 0 && reaches(this.baselineValue, this.targetValue, this.currentValue);
  }
  /** Who defined it, and everybody who measured it. */
  get recorders(): readonly string[] {
    return [this.recordedBy, ...this.measurements.map(({ recordedBy }) => recordedBy)];
  }
}

/** Takes the reading that counts now, and what follows from it. */
function weigh(outcome: Outcome): void {
  const { baselineValue, targetValue, measurements } = outcome;
  const last = measurements.reduce<Measurement | undefined>((latest, one) => (!latest || one.on >= latest.on ? one : latest), undefined);
  const current = last?.value ?? baselineValue;
  const { raw, shown } = progressOf(baselineValue, targetValue, current);
  Object.assign(outcome, { currentValue: current, progressRawPct: raw, progressPct: shown, outcomeType: typeOf(baselineValue, targetValue, current) });
}

@EventOf(Outcome, 'OutcomeDefined', 1, { to: 'tracking' })
export class OutcomeDefined extends eventWith(Outcome, OutcomeFacts) {
  override apply(outcome: Outcome, { actorId: recordedBy }: Recorded): void {
    const { residentId, category: outcomeCategory, description, measure: measurableOutcome, unit, goalId, licenceId, notes } = this;
    const { baseline: baselineValue, target: targetValue } = this;
    const direction = this.direction ?? (targetValue < baselineValue ? 'down' : 'up');
    Object.assign(outcome, { residentId, outcomeCategory, description, measurableOutcome, unit, goalId, licenceId, notes, direction });
    Object.assign(outcome, { baselineValue, targetValue, currentValue: baselineValue, outcomeType: 'neutral', recordedBy });
  }
}
@EventOf(Outcome, 'OutcomeMeasured', 1)
export class OutcomeMeasured extends eventWith(Outcome, MeasurementFacts) {
  @Text(pseudonymous, { max: 36 }) measurementId!: string;
  override apply(outcome: Outcome, { actorId: recordedBy }: Recorded): void {
    const { measurementId: id, value, on, evidenceDocumentId } = this;
    outcome.measurements = [...outcome.measurements, Object.assign(new Measurement(), { id, value, on, evidenceDocumentId, recordedBy })];
    weigh(outcome);
  }
}
@EventOf(Outcome, 'OutcomeAchieved', 1, { to: 'achieved' })
export class OutcomeAchieved extends DomainEvent<Outcome> {
  @CivilDate(pseudonymous) on!: string;
  @Text(personal('health'), { optional: true, max: 1000 }) overrideReason?: string;
  apply(outcome: Outcome): void {
    Object.assign(outcome, { achievementDate: this.on, overrideReason: this.overrideReason, settledAs: 'achieved' });
  }
}
@EventOf(Outcome, 'OutcomeNotAchieved', 1, { to: 'not_achieved' })
export class OutcomeNotAchieved extends DomainEvent<Outcome> {
  @Text(personal('health'), { max: 1000 }) reason!: string;
  apply(outcome: Outcome): void {
    Object.assign(outcome, { notAchievedReason: this.reason, settledAs: 'not_achieved' });
  }
}
@EventOf(Outcome, 'OutcomeVerified', 1, { to: 'verified' })
export class OutcomeVerified extends DomainEvent<Outcome> {
  @Text(personal('health')) method!: string;
  @Ref(pseudonymous, 'users') by!: string;
  @CivilDate(pseudonymous) on!: string;
  apply(outcome: Outcome): void {
    Object.assign(outcome, { isVerified: true, verificationMethod: this.method, verifiedBy: this.by, verificationDate: this.on });
  }
}
@EventOf(Outcome, 'OutcomeVerificationRevoked', 1, { toOneOf: ['achieved', 'not_achieved'] })
export class OutcomeVerificationRevoked extends DomainEvent<Outcome> {
  @Text(personal('health'), { max: 1000 }) reason!: string;
  apply(outcome: Outcome): void {
    const status = outcome.settledAs ?? 'achieved';
    Object.assign(outcome, { status, isVerified: false, verificationMethod: undefined, verifiedBy: undefined, verificationDate: undefined });
  }
}
