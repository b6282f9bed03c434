import { describe, expect, it } from '@jest/globals';
import { cashNumbersOf, checkCashNumbers } from './cash-register.js';

const entry = (target: string, key: string) => ({ register: 'cash', owner: '2026', kind: 'number', key, target });

describe('the register of cash', () => {
  it('RNT-8: gives a number to one account, in whichever of its versions', () => {
    checkCashNumbers([entry('one', '1'), entry('one', '1'), entry('two', '2')]);
    expect(() => checkCashNumbers([entry('one', '1'), entry('two', '1')])).toThrow(/^RNT-8/);
  });

  it('has the numbers of receipts of cash alone, by the year', () => {
    expect(cashNumbersOf([{ cashYear: 2026, cashNumber: 7 }, {}, { cashYear: 2027, cashNumber: 1 }])).toEqual([
      { register: 'cash', owner: '2026', kind: 'number', key: '7' },
      { register: 'cash', owner: '2027', kind: 'number', key: '1' },
    ]);
  });
});
