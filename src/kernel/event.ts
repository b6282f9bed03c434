import type { DeadlineChange } from './deadline.js';
import { takeFields, type State } from './entity.js';
import { fieldsOf, type ClassOf, type Field } from './fields.js';

/** What the recording of an event adds to it. */
export interface Recorded {
  readonly recordedAt: string;
  readonly actorId: string;
  readonly actorRole: string;
  readonly organizationId: string;
  readonly revision: number;
  readonly effectiveDate: string;
  readonly eventId: string;
  readonly commandId: string;
}

/**
 * Something that happened to an entity. `apply` is pure and total; values of class 2 and 3 are opaque to it: it may only
 * move them. It replaces what it changes (`state.people = [...state.people, person]`) and mutates nothing in place.
 */
export abstract class DomainEvent<S extends object> {
  /** Changes the state; pure. */
  abstract apply(state: S, recorded: Recorded): void;

  /** Makes the event. Absent and null values are kept as they are given. */
  static of<E extends object>(this: new () => E, values: Omit<E, 'apply'>): E {
    return Object.assign(new this(), values);
  }
}

export interface EventOptions {
  /** Status that the entity has afterwards; the kernel sets it. */
  readonly to?: string;
  /** Statuses that `apply` may choose from. */
  readonly toOneOf?: readonly string[];
  readonly doc?: string;
  /** What it does to deadlines of its stream. */
  readonly deadlines?: DeadlineChange;
  /** Recorded by a command of the kernel, not of a domain command. */
  readonly technical?: boolean;
}

export type Upcaster = (data: Record<string, unknown>) => Record<string, unknown>;

/** A declared event. */
export interface EventDeclaration {
  readonly type: string;
  readonly version: number;
  readonly entity: ClassOf;
  readonly event: new () => DomainEvent<object>;
  readonly options: EventOptions;
  readonly fields: readonly Field[];
  readonly upcasters: ReadonlyMap<number, Upcaster>;
  /** Names of the facts of which it carries those that changed (`changeWith`); the pipeline drops what changes nothing. */
  readonly changes?: readonly string[];
}

const events: EventDeclaration[] = [];
/** Every declared event, in order of declaration. */
export const declaredEvents = (): readonly EventDeclaration[] => events;

/**
 * Declares an event of an entity under a frozen type and version.
 * @param upcasters by the version they read, giving the next one.
 */
export function EventOf<S extends State>(
  entity: ClassOf<S>,
  type: string,
  version: number,
  options: EventOptions & { upcasters?: Record<number, Upcaster> } = {},
) {
  return (event: new () => DomainEvent<S>): void => {
    events.push({
      type,
      version,
      entity,
      event: event as unknown as new () => DomainEvent<object>,
      options,
      fields: fieldsOf(event),
      upcasters: new Map(Object.entries(options.upcasters ?? {}).map(([from, up]) => [Number(from), up])),
      changes: changeFacts.get(Object.getPrototypeOf(event) as ClassOf)?.map(({ name }) => name),
    });
  };
}

type EventBase<S, F> = {
  new (): { apply(state: S, recorded: Recorded): void } & F;
  of<E extends object>(this: new () => E, values: Omit<E, 'apply'>): E;
};

/** An event that carries these facts; unless it says otherwise, applying it copies them into the state. */
export function eventWith<S extends State, F extends object>(_entity: ClassOf<S>, facts: ClassOf<F>): EventBase<S, F> {
  return carrier(facts, false) as unknown as EventBase<S, F>;
}

/** An event that carries some of these facts: absent ones stay, null clears. */
export function changeWith<S extends State, F extends object>(
  _entity: ClassOf<S>,
  facts: ClassOf<F>,
): EventBase<S, { [K in keyof F]?: F[K] | null }> {
  return carrier(facts, true) as unknown as EventBase<S, { [K in keyof F]?: F[K] | null }>;
}

const changeFacts = new WeakMap<ClassOf, readonly Field[]>();

function carrier(facts: ClassOf, partial: boolean): ClassOf {
  class Carrier extends DomainEvent<object> {
    apply(state: object): void {
      for (const { name } of fieldsOf(facts)) {
        const value = (this as unknown as Record<string, unknown>)[name];
        if (value !== undefined) (state as Record<string, unknown>)[name] = value;
      }
    }
  }
  takeFields(Carrier, facts, partial);
  if (partial) changeFacts.set(Carrier, fieldsOf(facts));
  return Carrier;
}
