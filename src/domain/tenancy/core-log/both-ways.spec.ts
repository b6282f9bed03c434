import { describe, expect, it } from '@jest/globals';
import { coreRow } from '../../../../test/support/core-rows.js';
import { checkUp } from './check-up.js';
import type { About } from './core-check.js';
import { hardChecks } from './hard-checks.js';
import { softChecks } from './soft-checks.js';

type Changes = Readonly<Record<number, string>>;
/** Answers on both sides of the bounds of a check, each in place of those of the journeys. */
interface BothWays {
  readonly refused: readonly Changes[];
  readonly accepted: readonly Changes[];
  readonly about?: Partial<About>;
}

const about: About = { year: 2026, today: '2026-09-02', provider: 'prp', rentPeriods: [] };
const general: Changes = { 4: '1', 5: '', 6: '', 26: '1', 27: '2', 28: '1', 35: '', 140: '', 38: '7' };
const renewal: Changes = { 7: '1', 16: '', 17: '', 29: '', 30: '', 31: '', 112: '', 113: '50', 115: '6', 117: '', 132: '', 133: '' };
const person = (first: number, age: string, more: Changes = {}): Changes => ({ [first]: age, [first + 1]: '2', [first + 2]: 'F', [first + 3]: '1', [first + 5]: '4', ...more });
const child = (first: number, age: string): Changes => person(first, age, { [first + 5]: '9' });
const paid = (charges: readonly [string, string, string, string], more: Changes = {}): Changes => ({ 142: charges[0], 143: charges[1], 144: charges[2], 145: charges[3], 147: '1.00', ...more });
const earned = (pounds: string, more: Changes = {}): Changes => ({ 135: '1', 136: '1', 137: pounds, ...more });
const council: Changes = { 131: '3', 132: '', 133: '', 134: '' };

