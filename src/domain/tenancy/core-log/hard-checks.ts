import { plusDays } from '../../../kernel/values.js';
import { chargeMaxima, weeklyIncome, incomeRange } from './amounts.js';
import { isAsked, isRequired } from './core-field.js';
import { answered, where, type CoreCheck } from './core-check.js';
import { coreFields, isWellFormed, TEMPLATE_YEAR } from './core-fields.js';
import { CHARGES, PERSONS, type CoreRow } from './core-row.js';
import { isAuthorityOf2026, rentRange } from './rent-range.js';

/** Days after today by which a letting may start at the latest. */
const AHEAD_DAYS = 14;
const FORMER_CHILDREN = 25;
const ACCESS = [94, 95, 96, 97] as const;
const CONDITIONS = [101, 102, 103, 104, 105, 106, 107, 108, 109, 110] as const;
const REASONS = [122, 123, 124, 125] as const;
const START = [8, 9, 10] as const;
const VOID = [29, 30, 31] as const;
const REPAIRS = [32, 33, 34] as const;

const twentyYearsBefore = (date: string): string => `${Number(date.slice(0, 4)) - 20}${date.slice(4)}`;
const isWork = (row: CoreRow, field: number): boolean => row.is(field, 1, 2);

/** Form, presence and dates. */
const formal: readonly CoreCheck[] = [
  {
    code: 'CORE-1',
    sentence: 'An answer of the lettings return is one of the codes of its field, or of its form.',
    broken: (row) => coreFields.filter((field) => !row.isBlank(field.number) && !isWellFormed(field, row.text(field.number))).map(({ number }) => number),
  },
  {
    code: 'CORE-2',
    sentence: 'A field of the lettings return that is asked of this letting is answered.',
    broken: (row) => coreFields.filter((field) => row.isBlank(field.number) && isRequired(field, row)).map(({ number }) => number),
  },
  {
    code: 'CORE-3',
    sentence: 'A field of the lettings return that is not asked of this letting is left blank.',
    broken: (row) => coreFields.filter((field) => !row.isBlank(field.number) && !isAsked(field, row)).map(({ number }) => number),
  },
  {
    code: 'CORE-4',
    sentence: 'The letting starts on a real day from 1 April of the year of the return to 31 March of the next one.',
    broken: (row, { year }) => {
      const start = row.date(8);
      return where(start !== undefined && !(start >= `${year}-04-01` && start <= `${year + 1}-03-31`), ...START);
    },
  },
  {
    code: 'CORE-5',
    sentence: 'The letting starts within fourteen days from today at the latest.',
    broken: (row, { today }) => where((row.day(8) ?? '') > plusDays(today, AHEAD_DAYS), ...START),
  },
  {
    code: 'CORE-6',
    sentence: 'The property is void from a real day, not after the letting starts and not twenty years before.',
    broken: (row) => {
      const [since, start] = [row.date(29), row.day(8)];
      if (since === undefined || row.isRenewal) return [];
      if (since === 'unreal') return VOID;
      return where(start !== undefined && (since > start || since < twentyYearsBefore(start)), ...VOID, ...START);
    },
  },
  {
    code: 'CORE-7',
    sentence: 'Major repairs end on a real day, from the void date to the start of the letting and less than twenty years before it.',
    broken: (row) => {
      if (REPAIRS.every((field) => row.isBlank(field))) return [];
      const [done, start, since] = [row.date(32), row.day(8), row.day(29)];
      if (done === undefined || done === 'unreal') return REPAIRS;
      const early = since !== undefined && done < since;
      return where(early || (start !== undefined && (done > start || done < twentyYearsBefore(start))), ...REPAIRS);
    },
  },
  {
    code: 'CORE-8',
    sentence: 'The address is given: the UPRN, or line 1, town and both parts of the postcode, of supported housing too.',
    broken: (row) => {
      const missing = row.isBlank(18) ? [19, 21, 23, 24].filter((field) => row.isBlank(field)) : [];
      return missing.length > 0 ? [18, ...missing] : [];
    },
  },
  {
    code: 'CORE-35',
    sentence: 'The local authority of the property is one of England, as they are in the year of the return.',
    broken: (row, { year }) => where(year === TEMPLATE_YEAR && !row.isBlank(25) && !isAuthorityOf2026(row.text(25)), 25),
  },
];

