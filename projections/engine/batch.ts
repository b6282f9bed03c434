import type pg from 'pg';
import { Sealed } from '../../src/kernel/sealed.js';
import type { State } from '../../src/kernel/entity.js';
import type { RecordedEvent } from '../../src/event-store/event-store.js';
import type { DecodedEvent } from '../../src/privacy/codec.js';
import { failpoint } from '../../src/platform/failpoint.js';
import type { Cells, Openings } from './cells.js';
import { isTransient } from './connection.js';
import { AppendedRows } from './appended-rows.js';
import { PendingRows, type ChangedRows } from './hand-written.js';
import type { BatchContext } from './projection.js';
import { PART, RowStore, type KnownTables } from './row-store.js';
import { mapped } from './mapped.js';
import { changedChildren, childrenOf, childRowOf, personalValues, rowOf, type Row } from './rows.js';
import type { BatchKnowledge, BatchParts, Parking, Target } from './batch-parts.js';
import { beginAtRow, beginInLog, earlierEvents, newEntry, organizationIn, ownerOf, reasonOf, take, type Entry, type Read } from './stream-fold.js';

const NONE: ReadonlySet<string> = new Set();
/** Events that are decoded and folded together: what is made of them is young when it is thrown away. */
const AT_ONCE = 250;

/** One batch of events on its way into rows, in one transaction. */
export class Batch {
  private readonly rows: RowStore;
  private readonly entries = new Map<string, Entry>();
  private readonly pending: ReadonlyMap<string, ChangedRows>;
  private readonly handWritten: readonly Target[];
  private readonly parkings: Parking[] = [];
  private readonly contexts = new Map<Target, BatchContext>();

  constructor(
    private readonly parts: BatchParts,
    private readonly targets: readonly Target[],
    private known: BatchKnowledge,
    client: pg.ClientBase,
    tables?: KnownTables,
  ) {
    this.rows = new RowStore(client, tables);
    this.handWritten = targets.filter(({ projection }) => projection.handWritten);
    this.pending = new Map(
      this.handWritten.flatMap(({ projection, version }) =>
        projection.tables.map((table) => [table.name, new (table.appended ? AppendedRows : PendingRows)(table, version, this.rows)] as const),
      ),
    );
  }

  /** How many streams it is about so far. */
  get streams(): number {
    return this.entries.size;
  }

  /** Folds the events and writes what changed. @returns what stopped. */
  async project(events: readonly RecordedEvent[]): Promise<readonly Parking[]> {
    try {
      await this.take(events, this.known);
      return await this.finish();
    } finally {
      await this.written();
    }
  }

  /** Folds events that come next. @param known of them. */
  async take(events: readonly RecordedEvent[], known: BatchKnowledge): Promise<void> {
    this.known = known;
    for (let from = 0; from < events.length; from += AT_ONCE) {
      await this.writeByHand();
      await this.foldIn(events.slice(from, from + AT_ONCE).map(known.read));
    }
  }

  /** Writes what changed. @returns what stopped. */
  async finish(): Promise<readonly Parking[]> {
    this.noteFailures();
    failpoint('batch.folded');
    await this.writeByHand();
    await this.writeDerived();
    await this.written();
    failpoint('batch.written');
    return this.parkings;
  }

  /** Resolves when nothing is on its way any more. @throws what failed first. */
  written(): Promise<void> {
    return this.rows.written();
  }

  private async foldIn(reads: readonly Read[]): Promise<void> {
    await this.begin(reads);
    await this.lookUp(reads);
    failpoint('batch.loaded');
    for (const one of reads) {
      this.takeIn(one);
      for (const target of this.handWritten) if (concerns(target, one)) await this.apply(target, one);
    }
  }

