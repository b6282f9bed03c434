import type pg from 'pg';
import type { Catalogue } from '../../src/kernel/catalogue.js';
import { Sealed } from '../../src/kernel/sealed.js';
import type { State } from '../../src/kernel/entity.js';
import type { EventStore, RecordedEvent } from '../../src/event-store/event-store.js';
import type { Codec, DecodedEvent } from '../../src/privacy/codec.js';
import { failpoint } from '../../src/platform/failpoint.js';
import type { Cells, Openings } from './cells.js';
import { isTransient } from './connection.js';
import type { Projection } from './derived-tables.js';
import { PendingRows } from './hand-written.js';
import type { BatchContext } from './projection.js';
import { RowStore, type Shapes } from './row-store.js';
import { mapped } from './mapped.js';
import { childRowOf, personalValues, rowOf, type Row } from './rows.js';
import { beginAtRow, beginInLog, earlierEvents, newEntry, organizationIn, ownerOf, reasonOf, take, type Entry, type Failure, type Read } from './stream-fold.js';

/** A version of a projection that a batch is written to. */
export interface Target {
  readonly projection: Projection;
  readonly version: number;
  /** Its tables were made for another definition: they are written as far as they can be, and never read from. */
  readonly outdated?: boolean;
}

/** What a batch cannot know from its events. */
export interface BatchKnowledge {
  /** `projection|stream` of what is parked in these versions. */
  readonly parked: ReadonlySet<string>;
  /** By projection, ids of events that an operator left out. */
  readonly skipped: ReadonlyMap<string, ReadonlySet<string>>;
  isErased(fingerprint: string): boolean;
  /** Decodes an event, or finds it decoded. */
  readonly read: (stored: RecordedEvent) => Read;
}

/** A stream that a projection stopped at. */
export interface Parking extends Failure {
  readonly target: Target;
}

export interface BatchParts {
  readonly catalogue: Catalogue;
  readonly store: EventStore;
  readonly codec: Codec;
  /** All projections: hand-written ones ask for the fold of entities whose tables may not be written here. */
  readonly projections: readonly Projection[];
}

const NONE: ReadonlySet<string> = new Set();

/** One batch of events on its way into rows, in one transaction. */
export class Batch {
  private readonly rows: RowStore;
  private readonly entries = new Map<string, Entry>();
  private readonly pending: ReadonlyMap<string, PendingRows>;
  private readonly handWritten: readonly Target[];
  private readonly parkings: Parking[] = [];

  constructor(
    private readonly parts: BatchParts,
    private readonly targets: readonly Target[],
    private readonly known: BatchKnowledge,
    client: pg.ClientBase,
    shapes: Shapes,
  ) {
    this.rows = new RowStore(client, shapes);
    this.handWritten = targets.filter(({ projection }) => projection.handWritten);
    this.pending = new Map(
      this.handWritten.flatMap(({ projection, version }) =>
        projection.tables.map((table) => [table.name, new PendingRows(table, version, this.rows)] as const),
      ),
    );
  }

  /** Folds the events and writes what changed. @returns what stopped. */
  async project(events: readonly RecordedEvent[]): Promise<readonly Parking[]> {
    const reads = events.map(this.known.read);
    await this.begin(reads);
    failpoint('batch.loaded');
    for (const one of reads) {
      this.takeIn(one);
      for (const target of this.handWritten) if (concerns(target, one)) await this.apply(target, one);
    }
    this.noteFailures();
    failpoint('batch.folded');
    await this.write();
    return this.parkings;
  }

