import shared from '@eventstore/db-client/generated/shared_pb.js';
import type { BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { randomUUID } from 'node:crypto';
import { AppendRefused } from '../errors.js';
import type { NewEvent, Position, Revision } from '../event-store.js';
import { MAX_APPEND_BYTES } from '../check-append.js';
import type { Connection } from './connection.js';
import { accessDenied, type CallError, isAccessDenied, LogSilent, streamDeleted, wasNeverSent } from './failures.js';
import { appendRequests, positionOf, uuidText } from './messages.js';

/** An append as it is sent, and sent again. */
export interface AppendRequest {
  readonly stream: string;
  readonly expected: Revision | 'no-stream';
  readonly events: readonly NewEvent[];
}

/** What came of sending an append once. */
export type Answer =
  /** The server has its events; which ones of them it speaks of has to be compared with the request. */
  | { readonly kind: 'stored'; readonly revision: Revision; readonly position: Position | undefined }
  /** The stream is somewhere else. */
  | { readonly kind: 'wrong'; readonly actual: Revision | 'no-stream' }
  /** Nothing was stored, and nothing would be if it were sent again. */
  | { readonly kind: 'refused'; readonly error: Error }
  /** Nothing was stored; it may be sent again. */
  | { readonly kind: 'not-stored'; readonly cause: CallError }
  /** It may have been stored, or may still be. */
  | { readonly kind: 'uncertain'; readonly cause: CallError };

/** What a server says that did not begin with the append. */
const NOT_BEGUN = /^(Server Is Not Ready|Server Is (Too )?Busy|No leader info available)/;

interface Waiting {
  readonly request: AppendRequest;
  readonly resolve: (answer: Answer) => void;
  readonly timer: NodeJS.Timeout;
}

type Duplex = ReturnType<StreamsClient['batchAppend']>;

/**
 * One bidirectional call that all appends of this process share, so that the
 * server works on many at a time. The call has no end and no deadline: how long
 * an answer is waited for is bounded here, for each append alone.
 */
export class AppendStream {
  private lane: Promise<Lane> | undefined;

  constructor(private readonly connection: Connection) {}

  /** Sends an append once. Never throws. */
  async send(request: AppendRequest, answerWithinMs: number): Promise<Answer> {
    this.lane ??= this.open(answerWithinMs);
    const opening = this.lane;
    try {
      return await (await opening).send(request, answerWithinMs);
    } catch (error) {
      this.leave(opening);
      return { kind: 'not-stored', cause: error as CallError };
    }
  }

  /** Says that nothing more is sent. */
  async close(): Promise<void> {
    await this.lane?.then((lane) => lane.end(), () => undefined);
  }

  private async open(withinMs: number): Promise<Lane> {
    const client = await this.connection.client(withinMs);
    const lane: Lane = new Lane(client.batchAppend(...this.connection.callArguments(false)), (error) => {
      this.leave(opened);
      void this.connection.failed(client, error);
    });
    const opened = this.lane;
    return lane;
  }

  private leave(lane: Promise<Lane> | undefined): void {
    if (this.lane === lane) {
      this.lane = undefined;
    }
  }
}

/** One call of the shared stream, from its beginning to its loss. */
class Lane {
  private readonly waiting = new Map<string, Waiting>();
  private lastHeard = performance.now();
  private lost = false;

  constructor(
    private readonly duplex: Duplex,
    private readonly onLost: (error: CallError) => void,
  ) {
    duplex.on('data', (response: BatchAppendResp) => this.hear(response));
    duplex.on('error', (error: CallError) => this.lose(error));
    duplex.on('end', () => this.lose(Object.assign(new Error('The log has ended the append stream.'), { code: 14 })));
  }

  send(request: AppendRequest, answerWithinMs: number): Promise<Answer> {
    return new Promise((resolve) => {
      const id = randomUUID();
      const sentAt = performance.now();
      const timer = setTimeout(() => this.tooLate(id, sentAt, answerWithinMs), answerWithinMs);
      this.waiting.set(id, { request, resolve, timer });
      for (const message of appendRequests(id, request.stream, request.expected, request.events)) {
        this.duplex.write(message);
      }
    });
  }

  end(): void {
    this.lost = true;
    this.duplex.end();
    this.duplex.cancel();
  }

  private hear(response: BatchAppendResp): void {
    this.lastHeard = performance.now();
    const correlation = response.getCorrelationId();
    const id = correlation === undefined ? '' : uuidText(correlation);
    // The server may answer twice, and long after the answer was given up: nobody waits then.
    this.settle(id, (request) => answerOf(response, request));
  }

  private tooLate(id: string, sentAt: number, answerWithinMs: number): void {
    const cause = new LogSilent(answerWithinMs);
    this.settle(id, () => ({ kind: 'uncertain', cause }));
    if (this.lastHeard <= sentAt) {
      // Not one answer to anything since then: it is not this append, it is the connection.
      this.lose(cause);
      this.duplex.cancel();
    }
  }

  private lose(cause: CallError): void {
    if (this.lost) {
      return;
    }
    this.lost = true;
    this.onLost(cause);
    const kind = wasNeverSent(cause) ? 'not-stored' : 'uncertain';
    for (const id of [...this.waiting.keys()]) {
      this.settle(id, () => (isAccessDenied(cause) ? { kind: 'refused', error: accessDenied(cause) } : { kind, cause }));
    }
  }

  private settle(id: string, answer: (request: AppendRequest) => Answer): void {
    const waiting = this.waiting.get(id);
    if (waiting !== undefined) {
      this.waiting.delete(id);
      clearTimeout(waiting.timer);
      waiting.resolve(answer(waiting.request));
    }
  }
}

function answerOf(response: BatchAppendResp, { stream }: AppendRequest): Answer {
  const success = response.getSuccess();
  if (success !== undefined) {
    const position = success.getPosition()?.getCommitPosition();
    return {
      kind: 'stored',
      revision: success.hasCurrentRevision() ? Number(success.getCurrentRevision()) : -1,
      position: position === undefined ? undefined : positionOf(position),
    };
  }
  const error = response.getError();
  const details = error?.getDetails();
  const said = error?.getMessage() ?? '';
  switch (details?.getTypeName()) {
    case 'event_store.client.WrongExpectedVersion': {
      const wrong = details.unpack(shared.WrongExpectedVersion.deserializeBinary, details.getTypeName());
      return { kind: 'wrong', actual: revisionIn(wrong?.hasCurrentStreamRevision() ? wrong.getCurrentStreamRevision() : undefined) };
    }
    case 'event_store.client.MaximumAppendSizeExceeded':
      return { kind: 'refused', error: new AppendRefused('too-large', `An append holds at most ${MAX_APPEND_BYTES} bytes.`) };
    case 'event_store.client.StreamDeleted':
      return { kind: 'refused', error: streamDeleted(stream) };
    case 'event_store.client.AccessDenied':
      return { kind: 'refused', error: accessDenied() };
    case 'event_store.client.BadRequest':
      return { kind: 'refused', error: new AppendRefused('bad-data', `The log does not understand the append: ${said}.`) };
    default:
      return {
        kind: NOT_BEGUN.test(said) ? 'not-stored' : 'uncertain',
        cause: new Error(said === '' ? 'The log does not say what became of the append.' : said),
      };
  }
}

/** The server writes "no stream" as none, or as -1 in 64 bits. */
function revisionIn(decimal: string | undefined): Revision | 'no-stream' {
  return decimal === undefined || !Number.isSafeInteger(Number(decimal)) ? 'no-stream' : Number(decimal);
}