  /** Finds out which streams the batch is about, and where each of them stands. */
  private async begin(reads: readonly Read[]): Promise<void> {
    const first = new Map<string, number>();
    for (const one of reads) {
      const { stream, revision } = one.stored;
      if (this.entries.has(stream)) continue;
      const owner = ownerOf(this.parts.catalogue, stream);
      const target = owner && this.targets.find(({ projection }) => projection.derived?.entity === owner.entity);
      if (!owner || !(target ?? this.handWritten.some((hand) => concerns(hand, one)))) continue;
      const derived = this.parts.projections.find(({ derived: known }) => known?.entity === owner.entity)!.derived!;
      const entry = newEntry(derived, stream, owner.id, organizationIn(one.stored, one.event));
      entry.parked = target !== undefined && this.isParked(target, stream);
      this.entries.set(stream, entry);
      first.set(stream, revision);
    }
    const begun = [...first.keys()].map((stream) => this.entries.get(stream)!);
    // Before its first event nothing has a row.
    const continued = begun.filter(({ stream }) => first.get(stream)! > 0);
    for (const entry of begun) entry.absent = first.get(entry.stream) === 0;
    for (const target of this.targets) if (target.projection.derived && !target.outdated) await this.load(target, continued);
    const behind = continued.filter((entry) => !entry.parked && entry.revision < first.get(entry.stream)! - 1);
    const earlier = await earlierEvents(this.parts.store, new Map(behind.map(({ stream }) => [stream, first.get(stream)!])));
    failpoint('batch.readEarlier');
    for (const entry of behind) beginInLog(entry, this.parts.codec, earlier.get(entry.stream) ?? [], this.skippedBy(entry.derived.entity.table));
  }

