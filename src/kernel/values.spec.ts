import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import * as values from './values.js';

const day = fc.integer({ min: 0, max: 60_000 }).map((n) => values.plusDays('1970-01-01', n));

describe('civil dates', () => {
  it('exist or are refused', () => {
    for (const good of ['2028-02-29', '1900-01-01', '2199-12-31']) expect(values.isCivilDate(good)).toBe(true);
    for (const bad of ['2027-02-29', '2026-04-31', '9999-01-01', '2026-1-1', '', '2026-09-02T00:00:00Z', 20260902, null]) {
      expect(values.isCivilDate(bad)).toBe(false);
    }
  });

  it('count nights so that adding them gives the date again', () =>
    fc.assert(fc.property(day, day, (a, b) => values.plusDays(a, values.daysBetween(a, b)) === b)));

  it('have their Monday on or up to six days before them', () =>
    fc.assert(
      fc.property(day, (date) => {
        const monday = values.mondayOf(date);
        const since = values.daysBetween(monday, date);
        expect(new Date(`${monday}T00:00:00Z`).getUTCDay()).toBe(1);
        expect(since >= 0 && since < 7).toBe(true);
      }),
    ));

  it('follow London: the same instant is another date in summer', () => {
    expect(values.londonDate('2026-07-01T23:30:00Z')).toBe('2026-07-02');
    expect(values.londonDate('2026-12-01T23:30:00Z')).toBe('2026-12-01');
    expect(values.startOfLondonDay('2026-10-25')).toBe('2026-10-24T23:00:00.000Z');
    expect(values.startOfLondonDay('2026-10-26')).toBe('2026-10-26T00:00:00.000Z');
  });

  it('tell an age, a leap-day birthday counting from 1 March', () => {
    expect(values.ageOn('2008-02-29', '2026-02-28')).toBe(17);
    expect(values.ageOn('2008-02-29', '2026-03-01')).toBe(18);
    expect(values.ageOn('2008-09-02', '2026-09-02')).toBe(18);
  });
});

describe('instants', () => {
  it('are UTC and exist', () => {
    for (const good of ['2026-09-02T08:00:00Z', '2026-09-02T08:00Z', '2026-09-02T08:00:00.123Z']) {
      expect(values.isInstant(good)).toBe(true);
    }
    for (const bad of ['2026-09-02', '2026-09-02T24:00:00Z', '2026-02-30T08:00:00Z', '2026-09-02T08:00:00+01:00', 1]) {
      expect(values.isInstant(bad)).toBe(false);
    }
  });
});

describe('ids', () => {
  it('made of the same parts are the same, and of others are not', () =>
    fc.assert(
      fc.property(fc.uuid(), fc.string(), (a, b) => {
        expect(values.isUuid(values.uuidOf(a, b))).toBe(true);
        expect(values.uuidOf(a, b)).toBe(values.uuidOf(a, b));
        expect(values.uuidOf(a, b)).not.toBe(values.uuidOf(a, `${b}.`));
      }),
    ));

  it('are never nil, upper case or malformed', () => {
    for (const bad of ['00000000-0000-0000-0000-000000000000', 'x', '6BA7B810-9DAD-41D1-80B4-00C04FD430C8']) {
      expect(values.isUuid(bad)).toBe(false);
    }
  });
});

describe('text', () => {
  it('is clean without control characters, direction overrides and lone surrogates', () => {
    for (const good of ["O'Brien", 'Zoë\nline', 'नमस्ते', '👩‍👧', '__proto__']) expect(values.isCleanText(good)).toBe(true);
    for (const bad of ['a\u0000b', '\u001b[31m', '\u202etxt', '\ud800', '\u0085']) expect(values.isCleanText(bad)).toBe(false);
  });
});

describe('rounding half up', () => {
  it('gives the first part week of the rent', () => {
    expect([18_240, 6_435, 2_150].map((pence) => values.roundHalfUp(pence, 5, 7))).toEqual([13_029, 4_596, 1_536]);
  });
  it('is at most half a penny away, and a half goes up', () =>
    fc.assert(
      fc.property(fc.integer({ min: -10_000_000, max: 10_000_000 }), fc.integer({ min: 0, max: 7 }), (pence, nights) => {
        const difference = values.roundHalfUp(pence, nights, 7) * 7 - pence * nights;
        expect(Math.abs(difference) * 2).toBeLessThanOrEqual(7);
        expect(values.roundHalfUp(1, 1, 2)).toBe(1);
        expect(values.roundHalfUp(-1, 1, 2)).toBe(0);
      }),
    ));
});
