import type { Catalogue } from '../../src/kernel/catalogue.js';
import { PLATFORM, type EntityDeclaration, type State } from '../../src/kernel/entity.js';
import type { EventDeclaration } from '../../src/kernel/event.js';
import { copyOf } from '../../src/kernel/copy.js';
import { evolveInPlace, unborn } from '../../src/kernel/fold.js';
import { isUuid } from '../../src/kernel/values.js';
import type { EventStore, RecordedEvent } from '../../src/event-store/event-store.js';
import { metadataOf } from '../../src/event-store/metadata.js';
import type { Codec, DecodedEvent } from '../../src/privacy/codec.js';
import type { Projection } from './derived-tables.js';
import { factsOfRow, stateFromRow, type Row, type StreamFacts } from './rows.js';

type Derived = NonNullable<Projection['derived']>;

/** An event that stopped a stream, and why, without anything personal. */
export interface Failure {
  readonly event: RecordedEvent;
  readonly reason: string;
}

/** One stream while a batch is folded. */
export interface Entry {
  readonly derived: Derived;
  readonly stream: string;
  readonly id: string;
  organizationId: string;
  /** Revision of the last event that was taken in, -1 for none. */
  revision: number;
  /** Before the event that was taken in last: a copy, good for as long as that event is worked on. */
  before: State | undefined;
  /** After it. The next event changes this very object: new ones would soon be garbage, and dear garbage where streams are many. */
  state: State | undefined;
  /** As it was loaded: what is the same object still need not be written. */
  loaded: State | undefined;
  facts: StreamFacts | undefined;
  /** It was looked for, and there is no row of it. */
  absent: boolean;
  dirty: boolean;
  /** Stopped by an earlier batch; nothing of it is taken in. */
  parked: boolean;
  failure?: Failure;
}

/** A decoded event, what is wrong with it, or neither where the product does not know its type. */
export interface Read {
  readonly stored: RecordedEvent;
  readonly event?: DecodedEvent;
  readonly unreadable?: string;
}

/** A sentence for the operator. What came from the database is left out: it may quote values. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'It failed without saying why.';
  if ('severity' in error && 'code' in error) return `The database refused it (${String(error.code)}).`;
  return `${error.name}: ${error.message}`.slice(0, 500);
}

/** Decodes an event; never throws. */
export function read(codec: Codec, stored: RecordedEvent): Read {
  try {
    const event = codec.decode(stored);
    return event ? { stored, event } : { stored };
  } catch (error) {
    return { stored, unreadable: reasonOf(error) };
  }
}

/** Whether events of this kind say that keys were destroyed. */
export const destroysKeys = ({ fields }: EventDeclaration): boolean => fields.some(({ name }) => name === 'keyFingerprints');

/** Keys that an event says were destroyed. */
export const fingerprintsOf = (event: DecodedEvent | undefined): readonly string[] => {
  const value = event && destroysKeys(event.declaration) ? (event.event as { keyFingerprints?: unknown }).keyFingerprints : undefined;
  return Array.isArray(value) ? value.map(String) : [];
};

/** The entity and id that a stream belongs to. */
export function ownerOf(catalogue: Catalogue, stream: string): { entity: EntityDeclaration; id: string } | undefined {
  const dash = stream.indexOf('-');
  const entity = dash > 0 ? catalogue.ofCategory(stream.slice(0, dash)) : undefined;
  return entity ? { entity, id: stream.slice(dash + 1) } : undefined;
}

/** An entry before anything is known of its stream. */
export const newEntry = (derived: Derived, stream: string, id: string, organizationId: string): Entry => ({
  derived, stream, id, organizationId,
  revision: -1, before: undefined, state: undefined, loaded: undefined, facts: undefined, absent: false, dirty: false, parked: false,
});

/** Lets an entry begin where a row stands. */
export function beginAtRow(entry: Entry, row: Row, childRows: ReadonlyMap<string, readonly Row[]>): void {
  entry.state = stateFromRow(entry.derived, row, childRows);
  entry.loaded = copyOf(entry.state);
  entry.facts = factsOfRow(row);
  entry.revision = entry.facts.stream_revision;
}

/** Folds the events that come before those of the batch, straight from the log. */
export function beginInLog(entry: Entry, codec: Codec, earlier: readonly RecordedEvent[], skipped: ReadonlySet<string>): void {
  Object.assign(entry, { revision: -1, state: undefined, facts: undefined, loaded: undefined });
  for (const stored of earlier) {
    if (entry.failure) return;
    take(entry, read(codec, stored), skipped);
  }
}

