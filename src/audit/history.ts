import type { Catalogue } from '../kernel/catalogue.js';
import type { Actor } from '../kernel/command.js';
import type { EntityDeclaration, State } from '../kernel/entity.js';
import { fieldsOf, type Field } from '../kernel/fields.js';
import { evolveInPlace, unborn } from '../kernel/fold.js';
import type { Privacy } from '../kernel/privacy.js';
import { Sealed } from '../kernel/sealed.js';
import type { EventStore, RecordedEvent } from '../event-store/event-store.js';
import type { Codec, DecodedEvent } from '../privacy/codec.js';
import { homeOf, streamOf } from '../commands/streams.js';
import type { FieldChange } from './change.js';
import { RememberedSteps, type Step } from './steps.js';

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

/** The history of entities, computed from their streams by the fold that commands use. */
export class History {
  private readonly steps: RememberedSteps;

  constructor(private readonly parts: HistoryParts) {
    this.steps = new RememberedSteps(parts);
  }

  /**
   * A page of an entity's life, oldest first; undefined where the organisation has no such entity.
   * @param page.from first revision, from the cursor of the page before.
   */
  async of(entity: EntityDeclaration, id: string, actor: Actor, page: { from: number; limit: number }): Promise<HistoryPage | undefined> {
    const steps = await this.steps.of(entity, id, actor.organizationId);
    if (steps.length === 0) return undefined;
    const first = steps.findIndex(({ revision }) => revision >= page.from);
    const end = first < 0 ? steps.length : Math.min(steps.length, first + page.limit);
    const shown = first < 0 ? [] : steps.slice(first, end);
    return { items: await this.show(entity, id, actor, shown), nextCursor: end < steps.length ? String(steps[end]!.revision) : null };
  }

  /** The items of some events of one entity: of the audit trail's page. */
  async some(entity: EntityDeclaration, id: string, actor: Actor, revisions: ReadonlySet<number>): Promise<readonly HistoryItem[]> {
    const steps = await this.steps.of(entity, id, actor.organizationId);
    return this.show(entity, id, actor, steps.filter(({ revision }) => revisions.has(revision)));
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
    const reasons = steps.map(({ reason }) => (reason && maySee(actor, reason.privacy) ? reason.value : undefined));
    const seen = new Map<Privacy, boolean>();
    const visible = ({ privacy }: FieldChange): boolean => {
      const known = seen.get(privacy) ?? maySee(actor, privacy);
      seen.set(privacy, known);
      return known;
    };
    const shown = steps.flatMap(({ changes }) => changes.filter(visible).flatMap(({ before, after }) => [before, after]));
    const open = await this.opened([...shown, ...reasons], actor, entity.table, id);
    const known = await names([...new Set(steps.map(({ actor: { id: actorId } }) => actorId))]);
    return steps.map(({ changes, reason: _reason, actor: by, ...head }, index) => ({
      ...head,
      actor: { id: by.id, name: known.get(by.id) ?? null, role: by.role },
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

function holdsSpecial(value: unknown): boolean {
  if (value instanceof Sealed) return value.bundle.l === 3;
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(holdsSpecial);
}
