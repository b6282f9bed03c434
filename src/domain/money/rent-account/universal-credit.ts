import { daysBetween, plusDays } from '../../../kernel/values.js';
import type { RentReceipt } from './rent-account-children.js';

/**
 * Universal Credit is worked out by the month and paid to landlords every four weeks: thirteen times a year, and for twelve
 * months. One of the thirteen brings nothing, though nobody owes more than before over the year (UK-T10).
 */
const SCHEDULE_DAYS = 28;
/** How far a payment may be from its day. */
const SLACK_DAYS = 3;
/** A gap within so many days of another one is not the year's. */
const SAME_YEAR_DAYS = 336;

/** The days on which Universal Credit brings nothing, its year's gap; the first and the last one. */
export interface UniversalCreditGap {
  readonly ucGapFrom: string | undefined;
  readonly ucGapUntil: string | undefined;
}
const NO_GAP: UniversalCreditGap = { ucGapFrom: undefined, ucGapUntil: undefined };

const isOnSchedule = (days: number): boolean => Math.abs(days - SCHEDULE_DAYS) <= SLACK_DAYS;

/**
 * The gap that comes after the last payment of Universal Credit, if it is paid every four weeks and had none within the
 * year: from the day on which the next payment would be, to the day of the one after it.
 */
export function universalCreditGap(receipts: readonly Pick<RentReceipt, 'payer' | 'receivedOn' | 'reversedOn'>[]): UniversalCreditGap {
  const paid = receipts.filter(({ payer, reversedOn }) => payer === 'uc' && !reversedOn);
  const days = [...new Set(paid.map(({ receivedOn }) => receivedOn))].sort();
  const [before, last] = [days.at(-2), days.at(-1)];
  if (!before || !last || !isOnSchedule(daysBetween(before, last))) return NO_GAP;
  const missed = days.some((day, at) => {
    const next = days[at + 1];
    return next !== undefined && daysBetween(day, next) > SCHEDULE_DAYS + SLACK_DAYS && daysBetween(day, last) < SAME_YEAR_DAYS;
  });
  return missed ? NO_GAP : { ucGapFrom: plusDays(last, SCHEDULE_DAYS), ucGapUntil: plusDays(last, 2 * SCHEDULE_DAYS) };
}
