/** Pence a week by component. */
export interface WeeklyPence {
  readonly corePence: number;
  readonly eligibleServicePence: number;
  readonly ineligibleServicePence: number;
  readonly supportPence: number;
}
export const COMPONENTS = ['corePence', 'eligibleServicePence', 'ineligibleServicePence', 'supportPence'] as const;

/** Nights `[from, to)` at a price. */
export interface Stay {
  readonly from: string;
  readonly to: string;
  readonly price: WeeklyPence;
}

/** Days since 1970 of a civil date, and back. */
export const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / 86_400_000;
export const dateOf = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);
/** The Monday of the week of a day: 1 January 1970 was a Thursday. */
export const mondayOfDay = (day: number): string => dateOf(day - ((day + 3) % 7));

/**
 * What each week of some stays comes to, reckoned night by night and not as the product does: Monday → pence by
 * component. Weeks that come to nothing are left out.
 */
export function reckoned(stays: readonly Stay[]): Record<string, number[]> {
  const weeks: Record<string, number[]> = {};
  for (const { from, to, price } of stays) {
    const nights: Record<string, number> = {};
    for (let night = dayOf(from); night < dayOf(to); night++) {
      const monday = mondayOfDay(night);
      nights[monday] = (nights[monday] ?? 0) + 1;
    }
    for (const [monday, count] of Object.entries(nights)) {
      // Half a penny up, in whole numbers: floor((2ab + 7) / 14).
      const part = COMPONENTS.map((name) => Math.floor((2 * price[name] * count + 7) / 14));
      weeks[monday] = (weeks[monday] ?? [0, 0, 0, 0]).map((pence, at) => pence + part[at]!);
    }
  }
  return Object.fromEntries(Object.entries(weeks).filter(([, pence]) => pence.some((one) => one !== 0)));
}
