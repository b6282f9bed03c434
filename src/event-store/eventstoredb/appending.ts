import { LogUnavailable, OutcomeUncertain, WrongRevision } from '../errors.js';
import type { Appended, NewEvent, RecordedEvent } from '../event-store.js';
import type { AppendRequest, AppendStream } from './append-stream.js';
import { type CallError, finalErrorOf, unavailable } from './failures.js';
import type { LogReader } from './log-reader.js';
import { Patience } from './patience.js';

/** How long an append waits. */
export interface AppendTimes {
  /** For how long it is tried, and its outcome asked for, until it is given up. */
  readonly patienceMs: number;
  /** When a silent attempt counts as lost. */
  readonly answerWithinMs: number;
}

/**
 * What an append does until its outcome is known. Sending the same ids at the
 * same expected revision again is always safe: whichever attempt comes first is
 * stored, and the other finds it there. What is never sent again is an append
 * whose expected revision has been read anew.
 */
export class Appending {
  constructor(
    private readonly sending: AppendStream,
    private readonly reader: LogReader,
    private readonly times: AppendTimes,
    private readonly closing: AbortSignal,
  ) {}

  /** @throws what {@link EventStore.append} says */
  async append(request: AppendRequest): Promise<Appended> {
    const patience = new Patience(this.times.patienceMs);
    let inDoubt = false;
    for (;;) {
      const answer = await this.sending.send(request, Math.min(this.times.answerWithinMs, patience.leftMs));
      if (answer.kind === 'stored') {
        return this.confirmed(request, answer);
      }
      if (answer.kind === 'refused') {
        throw inDoubt ? new OutcomeUncertain(request.stream, { cause: answer.error }) : answer.error;
      }
      if (answer.kind === 'wrong' && !inDoubt) {
        throw new WrongRevision(request.stream, request.expected, answer.actual);
      }
      let cause: CallError | undefined = answer.kind === 'wrong' ? undefined : answer.cause;
      if (inDoubt || answer.kind === 'uncertain') {
        inDoubt = true;
        const settled = await this.settle(request, Math.min(this.times.answerWithinMs, patience.leftMs));
        if (settled instanceof WrongRevision) {
          throw settled;
        }
        if (!(settled instanceof Error)) {
          return settled;
        }
        cause ??= settled;
      }
      if (!(await patience.pause(this.closing))) {
        throw inDoubt ? new OutcomeUncertain(request.stream, { cause }) : unavailable(cause ?? new LogUnavailable());
      }
    }
  }

  /**
   * Reads back what stands where the append would be.
   * @returns where it stands; that something else has taken its place for ever; or why neither is known yet
   */
  private async settle(request: AppendRequest, answerWithinMs: number): Promise<Appended | Error> {
    const { stream, expected, events } = request;
    try {
      const found = await this.reader.at(stream, firstRevision(request), events.length, answerWithinMs);
      if (!found.every((one, index) => isSame(one, events[index]))) {
        return new WrongRevision(stream, expected, (await this.reader.lastOf(stream))?.revision ?? 'no-stream');
      }
      const last = found[events.length - 1];
      return last === undefined ? new Error('The append is not in the stream, yet.') : { revision: last.revision, position: last.position };
    } catch (error) {
      return finalErrorOf(error as CallError, stream) ?? (error as Error);
    }
  }

  /** An answer to a repeat speaks of the request and not of the stream; one that does not fit it is read back. */
  private async confirmed(request: AppendRequest, answer: { revision: number; position: number | undefined }): Promise<Appended> {
    const { stream, events } = request;
    const revision = firstRevision(request) + events.length - 1;
    if (answer.revision === revision && answer.position !== undefined) {
      return { revision, position: answer.position };
    }
    try {
      // A stream that was deleted begins again above its old revisions.
      const at = answer.revision >= 0 ? answer.revision : revision;
      const [last] = await this.reader.at(stream, at, 1);
      if (isSame(last, events.at(-1))) {
        return { revision: last!.revision, position: last!.position };
      }
    } catch (cause) {
      throw new OutcomeUncertain(stream, { cause });
    }
    throw new OutcomeUncertain(stream, { cause: new Error(`The log answers with revision ${answer.revision} instead of ${revision}.`) });
  }
}

const firstRevision = ({ expected }: AppendRequest): number => (expected === 'no-stream' ? 0 : expected + 1);

/** Ids are compared as the UUIDs that they are, whatever letters they are written in. */
const isSame = (stored: RecordedEvent | undefined, sent: NewEvent | undefined): boolean =>
  stored?.id === sent?.id.toLowerCase();
