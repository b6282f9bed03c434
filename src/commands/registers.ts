import { randomUUID } from 'node:crypto';
import { PLATFORM, type RegisterEntry, type RegisterQuestion } from '../kernel/entity.js';
import { uuidOf } from '../kernel/values.js';
import { WrongRevision } from '../event-store/errors.js';
import type { EventStore, Revision } from '../event-store/event-store.js';
import { jsonBytes, jsonOf, type EventMetadata } from '../event-store/metadata.js';
import { leafHash } from '../event-store/leaf-hash.js';
import {
  applyToRegister,
  certainEntries,
  emptyRegister,
  holdingAfter,
  openClaims,
  possibleEntries,
  rivalsOf,
  sameEntries,
  type HeldEntry,
  type Register,
  type RegisterClaimed,
  type RegisterEvent,
} from './register.js';
import { NUMBER, TakenNumbers } from './taken-numbers.js';
import { Turns } from './turns.js';

/** What a register demands. `possible` may be in force (what is asked for included), `certain` is. @throws Refusal */
export type RegisterRule = (possible: readonly HeldEntry[], certain: readonly HeldEntry[], asked: RegisterQuestion) => void;

/** Metadata of a command, but for what differs from event to event. */
export type CommandMetadata = Omit<EventMetadata, 'schemaVersion' | 'prev'>;

/** Whose claim: the stream, its revision when the command was decided, and this attempt of the command. */
export interface Claimant {
  readonly target: string;
  readonly base: Revision;
  readonly claimId: string;
}

/** A change of what one target holds in one register. */
export interface RegisterChange {
  readonly register: string;
  readonly owner: string;
  readonly held: readonly RegisterEntry[];
  readonly wanted: readonly RegisterEntry[];
}

/** The registers that a change of state touches, in the order in which everyone claims them. */
export function registerChanges(held: readonly RegisterEntry[], wanted: readonly RegisterEntry[]): RegisterChange[] {
  const key = (entry: RegisterEntry) => `${entry.register}|${entry.owner}`;
  const keys = [...new Set([...held, ...wanted].map(key))].sort();
  return keys
    .map((name) => ({
      register: name.slice(0, name.indexOf('|')),
      owner: name.slice(name.indexOf('|') + 1),
      held: held.filter((entry) => key(entry) === name),
      wanted: wanted.filter((entry) => key(entry) === name),
    }))
    .filter((change) => !sameEntries(change.held, change.wanted));
}

/** What an attempt claims in several registers are several claims: each is settled for itself. */
const claimIdIn = ({ register, owner }: RegisterChange, { claimId }: Claimant): string => uuidOf(claimId, register, owner);

/** Registers of the platform; all others belong to the organisation of the command. */
const PLATFORM_REGISTERS = new Set(['emails', 'memberships']);
/** Registers of the organisation that owns them, whoever claims in them: users are the platform's. */
const ORGANISATION_REGISTERS = new Set(['owners', 'plan']);

/** Other processes overtake; those of one take turns. */
const ATTEMPTS = 200;
const REMEMBERED = 5_000;

/** Claims, settles and releases in register streams; every append is decided by the log. */
export class Registers {
  private readonly remembered = new Map<string, ReadRegister>();
  private readonly turns = new Turns();

  constructor(
    private readonly store: EventStore,
    private readonly rules: Readonly<Record<string, RegisterRule>>,
  ) {}

  streamOf(organizationId: string, register: string, owner: string): string {
    const home = ORGANISATION_REGISTERS.has(register) ? owner : organizationId;
    return `register-${uuidOf(PLATFORM_REGISTERS.has(register) ? PLATFORM : home, register, owner)}`;
  }

  /**
   * Claims what a command's target wants to hold.
   * @returns the register as it was before; undefined where the target has moved on since `base`: reload and decide again.
   * @throws Refusal of the register's rule.
   */
  async claim(change: RegisterChange, claimant: Claimant, metadata: CommandMetadata): Promise<Register | undefined> {
    const { held, wanted } = change;
    const claimId = claimIdIn(change, claimant);
    const claim: RegisterClaimed = { type: 'RegisterClaimed', ...claimant, claimId, commandId: metadata.commandId, held, wanted };
    let found: Register | undefined;
    const claimed = await this.change(change, metadata, (known) => {
      found = known.register;
      if (!stands(known.register, claim)) return undefined;
      const { possible, certain } = entriesWith(claim, known);
      this.rules[change.register]?.(possible, certain, { now: metadata.recordedAt, held, wanted });
      return claim;
    });
    return claimed ? found : undefined;
  }

  /**
   * Claims the lowest number that is free, beside what the target holds already.
   * @param earlier what an earlier attempt of the command was given.
   * @returns undefined where the target has moved on since `base`.
   */
  async claimNumber(of: RegisterChange, claimant: Claimant, metadata: CommandMetadata, earlier?: number): Promise<number | undefined> {
    const { register, owner, held } = of;
    const claimId = claimIdIn(of, claimant);
    let number: number | undefined;
    await this.change(of, metadata, (known) => {
      number = numbersOf(known).next(known.register, metadata.commandId, earlier);
      const wanted = [...held, { register, owner, kind: NUMBER, key: String(number) }];
      const claim: RegisterClaimed = { type: 'RegisterClaimed', ...claimant, claimId, commandId: metadata.commandId, held, wanted };
      if (stands(known.register, claim)) return claim;
      number = undefined;
      return undefined;
    });
    return number;
  }

