import type { RecordedEvent } from '../event-store/event-store.js';
import { leafHash } from '../event-store/leaf-hash.js';
import { metadataOf } from '../event-store/metadata.js';

/** Two logs are not alike, or one is not what it was: the sentence says at which event, and in what. */
export class LogDiffers extends Error {
  override readonly name = 'LogDiffers';
}

const placeOf = ({ stream, revision }: RecordedEvent): string => `event ${revision} of the stream ${stream}`;
const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** Refuses the first thing in which an event is not its copy. @throws LogDiffers */
export function refuseDifference(original: RecordedEvent, copy: RecordedEvent): void {
  const isSamePlace = original.stream === copy.stream && original.revision === copy.revision;
  if (!isSamePlace) throw new LogDiffers(`Where the log has ${placeOf(original)} (at ${original.position}), the other one has ${placeOf(copy)} (at ${copy.position}).`);
  const differing = [
    ...(original.id.toLowerCase() === copy.id.toLowerCase() ? [] : ['id']),
    ...(original.type === copy.type ? [] : ['type']),
    ...(sameBytes(original.data, copy.data) ? [] : ['data']),
    ...(sameBytes(original.metadata, copy.metadata) ? [] : ['metadata']),
  ];
  if (differing.length > 0) throw new LogDiffers(`${placeOf(original)} (at ${original.position}, in the other log at ${copy.position}) differs in its ${differing.join(' and ')}.`);
}

/** The chain of every stream: each event carries the hash of the one before it, and none is left out. */
export class StreamChains {
  private readonly last = new Map<string, { revision: number; hash: string }>();

  /** Takes an event in, in the order of the log. @throws LogDiffers where it does not fit to the one before it. */
  add(event: RecordedEvent): void {
    const before = this.last.get(event.stream);
    if (event.revision !== (before?.revision ?? -1) + 1) throw new LogDiffers(`The log gives ${placeOf(event)} where event ${(before?.revision ?? -1) + 1} is due.`);
    const { prev } = metadataOf(event);
    if (prev !== undefined && prev !== before?.hash) throw new LogDiffers(`${placeOf(event)} (at ${event.position}) does not carry the hash of the event before it: one of the two was altered.`);
    this.last.set(event.stream, { revision: event.revision, hash: leafHash(event.stream, event.revision, event) });
  }
}
