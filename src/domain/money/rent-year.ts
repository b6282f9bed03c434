import { daysBetween, mondayOf, plusDays } from '../../kernel/values.js';

/** The year by which rents are set: from the first Monday on or after 1 April, 52 or 53 whole weeks (LED-8). */
export interface RentYear {
  /** As people write it: `2026/27`. */
  readonly name: string;
  /** Its first Monday. */
  readonly start: string;
  readonly weeks: 52 | 53;
}

const startIn = (year: number): string => mondayOf(plusDays(`${year}-04-01`, 6));

/** The rent year that a date lies in. */
export function rentYearOf(date: string): RentYear {
  const civil = Number(date.slice(0, 4));
  const year = date < startIn(civil) ? civil - 1 : civil;
  const start = startIn(year);
  const weeks = daysBetween(start, startIn(year + 1)) === 371 ? 53 : 52;
  return { name: `${year}/${String((year + 1) % 100).padStart(2, '0')}`, start, weeks };
}

/** Number of the week within its rent year, from 1. */
export const rentWeekOf = (date: string): number => daysBetween(rentYearOf(date).start, mondayOf(date)) / 7 + 1;