  private async load({ projection, version }: Target, entries: readonly Entry[]): Promise<void> {
    const { entity, main, children } = projection.derived!;
    const mine = entries.filter((entry) => entry.derived.entity === entity && !entry.parked && UUID.test(entry.id));
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

  /** Finds at once what the projections written by hand will ask for at each of these events. */
  private async lookUp(reads: readonly Read[]): Promise<void> {
    for (const target of this.handWritten) {
      const { handWritten } = target.projection;
      if (!handWritten?.asks) continue;
      const asked = reads.flatMap((one) => (one.event && concerns(target, one) ? handWritten.asks!(one.event).map((lookup) => ({ ...lookup, organizationId: one.event!.metadata.organizationId })) : []));
      for (const [table, wanted] of Map.groupBy(asked, (one) => one.table)) await this.pendingOf(target, table).lookUp(wanted);
    }
  }

  private takeIn(one: Read): void {
    const entry = this.entries.get(one.stored.stream);
    if (entry) take(entry, one, this.skippedBy(entry.derived.entity.table));
  }

  private async apply(target: Target, { stored, event, unreadable }: Read): Promise<void> {
    const { handWritten, name } = target.projection;
    if (this.isParked(target, stored.stream) || this.skippedBy(name).has(stored.id)) return;
    const entry = this.entries.get(stored.stream);
    const stopped = unreadable ?? entry?.failure?.reason ?? (entry?.parked ? 'The entity itself is parked.' : undefined);
    if (stopped !== undefined || !event) return void this.parkings.push({ target, event: stored, reason: stopped ?? 'The event cannot be read.' });
    try {
      const changes = await handWritten!.apply(event, this.contextOf(target));
      failpoint('batch.applied');
      for (const change of changes) this.pendingOf(target, change.table).change(change, event);
    } catch (error) {
      // An error of the database ends the transaction: it is found out alone which projection it was.
      if (isTransient(error) || (error instanceof Error && 'severity' in error)) throw error;
      this.parkings.push({ target, event: stored, reason: reasonOf(error) });
    }
  }

  private contextOf(target: Target): BatchContext {
    const known = this.contexts.get(target) ?? this.newContext(target);
    this.contexts.set(target, known);
    return known;
  }

  private newContext(target: Target): BatchContext {
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

  private pendingOf({ projection }: Target, table: string): ChangedRows {
    const rows = projection.tables.some(({ name }) => name === table) ? this.pending.get(table) : undefined;
    if (!rows) throw new Error(`${projection.name} does not write the table ${table}.`);
    return rows;
  }

  private isParked({ projection }: Target, stream: string): boolean {
    if (this.known.parked.size + this.parkings.length === 0) return false;
    return this.known.parked.has(`${projection.name}|${stream}`) || this.parkings.some(({ target, event }) => target.projection === projection && event.stream === stream);
  }

  private readonly skippedBy = (projection: string): ReadonlySet<string> => this.known.skipped.get(projection) ?? NONE;

  private noteFailures(): void {
    for (const { failure, derived } of this.entries.values()) {
      const target = failure && this.targets.find(({ projection }) => projection.derived?.entity === derived.entity);
      if (target && failure) this.parkings.push({ target, ...failure });
    }
  }

  /** What was written by hand goes as the events do: little of it is kept in memory, and the database has something to do. */
  private async writeByHand(): Promise<void> {
    const tables = [...this.pending.values()];
    const openings = await this.openings(tables.flatMap((rows) => [...rows.personalValues()]));
    for (const rows of tables) await rows.write(openings);
  }

  /** Of what was folded the last state is written: once for all events of the batch. A part is opened while another is written. */
  private async writeDerived(): Promise<void> {
    for (const target of this.targets.filter(({ projection }) => projection.derived)) {
      const entries = this.dirty(target);
      for (let from = 0; from < entries.length; from += PART) {
        const part = entries.slice(from, from + PART);
        const openings = await this.openings([...this.personalValues(target, part)]);
        failpoint('batch.opened');
        await this.writeTables(target, part, openings);
      }
    }
  }

  private dirty({ projection }: Target): Entry[] {
    return [...this.entries.values()].filter(({ dirty, state, derived }) => dirty && state && derived.entity === projection.derived?.entity);
  }

  private *personalValues(target: Target, entries: readonly Entry[]): Generator<unknown> {
    const { main, children } = target.projection.derived!;
    for (const { state, loaded } of entries) {
      yield* personalValues(main, state!);
      for (const table of children) for (const { values } of changedChildren(table.parent!.field, state!, loaded)) yield* personalValues(table, values);
    }
  }

  /** Opens the personal values that go into rows, the keys of all of them asked for at once. */
  private async openings(given: readonly unknown[]): Promise<Openings> {
    const values = [...new Set(given.filter((value) => value instanceof Sealed && value.bundle.l === 2))];
    const clear = values.length === 0 ? [] : (await this.parts.codec.unseal([{ values }], { classes: [2] }))[0]!.values;
    const byValue = new Map(values.map((value, index) => [value, clear[index]]));
    return { value: (value) => byValue.get(value), isErased: (fingerprint) => this.known.isErased(fingerprint) };
  }

  private async writeTables(target: Target, entries: readonly Entry[], openings: Openings): Promise<void> {
    const { derived } = target.projection;
    const { main, children } = derived!;
    const rowsOf = (some: readonly Entry[]): Iterable<Cells> => mapped(some, ({ state, facts }) => rowOf(derived!, state!, facts!, openings));
    await this.rows.insert(main, target.version, rowsOf(entries.filter(({ absent }) => absent)));
    await this.rows.upsert(main, target.version, rowsOf(entries.filter(({ absent }) => !absent)));
    for (const table of children) {
      const field = table.parent!.field;
      const changed = entries.filter(({ state, loaded }) => childrenOf(state!, field) !== childrenOf(loaded, field));
      await this.rows.deleteVanished(table, target.version, changed.filter(({ absent }) => !absent).map(({ organizationId, id, state }) =>
        ({ organizationId, id, kept: childrenOf(state!, field).map((child) => String((child as { id: unknown }).id)) })));
      const childrenRows = (some: readonly Entry[]): Cells[] => some.flatMap(({ state, loaded }) =>
        changedChildren(field, state!, loaded).map(({ values, ordinal }) => childRowOf(table, state!, values, ordinal, openings)));
      await this.rows.insert(table, target.version, childrenRows(changed.filter(({ absent }) => absent)));
      await this.rows.upsert(table, target.version, childrenRows(changed.filter(({ absent }) => !absent)));
    }
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const concerns = ({ projection }: Target, { stored }: Read): boolean => projection.on!.has(stored.type);
