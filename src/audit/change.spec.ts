import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { State } from '../kernel/entity.js';
import type { Field } from '../kernel/fields.js';
import { changesBetween } from './change.js';

const NAMES = ['a', 'b', 'c', 'd', 'e'];
const fields = NAMES.map((name) => ({ name, kind: 'text', privacy: { class: 1 } }) as unknown as Field);
const value = fc.constantFrom<unknown>('x', 'y', 0, null, undefined, ['x']);
const values = fc.dictionary(fc.constantFrom(...NAMES, 'reference', 'undeclared'), value);

describe('what changed between two states', () => {
  it('is every declared field that differs, in the order of their declaration, in whatever order the states were filled', () =>
    fc.assert(
      fc.property(values, values, fc.boolean(), (one, change, copied) => {
        const other: Record<string, unknown> = copied ? { ...one, ...change } : { ...change, ...one, ...change };
        const differs = (name: string): boolean => JSON.stringify(one[name] ?? null) !== JSON.stringify(other[name] ?? null);
        expect(changesBetween(fields, one as unknown as State, other as unknown as State).map(({ field, before, after }) => [field, before, after])).toEqual(
          ['reference', ...NAMES].filter(differs).map((name) => [name, one[name] ?? null, other[name] ?? null]),
        );
      }),
    ));

  it('is everything where there was nothing before', () => {
    expect(changesBetween(fields, undefined, { b: 'x', a: 'y', c: null } as unknown as State).map(({ field }) => field)).toEqual(['a', 'b']);
  });
});
