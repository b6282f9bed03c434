/** What a value is to privacy. Every field names one; there is no default. */

/** Unit of lawful basis, retention and erasure of one person's data. */
export type Scope =
  | 'identity'
  | 'contact'
  | 'location'
  | 'health'
  | 'safeguarding'
  | 'finance'
  | 'consentBased'
  | 'statutoryCase';

/** 0 public · 1 pseudonymous · 2 personal · 3 special category, safeguarding or financial identifier. */
export type PrivacyClass = 0 | 1 | 2 | 3;

/** The classification of a field. */
export interface Privacy {
  readonly class: PrivacyClass;
  readonly scope?: Scope;
  /** Class 1 value that is nevertheless masked for roles that may not see it (a legal status, an incident type). */
  readonly sensitive?: boolean;
}

/** Harmless to everyone inside the organisation. */
export const open: Privacy = { class: 0 };
/** An id, date or amount that means a person only to who holds the key to it. */
export const pseudonymous: Privacy = { class: 1 };
/** A closed enum that says something delicate: clear in the log, masked by role. */
export const sensitive: Privacy = { class: 1, sensitive: true };
/** Personal data: encrypted in the log under the subject's key of this scope, purged from tables at erasure. */
export const personal = (scope: Scope): Privacy => ({ class: 2, scope });
/** Special data: as personal, and never in a table in the clear. */
export const special = (scope: Scope): Privacy => ({ class: 3, scope });

/** Shown in place of a text whose key was destroyed. */
export const ERASED_TEXT = '[erased]';
