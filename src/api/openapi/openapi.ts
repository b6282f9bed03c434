import { Inject, Injectable } from '@nestjs/common';
import { pathOf, routeOf } from '../../kernel/catalogue.js';
import type { CommandDeclaration } from '../../kernel/command.js';
import { entityOf } from '../../kernel/entity.js';
import { fieldsOf, type ClassOf, type Field } from '../../kernel/fields.js';
import { inputSchema, type JsonSchema } from '../../kernel/json-schema.js';
import { operationOf, routedCommands } from '../commands/command-controllers.js';
import { FILE_TYPES } from '../http/uploads.js';
import { API_PARTS, type ApiParts } from '../parts.js';
import { shownTables, type ShownTable } from '../rows/tables.js';
import { aroundPaths } from './around-paths.js';
import { commandOperation, problemResponses, readOperation, type Operation } from './operations.js';
import { commonParameters, listParameters, parameter, type Parameter } from './parameters.js';
import { commonSchemas, pageOf, ref, rowSchema } from './schemas.js';

type Paths = Record<string, Record<string, Operation>>;

/** The OpenAPI document, made from what is declared. */
@Injectable()
export class OpenApi {
  private made?: string;
  constructor(@Inject(API_PARTS) private readonly parts: ApiParts) {}

  /** As JSON, made once. */
  text(): string {
    return (this.made ??= JSON.stringify(openApiDocument(this.parts)));
  }
}

/** OpenAPI 3.1 of everything that the product answers over REST. */
export function openApiDocument(parts: Pick<ApiParts, 'catalogue' | 'readSchemas' | 'version' | 'handWritten' | 'clock'>): object {
  const schemas: Record<string, JsonSchema> = { ...commonSchemas };
  const paths: Paths = {};
  const add = (path: string, method: string, operation: Operation): void => {
    paths[path] = { ...paths[path], [method]: operation };
  };
  const groups = groupSchemas(schemas);
  for (const command of routedCommands(parts.catalogue)) add(routeOf(command), 'post', describeCommand(command, parts, schemas, groups));
  for (const table of shownTables(parts.catalogue, parts.readSchemas)) describeTable(table, schemas, add);
  for (const [path, methods] of Object.entries(aroundPaths(parts.clock !== undefined))) for (const [method, operation] of Object.entries(methods)) add(path, method, operation);
  return {
    openapi: '3.1.0',
    info: {
      title: 'YUTHUB',
      version: parts.version,
      description: 'Supported housing for young people. Money is integer pence, civil dates are London dates, instants are UTC. Rules are refused with their code: see /api/v1/rules.',
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    tags: tagsOf(paths),
    paths,
    components: {
      schemas,
      parameters: commonParameters,
      responses: problemResponses,
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'The token that signing in gave, or an API token' } },
    },
  };
}

/** Refers to a group by its class; the same class is described once. @throws Error where two classes share a name. */
function groupSchemas(schemas: Record<string, JsonSchema>): (group: ClassOf) => JsonSchema {
  const known = new Map<string, ClassOf>();
  const refer = (group: ClassOf): JsonSchema => {
    const other = known.get(group.name);
    if (other && other !== group) throw new Error(`Two groups are called ${group.name}: rename one.`);
    if (!other) {
      known.set(group.name, group);
      schemas[group.name] = inputSchema(fieldsOf(group), { refer });
    }
    return ref(group.name);
  };
  return refer;
}

function describeCommand(
  command: CommandDeclaration,
  { handWritten }: Pick<ApiParts, 'handWritten'>,
  schemas: Record<string, JsonSchema>,
  refer: (group: ClassOf) => JsonSchema,
): Operation {
  const { creates = false, doc, permission, anonymous, from, platformActor } = command.options;
  const body = handWritten.commands[command.name];
  schemas[command.name] = inputSchema(body ? fieldsOf(body) : command.fields, { refer });
  const parameters = [...(creates ? [] : [parameter('Id'), parameter('IfMatch')]), parameter('IdempotencyKey'), parameter('Prefer'), parameter('CorrelationId')];
  const notes = [
    permission ? `Needs the permission \`${permission}\`.` : undefined,
    platformActor ? 'Only the platform may.' : undefined,
    from ? `Possible while it is ${from.map((state) => state.replaceAll('_', ' ')).join(' or ')}.` : undefined,
    command.partial ? 'What is left out stays as it is; null clears.' : undefined,
  ].filter((note) => note !== undefined);
  const operation = commandOperation(
    { operationId: operationOf(command), tag: entityOf(command.entity).table, summary: doc, description: notes.join(' '), parameters, body: ref(command.name) },
    creates,
    permission,
  );
  const fileFields = handWritten.files?.[command.name];
  const sent = fileFields && body ? withFile(operation, fieldsOf(body).filter(({ name }) => fileFields.includes(name)), parameters) : operation;
  return anonymous ? { ...sent, security: [] } : sent;
}

/** The same where the body may be a file as it is: what is said of it is in the query then. */
function withFile(operation: Operation, fields: readonly Field[], parameters: readonly Parameter[]): Operation {
  const file = Object.fromEntries(FILE_TYPES.map((type) => [type, { schema: { type: 'string', format: 'binary' } }]));
  const { properties } = inputSchema(fields, {}) as { properties: Record<string, JsonSchema> };
  const asked = fields.map(({ name, doc }): Parameter => ({ name, in: 'query', required: false, description: `${doc ?? name}: where the body is the file itself`, schema: properties[name]! }));
  const { requestBody } = operation as { requestBody: { content: object } };
  return { ...operation, parameters: [...parameters, ...asked], requestBody: { ...requestBody, content: { ...requestBody.content, ...file } } };
}

function describeTable(table: ShownTable, schemas: Record<string, JsonSchema>, add: (path: string, method: string, operation: Operation) => void): void {
  const { type, path, permission, many, table: tag } = table;
  schemas[type] = rowSchema(table);
  schemas[`${type}Page`] = pageOf(ref(type));
  const description = `Needs the permission \`${permission}\`.`;
  const text = { schema: { type: 'string' } };
  add(path, 'get', readOperation(
    { operationId: `list${upper(many)}`, tag, summary: `A page of ${tag.replaceAll('_', ' ')}`, description, parameters: listParameters(table), answer: ref(`${type}Page`) },
    { 'text/csv': text, 'application/x-ndjson': text },
  ));
  const parameters = [parameter('Id'), parameter('After'), ...(table.entity ? [parameter('At')] : [])];
  add(`${path}/{id}`, 'get', readOperation({ operationId: `get${type}`, tag, summary: table.doc, description, parameters, answer: ref(type) }, {}, true));
  if (!table.entity) return;
  add(`${pathOf(table.entity)}/{id}/history`, 'get', readOperation({
    operationId: `historyOf${type}`,
    tag,
    summary: 'What happened to it, with the values before and after',
    description,
    parameters: [parameter('Id'), parameter('Limit'), parameter('Cursor'), parameter('After')],
    answer: ref('History'),
  }));
}

const upper = (name: string): string => name[0]!.toUpperCase() + name.slice(1);

function tagsOf(paths: Paths): { name: string }[] {
  const names = Object.values(paths).flatMap((methods) => Object.values(methods).flatMap((operation) => operation['tags'] as string[]));
  return [...new Set(names)].map((name) => ({ name }));
}
