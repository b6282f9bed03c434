import { setTimeout as delay } from 'node:timers/promises';
import { LogUnavailable } from '../errors.js';
import type { Mark, Position, RecordedEvent } from '../event-store.js';
import { unlessAborted } from '../unless-aborted.js';
import type { LogReader } from './log-reader.js';
import type { WakeUps } from './wake-ups.js';

const PAGE = 1000;

/** What a subscription reads from, and what wakes it. */
export interface SubscriptionSource {
  readonly reader: LogReader;
  readonly wakeUps: WakeUps;
  /** For how long to trust that silence means that nothing happened. */
  readonly safetyCheckMs: number;
}

/**
 * The log in pages by position. Positions become visible in their order, so
 * what has been passed stays passed, and nothing appears behind it.
 */
export async function* subscription(
  source: SubscriptionSource,
  after: Position,
  signal: AbortSignal,
): AsyncGenerator<RecordedEvent | Mark, void, undefined> {
  source.wakeUps.start();
  let position = after;
  let told: Position | undefined;
  let ahead: Promise<RecordedEvent[] | undefined> | undefined;
  while (!signal.aborted) {
    const seen = source.wakeUps.seen;
    const events = await (ahead ?? nextPage(() => source.reader.page(position, PAGE), signal));
    if (events === undefined) {
      return;
    }
    const passed = events.at(-1)?.position ?? position;
    position = passed;
    const more = events.length === PAGE;
    // The next page is on its way while this one is worked on.
    ahead = more ? nextPage(() => source.reader.fullPage(passed, PAGE), signal) : undefined;
    // If the consumer leaves in between, nobody is there to hear of its failure.
    ahead?.catch(() => undefined);
    for (const event of events) {
      yield event;
      if (signal.aborted) {
        return;
      }
    }
    if (!more) {
      if (told !== position) {
        told = position;
        yield { kind: 'mark', position, caughtUp: true };
      }
      await source.wakeUps.after(seen, source.safetyCheckMs, signal);
    }
  }
}

/** The next page, however long the log stays away; undefined once it is no longer wanted. */
async function nextPage(
  read: () => Promise<RecordedEvent[]>,
  signal: AbortSignal,
): Promise<RecordedEvent[] | undefined> {
  for (let pauseMs = 20; !signal.aborted; pauseMs = Math.min(2_000, pauseMs * 2)) {
    try {
      return await unlessAborted(read(), signal);
    } catch (error) {
      if (!(error instanceof LogUnavailable)) {
        throw error;
      }
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
  return undefined;
}
