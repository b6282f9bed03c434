import type { EventDeclaration } from '../kernel/event.js';
import type { Field } from '../kernel/fields.js';
import { Sealed, type Bundle, type SealedOrigin } from '../kernel/sealed.js';
import type { RecordedEvent } from '../event-store/event-store.js';
import { jsonOf, metadataOf, type EventMetadata } from '../event-store/metadata.js';
import { UnreadableEvent, type DecodedEvent } from './codec.js';
import { BUNDLES, KEPT } from './envelope.js';
import { isBundle } from './sealed-column.js';
import { type SealingPlan } from './sealing-plan.js';

type Values = Record<string, unknown>;

/** A stored event of a known type, its sealed values left sealed. Needs no key. @throws UnreadableEvent */
export function decodedEvent(stored: RecordedEvent, declaration: EventDeclaration, plan: SealingPlan): DecodedEvent {
  const metadata = readMetadata(stored, declaration);
  const version = metadata.schemaVersion;
  const data = readObject(stored, () => jsonOf(stored.data)) as Values;
  const origin: SealedOrigin = {
    organizationId: metadata.organizationId,
    eventId: stored.id,
    type: stored.type,
    version,
  };
  if (data[BUNDLES] !== undefined)
    placeSealed(data, data[BUNDLES], { stored, origin, kept: data[KEPT] as Placing['kept'], plan });
  const current = version === declaration.version ? data : upcast(data, version, declaration, stored);
  const event = new declaration.event();
  const values = event as unknown as Values;
  for (const name of plan.names) {
    const value = current[name];
    if (value !== undefined) values[name] = value;
    else if (plan.required.has(name)) throw unreadable(stored, `${name} is missing`);
  }
  const { recordedAt, actorId, actorRole, organizationId, effectiveDate, commandId } = metadata;
  const recorded = {
    recordedAt,
    actorId,
    actorRole,
    organizationId,
    effectiveDate,
    commandId,
    revision: stored.revision,
    eventId: stored.id,
  };
  return { declaration, event, metadata, stored, recorded };
}

interface Placing {
  readonly stored: RecordedEvent;
  readonly origin: SealedOrigin;
  readonly kept: Record<string, string> | undefined;
  readonly plan: SealingPlan;
}

/** Puts a sealed value where each was when the event was made. */
function placeSealed(data: Values, bundles: unknown, { stored, origin, kept, plan }: Placing): void {
  if (!Array.isArray(bundles)) throw unreadable(stored, 'its sealed values are no list');
  for (const bundle of bundles) {
    if (!isBundle(bundle)) throw unreadable(stored, 'one of its sealed values is damaged');
    for (const path of bundle.f) place(data, path, bundle, { stored, origin, kept, plan });
  }
}

function place(data: Values, path: string, bundle: Bundle, { stored, origin, kept, plan }: Placing): void {
  let at = data;
  let name = path;
  if (path.includes('.')) {
    const steps = path.split('.');
    name = steps.pop()!;
    for (const step of steps) {
      const next = Object.hasOwn(at, step) ? at[step] : undefined;
      if (typeof next !== 'object' || next === null) throw unreadable(stored, `${path} has no place`);
      at = next as Values;
    }
  }
  if (Object.hasOwn(at, name) || name === '__proto__') throw unreadable(stored, `${path} is there twice`);
  at[name] = new Sealed(bundle, path, kindAt(plan, path), origin, kept?.[path]);
}

const kinds = new WeakMap<SealingPlan, Map<string, Field['kind']>>();
/** What kind of value it is, whichever child it is in; blind indexes, and fields that are no longer declared, are texts. */
function kindAt(plan: SealingPlan, path: string): Field['kind'] {
  let known = kinds.get(plan);
  if (!known) kinds.set(plan, (known = kindsOf(plan, '')));
  return known.get(path.includes('.') ? path.replaceAll(/\.\d+\./g, '.') : path) ?? 'text';
}
function kindsOf(plan: SealingPlan, prefix: string): Map<string, Field['kind']> {
  const all = new Map([...plan.sealed.values()].map(({ field }) => [prefix + field.name, field.kind]));
  for (const [name, inner] of plan.nested)
    for (const [path, kind] of kindsOf(inner, `${prefix}${name}.`)) all.set(path, kind);
  return all;
}

/** Each version to the next; sealed values may be moved and nothing else. */
function upcast(data: Values, from: number, { version, upcasters }: EventDeclaration, stored: RecordedEvent): Values {
  const { [BUNDLES]: _bundles, [KEPT]: _kept, ...clear } = data;
  let current: Values = clear;
  for (let at = from; at < version; at++) {
    const step = upcasters.get(at);
    if (!step) throw unreadable(stored, `nothing leads from version ${at} to ${at + 1}`);
    current = step(current);
  }
  return current;
}

function readMetadata(stored: RecordedEvent, { version }: EventDeclaration): EventMetadata {
  const metadata = readObject(stored, () => metadataOf(stored)) as unknown as EventMetadata;
  const { schemaVersion, organizationId } = metadata;
  if (typeof organizationId !== 'string') throw unreadable(stored, 'it belongs to no organisation');
  if (!Number.isInteger(schemaVersion) || schemaVersion < 1) throw unreadable(stored, 'its version is no number');
  if (schemaVersion > version)
    throw unreadable(stored, `it is of version ${schemaVersion}, and this product knows ${version}`);
  return metadata;
}

function readObject(stored: RecordedEvent, read: () => object): object {
  let value: unknown;
  try {
    value = read();
  } catch {
    throw unreadable(stored, 'its bytes are no JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw unreadable(stored, 'its bytes are no JSON object');
  return value;
}

const unreadable = ({ id, type, stream, revision }: RecordedEvent, why: string): UnreadableEvent =>
  new UnreadableEvent(`Event ${id} (${type}, ${stream} revision ${revision}) cannot be read: ${why}.`);
