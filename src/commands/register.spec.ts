import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RegisterEntry } from '../kernel/entity.js';
import {
  applyToRegister,
  certainEntries,
  claimStands,
  emptyRegister,
  possibleEntries,
  sameEntries,
  type Register,
  type RegisterClaimed,
} from './register.js';

const bed = (key: string, weight = 1): RegisterEntry => ({ register: 'beds', owner: 'house', kind: 'bed', key, weight });
const claim = (commandId: string, target: string, base: number, held: string[], wanted: string[]): RegisterClaimed => ({
  type: 'RegisterClaimed',
  claimId: commandId,
  commandId,
  target,
  base,
  held: held.map((key) => bed(key)),
  wanted: wanted.map((key) => bed(key)),
});
const keys = (entries: RegisterEntry[]): string[] => entries.map(({ key }) => key).sort();

describe('a register', () => {
  it('counts what a target holds and what it has claimed until that is settled', () => {
    const moved = applyToRegister(emptyRegister, claim('c1', 'p1', 3, ['a'], ['b']));
    expect(keys(possibleEntries(moved))).toEqual(['a', 'b']);
    expect(certainEntries(moved)).toEqual([]);
    const done = applyToRegister(moved, { type: 'RegisterSettled', target: 'p1', revision: 4, entries: [bed('b')] });
    expect(keys(possibleEntries(done))).toEqual(['b']);
    expect(keys(certainEntries(done))).toEqual(['b']);
  });

  it('ignores a claim decided at a revision that was overtaken', () => {
    const known = applyToRegister(emptyRegister, { type: 'RegisterSettled', target: 'p1', revision: 5, entries: [bed('a')] });
    const late = claim('c1', 'p1', 4, [], ['b']);
    const after = applyToRegister(known, late);
    expect(claimStands(after, late)).toBe(false);
    expect(keys(possibleEntries(after))).toEqual(['a']);
  });

  it('ignores a settlement older than what it knows, as a process that died would send it', () => {
    const known = applyToRegister(emptyRegister, { type: 'RegisterSettled', target: 'p1', revision: 5, entries: [bed('a')] });
    expect(applyToRegister(known, { type: 'RegisterSettled', target: 'p1', revision: 4, entries: [] })).toBe(known);
  });

  it('takes a capacity that may have been lowered as low', () => {
    const room: RegisterClaimed = { ...claim('c1', 'r1', 0, [], []), held: [bed('7', 3)], wanted: [bed('7', 2)] };
    expect(possibleEntries(applyToRegister(emptyRegister, room))).toEqual([expect.objectContaining({ key: '7', weight: 2 })]);
  });

  it('knows the same entries in another order', () => {
    expect(sameEntries([bed('a'), bed('b')], [bed('b'), bed('a')])).toBe(true);
    expect(sameEntries([bed('a')], [bed('b')])).toBe(false);
  });

  it('never hides what a target truly holds, whatever is claimed, recorded, abandoned or told late', () => {
    const step = fc.record({
      target: fc.constantFrom('p1', 'p2', 'p3'),
      wanted: fc.subarray(['a', 'b', 'c']),
      outcome: fc.constantFrom('recorded', 'abandoned', 'crashed-before', 'crashed-after'),
      tellLate: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const truth = new Map<string, { revision: number; held: string[] }>();
        const lateNews: (() => void)[] = [];
        let register: Register = emptyRegister;
        const tell = (target: string) => {
          const { revision, held } = truth.get(target)!;
          return () => {
            register = applyToRegister(register, { type: 'RegisterSettled', target, revision, entries: held.map((key) => bed(key)) });
          };
        };
        steps.forEach(({ target, wanted, outcome, tellLate }, index) => {
          const now = truth.get(target) ?? { revision: -1, held: [] };
          const mine = claim(`c${index}`, target, now.revision, now.held, wanted);
          register = applyToRegister(register, mine);
          expect(claimStands(register, mine)).toBe(true);
          if (outcome === 'recorded' || outcome === 'crashed-after') truth.set(target, { revision: now.revision + 1, held: wanted });
          if (outcome === 'abandoned') truth.set(target, { revision: now.revision + 1, held: now.held });
          if (outcome === 'recorded' || outcome === 'abandoned') {
            if (tellLate) lateNews.push(tell(target));
            else tell(target)();
          }
          for (const [each, { held }] of truth) {
            const possible = keys(possibleEntries(register).filter((entry) => entry.target === each));
            expect(possible).toEqual(expect.arrayContaining(held));
          }
        });
        lateNews.forEach((news) => news());
        // Recovery abandons what never answered, which moves the target on, and then says what it holds.
        for (const [target, { revision, held }] of truth) {
          truth.set(target, { revision: revision + 1, held });
          tell(target)();
        }
        for (const [each, { held }] of truth) {
          expect(keys(possibleEntries(register).filter((entry) => entry.target === each))).toEqual([...held].sort());
        }
      }),
    );
  });
});