/** Reads, of each stream that a batch does not continue seamlessly, what comes before. */
export async function earlierEvents(store: EventStore, wanted: ReadonlyMap<string, number>): Promise<Map<string, RecordedEvent[]>> {
  if (wanted.size === 0) return new Map();
  const streams = await store.readStreams([...wanted.keys()].map((stream) => ({ stream })));
  return new Map([...streams].map(([stream, events]) => [stream, events.filter(({ revision }) => revision < (wanted.get(stream) ?? 0))]));
}

/**
 * Takes one event into its entry: applied, or passed over where it means nothing here, or noted as what stops the stream.
 * @param skipped ids of events that an operator left out.
 */
export function take(entry: Entry, { stored, event, unreadable }: Read, skipped: ReadonlySet<string>): void {
  if (entry.parked || entry.failure || stored.revision <= entry.revision) return;
  entry.before = entry.state;
  if (!isUuid(entry.id)) return fail(entry, stored, 'The id of the stream is no UUID.');
  if (stored.revision !== entry.revision + 1) return fail(entry, stored, `Revision ${entry.revision + 1} is missing before ${stored.revision}.`);
  const passedOver = skipped.has(stored.id);
  if (unreadable !== undefined && !passedOver) return fail(entry, stored, unreadable);
  if (!event || passedOver || !isOwn(entry, event)) return passOver(entry, stored);
  const before = entry.state && copyOf(entry.state);
  try {
    const state = entry.state ?? unborn(entry.derived.entity, entry.id, event.metadata.organizationId);
    evolveInPlace(state, event);
    placeBlindIndexes(entry, state, event);
    Object.assign(entry, { before, state, organizationId: state.organizationId, revision: stored.revision, dirty: true });
    noteFacts(entry, event);
  } catch (error) {
    // What it has changed by then never was.
    entry.state = before;
    fail(entry, stored, reasonOf(error));
  }
}

/** Events of another organisation, and of an entity whose stream this is not, are as if they were not there. */
function isOwn({ derived: { entity }, state, id }: Entry, { metadata, declaration }: DecodedEvent): boolean {
  if (declaration.entity !== entity.state) return false;
  if (state) return metadata.organizationId === state.organizationId;
  if (entity.options.home === 'platform') return metadata.organizationId === PLATFORM;
  return entity.options.home !== 'self' || metadata.organizationId === id;
}

function passOver(entry: Entry, stored: RecordedEvent): void {
  entry.revision = stored.revision;
  if (!entry.facts) return;
  entry.facts.stream_revision = stored.revision;
  entry.dirty = true;
}

function fail(entry: Entry, event: RecordedEvent, reason: string): void {
  entry.failure = { event, reason };
  if (!entry.facts) return;
  entry.facts.stale_reason = reason;
  entry.dirty = true;
}

/** An event may carry a blind index beside a value; it follows the value into the row. */
function placeBlindIndexes(entry: Entry, state: State, { event }: DecodedEvent): void {
  const values = state as unknown as Record<string, unknown>;
  for (const name of blindFields(entry.derived.entity)) {
    const index = (event as unknown as Record<string, unknown>)[`${name}Index`];
    if (index !== undefined) values[`${name}Index`] = index;
    if ((values[name] ?? null) === null && `${name}Index` in values) values[`${name}Index`] = undefined;
  }
}

const blind = new WeakMap<EntityDeclaration, readonly string[]>();
/** Asked at each event. */
function blindFields(entity: EntityDeclaration): readonly string[] {
  let names = blind.get(entity);
  if (!names) blind.set(entity, (names = entity.fields.filter((field) => field.blind).map(({ name }) => name)));
  return names;
}

function noteFacts(entry: Entry, { metadata: { recordedAt, actorId }, stored }: DecodedEvent): void {
  const { facts } = entry;
  const now = { updated_at: recordedAt, updated_by: actorId, stream_revision: stored.revision, last_event_id: stored.id, last_position: stored.position, stale_reason: null };
  if (facts) Object.assign(facts, now);
  else entry.facts = { created_at: recordedAt, created_by: actorId, ...now };
}

/** Organisation in an event's metadata, whatever its data; the platform where even that cannot be read. */
export function organizationIn(stored: RecordedEvent, decoded?: DecodedEvent): string {
  try {
    const { organizationId } = decoded?.metadata ?? metadataOf(stored);
    return isUuid(organizationId) ? organizationId : PLATFORM;
  } catch {
    return PLATFORM;
  }
}
