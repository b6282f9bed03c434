import { daysBetween, earlier, later, mondayOf, plusDays, roundHalfUp } from '../kernel/values.js';

/** Charges of a week by component, in pence. */
export interface ChargeComponents {
  readonly corePence: number;
  readonly eligibleServicePence: number;
  readonly ineligibleServicePence: number;
  readonly supportPence: number;
}
/** Nights `[from, to)` at one weekly price; open while `to` is absent. */
export interface ChargedSegment {
  readonly from: string;
  readonly to?: string;
  readonly charges: ChargeComponents;
}
/** What brings one Monday's charge to its target. */
export interface DueCharge {
  readonly kind: 'RaiseCharge' | 'AdjustCharge';
  readonly monday: string;
  readonly components: ChargeComponents;
}

const NOTHING: ChargeComponents = { corePence: 0, eligibleServicePence: 0, ineligibleServicePence: 0, supportPence: 0 };

const combine = (a: ChargeComponents, b: ChargeComponents, how: (x: number, y: number) => number): ChargeComponents => ({
  corePence: how(a.corePence, b.corePence),
  eligibleServicePence: how(a.eligibleServicePence, b.eligibleServicePence),
  ineligibleServicePence: how(a.ineligibleServicePence, b.ineligibleServicePence),
  supportPence: how(a.supportPence, b.supportPence),
});
const isNothing = (of: ChargeComponents): boolean => Object.values(of).every((pence) => pence === 0);

/** What a rent week should stand at: each component of each segment by its nights, rounded half up. */
export function weekTarget(segments: readonly ChargedSegment[], monday: string): ChargeComponents {
  const end = plusDays(monday, 7);
  let target = NOTHING;
  for (const { from, to, charges } of segments) {
    const nights = daysBetween(later(from, monday), earlier(to ?? end, end));
    if (nights > 0) target = combine(target, charges, (sum, weekly) => sum + roundHalfUp(weekly, nights, 7));
  }
  return target;
}

/**
 * What must be raised or adjusted so that every Monday up to `through` stands at its target.
 * @param standing components by Monday, as raised and adjusted so far.
 */
export function chargesDue(
  segments: readonly ChargedSegment[],
  standing: ReadonlyMap<string, ChargeComponents>,
  through: string,
): DueCharge[] {
  const starts = [...segments.map(({ from }) => mondayOf(from)), ...standing.keys()].sort();
  const last = [...standing.keys()].reduce(later, mondayOf(through));
  const due: DueCharge[] = [];
  for (let monday = starts[0]; monday !== undefined && monday <= last; monday = plusDays(monday, 7)) {
    const charged = standing.get(monday);
    if (!charged && monday > through) continue;
    const components = combine(weekTarget(segments, monday), charged ?? NOTHING, (target, now) => target - now);
    if (!isNothing(components)) due.push({ kind: charged ? 'AdjustCharge' : 'RaiseCharge', monday, components });
  }
  return due;
}