const hard: Readonly<Record<string, BothWays>> = {
  'CORE-1': { refused: [{ 41: '15' }, { 41: '121' }, { 45: '21' }, { 13: 'RES00000000001' }, { 142: '100000' }], accepted: [{ 41: '16' }, { 41: '25' }, { 45: '20' }, { 13: 'RES0000000001' }, { 142: '99999.99' }] },
  'CORE-2': { refused: [{ 41: '' }, { 147: '' }, { 48: '30' }, { 113: '20' }], accepted: [{ 3: '' }, { 146: '2', 147: '' }, person(48, '30'), { 113: '20', 114: 'College' }] },
  'CORE-3': { refused: [{ 26: '1' }, { 40: '2' }, { 91: '4' }, { 122: '1' }], accepted: [{ ...general, 26: '1' }, { 38: '4', 40: '2' }, { 90: '1', 91: '4', 92: '2' }, { 121: '1', 122: '1' }] },
  'CORE-4': { refused: [{ 8: '31', 9: '3' }, { 8: '1', 9: '4', 10: '27' }, { 8: '29', 9: '2', 10: '27' }, { 8: '31', 9: '6' }], accepted: [{ 8: '1', 9: '4' }, { 8: '31', 9: '3', 10: '27' }, { 8: '28', 9: '2', 10: '2027' }], about: { today: '2027-04-01' } },
  'CORE-5': { refused: [{ 8: '17' }, { 8: '1', 9: '10' }], accepted: [{ 8: '16' }, { 8: '2' }, { 8: '30', 9: '6', 29: '1', 30: '6' }] },
  'CORE-6': { refused: [{ 29: '3', 30: '9' }, { 29: '1', 30: '9', 31: '06' }, { 29: '30', 30: '2' }], accepted: [{ 29: '2', 30: '9' }, { 29: '2', 30: '9', 31: '06' }, { 29: '28', 30: '2' }] },
  'CORE-7': { refused: [{ 32: '17', 33: '8', 34: '26' }, { 32: '3', 33: '9', 34: '26' }, { 32: '20' }], accepted: [{ 32: '18', 33: '8', 34: '26' }, { 32: '2', 33: '9', 34: '26' }, {}] },
  'CORE-8': { refused: [{ 19: '' }, { 21: '' }, { 23: '' }, { 24: '' }], accepted: [{ 18: '1', 19: '', 21: '', 23: '', 24: '' }, { 20: '', 22: '' }] },
  'CORE-9': { refused: [{ 36: '1' }], accepted: [{ 36: '1', ...person(48, '19') }, { 36: '2' }, { 36: '3' }] },
  'CORE-10': { refused: [{ ...general, 11: '1', 38: '4', 40: '1' }, { ...general, 11: '3', 38: '6', 40: '1' }], accepted: [{ ...general, 11: '1', 38: '4', 40: '2' }, { ...general, 11: '4', 38: '4', 40: '1' }, { 11: '1', 38: '4', 40: '1' }] },
  'CORE-11': { refused: [{ 41: '26' }, { 41: '120' }], accepted: [{ 41: '25' }, { 41: 'R' }, { 41: '26', 115: '28' }] },
  'CORE-12': { refused: [child(48, '16'), person(48, '15'), person(84, '1')], accepted: [child(48, '15'), person(48, '16'), child(84, '1')] },
  'CORE-13': { refused: [{ 98: '' }, { 94: '1' }, { 99: '1' }, { 94: '1', 95: '1', 98: '' }], accepted: [{ 98: '1' }, { 94: '1', 98: '' }, { 98: '', 99: '1' }, { 94: '1', 97: '1', 98: '' }] },
  'CORE-14': { refused: [{ 100: '1' }, { 101: '1' }, { 100: '3', 110: '1' }], accepted: [{ 100: '1', 101: '1' }, { 101: '0' }, { 100: '3' }] },
  'CORE-15': { refused: [{ 121: '1' }, { 121: '1', 122: '1', 126: '1' }], accepted: [{ 121: '1', 122: '1' }, { 121: '1', 126: '1' }, { 121: '3' }] },
  'CORE-16': { refused: [{ ...renewal, 16: '12' }, { ...renewal, 113: '54' }, { ...renewal, 115: '40' }, { ...renewal, 111: '1' }, { 16: '14' }], accepted: [{ ...renewal, 16: '14' }, { ...renewal, 113: '53' }, { ...renewal, 115: '38' }, { ...renewal, 111: '2' }, { 16: '13' }] },
  'CORE-17': { refused: [{ 132: '6', 133: '5' }, { 132: '7', 133: '4' }, { 133: '1', 134: '11' }, { 132: '7', 133: '7', 134: '10' }, { 132: '8', 133: '1' }, { 131: '1' }], accepted: [{ 132: '6', 133: '4' }, { 132: '7', 133: '5' }, { 133: '1', 134: '10' }, { 132: '7', 133: '7', 134: '11' }, { 132: '8', 133: '' }, renewal] },
  'CORE-18': { refused: [{ 111: '1', 120: 'E09000012' }], accepted: [{ 111: '1', 120: 'E09000013' }, { 111: '2', 120: 'E09000012' }, { 111: '1' }] },
  'CORE-19': { refused: [{ 47: '1' }, { 47: '2' }, person(48, '20', { 49: '1', 53: '1' }), { 139: '3' }], accepted: [{ 47: '1', 139: '2' }, { 47: '3' }, person(48, '20', { 53: '1' }), { 139: '3', 138: '9', 146: '', 147: '' }] },
  'CORE-20': { refused: [earned('9.49'), earned('450.50'), { ...earned('1200.50'), ...child(48, '3') }], accepted: [earned('9.50'), earned('10'), earned('450'), earned('450.49'), { ...earned('1200'), ...child(48, '3') }, earned('23400', { 136: '3' })] },
  'CORE-21': { refused: [{ 142: '' }, { 143: '' }, { 144: '' }, { 145: '' }], accepted: [{ 143: '0', 144: '0', 145: '0' }, { 140: '1', 141: '', 142: '', 143: '', 144: '', 145: '', 146: '', 147: '' }] },
  'CORE-22': { refused: [paid(['9.99', '0', '0', '0']), paid(['10', '800.01', '0', '0']), paid(['10', '0', '700.01', '0']), paid(['10', '0', '0', '800.01']), paid(['43.31', '0', '0', '0'], { 141: '4' })], accepted: [paid(['10', '0', '0', '0']), paid(['10', '800', '0', '0']), paid(['10', '0', '700', '0']), paid(['10', '0', '0', '800']), paid(['43.32', '0', '0', '0'], { 141: '4' })] },
  'CORE-23': { refused: [{ 147: '0.00' }, { 147: '268.26' }], accepted: [{ 147: '0.01' }, { 147: '268.25' }] },
  'CORE-24': { refused: [{ 141: '2' }, { 141: '10' }], accepted: [{ 141: '1' }, { 141: '4' }], about: { rentPeriods: ['1', '4'] } },
  'CORE-25': { refused: [{ 141: '11' }], accepted: [{ 141: '1' }, { 141: '10' }] },
  'CORE-27': { refused: ['4', '6', '24', '25', '35'].map((from) => ({ 16: '9', 115: from })), accepted: [{ 16: '9', 115: '18' }, { 16: '9', 115: '14' }, { 16: '12', 115: '25' }] },
  'CORE-28': { refused: [{ 133: '3', 115: '28' }, { 132: '7', 133: '5', 115: '13' }], accepted: [...['30', '31', '32', '33', '35', '38', '40', '6'].map((from) => ({ 133: '3', 115: from })), { 133: '2', 115: '28' }] },
  'CORE-29': { refused: [{ ...general, 26: '9', 28: '4' }, { ...general, ...person(48, '20'), 26: '4', 28: '8' }], accepted: [{ ...general, 26: '9', 28: '3' }, { ...general, ...person(48, '20'), 26: '4', 28: '7' }, { ...general, 26: '1', 28: '4' }] },
  'CORE-30': { refused: ['Homeless', 'rough sleeping.', ' TA ', '(temporary accommodation)'].map((why) => ({ 113: '20', 114: why })), accepted: [{ 113: '20', 114: 'Homeless charity closed' }, { 113: '20', 114: 'Tap' }, { 113: '55' }] },
  'CORE-34': { refused: [paid(['25.83', '0', '0', '0'], { 11: '1' }), paid(['1000.01', '0', '0', '0'], { 11: '1' }), { ...general, ...paid(['1000.01', '0', '0', '0'], { 11: '1' }) }], accepted: [paid(['25.84', '0', '0', '0'], { 11: '1' }), paid(['1000', '0', '0', '0'], { 11: '1' }), paid(['1000.01', '0', '0', '0']), { ...general, ...paid(['1000', '0', '0', '0'], { 11: '1' }) }] },
  'CORE-35': { refused: [{ 25: 'E07000026' }, { 25: 'E09000034' }], accepted: [{ 25: 'E09000033' }, { 25: 'E06000066' }] },
};

