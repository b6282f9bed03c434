import { setTimeout as delay } from 'node:timers/promises';
import { LogDenied, LogUnavailable } from '../event-store/errors.js';
import { isOutage } from '../platform/outage.js';

/** It was told to stop while it still waited for what it needs. */
export class StoppedWaiting extends Error {
  override readonly name = 'StoppedWaiting';
}

/** How a process that starts waits. */
export interface Waiting {
  readonly tell: (message: string) => void;
  readonly signal: AbortSignal;
  /** Milliseconds between attempts, at most. */
  readonly longestPauseMs?: number;
}

const LONGEST_PAUSE_MS = 2_000;
/** It is said again so often, for whoever looks at the end of the log. */
const SAY_AGAIN_MS = 30_000;

/**
 * Connects to something that a process cannot start without, as often as it takes: what is started first does not matter.
 * @param what it waits for, as the operator knows it; without passwords.
 * @throws StoppedWaiting; at once, whatever is no outage: a wrong password does not mend itself.
 */
export async function onceThere<T>(what: string, connect: () => Promise<T>, { tell, signal, longestPauseMs = LONGEST_PAUSE_MS }: Waiting): Promise<T> {
  let said: number | undefined;
  for (let pauseMs = 50; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
    if (signal.aborted) throw new StoppedWaiting(`It was stopped while it waited for ${what}.`);
    try {
      return await connect();
    } catch (error) {
      if (!isAway(error)) throw error;
      if (said === undefined || performance.now() - said >= SAY_AGAIN_MS) {
        tell(`Waiting for ${what}, which does not answer yet.`);
        said = performance.now();
      }
    }
    await delay(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

const isAway = (error: unknown): boolean =>
  (error instanceof LogUnavailable && !(error instanceof LogDenied)) || isOutage(error) || (error instanceof AggregateError && error.errors.every(isOutage));

/** Where a connection string leads: its hosts, and nothing that may be secret. */
export const hostsOf = (connectionString: string): string =>
  /^[a-z+]+:\/\/(?:[^@/]*@)?([^/?]+)/i.exec(connectionString)?.[1] ?? 'an address that cannot be read';
