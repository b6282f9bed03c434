import { Queue, type RedisOptions, Worker } from 'bullmq';
import type { QueueName } from '../job.js';
import { type Backing, EVENTS_KEPT } from './bullmq-queues.js';

const LONGEST_PAUSE_MS = 2_000;
const KEEP_ALIVE_MS = 10_000;
/** Installations that share a server take databases of their own: `redis://host/1`. */
const PREFIX = 'yuthub';

/** Queues in Redis. @param url `redis://` or, over TLS, `rediss://`. @param prefix what all keys begin with. */
export function onRedis(url: string, prefix: string = PREFIX): Backing {
  const patient: RedisOptions & { url: string } = {
    url,
    keepAlive: KEEP_ALIVE_MS,
    maxRetriesPerRequest: null,
    retryStrategy: (times: number) => Math.min(LONGEST_PAUSE_MS, times * 100),
  };
  // Whoever puts jobs in is told at once that the queues are away: they are in the outbox, nothing has to wait here.
  const hasty = { ...patient, enableOfflineQueue: false };
  const queues = new Map<QueueName, Queue>();
  return {
    place: 'redis',
    queue: (name) => {
      const queue = new Queue(name, { connection: hasty, prefix, streams: { events: { maxLen: EVENTS_KEPT } } });
      queues.set(name, queue);
      return queue;
    },
    put: (name, jobs) => queues.get(name)!.addBulk([...jobs]),
    worker: (name, process, options) => new Worker(name, process, { ...options, connection: patient, prefix }),
    close: () => Promise.resolve(),
  };
}
