import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { coreRow } from '../../../../test/support/core-rows.js';
import { checkUp, duplicateKey } from './check-up.js';
import type { About } from './core-check.js';
import { coreFields } from './core-fields.js';

const about: About = { year: 2026, today: '2026-09-02', provider: 'prp', rentPeriods: ['1'] };
const errors = (changes: Readonly<Record<number, string>>, change: Partial<About> = {}): string[] =>
  checkUp(coreRow(changes), { ...about, ...change }).hard.map(({ code, field }) => `${code} ${field}`);
const warnings = (changes: Readonly<Record<number, string>>, change: Partial<About> = {}): string[] =>
  checkUp(coreRow(changes), { ...about, ...change }).soft.map(({ code, field }) => `${code} ${field}`);
const refused = (code: string, fields: readonly number[], changes: Readonly<Record<number, string>>, change: Partial<About> = {}): void =>
  expect(errors(changes, change)).toEqual(expect.arrayContaining(fields.map((field) => `${code} ${field}`)));

describe('the row of a letting as the journeys have it', () => {
  it('is right, and nothing in it is unusual', () => {
    expect(checkUp(coreRow(), about)).toMatchObject({
      hard: [],
      soft: [],
      derived: { totalChargePence: 268_25, weeklyChargePence: 268_25, vacantDays: 15, householdMembers: 1 },
    });
  });

  it.each([
    ['it starts before it is void', 'CORE-6', [29, 30, 31], { 29: '3', 30: '9' }],
    ['something is left to pay, and it is not said what', 'CORE-2', [147], { 147: '' }],
    ['one person has a joint tenancy', 'CORE-9', [36], { 36: '1' }],
    ['the basic rent is missing, so that all four are wrong', 'CORE-21', [142, 143, 144, 145], { 142: '' }],
    ['an organisation is named that did not refer', 'CORE-17', [134], { 134: '5' }],
  ] as const)('is wrong where %s', (_, code, fields, changes) => refused(code, fields, changes));

  it.each([
    ['field 140: 0 pays, and 1 does not', 'CORE-3', [141, 142, 143, 144, 145], { 140: '1' }],
    ['field 134 goes with a nomination', 'CORE-17', [134], { 133: '1' }],
    ['field 134 of a nomination is 1 to 10', 'CORE-17', [134], { 133: '1', 134: '11' }],
    ['field 134 of a direct referral is 11 to 20', 'CORE-17', [134], { 132: '7', 133: '7', 134: '10' }],
    ['field 131 is a local authority’s alone', 'CORE-17', [131], { 131: '1' }],
    ['the address is asked of supported housing too', 'CORE-8', [18, 19, 21, 23, 24], { 19: '', 21: '', 23: '', 24: '' }],
    ['the local authority is asked of supported housing too', 'CORE-2', [25], { 25: '' }],
    ['nobody over 25 comes from a children’s home', 'CORE-11', [115, 41], { 41: '26' }],
    ['field 41 is a number of up to three digits, or R', 'CORE-1', [41], { 41: 'twenty' }],
    ['field 147 is above all charges', 'CORE-23', [147], { 147: '268.26' }],
    ['field 147 is nothing', 'CORE-23', [147], { 147: '0.00' }],
    ['field 147 is given where nothing is left to pay', 'CORE-3', [147], { 146: '2' }],
    ['the organisation is not registered for the period', 'CORE-24', [141], { 141: '2' }],
  ] as const)('%s', (_, code, fields, changes) => refused(code, fields, changes));

  it('takes a nomination with its organisation, a direct referral, and a local authority’s letting', () => {
    expect(errors({ 133: '1', 134: '10' })).toEqual([]);
    expect(errors({ 132: '7', 133: '7', 134: '11' })).toEqual([]);
    expect(errors({ 131: '3', 132: '', 133: '' }, { provider: 'la' })).toEqual([]);
    expect(errors({ 140: '1', 141: '', 142: '', 143: '', 144: '', 145: '', 146: '', 147: '' })).toEqual([]);
    expect(errors({ 41: '25' })).toEqual([]);
    expect(errors({ 41: 'R' })).toEqual([]);
    expect(errors({ 18: '100023336956', 19: '', 21: '', 23: '', 24: '' })).toEqual([]);
    expect(errors({ 147: '268.25' })).toEqual([]);
    expect(errors({ 46: '826' })).toEqual([]);
  });
});

