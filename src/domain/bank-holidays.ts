import { createHash } from 'node:crypto';
import type { BankHolidays } from '../kernel/days.js';
import { uuidOf } from '../kernel/values.js';

export const HolidayDivision = {
  england_and_wales: 'england_and_wales',
  scotland: 'scotland',
  northern_ireland: 'northern_ireland',
} as const;

/** Id of an organisation's calendar of bank holidays. */
export const calendarIdOf = (organizationId: string): string => uuidOf(organizationId, 'bank-holidays');

/** Bank holidays of England and Wales as published on gov.uk, by year; substitute days included. */
const ENGLAND_AND_WALES: Readonly<Record<number, string>> = {
  2019: '01-01 04-19 04-22 05-06 05-27 08-26 12-25 12-26',
  2020: '01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28',
  2021: '01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28',
  2022: '01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27',
  2023: '01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26',
  2024: '01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26',
  2025: '01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26',
  2026: '01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28',
  2027: '01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28',
  2028: '01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26',
};

/** The dates that the product brings: what an organisation's calendar begins with. */
export const publishedDates: readonly string[] = Object.entries(ENGLAND_AND_WALES).flatMap(([year, days]) =>
  days.split(' ').map((day) => `${year}-${day}`));

/** SHA-256 of a calendar's division and dates, in hexadecimal: whoever has the dates can check it. */
export const digestOf = (division: string, dates: readonly string[]): string =>
  createHash('sha256').update([division, ...[...dates].sort()].join('\n')).digest('hex');

/** Version of a calendar: what it says, in short. Two imports of the same dates are one version. */
export const versionOf = (division: string, dates: readonly string[]): string => `${division}-${digestOf(division, dates).slice(0, 12)}`;

/** A calendar of dates: it covers whole years, from the first to the last that it has dates of. */
export function calendarOf(division: string, dates: readonly string[]): BankHolidays {
  const sorted = [...dates].sort();
  return {
    version: versionOf(division, sorted),
    dates: new Set(sorted),
    from: `${sorted[0]!.slice(0, 4)}-01-01`,
    through: `${sorted.at(-1)!.slice(0, 4)}-12-31`,
  };
}

/** England and Wales as the product knows them: in force until an organisation has a calendar of its own. */
export const publishedCalendar: BankHolidays = calendarOf(HolidayDivision.england_and_wales, publishedDates);
