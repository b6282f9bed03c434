import type { Field } from './fields.js';
import { ruleAsked } from './rules.js';
import { isCivilDate, isCleanText, isInstant, isUuid } from './values.js';

/** One thing that a value of a field must satisfy; checks of a field are asked in order until one does not hold. */
export interface FieldCheck {
  /** Unique in its field. */
  readonly name: string;
  readonly code: string;
  /** The code is a rule that the field's declaration names. */
  readonly ruled: boolean;
  holds(value: unknown): boolean;
  /** The sentence where it does not. */
  says(value: unknown): string;
  /** Rest of the pointer, into the value. */
  where?(value: unknown): string;
}

const LONGEST_ITEM = 200;

/** What a value of this field must satisfy. @param clears null is a value: it clears (a change). */
export function checksOf(field: Field, clears: boolean): FieldCheck[] {
  const label = labelOf(field);
  const presence = check('presence', 'REQUIRED', (value) => value !== undefined || field.optional, `${label} is missing.`);
  const kept = check('kept', 'REQUIRED', (value) => value !== null || (field.optional && !field.mandatory), `${label} cannot be cleared.`);
  return [presence, ...(clears ? [kept] : []), ...valueChecks(field, label).map(whereThere)];
}

/** What is absent, or cleared, satisfies everything but its presence. */
const whereThere = (one: FieldCheck): FieldCheck => ({
  ...one,
  holds: (value) => value === undefined || value === null || one.holds(value),
});

function valueChecks(field: Field, label: string): FieldCheck[] {
  switch (field.kind) {
    case 'text':
      return textChecks(field, label);
    case 'choice':
      return [check('choice', 'FORMAT', (value) => isOneOf(field.values, value), `${label} is one of ${field.values?.join(', ')}.`)];
    case 'ref':
      return [check('id', 'FORMAT', isUuid, `${label} is an id, such as 6ba7b810-9dad-41d1-80b4-00c04fd430c8.`)];
    case 'instant':
      return [check('instant', 'FORMAT', isInstant, `${label} is an instant in UTC, such as 2026-09-02T08:00:00Z, between 1900 and 2200.`)];
    case 'date':
      return [check('date', 'FORMAT', isCivilDate, `${label} is a date such as 2026-09-02, between 1900 and 2200.`)];
    case 'pence':
    case 'int':
      return numberChecks(field, label);
    case 'decimal':
      return decimalChecks(field, label);
    case 'flag':
      return [check('flag', 'TYPE', (value) => typeof value === 'boolean', `${label} is true or false.`)];
    case 'group':
      return [check('object', 'TYPE', (value) => typeof value === 'object' && !Array.isArray(value), `${label} is an object.`)];
    case 'list':
    case 'children':
      return listChecks(field, label);
    case 'hidden':
      return [];
  }
}

function textChecks(field: Field, label: string): FieldCheck[] {
  const { min = 0, max = Infinity, pattern, code } = field;
  const bounds = min > 0 ? `${label} has ${min} to ${max} characters.` : `${label} has at most ${max} characters.`;
  const checks = [
    check('text', 'TYPE', (value) => typeof value === 'string', `${label} is a text.`),
    general('clean', 'GEN-2', (value) => isCleanText(value as string), `${label} contains control characters or malformed Unicode.`),
    ruled('length', code, 'GEN-2', (value) => isWithin(value as string, min, max), bounds),
  ];
  if (pattern) checks.push(ruled('pattern', code, 'FORMAT', (value) => matches(pattern, value as string), `${label} does not have the right form.`));
  return checks;
}

function numberChecks({ min = 0, max = Number.MAX_SAFE_INTEGER, kind, code }: Field, label: string): FieldCheck[] {
  const what = kind === 'pence' ? 'a whole number of pence' : 'a whole number';
  const range = kind === 'pence' && min === 0 ? 'GEN-10' : 'RANGE';
  return [
    check('number', 'TYPE', (value) => Number.isSafeInteger(value), `${label} is ${what}.`),
    ruled('range', code, range, (value) => (value as number) >= min && (value as number) <= max, `${label} is ${what} from ${min} to ${max}.`),
  ];
}

