import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { coreRow } from '../../test/support/core-rows.js';
import type { AnswerForm } from '../domain/tenancy/core-log/answer-form.js';
import { coreFields, isWellFormed, normalised } from '../domain/tenancy/core-log/core-fields.js';
import { NATIONALITIES } from '../domain/tenancy/core-log/core-countries.js';
import { checkUp } from '../domain/tenancy/core-log/check-up.js';
import { nameOf, type CoreValues } from '../domain/tenancy/core-log/core-row.js';
import { coreFile, coreHeader, parseCoreFile } from './core-lettings-file.js';

const about = { year: 2026, today: '2027-03-31', provider: 'prp', rentPeriods: [] } as const;

const infant: Readonly<Record<number, string>> = { 48: '3', 49: '2', 50: 'F', 51: '1', 53: '9' };

/** Lettings that are right, of any kind that supported housing has. */
const lettings: fc.Arbitrary<CoreValues> = fc
  .record({
    day: fc.integer({ min: 0, max: 364 }),
    empty: fc.integer({ min: 0, max: 700 }),
    age: fc.integer({ min: 16, max: 25 }),
    sex: fc.constantFrom('F', 'M', 'R'),
    nationality: fc.constantFrom(...NATIONALITIES),
    work: fc.constantFrom('0', '3', '4', '6', '7', '10'),
    charges: fc.tuple(fc.integer({ min: 1200, max: 30_000 }), fc.nat(78_000), fc.nat(68_000), fc.nat(78_000)),
    period: fc.constantFrom('1', '5', '10'),
    line2: fc.constantFrom('', 'Flat "2", rear', 'Äußere Gasse\u0020', '1 = 1', 'one; two'),
    left: fc.integer({ min: 1, max: 1000 }),
    child: fc.boolean(),
  })
  .map(({ day, empty, age, sex, nationality, work, charges, period, line2, left, child }) => {
    const start = Date.parse('2026-04-01T00:00:00Z') + day * 86_400_000;
    const at = (time: number): string[] => new Date(time).toISOString().slice(2, 10).split('-').map((part) => String(Number(part)));
    const [startYear, startMonth, startDay] = at(start);
    const [voidYear, voidMonth, voidDay] = at(start - empty * 86_400_000);
    const amount = (pence: number): string => (pence / 100).toFixed(2);
    return coreRow({
      8: startDay!, 9: startMonth!, 10: startYear!, 29: voidDay!, 30: voidMonth!, 31: voidYear!, 20: line2.trim(), 41: String(age), 42: sex,
      46: nationality, 47: work, 141: period, 142: amount(charges[0]), 143: amount(charges[1]), 144: amount(charges[2]), 145: amount(charges[3]),
      147: amount(left), ...(child ? infant : {}),
    });
  });

/** Words at their longest, and what file formats stumble over. */
const wordsOf = (max: number): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constantFrom(...['x', 'é', '"', ',', ';', "'", 'ß', '€'].map((one) => one.repeat(max)), '0', '007', '1e3', 'NULL', '"",""', 'a "quoted", word'.slice(0, max)),
    fc.string({ unit: 'grapheme', maxLength: max }),
    fc.string({ unit: fc.constantFrom('"', ',', ' ', 'a', 'é', '=', '|', '\\'), maxLength: max }),
  );
/** What a field can hold: the ends of its range, each of its codes, texts of its shape. */
function answersOf(form: AnswerForm): fc.Arbitrary<string> {
  switch (form.kind) {
    case 'codes':
      return fc.constantFrom(...form.codes);
    case 'whole':
      return fc.constantFrom(String(form.min), String(form.max), ...form.also);
    case 'money':
      return fc.constantFrom('0', '0.0', '0.01', '9.9', '1234.50', '99999', '99999.99');
    default:
      return form.values.startsWith('Text') || !form.pattern ? wordsOf(form.max) : fc.stringMatching(form.pattern);
  }
}
/** Answers as they are kept, of any fields. */
const anyAnswers: fc.Arbitrary<CoreValues> = fc
  .record(Object.fromEntries(coreFields.map(({ number, form }) => [nameOf(number), fc.option(answersOf(form), { nil: undefined, freq: 4 })])))
  .map((answers) => {
    const kept = coreFields.flatMap((field) => {
      const text = normalised(field.number, answers[nameOf(field.number)] ?? '');
      return text !== undefined && isWellFormed(field, text) ? [[nameOf(field.number), text] as const] : [];
    });
    return Object.fromEntries(kept) as CoreValues;
  })
  .filter((values) => Object.keys(values).length > 0);

