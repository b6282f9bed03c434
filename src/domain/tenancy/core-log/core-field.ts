import type { Privacy } from '../../../kernel/privacy.js';
import type { AnswerForm } from './answer-form.js';
import type { CoreRow } from './core-row.js';

export type CoreSection =
  | 'Setting up this lettings log'
  | 'Property information'
  | 'Tenancy information'
  | 'Household characteristics'
  | 'Household needs'
  | 'Household situation'
  | 'Income, benefits and outgoings';

/** What makes a question one of this letting, and the words for it: `the tenancy is of another type (field 38 is 3)`. */
export interface Occasion {
  readonly holds: (row: CoreRow) => boolean;
  readonly words: string;
}

/** One question of the return, with everything that is declared about it. */
export interface CoreField {
  readonly number: number;
  readonly section: CoreSection;
  readonly question: string;
  readonly form: AnswerForm;
  readonly privacy: Privacy;
  /** When it is asked; elsewhere it is left blank. Always, where it says nothing. */
  readonly asked?: Occasion;
  /** Whether it must be answered where it is asked, or when. */
  readonly required: boolean | Occasion;
  /** To which lettings it applies, in the words of the template. */
  readonly applies?: string;
  /** How it counts in the search for duplicates, in the words of the template. */
  readonly duplicate?: string;
}

type Rest = Partial<Pick<CoreField, 'asked' | 'required' | 'applies' | 'duplicate'>>;

/** Declares the questions of one section, in the order of their numbers. */
export const section =
  (name: CoreSection) =>
  (number: number, question: string, form: AnswerForm, privacy: Privacy, rest: Rest = {}): CoreField =>
    ({ number, section: name, question, form, privacy, required: true, ...rest });

/** An occasion and the words for it. */
export const when = (words: string, holds: (row: CoreRow) => boolean): Occasion => ({ words, holds });

/** Whether a question is one of this letting. */
export const isAsked = ({ asked }: CoreField, row: CoreRow): boolean => asked?.holds(row) ?? true;
/** Whether it must be answered for this letting. */
export const isRequired = (field: CoreField, row: CoreRow): boolean =>
  isAsked(field, row) && (typeof field.required === 'boolean' ? field.required : field.required.holds(row));

/** In words, when it may be left blank: the row of the header that says so. */
export function mayBeBlank({ asked, required }: CoreField): string {
  if (required === false) return 'Yes';
  const occasions = [asked, typeof required === 'boolean' ? undefined : required].filter((one) => one !== undefined);
  return occasions.length === 0 ? 'No' : `Yes, unless ${occasions.map(({ words }) => words).join(' and ')}`;
}
