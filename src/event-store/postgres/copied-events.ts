import type { RecordedEvent } from '../event-store.js';

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
/** After the signature stand the flags and the length of an extension, of which there is none. */
const HEADER_BYTES = SIGNATURE.length + 8;
const COLUMNS = 7;

/** What `eventsOf` reads: the columns in their order. Ids as texts: sixteen bytes would have to be spelt out here. */
export const COPIED_COLUMNS = 'position, stream, revision, id::text, type, data, metadata';

/**
 * Events in the binary form of COPY. The bytes of an event are part of what arrived, and are not copied.
 * @throws Error where it is something else.
 */
export function eventsOf(copied: Buffer): RecordedEvent[] {
  if (!copied.subarray(0, SIGNATURE.length).equals(SIGNATURE)) throw new Error('The log has sent something other than events.');
  const events: RecordedEvent[] = [];
  let at = HEADER_BYTES;
  /** The next column: where it begins; `at` is its end. */
  const next = (): number => {
    const begin = at + 4;
    at = begin + copied.readInt32BE(at);
    return begin;
  };
  // Behind the last event stands -1 as its number of columns.
  while (copied.readInt16BE(at) === COLUMNS) {
    at += 2;
    const place = next();
    const position = copied.readInt32BE(place) * 2 ** 32 + copied.readUInt32BE(place + 4);
    const stream = copied.toString('utf8', next(), at);
    const revision = copied.readInt32BE(next());
    const id = copied.toString('latin1', next(), at);
    const type = copied.toString('utf8', next(), at);
    const data = copied.subarray(next(), at);
    const metadata = copied.subarray(next(), at);
    events.push({ kind: 'event', stream, revision, position, id, type, data, metadata });
  }
  return events;
}
