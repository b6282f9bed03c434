import { notAsked } from '../support/not-asked.js';
import { whyNoRedis } from '../support/redis.js';
import { queuesContract } from './jobs-contract.js';
import { losingContract } from './jobs-losses-contract.js';
import { redisWorld } from './jobs-world.js';

const why = whyNoRedis();
if (why === undefined) {
  queuesContract('in Redis', redisWorld);
  losingContract('in Redis', redisWorld);
} else {
  notAsked('queues in Redis', why);
}
