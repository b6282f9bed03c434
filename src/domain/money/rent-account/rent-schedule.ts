import type { ChargedPeriod } from '../charging.js';
import { isSame, type Components } from '../components.js';

/** A stretch of the stay in one room, at the price agreed for it; it lasts until the next one, or the end. */
export interface Stretch {
  readonly from: string;
  readonly charges: Components;
  readonly roomId: string;
  readonly propertyId: string;
  readonly agreementId: string;
}
/** Another price that a person set from a day on, until the next one or the end of the stretch that it belongs to. */
export interface Variation {
  /** Place of the stretch among the stretches: corrected dates move a stretch and leave its place. */
  readonly stretch: number;
  readonly from: string;
  readonly charges: Components;
}
/** What an account charges: the stay as its placement has it, and what people set beside it. */
export interface Schedule {
  readonly stretches: readonly Stretch[];
  readonly variations: readonly Variation[];
  /** The day after the last night. */
  readonly endsOn?: string;
}
type Step = Pick<ChargedPeriod, 'from' | 'charges'>;

/**
 * The nights and their prices, in order and without overlaps. It depends on what is known alone, and not on the order in
 * which it became known.
 */
export function periodsOf({ stretches, variations, endsOn }: Schedule): ChargedPeriod[] {
  if (stretches.length === 0) return cut(inOrder(variations), endsOn);
  return stretches.flatMap((stretch, place) => {
    const varied = inOrder(variations.filter((one) => one.stretch === place));
    const steps = varied.map(({ from, charges }) => ({ from: from > stretch.from ? from : stretch.from, charges }));
    const ends = [stretches[place + 1]?.from, endsOn].filter((end) => end !== undefined).sort();
    return cut([stretch, ...steps], ends[0]);
  });
}

/** The place of the stretch that a day belongs to: the first one for days before it. */
export const stretchOn = ({ stretches }: Pick<Schedule, 'stretches'>, date: string): number =>
  Math.max(0, stretches.findLastIndex(({ from }) => from <= date));

const inOrder = (variations: readonly Variation[]): Variation[] =>
  variations.toSorted((a, b) => (a.from < b.from ? -1 : Number(a.from > b.from)));

/** Each step lasts until the next one; where two begin on one day the later in the list holds. */
function cut(steps: readonly Step[], end: string | undefined): ChargedPeriod[] {
  const periods: ChargedPeriod[] = [];
  steps.forEach(({ from, charges }, index) => {
    const next = steps[index + 1]?.from;
    const to = next !== undefined && (end === undefined || next < end) ? next : end;
    if (to !== undefined && to <= from) return;
    const before = periods.at(-1);
    // The same price again is no other period: its nights are rounded together.
    const first = before && before.to === from && isSame(before.charges, charges) ? periods.pop()!.from : from;
    periods.push({ from: first, charges, ...(to === undefined ? {} : { to }) });
  });
  return periods;
}
