import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { instantText, plusMinutes } from '../kernel/values.js';
import { afterQuiet, isQuiet } from './quiet-hours.js';

const night = { from: '21:00', to: '08:00' };

describe('quiet hours', () => {
  it('NOT-7: last over midnight, by the clocks of London', () => {
    expect(['2026-09-02T19:59:59.999Z', '2026-09-02T20:00:00.000Z', '2026-09-03T06:59:59.999Z', '2026-09-03T07:00:00.000Z'].map((at) => isQuiet(at, night))).toEqual([false, true, true, false]);
    expect(afterQuiet('2026-09-02T20:00:00.000Z', night)).toBe('2026-09-03T07:00:00.000Z');
    expect(afterQuiet('2026-09-03T01:30:00.000Z', night)).toBe('2026-09-03T07:00:00.000Z');
    expect(afterQuiet('2026-09-03T07:00:00.000Z', night)).toBe('2026-09-03T07:00:00.000Z');
  });

  it('NOT-7: end at the time of day that people have, in the nights in which the clocks change', () => {
    expect(afterQuiet('2026-10-24T20:30:00.000Z', night)).toBe('2026-10-25T08:00:00.000Z');
    expect(afterQuiet('2027-03-27T21:30:00.000Z', night)).toBe('2027-03-28T07:00:00.000Z');
    const small = { from: '01:00', to: '01:30' };
    // 01:10 comes twice that night, and is quiet both times.
    expect(afterQuiet('2026-10-25T00:10:00.000Z', small)).toBe('2026-10-25T00:30:00.000Z');
    expect(afterQuiet('2026-10-25T01:10:00.000Z', small)).toBe('2026-10-25T01:30:00.000Z');
  });

  it('may be within a day, and are none where they end when they begin', () => {
    const noon = { from: '12:00', to: '13:30' };
    expect(afterQuiet('2026-12-01T12:15:00.000Z', noon)).toBe('2026-12-01T13:30:00.000Z');
    expect(afterQuiet('2026-12-01T11:59:00.000Z', noon)).toBe('2026-12-01T11:59:00.000Z');
    expect(isQuiet('2026-12-01T03:00:00.000Z', { from: '09:00', to: '09:00' })).toBe(false);
  });

  it('NOT-7: of any instant and any hours: what is sent afterwards is not sent in them, and waits a day at most', () => {
    const hour = fc.integer({ min: 0, max: 23 }).map((of) => `${String(of).padStart(2, '0')}:00`);
    const instant = fc.integer({ min: Date.parse('2026-01-01T00:00:00Z') / 60_000, max: Date.parse('2029-01-01T00:00:00Z') / 60_000 }).map((minutes) => instantText(minutes * 60_000));
    fc.assert(
      fc.property(instant, hour, hour, (at, from, to) => {
        const after = afterQuiet(at, { from, to });
        expect(isQuiet(after, { from, to })).toBe(false);
        expect(after >= at && after <= plusMinutes(at, 25 * 60)).toBe(true);
        for (let minute = at; minute < after; minute = plusMinutes(minute, 30)) expect(isQuiet(minute, { from, to })).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
