import { describe, expect, it } from '@jest/globals';
import type { RegisterEntry } from '../kernel/entity.js';
import { inForceOn, INTAKE_ASSESSMENT, RISK_ASSESSMENT } from './assessments-in-force.js';

const entry = (kind: string, key: string, from: string): RegisterEntry => ({ register: 'resident', owner: 'sam', kind, key, from });

describe('an assessment in force', () => {
  it('counts from its own day to the last day of its age, over a leap day too', () => {
    const intake = [entry(INTAKE_ASSESSMENT, 'a', '2028-01-31')];
    const on = (day: string) => inForceOn(intake, INTAKE_ASSESSMENT, day, 30)?.key;
    expect(['2028-01-30', '2028-01-31', '2028-02-29', '2028-03-01', '2028-03-02'].map(on)).toEqual([undefined, 'a', 'a', 'a', undefined]);
  });
  it('is the latest of its kind', () => {
    const held = [entry(RISK_ASSESSMENT, 'a', '2026-08-01'), entry(RISK_ASSESSMENT, 'b', '2026-08-13'), entry(INTAKE_ASSESSMENT, 'c', '2026-08-14')];
    expect(inForceOn(held, RISK_ASSESSMENT, '2026-09-02', 28)?.key).toBe('b');
    expect(inForceOn(held, RISK_ASSESSMENT, '2026-08-12', 28)?.key).toBe('a');
    expect(inForceOn([], RISK_ASSESSMENT, '2026-08-12', 28)).toBeUndefined();
  });
});
