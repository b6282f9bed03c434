import type { Context, DomainCommand } from '../kernel/command.js';
import { commandWith } from '../kernel/command.js';
import { plusHours, plusMonths, toWorkingDay, workingDaysAfter, workingDaysBetween, type BankHolidays } from '../kernel/days.js';
import { Deadline, deadlineOf, type DeadlineBasis, type DeadlineSource } from '../kernel/deadline.js';
import type { State } from '../kernel/entity.js';
import { Instant, Text, type ClassOf } from '../kernel/fields.js';
import { open, pseudonymous } from '../kernel/privacy.js';
import { plusDays, startOfLondonDay, type CivilDateText, type InstantText } from '../kernel/values.js';
import { calendarIdOf, publishedCalendar } from './bank-holidays.js';
import type { BankHolidayCalendar } from './organisation/bank-holiday-calendar/bank-holiday-calendar.js';

export { Deadline, declareDeadline } from '../kernel/deadline.js';

type Basis = keyof typeof DeadlineBasis;
type Asking = Pick<Context, 'find' | 'actor'>;
/** What may be said of one deadline besides its rule. */
export interface DeadlineOptions {
  /** Which one, where several of a code run side by side on a stream. */
  readonly key?: string;
  /** Where the rule is law for some and policy for others. */
  readonly ruleBasis?: keyof typeof DeadlineSource;
}

/** The organisation's calendar of bank holidays; the published one before it has its own. */
export function bankHolidays({ find, actor }: Asking): BankHolidays {
  const own = find<BankHolidayCalendar>('bank_holiday_calendars', calendarIdOf(actor.organizationId));
  return own?.calendar() ?? publishedCalendar;
}

function deadline(code: string, basis: Basis, facts: Partial<Deadline>, { key, ruleBasis }: DeadlineOptions = {}): Deadline {
  const rule = deadlineOf(code);
  const named = { code, ...(key === undefined ? {} : { key }), basis, ruleBasis: ruleBasis ?? rule.ruleBasis };
  return Object.assign(new Deadline(), named, facts);
}

/** Met up to the end of a London day: missed from the instant at which the next one begins. */
const byDay = (startDate: CivilDateText, dueOn: CivilDateText): Partial<Deadline> =>
  ({ startsAt: startOfLondonDay(startDate), dueAt: startOfLondonDay(plusDays(dueOn, 1)), dueOn });

/** So many hours of the clock after an instant; weekends and holidays count. */
export const inHours = (_context: Asking, code: string, start: InstantText, hours: number, options?: DeadlineOptions): Deadline =>
  deadline(code, 'hours', { startsAt: start, dueAt: plusHours(start, hours) }, options);

/** So many calendar days after a day. */
export const inCalendarDays = (_context: Asking, code: string, start: CivilDateText, days: number, options?: DeadlineOptions): Deadline =>
  deadline(code, 'calendar', byDay(start, plusDays(start, days)), options);

/** The same day of the month so many months after a day, or the last of that month. */
export const inMonths = (_context: Asking, code: string, start: CivilDateText, months: number, options?: DeadlineOptions): Deadline =>
  deadline(code, 'calendar', byDay(start, plusMonths(start, months)), options);

/** On a day that was agreed. */
export const onDay = ({ today }: Pick<Context, 'today'>, code: string, day: CivilDateText, options?: DeadlineOptions): Deadline =>
  deadline(code, 'calendar', byDay(today, day), options);

/** So many working days after a day, which does not count itself. @throws Refusal BHC-1 past the end of the calendar. */
export function inWorkingDays(context: Asking, code: string, start: CivilDateText, days: number, options?: DeadlineOptions): Deadline {
  const calendar = bankHolidays(context);
  const due = workingDaysAfter(start, days, calendar);
  return deadline(code, 'working', { ...byDay(start, due), calendarVersion: calendar.version }, options);
}

/** The month's day, or the first working day after it (an answer that is due in a month). @throws Refusal BHC-1 */
export function inMonthsRolled(context: Asking, code: string, start: CivilDateText, months: number, options?: DeadlineOptions): Deadline {
  const calendar = bankHolidays(context);
  const due = toWorkingDay(plusMonths(start, months), calendar);
  return deadline(code, 'working', { ...byDay(start, due), calendarVersion: calendar.version }, options);
}

/** How many working days something took. @throws Refusal BHC-1 */
export const workingDaysTaken = (context: Asking, from: CivilDateText, to: CivilDateText): number =>
  workingDaysBetween(from, to, bankHolidays(context));

/** What the worker says when a deadline has fallen due. */
export class MissedDeadline {
  @Text(open, { max: 40 }) code!: string;
  @Text(pseudonymous, { optional: true, max: 60 }) key?: string;
  @Instant(pseudonymous, { doc: 'When it fell due' }) dueAt!: string;
}

/**
 * What a command is made of that a deadline's `missed` names. It decides on the state alone whether the matter is still
 * open, and answers with nothing where it is not: a refusal would park the stream.
 */
export const deadlineMissed = <S extends State>(entity: ClassOf<S>): abstract new () => DomainCommand<S> & MissedDeadline =>
  commandWith(entity, MissedDeadline);
