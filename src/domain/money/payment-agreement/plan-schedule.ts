import { plusMonths } from '../../../kernel/days.js';
import { mondayOf, plusDays } from '../../../kernel/values.js';

export const PlanFrequency = { weekly: 'weekly', fortnightly: 'fortnightly', four_weekly: 'four_weekly', monthly: 'monthly' } as const;
export type Frequency = keyof typeof PlanFrequency;

/** What is paid of the arrears, and by when. */
export interface Instalment {
  readonly dueOn: string;
  readonly amountPence: number;
}

/** Weeks between two instalments; a month is as long as it is. */
const WEEKS: Readonly<Record<Exclude<Frequency, 'monthly'>, number>> = { weekly: 1, fortnightly: 2, four_weekly: 4 };

/** Days after its day on which an instalment can still be paid, that day included. */
export const TOLERANCE_DAYS = 5;
/** The day at whose start it is looked at whether an instalment was paid. */
export const checkedOn = ({ dueOn }: Pick<Instalment, 'dueOn'>): string => plusDays(dueOn, TOLERANCE_DAYS);

/** The day of an instalment, counted from 0; before the first one, the day that it would have. In a month that is too short it is the last one. */
export const dueOn = (startOn: string, frequency: Frequency, place: number): string =>
  frequency === 'monthly' ? plusMonths(startOn, place) : plusDays(startOn, 7 * WEEKS[frequency] * place);

/** How many instalments arrears take. */
export const instalmentsOf = (arrearsPence: number, instalmentPence: number): number => Math.ceil(arrearsPence / instalmentPence);

/** Equal instalments, the last one the rest: together they are the arrears (PLN-4). */
export function scheduleOf(arrearsPence: number, instalmentPence: number, frequency: Frequency, startOn: string): Instalment[] {
  return Array.from({ length: instalmentsOf(arrearsPence, instalmentPence) }, (_, place) => ({
    dueOn: dueOn(startOn, frequency, place),
    amountPence: Math.min(instalmentPence, arrearsPence - place * instalmentPence),
  }));
}

/** Money that came in on a day. */
export interface Paid {
  readonly on: string;
  readonly amountPence: number;
}
/** What a plan is reckoned by. */
export interface PlanTerms {
  readonly agreedOn: string;
  readonly frequency: Frequency;
  readonly arrearsPence: number;
  /** What is paid for the time between two instalments besides. */
  readonly currentPence: number;
  readonly schedule: readonly Instalment[];
}

/** Mondays on which the weeks of the instalments begin, and before these the weeks since the plan was agreed: they have a current amount too. */
function periodsOf({ agreedOn, frequency, schedule }: PlanTerms): string[] {
  const begins = schedule.map((one) => mondayOf(one.dueOn));
  const first = schedule[0]?.dueOn ?? agreedOn;
  for (let place = -1; begins[0]! > agreedOn; place--) begins.unshift(mondayOf(dueOn(first, frequency, place)));
  return begins;
}

/**
 * What is left of a plan's arrears (PLN-5): what comes in within the weeks of an instalment, or within as many before the first one,
 * first covers the current amount of these, and the rest counts. Weeks begin on a Monday.
 * @param endsOn day of leaving: for the weeks that begin on it or later there is no current amount.
 */
export function remainingOf(terms: PlanTerms, paid: readonly Paid[], endsOn?: string): number {
  const { arrearsPence, currentPence } = terms;
  const begins = periodsOf(terms);
  const periods = new Map<number, number>();
  for (const { on, amountPence } of paid) {
    const period = Math.max(0, begins.findLastIndex((monday) => monday <= on));
    periods.set(period, (periods.get(period) ?? 0) + amountPence);
  }
  let counted = 0;
  for (const [period, pence] of periods) {
    const current = endsOn !== undefined && begins[period]! >= endsOn ? 0 : currentPence;
    counted += Math.max(0, pence - current);
  }
  return Math.max(0, arrearsPence - counted);
}
