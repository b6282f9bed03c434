import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mondayOf, plusDays } from '../../kernel/values.js';
import { weekly } from '../../../test/support/rent-world.js';
import { monthlyEquivalent } from '../weekly-charges.js';
import { chargeFor, weekCharge, weeksDue, type ChargedPeriod } from './charging.js';
import { each, totalOf } from './components.js';
import { rentWeekOf, rentYearOf } from './rent-year.js';

const licence = weekly(18_240, 6_435, 2_150);
const none: ReadonlySet<string> = new Set();

describe('what a week comes to', () => {
  it('is the nights of a first part week, rounded by component', () => {
    const charge = weekCharge([{ from: '2026-09-02', charges: licence }], '2026-08-31');
    expect(charge).toEqual({ from: '2026-09-02', to: '2026-09-07', nights: 5, components: weekly(13_029, 4_596, 1_536) });
    expect(totalOf(charge.components)).toBe(19_161);
  });

  it('is rounded by component and then added up, and half a penny up', () => {
    const components = chargeFor([{ from: '2026-01-01', charges: weekly(3_333, 3_333, 3_333) }], '2026-09-07', '2026-09-12').components;
    expect(totalOf(components)).toBe(7_143);
    expect(totalOf(chargeFor([{ from: '2026-01-01', charges: weekly(9_999, 0, 0) }], '2026-09-07', '2026-09-12').components)).toBe(7_142);
  });

  it('is that of both rooms in the week of a move', () => {
    const moved: ChargedPeriod[] = [
      { from: '2026-08-01', to: '2026-12-10', charges: licence },
      { from: '2026-12-10', charges: weekly(19_500, 6_435, 2_150) },
    ];
    const { nights, components } = weekCharge(moved, '2026-12-07');
    expect({ nights, total: totalOf(components) }).toEqual({ nights: 7, total: 26_825 + 720 });
  });

  it('has seven nights in the weeks in which the clocks change', () => {
    for (const monday of ['2026-10-19', '2027-03-22']) expect(weekCharge([{ from: '2026-09-02', charges: licence }], monday).nights).toBe(7);
  });

  it('never differs by more than a penny a component from its share, whichever night a stay ends', () => {
    fc.assert(fc.property(fc.nat(1_000_000), fc.integer({ min: 1, max: 6 }), (core, nights) => {
      const whole = weekly(core, core, core);
      const first = chargeFor([{ from: '2026-09-07', charges: whole }], '2026-09-07', plusDays('2026-09-07', nights)).components;
      const rest = chargeFor([{ from: '2026-09-07', charges: whole }], plusDays('2026-09-07', nights), '2026-09-14').components;
      expect(each((one) => first[one] + rest[one])).toEqual({ ...whole, supportPence: 0 });
    }));
  });
});

describe('the weeks that are due', () => {
  it('are those that have begun, cost something and are not charged', () => {
    const due = (today: string, charged = none) => weeksDue([{ from: '2026-09-02', charges: licence }], charged, today, 100).map(({ from }) => from);
    expect(due('2026-08-30')).toEqual([]);
    expect(due('2026-09-06')).toEqual(['2026-09-02']);
    expect(due('2026-09-14')).toEqual(['2026-09-02', '2026-09-07', '2026-09-14']);
    expect(due('2026-09-14', new Set(['2026-09-07']))).toEqual(['2026-09-02', '2026-09-14']);
    expect(weeksDue([{ from: '2026-09-02', charges: weekly(0, 0, 0) }], none, '2026-10-01', 100)).toEqual([]);
    expect(weeksDue([], none, '2026-10-01', 100)).toEqual([]);
  });

  it('are 53 in a rent year that has them, and the month costs the same (LED-8)', () => {
    const year = rentYearOf('2030-06-01');
    expect(year).toEqual({ name: '2030/31', start: '2030-04-01', weeks: 53 });
    const all = weeksDue([{ from: year.start, to: '2031-04-07', charges: licence }], none, '2031-04-06', 100);
    expect(all).toHaveLength(53);
    expect(all.reduce((sum, { components }) => sum + totalOf(components), 0)).toBe(53 * 26_825);
    expect(monthlyEquivalent(licence)).toBe(116_242);
  });
});

describe('rent years', () => {
  it.each([
    ['2024-04-01', '2024/25', 53], ['2026-04-06', '2026/27', 52], ['2027-04-05', '2027/28', 52],
    ['2028-04-03', '2028/29', 52], ['2029-04-02', '2029/30', 52], ['2030-04-01', '2030/31', 53],
  ])('begin on the first Monday on or after 1 April: %s', (start, name, weeks) => {
    expect(rentYearOf(start)).toEqual({ name, start, weeks });
    expect(rentYearOf(plusDays(start, -1)).name).not.toBe(name);
    expect(rentWeekOf(start)).toBe(1);
    expect(rentWeekOf(plusDays(start, 7 * weeks - 1))).toBe(weeks);
    expect(rentWeekOf(plusDays(start, 7 * weeks))).toBe(1);
  });

  it('hold every day once, in whole weeks', () => {
    fc.assert(fc.property(fc.nat(40_000), (day) => {
      const date = plusDays('2000-01-03', day);
      const { start, weeks } = rentYearOf(date);
      expect(mondayOf(start)).toBe(start);
      expect(date >= start && date < plusDays(start, 7 * weeks)).toBe(true);
    }));
  });
});
