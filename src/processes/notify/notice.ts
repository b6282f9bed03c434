import type { NotificationFacts } from '../../domain/engagement/notification/notification.js';

/** Fields of an event by name, as they are when nobody has opened them: personal ones are sealed and are not used. */
export type Facts = Readonly<Record<string, unknown>>;

/**
 * Who is told. The key worker of the matter, or of the resident whom it is about, and the manager of its property; everybody in a
 * role; a user whom a field of the event, or of the entity's state, names.
 */
export type Recipient = 'key_worker' | 'property_manager' | `role:${string}` | `field:${string}`;

/** A kind of event of which people are told. One row of the table: see `notices.ts` for how to add one. */
export interface Notice extends Pick<NotificationFacts, 'title' | 'notificationType' | 'priority' | 'category'> {
  /** Type of the event. */
  readonly on: string;
  /** Code of the matter: the first part of what keeps it from being told twice. */
  readonly rule: string;
  /** What is said below the title; the entity's reference is added. Never a name. */
  readonly message: string;
  readonly to: readonly Recipient[];
  /** Who is told where nobody of `to` is there. */
  readonly else?: readonly Recipient[];
  /** Of which events of the type; of all, where it is left out. */
  readonly when?: (event: Facts) => boolean;
  /** Field of the event with the day or instant that the matter is about; the day of recording, where it is left out. */
  readonly day?: string;
  /** Fields of the event that keep matters of one day apart (a stage, a level, a kind). */
  readonly part?: string | readonly string[];
  readonly actionRequired?: boolean;
}
