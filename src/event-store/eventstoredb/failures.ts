import { LogDamaged, LogDenied, LogUnavailable } from '../errors.js';

/** An error of a call, as the transport gives it. */
export interface CallError extends Error {
  /** gRPC status. */
  code?: number;
  details?: string;
  metadata?: { get(key: string): (string | Buffer)[] };
}

const UNKNOWN = 2;
const UNAVAILABLE = 14;
const ACCESS_CODES: ReadonlySet<number | undefined> = new Set([7, 16]);

/** What the transport says when the request has never left: then nothing can have been stored. */
const NEVER_SENT = /No connection established|Name resolution failed|Channel closed before call started|Channel has been shut down|Failed to discover/;

/** The log stayed silent for longer than is waited for. */
export class LogSilent extends Error {
  override readonly name = 'LogSilent';
  readonly code = UNAVAILABLE;

  constructor(milliseconds: number) {
    super(`The log has said nothing for ${milliseconds} ms.`);
  }
}

/** Whether a request that failed so cannot have reached the server. */
export function wasNeverSent(error: CallError): boolean {
  return NEVER_SENT.test(error.message);
}

/** Whether the server knows the user, or the password, not well enough. */
export function isAccessDenied(error: CallError): boolean {
  return exceptionOf(error) === 'access-denied' || ACCESS_CODES.has(error.code);
}

/** Whether the server could not read at a position. That may pass; if it stays, no event begins there. */
export function isNoPosition(error: CallError): boolean {
  return error.code === UNKNOWN && /ReadAllResult: Error/.test(error.message);
}

/** The error of the port for what trying again does not mend; undefined for everything that may pass. */
export function finalErrorOf(error: CallError, stream = '$all'): Error | undefined {
  if (error instanceof LogDamaged) {
    return error;
  }
  if (exceptionOf(error) === 'stream-deleted') {
    return streamDeleted(stream);
  }
  return isAccessDenied(error) ? accessDenied(error) : undefined;
}

/** The error of the port for a log that could not be reached for as long as was waited. */
export function unavailable(error: CallError): LogUnavailable {
  if (error instanceof LogUnavailable) {
    return error;
  }
  return new LogUnavailable(`The log cannot be reached: ${error.details ?? error.message}`, { cause: error });
}

/** The log does not let the user do what was asked. */
export function accessDenied(cause?: Error): LogDenied {
  return new LogDenied('The log does not accept the user, or its password, for this.', { cause });
}

/** Somebody has deleted a stream in the log itself. */
export function streamDeleted(stream: string): LogDamaged {
  return new LogDamaged('deleted', stream, `The stream ${stream} has been deleted in the log.`);
}

function exceptionOf(error: CallError): string | undefined {
  return error.metadata?.get('exception')[0]?.toString();
}
