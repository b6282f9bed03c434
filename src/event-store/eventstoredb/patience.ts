import { setTimeout as delay } from 'node:timers/promises';

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1_000;

/** How long something is tried again, with pauses that grow and are never quite alike. */
export class Patience {
  private until: number;
  private pauseMs = FIRST_PAUSE_MS;

  constructor(private readonly milliseconds: number) {
    this.until = performance.now() + milliseconds;
  }

  /** Something has worked: what fails after it is a new failure. */
  renew(): void {
    this.until = performance.now() + this.milliseconds;
    this.pauseMs = FIRST_PAUSE_MS;
  }

  /** What is left of it, in milliseconds, not below one. */
  get leftMs(): number {
    return Math.max(1, this.until - performance.now());
  }

  /** Waits before the next try. @returns false if there is no time left for one, or `signal` was aborted. */
  async pause(signal?: AbortSignal): Promise<boolean> {
    // Callers that failed together must not come back together.
    const pauseMs = this.pauseMs * (0.5 + Math.random());
    this.pauseMs = Math.min(LONGEST_PAUSE_MS, this.pauseMs * 2);
    if (signal?.aborted || performance.now() + pauseMs >= this.until) {
      return false;
    }
    await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    return !signal?.aborted;
  }
}
