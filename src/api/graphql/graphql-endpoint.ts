import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError, parse, type GraphQLFormattedError } from 'graphql';
import { mercurius, type IResolvers } from 'mercurius';
import { operationOf } from '../commands/command-controllers.js';
import type { CommandGateway } from '../commands/command-gateway.js';
import { callerOf } from '../http/request-context.js';
import type { Query } from '../http/query.js';
import type { ApiParts } from '../parts.js';
import { ApiError, BadRequest, unauthenticated } from '../problems/errors.js';
import { problemOf } from '../problems/problem.js';
import type { RowService } from '../rows/row-service.js';
import { shownTables } from '../rows/tables.js';
import { checkLimits, isOnly, LIMITS, type ListNames } from './limits.js';
import { Loaders } from './loaders.js';
import { resolversOf, type GraphQLContext } from './resolvers.js';
import { mutationsOf, schemaText } from './sdl.js';

interface Asked {
  readonly query: string;
  readonly variables: Record<string, unknown>;
  readonly operationName?: string;
}

/** Serves `POST /graphql`. Queries by GET are not served: addresses end up in logs. */
export async function addGraphQL(instance: FastifyInstance, parts: ApiParts, gateway: CommandGateway, service: RowService): Promise<void> {
  const tables = shownTables(parts.catalogue, parts.readSchemas);
  const commands = mutationsOf(parts.catalogue, parts.handWritten);
  const open = new Set(commands.filter(({ declaration }) => declaration.options.anonymous).map(({ declaration }) => operationOf(declaration)));
  const lists: ListNames = {
    connections: new Set(tables.map(({ many }) => many)),
    children: new Set(tables.flatMap(({ parent }) => (parent ? [parent.field] : []))),
  };
  await instance.register(mercurius, {
    schema: schemaText(tables, commands),
    resolvers: resolversOf({ tables, commands, gateway, service, rows: parts.rows }) as IResolvers,
    routes: false,
    errorFormatter: (execution, context) => ({
      statusCode: 200,
      response: { data: execution.data ?? null, errors: execution.errors.map((error) => formatted(error, context as unknown as GraphQLContext, parts)) },
    }),
  });
  // Who is invited is nobody yet, and accepts by a mutation all the same.
  instance.post('/graphql', { config: { session: 'optional' } }, async (request, reply) => {
    const context: GraphQLContext = { loaders: new Loaders(parts.rows, () => callerOf(request)), request };
    try {
      if (!request.signedIn) checkOpen(request, open);
      const asked = askedOf(request.body);
      checkLimits(parsed(asked.query), lists, asked.variables);
      await service.waitAfter(request.query as Query);
      // A copy: mercurius adds its own to what it is given.
      return await reply.graphql(asked.query, { ...context }, asked.variables, asked.operationName);
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) throw error;
      return refuse(error, request, reply, parts);
    }
  });
}

/** Nobody is signed in. @throws ApiError 401 where more is asked for than the mutations that are open to everybody. */
function checkOpen({ body }: FastifyRequest, open: ReadonlySet<string>): void {
  const { query } = (body ?? {}) as { query?: unknown };
  let only = false;
  try {
    only = typeof query === 'string' && isOnly(parse(query, { maxTokens: LIMITS.tokens }), open);
  } catch {
    // What cannot be parsed is told to who is signed in.
  }
  if (!only) throw unauthenticated();
}

/** @throws BadRequest */
function askedOf(body: unknown): Asked {
  const { query, variables, operationName } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  if (typeof query !== 'string' || query === '') throw new BadRequest('The body has a query: { "query": "…", "variables": {…} }.', 'VALIDATION', '/query');
  const fine = variables === undefined || variables === null || (typeof variables === 'object' && !Array.isArray(variables));
  if (!fine) throw new BadRequest('variables is an object.', 'VALIDATION', '/variables');
  const named = operationName === undefined || operationName === null || typeof operationName === 'string';
  if (!named) throw new BadRequest('operationName is a text.', 'VALIDATION', '/operationName');
  return { query, variables: (variables ?? {}) as Record<string, unknown>, ...(typeof operationName === 'string' ? { operationName } : {}) };
}

/** @throws BadRequest with GraphQL's own words for what cannot be parsed: they name a place, and no more than a word of it. */
function parsed(query: string) {
  try {
    return parse(query, { maxTokens: LIMITS.tokens });
  } catch (error) {
    throw new BadRequest(error instanceof GraphQLError ? error.message : 'The query cannot be parsed.');
  }
}

/** Errors of the request as a whole: nothing was executed. */
function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply, parts: ApiParts): FastifyReply {
  const invalid = (error as { errors?: unknown } | null)?.errors;
  if (Array.isArray(invalid) && invalid.length > 0) {
    const errors = (invalid as Error[]).map((one) => ({ message: one.message, extensions: { code: 'VALIDATION', status: 400, correlationId: request.correlationId } }));
    return reply.status(400).send({ data: null, errors });
  }
  const problem = problemOf(error);
  if (problem.unexpected) parts.logger.error({ correlationId: request.correlationId, err: error }, 'A GraphQL request failed.');
  if (problem.retryAfter !== undefined) reply.header('retry-after', String(problem.retryAfter));
  return reply.status(problem.status).send({ data: null, errors: [{ message: problem.detail, extensions: extensionsOf(problem, request.correlationId) }] });
}

function formatted(error: unknown, { request }: GraphQLContext, parts: ApiParts): GraphQLFormattedError & Error {
  const { path, locations, originalError, message } = error as GraphQLError;
  // What GraphQL itself finds wrong with a value has no cause; what a resolver threw has.
  const problem = originalError ? problemOf(originalError) : { status: 400, code: 'VALIDATION', detail: message };
  if ('unexpected' in problem && problem.unexpected) parts.logger.error({ correlationId: request.correlationId, err: originalError }, 'A GraphQL field failed.');
  return { name: 'GraphQLError', message: problem.detail, ...(path ? { path } : {}), ...(locations ? { locations } : {}), extensions: extensionsOf(problem, request.correlationId) };
}

const extensionsOf = ({ code, status, errors }: ReturnType<typeof problemOf>, correlationId: string) => ({
  code,
  status,
  correlationId,
  ...(errors ? { errors } : {}),
});
