import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { londonInstant } from '../../../kernel/days.js';
import { Refusal } from '../../../kernel/rules.js';
import { daysBetween, plusDays } from '../../../kernel/values.js';
import { onDates, recurrenceOf, type Span } from './recurrence.js';

/** Monday 19 October 2026, 10:00 to 11:00 in London. */
const monday: Span = { startTime: '2026-10-19T09:00:00.000Z', endTime: '2026-10-19T10:00:00.000Z' };
const starts = (text: string, span: Span = monday): string[] => onDates(span, recurrenceOf(text, span.startTime, 2).dates).map(({ startTime }) => startTime);
const refused = (text: string, span: Span = monday): string => {
  try {
    return `held: ${starts(text, span).length}`;
  } catch (error) {
    if (error instanceof Refusal) return `${error.code} at ${error.options.field}`;
    throw error;
  }
};
const clock = (instant: string): string => new Date(instant).toLocaleTimeString('en-GB', { timeZone: 'Europe/London' });

describe('a recurrence', () => {
  it('CAL-3: keeps its time of day over the change of the clocks', () => {
    expect(starts('FREQ=WEEKLY;COUNT=3')).toEqual(['2026-10-19T09:00:00.000Z', '2026-10-26T10:00:00.000Z', '2026-11-02T10:00:00.000Z']);
    const night = { startTime: '2027-03-26T22:00:00.000Z', endTime: '2027-03-27T06:00:00.000Z' };
    const spans = onDates(night, recurrenceOf('FREQ=DAILY;COUNT=3', night.startTime, 2).dates);
    expect(spans.map(({ startTime, endTime }) => [clock(startTime), clock(endTime)])).toEqual(Array.from({ length: 3 }, () => ['22:00:00', '06:00:00']));
    expect(spans[1]).toEqual({ startTime: '2027-03-27T22:00:00.000Z', endTime: '2027-03-28T05:00:00.000Z' });
  });

  it('ends by COUNT or UNTIL, the last day included', () => {
    const three = starts('FREQ=WEEKLY;COUNT=3');
    for (const until of ['20261102T100000Z', '20261102', '20261108T235959Z']) expect(starts(`FREQ=WEEKLY;UNTIL=${until}`)).toEqual(three);
    expect(starts('RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20261102T095959Z')).toEqual(three.slice(0, 2));
    expect(starts('freq=monthly;byday=-1mo;count=2', { startTime: '2026-10-26T10:00:00.000Z', endTime: '2026-10-26T11:00:00.000Z' })).toHaveLength(2);
    // 31 October, 31 December: months without the day are passed over.
    expect(starts('FREQ=MONTHLY;COUNT=2', { startTime: '2026-10-31T10:00:00.000Z', endTime: '2026-10-31T11:00:00.000Z' })).toEqual(['2026-10-31T10:00:00.000Z', '2026-12-31T10:00:00.000Z']);
  });

  it.each([
    '', 'nonsense', 'FREQ=WEEKLY', 'FREQ=FORTNIGHTLY;COUNT=3', 'FREQ=HOURLY;COUNT=3', 'FREQ=WEEKLY;COUNT=0', 'FREQ=WEEKLY;COUNT=-1', 'FREQ=WEEKLY;COUNT=1.5',
    'FREQ=WEEKLY;COUNT=3;UNTIL=20261102T100000Z', 'FREQ=WEEKLY;COUNT=3;COUNT=5', 'FREQ=DAILY;COUNT=3;FOO=BAR', 'FREQ=DAILY;INTERVAL=0;COUNT=3',
    'FREQ=DAILY;COUNT=3;BYHOUR=10', 'FREQ=WEEKLY;BYDAY=XX;COUNT=3', 'FREQ=WEEKLY;UNTIL=20261102T100000', 'FREQ=WEEKLY;UNTIL=20261301', 'FREQ=WEEKLY;UNTIL=20260230',
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=3', 'FREQ=WEEKLY;COUNT=2\nEXDATE:20261026T100000', 'FREQ=WEEKLY;BYDAY=TU;COUNT=3', 'FREQ=WEEKLY;UNTIL=20260101T000000Z',
    'FREQ=WEEKLY;COUNT=106', 'FREQ=DAILY;COUNT=999999', 'FREQ=YEARLY;COUNT=4', 'FREQ=WEEKLY;COUNT=',
  ])('CAL-2: refuses %j', (text) => {
    expect(refused(text)).toBe('CAL-2 at rrule');
  });

  it('CAL-2: goes two years ahead and no further', () => {
    expect(refused('FREQ=WEEKLY;COUNT=105')).toBe('held: 105');
    expect(refused('FREQ=DAILY;COUNT=732')).toBe('held: 732');
    expect(refused('FREQ=DAILY;COUNT=733')).toBe('CAL-2 at rrule');
    expect(refused('FREQ=YEARLY;COUNT=3')).toBe('held: 3');
    const leap = { startTime: '2028-02-29T10:00:00.000Z', endTime: '2028-02-29T11:00:00.000Z' };
    expect(refused('FREQ=YEARLY;COUNT=1', leap)).toBe('held: 1');
    expect(refused('FREQ=YEARLY;COUNT=2', leap)).toBe('CAL-2 at rrule');
  });

  it('CAL-3: ends after it begins also in the night in which the clocks go forward', () => {
    const nights = { startTime: '2027-03-21T01:30:00.000Z', endTime: '2027-03-21T02:00:00.000Z' };
    expect(onDates(nights, ['2027-03-28', '2027-04-04'])).toEqual([
      { startTime: '2027-03-28T01:30:00.000Z', endTime: '2027-03-28T02:00:00.000Z' },
      { startTime: '2027-04-04T00:30:00.000Z', endTime: '2027-04-04T01:00:00.000Z' },
    ]);
  });

  it('CAL-3: every occurrence begins and ends at the same times of day, in order, as many as were asked for', () => {
    const series = fc.record({
      day: fc.integer({ min: 0, max: 700 }).map((days) => plusDays('2026-06-01', days)),
      // Not in the hour that is missing once a year: there is no such time to keep.
      minute: fc.integer({ min: 2 * 60, max: 24 * 60 - 1 }),
      minutes: fc.integer({ min: 1, max: 12 * 60 }),
      freq: fc.constantFrom('DAILY', 'WEEKLY'),
      interval: fc.integer({ min: 1, max: 3 }),
      count: fc.integer({ min: 1, max: 30 }),
    });
    fc.assert(
      fc.property(series, ({ day, minute, minutes, freq, interval, count }) => {
        const two = (n: number): string => String(n).padStart(2, '0');
        const time = (at: number): string => `${two(Math.floor((at % 1440) / 60))}:${two(at % 60)}`;
        const endMinute = minute + minutes;
        const endsInGap = endMinute >= 1440 + 60 && endMinute < 1440 + 120;
        fc.pre(!endsInGap);
        const span = { startTime: londonInstant(day, time(minute)), endTime: londonInstant(plusDays(day, endMinute >= 1440 ? 1 : 0), time(endMinute)) };
        const { dates } = recurrenceOf(`FREQ=${freq};INTERVAL=${interval};COUNT=${count}`, span.startTime, 2);
        const step = interval * (freq === 'DAILY' ? 1 : 7);
        expect(dates).toEqual(Array.from({ length: count }, (_, index) => plusDays(day, index * step)));
        const spans = onDates(span, dates);
        expect(new Set(spans.map(({ startTime }) => clock(startTime)))).toEqual(new Set([`${time(minute)}:00`]));
        expect(new Set(spans.map(({ endTime }) => clock(endTime)))).toEqual(new Set([`${time(endMinute)}:00`]));
        spans.slice(1).forEach(({ startTime }, index) => expect(startTime > spans[index]!.startTime).toBe(true));
        expect(daysBetween(dates[0]!, dates.at(-1)!)).toBe((count - 1) * step);
      }),
      { numRuns: 60 },
    );
  });
});
