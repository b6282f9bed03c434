import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { Position, Revision } from '../event-store.js';
import { placeOf, recordedOf, streamOf } from './messages.js';
import { Shared } from './shared.js';

/** What a look asks of the log; it asks once, and fails as soon as something does. */
export interface LookedAt {
  /** The last event of any kind. */
  last(): Promise<ReadResp.ReadEvent | undefined>;
  /** So many events of any kind from a position on, the one that stands there included. */
  from(position: Position, count: number): Promise<readonly ReadResp.ReadEvent[]>;
}

/** With more than that since the last look every stream is asked after by itself: it costs less. */
const MOST = 256;
const REMEMBERED = 20_000;
/** No revision: the stream is being read for the first time. */
const BEING_READ = -2;

/**
 * Where streams end as of the last look at the log. Every command asks after a handful of streams that it knows already
 * whether more has come of them; one read of what was recorded since the last look answers that for all of them, and for
 * all commands that ask at the same time.
 *
 * What holds at any moment: the end that is known of a stream is not before any event of it that stands at or before the
 * last event that a look has passed. It comes from a read of the stream that began after a look, or from a look that passed the event.
 */
export class StreamEnds {
  private readonly ends = new Map<string, Revision>();
  /** The last event that a look has passed. */
  private passed: ReadResp.ReadEvent | undefined;
  /** Looks that had to begin anew: a read that began before that says nothing about what came since. */
  private beginnings = 0;
  private readonly looks = new Shared<void>();

  constructor(private readonly log: LookedAt) {}

  /** Whether a look could tell anything: the first one has to be made, or the end of one of these is known. */
  helps(streams: Iterable<string>): boolean {
    return this.passed === undefined || [...streams].some((stream) => this.of(stream) !== undefined);
  }

  /** What is known afterwards holds at a moment after the call. Whoever asks while a look is under way waits for the next. */
  look(): Promise<void> {
    return this.looks.get('', () => this.lookNow());
  }

  /** Revision of a stream's last event as of the last look, -1 where it has none; undefined where that is not known. */
  of(stream: string): Revision | undefined {
    const end = this.ends.get(stream);
    return end === BEING_READ ? undefined : end;
  }

  /** A stream is about to be read to its end. @returns what `read` wants to know then. */
  reading(stream: string): number | undefined {
    if (this.passed === undefined) {
      return undefined;
    }
    this.remember(stream, this.ends.get(stream) ?? BEING_READ);
    return this.beginnings;
  }

  /** It has been read, to this event, or is empty (-1). What looks have seen of it meanwhile counts too. */
  read(stream: string, end: Revision, beginning: number | undefined): void {
    const seen = this.ends.get(stream);
    if (beginning === this.beginnings && seen !== undefined) {
      this.remember(stream, Math.max(seen, end));
    }
  }

  private async lookNow(): Promise<void> {
    if (this.passed !== undefined && (await this.wentOn(this.passed))) {
      return;
    }
    this.passed = await this.log.last();
  }

  /** Passes what came after an event. @returns false where that was too much, or cannot be said: nothing is known then */
  private async wentOn(passed: ReadResp.ReadEvent): Promise<boolean> {
    let found: readonly ReadResp.ReadEvent[] = [];
    try {
      found = await this.log.from(placeOf(passed), MOST);
    } finally {
      const [first] = found;
      // Where the event that was passed is not there any more, the log is another one.
      if (first === undefined || !isSame(first, passed) || found.length === MOST) {
        this.forget();
      }
    }
    if (this.passed === undefined) {
      return false;
    }
    found.slice(1).forEach((message) => this.pass(message));
    return true;
  }

  private forget(): void {
    this.passed = undefined;
    this.ends.clear();
    // What began to be read before is not known to have been read after the place from which the next look goes on.
    this.beginnings += 1;
  }

  private pass(message: ReadResp.ReadEvent): void {
    const { stream, revision } = streamOf(message);
    if (stream.startsWith('$$')) {
      // Somebody has limited or deleted it.
      this.ends.delete(stream.slice(2));
    } else if (!stream.startsWith('$')) {
      this.remember(stream, Math.max(this.ends.get(stream) ?? revision, revision));
    }
    this.passed = message;
  }

  private remember(stream: string, end: Revision): void {
    this.ends.delete(stream);
    this.ends.set(stream, end);
    if (this.ends.size > REMEMBERED) {
      this.ends.delete(this.ends.keys().next().value!);
    }
  }
}

const isSame = (one: ReadResp.ReadEvent, other: ReadResp.ReadEvent): boolean =>
  placeOf(one) === placeOf(other) && recordedOf(one)?.id === recordedOf(other)?.id;
