import { WrongRevision } from '../event-store/errors.js';
import { sizeOf } from '../event-store/check-append.js';
import type { EventStore, Position, RecordedEvent } from '../event-store/event-store.js';
import { LogDiffers, refuseDifference, StreamChains } from './log-differences.js';
import { OwnEvents, type ReadableLog } from './own-events.js';
import { failpoint } from '../platform/failpoint.js';

/** A log that is written to. */
export interface CopyTarget {
  readonly store: Pick<EventStore, 'subscribeAll' | 'append'>;
  /** Whether appends that are sent together come to stand in the order in which they were sent; else they go one by one. */
  readonly keepsOrder: boolean;
}

/** What a copy is doing, and how far it is. */
export interface CopyProgress {
  readonly doing: 'comparing' | 'copying' | 'verifying';
  /** Of the log that is copied: where this part began, where it is and where it ends. */
  readonly from: Position;
  readonly position: Position;
  readonly end: Position;
  /** Since this part began. */
  readonly events: number;
}

/** How a copy is watched. */
export interface CopyOptions {
  /** Where the log ends that is copied. */
  readonly end: Position;
  readonly onProgress?: (progress: CopyProgress) => void;
  /** Told of each event that stands in both logs, in their order. */
  readonly onPair?: (original: RecordedEvent, copy: RecordedEvent) => Promise<void>;
}

/** What a copy has come to. */
export interface Copied {
  /** In both logs now. */
  readonly events: number;
  /** Of these, appended by this copy. */
  readonly appended: number;
  /** Of the log that was copied: everything up to here is in the other one. */
  readonly through: Position;
}

/** Events of one stream that follow one another go as one append, up to so much. */
const RUN = { events: 200, bytes: 512 * 1024 };
/** Appends that are under way at once, where their order is kept. */
const WINDOW = 128;

/**
 * Copies what another log has into this one: ids, bytes, revisions and the order over all streams stay. What is there
 * already must be the beginning of the other log, and is where the copy goes on; so it may be cut off at any moment and
 * begun again. Every event is then read from both logs and compared, in their order; of the log that is copied the chain
 * of every stream is followed, so that what was altered there is not carried on.
 * @throws LogDiffers at the first event that is not the same, that the other log does not have, or that was altered.
 */
export async function copyLog(from: ReadableLog, to: CopyTarget, options: CopyOptions): Promise<Copied> {
  const chains = new StreamChains();
  const compared = await compare(from, to.store, { original: 0, copy: 0 }, 'comparing', options, (original) => chains.add(original));
  const appended = await appendRest(from, to, compared.original, options, (original) => chains.add(original));
  const verified = await compare(from, to.store, compared, 'verifying', options);
  if (verified.events !== appended.events) throw new LogDiffers(`Of ${appended.events} events that were appended ${verified.events} are there.`);
  return { events: compared.events + verified.events, appended: appended.events, through: Math.max(verified.original, appended.through) };
}

/**
 * Looks whether what another log has is the beginning of this one, event by event.
 * @param beginning is read to its end. @returns how many events it has. @throws LogDiffers at the first that is not the same
 */
export async function compareBeginning(log: ReadableLog, beginning: ReadableLog, options: CopyOptions): Promise<number> {
  const chains = new StreamChains();
  return (await compare(log, beginning, { original: 0, copy: 0 }, 'comparing', options, (original) => chains.add(original))).events;
}

/** Where both logs have been read to, alike. */
interface Places {
  readonly original: Position;
  readonly copy: Position;
}

/** Reads both logs side by side until the copy ends. @returns how far both are the same. */
async function compare(
  from: ReadableLog,
  to: ReadableLog,
  after: Places,
  doing: CopyProgress['doing'],
  options: CopyOptions,
  check: (original: RecordedEvent) => void = () => undefined,
): Promise<Places & { events: number }> {
  const originals = new OwnEvents(from, after.original);
  const copies = new OwnEvents(to, after.copy);
  let places = { ...after, events: 0 };
  try {
    for (let copy; (copy = await copies.next()) !== undefined; ) {
      const original = await originals.next();
      if (!original) throw new LogDiffers(`There are events, the first at ${copy.position}, that the other one of the two logs does not have: it is another installation’s, or this one has gone on by itself.`);
      refuseDifference(original, copy);
      check(original);
      await options.onPair?.(original, copy);
      places = { original: original.position, copy: copy.position, events: places.events + 1 };
      options.onProgress?.({ doing, from: after.original, position: places.original, end: options.end, events: places.events });
    }
    return places;
  } finally {
    await Promise.all([originals.close(), copies.close()]);
  }
}

/** Appends everything behind a position. */
async function appendRest(
  from: ReadableLog,
  to: CopyTarget,
  after: Position,
  { end, onProgress }: CopyOptions,
  check: (original: RecordedEvent) => void,
): Promise<{ events: number; through: Position }> {
  const originals = new OwnEvents(from, after);
  let events = 0;
  try {
    for await (const runs of windowsOf(originals, to.keepsOrder ? WINDOW : 1, check)) {
      await Promise.all(runs.map((run) => append(to, run)));
      failpoint('copy.appended');
      events += runs.reduce((sum, run) => sum + run.length, 0);
      onProgress?.({ doing: 'copying', from: after, position: runs.at(-1)!.at(-1)!.position, end, events });
    }
    return { events, through: originals.position };
  } finally {
    await originals.close();
  }
}

type Run = RecordedEvent[];

async function* windowsOf(originals: OwnEvents, size: number, check: (original: RecordedEvent) => void): AsyncGenerator<readonly Run[]> {
  let runs: Run[] = [];
  let bytes = 0;
  for (let event; (event = await originals.next()) !== undefined; ) {
    check(event);
    const last = runs.at(-1);
    bytes += sizeOf(event);
    const goesOn = last && last.at(-1)!.stream === event.stream && last.length < RUN.events && bytes <= RUN.bytes;
    if (goesOn) {
      last.push(event);
      continue;
    }
    if (runs.length === size || bytes > RUN.bytes) {
      if (runs.length > 0) yield runs;
      runs = [];
      bytes = sizeOf(event);
    }
    runs.push([event]);
  }
  if (runs.length > 0) yield runs;
}

async function append(to: CopyTarget, run: Run): Promise<void> {
  const { stream, revision } = run[0]!;
  const events = run.map(({ id, type, data, metadata }) => ({ id, type, data, metadata }));
  try {
    await to.store.append(stream, revision === 0 ? 'no-stream' : revision - 1, events);
  } catch (error) {
    if (!(error instanceof WrongRevision)) throw error;
    throw new LogDiffers(`The log to copy to has the stream ${stream} at ${error.actual} instead of ${error.expected}: something else writes to it.`);
  }
}