describe('the bulk-upload file of the lettings return', () => {
  it('has eight rows of header, 148 columns, a byte order mark and lines that end in CR and LF', () => {
    const { text, lines } = coreFile([coreRow(), coreRow({ 13: 'RES000002' })]);
    expect(text.startsWith('\ufeffSection,Setting up this lettings log,')).toBe(true);
    expect(text.endsWith('\r\n')).toBe(true);
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(text.trimEnd().split('\r\n')).toHaveLength(10);
    expect(lines).toEqual([9, 10]);
    expect(coreHeader.map(([label]) => label)).toEqual([
      'Section', 'Question', 'Additional info', 'Values', 'Can be empty?', 'Type of letting the question applies to', 'Duplicate check field?', 'Field number',
    ]);
    for (const row of coreHeader) expect(row).toHaveLength(148);
  });

  it('has the 147 fields in their order', () => {
    expect(coreFields.map(({ number }) => number)).toEqual(Array.from({ length: 147 }, (_, index) => index + 1));
    expect(coreHeader.at(-1)).toEqual(['Field number', ...coreFields.map(({ number }) => String(number))]);
  });

  it('writes the letting of the journeys cell by cell', () => {
    const [cells] = coreFile([coreRow()]).text.trimEnd().split('\r\n').slice(8);
    const row = cells!.split(',');
    expect(row).toHaveLength(148);
    expect(row[0]).toBe('');
    for (const { number } of coreFields) expect(`${number}: ${row[number]}`).toBe(`${number}: ${coreRow()[nameOf(number)] ?? ''}`);
  });

  it('is read back as it was written, and every such letting is right', () => {
    fc.assert(
      fc.property(fc.array(lettings, { minLength: 1, maxLength: 20 }), (rows) => {
        for (const row of rows) expect(checkUp(row, about).hard).toEqual([]);
        const file = coreFile(rows);
        expect(parseCoreFile(file.text)).toEqual({ rows, lines: file.lines });
        expect(coreFile(parseCoreFile(file.text).rows).sha).toBe(file.sha);
      }),
      { numRuns: 60 },
    );
  });

  it('is read back from its bytes to the same answers, whatever each field can hold at most', () => {
    fc.assert(
      fc.property(fc.array(anyAnswers, { minLength: 1, maxLength: 5 }), (rows) => {
        const { text, lines } = coreFile(rows);
        expect(text.split('\r\n')).toHaveLength(coreHeader.length + rows.length + 1);
        expect(lines).toEqual(rows.map((_, index) => coreHeader.length + index + 1));
        expect(parseCoreFile(new TextDecoder().decode(Buffer.from(text, 'utf8')))).toEqual({ rows, lines });
      }),
      { numRuns: 100 },
    );
  });

  it('has no answer that begins as a formula does, or that would be two lines', () => {
    const free = coreFields.filter(({ form }) => form.kind === 'text' && form.values.startsWith('Text'));
    expect(free.length).toBeGreaterThanOrEqual(14);
    for (const field of free) {
      for (const text of ['=1+1', '+44 20', '-1', '@sum', '\t=1', '＝1', '＋1', '－1', '＠a', 'two\nlines', 'two\r\nlines', 'a\u0000b', 'a\u2028b', 'a\tb']) {
        expect([field.number, text, isWellFormed(field, text)]).toEqual([field.number, text, false]);
      }
      for (const text of ['a = b', 'O’Neil-Źdźbło, "Flat 2"', 'ⵣ', '𝒳', ' a'.trim()]) expect([field.number, text, isWellFormed(field, text)]).toEqual([field.number, text, true]);
    }
  });

  it('refuses every single answer that leaves its codes, whatever the letting', () => {
    const coded = coreFields.filter(({ form }) => form.kind === 'codes');
    fc.assert(
      fc.property(lettings, fc.constantFrom(...coded), fc.constantFrom('x', '77', '-1', '1.0'), (row, { number }, text) =>
        checkUp({ ...row, [nameOf(number)]: text }, about).hard.some(({ code, field }) => code === 'CORE-1' && field === number)),
      { numRuns: 300 },
    );
  });

  it('is read with columns in another order, other line ends, and none of the blank rows', () => {
    const turned = (cells: readonly string[]): string => [cells[0], ...cells.slice(1).toReversed()].map((cell) => `"${cell!.replaceAll('"', '""')}"`).join(',');
    const row = ['', ...coreFields.map(({ number }) => coreRow()[nameOf(number)] ?? '')];
    const text = [...coreHeader, row, Array<string>(148).fill('')].map(turned).join('\n');
    expect(parseCoreFile(text)).toEqual({ rows: [coreRow()], lines: [9] });
    expect(parseCoreFile(coreFile([coreRow()]).text.replaceAll('\r\n', '\r'))).toEqual({ rows: [coreRow()], lines: [9] });
  });

  it('has each row on the line on which it begins, after headers of several lines and blank ones', () => {
    const wide = coreHeader.map((cells, index) => (index === 1 ? cells.map((cell, at) => (at === 94 ? 'Disabled access needs\n\na) Fully wheelchair-accessible housing' : cell)) : cells));
    const text = [...wide, ...[coreRow(), coreRow({ 13: 'B', 39: 'two\nlines' }), coreRow({ 13: 'C' })].map((row) => ['', ...coreFields.map(({ number }) => row[nameOf(number)] ?? '')])]
      .map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','));
    text.splice(9, 0, '');
    expect(parseCoreFile(text.join('\r\n'))).toMatchObject({ lines: [11, 13, 15] });
  });

  it('says what is wrong with a file that is none', () => {
    expect(parseCoreFile('a,b\n1,2\n').problem).toContain('Field number');
    expect(parseCoreFile('Field number,1,2\n,a,b\n').problem).toContain('147');
    expect(parseCoreFile('"broken').problem).toBe('The file is no CSV.');
  });
});
