import { notAsked } from '../support/not-asked.js';
import { whyNoRedis } from '../support/redis.js';
import { outboxContract } from './jobs-outbox-contract.js';
import { postgresWorld, redisWorld } from './jobs-world.js';

outboxContract('in PostgreSQL', postgresWorld);
const why = whyNoRedis();
if (why === undefined) outboxContract('in Redis', redisWorld);
else notAsked('the outbox, with queues in Redis', why);
