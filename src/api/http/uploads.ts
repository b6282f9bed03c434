import type { Readable } from 'node:stream';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { ApiError } from '../problems/errors.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body may be a file: the route is given it as a stream, and says itself how long it may be. */
    upload?: boolean;
  }
}

/** Media types of files that are sent as they are. */
export const FILE_TYPES = ['application/octet-stream', 'text/csv', 'text/plain', 'application/xml', 'text/xml'] as const;

/** A route whose body may be a file. */
export const TakesFiles = (): MethodDecorator => RouteConfig({ upload: true });

/** Gives files to the routes that take them, as they come; to all others they are no body. */
export function addUploads(instance: FastifyInstance): void {
  instance.addContentTypeParser([...FILE_TYPES], (request, body, done) => {
    if (request.routeOptions.config.upload) done(null, body);
    else done(new ApiError(415, 'UNSUPPORTED_MEDIA_TYPE', 'The body must be JSON in UTF-8.'));
  });
}

/** Whether a body is a file that is still coming. */
export const isFile = (body: unknown): body is Readable => typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
