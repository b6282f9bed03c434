import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bandOf, bandsBelow, highestOf, isGrave, scoreOf, type Band } from './risk-score.js';

const one = fc.integer({ min: 1, max: 5 });

describe('a score', () => {
  it('RSK-1: is likelihood times impact, in the band that the page says, for all twenty-five', () => {
    const bands: Record<Band, number[]> = { low: [1, 2, 3, 4], medium: [5, 6, 8, 9], high: [10, 12, 15], critical: [16, 20, 25] };
    for (let likelihood = 1; likelihood <= 5; likelihood++) {
      for (let impact = 1; impact <= 5; impact++) {
        const score = scoreOf(likelihood, impact);
        expect(score).toBe(likelihood * impact);
        expect(bands[bandOf(score)]).toContain(score);
      }
    }
    expect(bandOf(0)).toBe('low');
  });
  it('RSK-1: of several domains is the highest, whatever their order and however many are lower', () => {
    const domains = fc.array(fc.tuple(one, one), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(domains, (rated) => {
        const scores = rated.map(([likelihood, impact]) => scoreOf(likelihood, impact));
        const highest = highestOf(scores);
        expect(scores).toContain(highest);
        expect(scores.every((score) => score <= highest)).toBe(true);
        expect(highestOf([...scores].reverse())).toBe(highest);
        expect(highestOf([...scores, 1])).toBe(highest);
      }),
    );
    expect(highestOf([])).toBe(0);
  });
  it('is one band or more below another', () => {
    expect(bandsBelow('medium', 'critical')).toBe(2);
    expect(bandsBelow('low', 'critical')).toBe(3);
    expect(bandsBelow('medium', 'high')).toBe(1);
    expect(bandsBelow('critical', 'low')).toBe(-3);
    expect((['low', 'medium', 'high', 'critical'] as const).map(isGrave)).toEqual([false, false, true, true]);
  });
});
