import { CivilDate, Text } from '../../kernel/fields.js';
import { personal, special } from '../../kernel/privacy.js';
import { rule } from '../../kernel/rules.js';
import { isNhsNumber, withoutSpaces } from './identifiers.js';
import { E164, normalisePhone } from '../phone.js';
import './resident.rules.js';

export const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** Who somebody is. */
export class ResidentDetails {
  @Text(personal('identity'), { min: 2, max: 100, code: 'RES-1' }) firstName!: string;
  @Text(personal('identity'), { min: 2, max: 100, code: 'RES-1' }) lastName!: string;
  @Text(personal('identity'), { optional: true, max: 100 }) preferredName?: string;
  @CivilDate(personal('identity'), { keepYear: true }) dateOfBirth!: string;
  @Text(personal('contact'), { optional: true, max: 254, pattern: EMAIL }) email?: string;
  @Text(personal('contact'), { optional: true, max: 16, pattern: E164, code: 'GEN-7', normalise: normalisePhone }) phone?: string;
  @Text(personal('location'), { optional: true, max: 500, doc: 'Where they lived before they came' }) previousAddress?: string;
  @Text(personal('identity'), { optional: true, max: 200, doc: 'The school or college that they go to' }) schoolOrCollege?: string;
}
export class NhsNumberFacts {
  @Text(special('health'), { optional: true, blind: true, max: 20, normalise: withoutSpaces }) nhsNumber?: string;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** What people count as characters. */
const lengthOf = (text: string): number => [...graphemes.segment(text)].length;

type Details = { [K in 'firstName' | 'lastName' | 'dateOfBirth']?: string | null };

/**
 * RES-1 and the half of RES-2 that concerns the date alone; of the facts that are given.
 * @param within field of the command that holds them, where it does not hold them itself. @throws Refusal
 */
export function checkDetails({ firstName, lastName, dateOfBirth }: Details, today: string, within?: string): void {
  const at = (field: string): string => (within ? `${within}/${field}` : field);
  for (const [field, name] of Object.entries({ firstName, lastName })) {
    if (name === undefined) continue;
    rule('RES-1', 'A name has 2 to 100 characters.', name !== null && lengthOf(name) >= 2 && lengthOf(name) <= 100, at(field));
  }
  if (dateOfBirth === undefined) return;
  rule('RES-2', 'A date of birth is in the past.', dateOfBirth !== null && dateOfBirth < today, at('dateOfBirth'));
}

/** RES-8 for an NHS number. @param field of the command that has it. @throws Refusal */
export const checkNhsNumber = (nhsNumber: string, field = 'nhsNumber'): void =>
  rule('RES-8', 'This is no NHS number: its check digit is wrong.', isNhsNumber(nhsNumber), field);