describe('dates of a letting', () => {
  it('start in the year of the return, and within fourteen days', () => {
    expect(errors({ 8: '1', 9: '4', 29: '1', 30: '4' })).toEqual([]);
    refused('CORE-4', [8, 9, 10], { 8: '31', 9: '3', 29: '1', 30: '3' });
    expect(errors({ 8: '31', 9: '3', 10: '27' }, { today: '2027-03-17' })).toEqual([]);
    refused('CORE-5', [8, 9, 10], { 8: '31', 9: '3', 10: '2027' }, { today: '2027-03-16' });
    refused('CORE-4', [8, 9, 10], { 8: '1', 9: '4', 10: '27' }, { today: '2027-04-01' });
    refused('CORE-4', [8, 9, 10], { 8: '31', 9: '9' });
    expect(errors({ 8: '29', 9: '2', 10: '28', 29: '28', 30: '2', 31: '28' }, { year: 2027, today: '2028-02-29' })).toEqual([]);
    refused('CORE-4', [8, 9, 10], { 8: '29', 9: '2', 10: '27' }, { today: '2027-03-01' });
  });

  it('are void at the start or before, within twenty years', () => {
    expect(errors({ 29: '2', 30: '9' })).toEqual([]);
    expect(errors({ 29: '2', 30: '9', 31: '06' })).toEqual([]);
    refused('CORE-6', [29, 30, 31, 8, 9, 10], { 29: '1', 30: '9', 31: '06' });
    refused('CORE-6', [29], { 29: '31', 30: '6' });
    expect(warnings({ 29: '2', 30: '9', 31: '24' })).toEqual(['CORE-S2 29', 'CORE-S2 30', 'CORE-S2 31']);
    expect(warnings({ 29: '3', 30: '9', 31: '24' })).toEqual([]);
  });

  it('have repairs between the void and the start, whole or not at all', () => {
    expect(errors({ 32: '20', 33: '8', 34: '26' })).toEqual([]);
    expect(checkUp(coreRow({ 32: '20', 33: '8', 34: '26' }), about).derived.vacantDays).toBe(13);
    refused('CORE-7', [32, 33, 34], { 32: '17', 33: '8', 34: '26' });
    refused('CORE-7', [32, 33, 34], { 32: '3', 33: '9', 34: '26' });
    refused('CORE-7', [32, 33, 34], { 32: '20', 33: '8' });
    refused('CORE-3', [32, 33, 34], { 16: '15', 17: '', 32: '20', 33: '8', 34: '26' });
    expect(warnings({ 29: '1', 30: '1', 31: '20', 32: '1', 33: '1', 34: '21' })).toContain('CORE-S3 32');
  });
});

