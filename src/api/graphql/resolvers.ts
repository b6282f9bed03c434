import type { GraphQLScalarType } from 'graphql';
import type { FastifyRequest } from 'fastify';
import { Kind, type ValueNode } from 'graphql';
import { routeOf } from '../../kernel/catalogue.js';
import { type CommandGateway, idOf } from '../commands/command-gateway.js';
import { operationOf } from '../commands/command-controllers.js';
import { commandHeaders, idempotencyKeyOf } from '../http/headers.js';
import { bearerOf, callerOf } from '../http/request-context.js';
import type { ApiParts, ListParameters, Row } from '../parts.js';
import { notFound } from '../problems/errors.js';
import type { RowService } from '../rows/row-service.js';
import type { ShownTable } from '../rows/tables.js';
import type { Loaders } from './loaders.js';
import { type MutationCommand, relationsOf } from './sdl.js';

/** What every resolver is given. */
export interface GraphQLContext {
  readonly loaders: Loaders;
  readonly request: FastifyRequest;
}

type Resolver = (source: Row, given: Record<string, unknown>, context: GraphQLContext) => unknown;
export type Resolvers = Record<string, Record<string, Resolver> | Partial<GraphQLScalarType>>;

export interface ResolverParts {
  readonly tables: readonly ShownTable[];
  readonly commands: readonly MutationCommand[];
  readonly gateway: CommandGateway;
  readonly service: RowService;
  readonly rows: ApiParts['rows'];
}

/** Resolvers of the whole schema. */
export function resolversOf(parts: ResolverParts): Resolvers {
  const queries: Record<string, Resolver> = {};
  const resolvers: Resolvers = { ...scalars, Query: queries };
  for (const table of parts.tables) {
    queries[table.one] = oneOf(table, parts);
    queries[table.many] = manyOf(table, parts);
    resolvers[table.type] = typeOf(table, parts.tables);
  }
  if (parts.commands.length > 0) {
    resolvers['Mutation'] = Object.fromEntries(parts.commands.map((command) => [operationOf(command.declaration), mutation(command, parts.gateway)]));
  }
  return resolvers;
}

function typeOf(table: ShownTable, tables: readonly ShownTable[]): Record<string, Resolver> {
  const related = relationsOf(table, tables).map(({ name, table: other, column }): [string, Resolver] => [
    name,
    (row, _given, { loaders }) => (column === undefined ? loaders.children(other, row['id']) : loaders.one(other, row[column])),
  ]);
  return { masked: (row) => row['_masked'] ?? [], ...Object.fromEntries(related) };
}

function oneOf(table: ShownTable, { service, rows }: ResolverParts): Resolver {
  return async (_source, { id }, { request }) => {
    const actor = callerOf(request);
    service.checkMayRead(actor, table);
    const row = await rows.get(table.table, idOf(String(id)), actor);
    if (!row) throw notFound();
    return row;
  };
}

function manyOf(table: ShownTable, { service, rows }: ResolverParts): Resolver {
  return async (_source, given, { request }) => {
    const actor = callerOf(request);
    service.checkMayRead(actor, table);
    const { items, nextCursor, cursorOf } = await rows.list(table.table, listParameters(given), actor);
    const last = items.length - 1;
    const cursor = (index: number): string | null => (index === last ? nextCursor : null) ?? cursorOf?.(index) ?? null;
    return {
      nodes: items,
      // Asked for one by one: most do without.
      edges: () => items.map((node, index) => ({ node, cursor: () => cursor(index) })),
      pageInfo: { hasNextPage: nextCursor !== null, endCursor: () => (last < 0 ? null : cursor(last)) },
    };
  };
}

/** The arguments of a connection as the query parameters of a list. */
function listParameters({ filter, sort, first, after }: Record<string, unknown>): ListParameters {
  const parameters: Record<string, string | readonly string[]> = {};
  for (const [name, value] of Object.entries((filter ?? {}) as Record<string, unknown>)) {
    if (value === null || value === undefined) continue;
    const parameter = name.replace(/_(gte|gt|lte|lt|ne|null)$/, '[$1]');
    parameters[parameter] = Array.isArray(value) ? value.map(String) : String(value as string | number | boolean);
  }
  if (Array.isArray(sort) && sort.length > 0) parameters['sort'] = sort.join(',');
  if (typeof first === 'number') parameters['limit'] = String(first);
  if (typeof after === 'string') parameters['cursor'] = after;
  return parameters;
}

function mutation({ declaration, handWritten }: MutationCommand, gateway: CommandGateway): Resolver {
  return async (_source, { id, input, expectedRevision, idempotencyKey }, { request }) => {
    const { wait } = commandHeaders({ prefer: request.headers.prefer });
    const target = typeof id === 'string' ? idOf(id) : undefined;
    const call = {
      declaration,
      body: plain(input ?? {}),
      correlationId: request.correlationId,
      // The route of REST: a key that was used there is the same key here.
      route: routeOf(declaration).replace('{id}', target ?? ''),
      ...(idempotencyKey === undefined || idempotencyKey === null ? {} : { idempotencyKey: idempotencyKeyOf(idempotencyKey) }),
      ...(typeof expectedRevision === 'number' ? { ifMatch: expectedRevision } : {}),
      ...(wait === undefined ? {} : { wait }),
    };
    const { signedIn } = request;
    const { acknowledgement, waited, parked } = handWritten
      ? await handWritten({ ...call, id: target ?? '', ...(signedIn ? { actor: signedIn, token: bearerOf(request) ?? '' } : {}) }, gateway)
      : await gateway.execute({ ...call, actor: callerOf(request), ...(target === undefined ? {} : { id: target }) });
    return { ...acknowledgement, revealed: acknowledgement.revealed ?? null, waited, parked };
  };
}

/** GraphQL's objects have no prototype; a body is the same object whichever door it came by. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}

/** Values come as JSON has them, and are judged by the validation that REST has too, which names the field. */
const whole = { parseLiteral: (node: ValueNode) => (node.kind === Kind.INT ? Number(node.value) : 'value' in node ? node.value : null) };
const words = { parseLiteral: (node: ValueNode) => ('value' in node ? node.value : null) };
const scalars: Resolvers = { Pence: whole, Long: whole, Instant: words, CivilDate: words };
