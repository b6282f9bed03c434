import { PLATFORM, type EntityDeclaration, type RegisterEntry, type State } from '../kernel/entity.js';
import { evolve, evolveInPlace, unborn } from '../kernel/fold.js';
import type { EventStore, RecordedEvent, Revision } from '../event-store/event-store.js';
import { jsonOf } from '../event-store/metadata.js';
import { leafHash } from '../event-store/leaf-hash.js';
import type { Codec, DecodedEvent } from '../privacy/codec.js';

/** Technical event: this command will never be recorded here any more. */
export const COMMAND_ABANDONED = 'CommandAbandoned';

/** A command that a stream holds events of: what a repeat of it is answered from. */
export interface RecordedCommand {
  readonly bodyHmac?: string;
  readonly correlationId: string;
  readonly events: readonly { readonly type: string; readonly revision: Revision }[];
  /** Position of its last event. */
  readonly position: number;
}

/** A stream, folded, and what a command must know of it. */
export interface Folded {
  readonly stream: string;
  /** Undefined where nothing was recorded for this organisation. Snapshot: nobody changes it. */
  readonly state: State | undefined;
  /** Revision of the last event, -1 for a stream that does not exist. */
  readonly revision: Revision;
  /** Position of the last event, 0 for a stream that does not exist. */
  readonly position: number;
  /** Leaf hash of the last event. */
  readonly last?: string;
  readonly commands: ReadonlyMap<string, RecordedCommand>;
  readonly abandoned: ReadonlySet<string>;
}

export const streamOf = (entity: EntityDeclaration, id: string): string => `${entity.options.category}-${id}`;

/** The organisation whose events a stream of this entity may hold, for somebody of an organisation. */
export function homeOf(entity: EntityDeclaration, id: string, organizationId: string): string {
  const { home } = entity.options;
  if (home === 'platform') return PLATFORM;
  return home === 'self' && organizationId === PLATFORM ? id : organizationId;
}

/** What an append has added to a stream. */
export interface Advance extends Pick<Folded, 'state' | 'revision' | 'position' | 'last'> {
  readonly commandId: string;
  readonly command: RecordedCommand;
}

const REMEMBERED = 5_000;

/**
 * Loads streams for one organisation; events of another one are as if they were not there. What was folded is
 * remembered, so that a later load reads and folds only what came since: the log is append-only, so the memory can be
 * behind and never wrong.
 */
export class Streams {
  private readonly remembered = new Map<string, Folded>();

  constructor(
    private readonly store: EventStore,
    private readonly codec: Codec,
  ) {}

  /** @param organizationId of who asks; users are the platform's, an organisation its own. */
  async load(entity: EntityDeclaration, id: string, organizationId: string): Promise<Folded> {
    const stream = streamOf(entity, id);
    const home = homeOf(entity, id, organizationId);
    const key = `${stream}|${home}`;
    const from = (this.remembered.get(key)?.revision ?? -1) + 1;
    const recorded = (await this.store.readStreams([{ stream, from }])).get(stream) ?? [];
    // Another load of the same stream may have come back first.
    const known = this.remembered.get(key) ?? (from === 0 ? nothingOf(stream) : undefined);
    if (!known) return this.load(entity, id, organizationId);
    const fresh = recorded.filter(({ revision }) => revision > known.revision);
    if (fresh.length === 0) return known;
    const folded = this.extend(known, fresh, unborn(entity, id, home));
    this.remember(key, folded);
    return folded;
  }

  /**
   * What is remembered, without asking the log. It may be behind: an append at its revision proves that it was not, and
   * nothing else may be concluded from it.
   */
  recall(entity: EntityDeclaration, id: string, organizationId: string): Folded | undefined {
    return this.remembered.get(`${streamOf(entity, id)}|${homeOf(entity, id, organizationId)}`);
  }

  /** Remembers what an append has made of a stream, so that it need not be read back. */
  advance(entity: EntityDeclaration, id: string, organizationId: string, before: Folded, made: Advance): void {
    const key = `${before.stream}|${homeOf(entity, id, organizationId)}`;
    const known = this.remembered.get(key);
    // Another load may have read it already, or have given the stream up.
    if (known !== before && !(known === undefined && before.revision < 0)) return;
    const { command, commandId, ...after } = made;
    const commands = before.commands as Map<string, RecordedCommand>;
    commands.set(commandId, command);
    this.remember(key, { stream: before.stream, ...after, commands, abandoned: before.abandoned });
  }

  private extend(known: Folded, fresh: readonly RecordedEvent[], born: State): Folded {
    const commands = known.commands as Map<string, RecordedCommand>;
    const abandoned = known.abandoned as Set<string>;
    let state = known.state;
    const mine = fresh.flatMap((one) => {
      if (one.type === COMMAND_ABANDONED) abandoned.add(String(jsonOf(one.data)['commandId']));
      const decoded = one.type === COMMAND_ABANDONED ? undefined : this.codec.decode(one);
      return decoded?.metadata.organizationId === born.organizationId ? [decoded] : [];
    });
    // The first step copies, so that who holds the remembered state keeps it as it was.
    for (const [index, event] of mine.entries()) {
      if (index === 0) state = evolve(state ?? born, event);
      else evolveInPlace(state!, event);
      noteCommand(commands, event);
    }
    const last = fresh.at(-1)!;
    const { stream, revision, position } = last;
    return { stream, state, revision, position, last: leafHash(stream, revision, last), commands, abandoned };
  }

  private remember(key: string, folded: Folded): void {
    this.remembered.delete(key);
    this.remembered.set(key, folded);
    if (this.remembered.size > REMEMBERED) this.remembered.delete(this.remembered.keys().next().value!);
  }
}

/** A stream that does not exist. */
export const nothingOf = (stream: string): Folded => ({
  stream,
  state: undefined,
  revision: -1,
  position: 0,
  commands: new Map(),
  abandoned: new Set(),
});

function noteCommand(commands: Map<string, RecordedCommand>, { metadata, stored }: DecodedEvent): void {
  const { commandId, bodyHmac, correlationId } = metadata;
  const events = [...(commands.get(commandId)?.events ?? []), { type: stored.type, revision: stored.revision }];
  commands.set(commandId, { correlationId, events, position: stored.position, ...(bodyHmac ? { bodyHmac } : {}) });
}

/** What a state holds in registers; nothing where its entity declares nothing. */
export function holdsOf(state: State | undefined): readonly RegisterEntry[] {
  const holding = state as { holds?: () => RegisterEntry[] } | undefined;
  return holding?.holds?.() ?? [];
}
