import { copyOf } from '../kernel/copy.js';
import { Sealed, Tombstone, type Bundle } from '../kernel/sealed.js';
import { KeysUnavailable, SealBroken, type Opening } from './codec.js';
import { openBundle } from './envelope.js';
import type { Keyring } from './keyring.js';

/** Values of a bundle, or that its key was destroyed. */
type Opened = Readonly<Record<string, unknown>> | 'erased';

const ALL: Opening = { classes: [2, 3] };

/** Copies with sealed values opened: one question to the keyring, each bundle decrypted once. */
export async function unsealed<T extends object>(
  objects: readonly T[],
  keyring: Keyring,
  { classes }: Opening = ALL,
): Promise<T[]> {
  const found = new Map<Bundle, Sealed>();
  for (const object of objects) collect(object, classes, found);
  const opened = new Map<Bundle, Opened>();
  if (found.size > 0) {
    const keys = await keyring.toOpen([...new Set([...found.keys()].map(({ k }) => k))]);
    for (const [bundle, { origin }] of found) {
      const key = keys.get(bundle.k);
      if (!key)
        throw new KeysUnavailable(
          `The key of a value in event ${origin.eventId} is not in the keyring, and was not destroyed by it.`,
        );
      opened.set(bundle, key.destroyed ? 'erased' : openBundle(bundle, key, origin));
    }
  }
  return objects.map((object) => {
    const copy = replaced(object, opened) as T;
    return copy === object ? shallowCopy(object) : copy;
  });
}

/** Whether there is a sealed or erased value anywhere in it. */
export function holdsSealed(value: unknown): boolean {
  if (value instanceof Sealed || value instanceof Tombstone) return true;
  return isWalked(value) && Object.values(value).some(holdsSealed);
}

function collect(value: unknown, classes: readonly (2 | 3)[], found: Map<Bundle, Sealed>): void {
  if (value instanceof Sealed) {
    if (classes.includes(value.bundle.l)) found.set(value.bundle, value);
  } else if (isWalked(value)) {
    for (const name of Object.keys(value)) {
      const inner = (value as Record<string, unknown>)[name];
      if (typeof inner === 'object') collect(inner, classes, found);
    }
  }
}

/** The same object where nothing in it was opened. */
function replaced(value: unknown, opened: ReadonlyMap<Bundle, Opened>): unknown {
  if (value instanceof Sealed) return openedValue(value, opened);
  if (!isWalked(value)) return value;
  let copy: Record<string, unknown> | undefined;
  for (const name of Object.keys(value)) {
    const inner = (value as Record<string, unknown>)[name];
    if (typeof inner !== 'object' || inner === null) continue;
    const after = replaced(inner, opened);
    if (after !== inner) (copy ??= shallowCopy(value) as Record<string, unknown>)[name] = after;
  }
  return copy ?? value;
}

function openedValue(sealed: Sealed, opened: ReadonlyMap<Bundle, Opened>): unknown {
  const { bundle, field, kind, kept, origin } = sealed;
  const values = opened.get(bundle);
  if (values === undefined) return sealed;
  if (values === 'erased') return new Tombstone(kind, bundle.c, kept);
  const value = Object.hasOwn(values, field) ? values[field] : undefined;
  // The part in clear is outside the seal, and may not tell another story.
  if (value === undefined || (kept !== undefined && !String(value).startsWith(kept))) {
    throw new SealBroken(
      `A sealed value of event ${origin.eventId} does not hold what stands beside it.`,
      origin.eventId,
    );
  }
  return value;
}

function shallowCopy<T extends object>(value: T): T {
  if (Array.isArray(value)) return [...(value as unknown[])] as T;
  return copyOf(value);
}

/** Lists, groups, children, events and states; not the machinery that may hang on them. */
function isWalked(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || value instanceof Tombstone) return false;
  return !(value instanceof Map || value instanceof Set || value instanceof Date || ArrayBuffer.isView(value));
}
