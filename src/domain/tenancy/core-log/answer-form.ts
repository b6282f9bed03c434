/** How the answer to a question of the return is written. */
export type AnswerForm =
  | { readonly kind: 'codes'; readonly codes: readonly string[]; readonly values: string }
  | { readonly kind: 'text'; readonly max: number; readonly pattern?: RegExp; readonly values: string }
  | { readonly kind: 'whole'; readonly min: number; readonly max: number; readonly also: readonly string[]; readonly values: string }
  | { readonly kind: 'money'; readonly values: string };

/** Runs such as `1-3 7 10`, each code by itself. */
function codesIn(runs: string): string[] {
  return runs.split(' ').flatMap((run) => {
    const [from, to = from] = run.split('-').map(Number);
    return Array.from({ length: to! - from! + 1 }, (_, index) => String(from! + index));
  });
}

/** One of a list of numbers: `codes('1-3 7')`. */
export const codes = (runs: string): AnswerForm =>
  ({ kind: 'codes', codes: codesIn(runs), values: runs.replaceAll('-', ' - ').replaceAll(/ (?=\d+( - \d+)?( |$))(?<!- )/g, ', ') });
/** One of a list of letters. */
export const letters = (...some: readonly string[]): AnswerForm => ({ kind: 'codes', codes: some, values: some.join(', ') });
/** A tick: 1 for what applies, 0 or nothing for what does not. */
export const tick: AnswerForm = { kind: 'codes', codes: ['1', '0'], values: '1 or empty' };
/**
 * On one line, as a letting is one line of the file, and not beginning as a formula of a spreadsheet does: nobody is called so.
 */
const PLAIN_WORDS = /^[^=+\-@\uff1d\uff0b\uff0d\uff20\p{Cc}\u2028\u2029][^\p{Cc}\u2028\u2029]*$/u;
/** Free words, at most so many characters. */
export const words = (max: number, values = 'Text'): AnswerForm => ({ kind: 'text', max, pattern: PLAIN_WORDS, values });
/** Words of one shape. */
export const shaped = (pattern: RegExp, max: number, values: string): AnswerForm => ({ kind: 'text', max, pattern, values });
/** A whole number, or one of a few words. */
export const whole = (min: number, max: number, ...also: readonly string[]): AnswerForm =>
  ({ kind: 'whole', min, max, also, values: [`${min} - ${max}`, ...also].join(' or ') });
/** Pounds and pence, `1234.50`. */
export const money: AnswerForm = { kind: 'money', values: 'xxxx.xx' };

const WHOLE = /^\d{1,3}$/;
const MONEY = /^\d{1,5}(\.\d{1,2})?$/;

/** Whether a text is an answer of this form. */
export function fits(form: AnswerForm, text: string): boolean {
  switch (form.kind) {
    case 'codes':
      return form.codes.includes(text);
    case 'text':
      return text.length <= form.max && (form.pattern?.test(text) ?? true);
    case 'whole':
      return form.also.includes(text) || (WHOLE.test(text) && Number(text) >= form.min && Number(text) <= form.max);
    default:
      return MONEY.test(text);
  }
}

/** Longest text that the form can have. */
export const longest = (form: AnswerForm): number => (form.kind === 'text' ? form.max : 8);

/** An amount in pence; undefined where it is none. */
export function penceIn(text: string): number | undefined {
  if (!MONEY.test(text)) return undefined;
  const [pounds, pence = ''] = text.split('.');
  return Number(pounds) * 100 + Number(pence.padEnd(2, '0'));
}

/** Pence as the return writes an amount: `182.40`. */
export const amountText = (pence: number): string => `${Math.trunc(pence / 100)}.${String(pence % 100).padStart(2, '0')}`;
