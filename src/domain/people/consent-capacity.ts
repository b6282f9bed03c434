import { rule } from '../../kernel/rules.js';
import { ADULT } from '../ages.js';
import './resident.rules.js';
import type { Consent, ConsentFacts } from './resident/consent.js';

/** From this age people decide for themselves unless they were found unable to. */
const OWN_SAY = 16;

type Given = { readonly [K in 'givenBy' | 'capacityAssessedOn' | 'hasCapacity']?: ConsentFacts[K] | null };

/** Whether somebody of an age decides about this themselves: under 16 where they were found able to, later unless they were found unable to. */
const decides = (age: number, hasCapacity: boolean | null | undefined): boolean => (age < OWN_SAY ? hasCapacity === true : hasCapacity !== false);

/**
 * RES-14: who may give a consent for somebody. Under 16 that is whoever has parental responsibility, or they themselves where
 * they understand what it is about; from 16 it is they themselves, and where they were found unable to decide, until 18
 * whoever has parental responsibility or a deputy, and then an attorney or a deputy.
 * @param age whole years today. @throws Refusal
 */
export function checkGiver({ givenBy, capacityAssessedOn, hasCapacity }: Given, age: number, today: string): void {
  const found = typeof hasCapacity === 'boolean';
  rule('RES-14', 'Say what was found of their capacity to decide, and when.', found === Boolean(capacityAssessedOn), found ? 'capacityAssessedOn' : 'hasCapacity');
  rule('RES-14', 'Their capacity to decide was not found out on a day that is still to come.', !capacityAssessedOn || capacityAssessedOn <= today, 'capacityAssessedOn');
  const giver = givenBy ?? 'resident';
  const own = decides(age, hasCapacity);
  if (giver === 'resident') {
    const sentence = age < OWN_SAY ? 'Under 16 they consent themselves where they were found able to decide about it.' : 'They were found unable to decide about it: whoever may decide for them consents.';
    return rule('RES-14', sentence, own, 'givenBy');
  }
  const who = giver.replaceAll('_', ' ');
  if (age < OWN_SAY) return rule('RES-14', `Under 16 whoever has parental responsibility consents for them, and no ${who}.`, giver === 'parent' || giver === 'local_authority', 'givenBy');
  rule('RES-14', 'From 16 they consent themselves, unless they were found unable to decide about it.', !own, 'givenBy');
  if (age < ADULT) return rule('RES-14', 'An attorney consents for adults alone.', giver !== 'attorney', 'givenBy');
  rule('RES-14', `Of an adult who cannot decide, an attorney or a deputy consents, and no ${who}.`, giver === 'attorney' || giver === 'deputy', 'givenBy');
}

/**
 * Whether a consent counts on a day: it was not withdrawn or given anew, has not expired, and whoever gave it may still decide
 * for the resident. What a parent or an authority consented to ends at 16, or at 18 where the resident cannot decide.
 * @param age whole years on that day; undefined where it is not known.
 */
export function counts({ withdrawnOn, replacedOn, expiresOn, givenBy, hasCapacity }: Consent, today: string, age: number | undefined): boolean {
  if (withdrawnOn || replacedOn || (expiresOn && expiresOn <= today)) return false;
  if (givenBy !== 'parent' && givenBy !== 'local_authority') return true;
  return age === undefined || age < (hasCapacity === false ? ADULT : OWN_SAY);
}
