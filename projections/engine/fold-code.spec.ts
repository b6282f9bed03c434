import { beforeAll, describe, expect, it } from '@jest/globals';
import { transformFile } from '@swc/core';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { foldCode } from '../../scripts/fold-code.mjs';
import { entities } from '../../src/domain/index.js';
import { Catalogue } from '../../src/kernel/catalogue.js';
import { handWritten } from '../index.js';
import { projectionsOf } from './derived-tables.js';
import { allCodeOf, type FoldCode } from './fold-code.js';

const root = join(import.meta.dirname, '..', '..');
const catalogue = new Catalogue(entities);

/** The product's own modules, compiled as its build does. */
async function compiled(): Promise<Map<string, string>> {
  const sources = ['src/domain', 'src/kernel', 'src/privacy', 'src/audit', 'projections'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`).filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts')),
  );
  return new Map(await Promise.all(sources.map(async (file) => [file.replace(/\.ts$/, '.js'), (await transformFile(join(root, file))).code] as const)));
}

/** Names of the projections whose tables other code would have made otherwise. */
function rebuilt(before: FoldCode, after: FoldCode): string[] {
  const was = new Map(projectionsOf(catalogue, handWritten(catalogue), before).map(({ name, hash }) => [name, hash]));
  return projectionsOf(catalogue, handWritten(catalogue), after).filter(({ name, hash }) => was.get(name) !== hash).map(({ name }) => name).sort();
}

describe('the code that read tables are made by', () => {
  let modules: Map<string, string>;
  let before: FoldCode;
  beforeAll(async () => {
    modules = await compiled();
    before = await foldCode(modules);
  });

  async function afterChange(file: string, from: string, to: string): Promise<string[]> {
    const text = modules.get(file)!;
    expect(text).toContain(from);
    return rebuilt(before, await foldCode(new Map(modules).set(file, text.replace(from, () => to))));
  }

  it('is found for every event and every projection written by hand', () => {
    expect(Object.keys(before.events).sort()).toEqual(catalogue.events.map(({ type }) => type).sort());
    expect(Object.keys(before.projections).sort()).toEqual(handWritten(catalogue).map(({ name }) => name).sort());
  });

  it('holds what an event calls in other files, and no table that is not made by it', async () => {
    const ofRentAccounts = ['audit_trail', 'deadlines', 'financial-postings', 'rent_accounts'];
    expect(await afterChange('src/domain/money/rent-account/allocation.js', 'unallocatedPence > 0', 'unallocatedPence > 1')).toEqual(ofRentAccounts);
  });

  it('holds what a projection written by hand calls', async () => {
    expect(await afterChange('src/domain/money/import-batch/row-problems.js', 'export function sentenceOfRow(code) {', 'export function sentenceOfRow(code) { if (code === undefined) return code;')).toEqual(['import-rows']);
  });

  it('holds how a state becomes a row, of every entity', async () => {
    const all = catalogue.entities.map(({ table }) => table).sort();
    expect(await afterChange('projections/engine/rows.js', "cells['_keys'] = ", "cells['_key'] = ")).toEqual(all);
  });

  it.each([
    ['a comment', 'src/domain/money/rent-account/allocation.js', 'import ', '/** Of money. */ import '],
    ['a command beside the events', 'src/domain/safeguarding/incident/incident-commands.js', 'decide(', 'decide(_one, '],
    ['what a field is called in the documentation', 'src/domain/safeguarding/incident/incident.js', "doc: '", "doc: 'Of old: "],
    ['a view', 'projections/money/arrears.js', 'select ', 'select  '],
  ])('does not hold %s', async (_what, file, from, to) => {
    expect(await afterChange(file, from, to)).toEqual([]);
  });
});

describe('a build that does not say what is reached', () => {
  it('has all tables made anew with any other code', () => {
    const dist = mkdtempSync(join(tmpdir(), 'yuthub-build-'));
    for (const folder of ['src/audit', 'src/domain', 'src/kernel', 'src/privacy', 'projections']) mkdirSync(join(dist, folder), { recursive: true });
    const codeWith = (text: string): FoldCode => {
      writeFileSync(join(dist, 'src/domain/allocation.js'), text);
      return allCodeOf(dist);
    };
    const [one, same, other] = [codeWith('export const least = 0;'), codeWith('export const least = 0;'), codeWith('export const least = 1;')];
    rmSync(dist, { recursive: true });
    expect(rebuilt(one, same)).toEqual([]);
    expect(rebuilt(one, other)).toEqual(projectionsOf(catalogue, handWritten(catalogue)).map(({ name }) => name).sort());
  });
});

describe('reaching code by its names', () => {
  const event = (apply: string, imports: string) => `
    import { EventOf } from '../kernel/event.js';
    ${imports}
    export class Kept extends DomainEvent { apply(state) { ${apply} } }
    Kept = _ts_decorate([EventOf(Thing, 'Kept', 2, { doc: 'Kept.', upcasters: { 1: older } })], Kept);`;
  const hashOf = async (others: Readonly<Record<string, string>>, apply = 'state.total = sum(state.parts);', imports = "import { sum } from './sums.js';"): Promise<string> =>
    (await foldCode(new Map([['src/kept.js', event(apply, imports)], ...Object.entries(others)]))).events['Kept']!;
  const SUMS = 'export const sum = (parts) => parts.reduce(plus, ZERO); const ZERO = 0; function plus(a, b) { return a + b; } export const other = 1;';

  it.each([
    ['in another file', SUMS.replace('ZERO)', '1)')],
    ['further on', SUMS.replace('a + b', 'a - b')],
    ['in a constant', SUMS.replace('ZERO = 0', 'ZERO = 10')],
  ])('notices a change %s', async (_where, changed) => {
    expect(await hashOf({ 'src/sums.js': changed })).not.toBe(await hashOf({ 'src/sums.js': SUMS }));
  });

  it('notices it behind an export of another file, under another name, and in all of a namespace', async () => {
    const through = { 'src/sums.js': "export { total as sum } from './totals.js';" };
    const total = (start: number) => ({ ...through, 'src/totals.js': `export function total(parts) { return parts.length + ${start}; }` });
    expect(await hashOf(total(0))).not.toBe(await hashOf(total(1)));
    const all = (text: string) => hashOf({ 'src/sums.js': text }, 'state.total = sums.sum(state.parts);', "import * as sums from './sums.js';");
    expect(await all(SUMS)).not.toBe(await all(SUMS.replace('a + b', 'a - b')));
    const star = (start: number) => ({ 'src/sums.js': "export * from './totals.js';", 'src/totals.js': `export const sum = () => ${start};` });
    expect(await hashOf(star(0))).not.toBe(await hashOf(star(1)));
  });

  it('notices another way of reading an old version', async () => {
    const reading = (to: number) => hashOf({ 'src/sums.js': SUMS }, undefined, `import { sum } from './sums.js'; const older = (data) => ({ ...data, parts: [${to}] });`);
    expect(await reading(1)).not.toBe(await reading(2));
  });

  it('minds neither what is not called, nor where code stands', async () => {
    expect(await hashOf({ 'src/sums.js': SUMS.replace('other = 1', 'other = 2') })).toBe(await hashOf({ 'src/sums.js': SUMS }));
    const moved = await hashOf({ 'src/far/sums.js': `// moved\n\n${SUMS}` }, undefined, "import { sum } from './far/sums.js';");
    expect(moved).toBe(await hashOf({ 'src/sums.js': SUMS }));
  });
});
