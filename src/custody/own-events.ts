import type { EventStore, Mark, Position, RecordedEvent } from '../event-store/event-store.js';
import { ownMetadataOf } from '../event-store/metadata.js';

/** A log as a copy is made from it: an event store, or the log in a backup. */
export type ReadableLog = Pick<EventStore, 'subscribeAll'>;

/** The product's events of a log, one by one up to its end; what others keep in the same log is passed over. */
export class OwnEvents {
  /** Everything up to here has been seen, what belongs to others included. */
  position: Position;
  private readonly leave = new AbortController();
  private readonly items: AsyncIterator<RecordedEvent | Mark>;

  constructor(log: ReadableLog, after: Position) {
    this.position = after;
    this.items = log.subscribeAll(after, this.leave.signal)[Symbol.asyncIterator]();
  }

  /** The next event; undefined at the end of the log. */
  async next(): Promise<RecordedEvent | undefined> {
    for (;;) {
      const { value: item, done } = await this.items.next();
      if (done) return undefined;
      this.position = item.position;
      if (item.kind === 'event' && ownMetadataOf(item)) return item;
      if (item.kind === 'mark' && item.caughtUp) return undefined;
    }
  }

  /** Leaves the log. */
  async close(): Promise<void> {
    this.leave.abort();
    await this.items.return?.();
  }
}
