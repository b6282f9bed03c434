import { createHmac } from 'node:crypto';

/** Under which an e-mail address is found, whatever its case: an HMAC, so that who has the key alone can compute it. */
export function emailKey(serverKey: Uint8Array, email: string): string {
  const normalised = email.normalize('NFC').trim().toLowerCase();
  return createHmac('sha256', serverKey).update(`email|${normalised}`).digest('base64url');
}
