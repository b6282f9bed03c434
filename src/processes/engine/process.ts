import type { RecordedEvent } from '../../event-store/event-store.js';
import type { State } from '../../kernel/entity.js';
import type { DecodedEvent } from '../../privacy/codec.js';

/** A command that a process sends. Its id is UUIDv5(process | causing event or timer | step), so that it is done once. */
export interface ProcessCommand {
  /** Name of the step within the reaction, unique in it and stable. */
  readonly step: string;
  /** Name of the command class (`AllocateRoom`). */
  readonly command: string;
  /** Stream that it is for; where the command creates one, the id that it shall have. */
  readonly id: string;
  readonly body: object;
}

/** A moment at which a process wants to be woken, kept with its checkpoint. Ids and instants only: it is stored in clear. */
export interface ProcessTimer {
  /** Unique in the process: setting it again moves it. */
  readonly key: string;
  /** UTC instant by the product's clock. */
  readonly dueAt: string;
  readonly payload: Readonly<Record<string, string | number | null>>;
  /** Stream in whose order it fires, and which waits where that is refused; the cause's, where it is left out. */
  readonly stream?: string;
}

/** What a process may look at and do while it reacts. Everything is by the organisation of the event. */
export interface ProcessContext {
  readonly organizationId: string;
  /** Instant by the product's clock. */
  readonly now: string;
  /** Name and id of what is reacted to: id of the event, or of the timer's firing. */
  readonly cause: string;
  /** Current state of an entity, straight from the log; personal values sealed. */
  find<S extends State>(table: string, id: string): Promise<S | undefined>;
  /**
   * Sends a command and waits until it is recorded. Repeated after a crash it is answered from the log.
   * Conflicts and unavailability are retried by the engine. @throws Refusal, which parks the cause's stream.
   */
  send(command: ProcessCommand): Promise<void>;
  /** Sets or moves a timer. */
  schedule(timer: ProcessTimer): void;
  cancel(key: string): void;
}

/** A process manager: events in, commands out. It lives from its own checkpoint and never runs in a rebuild. */
export interface Process {
  /** Stable name: it is part of the ids of its commands. */
  readonly name: string;
  /** What it does, one sentence for `GET /api/v1/processes`. */
  readonly doc: string;
  /** Types of event that it reacts to. */
  readonly on: readonly string[];
  /**
   * What it works on in the order of the log: events of one lane come one after the other, lanes side by side. Without it
   * each stream is a lane of its own. For what several streams say of one thing, and where the order of that matters.
   */
  lane?(event: RecordedEvent): string;
  react(event: DecodedEvent, context: ProcessContext): Promise<void>;
  /** A timer is due. */
  fire?(timer: ProcessTimer, context: ProcessContext): Promise<void>;
}
