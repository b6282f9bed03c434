import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chargesIn, columnsOf, monthlyEquivalent, weeklyTotal } from './weekly-charges.js';

const charges = { corePence: 18_240, eligibleServicePence: 6_435, ineligibleServicePence: 2_150, supportPence: 0 };
const pence = fc.integer({ min: 0, max: 10_000_000 });
const any = fc.record({ corePence: pence, eligibleServicePence: pence, ineligibleServicePence: pence, supportPence: pence });

describe('weekly charges', () => {
  it('come to their sum, and to 52 weeks in twelve months', () => {
    expect(weeklyTotal(charges)).toBe(26_825);
    expect(monthlyEquivalent({ ...charges, corePence: 11_250, eligibleServicePence: 0, ineligibleServicePence: 0 })).toBe(48_750);
    expect(monthlyEquivalent({ corePence: 1, eligibleServicePence: 0, ineligibleServicePence: 0, supportPence: 0 })).toBe(4);
  });

  it('are the same in columns', () => {
    fc.assert(fc.property(any, (one) => {
      expect(chargesIn(columnsOf(one))).toEqual(one);
      expect(Math.abs(monthlyEquivalent(one) * 12 - weeklyTotal(one) * 52)).toBeLessThanOrEqual(6);
    }));
  });
});
