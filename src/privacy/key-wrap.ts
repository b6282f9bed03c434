import { createCipheriv, createDecipheriv, createHash, createHmac, createSecretKey, hkdfSync, randomBytes, type KeyObject } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const IV = 12;
const TAG = 16;

/** Bytes of every key: AES-256. */
export const KEY_BYTES = 32;
export const newKey = (): Buffer => randomBytes(KEY_BYTES);

/** A key for one purpose out of another (HKDF-SHA256). */
export const derivedKey = (from: Uint8Array, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', from, 'yuthub keyring', purpose, KEY_BYTES));

/** A key to work with. A cipher takes it in a fraction of the time of bytes; the bytes are zeroed. */
export function keyObject(bytes: Buffer): KeyObject {
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return key;
}

/** Public name of a key: tells keys apart and nothing about them. 22 characters, base64url. */
export const fingerprintOf = (key: Uint8Array): string =>
  createHash('sha256').update('yuthub key').update(key).digest().subarray(0, 16).toString('base64url');

/** A key encrypted under another, bound to what it is for. 60 bytes: IV, key, tag. */
export function wrapKey(under: KeyObject, key: Uint8Array, boundTo: string): Buffer {
  const iv = randomBytes(IV);
  const cipher = createCipheriv(CIPHER, under, iv).setAAD(Buffer.from(boundTo));
  return Buffer.concat([iv, cipher.update(key), cipher.final(), cipher.getAuthTag()]);
}

/** The key in a wrapped one; undefined where the wrapping key or what it is bound to is another. */
export function unwrapKey(under: KeyObject, wrapped: Uint8Array, boundTo: string): Buffer | undefined {
  if (wrapped.length !== IV + KEY_BYTES + TAG) return undefined;
  const decipher = createDecipheriv(CIPHER, under, wrapped.subarray(0, IV), { authTagLength: TAG })
    .setAAD(Buffer.from(boundTo))
    .setAuthTag(wrapped.subarray(-TAG));
  try {
    return Buffer.concat([decipher.update(wrapped.subarray(IV, -TAG)), decipher.final()]);
  } catch {
    return undefined;
  }
}

/** HMAC-SHA256 of a text. */
export const hmacOf = (key: KeyObject, text: string): Buffer => createHmac('sha256', key).update(text).digest();
