import type { Actor, CommandDeclaration } from '../kernel/command.js';
import type { EventMetadata } from '../event-store/metadata.js';

/** A command on its way. */
export interface CommandRequest {
  readonly declaration: CommandDeclaration;
  /** Id of the entity; absent where the command creates it. */
  readonly id?: string;
  /** Instance of the command's class: validated, normalised. */
  readonly command: object;
  /** The command's body as it came, for telling a repeat from another command. */
  readonly body: unknown;
  readonly actor: Actor;
  readonly source: EventMetadata['source'];
  readonly correlationId: string;
  readonly causationId?: string;
  /** Path with ids, the scope of an idempotency key. */
  readonly route: string;
  readonly idempotencyKey?: string;
  /** Of a process: derived from the event that it reacts to. */
  readonly commandId?: string;
  readonly ifMatch?: number;
}

/** What was recorded. */
export interface Acknowledgement {
  readonly id: string;
  readonly reference?: string;
  readonly revision: number;
  readonly position: number;
  readonly events: readonly { readonly type: string; readonly revision: number }[];
  readonly replayed: boolean;
  /** Of the command that was recorded, or is answered again: what follows from it carries it. */
  readonly correlationId: string;
  /** A one-time secret under the name that the command declares (`reveals`). */
  readonly revealed?: Readonly<Record<string, string>>;
}