/** The household, and where it comes from. */
const household: readonly CoreCheck[] = [
  {
    code: 'CORE-9',
    sentence: 'A joint tenancy has a household of two or more.',
    broken: (row) => where(row.is(36, 1) && row.household().length === 1, 36),
  },
  {
    code: 'CORE-10',
    sentence: 'A fixed term of social or affordable rent in general needs housing is two years at least.',
    broken: (row) => where(!row.isSupported && row.is(11, 1, 2, 3) && row.is(38, 4, 6) && (row.whole(40) ?? 2) < 2, 40, 38),
  },
  {
    code: 'CORE-11',
    sentence: 'A lead tenant over 25 does not come from a children\'s home or foster care.',
    broken: (row) => where(row.is(115, 13) && (row.whole(41) ?? 0) > FORMER_CHILDREN, 115, 41),
  },
  {
    code: 'CORE-12',
    sentence: 'A child under 16, and nobody else, has the working situation of one.',
    broken: (row) => PERSONS.flatMap((first) => {
      const [age, work] = [row.whole(first), first + 5];
      if (age === undefined || row.isBlank(work)) return [];
      return where(age < 16 !== row.is(work, 9), first, work);
    }),
  },
  {
    code: 'CORE-13',
    sentence: 'Access needs are answered: one type at most and other ones, or else none, or not known.',
    broken: (row) => {
      const [some, none, unknown] = [answered(row, ACCESS, 1), row.is(98, 1), row.is(99, 1)];
      if (some.length === 0 && !none && !unknown) return [...ACCESS, 98];
      if (none && unknown) return [98, 99];
      if (some.length > 0 && (none || unknown)) return [...some, ...where(none, 98), ...where(unknown, 99)];
      const types = answered(row, [94, 95, 96], 1);
      return types.length > 1 ? types : [];
    },
  },
  {
    code: 'CORE-14',
    sentence: 'Where somebody has a condition it is said what it affects, and nowhere else.',
    broken: (row) => {
      const affected = answered(row, CONDITIONS, 1);
      if (!row.is(100, 1)) return affected;
      return affected.length === 0 ? CONDITIONS : [];
    },
  },
  {
    code: 'CORE-15',
    sentence: 'Reasonable preference has its reasons, or none that is known.',
    broken: (row) => {
      const [some, unknown] = [answered(row, REASONS, 1), row.is(126, 1)];
      if (!row.is(121, 1)) return [];
      if (some.length === 0 && !unknown) return [...REASONS, 126];
      return some.length > 0 && unknown ? [126, ...some] : [];
    },
  },
  {
    code: 'CORE-16',
    sentence: 'A renewal is vacant by renewal, of a tenant of social housing who left nothing and did not just move to the area.',
    broken: (row) => row.isRenewal
      ? [
        ...where(!row.isBlank(16) && !row.is(16, 14), 16),
        ...where(!row.is(113, 50, 51, 52, 53), 113),
        ...where(!row.isBlank(115) && !row.is(115, 6, 30, 31, 32, 33, 34, 35, 38), 115),
        ...where(row.is(111, 1), 111, 7),
      ]
      : where(row.is(16, 14), 16),
  },
  {
    code: 'CORE-17',
    sentence: 'The source of referral is told as far as the answers before it ask, for the kind of landlord.',
    broken: (row, { provider }) => (row.isRenewal ? [] : where(!refersWell(row, provider), 131, 132, 133, 134)),
  },
  {
    code: 'CORE-18',
    sentence: 'Who lived in the area of the letting before has not just moved to it.',
    broken: (row) => where(row.is(111, 1) && !row.isBlank(120) && row.text(120) === row.text(25), 111, 25, 120),
  },
  {
    code: 'CORE-27',
    sentence: 'A re-let to a tenant who was there as temporary accommodation comes from temporary accommodation.',
    broken: (row) => where(row.is(16, 9) && row.is(115, 4, 6, 24, 25, 35), 16, 115),
  },
  {
    code: 'CORE-28',
    sentence: 'Who is transferred comes from social housing.',
    broken: (row) => where(!row.isRenewal && row.isInternalTransfer && !row.isBlank(115) && !row.is(115, 30, 31, 32, 33, 35, 38, 40, 6), 115, 131, 132, 133),
  },
  {
    code: 'CORE-29',
    sentence: 'Shared housing has one to three bedrooms for one person, and up to seven for more.',
    broken: (row) => where(row.is(26, 4, 9, 10) && (row.whole(28) ?? 1) > (row.household().length === 1 ? 3 : 7), 26, 28),
  },
  {
    code: 'CORE-30',
    sentence: 'Another reason for leaving is that of the last settled home, and not homelessness.',
    broken: (row) => where(row.is(113, 20) && NOT_SETTLED.test(row.text(114)), 113, 114),
  },
];

