import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RegisterEntry } from '../kernel/entity.js';
import { holdingAfter, possibleEntries, type Holding, type Register, type RegisterEvent } from './register.js';
import { NUMBER, TakenNumbers } from './taken-numbers.js';

const entry = (number: number): RegisterEntry => ({ register: 'cash', owner: '2026', kind: NUMBER, key: String(number) });

/** A register and its numbers, kept side by side as they are where commands claim. */
class Till {
  readonly register = new Map<string, Holding>();
  readonly numbers = TakenNumbers.of(this.register);

  take(event: RegisterEvent): void {
    const [before, after] = [this.register.get(event.target), holdingAfter(this.register, event)];
    if (!after) return;
    this.register.set(event.target, after);
    this.numbers.changed(event.target, before, after);
  }
}

/** The same question, asked of everything that is in the register. */
function lowestFree(register: Register, commandId: string, before?: number): number {
  const taken = new Set<string>();
  for (const { entries, pending } of register.values()) {
    for (const { key } of entries) taken.add(key);
    for (const claim of pending.values()) if (claim.commandId !== commandId) for (const { key } of claim.wanted) taken.add(key);
  }
  if (before !== undefined && !taken.has(String(before))) return before;
  let number = 1;
  while (taken.has(String(number))) number++;
  return number;
}

const some = fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { maxLength: 4 }).map((numbers) => numbers.map(entry));
const target = fc.constantFrom('jordan', 'sam', 'kim');
const id = fc.constantFrom('a', 'b', 'c', 'd');
const revision = fc.nat(4);
const event: fc.Arbitrary<RegisterEvent> = fc.oneof(
  fc.record({ type: fc.constant('RegisterClaimed' as const), claimId: id, commandId: id, target, base: revision, held: some, wanted: some }),
  fc.record({ type: fc.constant('RegisterSettled' as const), target, revision, entries: some }),
  fc.record({ type: fc.constant('RegisterReleased' as const), claimId: id, target }),
);

describe('taken numbers', () => {
  it('are told from what happened as from the whole register, whatever is claimed, settled, given back or told late', () => {
    fc.assert(fc.property(fc.array(event, { maxLength: 25 }), id, fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }), (events, commandId, before) => {
      const till = new Till();
      for (const one of events) {
        till.take(one);
        expect(till.numbers.next(till.register, commandId, before)).toBe(lowestFree(till.register, commandId, before));
        const all = Array.from({ length: 9 }, (_, at) => entry(at + 1));
        const others = new Set(possibleEntries(till.register).filter((held) => held.target !== 'sam').map((held) => `${held.target} ${held.key}`));
        expect(new Set(till.numbers.amongOthers('sam', all).map((held) => `${held.target} ${held.key}`))).toEqual(others);
        const anew = TakenNumbers.of(till.register);
        expect(anew.next(till.register, commandId, before)).toBe(till.numbers.next(till.register, commandId, before));
      }
    }), { numRuns: 300 });
  });

  it('begin at one and leave no gap', () => {
    const till = new Till();
    expect(till.numbers.next(till.register, 'a')).toBe(1);
    for (const number of [1, 2, 3]) till.take({ type: 'RegisterSettled', target: `account ${number}`, revision: 1, entries: [entry(number)] });
    expect(till.numbers.next(till.register, 'a')).toBe(4);
    till.take({ type: 'RegisterSettled', target: 'account 2', revision: 2, entries: [] });
    expect(till.numbers.next(till.register, 'a')).toBe(2);
  });
});
