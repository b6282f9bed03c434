import { randomUUID } from 'node:crypto';
import type { Catalogue } from '../kernel/catalogue.js';
import type { EntityDeclaration, RegisterEntry, State } from '../kernel/entity.js';
import type { DomainEvent } from '../kernel/event.js';
import { evolve, unborn } from '../kernel/fold.js';
import { uuidOf } from '../kernel/values.js';
import { WrongRevision } from '../event-store/errors.js';
import type { Appended, EventStore, NewEvent } from '../event-store/event-store.js';
import { jsonBytes } from '../event-store/metadata.js';
import { leafHash } from '../event-store/leaf-hash.js';
import { failpoint } from '../platform/failpoint.js';
import type { Codec, EncodedEvent } from '../privacy/codec.js';
import { rivalsOf, type Register } from './register.js';
import { registerChanges, type Claimant, type CommandMetadata, type RegisterChange, type Registers } from './registers.js';
import { holdsOf, streamOf, type Folded } from './streams.js';

/** What was decided and is to be recorded. */
export interface Change {
  readonly entity: EntityDeclaration;
  readonly id: string;
  readonly folded: Folded;
  readonly events: readonly DomainEvent<object>[];
  readonly metadata: CommandMetadata;
  readonly reference?: string;
  /** Decides once more when everything is claimed, on what was claimed before. @throws Refusal */
  readonly confirm?: (before: ClaimedBefore) => Promise<unknown>;
}

/** What others may have held in a register when this command claimed in it; undefined where it claims nothing there. */
export type ClaimedBefore = (register: string, owner: string) => readonly RegisterEntry[] | undefined;

/** What became of it. */
export interface Recording {
  readonly after: State;
  readonly revision: number;
  readonly position: number;
  readonly types: readonly string[];
  /** Leaf hash of the last event. */
  readonly last?: string;
}

/** Seals, claims, appends, settles. */
export class Recorder {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly store: EventStore,
    private readonly codec: Codec,
    private readonly registers: Registers,
  ) {}

  /** @throws WrongRevision where the stream or a claim's target moved on; Refusal of a register's rule; SubjectErased. */
  async record(change: Change): Promise<Recording> {
    const { folded, metadata } = change;
    const { ready, encoded, after, last } = await this.prepare(change);
    const changes = registerChanges(holdsOf(folded.state), holdsOf(after));
    const claimant = { target: folded.stream, base: folded.revision, claimId: randomUUID() };
    const before = await this.claim(changes, claimant, metadata);
    try {
      await change.confirm?.(before);
      // Claiming took time in which an erasure may have been decided. Without a claim sealing has just read the fences;
      // what slips through all the same is caught by the fingerprints of its keys.
      if (changes.length > 0) await this.codec.checkFences(metadata.organizationId, encoded);
    } catch (error) {
      await this.release(changes, claimant, metadata);
      throw error;
    }
    const appended = await this.append(folded, ready, () => this.release(changes, claimant, metadata));
    failpoint('commands.afterAppend');
    for (const one of changes) {
      await this.registers.settle(one, folded.stream, appended.revision, metadata);
      failpoint('commands.afterSettle');
    }
    return { after, ...appended, types: ready.map(({ type }) => type), ...(last ? { last } : {}) };
  }

  /** @param lost where somebody else was first: it is certain that nothing was stored, so nothing is claimed any more. */
  private async append({ stream, revision }: Folded, ready: readonly NewEvent[], lost: () => Promise<void>): Promise<Appended> {
    try {
      return await this.store.append(stream, revision < 0 ? 'no-stream' : revision, ready);
    } catch (error) {
      if (error instanceof WrongRevision) await lost();
      throw error;
    }
  }

  /** Bytes of the events, each linked to the one before it, and the state that they lead to. */
  private async prepare({ entity, id, folded, events, metadata, reference }: Change) {
    const stream = streamOf(entity, id);
    const ready: NewEvent[] = [];
    const encoded: EncodedEvent[] = [];
    let state = folded.state ?? unborn(entity, id, metadata.organizationId);
    let prev = folded.last;
    // Of this attempt, not of the command: two requests with one key in flight would otherwise both be told that they
    // stored the event, and one of them with the other's reference. The loser conflicts, reloads and finds the winner's.
    const attempt = randomUUID();
    for (const [index, event] of events.entries()) {
      const declaration = this.catalogue.eventOf(event.constructor as never);
      if (!declaration) throw new Error(`Event ${event.constructor.name} is not declared: the catalogue does not know what was decided.`);
      const eventId = uuidOf(metadata.commandId, stream, index, attempt);
      const named = index === 0 && !folded.state && reference ? Object.assign(event, { reference }) : event;
      const about = entity.options.subject && (state as unknown as Record<string, unknown>)[entity.options.subject];
      const sealed = await this.codec.encode(named, declaration, {
        organizationId: metadata.organizationId, entityId: id, eventId, ...(typeof about === 'string' ? { subject: about } : {}),
      });
      const bytes = jsonBytes({ ...metadata, schemaVersion: sealed.version, ...(prev ? { prev } : {}) });
      const revision = folded.revision + 1 + index;
      const made = { id: eventId, type: sealed.type, data: sealed.data, metadata: bytes };
      prev = leafHash(stream, revision, made);
      ready.push(made);
      encoded.push(sealed);
      const known = this.codec.decode({ ...made, kind: 'event', stream, revision, position: 0 });
      if (!known) throw new Error(`Event ${sealed.type} is not declared: the catalogue does not know what was decided.`);
      state = evolve(state, known);
    }
    return { ready, encoded, after: state, last: prev };
  }

  private async claim(changes: readonly RegisterChange[], claimant: Claimant, metadata: CommandMetadata): Promise<ClaimedBefore> {
    const claimed: RegisterChange[] = [];
    const before = new Map<string, Register>();
    try {
      for (const change of changes) {
        const found = await this.registers.claim(change, claimant, metadata);
        if (!found) throw new WrongRevision(claimant.target, claimant.base, claimant.base + 1);
        before.set(`${change.register}|${change.owner}`, found);
        claimed.push(change);
        failpoint('commands.afterClaim');
      }
      return (register, owner) => {
        const found = before.get(`${register}|${owner}`);
        return found && rivalsOf(found, claimant.target);
      };
    } catch (error) {
      await this.release(claimed, claimant, metadata);
      throw error;
    }
  }

  private async release(changes: readonly RegisterChange[], claimant: Claimant, metadata: CommandMetadata): Promise<void> {
    for (const change of changes) await this.registers.release(change, claimant, metadata);
  }
}
