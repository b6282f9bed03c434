import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RegisterEntry } from '../../kernel/entity.js';
import { Refusal } from '../../kernel/rules.js';
import { daysBetween, plusDays } from '../../kernel/values.js';
import { checkResident } from './resident-register.js';

const entry = (kind: string, key: string, from: string, to?: string): RegisterEntry =>
  ({ register: 'resident', owner: 'sam', kind, key, from, ...(to ? { to } : {}) });
const ask = (entries: RegisterEntry[], wanted: RegisterEntry[] = entries.slice(-1)): string => {
  try {
    checkResident(entries, entries, { now: '2026-09-02T08:00:00.000Z', held: [], wanted });
    return 'held';
  } catch (refused) {
    if (refused instanceof Refusal) return refused.code;
    throw refused;
  }
};

describe('the register of a resident', () => {
  it('RES-5: has no two placements on one night, and leaving and arriving on one day is none', () => {
    expect(ask([entry('placement', 'a', '2026-09-02', '2026-10-01'), entry('placement', 'b', '2026-10-01')])).toBe('held');
    expect(ask([entry('placement', 'a', '2026-09-02', '2026-10-02'), entry('placement', 'b', '2026-10-01')])).toBe('RES-5');
    expect(ask([entry('placement', 'a', '2026-09-02'), entry('placement', 'b', '2027-01-01')])).toBe('RES-5');
    expect(ask([entry('placement', 'a', '2026-09-02'), entry('placement', 'a', '2026-09-02', '2026-12-01')])).toBe('held');
  });
  it('AGR-2: has no two active agreements on one day', () => {
    expect(ask([entry('agreement', 'a', '2026-09-02', '2026-10-01'), entry('agreement', 'b', '2026-10-01')])).toBe('held');
    expect(ask([entry('agreement', 'a', '2026-09-02'), entry('agreement', 'b', '2026-10-01')])).toBe('AGR-2');
    expect(ask([entry('agreement', 'a', '2026-09-02'), entry('placement', 'b', '2026-10-01')])).toBe('held');
  });
  it('RSK-5: has one risk assessment that no other has taken the place of', () => {
    const risk = (key: string, replaced?: string): RegisterEntry => ({ ...entry('risk_assessment', key, '2026-09-02'), ...(replaced ? { party: replaced } : {}) });
    expect(ask([risk('a')])).toBe('held');
    expect(ask([risk('a'), risk('b')])).toBe('RSK-5');
    expect(ask([risk('a'), risk('b', 'a')])).toBe('held');
    expect(ask([risk('a'), risk('b', 'a'), risk('c', 'a')])).toBe('RSK-5');
    expect(ask([risk('a'), risk('b', 'a'), risk('c', 'b')])).toBe('held');
    // The one before has let go of the register: what would take its place comes too late all the same.
    expect(ask([risk('b', 'a'), risk('c', 'a')])).toBe('RSK-5');
    expect(ask([risk('a'), entry('intake_assessment', 'b', '2026-09-02')])).toBe('held');
  });
  it('has one approved assessment of a type that no other has taken the place of', () => {
    const intake = entry('intake_assessment', 'a', '2026-09-02');
    expect(ask([intake, entry('intake_assessment', 'b', '2026-09-03')])).toBe('STATE');
    expect(ask([intake, { ...entry('intake_assessment', 'b', '2026-09-03'), party: 'a' }])).toBe('held');
    expect(ask([intake, entry('review_assessment', 'b', '2026-09-03')])).toBe('held');
  });
  it('has one live referral of a kind', () => {
    const referral = (party: string, key = 'inbound|housing'): RegisterEntry => ({ register: 'resident', owner: 'sam', kind: 'referral', key, party });
    expect(ask([referral('a'), referral('a')])).toBe('held');
    expect(ask([referral('a'), referral('b', 'outbound|housing'), referral('c', 'outbound|health')])).toBe('held');
    expect(ask([referral('a'), referral('b')])).toBe('DUPLICATE');
  });
  it('RES-10: has no duplicates where it is one, is one of a single record, and nobody moves in under it', () => {
    const merger = (key: string): RegisterEntry => ({ register: 'resident', owner: 'sam', kind: 'merger', key, from: '2026-09-02' });
    const here: RegisterEntry = { register: 'resident', owner: 'sam', kind: 'merged_here', key: 'twin' };
    expect(ask([here, { ...here, key: 'other' }])).toBe('held');
    expect(ask([merger('kim'), entry('placement', 'a', '2020-09-02', '2021-09-02')])).toBe('held');
    expect(ask([here, merger('kim')])).toBe('RES-10');
    expect(ask([merger('kim'), merger('ash')])).toBe('RES-10');
    expect(ask([merger('kim'), entry('placement', 'a', '2026-09-02')])).toBe('RES-10');
  });
  it('lets nobody move in who is being erased, and erases nobody who is just moving in', () => {
    const erasure = entry('erasure', 'sam', '2026-09-02');
    expect(ask([erasure, entry('placement', 'a', '2026-09-01')])).toBe('ERASED');
    expect(ask([entry('placement', 'a', '2026-09-01'), erasure])).toBe('RES-11');
    expect(ask([entry('placement', 'a', '2020-09-01', '2021-09-01'), erasure])).toBe('held');
  });
  it('RES-5: refuses exactly where a night is shared', () => {
    const stay = fc.record({ start: fc.nat(12), nights: fc.integer({ min: 1, max: 6 }), open: fc.boolean() });
    fc.assert(
      fc.property(fc.array(stay, { minLength: 1, maxLength: 4 }), (stays) => {
        const entries = stays.map(({ start, nights, open }, index) => {
          const from = plusDays('2026-09-01', start);
          return entry('placement', `stay ${index}`, from, open ? undefined : plusDays(from, nights));
        });
        const nights = entries.flatMap(({ from, to }) => {
          const count = daysBetween(from!, to ?? '2026-10-01');
          return Array.from({ length: count }, (_, night) => plusDays(from!, night));
        });
        expect(ask(entries)).toBe(new Set(nights).size === nights.length ? 'held' : 'RES-5');
      }),
    );
  });
});
