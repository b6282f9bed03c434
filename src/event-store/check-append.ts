import { AppendRefused } from './errors.js';
import type { NewEvent, Revision } from './event-store.js';

/** What one append may hold, data, metadata and types together. */
export const MAX_APPEND_BYTES = 1024 * 1024;

const uuid = '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';
const uuidPattern = new RegExp(`^${uuid}$`);
const streamPattern = new RegExp(`^[A-Za-z][A-Za-z0-9_-]{0,99}-${uuid}$`);
const highestRevision = 2 ** 31 - 1;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Whether a stream of that name may be one of ours: others in the same log belong to somebody else. */
export function isStreamName(stream: string): boolean {
  return streamPattern.test(stream);
}

/** The bytes of an event that count towards {@link MAX_APPEND_BYTES}. */
export function sizeOf(event: NewEvent): number {
  return event.data.byteLength + event.metadata.byteLength + Buffer.byteLength(event.type);
}

/**
 * Refuses, before any call, what one log or another would store wrongly or
 * answer badly. Every adapter begins its append with it.
 *
 * @throws {AppendRefused}
 */
export function checkAppend(
  stream: string,
  expected: Revision | 'no-stream',
  events: readonly NewEvent[],
): void {
  if (!isStreamName(stream)) {
    throw new AppendRefused('bad-stream-name', 'A stream is named <category>-<uuid>.');
  }
  if (
    expected !== 'no-stream' &&
    !(Number.isInteger(expected) && expected >= 0 && expected < highestRevision)
  ) {
    throw new AppendRefused('bad-expected-revision', 'Expected is a revision or no-stream.');
  }
  if (events.length === 0) {
    throw new AppendRefused('no-events', 'An append holds at least one event.');
  }
  let size = 0;
  for (const event of events) {
    checkEvent(event);
    size += sizeOf(event);
  }
  if (size > MAX_APPEND_BYTES) {
    throw new AppendRefused('too-large', `An append holds at most ${MAX_APPEND_BYTES} bytes.`);
  }
}

function checkEvent(event: NewEvent): void {
  if (!uuidPattern.test(event.id)) {
    throw new AppendRefused('bad-id', 'An event id is a UUID.');
  }
  if (event.type === '' || event.type.includes('\0') || !event.type.isWellFormed()) {
    throw new AppendRefused('bad-type', 'An event type is a text that is not empty.');
  }
  if (!(event.metadata instanceof Uint8Array) || !isJsonObject(event.data)) {
    throw new AppendRefused('bad-data', 'Event data are the bytes of one JSON object.');
  }
}

function isJsonObject(bytes: Uint8Array): boolean {
  // Size first: nobody should parse what is refused anyway.
  if (!(bytes instanceof Uint8Array)) {
    return false;
  }
  if (bytes.byteLength > MAX_APPEND_BYTES) {
    throw new AppendRefused('too-large', `An append holds at most ${MAX_APPEND_BYTES} bytes.`);
  }
  try {
    const value: unknown = JSON.parse(utf8.decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
