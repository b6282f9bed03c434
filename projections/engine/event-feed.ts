import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventStore, Position, RecordedEvent } from '../../src/event-store/event-store.js';
import { failpoint } from '../../src/platform/failpoint.js';

/** Events that have arrived, and how far the log is known: what one transaction takes in. */
export interface Arrived {
  readonly events: readonly RecordedEvent[];
  /** Checkpoint before them: nothing between it and the first of them is missing. */
  readonly from: Position;
  /** Checkpoint after them. */
  readonly position: Position;
  /** Whether the end of the log was reached with them. */
  readonly caughtUp: boolean;
}

/** What one transaction takes in at most. */
export interface BatchLimit {
  readonly events: number;
  readonly bytes: number;
}

/** While people wait to see what they have done: no batch keeps them long. */
export const LIVE_BATCH: BatchLimit = { events: 2_000, bytes: 8_000_000 };

/**
 * The log as batches whose size follows the load: whatever has arrived while the batch before was worked on. Alone an
 * event goes at once; behind, batches are full. What waits is bounded, in number and in bytes.
 * @param ends says whether an event must be the last of its batch.
 */
export async function* feed(
  store: EventStore,
  after: Position,
  ends: (event: RecordedEvent) => boolean,
  stop: AbortSignal,
  most: BatchLimit = LIVE_BATCH,
): AsyncGenerator<Arrived, void, undefined> {
  const waiting: RecordedEvent[] = [];
  let bytes = 0;
  let reached = after;
  let caughtUp = false;
  let handed = after;
  let toldCaughtUp = false;
  let failure: { error: unknown } | undefined;
  let ended = false;
  const leave = new AbortController();
  const signal = AbortSignal.any([stop, leave.signal]);
  let arrived = Promise.withResolvers<void>();
  let drained = Promise.withResolvers<void>();
  const pump = (async () => {
    for await (const one of store.subscribeAll(after, signal)) {
      failpoint('feed.arrived');
      reached = one.position;
      caughtUp = one.kind === 'mark' && one.caughtUp;
      if (one.kind === 'event') {
        waiting.push(one);
        bytes += sizeOf(one);
      }
      arrived.resolve();
      while (!signal.aborted && (waiting.length >= 2 * most.events || bytes >= 2 * most.bytes)) {
        drained = Promise.withResolvers();
        await drained.promise;
      }
    }
  })().catch((error: unknown) => void (failure = { error })).finally(() => {
    ended = true;
    arrived.resolve();
  });
  const abort = (): void => {
    arrived.resolve();
    drained.resolve();
  };
  signal.addEventListener('abort', abort);
  try {
    while (!signal.aborted) {
      if (waiting.length === 0 && reached === handed && (toldCaughtUp || !caughtUp)) {
        if (failure) throw failure.error;
        if (ended) return;
        arrived = Promise.withResolvers();
        await arrived.promise;
        continue;
      }
      // What has been read already is on its way: it comes along.
      if (waiting.length < most.events) await nextTurn();
      failpoint('feed.batched');
      const events = takeBatch(waiting, ends, most);
      for (const event of events) bytes -= sizeOf(event);
      drained.resolve();
      const all = waiting.length === 0;
      const from = handed;
      handed = all ? reached : events.at(-1)!.position;
      toldCaughtUp = all && caughtUp;
      yield { events, from, position: handed, caughtUp: toldCaughtUp };
    }
  } finally {
    leave.abort();
    await pump;
    signal.removeEventListener('abort', abort);
  }
}

const sizeOf = (event: RecordedEvent): number => event.data.byteLength + event.metadata.byteLength + 200;

function takeBatch(waiting: RecordedEvent[], ends: (event: RecordedEvent) => boolean, most: BatchLimit): RecordedEvent[] {
  let count = 0;
  let bytes = 0;
  while (count < waiting.length && count < most.events && bytes < most.bytes) {
    const event = waiting[count++]!;
    bytes += sizeOf(event);
    if (ends(event)) break;
  }
  return waiting.splice(0, count);
}

/** Events that are there already, as batches. @param ends says whether an event must be the last of its batch. */
export function* batchesOf(events: readonly RecordedEvent[], ends: (event: RecordedEvent) => boolean): Generator<RecordedEvent[]> {
  let batch: RecordedEvent[] = [];
  for (const event of events) {
    batch.push(event);
    if (!ends(event)) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
