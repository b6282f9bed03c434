import type { CoreRow } from './core-row.js';

/** What a check has to know besides the answers. */
export interface About {
  /** Year of the return: lettings that start from 1 April of it. */
  readonly year: number;
  /** Civil date of the check. */
  readonly today: string;
  /** Whose stock it is: a local authority's, or a private registered provider's. */
  readonly provider: 'la' | 'prp';
  /** Codes of the rent periods that the managing organisation is registered for; empty where that is not known. */
  readonly rentPeriods: readonly string[];
}

/** A rule about the answers of one letting. */
export interface CoreCheck {
  readonly code: string;
  /** What must hold, as a sentence. */
  readonly sentence: string;
  /** Numbers of the fields in which it is broken; none where it holds. */
  readonly broken: (row: CoreRow, about: About) => readonly number[];
}

/** What was found: a rule and one field in which it is broken. */
export interface Finding {
  readonly code: string;
  readonly field: number;
}

/** Those fields where the condition holds, none elsewhere. */
export const where = (condition: boolean, ...fields: readonly number[]): readonly number[] => (condition ? fields : []);
/** Those of the fields that are answered so. */
export const answered = (row: CoreRow, fields: readonly number[], ...some: readonly (number | string)[]): number[] =>
  fields.filter((field) => row.is(field, ...some));