describe('the household of a letting', () => {
  const partner = { 48: '20', 49: '1', 50: '0', 51: '1', 53: '1' };
  const two = { ...partner, 50: 'F' };

  it('may be of several people, of whom everything is told', () => {
    expect(errors({ ...two, 36: '1', 53: '4' })).toEqual([]);
    refused('CORE-1', [50], { ...partner, 53: '4' });
    refused('CORE-2', [49, 50, 51, 53], { 48: '30' });
    expect(errors({ 48: '3', 50: 'F', 51: '1' })).toEqual([]);
    expect(errors({ 48: '3', 49: '2', 50: 'F', 51: '1', 53: '9' })).toEqual([]);
    refused('CORE-12', [48, 53], { 48: '3', 49: '2', 50: 'F', 51: '1', 53: '4' });
    refused('CORE-12', [48, 53], { 48: '16', 49: '2', 50: 'F', 51: '1', 53: '9' });
    refused('CORE-3', [52], { ...two, 52: 'none' });
    refused('CORE-2', [88], { 84: '30', 85: '2', 86: 'R', 87: '2', 89: '0' });
  });

  it('has access needs, conditions and preference that agree', () => {
    refused('CORE-13', [94, 95, 96, 97, 98], { 98: '' });
    refused('CORE-13', [94, 98], { 94: '1' });
    refused('CORE-13', [97, 99], { 97: '1', 98: '', 99: '1' });
    refused('CORE-13', [98, 99], { 99: '1' });
    refused('CORE-13', [94, 96], { 94: '1', 96: '1', 98: '' });
    expect(errors({ 96: '1', 97: '1', 98: '' })).toEqual([]);
    refused('CORE-14', [101, 110], { 100: '1' });
    refused('CORE-14', [105], { 105: '1' });
    expect(errors({ 100: '1', 105: '1' })).toEqual([]);
    refused('CORE-15', [122, 126], { 121: '1' });
    refused('CORE-15', [126, 122], { 121: '1', 122: '1', 126: '1' });
    refused('CORE-3', [123], { 123: '1' });
    expect(errors({ 121: '1', 122: '1', 125: '1' })).toEqual([]);
  });

  it('comes from where its answers say', () => {
    refused('CORE-18', [111, 25, 120], { 111: '1', 120: 'E09000012' });
    expect(errors({ 111: '1', 120: 'E09000013' })).toEqual([]);
    refused('CORE-27', [16, 115], { 16: '9', 115: '25' });
    expect(errors({ 16: '9', 115: '18' })).toEqual([]);
    refused('CORE-28', [115, 132, 133], { 133: '3', 115: '28' });
    expect(errors({ 133: '3', 115: '6' })).toEqual([]);
    refused('CORE-30', [113, 114], { 113: '20', 114: 'Rough sleeping.' });
    expect(errors({ 113: '20', 114: 'To be nearer to college' })).toEqual([]);
    refused('CORE-2', [114], { 113: '20' });
    expect(warnings({ 113: '20', 114: 'the flat had damp' })).toEqual(['CORE-S12 114']);
    expect(warnings({ 113: '20', 114: 'A firefighter moved in' })).toEqual([]);
  });

  it('renews as renewals do', () => {
    const renewal = { 7: '1', 16: '', 17: '', 29: '', 30: '', 31: '', 112: '', 113: '50', 115: '6', 117: '', 132: '', 133: '' };
    expect(errors(renewal)).toEqual([]);
    expect(errors({ ...renewal, 16: '14' })).toEqual([]);
    refused('CORE-16', [16], { ...renewal, 16: '12' });
    refused('CORE-16', [16], { 16: '14' });
    refused('CORE-16', [113], { ...renewal, 113: '55' });
    refused('CORE-16', [115], { ...renewal, 115: '13' });
    refused('CORE-16', [111, 7], { ...renewal, 111: '1' });
  });

  it('in general needs housing has a unit, bedrooms and a term', () => {
    const general = { 4: '1', 5: '', 6: '', 26: '1', 27: '2', 28: '1', 35: '', 140: '', 11: '1', 38: '4', 40: '2' };
    expect(errors(general)).toEqual([]);
    refused('CORE-10', [40, 38], { ...general, 40: '1' });
    expect(errors({ ...general, 11: '4', 40: '1' })).toEqual([]);
    refused('CORE-2', [40], { ...general, 40: '' });
    refused('CORE-29', [26, 28], { ...general, 26: '9', 28: '4' });
    expect(errors({ ...general, 26: '9', 28: '3' })).toEqual([]);
    refused('CORE-3', [26, 27, 28], { 26: '1', 27: '1', 28: '1' });
    refused('CORE-2', [39], { 38: '3' });
    expect(warnings({ 38: '3', 39: 'Starter licence' })).toEqual(['CORE-S13 39']);
  });

  it('is asked about where it is unusual', () => {
    expect(warnings({ 47: '5', 139: '1' })).toEqual(['CORE-S7 41', 'CORE-S7 47']);
    expect(warnings({ 41: '67', 115: '28' })).toEqual(['CORE-S8 41', 'CORE-S8 47']);
    expect(warnings({ 41: '66', 115: '28' })).toEqual([]);
    expect(warnings({ 48: '15', 49: '1', 50: 'F', 51: '1', 53: '9' })).toEqual(['CORE-S9 48', 'CORE-S9 49']);
    expect(warnings({ ...two, 54: '21', 55: '1', 56: 'F', 57: '1', 59: '4' })).toEqual(['CORE-S10 49', 'CORE-S10 55']);
    expect(warnings({ 93: '1' })).toEqual(['CORE-S11 93']);
    expect(warnings({ 93: '1', 42: 'F' })).toEqual([]);
    expect(warnings({ 93: '1', 42: 'F', 41: '56', 115: '28' })).toEqual(['CORE-S11 93']);
    expect(warnings({ 47: '8' })).toEqual(['CORE-S14 47', 'CORE-S14 100']);
  });
});

