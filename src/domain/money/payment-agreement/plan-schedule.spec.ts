import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { plusDays } from '../../../kernel/values.js';
import { checkedOn, PlanFrequency, remainingOf, scheduleOf, type Frequency } from './plan-schedule.js';

describe('a plan', () => {
  it('of 193.50 at 6.00 a week from 27 November 2026 has 33 instalments, the last of 1.50 on 9 July 2027', () => {
    const schedule = scheduleOf(19_350, 600, 'weekly', '2026-11-27');
    expect(schedule).toHaveLength(33);
    expect(schedule.at(-1)).toEqual({ dueOn: '2027-07-09', amountPence: 150 });
    expect(schedule[1]).toEqual({ dueOn: '2026-12-04', amountPence: 600 });
  });
  it.each<[Frequency, string, string[]]>([
    ['monthly', '2027-01-31', ['2027-01-31', '2027-02-28', '2027-03-31', '2027-04-30']],
    ['monthly', '2028-01-30', ['2028-01-30', '2028-02-29', '2028-03-30', '2028-04-30']],
    ['fortnightly', '2028-02-18', ['2028-02-18', '2028-03-03', '2028-03-17', '2028-03-31']],
    ['four_weekly', '2026-12-18', ['2026-12-18', '2027-01-15', '2027-02-12', '2027-03-12']],
  ])('%s from %s falls on the days that it should', (frequency, startOn, days) => {
    expect(scheduleOf(400, 100, frequency, startOn).map(({ dueOn }) => dueOn)).toEqual(days);
  });
  it('is looked at when five whole days are over, the day itself included', () => {
    expect(checkedOn({ dueOn: '2026-12-11' })).toBe('2026-12-16');
  });
});

describe('what is left of it (PLN-5)', () => {
  const terms = { agreedOn: '2026-11-23', frequency: 'weekly', arrearsPence: 19_350, currentPence: 2_150, schedule: scheduleOf(19_350, 600, 'weekly', '2026-11-27') } as const;
  const paid = (...on: string[]) => on.map((day) => ({ on: day, amountPence: 2_750 }));

  it('is 187.50, 181.50, 175.50 and 169.50 when it is kept', () => {
    const days = ['2026-11-27', '2026-12-04', '2026-12-11', '2026-12-18'];
    expect(days.map((_, count) => remainingOf(terms, paid(...days.slice(0, count + 1))))).toEqual([18_750, 18_150, 17_550, 16_950]);
  });
  it('is less by what a late payment is more than the current amount of its week', () => {
    expect(remainingOf(terms, paid('2026-11-27', '2026-12-04', '2026-12-15'))).toBe(17_550);
  });
  it('counts a payment in parts as one, and nothing where the current amount is not reached', () => {
    expect(remainingOf(terms, [{ on: '2026-11-27', amountPence: 1_000 }, { on: '2026-11-28', amountPence: 1_750 }])).toBe(18_750);
    expect(remainingOf(terms, [{ on: '2026-11-27', amountPence: 2_150 }])).toBe(19_350);
  });
  it('counts nothing of what is paid for the weeks until its first instalment', () => {
    // Agreed on a Wednesday: the first instalment is three weeks later, and what is current is paid meanwhile.
    const later = { ...terms, agreedOn: '2026-11-04' };
    const current = ['2026-11-06', '2026-11-13', '2026-11-20'].map((on) => ({ on, amountPence: 2_150 }));
    expect(remainingOf(later, [...current, ...paid('2026-11-27')])).toBe(18_750);
    // Whoever pays more counts it; and so does what was paid before it was agreed and is recorded only now.
    expect(remainingOf(later, [{ on: '2026-11-13', amountPence: 2_250 }])).toBe(19_250);
    expect(remainingOf(later, [{ on: '2026-10-01', amountPence: 5_000 }, current[0]!])).toBe(14_350);
  });
  it.each<[Frequency, string, string, string]>([
    ['monthly', '2027-03-02', '2027-02-28', '2027-03-31'],
    ['fortnightly', '2028-02-24', '2028-02-26', '2028-03-10'],
    ['four_weekly', '2027-05-01', '2027-05-02', '2027-05-28'],
  ])('has a time before its first instalment where that is %s', (frequency, agreedOn, on, startOn) => {
    const own = { agreedOn, frequency, arrearsPence: 10_000, currentPence: 7_001, schedule: scheduleOf(10_000, 500, frequency, startOn) };
    expect(remainingOf(own, [{ on, amountPence: 7_001 }, { on: startOn, amountPence: 7_501 }])).toBe(9_500);
  });
  it('counts everything when the stay is over: there is no current amount', () => {
    expect(remainingOf(terms, [{ on: '2027-01-15', amountPence: 2_750 }], '2027-01-11')).toBe(16_600);
    expect(remainingOf(terms, [{ on: '2027-01-15', amountPence: 2_750 }], '2027-01-14')).toBe(18_750);
  });
});

describe('what always holds', () => {
  it('instalments add up to the arrears (PLN-4), in order, none larger than agreed and none empty', () =>
    fc.assert(fc.property(fc.integer({ min: 1, max: 200_000 }), fc.integer({ min: 500, max: 50_000 }), fc.constantFrom(...Object.values(PlanFrequency)), fc.nat(1_500), (arrears, instalment, frequency, days) => {
      const schedule = scheduleOf(arrears, instalment, frequency, plusDays('2026-01-01', days));
      expect(schedule.reduce((sum, { amountPence }) => sum + amountPence, 0)).toBe(arrears);
      for (const { amountPence } of schedule) expect(amountPence > 0 && amountPence <= instalment).toBe(true);
      schedule.slice(1).forEach(({ dueOn }, at) => expect(dueOn > schedule[at]!.dueOn).toBe(true));
    })));
  it('a payment never makes more be left', () => {
    const payment = fc.record({ on: fc.nat(200).map((days) => plusDays('2026-11-01', days)), amountPence: fc.integer({ min: 1, max: 9_000 }) });
    const terms = { agreedOn: '2026-11-11', frequency: 'weekly', arrearsPence: 19_350, currentPence: 2_150, schedule: scheduleOf(19_350, 600, 'weekly', '2026-11-27') } as const;
    fc.assert(fc.property(fc.array(payment, { maxLength: 20 }), payment, (paid, more) => {
      expect(remainingOf(terms, [...paid, more])).toBeLessThanOrEqual(remainingOf(terms, paid));
    }));
  });
});
