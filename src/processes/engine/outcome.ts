import { setTimeout as delay } from 'node:timers/promises';
import { Refusal } from '../../kernel/rules.js';
import { AppendRefused, LogUnavailable, OutcomeUncertain, WrongRevision } from '../../event-store/errors.js';
import { isOutage } from '../../platform/outage.js';
import { KeysUnavailable, SubjectErased, UnreadableEvent } from '../../privacy/codec.js';

/** Why a stream is parked: a code and a sentence for whoever decides what to do. */
export interface Parking {
  readonly code: string;
  readonly sentence: string;
}

/** Told of every attempt that failed, for the log of the installation. */
export type Report = (sentence: string, error: unknown) => void;

/** An error that nobody expected may have been an outage; a mistake in the code stays one. */
const CHANCES = 4;
const LONGEST_PAUSE = 2_000;

/**
 * Does something until its outcome is known: conflicts and whatever cannot be reached are tried again, however long it
 * takes; refusals and mistakes are the outcome.
 * @returns undefined when `signal` was aborted before there was an outcome.
 */
export async function untilDecided<T>(work: () => Promise<T>, signal: AbortSignal, report: Report): Promise<{ done: T } | { parking: Parking } | undefined> {
  let unexpected = 0;
  for (let pauseMs = 10; !signal.aborted; pauseMs = Math.min(LONGEST_PAUSE, pauseMs * 2)) {
    try {
      return { done: await work() };
    } catch (error) {
      const parking = parkingOf(error);
      if (parking) return { parking };
      if (!isPassing(error) && ++unexpected === CHANCES) {
        report('A process failed and its stream is parked.', error);
        return { parking: { code: 'FAILED', sentence: `The process failed in an unexpected way (${nameOf(error)}).` } };
      }
      report('A process could not react and tries again.', error);
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
  return undefined;
}

function parkingOf(error: unknown): Parking | undefined {
  if (error instanceof Refusal) return { code: error.code, sentence: error.sentence };
  if (error instanceof SubjectErased) return { code: 'SUBJECT_ERASED', sentence: 'The personal data of whom this concerns have been erased.' };
  if (error instanceof UnreadableEvent) return { code: 'UNREADABLE', sentence: 'The event cannot be read.' };
  if (error instanceof AppendRefused) return { code: 'NOT_STORABLE', sentence: 'What follows from it cannot be stored in the log.' };
  return undefined;
}

/** Conflicts, and whatever is away for now. */
function isPassing(error: unknown): boolean {
  const passing = [WrongRevision, OutcomeUncertain, LogUnavailable, KeysUnavailable];
  return passing.some((kind) => error instanceof kind) || isOutage(error);
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);