  /** Finds out which streams the batch is about, and where each of them stands. */
  private async begin(reads: readonly Read[]): Promise<void> {
    const first = new Map<string, number>();
    for (const one of reads) {
      const { stream, revision } = one.stored;
      if (first.has(stream)) continue;
      const owner = ownerOf(this.parts.catalogue, stream);
      const target = owner && this.targets.find(({ projection }) => projection.derived?.entity === owner.entity);
      if (!owner || !(target ?? this.handWritten.some((hand) => concerns(hand, one)))) continue;
      const derived = this.parts.projections.find(({ derived: known }) => known?.entity === owner.entity)!.derived!;
      const entry = newEntry(derived, stream, owner.id, organizationIn(one.stored));
      entry.parked = target !== undefined && this.isParked(target, stream);
      this.entries.set(stream, entry);
      first.set(stream, revision);
    }
    for (const target of this.targets) if (target.projection.derived && !target.outdated) await this.load(target);
    const behind = [...this.entries.values()].filter((entry) => !entry.parked && entry.revision < (first.get(entry.stream) ?? 0) - 1);
    const earlier = await earlierEvents(this.parts.store, new Map(behind.map(({ stream }) => [stream, first.get(stream)!])));
    failpoint('batch.readEarlier');
    for (const entry of behind) beginInLog(entry, this.parts.codec, earlier.get(entry.stream) ?? [], this.skippedBy(entry.derived.entity.table));
  }

  private async load({ projection, version }: Target): Promise<void> {
    const { entity, main, children } = projection.derived!;
    const mine = [...this.entries.values()].filter((entry) => entry.derived.entity === entity && !entry.parked && UUID.test(entry.id));
    const rows = await this.rows.load(main, version, mine);
    const found = new Map(rows.map((row) => [String(row['id']), row]));
    for (const entry of mine) entry.absent = !found.has(entry.id);
    if (rows.length === 0) return;
    const there = mine.filter(({ id }) => found.has(id));
    const childRows = new Map<string, Map<string, Row[]>>();
    for (const table of children) {
      const all = await this.rows.loadChildren(table, version, there);
      childRows.set(table.name, Map.groupBy(all, (row) => String(row[table.parent!.column])));
    }
    for (const entry of there) {
      beginAtRow(entry, found.get(entry.id)!, new Map([...childRows].map(([name, byParent]) => [name, byParent.get(entry.id) ?? []])));
    }
  }

  private takeIn(one: Read): void {
    const entry = this.entries.get(one.stored.stream);
    if (entry) take(entry, one, this.skippedBy(entry.derived.entity.table));
  }

  private async apply(target: Target, { stored, event, unreadable }: Read): Promise<void> {
    const { handWritten, name } = target.projection;
    if (this.isParked(target, stored.stream) || this.skippedBy(name).has(stored.id)) return;
    const park = (reason: string): void => void this.parkings.push({ target, event: stored, reason });
    const entry = this.entries.get(stored.stream);
    const stopped = unreadable ?? entry?.failure?.reason ?? (entry?.parked ? 'The entity itself is parked.' : undefined);
    if (stopped !== undefined || !event) return park(stopped ?? 'The event cannot be read.');
    try {
      const changes = await handWritten!.apply(event, this.contextOf(target));
      failpoint('batch.applied');
      for (const change of changes) this.pendingOf(target, change.table).change(change, event);
    } catch (error) {
      // An error of the database ends the transaction: it is found out alone which projection it was.
      if (isTransient(error) || (error instanceof Error && 'severity' in error)) throw error;
      park(reasonOf(error));
    }
  }

  private contextOf(target: Target): BatchContext {
    const entryOf = (event: DecodedEvent): Entry => {
      const entry = this.entries.get(event.stored.stream);
      if (!entry || entry.revision !== event.stored.revision) throw new Error('The state of an entity is known of the event that is worked on alone.');
      return entry;
    };
    return {
      row: (table, organizationId, id) => this.pendingOf(target, table).row(organizationId, id),
      rows: (table, organizationId, where) => this.pendingOf(target, table).matching(organizationId, where),
      state: <S extends State>(event: DecodedEvent) => Promise.resolve(entryOf(event).state as S),
      before: <S extends State>(event: DecodedEvent) => Promise.resolve(entryOf(event).before as S | undefined),
    };
  }

  private pendingOf({ projection }: Target, table: string): PendingRows {
    const rows = projection.tables.some(({ name }) => name === table) ? this.pending.get(table) : undefined;
    if (!rows) throw new Error(`${projection.name} does not write the table ${table}.`);
    return rows;
  }

