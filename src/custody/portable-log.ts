import type { Mark, Position, RecordedEvent } from '../event-store/event-store.js';
import type { ReadableLog } from './own-events.js';
import { portableValues, type PortableWriter } from './portable-file.js';

/** An event as a line: its bytes in base64, so that they come back as they were whatever they are. */
type Line = readonly [position: number, stream: string, revision: number, id: string, type: string, data: string, metadata: string];

/** Adds an event to the log of a backup. */
export const writeEvent = (to: PortableWriter, { position, stream, revision, id, type, data, metadata }: RecordedEvent): Promise<void> =>
  to.write([position, stream, revision, id, type, Buffer.from(data).toString('base64'), Buffer.from(metadata).toString('base64')] satisfies Line);

/** The log in a backup. Its positions are those of the log that it was taken from. */
export class PortableLog implements ReadableLog {
  constructor(private readonly path: string) {}

  async *subscribeAll(after: Position, signal: AbortSignal): AsyncGenerator<RecordedEvent | Mark, void, undefined> {
    let last = 0;
    for await (const value of portableValues(this.path)) {
      if (signal.aborted) return;
      const [position, stream, revision, id, type, data, metadata] = value as Line;
      last = position;
      if (position > after) yield { kind: 'event', position, stream, revision, id, type, data: Buffer.from(data, 'base64'), metadata: Buffer.from(metadata, 'base64') };
    }
    yield { kind: 'mark', position: Math.max(after, last), caughtUp: true };
  }
}
