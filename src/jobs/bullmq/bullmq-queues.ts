import { Queue, UnrecoverableError, type Job, type JobsOptions, type Worker, type WorkerOptions } from 'bullmq';
import { setTimeout as delay } from 'node:timers/promises';
import { failureOf, JobRefused, type Patience, QUEUES, type QueueName } from '../job.js';
import { type Counts, type DeadJob, type QueuedJob, type Queues, QueuesAway, type Schedule, type TakenJob, type Work, type Working } from '../queues.js';

/** How patient the queues are, in milliseconds. */
export interface QueueTimes {
  /** For how long a worker has a job without being heard of. */
  readonly leaseMs: number;
  /** How often it is looked for jobs whose worker is no longer heard of. */
  readonly stalledMs: number;
  /** After how long an idle worker looks by itself: it is told of new jobs, this is for when it could not be. */
  readonly idleMs: number;
  /** Pause before a worker tries to reach queues again that are away. */
  readonly retryMs: number;
  /** For how long anything that is asked of the queues may take. */
  readonly answerMs: number;
}

export const QUEUE_TIMES: QueueTimes = { leaseMs: 30_000, stalledMs: 15_000, idleMs: 30_000, retryMs: 1_000, answerMs: 5_000 };

/** The library's queues in one place or another: what the two adapters differ in. */
export interface Backing {
  readonly place: Queues['place'];
  queue(name: QueueName): LibraryQueue;
  /** Puts jobs into a queue, all of them or, where it throws, any of them. */
  put(name: QueueName, jobs: readonly LibraryJob[]): Promise<unknown>;
  worker(name: QueueName, process: (job: Job, token: string | undefined, signal: AbortSignal | undefined) => Promise<void>, options: Omit<WorkerOptions, 'connection'>): Worker;
  /** Called after all queues and workers are closed. */
  close(): Promise<void>;
}

/** The part of the library's queue that is used, whichever its backend. */
export type LibraryQueue = Pick<
  Queue,
  'on' | 'close' | 'getJob' | 'getFailed' | 'getJobCounts' | 'getJobSchedulers' | 'upsertJobScheduler' | 'removeJobScheduler'
>;

/** A job as the library takes it. */
export interface LibraryJob {
  readonly name: string;
  readonly data: object;
  readonly opts: JobsOptions;
}

type Report = (sentence: string, error: unknown) => void;

/** A job that kills whoever takes it is dead after so many workers. */
const WORKERS_LOST = 3;
/** Jobs in one call. */
const AT_ONCE = 100;
/** Queues that are away say so again and again. */
const TOLD_EVERY_MS = 10_000;
/** Turns of a schedule that failed come again; the last ones are kept to be looked at. */
const DEAD_TURNS = 1_000;
/** How long a job may go on after its signal was aborted. */
const LAST_MS = 1_000;
/** Of everything that happens to a job the library keeps a list, for a use that is none of ours. */
export const EVENTS_KEPT = 100;

const optionsOf = ({ attempts, backoffMs }: Patience): JobsOptions => ({
  attempts,
  backoff: { type: 'exponential', delay: backoffMs },
  removeOnComplete: true,
  removeOnFail: false,
  // Frames may stand in a log, where they are told apart from messages; here they would be one text.
  stackTraceLimit: 0,
});

/** Queues by the library, on PostgreSQL or on Redis. */
export class BullQueues implements Queues {
  private readonly queues: ReadonlyMap<QueueName, LibraryQueue>;
  private readonly returned = new Set<() => void>();
  /** Something went wrong since they last answered. */
  private away = false;
  private told = -TOLD_EVERY_MS;

  constructor(
    private readonly backing: Backing,
    private readonly report: Report,
    private readonly times: QueueTimes = QUEUE_TIMES,
  ) {
    this.queues = new Map(QUEUES.map((name) => [name, backing.queue(name)]));
    for (const queue of this.queues.values()) queue.on('error', (error) => this.lost(error));
  }

  get place(): Queues['place'] {
    return this.backing.place;
  }

  async put(jobs: readonly QueuedJob[]): Promise<void> {
    for (const name of QUEUES) {
      const mine = jobs.filter(({ queue }) => queue === name);
      for (let from = 0; from < mine.length; from += AT_ONCE) {
        const some = mine.slice(from, from + AT_ONCE).map((job) => ({ name: job.kind, data: {}, opts: { ...optionsOf(job), jobId: job.id } }));
        await this.asked(this.backing.put(name, some));
      }
    }
  }

  async keepSchedules(schedules: readonly Schedule[]): Promise<void> {
    for (const [name, queue] of this.queues) {
      const wanted = schedules.filter((schedule) => schedule.queue === name);
      const kept = await this.asked(queue.getJobSchedulers());
      const isKept = (one: Schedule): boolean => kept.some(({ key, every }) => key === one.kind && Number(every) === one.everyMs);
      const lasting = wanted.filter(isKept);
      // With another interval it is another schedule: the library would go on with the old one's place in time.
      for (const { key } of kept) if (!lasting.some(({ kind }) => kind === key)) await this.asked(queue.removeJobScheduler(key));
      for (const schedule of wanted) {
        // Saying it again would begin the interval again: whoever restarts often would never see a turn.
        if (lasting.includes(schedule)) continue;
        const opts = { ...optionsOf(schedule), removeOnFail: { count: DEAD_TURNS } };
        await this.asked(queue.upsertJobScheduler(schedule.kind, { every: schedule.everyMs }, { name: schedule.kind, data: {}, opts }));
      }
    }
  }

