import type { Catalogue } from '../kernel/catalogue.js';
import type { Actor } from '../kernel/command.js';
import type { EntityDeclaration, State } from '../kernel/entity.js';
import { eventSentence } from '../kernel/event-catalogue.js';
import { fieldsOf, type Field } from '../kernel/fields.js';
import { evolve, evolveInPlace, unborn } from '../kernel/fold.js';
import type { Privacy } from '../kernel/privacy.js';
import { Sealed } from '../kernel/sealed.js';
import type { EventStore, RecordedEvent } from '../event-store/event-store.js';
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
    const first = events.findIndex(({ stored }) => stored.revision >= page.from);
    const end = first < 0 ? events.length : Math.min(events.length, first + page.limit);
    const steps = stepsOf(entity, id, events.slice(0, end), (at) => first >= 0 && at >= first);
    const next = events[end];
    return { items: await this.show(entity, id, actor, steps), nextCursor: next ? String(next.stored.revision) : null };
  }

  /** The items of some events of one entity: of the audit trail's page. */
  async some(entity: EntityDeclaration, id: string, actor: Actor, revisions: ReadonlySet<number>): Promise<readonly HistoryItem[]> {
    const events = await this.load(entity, id, actor.organizationId);
    const steps = stepsOf(entity, id, events, (at) => revisions.has(events[at]!.stored.revision));
    return this.show(entity, id, actor, steps);
  }

  /** The entity as it was recorded at an instant, values masked for the actor; undefined before it existed. */
  async at(entity: EntityDeclaration, id: string, actor: Actor, instant: string): Promise<Record<string, unknown> | undefined> {
    const all = await this.load(entity, id, actor.organizationId);
    // What was known then is a beginning of the stream, even where the clocks of two processes did not agree.
    const later = all.findIndex(({ metadata }) => Date.parse(metadata.recordedAt) > Date.parse(instant));
    const events = later < 0 ? all : all.slice(0, later);
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
    const decoded = this.parts.codec.decode(one);
    return decoded?.metadata.organizationId === home ? [decoded] : [];
  }

  private async show(entity: EntityDeclaration, id: string, actor: Actor, steps: readonly Step[]): Promise<HistoryItem[]> {
    const { maySee, names } = this.parts;
    const reasons = steps.map(({ event }) => this.reasonOf(event, actor));
    const seen = new Map<Privacy, boolean>();
    const visible = ({ privacy }: FieldChange): boolean => {
      const known = seen.get(privacy) ?? maySee(actor, privacy);
      seen.set(privacy, known);
      return known;
    };
    const shown = steps.flatMap(({ changes }) => changes.filter(visible).flatMap(({ before, after }) => [before, after]));
    const open = await this.opened([...shown, ...reasons], actor, entity.table, id);
    const known = await names([...new Set(steps.map(({ event }) => event.metadata.actorId))]);
    return steps.map(({ event, changes }, index) => ({
      ...headOf(event, known),
      reason: open(reasons[index]) ?? null,
      changes: changes.map((change) =>
        visible(change)
          ? { field: change.field, before: open(change.before) ?? null, after: open(change.after) ?? null }
          : { field: change.field, before: null, after: null, masked: true as const },
      ),
    }));
  }

  /** Opens what is sealed among these values, the special ones after it is known who reads them; nothing else is touched. */
  private async opened(values: readonly unknown[], actor: Actor, table: string, id: string): Promise<(value: unknown) => unknown> {
    const sealed = [...new Set(values.filter((value) => typeof value === 'object' && value !== null))] as object[];
    if (sealed.length === 0) return (value) => value;
    if (sealed.some(holdsSpecial)) await this.parts.specialRead(actor, table, id);
    const [open] = await this.parts.codec.unseal([sealed]);
    const byValue = new Map(sealed.map((value, at) => [value, open![at]]));
    return (value) => (typeof value === 'object' && value !== null ? byValue.get(value) : value);
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
            return [field.name, children ? children.map((child) => ({ id: child['id'], ...mask(fieldsOf(field.of!()), child) })) : value];
          }),
      );
    Object.assign(shown, mask(entity.fields, values));
    if (holdsSpecial(shown)) await specialRead(actor, entity.table, state.id);
    return (await codec.unseal([shown]))[0]!;
  }
}

/** The wanted steps; what lies between them is folded and not compared. */
function stepsOf(entity: EntityDeclaration, id: string, events: readonly DecodedEvent[], wanted: (at: number) => boolean): Step[] {
  const steps: Step[] = [];
  let state: State | undefined;
  events.forEach((event, at) => {
    const before = state;
    state = evolve(before ?? unborn(entity, id, event.metadata.organizationId), event);
    if (wanted(at)) steps.push({ event, changes: changesBetween(entity.fields, before, state) });
  });
  return steps;
}

function holdsSpecial(value: unknown): boolean {
  if (value instanceof Sealed) return value.bundle.l === 3;
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(holdsSpecial);
}

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
    sentence: eventSentence(declaration),
  };
}
