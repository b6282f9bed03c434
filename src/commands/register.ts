import type { RegisterEntry } from '../kernel/entity.js';
import type { Revision } from '../event-store/event-store.js';

/**
 * What must be true over several streams: a register folds what each target (a room, a placement, a membership) holds.
 *
 * A claim says which entries its target held at a revision and which ones its command wants. Until it is known whether
 * that command's event was recorded, both count: nothing is given away twice. Whoever learns what a target holds at a
 * later revision says so, and older claims of that target mean nothing any more.
 */
export interface RegisterClaimed {
  readonly type: 'RegisterClaimed';
  /** One attempt of the command: two requests with one key in flight must not release each other's claim. */
  readonly claimId: string;
  readonly commandId: string;
  readonly target: string;
  /** Revision of the target that the claim was decided at; -1 where it did not exist. */
  readonly base: Revision;
  readonly held: readonly RegisterEntry[];
  readonly wanted: readonly RegisterEntry[];
}

/** What a target holds at a revision. */
export interface RegisterSettled {
  readonly type: 'RegisterSettled';
  readonly target: string;
  readonly revision: Revision;
  readonly entries: readonly RegisterEntry[];
}

/** A claimant takes back its own claim: it was refused and will not append. */
export interface RegisterReleased {
  readonly type: 'RegisterReleased';
  readonly claimId: string;
  readonly target: string;
}

export type RegisterEvent = RegisterClaimed | RegisterSettled | RegisterReleased;

/** What is known of one target. */
export interface Holding {
  readonly revision: Revision;
  readonly entries: readonly RegisterEntry[];
  readonly pending: ReadonlyMap<string, RegisterClaimed>;
}

/** Folded state of a register stream: holdings by target. */
export type Register = ReadonlyMap<string, Holding>;

/** An entry, and whose it is. */
export type HeldEntry = RegisterEntry & { readonly target: string };

export const emptyRegister: Register = new Map();

/** Folds one event. What an event says of a revision that was overtaken is ignored. */
export function applyToRegister(register: Register, event: RegisterEvent): Register {
  const after = holdingAfter(register, event);
  return after ? new Map(register).set(event.target, after) : register;
}

/** What is known of the event's target afterwards; undefined where the event says nothing new. */
export function holdingAfter(register: Register, event: RegisterEvent): Holding | undefined {
  const before = register.get(event.target) ?? UNKNOWN;
  const after = nextHolding(before, event);
  return after === before ? undefined : after;
}
const UNKNOWN: Holding = { revision: -2, entries: [], pending: new Map() };

function nextHolding(before: Holding, event: RegisterEvent): Holding {
  switch (event.type) {
    case 'RegisterClaimed':
      return claimed(before, event);
    case 'RegisterSettled':
      return settled(before, event);
    case 'RegisterReleased':
      return { ...before, pending: new Map([...before.pending].filter(([claimId]) => claimId !== event.claimId)) };
  }
}

function claimed(before: Holding, claim: RegisterClaimed): Holding {
  if (claim.base < before.revision) return before;
  const known = settled(before, { type: 'RegisterSettled', target: claim.target, revision: claim.base, entries: claim.held });
  return { ...known, pending: new Map(known.pending).set(claim.claimId, claim) };
}

function settled(before: Holding, truth: RegisterSettled): Holding {
  if (truth.revision < before.revision) return before;
  const pending = new Map([...before.pending].filter(([, claim]) => claim.base >= truth.revision));
  return { revision: truth.revision, entries: truth.entries, pending };
}

/** Whether this claim stands, so that its command may append at its base. */
export function claimStands(register: Register, claim: RegisterClaimed): boolean {
  return register.get(claim.target)?.pending.has(claim.claimId) ?? false;
}

/** Claims whose outcome is not known. */
export const openClaims = (register: Register): RegisterClaimed[] =>
  [...register.values()].flatMap((holding) => [...holding.pending.values()]);

/**
 * Entries that may be in force: those of every target in every version that is still possible. Versions of one entry
 * that differ in weight count with the lower one: a capacity that may have been lowered is low.
 */
export function possibleEntries(register: Register): HeldEntry[] {
  const found = new Map<string, HeldEntry>();
  for (const [target, holding] of register) {
    for (const entry of versionsOf(holding).flat()) {
      const key = identity(target, entry);
      const other = found.get(key);
      if (!other || (entry.weight ?? 1) < (other.weight ?? 1)) found.set(key, { ...entry, target });
    }
  }
  return [...found.values()];
}

/** Entries that are in force whichever of the pending commands are recorded. */
export function certainEntries(register: Register): HeldEntry[] {
  const certain: HeldEntry[] = [];
  for (const [target, holding] of register) {
    const [first = [], ...others] = versionsOf(holding);
    for (const entry of first) {
      const key = identity(target, entry);
      if (others.every((version) => version.some((other) => identity(target, other) === key))) certain.push({ ...entry, target });
    }
  }
  return certain;
}

/** What all others than one target may hold. */
export const rivalsOf = (register: Register, target: string): HeldEntry[] => possibleEntries(register).filter((entry) => entry.target !== target);

/** What a target may hold: as it was last known, and as each of its claims would have it. */
export const versionsOf = (holding: Holding): (readonly RegisterEntry[])[] => [
  holding.entries,
  ...[...holding.pending.values()].map((claim) => claim.wanted),
];

const identity = (target: string, entry: RegisterEntry): string =>
  JSON.stringify([target, entry.kind, entry.key, entry.from ?? null, entry.to ?? null, entry.party ?? null]);

/** Whether two sets of entries say the same, in whatever order. */
export function sameEntries(a: readonly RegisterEntry[], b: readonly RegisterEntry[]): boolean {
  const sorted = (entries: readonly RegisterEntry[]) => entries.map((entry) => canonical(entry)).sort();
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

const canonical = (entry: RegisterEntry): string =>
  JSON.stringify(Object.entries(entry).filter(([, value]) => value !== undefined).sort());