  work(queue: QueueName, work: Work): Working {
    const { leaseMs, stalledMs, idleMs, retryMs } = this.times;
    const inHand = new Set<Job>();
    const process = (job: Job, _token: string | undefined, signal: AbortSignal | undefined): Promise<void> => {
      inHand.add(job);
      return attempt(job, signal, work).finally(() => inHand.delete(job));
    };
    const worker = this.backing.worker(queue, process, {
      concurrency: work.concurrency,
      lockDuration: leaseMs,
      stalledInterval: stalledMs,
      maxStalledCount: WORKERS_LOST,
      drainDelay: idleMs / 1_000,
      runRetryDelay: retryMs,
    });
    worker.on('error', (error) => this.lost(error));
    worker.on('failed', (job, error) => {
      if (job?.id !== undefined && job.finishedOn !== undefined) work.died?.(job.id, error.message);
    });
    return { stop: (withinMs) => stopped(worker, withinMs, inHand) };
  }

  async counts(): Promise<Readonly<Record<QueueName, Counts>>> {
    const counted = await Promise.all(
      [...this.queues].map(async ([name, queue]) => {
        const of = await this.asked(queue.getJobCounts('waiting', 'delayed', 'active', 'failed'));
        return [name, { waiting: of['waiting'] ?? 0, delayed: of['delayed'] ?? 0, active: of['active'] ?? 0, dead: of['failed'] ?? 0 }] as const;
      }),
    );
    return Object.fromEntries(counted) as Record<QueueName, Counts>;
  }

  async dead(limit: number): Promise<readonly DeadJob[]> {
    const found = await Promise.all([...this.queues].map(async ([name, queue]) => (await this.asked(queue.getFailed(0, limit - 1))).map((job) => deadJob(name, job))));
    return found.flat().sort((one, other) => (one.diedAt < other.diedAt ? 1 : -1)).slice(0, limit);
  }

  async replay(id: string): Promise<boolean> {
    for (const queue of this.queues.values()) {
      const job = await this.asked(queue.getJob(id));
      if (!job || !(await this.asked(job.isFailed()))) continue;
      await this.asked(job.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true }));
      return true;
    }
    return false;
  }

  onReturn(listener: () => void): void {
    this.returned.add(listener);
  }

  async close(): Promise<void> {
    const closed = Promise.all([...this.queues.values()].map((queue) => queue.close())).then(() => this.backing.close());
    await Promise.race([closed, delay(this.times.answerMs, undefined, { ref: false })]);
  }

  /** Waits for an answer for so long and no longer: the library waits for ever for queues that are away. */
  private async asked<T>(answer: Promise<T>): Promise<T> {
    const enough = new AbortController();
    try {
      const late = delay(this.times.answerMs, undefined, { signal: enough.signal }).then(() => {
        throw new Error('There was no answer in time.');
      });
      const answered = await Promise.race([answer, late]);
      this.reached();
      return answered;
    } catch (error) {
      this.away = true;
      throw new QueuesAway('The queues cannot be reached.', { cause: error });
    } finally {
      enough.abort();
      answer.catch(() => undefined);
    }
  }

  private lost(error: unknown): void {
    this.away = true;
    if (performance.now() - this.told < TOLD_EVERY_MS) return;
    this.told = performance.now();
    this.report('The queues have trouble; what is to be done stays in the outbox.', error);
  }

  private reached(): void {
    if (!this.away) return;
    this.away = false;
    for (const listener of this.returned) listener();
  }
}

/** Does a job. Of what it fails of, the queues are told the kind and the code. */
async function attempt(job: Job, signal: AbortSignal | undefined, work: Work): Promise<void> {
  const taken: TakenJob = { id: job.id ?? '', kind: job.name, attempt: job.attemptsMade + 1, signal: signal ?? new AbortController().signal };
  try {
    await work.run(taken);
  } catch (error) {
    const failure = failureOf(error);
    throw error instanceof JobRefused ? new UnrecoverableError(failure) : new Error(failure);
  }
}

/** With nothing in hand there is little to wait for: queues that are away answer no farewell. */
async function stopped(worker: Worker, withinMs: number, inHand: ReadonlySet<Job>): Promise<void> {
  const until = performance.now() + withinMs;
  const closed = worker.close().then(() => true);
  const within = (milliseconds: number): Promise<boolean> => Promise.race([closed, delay(milliseconds, false, { ref: false })]);
  while (!(await within(Math.max(0, Math.min(LAST_MS, until - performance.now()))))) {
    if (inHand.size > 0 && performance.now() < until) continue;
    worker.cancelAllJobs('This process ends.');
    if (await within(LAST_MS)) return;
    return void (await Promise.race([worker.disconnect(), delay(LAST_MS, undefined, { ref: false })]));
  }
}

function deadJob(queue: QueueName, { id, name, failedReason, attemptsMade, finishedOn }: Job): DeadJob {
  return { id: id ?? '', kind: name, queue, failure: failedReason ?? '', attempts: attemptsMade, diedAt: new Date(finishedOn ?? 0).toISOString() };
}
