import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { plusDays } from '../../../kernel/values.js';
import { LineType } from './rent-account-children.js';
import { rentStatement, type StatedLine } from './rent-statement.js';

const of = (entryDate: string, lineType: StatedLine['lineType'], amountPence: number): StatedLine => ({ entryDate, lineType, amountPence });

describe('a rent statement', () => {
  it('shows the balance before, each line on its day, and the balance after', () => {
    const ledger = [
      of('2027-12-27', 'charge', 20_001), of('2028-01-03', 'charge', 20_001), of('2028-02-29', 'charge', 20_001),
      // Recorded last, and received in between.
      of('2028-01-04', 'payment', -15_000), of('2028-03-01', 'adjustment', -333), of('2028-03-02', 'payment', -1),
    ];
    const statement = rentStatement(ledger, '2028-01-03', '2028-03-01');
    expect(statement).toMatchObject({ openingBalancePence: 20_001, chargedPence: 40_002, receivedPence: -15_000, adjustedPence: -333, otherPence: 0, closingBalancePence: 44_670 });
    expect(statement.lines.map(({ entryDate, balancePence }) => [entryDate, balancePence])).toEqual([['2028-01-03', 40_002], ['2028-01-04', 25_002], ['2028-02-29', 45_003], ['2028-03-01', 44_670]]);
    expect(rentStatement(ledger, '2030-01-01', '2030-01-01')).toMatchObject({ openingBalancePence: 44_669, lines: [], closingBalancePence: 44_669 });
    expect(rentStatement([], '2030-01-01', '2030-01-01')).toMatchObject({ openingBalancePence: 0, closingBalancePence: 0 });
  });

  const START = '2027-11-01';
  const line = fc.record({ day: fc.nat(400), lineType: fc.constantFrom(...Object.values(LineType)), amountPence: fc.integer({ min: -90_000, max: 90_000 }) })
    .map(({ day, ...rest }) => ({ ...rest, entryDate: plusDays(START, day) }));

  it('opens, adds up and closes: whatever was booked in whatever order, and one after the other they lead from nothing to the balance', () =>
    fc.assert(fc.property(fc.array(line, { maxLength: 40 }), fc.array(fc.nat(400), { minLength: 1, maxLength: 6 }), (ledger, cuts) => {
      const days = [...new Set(cuts)].sort((a, b) => a - b);
      const bounds = days.map((last, at) => [at === 0 ? -1 : days[at - 1]! + 1, last] as const);
      let before = 0;
      for (const [first, last] of bounds) {
        const one = rentStatement(ledger, plusDays(START, first), plusDays(START, last));
        const { openingBalancePence, chargedPence, adjustedPence, receivedPence, otherPence, closingBalancePence } = one;
        expect(openingBalancePence).toBe(before);
        expect(closingBalancePence).toBe(openingBalancePence + one.lines.reduce((sum, { amountPence }) => sum + amountPence, 0));
        expect(closingBalancePence).toBe(openingBalancePence + chargedPence + adjustedPence + receivedPence + otherPence);
        expect(one.lines.at(-1)?.balancePence ?? openingBalancePence).toBe(closingBalancePence);
        expect(one.lines.map(({ entryDate }) => entryDate)).toEqual(one.lines.map(({ entryDate }) => entryDate).sort());
        before = closingBalancePence;
      }
      const until = plusDays(START, days.at(-1)!);
      expect(before).toBe(ledger.filter(({ entryDate }) => entryDate <= until).reduce((sum, { amountPence }) => sum + amountPence, 0));
    })));
});
