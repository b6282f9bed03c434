import { expect } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { EventStore, Mark, NewEvent, RecordedEvent } from '../../src/event-store/event-store.js';
import { jsonBytes } from '../../src/event-store/metadata.js';

/** An event as a spec appends it. */
export const event = (type = 'Happened', data: object = { n: 1 }, id: string = randomUUID()): NewEvent => ({
  id,
  type,
  data: jsonBytes(data),
  metadata: jsonBytes({ who: 'spec' }),
});
/** The name of a stream that is not there yet. */
export const aStream = (): string => `spec-${randomUUID()}`;

/** All events of a read. */
export async function all(events: AsyncIterable<RecordedEvent>): Promise<RecordedEvent[]> {
  const found: RecordedEvent[] = [];
  for await (const one of events) found.push(one);
  return found;
}

/** Reads a subscription until `enough` says so, then leaves it. */
export async function until(
  store: EventStore,
  after: number,
  enough: (events: RecordedEvent[], marks: Mark[]) => boolean,
): Promise<{ events: RecordedEvent[]; marks: Mark[] }> {
  const stop = new AbortController();
  const events: RecordedEvent[] = [];
  const marks: Mark[] = [];
  for await (const one of store.subscribeAll(after, stop.signal)) {
    if (one.kind === 'event') events.push(one);
    else marks.push(one);
    if (enough(events, marks)) stop.abort();
  }
  return { events, marks };
}

/** What an append is refused with before it is sent. */
export const refusal = (reason: string) => expect.objectContaining({ name: 'AppendRefused', reason });
