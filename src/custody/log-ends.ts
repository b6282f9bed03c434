import type { EventStore } from '../event-store/event-store.js';
import { Misused } from '../platform/command-words.js';
import type { CopyTarget } from './log-copy.js';

/** How logs are opened; the entrance knows the adapters. */
export interface LogOpening {
  /** The log in the installation's own PostgreSQL. */
  ownPostgres(): Promise<EventStore>;
  /** The log that EVENTSTORE_URL names; undefined where it names none. */
  readonly ownEventStoreUrl: string | undefined;
  /** @param make whether what a log needs there is made, where it is missing. */
  postgres(url: string, make: boolean): Promise<EventStore>;
  eventStoreDb(url: string): Promise<EventStore>;
}

/** A log that was opened, and what is said of it; without its password. */
export interface LogEnd extends CopyTarget {
  readonly store: EventStore;
  readonly shown: string;
}

/** How a log is named on the command line. */
export const LOG_NAMES = 'postgres (this installation’s own), eventstoredb (that of EVENTSTORE_URL), postgres://… or esdb://…';

/** Opens the log that a word of the command line names. @throws Misused where it names none. */
export async function openLogEnd(word: string, opening: LogOpening, make = false): Promise<LogEnd> {
  if (word === 'postgres') return { store: await opening.ownPostgres(), keepsOrder: true, shown: 'the log in this installation’s PostgreSQL' };
  if (/^postgres(ql)?:\/\//.test(word)) return { store: await opening.postgres(word, make), keepsOrder: true, shown: shownUrl(word) };
  const url = word === 'eventstoredb' ? opening.ownEventStoreUrl : word;
  if (url === undefined) throw new Misused('EVENTSTORE_URL names no log.');
  if (!/^(esdb|kurrentdb)(\+discover)?:\/\//.test(url)) throw new Misused(`A log is named ${LOG_NAMES}.`);
  return { store: await opening.eventStoreDb(url), keepsOrder: false, shown: shownUrl(url) };
}

/** Where it is, without who signs in there. */
const shownUrl = (url: string): string => url.replace(/\/\/[^@/]*@/, '//').replace(/\?.*$/, '');
