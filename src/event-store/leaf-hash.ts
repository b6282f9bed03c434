import { hash } from 'node:crypto';
import type { NewEvent, Revision } from './event-store.js';

const FIRST = Buffer.of(0);
const CONTENT_TYPE = Buffer.from('application/json');

function lengthPrefixed(bytes: Uint8Array): Uint8Array[] {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return [length, bytes];
}

/**
 * SHA-256 over the exact bytes of an event, as lower-case hex. The next event of the stream carries it as
 * `metadata.prev`, so that one person's file can be verified alone. Position is left out: a restore may change it.
 */
export function leafHash(stream: string, revision: Revision, event: NewEvent): string {
  const place = Buffer.alloc(8);
  place.writeBigUInt64BE(BigInt(revision));
  const parts = [
    FIRST,
    ...lengthPrefixed(Buffer.from(stream)),
    place,
    Buffer.from(event.id.replaceAll('-', ''), 'hex'),
    ...lengthPrefixed(Buffer.from(event.type)),
    ...lengthPrefixed(CONTENT_TYPE),
    ...lengthPrefixed(event.data),
    ...lengthPrefixed(event.metadata),
  ];
  return hash('sha256', Buffer.concat(parts), 'hex');
}
