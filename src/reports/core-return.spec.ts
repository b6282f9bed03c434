import { describe, expect, it } from '@jest/globals';
import { coreRow } from '../../test/support/core-rows.js';
import { ERASED_TEXT } from '../kernel/privacy.js';
import { Refusal } from '../kernel/rules.js';
import { parseCoreFile } from './core-lettings-file.js';
import { coreReturn, type CoreLogRow } from './core-return.js';

const log = (number: number, changes: Readonly<Record<number, string>> = {}): CoreLogRow =>
  ({ ...coreRow({ 13: `RES00000${number}`, ...changes }), id: `log ${number}`, streamRevision: number, reference: `CORE-2026-000${number}` });
const refusalOf = (work: () => unknown): string => {
  try {
    work();
    return 'accepted';
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return `${error.code} ${error.sentence}`;
  }
};

describe('the file of a year', () => {
  it('has a line for each log, and says which one', () => {
    const { file, logs } = coreReturn(2026, [log(1), log(2)], []);
    expect(logs).toEqual([{ id: 'log 1', revision: 1, line: 9 }, { id: 'log 2', revision: 2, line: 10 }]);
    expect(parseCoreFile(file.text).rows.map(({ field13 }) => field13)).toEqual(['RES000001', 'RES000002']);
  });

  it('CORE-26: has no letting twice, nor one that was taken already', () => {
    expect(coreReturn(2026, [log(1), log(2)], [log(3)]).logs).toHaveLength(2);
    const again = log(2, { 13: 'RES000001', 113: '18' });
    expect(refusalOf(() => coreReturn(2026, [log(1), again], []))).toMatch(/^CORE-26 CORE-2026-0001 and CORE-2026-0002 are the same letting/);
    expect(refusalOf(() => coreReturn(2026, [again], [log(1)]))).toMatch(/^CORE-26/);
    expect(refusalOf(() => coreReturn(2026, [log(1), log(2, { 13: 'RES000001', 142: '182.41' })], []))).toBe('accepted');
  });

  it('CORE-33: is of a year whose template is known', () => {
    expect(refusalOf(() => coreReturn(2026, [], []))).toBe('accepted');
    for (const year of [2025, 2027]) expect(refusalOf(() => coreReturn(year, [], []))).toMatch(/^CORE-33/);
  });

  it('goes without logs that were erased', () => {
    const erased = { ...log(1), field41: ERASED_TEXT };
    expect(coreReturn(2026, [erased, log(2)], [erased]).logs.map(({ id }) => id)).toEqual(['log 2']);
  });
});
