import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import { ApiError } from '../problems/errors.js';

/** Requests of one address in a minute. */
export interface RateLimits {
  /** Of all kinds: against floods, far above what people and integrations do. */
  readonly requestsPerMinute?: number;
  /** To routes that need no session and change something: signing in, accepting an invitation. */
  readonly anonymousPerMinute?: number;
}

const MINUTE = 60_000;
/** Retry-After says all that a client needs. */
const NO_HEADERS = { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false };

/** Refuses floods of one address before anything is looked up for them. */
export async function addRateLimits(instance: FastifyInstance, { requestsPerMinute = 1_200_000, anonymousPerMinute = 600 }: RateLimits): Promise<void> {
  await instance.register(rateLimit, {
    global: false,
    addHeaders: NO_HEADERS,
    addHeadersOnExceeding: NO_HEADERS,
    errorResponseBuilder: (_request, { ttl }) => new ApiError(429, 'TOO_MANY_REQUESTS', 'Too many requests from this address.', Math.ceil(ttl / 1000)),
  });
  const flood = instance.rateLimit({ max: requestsPerMinute, timeWindow: MINUTE });
  const anonymous = instance.rateLimit({ max: anonymousPerMinute, timeWindow: MINUTE });
  instance.addHook('onRequest', async function (request, reply) {
    const { config } = request.routeOptions;
    const withoutSession = config.anonymous ?? (config.session === 'optional' && request.headers.authorization === undefined);
    const limit = request.method !== 'GET' && withoutSession ? anonymous : flood;
    await limit.call(this, request, reply);
  });
}
