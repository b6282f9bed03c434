import { homeOf, streamOf } from '../commands/streams.js';
import type { EventStore, RecordedEvent, Revision } from '../event-store/event-store.js';
import type { Catalogue } from '../kernel/catalogue.js';
import type { EntityDeclaration, State } from '../kernel/entity.js';
import { eventSentence } from '../kernel/event-catalogue.js';
import { evolve, unborn } from '../kernel/fold.js';
import type { Privacy } from '../kernel/privacy.js';
import type { Codec, DecodedEvent } from '../privacy/codec.js';
import { changesBetween, type FieldChange } from './change.js';

/** One event of an entity's life with what it changed, whoever looks at it: values that are sealed stay sealed. */
export interface Step {
  readonly revision: Revision;
  readonly position: number;
  readonly type: string;
  readonly schemaVersion: number;
  readonly recordedAt: string;
  readonly effectiveDate: string;
  readonly actor: { readonly id: string; readonly role: string };
  readonly command: string | null;
  readonly commandId: string;
  readonly correlationId: string;
  readonly sentence: string;
  readonly reason?: { readonly privacy: Privacy; readonly value: unknown };
  readonly changes: readonly FieldChange[];
}

/** The steps of one stream so far, and the state that they led to. */
interface Life {
  readonly steps: Step[];
  state: State | undefined;
  /** Of the last event, also where it is none that is shown. */
  revision: Revision;
}

/** Steps kept in memory, of all streams together: about a kilobyte each. */
const REMEMBERED = 20_000;

/**
 * The steps of entities' lives, computed from their streams by the fold that commands use. Those of streams that were
 * looked at lately are remembered, so that turning a page reads only what came since; the log is append-only, so the
 * memory can be behind and never wrong. It holds nothing that is not sealed in the log.
 */
export class RememberedSteps {
  private readonly lives = new Map<string, Life>();
  private remembered = 0;

  constructor(private readonly parts: { readonly catalogue: Catalogue; readonly store: EventStore; readonly codec: Codec }) {}

  /** All steps of an entity, oldest first; none where the organisation has no such entity. The list is not to be changed. */
  async of(entity: EntityDeclaration, id: string, organizationId: string): Promise<readonly Step[]> {
    const stream = streamOf(entity, id);
    const home = homeOf(entity, id, organizationId);
    const key = `${stream}|${home}`;
    const from = (this.lives.get(key)?.revision ?? -1) + 1;
    const recorded = (await this.parts.store.readStreams([{ stream, from }])).get(stream) ?? [];
    // Another reader of the same stream may have come back first, or have pushed it out of memory.
    const life = this.lives.get(key) ?? (from === 0 ? { steps: [], state: undefined, revision: -1 } : undefined);
    if (!life) return this.of(entity, id, organizationId);
    this.forget(key);
    for (const event of recorded) if (event.revision > life.revision) this.extend(life, event, entity, { id, home });
    if (life.steps.length > 0 && life.steps.length <= REMEMBERED) this.remember(key, life);
    return life.steps;
  }

  private extend(life: Life, stored: RecordedEvent, entity: EntityDeclaration, { id, home }: { id: string; home: string }): void {
    life.revision = stored.revision;
    const event = this.parts.catalogue.event(stored.type) && this.parts.codec.decode(stored);
    if (event?.metadata.organizationId !== home) return;
    const before = life.state;
    life.state = evolve(before ?? unborn(entity, id, home), event);
    life.steps.push(stepOf(event, changesBetween(entity.fields, before, life.state)));
  }

  private remember(key: string, life: Life): void {
    this.lives.set(key, life);
    this.remembered += life.steps.length;
    for (const oldest of this.lives.keys()) {
      if (this.remembered <= REMEMBERED) return;
      this.forget(oldest);
    }
  }

  private forget(key: string): void {
    const life = this.lives.get(key);
    if (!life) return;
    this.lives.delete(key);
    this.remembered -= life.steps.length;
  }
}

function stepOf({ stored, metadata, declaration, event }: DecodedEvent, changes: readonly FieldChange[]): Step {
  const reason = declaration.fields.find(({ name }) => name === 'reason');
  return {
    revision: stored.revision,
    position: stored.position,
    type: stored.type,
    schemaVersion: metadata.schemaVersion,
    recordedAt: metadata.recordedAt,
    effectiveDate: metadata.effectiveDate,
    actor: { id: metadata.actorId, role: metadata.actorRole },
    command: metadata.command ?? null,
    commandId: metadata.commandId,
    correlationId: metadata.correlationId,
    sentence: eventSentence(declaration),
    ...(reason ? { reason: { privacy: reason.privacy, value: (event as { reason?: unknown }).reason } } : {}),
    changes,
  };
}
