import { createInterface } from 'node:readline';
import './typescript-loader.mjs';

/** Takes jobs for the specs, to be killed and frozen: `node job-worker.mjs <lease in ms> postgresql <url> | redis <url> <prefix>`. */
const [leaseMs, place, url, prefix] = process.argv.slice(2);
const { BullQueues, QUEUE_TIMES } = await import('../../src/jobs/bullmq/bullmq-queues.ts');
const { onPostgres } = await import('../../src/jobs/bullmq/on-postgres.ts');
const { onRedis } = await import('../../src/jobs/bullmq/on-redis.ts');
const queues = new BullQueues(place === 'redis' ? onRedis(url, prefix) : onPostgres(url), () => undefined, { ...QUEUE_TIMES, leaseMs: Number(leaseMs), stalledMs: 250 });
const orders = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
queues.work('messages', {
  concurrency: 1,
  run: async ({ id }) => {
    process.stdout.write(`took ${id}\n`);
    await orders.next();
    process.stdout.write(`finished ${id}\n`);
  },
});
process.stdout.write('started\n');
