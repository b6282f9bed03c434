import { copyOf } from './copy.js';
import { type EntityDeclaration, type State } from './entity.js';
import type { DomainEvent, EventDeclaration, Recorded } from './event.js';

/** An event with what its recording added. */
export interface AppliedEvent {
  readonly declaration: EventDeclaration;
  readonly event: DomainEvent<object>;
  readonly recorded: Recorded;
}

/** An entity before its first event. */
export function unborn(entity: EntityDeclaration, id: string, organizationId: string): State {
  return Object.assign(new entity.state(), { id, organizationId });
}

/**
 * The state after an event: the one fold that commands, projections, history and specs share.
 *
 * The given state is left as it is: `apply` replaces what it changes (lists and children too) and mutates nothing inside,
 * so a shallow copy is a snapshot, and what did not change is the same object before and after.
 */
export function evolve(state: State, { declaration, event, recorded }: AppliedEvent): State {
  const after = copyOf(state);
  if (declaration.options.to) (after as { status?: string }).status = declaration.options.to;
  event.apply(after, recorded);
  const { reference } = event as { reference?: string };
  if (reference && !after.reference) after.reference = reference;
  return after;
}

/** As `evolve`, but changes the given state: for folding a whole stream whose steps nobody looks at. */
export function evolveInPlace(state: State, { declaration, event, recorded }: AppliedEvent): void {
  if (declaration.options.to) (state as { status?: string }).status = declaration.options.to;
  event.apply(state, recorded);
  const { reference } = event as { reference?: string };
  if (reference && !state.reference) state.reference = reference;
}

/** Folds a whole stream; undefined where there are no events. */
export function foldAll(
  entity: EntityDeclaration,
  id: string,
  organizationId: string,
  events: readonly AppliedEvent[],
): State | undefined {
  if (events.length === 0) return undefined;
  const state = unborn(entity, id, organizationId);
  for (const event of events) evolveInPlace(state, event);
  return state;
}