  private isParked({ projection }: Target, stream: string): boolean {
    return this.known.parked.has(`${projection.name}|${stream}`) || this.parkings.some(({ target, event }) => target.projection === projection && event.stream === stream);
  }

  private readonly skippedBy = (projection: string): ReadonlySet<string> => this.known.skipped.get(projection) ?? NONE;

  private noteFailures(): void {
    for (const { failure, derived } of this.entries.values()) {
      const target = failure && this.targets.find(({ projection }) => projection.derived?.entity === derived.entity);
      if (target && failure) this.parkings.push({ target, ...failure });
    }
  }

  private async write(): Promise<void> {
    const openings = await this.openings();
    failpoint('batch.opened');
    const derived = this.targets.filter(({ projection }) => projection.derived).map((target) => this.writeDerived(target, openings));
    const byHand = [...this.pending.values()].map((rows) => rows.write(openings));
    // All of them have to be over before the transaction is: what came after its end would be one of its own.
    const done = await Promise.allSettled([...derived, ...byHand]);
    failpoint('batch.written');
    const failed = done.find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
  }

  private dirty({ projection }: Target): Entry[] {
    return [...this.entries.values()].filter(({ dirty, state, derived }) => dirty && state && derived.entity === projection.derived?.entity);
  }

  /** Opens every personal value that goes into a row, the keys of all of them asked for at once. */
  private async openings(): Promise<Openings> {
    const sealed = new Set<Sealed>();
    const add = (value: unknown): void => void (value instanceof Sealed && value.bundle.l === 2 && sealed.add(value));
    for (const target of this.targets) {
      for (const { state, loaded } of target.projection.derived ? this.dirty(target) : []) {
        const { main, children } = target.projection.derived!;
        for (const value of personalValues(main, state!)) add(value);
        for (const table of children) for (const child of changedChildren(table.parent!.field, state!, loaded)) for (const value of personalValues(table, child.values)) add(value);
      }
    }
    for (const rows of this.pending.values()) for (const value of rows.personalValues()) add(value);
    const values = [...sealed];
    const clear = values.length === 0 ? [] : (await this.parts.codec.unseal([{ values: values as unknown[] }], { classes: [2] }))[0]!.values;
    const byValue = new Map(values.map((value, index) => [value, clear[index]]));
    return { value: (value) => byValue.get(value), isErased: (fingerprint) => this.known.isErased(fingerprint) };
  }

  private async writeDerived(target: Target, openings: Openings): Promise<void> {
    const entries = this.dirty(target);
    if (entries.length === 0) return;
    const { derived } = target.projection;
    const { main, children } = derived!;
    await this.rows.upsert(main, target.version, mapped(entries, ({ state, facts }) => rowOf(derived!, state!, facts!, openings)));
    for (const table of children) {
      const field = table.parent!.field;
      const changed = entries.filter(({ state, loaded }) => childrenOf(state!, field) !== childrenOf(loaded, field));
      await this.rows.deleteVanished(table, target.version, changed.filter(({ absent }) => !absent).map(({ organizationId, id, state }) =>
        ({ organizationId, id, kept: childrenOf(state!, field).map((child) => String((child as { id: unknown }).id)) })));
      const rows: Cells[] = changed.flatMap(({ state, loaded }) =>
        changedChildren(field, state!, loaded).map(({ values, ordinal }) => childRowOf(table, state!, values, ordinal, openings)));
      await this.rows.upsert(table, target.version, rows);
    }
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const NO_CHILDREN: readonly object[] = [];
const childrenOf = (state: State | undefined, field: string): readonly object[] =>
  ((state as unknown as Record<string, readonly object[] | undefined> | undefined)?.[field]) ?? NO_CHILDREN;

const concerns = ({ projection }: Target, { stored }: Read): boolean => projection.on!.has(stored.type);

/** Children that are not the object they were, or stand elsewhere: `apply` replaces what it changes. */
function changedChildren(field: string, state: State, loaded: State | undefined): { values: object; ordinal: number }[] {
  const before = childrenOf(loaded, field);
  return childrenOf(state, field).flatMap((values, ordinal) => (before[ordinal] === values ? [] : [{ values, ordinal }]));
}
