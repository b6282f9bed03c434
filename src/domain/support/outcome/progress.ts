/** Values are measured to four decimal places: ten-thousandths are whole numbers, and sums of them exact. */
const PLACES = 10_000;
const whole = (value: number): bigint => BigInt(Math.round(value * PLACES));

/** How far a value has come, in hundredths of a percent. @throws RangeError where target and baseline are the same. */
function hundredths(baseline: number, target: number, current: number): bigint {
  const [way, gone] = [whole(target) - whole(baseline), whole(current) - whole(baseline)];
  // Half up, also below zero: the floor of twice the figure and one, halved.
  const [numerator, denominator] = way < 0n ? [-gone, -way] : [gone, way];
  const doubled = numerator * 20_000n + denominator;
  const divisor = denominator * 2n;
  const quotient = doubled / divisor;
  return doubled % divisor < 0n ? quotient - 1n : quotient;
}

/** What has been reached of the way from the baseline to the target. */
export interface Progress {
  /** In a hundred, two decimal places; below 0 and above 100 where it went the other way or beyond. */
  readonly raw: number;
  /** The same from 0 to 100. */
  readonly shown: number;
}

/** OUT-5. @throws RangeError where target and baseline are the same (OUT-1). */
export function progressOf(baseline: number, target: number, current: number): Progress {
  const raw = Number(hundredths(baseline, target, current)) / 100;
  return { raw, shown: Math.min(100, Math.max(0, raw)) };
}

/** OUT-4: which way a value has gone from the baseline. */
export function typeOf(baseline: number, target: number, current: number): 'positive' | 'negative' | 'neutral' {
  const gone = whole(current) - whole(baseline);
  if (gone === 0n) return 'neutral';
  return gone > 0n === whole(target) > whole(baseline) ? 'positive' : 'negative';
}

/** OUT-2: whether a value is at the target or beyond it. */
export const reaches = (baseline: number, target: number, current: number): boolean =>
  target > baseline ? current >= target : current <= target;
