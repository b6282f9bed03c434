import { plusDays } from '../../../kernel/values.js';
import { chargeMaxima, chargesAskedAbove, incomeRange, weeklyIncome } from './amounts.js';
import { where, type About, type CoreCheck } from './core-check.js';
import type { CoreRow } from './core-row.js';
import { isBeyondBounds, rentRange } from './rent-range.js';

const RETIRED = 5;
const UNABLE = 8;
const NOT_SAID = 10;
const RETIREMENT = 66;
/** Days after which a void, or repairs, are asked about. */
const LONG_DAYS = 730;

const REASON_GIVEN = new RegExp(
  `\\b(${[
    'decant', 'decanted', 'refugee', 'asylum', 'ukraine', 'ukrainian', 'army', 'military', 'domestic abuse', 'domestic violence', 'da', 'dv',
    'relationship breakdown', 'overcrowding', 'overcrowded', 'too small', 'more space', 'bigger property', 'damp', 'mould', 'fire',
    'repossession', 'death', 'deceased', 'passed away', 'prison', 'hospital',
  ].join('|')})\\b`, 'iu');
const STARTER = /\b(introductory|intro|starter)\b/iu;

const longBefore = (row: CoreRow, field: number): boolean => {
  const [date, start] = [row.day(field), row.day(8)];
  return date !== undefined && start !== undefined && date <= plusDays(start, -LONG_DAYS);
};
const isMale = (row: CoreRow, { sex, sameGender }: { sex: number; sameGender: number }): boolean => row.is(sex, 'M') && row.is(sameGender, 1);

/** Whether nobody in the household is likely to be pregnant, as far as sex and age are told of everyone. */
function nobodyMayBePregnant(row: CoreRow): boolean {
  const household = row.household();
  if (household.some(({ sex, sameGender }) => row.isBlank(sex) || row.isBlank(sameGender))) return false;
  const others = household.filter((one) => !isMale(row, one));
  if (others.length === 0) return true;
  const ages = household.map(({ age }) => row.whole(age));
  if (ages.includes(undefined)) return false;
  return !others.some(({ age }) => row.whole(age)! >= 13 && row.whole(age)! <= 55);
}

function isHighCharge(row: CoreRow, field: 143 | 144 | 145, { provider }: About): boolean {
  const weekly = row.weekly(row.pence(field));
  const above = chargesAskedAbove[provider][row.isSupported ? 'supported' : 'general'][field];
  return weekly !== undefined && weekly > above && weekly <= chargeMaxima[provider][field]!;
}
const charge = (code: string, field: 143 | 144 | 145, what: string): CoreCheck => ({
  code,
  sentence: `A ${what} that is unusually high is confirmed.`,
  broken: (row, about) => where(isHighCharge(row, field, about), field),
});

/** What is unusual, and sent once somebody has confirmed that it is so. */
export const softChecks: readonly CoreCheck[] = [
  {
    code: 'CORE-S1',
    sentence: 'An income that is unusually high or low for the working situation is confirmed.',
    broken: (row) => {
      const [income, range] = [weeklyIncome(row), incomeRange(row)];
      if (income === undefined || range === undefined) return [];
      const low = income >= range.hardMin && income <= range.softMin;
      return where(low || (income >= range.softMax && income <= range.hardMax), 137);
    },
  },
  { code: 'CORE-S2', sentence: 'A property that was void for two years or longer is confirmed.', broken: (row) => where(longBefore(row, 29), 29, 30, 31) },
  { code: 'CORE-S3', sentence: 'Major repairs of two years ago or longer are confirmed.', broken: (row) => where(longBefore(row, 32), 32, 33, 34) },
  charge('CORE-S4', 143, 'service charge'),
  charge('CORE-S5', 144, 'personal service charge'),
  charge('CORE-S6', 145, 'support charge'),
  {
    code: 'CORE-S7',
    sentence: 'Somebody under 66 who is retired is confirmed.',
    broken: (row) => row.household().flatMap(({ age, work }) => where(row.is(work, RETIRED) && (row.whole(age) ?? RETIREMENT) < RETIREMENT, age, work)),
  },
  {
    code: 'CORE-S8',
    sentence: 'Somebody over 66 who is not retired is confirmed.',
    broken: (row) => row.household().flatMap(({ age, work }) =>
      where(!row.isBlank(work) && !row.is(work, RETIRED, NOT_SAID) && (row.whole(age) ?? 0) > RETIREMENT, age, work)),
  },
  {
    code: 'CORE-S9',
    sentence: 'A partner under 16 is confirmed.',
    broken: (row) => row.household().flatMap(({ age, partner }) =>
      where(partner !== undefined && row.is(partner, 1) && (row.whole(age) ?? 16) < 16, age, partner ?? age)),
  },
  {
    code: 'CORE-S10',
    sentence: 'More than one partner of the lead tenant is confirmed.',
    broken: (row) => {
      const partners = row.household().flatMap(({ partner }) => (partner !== undefined && row.is(partner, 1) ? [partner] : []));
      return partners.length > 1 ? partners : [];
    },
  },
  {
    code: 'CORE-S11',
    sentence: 'A pregnancy where nobody is likely to be pregnant is confirmed.',
    broken: (row) => where(row.is(93, 1) && nobodyMayBePregnant(row), 93),
  },
  {
    code: 'CORE-S12',
    sentence: 'Another reason for leaving that one of the codes names is confirmed.',
    broken: (row) => where(row.is(113, 20) && REASON_GIVEN.test(row.text(114)), 114),
  },
  {
    code: 'CORE-S13',
    sentence: 'Another type of tenancy that names a starter period is confirmed.',
    broken: (row) => where(row.is(38, 3) && STARTER.test(row.text(39)), 39),
  },
  {
    code: 'CORE-S14',
    sentence: 'Somebody unable to work through sickness, in a household without a condition, is confirmed.',
    broken: (row) => {
      const sick = row.household().flatMap(({ work }) => (row.is(work, UNABLE) ? [work] : []));
      return where(sick.length > 0 && row.is(100, 2), 100, ...sick);
    },
  },
  {
    code: 'CORE-S15',
    sentence: 'A basic rent that is unusual for such housing of the local authority is confirmed.',
    broken: (row, about) => {
      const [rent, range] = [row.weekly(row.pence(142)), rentRange(row, about)];
      if (rent === undefined || range === undefined) return [];
      const low = rent >= range.possibleFrom && rent <= range.usualFrom;
      const high = isBeyondBounds(row) ? rent > range.usualTo : rent >= range.usualTo;
      return where(low || (high && rent <= range.possibleTo), 142);
    },
  },
];
