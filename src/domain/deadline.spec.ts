import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { someId, ORGANIZATION } from '../../test/support/given.js';
import type { Context } from '../kernel/command.js';
import { daysBetween, londonDate, plusDays } from '../kernel/values.js';
import { publishedCalendar } from './bank-holidays.js';
import { declareDeadline, inCalendarDays, inHours, inMonths, inMonthsRolled, inWorkingDays } from './deadline.js';

declareDeadline('SPD-1', { about: 'specimens', doc: 'The specimen is looked at.', ruleBasis: 'policy' });

const context = { find: () => undefined, actor: { id: someId('somebody'), role: 'manager', organizationId: ORGANIZATION, permissions: new Set() } } as unknown as Context;
const day = fc.integer({ min: 0, max: 3_500 }).map((n) => plusDays('2019-01-01', n));
const HOUR = 3_600_000;
const before = (instant: string): string => new Date(Date.parse(instant) - 1).toISOString();

describe('deadlines', () => {
  it('in days, months and working days are met up to the last moment of a London day, also where that has 23 or 25 hours', () =>
    fc.assert(
      fc.property(day, fc.integer({ min: 0, max: 40 }), fc.constantFrom(inCalendarDays, inMonths, inWorkingDays, inMonthsRolled), (start, count, reckoned) => {
        const months = reckoned === inMonths || reckoned === inMonthsRolled;
        let due: ReturnType<typeof inCalendarDays>;
        try {
          due = reckoned(context, 'SPD-1', start, months ? count % 13 : count);
        } catch (refused) {
          // Past the end of the calendar of bank holidays nothing is guessed.
          expect([String(refused).includes('BHC-1'), reckoned === inWorkingDays || reckoned === inMonthsRolled]).toEqual([true, true]);
          expect(plusDays(start, months ? 31 * 13 : 3 * count + 14) > publishedCalendar.through).toBe(true);
          return;
        }
        expect([londonDate(before(due.dueAt)), londonDate(due.dueAt)]).toEqual([due.dueOn, plusDays(due.dueOn!, 1)]);
        expect(londonDate(due.startsAt)).toBe(start);
        expect(due.dueOn! >= start).toBe(true);
        const length = (Date.parse(due.dueAt) - Date.parse(due.startsAt)) / HOUR - 24 * (daysBetween(start, due.dueOn!) + 1);
        expect([-1, 0, 1]).toContain(length);
      }),
    ));

  it('in hours are so many hours of the clock later, whatever London makes of them', () =>
    fc.assert(
      fc.property(fc.date({ min: new Date('2019-01-01T00:00:00Z'), max: new Date('2040-01-01T00:00:00Z'), noInvalidDate: true }), fc.integer({ min: 0, max: 1_000 }), (start, hours) => {
        const { dueAt, dueOn } = inHours(context, 'SPD-1', start.toISOString(), hours);
        expect([Date.parse(dueAt) - start.getTime(), dueOn]).toEqual([hours * HOUR, undefined]);
      }),
    ));

  it.each([
    ['2028-02-29', 12, '2029-02-28'],
    ['2027-02-28', 12, '2028-02-28'],
    ['2028-01-31', 1, '2028-02-29'],
    ['2026-12-31', 2, '2027-02-28'],
    ['2026-08-31', 1, '2026-09-30'],
  ])('of %s in %i months fall on %s', (start, months, on) => {
    expect(inMonths(context, 'SPD-1', start, months).dueOn).toBe(on);
  });

  it.each([
    ['2026-10-24', '2026-10-25', '2026-10-26T00:00:00.000Z'],
    ['2027-03-27', '2027-03-28', '2027-03-28T23:00:00.000Z'],
  ])('of the day before the clocks change, %s, end with %s at %s', (start, dueOn, dueAt) => {
    expect(inCalendarDays(context, 'SPD-1', start, 1)).toMatchObject({ dueOn, dueAt });
  });
});
