import { afterAll, afterEach, beforeAll } from '@jest/globals';
import type { QueueName } from '../../src/jobs/job.js';
import type { Counts, Queues, Work, Working } from '../../src/jobs/queues.js';
import { type OtherWorker, type QueuesWorld, Taken, until } from './jobs-world.js';

export const NONE: Counts = { waiting: 0, delayed: 0, active: 0, dead: 0 };
/** Longer than any spec: what waits for this waits for ever. */
export const LONG_MS = 3_600_000;

/** What the specs of queues work with; whatever a spec opens is closed after it, and the queues are empty then. */
export interface Workshop {
  world(): QueuesWorld;
  /** Opens the queues as another process would. */
  queues(...times: Parameters<QueuesWorld['open']>): Queues;
  /** Takes jobs of messages, one at a time, unless told otherwise. */
  work(on: Queues, run: Work['run'], change?: Partial<Work> & { readonly queue?: QueueName }): Working;
  /** As `work`, in a process of its own. */
  other(leaseMs: number): Promise<OtherWorker>;
  counted(on: Queues): Promise<Counts>;
  /** Until no job is in hand. */
  settled(on: Queues): Promise<void>;
  /** Until nothing waits any more, whatever is dead. */
  emptied(on: Queues): Promise<void>;
  /** Fails so many times, and is noted each time. */
  failing(times: number, taken: Taken, error?: () => Error): Work['run'];
}

/** Within a `describe`. */
export function workshop(open: () => Promise<QueuesWorld>): Workshop {
  let world: QueuesWorld;
  const opened: Queues[] = [];
  const working: Working[] = [];
  const others: OtherWorker[] = [];

  beforeAll(async () => {
    world = await open();
  });
  afterEach(async () => {
    await world.line.restore();
    for (const other of others.splice(0)) await other.kill();
    await Promise.all(working.splice(0).map((one) => one.stop(10_000)));
    await Promise.all(opened.splice(0).map((queues) => queues.close()));
    await world.lose();
  });
  afterAll(() => world?.close());

  const counted = async (on: Queues): Promise<Counts> => (await on.counts()).messages;
  return {
    world: () => world,
    queues: (...times) => {
      const one = world.open(...times);
      opened.push(one);
      return one;
    },
    work: (on, run, { queue = 'messages', ...change } = {}) => {
      const one = on.work(queue, { concurrency: 1, run, ...change });
      working.push(one);
      return one;
    },
    other: async (leaseMs) => {
      const one = await world.worker(leaseMs);
      others.push(one);
      return one;
    },
    counted,
    settled: (on) => until(async () => (await counted(on)).active === 0),
    emptied: (on) => until(async () => {
      const { waiting, delayed, active } = await counted(on);
      return waiting + delayed + active === 0;
    }),
    failing: (times, taken, error = () => new Error('no')) => async (job) => {
      await taken.note(job);
      if (taken.jobs.length <= times) throw error();
    },
  };
}
