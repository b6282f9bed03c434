/** Where domain rules take the time from. Sessions, lock-outs, leases and caches use real time instead. */
export interface Clock {
  /** The current instant, UTC with milliseconds. */
  now(): Promise<string>;
}

/** The time of the machine. */
export const realClock: Clock = { now: () => Promise.resolve(new Date().toISOString()) };
