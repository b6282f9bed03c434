import { daysBetween, earlier, later, mondayOf, plusDays, roundHalfUp } from '../../kernel/values.js';
import { each, isNothing, NOTHING, plus, type Components } from './components.js';

/** Nights `[from, to)` at one weekly price; open while `to` is absent. */
export interface ChargedPeriod {
  readonly from: string;
  readonly to?: string;
  readonly charges: Components;
}
/** What some nights of one week come to. */
export interface WeekCharge {
  /** The first night, and the day after the last one. */
  readonly from: string;
  readonly to: string;
  readonly nights: number;
  readonly components: Components;
}

/** The Monday after the rent week that begins on a Monday. */
export const weekAfter = (monday: string): string => plusDays(monday, 7);

/**
 * What the nights `[from, to)` of one week come to: each component of each period by its nights, seventh parts of a week,
 * rounded half up by itself (money convention of the rent ledger). Without nights at a price: no nights, nothing.
 */
export function chargeFor(periods: readonly ChargedPeriod[], from: string, to: string): WeekCharge {
  let charge: WeekCharge = { from, to, nights: 0, components: NOTHING };
  for (const period of periods) {
    const [first, end] = [later(period.from, from), earlier(period.to ?? to, to)];
    const nights = daysBetween(first, end);
    if (nights <= 0) continue;
    const part = each((one) => roundHalfUp(period.charges[one], nights, 7));
    const begun = charge.nights > 0;
    charge = {
      from: begun ? charge.from : first,
      to: end,
      nights: charge.nights + nights,
      components: plus(charge.components, part),
    };
  }
  return charge;
}

/** What a rent week, Monday to Sunday, comes to. */
export const weekCharge = (periods: readonly ChargedPeriod[], monday: string): WeekCharge =>
  chargeFor(periods, monday, weekAfter(monday));

/**
 * The weeks that cost something, have begun by a day and are not charged yet, oldest first (LED-1).
 * @param charged Mondays of the weeks that are charged.
 * @param most no more than so many.
 */
export function weeksDue(periods: readonly ChargedPeriod[], charged: ReadonlySet<string>, today: string, most: number): WeekCharge[] {
  const due: WeekCharge[] = [];
  const [first] = periods;
  if (!first) return due;
  for (let monday = mondayOf(first.from); monday <= today && due.length < most; monday = weekAfter(monday)) {
    if (charged.has(monday)) continue;
    const charge = weekCharge(periods, monday);
    if (!isNothing(charge.components)) due.push(charge);
  }
  return due;
}
