import type { Stored } from './memory-log.js';

/** What becomes of an append that is not answered as usual. */
export type AppendFault =
  /** Stored, and never answered. */
  | 'lose-answer'
  /** Neither stored nor answered. */
  | 'swallow'
  /** Not stored, and the server says that it was not in time. */
  | 'time-out'
  /** The server says that it was not in time, and stores it when it is told to. */
  | 'store-late'
  /** The server has not begun to serve. */
  | 'not-ready'
  /** Stored, and the whole shared stream ends with another node being named as the leader. */
  | 'lose-leadership'
  /** Nothing stored, and the answer is one that nobody knows. */
  | 'unknown';

/** Faults on demand: what a test sets here happens, and nothing else does. */
export class Faults {
  /** The next appends, one after the other; undefined lets one pass. */
  readonly appends: (AppendFault | undefined)[] = [];
  /** What happens to every append from now on. */
  everyAppend: AppendFault | undefined;
  /** Who is asked for a user that the server does not know. */
  denied: 'nothing' | 'appends' | 'all' = 'nothing';
  /** Reads are answered as by a server that has not begun to serve. */
  readsNotReady = false;
  /** Reads are never answered. */
  readsSilent = false;
  /** Events that a subscription leaves out. */
  skip: (event: Stored) => boolean = () => false;
  /** Where everything ends for those who read it: a node that was left behind, and has not noticed. */
  knownTo = 2n ** 63n - 1n;
  /** Every event is delivered twice. */
  deliversTwice = false;
  /** Events that a live subscription holds back for a reader until it cuts it off. */
  liveBuffer = 1_000;
  /** When the second answer to a bad request comes. */
  secondAnswerMs = 2_000;
  /** Events that were written to readers. */
  delivered = 0;
  /** Reads that are going on, and how many went on at once at most. */
  reading = 0;
  mostReading = 0;
  /** Reads that have arrived altogether. */
  readsSeen = 0;
  /** Subscriptions that were begun altogether, and those that were cut off for being slow. */
  subscriptionsSeen = 0;
  cutOff = 0;
  private readonly late: (() => void)[] = [];
  private told: (() => void)[] = [];
  private readonly ends = new Set<() => void>();
  private arrived = 0;

  nextAppend(): AppendFault | undefined {
    this.arrived += 1;
    for (const tell of this.told.splice(0)) tell();
    return this.appends.length > 0 ? this.appends.shift() : this.everyAppend;
  }

  /** Resolves once so many appends have arrived altogether. */
  async appendsArrived(count: number): Promise<void> {
    while (this.arrived < count) await new Promise<void>((resolve) => this.told.push(resolve));
  }

  readArrived(): void {
    this.readsSeen += 1;
    this.reading += 1;
    this.mostReading = Math.max(this.mostReading, this.reading);
    for (const tell of this.told.splice(0)) tell();
  }

  /** Resolves once so many reads have arrived altogether. */
  async readsArrived(count: number): Promise<void> {
    while (this.readsSeen < count) await new Promise<void>((resolve) => this.told.push(resolve));
  }

  keepForLater(store: () => void): void {
    this.late.push(store);
  }

  /** Stores what was held back. */
  storeLate(): void {
    for (const store of this.late.splice(0)) store();
  }

  /** A subscription that is running says how it is ended. @returns what it calls when it has ended */
  subscribed(end: () => void): () => void {
    this.subscriptionsSeen += 1;
    this.ends.add(end);
    for (const tell of this.told.splice(0)) tell();
    return () => this.ends.delete(end);
  }

  /** Resolves once so many subscriptions have been begun altogether. */
  async subscriptionsBegun(count: number): Promise<void> {
    while (this.subscriptionsSeen < count) await new Promise<void>((resolve) => this.told.push(resolve));
  }

  /** Ends all subscriptions without a word of why, as a server that has let them go. */
  dropSubscriptions(): void {
    for (const end of [...this.ends]) end();
  }

  get subscriptions(): number {
    return this.ends.size;
  }
}
