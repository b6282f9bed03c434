import type { FastifyRequest } from 'fastify';

/** Token of access in Nest's container. */
export const ACCESS = Symbol('Access');

/** The bearer token of a request that was let in with it. */
export const tokenOf = (request: FastifyRequest): string => (request.headers.authorization ?? '').slice('Bearer '.length);
