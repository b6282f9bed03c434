import type { EventDeclaration } from '../kernel/event.js';
import type { DomainEvent } from '../kernel/event.js';
import type { AppliedEvent } from '../kernel/fold.js';
import type { RecordedEvent } from '../event-store/event-store.js';
import type { EventMetadata } from '../event-store/metadata.js';

/** A recorded event as the domain sees it; values of class 2 and 3 are `Sealed`. */
export interface DecodedEvent extends AppliedEvent {
  readonly metadata: EventMetadata;
  readonly stored: RecordedEvent;
}

/** Where an event is about to be written: what its sealed values are bound to. */
export interface Destination {
  readonly organizationId: string;
  /** Id of the entity, without the category: the data subject unless a field names another. */
  readonly entityId: string;
  /** Value of the entity's `subject` field in its state, for events that do not carry it themselves. */
  readonly subject?: string;
  readonly eventId: string;
}

/** An event as bytes. */
export interface EncodedEvent {
  readonly type: string;
  readonly version: number;
  readonly data: Uint8Array;
}

/** Which classes to open; the rest stays `Sealed`. */
export interface Opening {
  readonly classes: readonly (2 | 3)[];
}

/** Turns domain events into bytes and back. */
export interface Codec {
  /**
   * Seals what is personal, one bundle for each subject, scope and class.
   * @throws SubjectErased where the subject's key of that scope was destroyed and no new one is allowed.
   */
  encode(event: DomainEvent<object>, declaration: EventDeclaration, at: Destination): Promise<EncodedEvent>;

  /**
   * Upcast, typed, and sealed values left sealed. Undefined for a type that the product does not know.
   * Needs no key, and never throws for an erased one. @throws UnreadableEvent for bytes that are no event of the type.
   */
  decode(stored: RecordedEvent): DecodedEvent | undefined;

  /**
   * Copies with their sealed values opened (also in lists, groups and children), the keys of all of them asked for at
   * once. What was erased becomes a `Tombstone`; nothing throws for it. @throws KeysUnavailable when the keyring does not
   * answer, SealBroken for a value that was altered or moved.
   */
  unseal<T extends object>(objects: readonly T[], opening?: Opening): Promise<T[]>;

  /** Reads the fences again, between encrypting and appending. @throws SubjectErased */
  checkFences(organizationId: string, encoded: readonly EncodedEvent[]): Promise<void>;
}

/** The subject's key of this scope was destroyed: nothing personal can be recorded any more. Answers 410. */
export class SubjectErased extends Error {
  override readonly name = 'SubjectErased';
}
/** The keyring cannot be reached or cannot open its keys. Answers 503; nothing is ever shown or stored in clear instead. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}
/** A sealed value was altered, or moved from the event, person or organisation that it belongs to. It is not erased: it is wrong. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken';
  constructor(
    message: string,
    /** The event that claims to hold it. */
    readonly eventId: string,
  ) {
    super(message);
  }
}
/** The stored bytes are not what their type promises. Its stream is parked. */
export class UnreadableEvent extends Error {
  override readonly name = 'UnreadableEvent';
}
