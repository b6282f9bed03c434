import { RRuleTemporal } from 'rrule-temporal';
import { Temporal } from 'temporal-polyfill';
import { londonInstant } from '../../../kernel/days.js';
import { rule } from '../../../kernel/rules.js';
import { daysBetween, instantText, plusDays, startOfLondonDay, type CivilDateText, type InstantText } from '../../../kernel/values.js';

const LONDON = 'Europe/London';
/** Daily for two years, leap day included, and one to spare. */
export const MOST_OCCURRENCES = 732;
const PARTS: readonly string[] = ['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'BYDAY', 'BYMONTHDAY', 'BYYEARDAY', 'BYWEEKNO', 'BYMONTH', 'BYSETPOS', 'WKST'];
const PERIODS: readonly string[] = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'];

const londonTime = (instant: InstantText): Temporal.ZonedDateTime => Temporal.Instant.from(instant).toZonedDateTimeISO(LONDON);

/** When something is: from one instant to another. */
export interface Span {
  readonly startTime: InstantText;
  readonly endTime: InstantText;
}
/** The same on clocks on the wall in London: a time of day, how many days later it ends, and at what time. */
interface WallSpan {
  readonly from: string;
  readonly days: number;
  readonly to: string;
  /** Milliseconds from one to the other, as they are now. */
  readonly lasts: number;
}
const wallOf = ({ startTime, endTime }: Span): WallSpan => {
  const [start, end] = [londonTime(startTime), londonTime(endTime)];
  const days = daysBetween(start.toPlainDate().toString(), end.toPlainDate().toString());
  return { from: start.toPlainTime().toString(), days, to: end.toPlainTime().toString(), lasts: Date.parse(endTime) - Date.parse(startTime) };
};
/** In the night in which the clocks go forward a time that is left out is an hour later: what would end before it begins lasts as long as usual. */
function onDate({ from, days, to, lasts }: WallSpan, date: CivilDateText): Span {
  const [startTime, endTime] = [londonInstant(date, from), londonInstant(plusDays(date, days), to)];
  return { startTime, endTime: endTime > startTime ? endTime : instantText(Date.parse(startTime) + lasts) };
}

/** CAL-3: the same times of day in London on other dates; on its own date the span is as it is. */
export function onDates(span: Span, dates: readonly CivilDateText[]): Span[] {
  const [wall, own] = [wallOf(span), dateOf(span)];
  return dates.map((date) => (date === own ? { startTime: span.startTime, endTime: span.endTime } : onDate(wall, date)));
}
/** The London date on which it begins. */
export const dateOf = ({ startTime }: Pick<Span, 'startTime'>): CivilDateText => londonTime(startTime).toPlainDate().toString();
/** Whether they share a moment. */
export const overlap = (a: Span, b: Span): boolean => a.startTime < b.endTime && b.startTime < a.endTime;

/** A rule in the form in which it is kept; a last day is the end of that day in London. @throws Refusal CAL-2 */
function checkedRule(text: string): string {
  const parts = text.toUpperCase().replace(/^RRULE:/, '').split(';').map((part) => part.split('='));
  const names = parts.map(([name]) => name!);
  const values = new Map(parts.map(([name, value]) => [name!, value ?? '']));
  const formed = parts.every((part) => part.length === 2 && /^[A-Z0-9,+-]+$/.test(part[1]!)) && values.size === names.length;
  const broken = (sentence: string, holds: boolean): void => rule('CAL-2', sentence, holds, 'rrule');
  broken('This is no recurrence rule of RFC 5545, such as FREQ=WEEKLY;COUNT=10.', formed && names.every((name) => PARTS.includes(name)));
  broken('A series recurs by days, weeks, months or years.', PERIODS.includes(values.get('FREQ') ?? ''));
  broken('Say how often it recurs (COUNT) or until when (UNTIL), one of them.', values.has('COUNT') !== values.has('UNTIL'));
  broken('COUNT and INTERVAL are whole numbers from 1.', ['COUNT', 'INTERVAL'].every((name) => /^[1-9]\d{0,5}$/.test(values.get(name) ?? '1')));
  const until = values.get('UNTIL');
  broken('UNTIL is a date such as 20261221, or an instant such as 20261221T100000Z.', until === undefined || /^\d{8}(T\d{6}Z)?$/.test(until));
  if (until?.length === 8) values.set('UNTIL', endOfDay(until));
  return [...values].map(([name, value]) => `${name}=${value}`).join(';');
}

/** The last second of a London date `YYYYMMDD`, as UNTIL has it. */
function endOfDay(date: string): string {
  const day = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`;
  let next: string;
  try {
    next = plusDays(Temporal.PlainDate.from(day, { overflow: 'reject' }).toString(), 1);
  } catch {
    return rule('CAL-2', 'UNTIL is a date that exists.', false, 'rrule') as never;
  }
  const last = Temporal.Instant.from(startOfLondonDay(next)).subtract({ seconds: 1 }).toString();
  return `${last.replaceAll(/[-:]|\.\d+/g, '')}`;
}

/** A checked rule, and the London dates on which it makes the event recur. */
export interface Recurrence {
  readonly rrule: string;
  readonly dates: readonly CivilDateText[];
}

/**
 * CAL-2. The dates are kept with the event, so that a series never changes by itself.
 * @param startTime of the first occurrence. @param years how far ahead it may go. @throws Refusal CAL-2
 */
export function recurrenceOf(text: string, startTime: InstantText, years: number): Recurrence {
  const rrule = checkedRule(text);
  const start = londonTime(startTime);
  const end = start.add({ years });
  const dates: CivilDateText[] = [];
  let beyond = false;
  try {
    new RRuleTemporal({ rruleString: `RRULE:${rrule}`, dtstart: start, tzid: LONDON, strict: true }).all((at) => {
      beyond = at.epochMilliseconds > end.epochMilliseconds || dates.length >= MOST_OCCURRENCES;
      if (!beyond) dates.push(at.toPlainDate().toString());
      return !beyond;
    });
  } catch {
    return rule('CAL-2', 'This recurrence rule cannot be read, or it never recurs.', false, 'rrule') as never;
  }
  rule('CAL-2', `The series goes further than ${years === 1 ? 'a year' : `${years} years`} ahead.`, !beyond, 'rrule');
  rule('CAL-2', 'The rule does not begin with the event itself.', dates[0] === start.toPlainDate().toString(), 'rrule');
  return { rrule, dates };
}