const soft: Readonly<Record<string, BothWays>> = {
  'CORE-S1': { refused: [earned('10'), earned('50'), earned('370'), earned('450')], accepted: [earned('51'), earned('369')] },
  'CORE-S2': { refused: [{ 29: '2', 30: '9', 31: '24' }, { 31: '10' }], accepted: [{ 29: '3', 30: '9', 31: '24' }, {}] },
  'CORE-S3': { refused: [{ 31: '20', 32: '2', 33: '9', 34: '24' }], accepted: [{ 31: '20', 32: '3', 33: '9', 34: '24' }] },
  'CORE-S4': { refused: [{ 143: '200.01' }, { 143: '800' }, { ...general, 143: '35.01' }], accepted: [{ 143: '200' }, { ...general, 143: '35' }] },
  'CORE-S5': { refused: [{ 144: '100.01' }, { 144: '700' }, { ...general, 144: '35.01' }], accepted: [{ 144: '100' }, { ...general, 144: '35' }] },
  'CORE-S6': { refused: [{ 145: '85.01' }, { 145: '800' }, { ...general, 145: '35.01' }], accepted: [{ 145: '85' }, { ...general, 145: '35' }] },
  'CORE-S7': { refused: [{ 47: '5', 41: '65', 115: '28' }, person(48, '65', { 53: '5' })], accepted: [{ 47: '5', 41: '66', 115: '28' }, person(48, '66', { 53: '5' }), { 47: '5', 41: 'R' }] },
  'CORE-S8': { refused: [{ 41: '67', 115: '28' }, person(84, '67')], accepted: [{ 41: '66', 115: '28' }, person(84, '66'), { 41: '67', 115: '28', 47: '5' }, { 41: '67', 115: '28', 47: '10' }] },
  'CORE-S9': { refused: [{ ...child(48, '15'), 49: '1' }], accepted: [person(48, '16', { 49: '1' }), child(48, '15')] },
  'CORE-S10': { refused: [{ ...person(48, '20', { 49: '1' }), ...person(54, '20', { 55: '1' }) }], accepted: [{ ...person(48, '20', { 49: '1' }), ...person(54, '20') }] },
  'CORE-S11': { refused: [{ 93: '1' }, { 93: '1', 42: 'F', 41: '56', 115: '28' }, { 93: '1', ...child(48, '12') }], accepted: [{ 93: '1', 42: 'F', 41: '55', 115: '28' }, { 93: '1', ...child(48, '13') }, { 93: '1', 42: 'F', 41: 'R' }, { 93: '2' }] },
  'CORE-S12': { refused: [{ 113: '20', 114: 'Decanted to here' }, { 113: '20', 114: 'left hospital' }], accepted: [{ 113: '20', 114: 'A firefighter moved in' }, { 113: '20', 114: 'Nearer to college' }] },
  'CORE-S13': { refused: [{ 38: '3', 39: 'Starter licence' }, { 38: '3', 39: 'an introductory one' }], accepted: [{ 38: '3', 39: 'A lease' }, { 38: '3', 39: 'Startery' }] },
  'CORE-S14': { refused: [{ 47: '8' }, person(48, '20', { 53: '8' })], accepted: [{ 47: '8', 100: '1', 105: '1' }, { 47: '8', 100: '3' }, { 47: '7' }] },
  'CORE-S15': { refused: [paid(['74.06', '0', '0', '0'], { 11: '1' }), paid(['358.82', '0', '0', '0'], { 11: '1' })], accepted: [paid(['74.07', '0', '0', '0'], { 11: '1' }), paid(['358.81', '0', '0', '0'], { 11: '1' }), { 142: '20' }] },
};