describe('money of a letting', () => {
  it('agrees: income, benefits and work', () => {
    refused('CORE-19', [139, 47], { 47: '1' });
    refused('CORE-19', [138, 139], { 139: '3' });
    expect(errors({ 47: '1', 139: '2' })).toEqual([]);
    const earning = { 135: '1', 136: '1', 137: '60.00' };
    expect(errors(earning)).toEqual([]);
    refused('CORE-20', [137], { ...earning, 137: '9' });
    refused('CORE-20', [137], { ...earning, 137: '451' });
    expect(errors({ ...earning, 136: '3', 137: '23400' })).toEqual([]);
    refused('CORE-2', [136, 137], { 135: '1' });
    expect(warnings({ ...earning, 137: '50' })).toEqual(['CORE-S1 137']);
    expect(warnings({ ...earning, 137: '370' })).toEqual(['CORE-S1 137']);
    expect(warnings({ ...earning, 136: '2', 137: '260' })).toEqual([]);
  });

  it('is 10.00 a week at least, and no charge more than its bound', () => {
    const little = { 142: '9.99', 143: '0', 144: '0', 145: '0', 147: '1.00' };
    refused('CORE-22', [142, 143, 144, 145], little);
    expect(errors({ ...little, 142: '10.00' })).toEqual([]);
    refused('CORE-22', [142], { ...little, 142: '43.31', 141: '4' }, { rentPeriods: [] });
    expect(errors({ ...little, 142: '43.33', 141: '4' }, { rentPeriods: [] })).toEqual([]);
    refused('CORE-22', [143], { 143: '800.01' });
    expect(errors({ 143: '800.00' })).toEqual([]);
    refused('CORE-22', [144], { 144: '200.01', 131: '3', 132: '', 133: '' }, { provider: 'la' });
    expect(warnings({ 143: '200.01' })).toEqual(['CORE-S4 143']);
    expect(warnings({ 144: '100.01' })).toEqual(['CORE-S5 144']);
    expect(warnings({ 145: '85.01' })).toEqual(['CORE-S6 145']);
    expect(warnings({ 143: '200.00', 144: '100.00', 145: '85.00' })).toEqual([]);
    refused('CORE-25', [141], { 141: '11' }, { rentPeriods: ['11'] });
  });
});

