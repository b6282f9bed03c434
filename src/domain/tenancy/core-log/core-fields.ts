import { fits } from './answer-form.js';
import type { CoreField } from './core-field.js';
import { nameOf, PERSONS, type CoreValues } from './core-row.js';
import { householdFields } from './fields-household.js';
import { lettingFields } from './fields-letting.js';
import { situationFields } from './fields-situation.js';

/**
 * The 147 questions of the lettings return of 2026/27, in the order of the bulk-upload file. Source: the public template
 * of the lettings and sales data collection of the Ministry of Housing, Communities and Local Government.
 */
export const coreFields: readonly CoreField[] = [...lettingFields, ...householdFields, ...situationFields];
/** Year of the template: lettings that start from 1 April of it to 31 March of the next one. */
export const TEMPLATE_YEAR = 2026;

const byNumber = new Map(coreFields.map((field) => [field.number, field]));
/** The question of a number. @throws where there is none. */
export function coreField(number: number): CoreField {
  const found = byNumber.get(number);
  if (!found) throw new Error(`The return has no field ${number}.`);
  return found;
}

/** Answers that are read whatever the case of their letters: ages and sexes, as the service does; nationalities and postcodes too. */
const capitals = new Set([23, 24, 25, 41, 42, 46, 118, 119, 120, ...PERSONS.flatMap((first) => [first, first + 2])]);

/** An answer as it is kept: without space around it, codes of letters in capitals; nothing for an empty one. */
export function normalised(field: number, text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  return capitals.has(field) ? trimmed.toUpperCase() : trimmed;
}

/** Whether an answer that is given is one of its codes, or of its form. */
export const isWellFormed = (field: CoreField, text: string): boolean => fits(field.form, text);

/** All answers of some values, by the number of the question. */
export const answersIn = (values: CoreValues): Map<number, string> =>
  new Map(coreFields.flatMap(({ number }) => {
    const text = values[nameOf(number)];
    return text === undefined || text === null || text === '' ? [] : [[number, text] as const];
  }));
