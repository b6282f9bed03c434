import { Choice, CivilDate, Instant, Int, Ref, Text } from '../../../kernel/fields.js';
import { open, pseudonymous, special } from '../../../kernel/privacy.js';

type Of<T> = T[keyof T];
export const GoalType = {
  independence: 'independence',
  education: 'education',
  employment: 'employment',
  health: 'health',
  social: 'social',
} as const;
export const GoalStatus = { open: 'open', achieved: 'achieved', abandoned: 'abandoned' } as const;
/** What is said of somebody's support is about their health as a rule. */
export const told = special('health');
export const narrative = { max: 20_000 } as const;

/** What somebody wants to reach. */
export class GoalFacts {
  @Choice(open, 'GoalType', GoalType) goalType!: Of<typeof GoalType>;
  @Text(told, { max: 2000 }) goal!: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'By when it shall be reached' }) targetDate?: string;
}
/** A step on the way to a goal, as it is planned. */
export class MilestoneFacts {
  @Text(told) title!: string;
  @CivilDate(pseudonymous) dueOn!: string;
}
/** A planned step with its id. */
export class PlannedMilestone extends MilestoneFacts {
  id!: string;
}

/** A goal of a resident, with how far it has come. */
export class Goal extends GoalFacts {
  id!: string;
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Choice(open, 'GoalStatus', GoalStatus) status!: Of<typeof GoalStatus>;
  @Int(pseudonymous, { max: 100, doc: 'How far it has come, 0 to 100' }) currentProgress!: number;
  @Text(told, { ...narrative, optional: true, doc: 'What was noted last' }) notes?: string;
  @CivilDate(pseudonymous, { optional: true }) achievedOn?: string;
  @CivilDate(pseudonymous, { optional: true }) abandonedOn?: string;
  @Text(told, { max: 1000, optional: true }) abandonedReason?: string;
  @Instant(pseudonymous) lastUpdated!: string;
  @Ref(pseudonymous, 'users') updatedBy!: string;
}
/** A step on the way to a goal; reached once it has a day. */
export class Milestone extends MilestoneFacts {
  id!: string;
  @Text(pseudonymous, { max: 36 }) goalId!: string;
  @CivilDate(pseudonymous, { optional: true }) reachedOn?: string;
  @Ref(pseudonymous, 'users', { optional: true }) reachedBy?: string;
}
/** How far a goal had come on a day. */
export class ProgressReading {
  id!: string;
  @Text(pseudonymous, { max: 36 }) goalId!: string;
  @Int(pseudonymous, { max: 100 }) progress!: number;
  @CivilDate(pseudonymous) on!: string;
  @Text(told, { ...narrative, optional: true }) notes?: string;
  @Ref(pseudonymous, 'users') recordedBy!: string;
}

/** The reading with the latest day; of one day the one that was recorded last. */
export function latestReading(readings: readonly ProgressReading[], goalId: string): ProgressReading | undefined {
  const own = readings.filter((one) => one.goalId === goalId);
  return own.reduce<ProgressReading | undefined>((latest, one) => (!latest || one.on >= latest.on ? one : latest), undefined);
}
