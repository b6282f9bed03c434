import type { Catalogue } from '../kernel/catalogue.js';
import type { Actor } from '../kernel/command.js';
import type { EntityDeclaration, State } from '../kernel/entity.js';
import { fieldsOf, type Field } from '../kernel/fields.js';
import { evolve, evolveInPlace, unborn } from '../kernel/fold.js';
import type { Privacy } from '../kernel/privacy.js';
import { Sealed } from '../kernel/sealed.js';
import type { EventStore, RecordedEvent } from '../event-store/event-store.js';
import { metadataOf } from '../event-store/metadata.js';
import type { Codec, DecodedEvent } from '../privacy/codec.js';
import { homeOf, streamOf } from '../commands/streams.js';
import { changesBetween, type FieldChange } from './change.js';

/** A change as it is shown. */
export interface ShownChange {
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
  /** Your role may not see the values. */
  readonly masked?: true;
}

/** One event of an entity's life. */
export interface HistoryItem {
  readonly revision: number;
  readonly position: number;
  readonly type: string;
  readonly schemaVersion: number;
  readonly recordedAt: string;
  readonly effectiveDate: string;
  readonly actor: { readonly id: string; readonly name: string | null; readonly role: string };
  readonly command: string | null;
  readonly commandId: string;
  readonly correlationId: string;
  readonly reason: unknown;
  readonly sentence: string;
  readonly changes: readonly ShownChange[];
}

export interface HistoryPage {
  readonly items: readonly HistoryItem[];
  readonly nextCursor: string | null;
}

/** What history is made of. */
export interface HistoryParts {
  readonly catalogue: Catalogue;
  readonly store: EventStore;
  readonly codec: Codec;
  /** Whether an actor may see values of this classification. */
  readonly maySee: (actor: Actor, privacy: Privacy) => boolean;
  /** Names of users by id; who is unknown is left out. */
  readonly names: (userIds: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  /** Told before special data leaves; what it throws keeps the answer back. */
  readonly specialRead: (actor: Actor, table: string, id: string) => Promise<void>;
}

/** An event between the state before it and the state after it. */
interface Step {
  readonly event: DecodedEvent;
  readonly changes: readonly FieldChange[];
}

/** The history of entities, computed from their streams by the fold that commands use. */
export class History {
  constructor(private readonly parts: HistoryParts) {}

  /**
   * A page of an entity's life, oldest first; undefined where the organisation has no such entity.
   * @param page.from first revision, from the cursor of the page before.
   */
  async of(entity: EntityDeclaration, id: string, actor: Actor, page: { from: number; limit: number }): Promise<HistoryPage | undefined> {
    const events = await this.load(entity, id, actor.organizationId);
    if (events.length === 0) return undefined;
    const steps = stepsOf(entity, id, events).filter(({ event }) => event.stored.revision >= page.from);
    const items = await this.show(entity, id, actor, steps.slice(0, page.limit));
    const next = steps[page.limit];
    return { items, nextCursor: next ? String(next.event.stored.revision) : null };
  }

  /** The items of some events of one entity: of the audit trail's page. */
  async some(entity: EntityDeclaration, id: string, actor: Actor, revisions: ReadonlySet<number>): Promise<readonly HistoryItem[]> {
    const events = await this.load(entity, id, actor.organizationId);
    const steps = stepsOf(entity, id, events).filter(({ event }) => revisions.has(event.stored.revision));
    return this.show(entity, id, actor, steps);
  }

  /** The entity as it was recorded at an instant, values masked for the actor; undefined before it existed. */
  async at(entity: EntityDeclaration, id: string, actor: Actor, instant: string): Promise<Record<string, unknown> | undefined> {
    const events = (await this.load(entity, id, actor.organizationId)).filter(({ metadata }) => metadata.recordedAt <= instant);
    const [first, last] = [events[0], events.at(-1)];
    if (!first || !last) return undefined;
    const state = unborn(entity, id, first.metadata.organizationId);
    for (const event of events) evolveInPlace(state, event);
    return {
      ...(await this.showState(entity, state, actor)),
      revision: last.stored.revision,
      createdAt: first.metadata.recordedAt,
      createdBy: first.metadata.actorId,
      updatedAt: last.metadata.recordedAt,
      updatedBy: last.metadata.actorId,
    };
  }

