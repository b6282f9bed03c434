import { describe, it } from '@jest/globals';
import { whyNoRedis } from '../support/redis.js';
import { queuesContract } from './jobs-contract.js';
import { losingContract } from './jobs-losses-contract.js';
import { redisWorld } from './jobs-world.js';

const why = whyNoRedis();
if (why === undefined) {
  queuesContract('in Redis', redisWorld);
  losingContract('in Redis', redisWorld);
} else {
  describe.skip('queues in Redis', () => it(`are not asked here: ${why}`, () => undefined));
}
