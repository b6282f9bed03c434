import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { isStreamName } from '../check-append.js';
import { LogDamaged } from '../errors.js';
import type { Mark, Position, RecordedEvent } from '../event-store.js';
import { Continuity } from './continuity.js';
import type { LogReader } from './log-reader.js';
import { placeOf, positionOf, recordedOf } from './messages.js';
import { isRemovedByRule } from './stream-rules.js';

/** Events of others that are passed before it is said how far they have been passed. */
const STRETCH = 500;

/** How far a subscription has come, over however many calls. Only what was taken from the queue moves it. */
export class Progress {
  /** Whether the server has said that the end has been reached. */
  live = false;
  private told: Position | undefined;
  private claimed: Position | undefined;
  private passed = 0;
  private readonly continuity: Continuity;

  constructor(
    public position: Position,
    private readonly reader: LogReader,
  ) {
    this.continuity = new Continuity(position);
  }

  /** Another call begins. */
  begin(): void {
    this.live = false;
    this.claimed = undefined;
  }

  /** Whether so much was passed over that it is time to say so. */
  get hasPassedMany(): boolean {
    return this.passed >= STRETCH;
  }

  /** Takes note of what a message says. @returns its event, if it is one that is due */
  heed(message: ReadResp): RecordedEvent | undefined {
    switch (message.getContentCase()) {
      case streams.ReadResp.ContentCase.EVENT:
        return this.heedEvent(message.getEvent()!);
      case streams.ReadResp.ContentCase.CHECKPOINT:
        this.claim(positionOf(message.getCheckpoint()!.getCommitPosition()));
        break;
      case streams.ReadResp.ContentCase.CAUGHT_UP:
        this.live = true;
        break;
      case streams.ReadResp.ContentCase.FELL_BEHIND:
        this.live = false;
        break;
      default:
    }
    return undefined;
  }

  /** The event if it is due: not one seen before, of the system, of others in the same log, or behind a link and gone. */
  heedEvent(message: ReadResp.ReadEvent): RecordedEvent | undefined {
    const place = placeOf(message);
    if (place <= this.position) {
      return undefined;
    }
    const event = recordedOf(message);
    if (event === undefined || event.type.startsWith('$') || !isStreamName(event.stream)) {
      this.passOver(place);
      return undefined;
    }
    return event;
  }

  /** Whether the stream's event before this one has not come. */
  lacksOneBefore(event: RecordedEvent): boolean {
    return this.continuity.missingBefore(event) !== undefined;
  }

  /** @throws {LogDamaged} an event before this one has not come, and no rule of its stream has removed it */
  async check(event: RecordedEvent): Promise<void> {
    const { stream, revision } = event;
    const missing = this.continuity.missingBefore(event);
    if (missing === undefined || (revision > missing && (await isRemovedByRule(this.reader, stream, missing)))) {
      return;
    }
    throw new LogDamaged('gap', stream, `The log gave event ${revision} of the stream ${stream} where event ${missing} was due.`);
  }

  /** The event goes out to the reader. */
  pass(event: RecordedEvent): void {
    this.continuity.pass(event);
    this.position = event.position;
  }

  /** What there is to say when nothing more has arrived. */
  markAtPause(): Mark | undefined {
    const isNews = this.live ? this.told !== this.position : this.passed > 0;
    return isNews ? this.mark(this.live) : undefined;
  }

  mark(caughtUp: boolean): Mark {
    this.passed = 0;
    if (caughtUp) {
      this.told = this.position;
    }
    return { kind: 'mark', position: this.position, caughtUp };
  }

  /**
   * The server says that it has looked so far. A record of an election may stand there, which nobody is shown: with
   * nothing behind it, the log would be taken for one that ends before. So it is believed once the next claim comes.
   */
  private claim(position: Position): void {
    if (this.claimed !== undefined && this.claimed < position) {
      this.passOver(this.claimed);
    }
    this.claimed = position;
  }

  private passOver(position: Position): void {
    if (position > this.position) {
      this.position = position;
      this.passed += 1;
    }
  }
}
