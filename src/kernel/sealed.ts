import type { FieldKind } from './fields.js';
import type { Scope } from './privacy.js';

/** Personal values of one subject, scope and class in one event, encrypted together. Stored in the event's data under `$p`. */
export interface Bundle {
  /** Version of the envelope. */
  readonly v: 1;
  /** Fingerprint of the key. */
  readonly k: string;
  /** Data subject: a person, or the case of a narrative. */
  readonly s: string;
  readonly c: Scope;
  /** Class, 2 or 3. */
  readonly l: 2 | 3;
  /** Revision of the subject's key. */
  readonly r: number;
  /** Names of the fields inside, in clear, so that who lacks the key knows what it replaces. */
  readonly f: readonly string[];
  readonly iv: string;
  readonly ct: string;
}

/** The event that a bundle was sealed in: part of what it is bound to. */
export interface SealedOrigin {
  readonly organizationId: string;
  readonly eventId: string;
  readonly type: string;
  readonly version: number;
}

/** A personal value that nobody has opened. `apply` may move it and nothing else. */
export class Sealed {
  constructor(
    readonly bundle: Bundle,
    readonly field: string,
    readonly kind: FieldKind,
    readonly origin: SealedOrigin,
    /** What stays in clear of the value: the year of a date of birth. */
    readonly kept?: string,
  ) {}

  /** Never serialised by accident: an answer or a log line that was to hold it holds this. */
  toJSON(): string {
    return '[sealed]';
  }
}

/** What is left of a value whose key was destroyed. */
export class Tombstone {
  constructor(
    readonly kind: FieldKind,
    readonly scope: Scope,
    readonly kept?: string,
  ) {}

  /** In answers: texts say that they were erased, everything else is absent. */
  toJSON(): string | null {
    return this.kind === 'text' ? '[erased]' : null;
  }
}