describe.each([['hard', hard, hardChecks], ['soft', soft, softChecks]] as const)('every %s check, on both sides of its bounds', (severity, cases, checks) => {
  const found = (changes: Changes, change: Partial<About> = {}): string[] => checkUp(coreRow(changes), { ...about, ...change })[severity].map(({ code }) => code);

  it('is here', () => {
    expect(Object.keys(cases).sort()).toEqual(checks.map(({ code }) => code).sort());
  });

  it.each(Object.entries(cases))('%s', (code, { refused, accepted, about: change }) => {
    for (const changes of refused) expect({ changes, found: found(changes, change) }).toEqual({ changes, found: expect.arrayContaining([code]) });
    for (const changes of accepted) expect({ changes, found: found(changes, change) }).toEqual({ changes, found: expect.not.arrayContaining([code]) });
  });
});

it('goes by the kind of landlord where bounds do', () => {
  const found = (changes: Changes): string[] => {
    const { hard: errors, soft: warnings } = checkUp(coreRow({ ...council, ...changes }), { ...about, provider: 'la' });
    return [...errors, ...warnings].map(({ code, field }) => `${code} ${field}`);
  };
  expect(found({ 143: '100', 144: '75', 145: '75' })).toEqual([]);
  expect(found({ 143: '100.01', 144: '75.01', 145: '75.01' })).toEqual(['CORE-S4 143', 'CORE-S5 144', 'CORE-S6 145']);
  expect(found({ 143: '500', 144: '200', 145: '200' })).toEqual(['CORE-S4 143', 'CORE-S5 144', 'CORE-S6 145']);
  expect(found({ 143: '500.01', 144: '200.01', 145: '200.01' })).toEqual(['CORE-22 143', 'CORE-22 144', 'CORE-22 145']);
  expect(found({ ...general, 143: '25', 144: '25', 145: '25' })).toEqual([]);
  expect(found({ ...general, 143: '25.01', 144: '25.01', 145: '25.01' })).toEqual(['CORE-S4 143', 'CORE-S5 144', 'CORE-S6 145']);
  expect(found({ 132: '6' })).toContain('CORE-17 132');
});
