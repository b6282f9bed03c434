import type { Revision } from './event-store.js';

/** The stream is not where the append expected it; nothing was stored. */
export class WrongRevision extends Error {
  override readonly name = 'WrongRevision';

  constructor(
    readonly stream: string,
    readonly expected: Revision | 'no-stream',
    readonly actual: Revision | 'no-stream',
  ) {
    super(`Stream ${stream} was expected at ${expected} and is at ${actual}.`);
  }
}

/** What is wrong with an append that no log would store. */
export type AppendRefusal =
  | 'bad-stream-name'
  | 'bad-expected-revision'
  | 'no-events'
  | 'bad-id'
  | 'bad-type'
  | 'bad-data'
  | 'too-large';

/** The append itself cannot be stored, whatever the stream's state; nothing was stored. */
export class AppendRefused extends Error {
  override readonly name = 'AppendRefused';

  constructor(
    readonly reason: AppendRefusal,
    message: string,
  ) {
    super(message);
  }
}

/** The append may or may not have been stored. Repeat it with the same ids. */
export class OutcomeUncertain extends Error {
  override readonly name = 'OutcomeUncertain';

  constructor(
    readonly stream: string,
    options?: ErrorOptions,
  ) {
    super(`It is not known whether the append to ${stream} was stored.`, options);
  }
}

/** The log cannot be reached, or has been closed; nothing was stored. */
export class LogUnavailable extends Error {
  override readonly name = 'LogUnavailable';

  constructor(message = 'The log cannot be reached.', options?: ErrorOptions) {
    super(message, options);
  }
}

/** The log is there, and does not let its user in: unlike everything else that makes it unavailable, this does not pass by itself. */
export class LogDenied extends LogUnavailable {}

/**
 * What a log lacks although it must have it: a revision between two others, the
 * beginning of a stream, a whole stream, its own end; or it is not the log that a position was taken from.
 */
export type Damage = 'gap' | 'truncated' | 'deleted' | 'shortened' | 'another-log';

/** The log is not what it was: events are missing that it has had. Nothing may be built on it until somebody has looked. */
export class LogDamaged extends Error {
  override readonly name = 'LogDamaged';

  constructor(
    readonly damage: Damage,
    readonly stream: string,
    message: string,
  ) {
    super(message);
  }
}