  private async load(entity: EntityDeclaration, id: string, organizationId: string): Promise<DecodedEvent[]> {
    const stream = streamOf(entity, id);
    const home = homeOf(entity, id, organizationId);
    const recorded = (await this.parts.store.readStreams([{ stream }])).get(stream) ?? [];
    return recorded.flatMap((one) => this.decode(one, home));
  }

  private decode(one: RecordedEvent, home: string): DecodedEvent[] {
    if (!this.parts.catalogue.event(one.type)) return [];
    if (metadataOf(one).organizationId !== home) return [];
    const decoded = this.parts.codec.decode(one);
    return decoded ? [decoded] : [];
  }

  private async show(entity: EntityDeclaration, id: string, actor: Actor, steps: readonly Step[]): Promise<HistoryItem[]> {
    const seen = steps.map(({ changes }) => changes.map((change) => this.parts.maySee(actor, change.privacy)));
    const reasons = steps.map(({ event }) => this.reasonOf(event, actor));
    const wanted = steps.map(({ changes }, index) => ({
      reason: reasons[index],
      changes: changes.map(({ before, after }, at) => (seen[index]![at] ? { before, after } : {})),
    }));
    if (holdsSpecial(wanted)) await this.parts.specialRead(actor, entity.table, id);
    const opened = await this.parts.codec.unseal(wanted);
    const names = await this.parts.names([...new Set(steps.map(({ event }) => event.metadata.actorId))]);
    return steps.map(({ event, changes }, index) => ({
      ...headOf(event, names),
      reason: opened[index]!.reason ?? null,
      changes: changes.map(({ field }, at) => {
        const values = opened[index]!.changes[at]!;
        return seen[index]![at]
          ? { field, before: values.before ?? null, after: values.after ?? null }
          : { field, before: null, after: null, masked: true as const };
      }),
    }));
  }

  private reasonOf(event: DecodedEvent, actor: Actor): unknown {
    const field = event.declaration.fields.find(({ name }) => name === 'reason');
    return field && this.parts.maySee(actor, field.privacy) ? (event.event as { reason?: unknown }).reason : undefined;
  }

  private async showState(entity: EntityDeclaration, state: State, actor: Actor): Promise<Record<string, unknown>> {
    const { maySee, codec, specialRead } = this.parts;
    const values = state as unknown as Record<string, unknown>;
    const shown: Record<string, unknown> = { id: state.id, organizationId: state.organizationId };
    if (state.reference) shown['reference'] = state.reference;
    const mask = (fields: readonly Field[], from: Record<string, unknown>): Record<string, unknown> =>
      Object.fromEntries(
        fields
          .filter(({ kind }) => kind !== 'hidden')
          .map((field) => {
            const value = maySee(actor, field.privacy) ? (from[field.name] ?? null) : null;
            const children = field.kind === 'children' && Array.isArray(value) ? (value as Record<string, unknown>[]) : undefined;
            return [field.name, children ? children.map((child) => mask(fieldsOf(field.of!()), child)) : value];
          }),
      );
    Object.assign(shown, mask(entity.fields, values));
    if (holdsSpecial(shown)) await specialRead(actor, entity.table, state.id);
    return (await codec.unseal([shown]))[0]!;
  }
}

function stepsOf(entity: EntityDeclaration, id: string, events: readonly DecodedEvent[]): Step[] {
  let before: State | undefined;
  return events.map((event) => {
    const after = evolve(before ?? unborn(entity, id, event.metadata.organizationId), event);
    const changes = changesBetween(entity.fields, before, after);
    before = after;
    return { event, changes };
  });
}

function holdsSpecial(value: unknown): boolean {
  if (value instanceof Sealed) return value.bundle.l === 3;
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(holdsSpecial);
}

/** `IncidentActionCompleted` reads "Incident action completed." */
const sentenceOf = (type: string): string => {
  const words = type.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return `${words[0]!.toUpperCase()}${words.slice(1)}.`;
};

function headOf({ stored, metadata, declaration }: DecodedEvent, names: ReadonlyMap<string, string>) {
  return {
    revision: stored.revision,
    position: stored.position,
    type: stored.type,
    schemaVersion: metadata.schemaVersion,
    recordedAt: metadata.recordedAt,
    effectiveDate: metadata.effectiveDate,
    actor: { id: metadata.actorId, name: names.get(metadata.actorId) ?? null, role: metadata.actorRole },
    command: metadata.command ?? null,
    commandId: metadata.commandId,
    correlationId: metadata.correlationId,
    sentence: declaration.options.doc ?? sentenceOf(stored.type),
  };
}
