import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { calendarOf, publishedCalendar, publishedDates } from './bank-holidays.js';
import { isWorkingDay, londonInstant, plusHours, plusMonths, toWorkingDay, workingDaysAfter, workingDaysBetween } from '../kernel/days.js';
import { plusDays } from '../kernel/values.js';

const after = (date: string, days: number): string => workingDaysAfter(date, days, publishedCalendar);

describe('working days', () => {
  it.each([
    ['2026-08-03', 10, '2026-08-17'],
    ['2026-12-17', 5, '2026-12-24'],
    ['2026-12-21', 10, '2027-01-07'],
    ['2027-01-07', 10, '2027-01-21'],
    ['2027-01-18', 20, '2027-02-15'],
    ['2026-12-23', 10, '2027-01-11'],
    ['2026-12-30', 3, '2027-01-05'],
    ['2026-12-30', 5, '2027-01-07'],
    ['2026-12-23', 3, '2026-12-30'],
    ['2026-11-20', 1, '2026-11-23'],
    ['2026-11-24', 15, '2026-12-15'],
    ['2026-11-21', 45, '2027-01-27'],
    ['2027-12-23', 5, '2028-01-04'],
    ['2026-09-02', 0, '2026-09-02'],
  ])('%s and %i of them is %s', (date, days, due) => {
    expect(after(date, days)).toBe(due);
  });

  it('do not go past the end of the calendar, or before its beginning: nothing is guessed', () => {
    expect(after('2028-12-27', 2)).toBe('2028-12-29');
    for (const [date, days] of [['2028-12-29', 1], ['2018-12-28', 1], ['2031-05-01', 3]] as const) {
      expect(() => after(date, days)).toThrow(/^BHC-1/);
    }
    expect(() => toWorkingDay('2029-01-01', publishedCalendar)).toThrow(/^BHC-1/);
  });

  it('are counted as they are added, and none of them is a weekend or a holiday', () => {
    const day = fc.integer({ min: 0, max: 3000 }).map((n) => plusDays('2019-01-01', n));
    fc.assert(
      fc.property(day, fc.integer({ min: 1, max: 60 }), (date, days) => {
        const due = after(date, days);
        expect(isWorkingDay(due, publishedCalendar)).toBe(true);
        expect(workingDaysBetween(date, due, publishedCalendar)).toBe(days);
        expect(after(date, days + 1) > due).toBe(true);
        expect(after(after(date, 1), days)).toBe(after(date, days + 1));
      }),
    );
  });

  it('roll a day that is none to the next that is', () => {
    const roll = (date: string): string => toWorkingDay(date, publishedCalendar);
    expect(['2026-12-28', '2027-02-28', '2026-10-03', '2026-09-30', '2026-02-28', '2026-12-25'].map(roll))
      .toEqual(['2026-12-29', '2027-03-01', '2026-10-05', '2026-09-30', '2026-03-02', '2026-12-29']);
  });

  it('have a calendar whose version is what it says', () => {
    const another = calendarOf('england_and_wales', [...publishedDates].reverse());
    expect(another.version).toBe(publishedCalendar.version);
    expect(calendarOf('scotland', publishedDates).version).not.toBe(another.version);
    expect(another).toMatchObject({ from: '2019-01-01', through: '2028-12-31' });
  });
});

describe('months and hours', () => {
  it('keep the day of the month, or the last there is', () => {
    expect([plusMonths('2026-01-31', 1), plusMonths('2028-01-31', 1), plusMonths('2024-02-29', 12), plusMonths('2026-08-31', 1), plusMonths('2026-12-14', -2)])
      .toEqual(['2026-02-28', '2028-02-29', '2025-02-28', '2026-09-30', '2026-10-14']);
  });

  it('are hours of the clock, over weekends and the change of the clocks', () => {
    expect(plusHours('2026-11-27T17:10:00.000Z', 72)).toBe('2026-11-30T17:10:00.000Z');
    // 23:30 in London on the Saturday; a day of 25 hours later the clock shows 22:30.
    expect(plusHours('2026-10-24T22:30:00.000Z', 24)).toBe('2026-10-25T22:30:00.000Z');
  });

  it('are told at an hour of London, winter and summer', () => {
    expect(londonInstant('2026-12-03', '09:00')).toBe('2026-12-03T09:00:00.000Z');
    expect(londonInstant('2026-08-12', '14:00')).toBe('2026-08-12T13:00:00.000Z');
    expect(londonInstant('2027-03-28', '01:30')).toBe('2027-03-28T01:30:00.000Z');
  });
});
