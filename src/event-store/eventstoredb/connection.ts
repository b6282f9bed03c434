import { EventStoreDBClient, UnavailableError } from '@eventstore/db-client';
import grpcStreams from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { setImmediate } from 'node:timers/promises';
import { LogUnavailable } from '../errors.js';
import type { CallError } from './failures.js';

type Headers = Exclude<Parameters<StreamsClient['batchAppend']>[0], undefined>;
type CallOptions = Exclude<Parameters<StreamsClient['batchAppend']>[1], undefined>;

/**
 * The parts of the client library below its public calls, which turn bytes into
 * values and back. Discovery, TLS, credentials and reconnection stay its own.
 */
interface EventStoreDBClientParts {
  getGRPCClient(client: typeof StreamsClient, name: string): Promise<StreamsClient>;
  callArguments(options: { requiresLeader?: boolean }, call: { deadline: number }): [Headers, CallOptions];
  handleError(client: StreamsClient, error: Error): Promise<void>;
  readonly capabilities: Promise<{ serverVersion: string }>;
}

const CANCELLED = 1;
const UNAVAILABLE = 14;

/** The way to the server: one channel, replaced when it is found broken or the leader has moved. */
export class Connection {
  private readonly parts: EventStoreDBClientParts;
  private current: StreamsClient | undefined;
  private closed = false;

  /** @throws {Error} the connection string cannot be understood */
  constructor(connectionString: string) {
    const client: unknown = EventStoreDBClient.connectionString(connectionString);
    this.parts = client as EventStoreDBClientParts;
  }

  /**
   * A client on a channel that is not known to be broken. Of a cluster somebody has to say first which node leads, which
   * goes on for minutes where nodes accept connections and say nothing: whoever asks waits for so many milliseconds.
   */
  async client(withinMs: number): Promise<StreamsClient> {
    if (this.closed) {
      throw new LogUnavailable('The log has been closed.');
    }
    const finding = this.parts.getGRPCClient(grpcStreams.StreamsClient, 'streams');
    this.current = await inTime(finding, withinMs);
    return this.current;
  }

  /** For a call that has no deadline: whoever reads it bounds the silence. */
  callArguments(requiresLeader: boolean): [Headers, CallOptions] {
    return this.parts.callArguments({ requiresLeader }, { deadline: Infinity });
  }

  /**
   * Says that a call has failed. Where that means that the channel is broken, or
   * that the leader is another node, the next call goes by a new channel.
   */
  async failed(client: StreamsClient | undefined, error: CallError): Promise<void> {
    if (client === undefined || this.closed) {
      return;
    }
    // Silence and resets of all kinds are one thing to the library, which compares by class.
    const lost = error.code === UNAVAILABLE || error.code === CANCELLED;
    const cause = lost ? new UnavailableError(error as ConstructorParameters<typeof UnavailableError>[0]) : error;
    // Where a discovery is under way, the next call gets its channel, or finds out itself that it has failed.
    const handled = this.parts.handleError(client, cause).catch(() => undefined);
    await Promise.race([handled, setImmediate()]);
  }

  /** Version of the server, as it says itself. */
  async serverVersion(): Promise<string> {
    return (await this.parts.capabilities).serverVersion;
  }

  close(): void {
    this.closed = true;
    this.current?.close();
  }
}

/** What a promise comes to, which goes on by itself where that takes longer. */
async function inTime<T>(promise: Promise<T>, milliseconds: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  const error = Object.assign(new Error(`No node of the log has said within ${milliseconds} ms which one leads.`), { code: UNAVAILABLE });
  const timer = setTimeout(() => late.reject(error), milliseconds);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
