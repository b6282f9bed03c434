import { idIn } from '../kernel/entity.js';
import pg from 'pg';
import type { EventStore, RecordedEvent } from '../event-store/event-store.js';
import { jsonOf, metadataOf, ownMetadataOf } from '../event-store/metadata.js';
import type { KeyName, Keyring } from '../privacy/keyring.js';
import { StartRefused } from './start-refused.js';

const KEYS_AT_ONCE = 1_000;

/** What is looked at to tell whether the keyring knows of every erasure. */
export interface ErasureGateParts {
  readonly store: EventStore;
  readonly keyring: Pick<Keyring, 'notDestroyed' | 'knowsErasure' | 'destroy'>;
  /** Types of events that tell of destroyed keys by their fingerprints. */
  readonly erasing: ReadonlySet<string>;
  /** Connection string of the main database's owner. */
  readonly owner: string;
}

/** An erasure that the log records and the keyring has not carried out. */
interface Undone {
  readonly event: RecordedEvent;
  readonly alive: readonly KeyName[];
}

/**
 * Refuses a keyring that is older than an erasure in the log: keys that were destroyed would open again what was erased.
 * What the read tables have passed is known from them; only what came after is read from the log. @throws StartRefused
 */
export async function refuseOlderKeyring(parts: ErasureGateParts): Promise<void> {
  const undone = await undoneErasures(parts);
  const first = undone[0]?.event;
  if (!first) return;
  const more = undone.length > 1 ? ` and ${undone.length - 1} more` : '';
  throw new StartRefused(
    `The keyring is older than the log: it does not know of the erasure that event ${first.revision} of the stream ${first.stream} records${more}, and would open again what was erased. Restore the newest keyring there is; where there is none newer, run \`npm run keyring -- repeat-erasures\`, which destroys those keys again.`,
  );
}

/** Carries out again what the keyring does not know of. @returns how many erasures that was. */
export async function repeatErasures(parts: ErasureGateParts): Promise<number> {
  const undone = await undoneErasures(parts);
  for (const { event, alive } of undone) {
    const { organizationId } = metadataOf(event);
    const erasureId = erasureOf(event);
    const subject = idIn(event.stream);
    // The person themselves first: that no new key may be made is on record even where every old one is missing.
    await parts.keyring.destroy({ erasureId, organizationId, subject, scopes: textsIn(event, 'scopes') });
    for (const { scope, ...name } of alive) await parts.keyring.destroy({ erasureId, organizationId: name.organizationId, subject: name.subject, scopes: [scope] });
  }
  return undone.length;
}

async function undoneErasures(parts: ErasureGateParts): Promise<Undone[]> {
  const undone: Undone[] = [];
  for (const event of await candidates(parts)) {
    const { alive, unknown } = await parts.keyring.notDestroyed(textsIn(event, 'keyFingerprints'));
    if (alive.length > 0 || (unknown.length > 0 && !(await parts.keyring.knowsErasure(erasureOf(event))))) undone.push({ event, alive: alive.map(({ name }) => name) });
  }
  return undone;
}

/** Erasures of which some key is not destroyed here; and all that the read tables have not passed. */
async function candidates({ store, keyring, erasing, owner }: ErasureGateParts): Promise<RecordedEvent[]> {
  const { erased, through } = await passedByReads(owner);
  const places = new Set<number>();
  for (let at = 0; at < erased.length; at += KEYS_AT_ONCE) {
    const some = new Map(erased.slice(at, at + KEYS_AT_ONCE).map(({ fingerprint, position }) => [fingerprint, position]));
    const { alive, unknown } = await keyring.notDestroyed([...some.keys()]);
    for (const fingerprint of [...alive.map((one) => one.fingerprint), ...unknown]) places.add(some.get(fingerprint)!);
  }
  const found: RecordedEvent[] = [];
  for (const place of places) {
    const event = await store.eventAt(place);
    if (event) found.push(event);
  }
  for await (const event of eventsAfter(store, through)) if (erasing.has(event.type) && ownMetadataOf(event)) found.push(event);
  return found;
}

/** The command that recorded it was caused by the decision, whose id an erasure has in the keyring. */
const erasureOf = (event: RecordedEvent): string => metadataOf(event).causationId;

function textsIn(event: RecordedEvent, field: string): string[] {
  const value = jsonOf(event.data)[field];
  return Array.isArray(value) ? value.map(String) : [];
}

/** Keys that the read tables know to be destroyed, with the place of the event that says so; and how far all tables are. */
async function passedByReads(owner: string): Promise<{ erased: { fingerprint: string; position: number }[]; through: number }> {
  const client = new pg.Client({ connectionString: owner });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows: at } = await client.query<{ through: string }>(`select coalesce(min(position), 0) as through from read.projection_versions where state = 'live'`);
    const { rows } = await client.query<{ fingerprint: string; position: string }>('select fingerprint, position from read.erased_keys where position <= $1', [at[0]!.through]);
    return { erased: rows.map(({ fingerprint, position }) => ({ fingerprint, position: Number(position) })), through: Number(at[0]!.through) };
  } finally {
    await client.end();
  }
}

async function* eventsAfter(store: EventStore, after: number): AsyncGenerator<RecordedEvent> {
  const leave = new AbortController();
  try {
    for await (const item of store.subscribeAll(after, leave.signal)) {
      if (item.kind === 'event') yield item;
      else if (item.caughtUp) return;
    }
  } finally {
    leave.abort();
  }
}
