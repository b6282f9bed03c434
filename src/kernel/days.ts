import { Temporal } from 'temporal-polyfill';
import { rule } from './rules.js';
import { instantText, plusDays, type CivilDateText, type InstantText } from './values.js';

/** Days on which nobody works, and the years for which they are known. */
export interface BankHolidays {
  readonly version: string;
  readonly dates: ReadonlySet<CivilDateText>;
  /** First and last civil date of what is known. */
  readonly from: CivilDateText;
  readonly through: CivilDateText;
}

const weekday = (date: CivilDateText): number => new Date(`${date}T00:00:00Z`).getUTCDay();

/** Whether people work on a day. @throws Refusal BHC-1 for a day that the calendar does not know: nothing is guessed. */
export function isWorkingDay(date: CivilDateText, calendar: BankHolidays): boolean {
  const { from, through } = calendar;
  rule('BHC-1', `The calendar of bank holidays covers ${from} to ${through}, and not ${date}: import a newer one.`, date >= from && date <= through);
  const day = weekday(date);
  return day !== 0 && day !== 6 && !calendar.dates.has(date);
}

/** WD(d, n): the nth working day after a day, which does not count itself. @throws Refusal BHC-1 */
export function workingDaysAfter(date: CivilDateText, days: number, calendar: BankHolidays): CivilDateText {
  let at = date;
  for (let left = days; left > 0; ) {
    at = plusDays(at, 1);
    if (isWorkingDay(at, calendar)) left--;
  }
  return at;
}

/** ROLL(d): the day itself, or the first working day after it. @throws Refusal BHC-1 */
export function toWorkingDay(date: CivilDateText, calendar: BankHolidays): CivilDateText {
  let at = date;
  while (!isWorkingDay(at, calendar)) at = plusDays(at, 1);
  return at;
}

/** Working days after one day up to and with another: how many were taken. @throws Refusal BHC-1 */
export function workingDaysBetween(from: CivilDateText, to: CivilDateText, calendar: BankHolidays): number {
  let count = 0;
  for (let at = plusDays(from, 1); at <= to; at = plusDays(at, 1)) if (isWorkingDay(at, calendar)) count++;
  return count;
}

/** CM(d, n): the same day of the month some months later, or the last day of that month. */
export const plusMonths = (date: CivilDateText, months: number): CivilDateText =>
  Temporal.PlainDate.from(date).add({ months }).toString();

/** HRS(t, n): so many hours of the clock later; neither weekends nor the change of the clocks matter. */
export const plusHours = (instant: InstantText, hours: number): InstantText => instantText(Date.parse(instant) + hours * 3_600_000);

/**
 * The instant of a London time on a civil date; where the clocks go forward over it, the instant after the gap.
 * @param which of the two, where the clocks go back and it comes twice.
 */
export const londonInstant = (date: CivilDateText, time: string, which: 'earlier' | 'later' = 'earlier'): InstantText => {
  const disambiguation = which === 'later' ? 'later' : 'compatible';
  return instantText(Temporal.PlainDateTime.from(`${date}T${time}`).toZonedDateTime('Europe/London', { disambiguation }).toInstant().epochMilliseconds);
};

/** The time of day in London at an instant, `HH:MM`. */
export const londonTime = (instant: InstantText): string =>
  Temporal.Instant.from(instant).toZonedDateTimeISO('Europe/London').toPlainTime().toString().slice(0, 5);
