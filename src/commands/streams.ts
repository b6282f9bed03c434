import { PLATFORM, type EntityDeclaration, type RegisterEntry, type State } from '../kernel/entity.js';
import { foldAll } from '../kernel/fold.js';
import type { EventStore, RecordedEvent, Revision } from '../event-store/event-store.js';
import { jsonOf, metadataOf } from '../event-store/metadata.js';
import { leafHash } from '../event-store/leaf-hash.js';
import type { Codec, DecodedEvent } from '../privacy/codec.js';

/** Technical event: this command will never be recorded here any more. */
export const COMMAND_ABANDONED = 'CommandAbandoned';

/** A stream, folded, and what a command must know of it. */
export interface Folded {
  readonly stream: string;
  readonly recorded: readonly RecordedEvent[];
  readonly events: readonly DecodedEvent[];
  /** Undefined where nothing was recorded for this organisation. */
  readonly state: State | undefined;
  /** Revision of the last event, -1 for a stream that does not exist. */
  readonly revision: Revision;
  /** Leaf hash of the last event. */
  readonly last?: string;
  readonly abandoned: ReadonlySet<string>;
}

export const streamOf = (entity: EntityDeclaration, id: string): string => `${entity.options.category}-${id}`;

/** The organisation whose events a stream of this entity may hold, for somebody of an organisation. */
export function homeOf(entity: EntityDeclaration, id: string, organizationId: string): string {
  const { home } = entity.options;
  if (home === 'platform') return PLATFORM;
  return home === 'self' && organizationId === PLATFORM ? id : organizationId;
}

/** Loads streams for one organisation; events of another one are as if they were not there. */
export class Streams {
  constructor(
    private readonly store: EventStore,
    private readonly codec: Codec,
  ) {}

  /** @param organizationId of who asks; users are the platform's, an organisation its own. */
  async load(entity: EntityDeclaration, id: string, organizationId: string): Promise<Folded> {
    const stream = streamOf(entity, id);
    const home = homeOf(entity, id, organizationId);
    const recorded = (await this.store.readStreams([{ stream }])).get(stream) ?? [];
    const abandoned = new Set<string>();
    const events: DecodedEvent[] = [];
    for (const one of recorded) {
      if (one.type === COMMAND_ABANDONED) abandoned.add(String(jsonOf(one.data)['commandId']));
      else if (metadataOf(one).organizationId === home) {
        const decoded = this.codec.decode(one);
        if (decoded) events.push(decoded);
      }
    }
    const last = recorded.at(-1);
    return {
      stream,
      recorded,
      events,
      abandoned,
      state: foldAll(entity, id, home, events),
      revision: last?.revision ?? -1,
      ...(last ? { last: leafHash(stream, last.revision, last) } : {}),
    };
  }
}

/** What a state holds in registers; nothing where its entity declares nothing. */
export function holdsOf(state: State | undefined): readonly RegisterEntry[] {
  const holding = state as { holds?: () => RegisterEntry[] } | undefined;
  return holding?.holds?.() ?? [];
}