function decimalChecks({ min = -Infinity, max = Infinity, scale = 4, code }: Field, label: string): FieldCheck[] {
  return [
    check('number', 'TYPE', Number.isFinite, `${label} is a number.`),
    ruled('range', code, 'RANGE', (value) => (value as number) >= min && (value as number) <= max, `${label} is a number from ${min} to ${max}.`),
    check('scale', 'FORMAT', (value) => Number((value as number).toFixed(scale)) === value, `${label} has at most ${scale} decimal places.`),
  ];
}

function listChecks(field: Field, label: string): FieldCheck[] {
  const { max = 100, of } = field;
  const bad = (value: unknown): number => (value as unknown[]).findIndex((item) => !(of ? isItem(item) : isTextItem(field, item)));
  const items = check('items', 'FORMAT', (value) => bad(value) < 0, itemSentence(field, label));
  return [
    check('list', 'TYPE', Array.isArray, `${label} is a list.`),
    ruled('size', field.code, 'RANGE', (value) => (value as unknown[]).length <= max, `${label} has at most ${max} items.`),
    { ...items, where: (value) => (Array.isArray(value) && value.length <= max ? `/${bad(value)}` : '') },
  ];
}

const isItem = (item: unknown): boolean => typeof item === 'object' && item !== null && !Array.isArray(item);

function isTextItem({ values, pattern }: Field, item: unknown): boolean {
  if (typeof item !== 'string' || !isCleanText(item) || !isWithin(item, 1, LONGEST_ITEM)) return false;
  return (!values || isOneOf(values, item)) && (!pattern || matches(pattern, item));
}

function itemSentence({ of, values }: Field, label: string): string {
  if (of) return `${label} is a list of objects.`;
  return values ? `${label} is a list of ${values.join(', ')}.` : `${label} is a list of texts of 1 to ${LONGEST_ITEM} characters.`;
}

const check = (name: string, code: string, holds: (value: unknown) => boolean, sentence: string): FieldCheck => ({
  name,
  code,
  ruled: false,
  holds,
  says: () => sentence,
});

/** A bound or pattern, under the rule's code where the declaration names one. */
function ruled(name: string, code: string | undefined, otherwise: string, holds: (value: unknown) => boolean, sentence: string): FieldCheck {
  if (code) return { ...general(name, code, holds, sentence), ruled: true };
  return (otherwise.startsWith('GEN-') ? general : check)(name, otherwise, holds, sentence);
}

/** A check that is a rule of the product, though what breaks it is malformed rather than refused. */
function general(name: string, code: string, holds: (value: unknown) => boolean, sentence: string): FieldCheck {
  const asked = (value: unknown): boolean => {
    const held = holds(value);
    ruleAsked(code, held);
    return held;
  };
  return check(name, code, asked, sentence);
}

const isOneOf = (values: readonly string[] | undefined, value: unknown): boolean => typeof value === 'string' && values?.includes(value) === true;

/** Length in characters (code points), counted only where it is in doubt. */
function isWithin(text: string, min: number, max: number): boolean {
  if (text.length < min) return false;
  if (text.length >= 2 * min && text.length <= max) return true;
  if (text.length > 2 * max) return false;
  let count = 0;
  for (const _ of text) count++;
  return count >= min && count <= max;
}

function matches(pattern: RegExp, text: string): boolean {
  pattern.lastIndex = 0;
  return pattern.test(text);
}

/** `dateOfBirth` reads "Date of birth". */
export const labelOf = ({ name }: Pick<Field, 'name'>): string => {
  const words = name.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return `${words[0]!.toUpperCase()}${words.slice(1)}`;
};
