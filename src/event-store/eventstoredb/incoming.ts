import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { LogSilent } from './failures.js';

/** A read that is under way. */
export type ReadCall = ReturnType<StreamsClient['read']>;

/**
 * The messages of a read in the order in which the server sent them, control
 * messages among the events. They are taken, not pushed: a reader that pauses
 * makes the server pause.
 */
export class Incoming {
  private failure: Error | undefined;
  private ended = false;
  private wake: (() => void) | undefined;

  constructor(private readonly call: ReadCall) {
    const changed = (): void => this.wake?.();
    call.on('readable', changed);
    call.on('end', () => {
      this.ended = true;
      changed();
    });
    call.on('close', () => {
      this.ended = true;
      changed();
    });
    // Stays for good: a call that was left still reports that it was cancelled.
    call.on('error', (error: Error) => {
      this.failure ??= error;
      changed();
    });
  }

  /** The next message if it is there already. */
  take(): ReadResp | undefined {
    return (this.call.read() as ReadResp | null) ?? undefined;
  }

  /**
   * The next message, undefined at the end. What has arrived before a failure comes before it.
   * @throws {LogSilent} nothing came for that long; the read goes on, and may be waited for again
   */
  async next(silenceMs: number): Promise<ReadResp | undefined> {
    for (;;) {
      const message = this.take();
      if (message !== undefined) {
        return message;
      }
      if (this.failure !== undefined) {
        throw this.failure;
      }
      if (this.ended) {
        return undefined;
      }
      await this.change(silenceMs);
    }
  }

  /** Leaves the read; what waits for a message is told that it has ended. */
  cancel(): void {
    this.ended = true;
    this.call.cancel();
    this.wake?.();
  }

  private change(silenceMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.wake = undefined;
        reject(new LogSilent(silenceMs));
      }, silenceMs);
      this.wake = () => {
        clearTimeout(timer);
        this.wake = undefined;
        resolve();
      };
    });
  }
}
