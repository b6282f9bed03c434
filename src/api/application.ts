import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import helmet from '@fastify/helmet';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { nestLogger } from '../platform/logging.js';
import { ApiModule } from './api.module.js';
import { CommandGateway } from './commands/command-gateway.js';
import { addGraphQL } from './graphql/graphql-endpoint.js';
import { parseBody } from './http/json-body.js';
import { addLeaving } from './http/leaving.js';
import { addRateLimits, type RateLimits } from './http/rate-limits.js';
import { addAccess, addCorrelation, addRequestLog } from './http/request-context.js';
import { addUploads } from './http/uploads.js';
import type { ApiParts } from './parts.js';
import { ApiError, notFound } from './problems/errors.js';
import { titleOf } from './problems/problem.js';
import { answerProblem } from './problems/problem-filter.js';
import { RowService } from './rows/row-service.js';

export interface HttpOptions extends RateLimits {
  /** The address of the caller comes from a proxy's header. */
  readonly trustProxy?: boolean;
}

const MIB = 1024 * 1024;
const SECOND = 1000;

/** The HTTP server of the product, ready to listen. @throws Error where routes and declarations do not fit together. */
export async function createHttpApplication(parts: ApiParts, options: HttpOptions = {}): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: MIB,
    requestTimeout: 30 * SECOND,
    // Longer than the idle time-out of the usual proxies, so that they and not we close idle connections.
    keepAliveTimeout: 72 * SECOND,
    connectionTimeout: 120 * SECOND,
    trustProxy: options.trustProxy ?? false,
    routerOptions: { maxParamLength: 300 },
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      request.correlationId = randomUUID();
      answerProblem(request, reply, error.code === 'FST_ERR_MAX_PARAM_LENGTH' ? notFound() : error, parts.logger);
    },
    clientErrorHandler: (error: Error & { code?: string }, socket: Socket) => refuseConnection(error, socket),
  });
  const instance = adapter.getInstance() as unknown as FastifyInstance;
  // The policy is one text, set with the other headers of every answer: helmet would put it together for each.
  await instance.register(helmet, { contentSecurityPolicy: false, xDnsPrefetchControl: false, xDownloadOptions: false, xXssProtection: false, originAgentCluster: false });
  addLeaving(instance);
  addCorrelation(instance);
  addRequestLog(instance, parts);
  await addRateLimits(instance, options);
  addAccess(instance, parts);
  addBodyParser(instance);
  addUploads(instance);
  const app = await NestFactory.create<NestFastifyApplication>(ApiModule.forRoot(parts), adapter, {
    bodyParser: false,
    logger: nestLogger(parts.logger),
    abortOnError: false,
  });
  await addGraphQL(instance, parts, app.get(CommandGateway), app.get(RowService));
  await app.init();
  await instance.ready();
  return app;
}

/** JSON, and nothing else but files where they are wanted. */
function addBodyParser(instance: FastifyInstance): void {
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const charset = /charset\s*=\s*"?([^\s;"]+)/i.exec(request.headers['content-type'] ?? '')?.[1]?.toLowerCase();
    if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8') {
      done(new ApiError(415, 'UNSUPPORTED_MEDIA_TYPE', 'The body must be JSON in UTF-8.'));
      return;
    }
    try {
      done(null, parseBody(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
}

/** What is no HTTP, or came too slowly, has no request that could be answered in the usual way. */
function refuseConnection({ code }: { code?: string }, socket: Socket): void {
  if (code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;
  const body = JSON.stringify({ type: '/problems/MALFORMED', title: titleOf(status), status, detail: `${titleOf(status)}.`, code: 'MALFORMED', instance: '', correlationId: randomUUID() });
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, 'content-type: application/problem+json; charset=utf-8', `content-length: ${Buffer.byteLength(body)}`, 'connection: close'];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
