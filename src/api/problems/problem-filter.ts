import { Catch, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { afterTheRest } from '../http/rest-of-body.js';
import { API_PARTS, type ApiParts } from '../parts.js';
import { problemOf, titleOf, type ProblemDetails } from './problem.js';

/** Every error of every route as a problem of RFC 9457. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(API_PARTS) private readonly parts: ApiParts) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    answerProblem(http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>(), error, this.parts.logger);
  }
}

/** Answers an error, and logs it where it is not of the caller's making. */
export function answerProblem(request: FastifyRequest, reply: FastifyReply, error: unknown, logger: Logger): void {
  const problem = problemOf(error);
  if (problem.status >= 500) report(logger, request.correlationId, error, problem);
  if (reply.sent || reply.raw.headersSent) {
    reply.raw.destroy();
    return;
  }
  if (problem.retryAfter !== undefined) void reply.header('retry-after', String(problem.retryAfter));
  if (problem.status === 401) void reply.header('www-authenticate', 'Bearer');
  const send = (): void =>
    void reply.status(problem.status).header('content-type', 'application/problem+json; charset=utf-8').send(JSON.stringify(problemBody(request, problem)));
  // This answer ends the connection.
  if (problem.status === 413) afterTheRest(request.raw, send);
  else send();
}

function report(logger: Logger, correlationId: string, error: unknown, problem: ProblemDetails): void {
  if (problem.unexpected) logger.error({ correlationId, err: error }, 'A request failed.');
  else logger.warn({ correlationId, code: problem.code, err: error }, 'A request could not be served.');
}

/** A problem as JSON. `type` is the address of the page that explains its code. */
export function problemBody(request: FastifyRequest, { status, code, detail, errors }: ProblemDetails): object {
  return {
    type: `/problems/${code}`,
    title: titleOf(status),
    status,
    detail,
    code,
    instance: request.url.split('?', 1)[0]!.slice(0, 300),
    correlationId: request.correlationId,
    ...(errors ? { errors } : {}),
  };
}