describe('the basic rent of supported housing', () => {
  it('lies between the bounds of the local authority: Hackney, social rent of a registered provider', () => {
    const social = (rent: string, changes: Readonly<Record<number, string>> = {}): Readonly<Record<number, string>> => ({ 11: '1', 142: rent, 143: '0', 144: '0', ...changes });
    for (const rent of ['25.84', '74.05', '74.06', '358.82', '1000']) expect([rent, errors(social(rent))]).toEqual([rent, []]);
    for (const rent of ['25.83', '1000.01']) refused('CORE-34', [25, 141, 142], social(rent));
    for (const rent of ['74.07', '358.81']) expect([rent, warnings(social(rent))]).toEqual([rent, []]);
    for (const rent of ['25.84', '74.06', '358.82', '1000']) expect([rent, warnings(social(rent))]).toEqual([rent, ['CORE-S15 142']]);
    expect(warnings(social('292.77', { 141: '3' }), { rentPeriods: [] })).toEqual(['CORE-S15 142']);
    expect(warnings(social('74.07', { 25: 'E09000099' }))).toEqual([]);
    refused('CORE-35', [25], { 25: 'E09000099' });
    for (const authority of ['E06000053', 'E09000001', 'E08000037']) expect([authority, errors({ 25: authority })]).toEqual([authority, []]);
  });

  it('of general needs goes by the bedrooms, four and more alike: Hackney', () => {
    const general = (rent: string, changes: Readonly<Record<number, string>> = {}): Readonly<Record<number, string>> =>
      ({ 4: '1', 5: '', 6: '', 26: '1', 27: '2', 28: '1', 35: '', 140: '', 11: '1', 38: '7', 142: rent, 143: '0', 144: '0', 147: '1.00', ...changes });
    const oneBedroom = { below: '25.83', lowest: '25.84', low: '68.85', usual: '68.86', stillUsual: '164.53', high: '164.54', highest: '1000', above: '1000.01' };
    for (const rent of [oneBedroom.below, oneBedroom.above]) refused('CORE-34', [25, 28, 141, 142], general(rent));
    for (const rent of [oneBedroom.usual, oneBedroom.stillUsual]) expect([rent, errors(general(rent)), warnings(general(rent))]).toEqual([rent, [], []]);
    for (const rent of [oneBedroom.lowest, oneBedroom.low, oneBedroom.high, oneBedroom.highest]) {
      expect([rent, errors(general(rent)), warnings(general(rent))]).toEqual([rent, [], ['CORE-S15 142']]);
    }
    const bedsit = { 26: '2', 28: '' };
    expect(warnings(general('164.54', bedsit))).toEqual(['CORE-S15 142']);
    expect(warnings(general('164.53', bedsit))).toEqual([]);
    for (const [bedrooms, high] of [['4', '211.41'], ['5', '211.42'], ['12', '211.42']] as const) {
      expect([bedrooms, warnings(general(high, { 28: bedrooms }))]).toEqual([bedrooms, ['CORE-S15 142']]);
      expect([bedrooms, warnings(general((Number(high) - 0.01).toFixed(2), { 28: bedrooms }))]).toEqual([bedrooms, []]);
    }
    const council = { 131: '3', 132: '', 133: '', 134: '' };
    expect(warnings(general('134.53', council), { provider: 'la' })).toEqual(['CORE-S15 142']);
    expect(warnings(general('134.52', council), { provider: 'la' })).toEqual([]);
    expect(warnings(general('474.87', { 11: '2', 28: '3' }))).toContain('CORE-S15 142');
    expect(warnings(general('164.54', { 28: '' }))).toEqual([]);
    expect(errors(general('1000.01', { 11: '7' }))).toEqual([]);
  });

  it('has no bounds in specified accommodation, and none in a year for which none are published', () => {
    expect([errors({ 142: '1500', 147: '1.00' }), warnings({ 142: '1500', 147: '1.00' })]).toEqual([[], []]);
    expect(errors({ 11: '1', 142: '1500', 10: '27', 31: '27' }, { year: 2027, today: '2027-09-02' })).toEqual([]);
  });
});

describe('duplicates', () => {
  const keyed = [1, 8, 9, 10, 13, 18, 19, 23, 24, 41, 42, 47];
  it('are rows that agree in twelve fields and in the sum of their charges', () => {
    for (const field of keyed) expect(duplicateKey(coreRow({ [field]: '7' }))).not.toBe(duplicateKey(coreRow()));
    for (const { number } of coreFields) {
      if (!keyed.includes(number) && ![142, 143, 144, 145].includes(number)) expect(duplicateKey(coreRow({ [number]: 'x' }))).toBe(duplicateKey(coreRow()));
    }
    expect(duplicateKey(coreRow({ 142: '172.40', 143: '74.35' }))).toBe(duplicateKey(coreRow()));
    expect(duplicateKey(coreRow({ 142: '182.41' }))).not.toBe(duplicateKey(coreRow()));
  });
});

it('names every field that has an answer outside its codes or its form', () => {
  const wrong = coreFields.flatMap(({ number, form }) => {
    const outside = form.kind === 'text' ? ['=¿', 'x'.repeat(form.max + 1)] : ['x', '-1', '1.234', ...(form.kind === 'money' ? [] : ['999'])];
    return outside.map((text) => [number, text] as const);
  });
  fc.assert(fc.property(fc.constantFrom(...wrong), ([number, text]) => errors({ [number]: text }).includes(`CORE-1 ${number}`)), { numRuns: 400 });
});
