import { PERSONS, type CoreRow } from './core-row.js';

/** Bounds of a household's income, in pounds a week: outside the hard ones it is refused, near them it is asked about. */
export interface IncomeRange {
  readonly softMin: number;
  readonly softMax: number;
  readonly hardMin: number;
  readonly hardMax: number;
}
const range = (softMin: number, softMax: number, hardMin: number, hardMax: number): IncomeRange => ({ softMin, softMax, hardMin, hardMax });

/** By working situation. */
const ranges: Readonly<Record<string, IncomeRange>> = {
  0: range(50, 580, 10, 1040),
  1: range(143, 730, 90, 1230),
  2: range(67, 620, 50, 950),
  3: range(80, 480, 40, 990),
  4: range(50, 370, 10, 450),
  5: range(50, 380, 10, 1000),
  6: range(53, 540, 10, 890),
  7: range(47, 460, 10, 1300),
  8: range(54, 460, 10, 2000),
  9: range(50, 450, 10, 750),
  10: range(47, 730, 10, 2000),
};

/** The bounds of all members of the household together; undefined while the lead tenant's situation is not known. */
export function incomeRange(row: CoreRow): IncomeRange | undefined {
  const lead = ranges[row.text(47)];
  if (!lead) return undefined;
  const others = PERSONS.filter((first) => row.hasPerson(first)).map((first) => {
    const child = (row.whole(first) ?? 16) < 16;
    return ranges[row.text(first + 5)] ?? ranges[child ? '9' : '10']!;
  });
  return [lead, ...others].reduce((sum, one) => range(sum.softMin + one.softMin, sum.softMax + one.softMax, sum.hardMin + one.hardMin, sum.hardMax + one.hardMax));
}

/** Times a year that income comes, by field 136. */
const TIMES: Readonly<Record<string, number>> = { 1: 52, 2: 12, 3: 1 };

/** Income in whole pounds a week, of the amount to the nearest pound; undefined where it is not known. */
export function weeklyIncome(row: CoreRow): number | undefined {
  const [pence, times] = [row.pence(137), TIMES[row.text(136)]];
  if (pence === undefined || times === undefined) return undefined;
  return Math.round((Math.round(pence / 100) * times) / 52);
}

/** Most that may be charged a week for service, personal service and support, in pence. */
export const chargeMaxima: Readonly<Record<'la' | 'prp', Readonly<Record<number, number>>>> = {
  prp: { 143: 80_000, 144: 70_000, 145: 80_000 },
  la: { 143: 50_000, 144: 20_000, 145: 20_000 },
};
/** What is asked about above, in pence a week: supported housing and general needs. */
export const chargesAskedAbove = {
  prp: { supported: { 143: 20_000, 144: 10_000, 145: 8_500 }, general: { 143: 3_500, 144: 3_500, 145: 3_500 } },
  la: { supported: { 143: 10_000, 144: 7_500, 145: 7_500 }, general: { 143: 2_500, 144: 2_500, 145: 2_500 } },
} as const;
