import type { Position, RecordedEvent, Revision } from '../event-store.js';

const STREAMS_IN_MIND = 100_000;

/**
 * Whether the revisions of each stream come one after the other. Of a
 * subscription from the start of the log, a stream begins at 0; of another one,
 * wherever it is seen first.
 */
export class Continuity {
  private readonly last = new Map<string, Revision>();
  private complete: boolean;

  constructor(after: Position) {
    this.complete = after === 0;
  }

  /** The revision that was due before this event; undefined if nothing is missing. */
  missingBefore({ stream, revision }: RecordedEvent): Revision | undefined {
    const last = this.last.get(stream);
    if (last === undefined && !this.complete) {
      return undefined;
    }
    const due = (last ?? -1) + 1;
    return revision === due ? undefined : due;
  }

  pass({ stream, revision }: RecordedEvent): void {
    // Those seen longest ago are forgotten first.
    this.last.delete(stream);
    this.last.set(stream, revision);
    if (this.last.size > STREAMS_IN_MIND) {
      const [oldest] = this.last.keys();
      this.last.delete(oldest!);
      this.complete = false;
    }
  }
}