  /** Says what a target holds at a revision. */
  async settle(change: RegisterChange, target: string, revision: Revision, metadata: CommandMetadata): Promise<void> {
    await this.change(change, metadata, ({ register }) => {
      const event: RegisterEvent = { type: 'RegisterSettled', target, revision, entries: change.wanted };
      return holdingAfter(register, event) ? event : undefined;
    });
  }

  /** Takes back a claim that its own command will not use. */
  async release(change: RegisterChange, claimant: Claimant, metadata: CommandMetadata): Promise<void> {
    const claimId = claimIdIn(change, claimant);
    await this.change(change, metadata, () => ({ type: 'RegisterReleased', claimId, target: claimant.target }));
  }

  /** What is held in a register whichever of its pending commands are recorded. */
  async certain(organizationId: string, register: string, owner: string): Promise<readonly HeldEntry[]> {
    return certainEntries((await this.read(this.streamOf(organizationId, register, owner))).register);
  }

  /** What all others than a target may hold in a register. */
  async rivals(organizationId: string, register: string, owner: string, target: string): Promise<readonly HeldEntry[]> {
    return rivalsOf((await this.read(this.streamOf(organizationId, register, owner))).register, target);
  }

  /** Claims of a register whose command's outcome is unknown. */
  async openClaims(organizationId: string, register: string, owner: string): Promise<RegisterClaimed[]> {
    return openClaims((await this.read(this.streamOf(organizationId, register, owner))).register);
  }

  /** Appends what `decide` makes of the register; false where it makes nothing. */
  private change(of: RegisterChange, metadata: CommandMetadata, decide: Deciding): Promise<boolean> {
    const stream = this.streamOf(metadata.organizationId, of.register, of.owner);
    return this.turns.take(stream, () => this.append(stream, metadata, decide));
  }

  private async append(stream: string, metadata: CommandMetadata, decide: Deciding): Promise<boolean> {
    for (let attempt = 1; ; attempt++) {
      const known = await this.read(stream);
      const { revision, last } = known;
      const event = decide(known);
      if (!event) return false;
      // Random: an append that repeats another's ids is answered as stored, whoever stored it.
      const id = randomUUID();
      const bytes = jsonBytes({ ...metadata, schemaVersion: 1, ...(last ? { prev: last } : {}) });
      const { type, ...data } = event;
      try {
        await this.store.append(stream, revision < 0 ? 'no-stream' : revision, [{ id, type, data: jsonBytes(data), metadata: bytes }]);
        return true;
      } catch (error) {
        if (!(error instanceof WrongRevision) || attempt === ATTEMPTS) throw error;
      }
    }
  }

  /** Reads and folds what came since the last time: the log is append-only, so what is remembered is never wrong. */
  private async read(stream: string): Promise<ReadRegister> {
    const from = (this.remembered.get(stream)?.revision ?? -1) + 1;
    const events = (await this.store.readStreams([{ stream, from }])).get(stream) ?? [];
    const known = this.remembered.get(stream) ?? (from === 0 ? { register: emptyRegister, revision: -1 } : undefined);
    if (!known) return this.read(stream);
    const fresh = events.filter(({ revision }) => revision > known.revision);
    const last = fresh.at(-1);
    if (!last) return known;
    const read = { ...after(known, fresh.map((event) => ({ ...jsonOf(event.data), type: event.type }) as RegisterEvent)), revision: last.revision, last: leafHash(stream, last.revision, last) };
    this.remembered.delete(stream);
    this.remembered.set(stream, read);
    if (this.remembered.size > REMEMBERED) this.remembered.delete(this.remembered.keys().next().value!);
    return read;
  }
}

type Deciding = (known: ReadRegister) => RegisterEvent | undefined;

/** A register as it was read. */
interface ReadRegister {
  readonly register: Register;
  /** Of a register of numbers, once one was asked for: kept up with the fold, and asked before anything else is awaited. */
  readonly numbers?: TakenNumbers;
  readonly revision: Revision;
  readonly last?: string;
}

/** Folds many, and copies the register once: that of an organisation's plan has a target for every stay. */
function after({ register, numbers }: ReadRegister, events: readonly RegisterEvent[]): Pick<ReadRegister, 'register' | 'numbers'> {
  const folded = new Map(register);
  for (const event of events) {
    const before = folded.get(event.target);
    const holding = holdingAfter(folded, event);
    if (!holding) continue;
    folded.set(event.target, holding);
    numbers?.changed(event.target, before, holding);
  }
  return { register: folded, ...(numbers ? { numbers } : {}) };
}

function numbersOf(known: { -readonly [K in keyof ReadRegister]: ReadRegister[K] }): TakenNumbers {
  return (known.numbers ??= TakenNumbers.of(known.register));
}

/** Whether a claim would stand, so that its command may append at its base. */
const stands = (register: Register, claim: RegisterClaimed): boolean => holdingAfter(register, claim)?.pending.has(claim.claimId) ?? false;

/** What may be in force with a claim, and what is: of numbers, as far as it is about those that are claimed. */
function entriesWith(claim: RegisterClaimed, known: ReadRegister): { possible: HeldEntry[]; certain: HeldEntry[] } {
  if (claim.wanted.length > 0 && claim.wanted.every(({ kind }) => kind === NUMBER)) {
    const own = claim.wanted.map((entry) => ({ ...entry, target: claim.target }));
    return { possible: [...own, ...numbersOf(known).amongOthers(claim.target, claim.wanted)], certain: own };
  }
  const claimed = applyToRegister(known.register, claim);
  return { possible: possibleEntries(claimed), certain: certainEntries(claimed) };
}
