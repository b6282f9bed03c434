import type { Id, Patience, QueueName } from './job.js';

/** A job as it is put into a queue. Its kind and its id are all that it says: who takes it finds the rest under the id. */
export interface QueuedJob extends Patience {
  readonly id: Id;
  readonly kind: string;
  readonly queue: QueueName;
}

/** A job whose turn comes again and again. */
export interface Schedule extends Patience {
  readonly kind: string;
  readonly queue: QueueName;
  readonly everyMs: number;
}

/** A job that a worker has taken: nobody else has it while the worker is heard of. */
export interface TakenJob {
  /** As it was put in; of a turn of a schedule, one that no other turn has. */
  readonly id: string;
  readonly kind: string;
  /** 1 for the first. */
  readonly attempt: number;
  /** Aborted when somebody else may have taken it, or this process can wait for it no longer. */
  readonly signal: AbortSignal;
}

/** A job that failed too often, or that it was of no use to try again. */
export interface DeadJob {
  readonly id: string;
  readonly kind: string;
  readonly queue: QueueName;
  /** Kind and code of what it failed of last. */
  readonly failure: string;
  readonly attempts: number;
  /** Instant, real time. */
  readonly diedAt: string;
}

/** How many jobs of a queue wait, wait for their time, are being done, and are dead. */
export interface Counts {
  readonly waiting: number;
  readonly delayed: number;
  readonly active: number;
  readonly dead: number;
}

/** Somebody who takes jobs of one queue. */
export interface Working {
  /**
   * Takes no more jobs and waits for those in hand. @param withinMs how long; then their signals are aborted, and whatever
   * still goes on is somebody else's as soon as its lease is over.
   */
  stop(withinMs: number): Promise<void>;
}

/** What somebody who takes jobs does with them. */
export interface Work {
  /** How many at once. */
  readonly concurrency: number;
  /** Done when it resolves. What it throws is a failed attempt; JobRefused is the last one. */
  run(job: TakenJob): Promise<void>;
  /** A job is dead now. Whoever needs to know for sure asks `dead` from time to time: a process may die before it tells. */
  died?(id: string, failure: string): void;
}

/** The queues cannot be reached now. What was asked of them may or may not have been done, and may be asked again. */
export class QueuesAway extends Error {
  override readonly name = 'QueuesAway';
}

/**
 * The port to the queues. A job is taken by one worker at a time, under a lease that ends when the worker is no longer heard
 * of; then another one takes it, and what the first says of it afterwards does not count. Two adapters pass one contract
 * suite. They may lose everything they have: what must not be lost is in the outbox.
 */
export interface Queues {
  /** Where the queues are, for the operator. */
  readonly place: 'postgresql' | 'redis';
  /** Puts jobs in, in this order. One whose id is in its queue already, dead ones too, is left as it is. @throws QueuesAway */
  put(jobs: readonly QueuedJob[]): Promise<void>;
  /** Makes these the schedules, and no others. Each turn is one job, however many processes say so. @throws QueuesAway */
  keepSchedules(schedules: readonly Schedule[]): Promise<void>;
  /** Begins to take jobs as soon as the queues can be reached; goes on by itself after they were away. */
  work(queue: QueueName, work: Work): Working;
  /** @throws QueuesAway */
  counts(): Promise<Readonly<Record<QueueName, Counts>>>;
  /** The dead, those that died last first. @throws QueuesAway */
  dead(limit: number): Promise<readonly DeadJob[]>;
  /** Lets a dead job begin anew, with all its attempts. @returns false where there is no such dead job. @throws QueuesAway */
  replay(id: string): Promise<boolean>;
  /** Calls back whenever the queues can be reached again after they were away. */
  onReturn(listener: () => void): void;
  close(): Promise<void>;
}
