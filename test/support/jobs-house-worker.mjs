import './typescript-loader.mjs';

/** Dispatches and works for the specs, to be killed: `node jobs-house-worker.mjs <connection string> postgresql <url> | redis <url> <prefix>`. */
const [connectionString, place, url, prefix] = process.argv.slice(2);
const { BullQueues } = await import('../../src/jobs/bullmq/bullmq-queues.ts');
const { onPostgres } = await import('../../src/jobs/bullmq/on-postgres.ts');
const { onRedis } = await import('../../src/jobs/bullmq/on-redis.ts');
const { FAST } = await import('../contract/jobs-world.ts');
const { JobsHouse } = await import('../contract/jobs-house.ts');
const house = await JobsHouse.open(connectionString);
const queues = new BullQueues(place === 'redis' ? onRedis(url, prefix) : onPostgres(url), () => undefined, { ...FAST, leaseMs: 2_000 });
house.dispatch(queues, house.kinds(), 200, (error) => process.stderr.write(`${error}\n`));
house.work(queues, house.kinds());
process.stdout.write('started\n');
setInterval(() => undefined, 60_000);
