import { createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto';
import type { Scope } from '../kernel/privacy.js';
import type { Bundle, SealedOrigin } from '../kernel/sealed.js';
import { SealBroken } from './codec.js';
import type { DataKey } from './key-cache.js';

const CIPHER = 'aes-256-gcm';
const IV = 12;
const TAG = 16;
/** Lengths of values show in steps of this many bytes only. */
const PADDING = 64;

/** Name of the bundles in an event's data. */
export const BUNDLES = '$p';
/** Name of what stays in clear of sealed values, by their path. */
export const KEPT = '$kept';

/** What is sealed together. */
export interface Contents {
  readonly subject: string;
  readonly scope: Scope;
  readonly privacyClass: 2 | 3;
  /** By field: `firstName`, or inside a group or a child, `people.0.injuries`. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** Everything that a bundle is bound to. Frozen: changing a byte of it makes every stored bundle unreadable. */
const boundTo = (
  bundle: Omit<Bundle, 'iv' | 'ct' | 'k'>,
  { organizationId, type, version, eventId }: SealedOrigin,
): Buffer =>
  Buffer.from(
    JSON.stringify([
      bundle.v,
      organizationId,
      bundle.s,
      bundle.c,
      bundle.l,
      bundle.r,
      bundle.f,
      type,
      version,
      eventId,
    ]),
  );

const randomPool = Buffer.alloc(IV * 512);
let taken = randomPool.length;
/** Random bytes are cheap by the thousand and dear by the dozen. */
function randomIv(): Buffer {
  if (taken === randomPool.length) {
    randomFillSync(randomPool);
    taken = 0;
  }
  return Buffer.from(randomPool.subarray(taken, (taken += IV)));
}

/** Encrypts values together. */
export function sealBundle(
  { subject, scope, privacyClass, values }: Contents,
  key: DataKey,
  origin: SealedOrigin,
): Bundle {
  const named = {
    v: 1,
    k: key.fingerprint,
    s: subject,
    c: scope,
    l: privacyClass,
    r: key.revision,
    f: Object.keys(values),
  } as const;
  const iv = randomIv();
  const cipher = createCipheriv(CIPHER, key.key, iv).setAAD(boundTo(named, origin));
  const json = JSON.stringify(values);
  const length = Buffer.byteLength(json);
  const plain = Buffer.allocUnsafe(Math.ceil(length / PADDING) * PADDING).fill(' ', length);
  plain.write(json);
  const ct = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return { ...named, iv: iv.toString('base64'), ct: ct.toString('base64') };
}

/** Decrypts what was sealed together. @throws SealBroken where the bundle, its key or its event is another. */
export function openBundle(bundle: Bundle, key: DataKey, origin: SealedOrigin): Readonly<Record<string, unknown>> {
  const { organizationId, subject, scope } = key.name;
  if (
    bundle.v !== 1 ||
    organizationId !== origin.organizationId ||
    subject !== bundle.s ||
    scope !== bundle.c ||
    key.revision !== bundle.r
  ) {
    throw broken(origin);
  }
  const ct = Buffer.from(bundle.ct, 'base64');
  const iv = Buffer.from(bundle.iv, 'base64');
  if (ct.length < TAG || iv.length !== IV) throw broken(origin);
  const decipher = createDecipheriv(CIPHER, key.key, iv, { authTagLength: TAG });
  decipher.setAAD(boundTo(bundle, origin)).setAuthTag(ct.subarray(-TAG));
  try {
    const plain = decipher.update(ct.subarray(0, -TAG));
    // It gives no more, and throws where anything was altered.
    decipher.final();
    return JSON.parse(plain.toString('utf8')) as Record<string, unknown>;
  } catch {
    throw broken(origin);
  }
}

const broken = ({ eventId }: SealedOrigin): SealBroken =>
  new SealBroken(
    `A sealed value of event ${eventId} was altered or moved: it does not belong where it stands.`,
    eventId,
  );
