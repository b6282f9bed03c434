import { plusMonths } from '../../../kernel/days.js';
import { Refusal } from '../../../kernel/rules.js';
import { daysBetween, later, mondayOf, plusDays } from '../../../kernel/values.js';
import type { Agreement } from './agreement.js';
import type { NoticeFacts } from './agreement-children.js';

type Kind = NoticeFacts['kind'];
type Tenure = Agreement['agreementType'];
/** Which tenures a kind of notice ends. */
const ends: Readonly<Record<Kind, readonly Tenure[]>> = {
  landlord_licence: ['license', 'supported_living', 'excluded_licence'],
  landlord_s8: ['assured_shorthold', 'assured_periodic'],
  landlord_ntq: ['secure', 'starter', 'supported_living'],
  resident: ['license', 'supported_living', 'excluded_licence', 'assured_shorthold', 'assured_periodic', 'secure', 'starter'],
};
export const fits = (kind: Kind, tenure: Tenure): boolean => ends[kind].includes(tenure);

/** What a ground of schedule 2 asks for: days or calendar months. Grounds that are not listed are none. */
const grounds: Readonly<Record<string, { days?: number; months?: number }>> = {
  ...Object.fromEntries(['5', '5A', '5B', '5C', '5E', '5F', '5G', '8', '10', '11', '18'].map((ground) => [ground, { days: 28 }])),
  ...Object.fromEntries(['5H', '7', '9'].map((ground) => [ground, { months: 2 }])),
  ...Object.fromEntries(['1', '1A', '1B', '2', '2ZA', '2ZB', '6', '6B'].map((ground) => [ground, { months: 4 }])),
  ...Object.fromEntries(['4', '12', '13', '15', '17'].map((ground) => [ground, { days: 14 }])),
  ...Object.fromEntries(['7A', '14', '14A', '14ZA'].map((ground) => [ground, { days: 0 }])),
};

/** The last day that a ground allows. @throws Refusal AGR-5 for one that is none. */
function afterGround(ground: string, from: string): string {
  const known = grounds[ground];
  if (!known) throw new Refusal('AGR-5', `There is no ground ${ground}.`, { field: 'grounds' });
  return known.months === undefined ? plusDays(from, known.days!) : plusMonths(from, known.months);
}

const WEEKS: Readonly<Record<string, number>> = { weekly: 7, fortnightly: 14, four_weekly: 28 };

/** The last day of the rent period in which a day lies: rent weeks run from Monday, months from the day of the start. */
export function periodEnd({ startDate, rentFrequency = 'weekly' }: Pick<Agreement, 'startDate' | 'rentFrequency'>, day: string): string {
  const days = WEEKS[rentFrequency];
  if (days !== undefined) {
    const first = mondayOf(startDate);
    return plusDays(first, (Math.floor(daysBetween(first, day) / days) + 1) * days - 1);
  }
  for (let month = 1; ; month++) {
    const end = plusDays(plusMonths(startDate, month), -1);
    if (end >= day) return end;
  }
}

/** Days that a notice has where no law says it: the organisation's own figures. */
export interface OwnDays {
  readonly excluded: number;
  readonly resident: number;
}

/**
 * The earliest last day of a notice (UK-T3, T5, T6): so many days or months after the day on which it counts as served.
 * That of a licence or tenancy without an end runs to the last day of a rent period.
 */
export function earliestExpiry(agreement: Agreement, { kind, grounds: named = [] }: Pick<NoticeFacts, 'kind' | 'grounds'>, deemed: string, own: OwnDays): string {
  if (kind === 'landlord_s8') return named.map((ground) => afterGround(ground, deemed)).reduce(later, deemed);
  const excluded = agreement.agreementType === 'excluded_licence';
  const days = excluded ? own.excluded : kind === 'resident' ? own.resident : 28;
  return toPeriodEnd(agreement, plusDays(deemed, days));
}

/** A day, or the end of its period where the agreement runs from period to period. */
export function toPeriodEnd(agreement: Agreement, day: string): string {
  const periodic = !agreement.endDate && agreement.agreementType !== 'excluded_licence';
  return periodic ? periodEnd(agreement, day) : day;
}