const NOT_SETTLED = /^\P{L}*(homeless|homelessness|temporary accommodation|temp accommodation|ta|sleeping rough|rough sleeping)\P{L}*$/iu;

/** Fields 131 to 134 against each other. */
function refersWell(row: CoreRow, provider: 'la' | 'prp'): boolean {
  if (provider === 'la') return row.is(131, 1, 2, 3, 4) && row.isBlank(132) && row.isBlank(133) && row.isBlank(134);
  const from = (low: number, high: number) => Array.from({ length: high - low + 1 }, (_, index) => low + index);
  const second = row.is(132, 6) ? row.is(133, ...from(1, 4)) : row.is(132, 7) ? row.is(133, ...from(5, 8)) : row.isBlank(133);
  const third = row.is(133, 1) ? row.is(134, ...from(1, 10)) : row.is(133, 7) ? row.is(134, ...from(11, 20)) : row.isBlank(134);
  return row.isBlank(131) && row.is(132, ...from(5, 9)) && second && third;
}

/** Income, benefits, rent and charges. */
const money: readonly CoreCheck[] = [
  {
    code: 'CORE-19',
    sentence: 'What the household lives on agrees with its benefits and its work.',
    broken: (row) => {
      const working = row.household().filter(({ work, partner }) => isWork(row, work) && (partner === undefined || row.is(partner, 1)));
      return [
        ...where(row.is(139, 1) && working.length > 0, 139, ...working.map(({ work }) => work)),
        ...where(row.is(139, 3) && row.hasHousingBenefit, 138, 139),
      ];
    },
  },
  {
    code: 'CORE-20',
    sentence: 'The income of a household lies between the bounds that its working situations allow.',
    broken: (row) => {
      const [income, range] = [weeklyIncome(row), incomeRange(row)];
      return where(income !== undefined && range !== undefined && (income < range.hardMin || income > range.hardMax), 137);
    },
  },
  {
    code: 'CORE-21',
    sentence: 'All four charges are given, or none where nothing is paid.',
    broken: (row) => {
      const blank = CHARGES.filter((field) => row.isBlank(field));
      return where(row.isCharged && blank.length > 0, ...blank, ...CHARGES.filter((field) => !row.isBlank(field)));
    },
  },
  {
    code: 'CORE-22',
    sentence: 'The charges come to 10.00 a week at least, and no service, personal or support charge to more than its bound.',
    broken: (row, { provider }) => {
      const total = row.weekly(row.totalPence);
      const high = Object.entries(chargeMaxima[provider]).filter(([field, most]) => (row.weekly(row.pence(Number(field))) ?? 0) > most);
      return [...where(total !== undefined && total < 1_000, ...CHARGES), ...high.map(([field]) => Number(field))];
    },
  },
  {
    code: 'CORE-23',
    sentence: 'What is left to pay after benefits is 0.01 at least and not more than all charges together.',
    broken: (row) => {
      const [left, total] = [row.pence(147), row.totalPence];
      return where(left !== undefined && (left < 1 || (total !== undefined && left > total)), 147);
    },
  },
  {
    code: 'CORE-24',
    sentence: 'The managing organisation is registered for the period in which rent is paid.',
    broken: (row, { rentPeriods }) => where(!row.isBlank(141) && rentPeriods.length > 0 && !rentPeriods.includes(row.text(141)), 141),
  },
  {
    code: 'CORE-34',
    sentence: 'The basic rent lies between the bounds that are published for such housing of the local authority.',
    broken: (row, about) => {
      const [rent, range] = [row.weekly(row.pence(142)), rentRange(row, about)];
      return where(rent !== undefined && range !== undefined && (rent < range.possibleFrom || rent > range.possibleTo), 25, 141, 142, ...where(!row.isSupported, 28));
    },
  },
  {
    code: 'CORE-25',
    sentence: 'Rent for 51 weeks is not sent: the template knows periods 1 to 10 only.',
    broken: (row) => where(row.is(141, 11), 141),
  },
];

/** What no log may break that is sent. Ported from the public rules of the service for 2026/27. */
export const hardChecks: readonly CoreCheck[] = [...formal, ...household, ...money];
