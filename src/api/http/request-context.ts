import { randomUUID } from 'node:crypto';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isUuid } from '../../kernel/values.js';
import type { ApiParts, SignedIn } from '../parts.js';
import { unauthenticated } from '../problems/errors.js';

declare module 'fastify' {
  interface FastifyRequest {
    correlationId: string;
    signedIn: SignedIn | undefined;
  }
  interface FastifyContextConfig {
    /** Nobody needs to be signed in. */
    anonymous?: boolean;
    /** Whoever has a token is found out; the route itself says who may do without. */
    session?: 'optional';
  }
}

/** Answers are no pages: nothing in them is run or framed. The documentation's pages bring a policy of their own. */
const NO_PAGES = "default-src 'none'; frame-ancestors 'none'";

/** A route that nobody needs to be signed in for. */
export const Anonymous = (): MethodDecorator => RouteConfig({ anonymous: true });

/** Who asks. @throws an error that is answered 401 where nobody is signed in. */
export function callerOf(request: FastifyRequest): SignedIn {
  if (!request.signedIn) throw unauthenticated();
  return request.signedIn;
}

/**
 * Gives every request its correlation id. One from outside is taken where it is a UUID: it is recorded in events, so it
 * must mean nobody.
 */
export function addCorrelation(instance: FastifyInstance): void {
  instance.decorateRequest('correlationId', '');
  instance.addHook('onRequest', (request, reply, done) => {
    const given = String(request.headers['x-correlation-id'] ?? '').toLowerCase();
    request.correlationId = isUuid(given) ? given : randomUUID();
    reply.header('x-correlation-id', request.correlationId);
    reply.header('cache-control', 'no-store');
    reply.header('content-security-policy', NO_PAGES);
    done();
  });
}

/** Finds out who asks, before the body is even read. */
export function addAccess(instance: FastifyInstance, { sessions }: Pick<ApiParts, 'sessions'>): void {
  instance.decorateRequest('signedIn', undefined);
  instance.addHook('onRequest', async (request) => {
    if (request.is404 || request.routeOptions.config.anonymous) return;
    if (request.routeOptions.config.session === 'optional' && request.headers.authorization === undefined) return;
    const token = bearerOf(request);
    const signedIn = token === undefined ? undefined : await sessions.actorOf(token);
    if (!signedIn) throw unauthenticated();
    request.signedIn = signedIn;
  });
}

/** A line and a figure for each request, with the route's template and never its address. */
export function addRequestLog(instance: FastifyInstance, { logger, metrics }: Pick<ApiParts, 'logger' | 'metrics'>): void {
  instance.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    const milliseconds = reply.elapsedTime;
    metrics.request(request.method, route, reply.statusCode, milliseconds / 1000);
    const { signedIn } = request;
    logger.info(
      {
        method: request.method,
        route,
        status: reply.statusCode,
        ms: Math.round(milliseconds * 10) / 10,
        correlationId: request.correlationId,
        ...(signedIn ? { organizationId: signedIn.organizationId, actorId: signedIn.id } : {}),
      },
      'request',
    );
    done();
  });
}

/** The bearer token of a request: opaque, of printable characters; anything else is none. */
export function bearerOf({ headers: { authorization: header } }: FastifyRequest): string | undefined {
  return header === undefined ? undefined : /^Bearer ([\x21-\x7e]{1,512})$/i.exec(header)?.[1];
}
