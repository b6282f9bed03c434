import { fieldsOf, type ClassOf } from '../../kernel/fields.js';
import { inputSchema, nullable, type JsonSchema } from '../../kernel/json-schema.js';
import type { ShownColumn, ShownTable } from '../rows/tables.js';

export const ref = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` });
const object = (properties: Record<string, JsonSchema>, required: readonly string[] = Object.keys(properties)): JsonSchema => ({ type: 'object', required, properties });
const text: JsonSchema = { type: 'string' };
const uuid: JsonSchema = { type: 'string', format: 'uuid' };
const instant: JsonSchema = { type: 'string', format: 'date-time' };
const integer: JsonSchema = { type: 'integer' };
const listOf = (items: JsonSchema): JsonSchema => ({ type: 'array', items });
const cursor: JsonSchema = { type: ['string', 'null'], description: 'For the next page; null at the end' };
/** A page of a list. */
export const pageOf = (items: JsonSchema): JsonSchema => object({ items: listOf(items), nextCursor: cursor });

/** Schemas that do not depend on what is declared. */
export const commonSchemas: Readonly<Record<string, JsonSchema>> = {
  Problem: object(
    {
      type: { type: 'string', format: 'uri-reference', description: 'Page that explains the code' },
      title: text,
      status: integer,
      detail: { type: 'string', description: 'What is wrong, for people' },
      code: { type: 'string', description: 'Stable: the code of a rule (RES-3), or WRONG_REVISION, VALIDATION …' },
      instance: text,
      correlationId: uuid,
      errors: listOf(object({ pointer: { type: 'string', description: 'JSON pointer into the body, or a query parameter' }, code: text, message: text })),
    },
    ['type', 'title', 'status', 'detail', 'code', 'instance', 'correlationId'],
  ),
  Acknowledgement: object(
    {
      id: uuid,
      reference: { type: 'string', description: 'What people call it: RES-000123' },
      revision: { type: 'integer', description: 'For If-Match; also the ETag' },
      position: { type: 'integer', description: 'For `?after=`' },
      events: { ...listOf(object({ type: text, revision: integer })), description: 'What was recorded; empty where nothing changed' },
      parked: { ...listOf(text), description: 'Consequences that need a person' },
      invitationToken: { type: 'string', description: 'Of an invitation: shown once, good for seven days' },
      tokenId: { ...uuid, description: 'Of an API token that was issued' },
      token: { type: 'string', description: 'The API token itself: shown once' },
    },
    ['id', 'revision', 'position', 'events'],
  ),
  HistoryItem: object({
    revision: integer,
    position: integer,
    type: text,
    schemaVersion: integer,
    recordedAt: instant,
    effectiveDate: { type: 'string', format: 'date' },
    actor: object({ id: text, name: nullable(text), role: text }),
    command: nullable(text),
    commandId: text,
    correlationId: text,
    reason: {},
    sentence: text,
    changes: listOf(object({ field: text, before: {}, after: {}, masked: { type: 'boolean' } }, ['field', 'before', 'after'])),
  }),
  History: pageOf(ref('HistoryItem')),
  CaseFile: object({
    resident: { type: 'object', description: 'As the record itself is read' },
    mergedRecords: { ...listOf({ type: 'object' }), description: 'Further records of the same person' },
    lists: {
      type: 'object',
      description: 'By the name of the list',
      additionalProperties: object({ items: listOf({ type: 'object' }), nextCursor: nullable(text) }),
    },
  }),
  AuditTrail: pageOf(
    object(
      {
        outcome: { type: 'string', enum: ['accepted', 'refused', 'read', 'skipped'] },
        recordedAt: instant,
        entity: nullable(text),
        entityId: nullable(text),
        code: { ...nullable(text), description: 'Of a refusal' },
        type: { type: 'string', description: 'Of the event; what was refused or read has none' },
        actor: object({ id: text, name: nullable(text), role: text }),
        command: nullable(text),
        correlationId: text,
        sentence: text,
        changes: listOf({ type: 'object' }),
      },
      ['outcome', 'recordedAt', 'entity', 'entityId', 'sentence', 'changes'],
    ),
  ),
  Changes: object({
    items: listOf(
      object(
        { position: integer, table: text, id: uuid, type: text, erased: { type: 'boolean' }, erasedRows: listOf(object({ table: text, id: uuid })) },
        ['position', 'table', 'id', 'type', 'erased'],
      ),
    ),
    next: integer,
  }),
  Me: object({ user: object({ id: text, name: text }), organization: object({ id: text, name: text }), role: text, permissions: listOf(text) }),
  Rules: object({ items: listOf(object({ code: text, sentence: text, about: text, later: { type: 'boolean' }, identity: { type: 'boolean' } })) }),
  Consistency: object({
    checks: listOf(object({ check: text, sentence: text }, ['check', 'sentence'])),
    items: listOf(object({ check: text, table: text, id: uuid, what: text }, ['check', 'table', 'id', 'what'])),
  }, ['checks', 'items']),
  DeclineMonitoring: object({
    answered: integer, declined: integer, reasons: listOf(object({ reasonCode: text, declined: integer })),
    characteristics: { type: 'object', additionalProperties: listOf(object({ value: text, answered: nullable(integer), declined: nullable(integer), declinedPct: nullable({ type: 'number' }) })) },
  }),
  RentStatement: object({
    rentAccountId: uuid, reference: text, residentId: nullable(uuid), paymentReference: nullable(text), from: text, to: text,
    openingBalancePence: integer, chargedPence: integer, adjustedPence: integer, receivedPence: integer, otherPence: integer, closingBalancePence: integer,
    lines: listOf(object({
      entryDate: text, lineType: text, periodFrom: nullable(text), periodTo: nullable(text), method: nullable(text), payer: nullable(text),
      corePence: nullable(integer), eligibleServicePence: nullable(integer), ineligibleServicePence: nullable(integer), supportPence: nullable(integer),
      amountPence: integer, balancePence: integer, reason: nullable(text),
    })),
    hbStatus: nullable(text), anticipatedHbPence: integer,
  }),
  Processes: object({ items: listOf({ type: 'object' }) }),
  Clock: object({ now: instant }),
  SignIn: {
    ...object({ email: text, password: text, organizationId: nullable(uuid), code: nullable(text) }, ['email', 'password']),
    additionalProperties: false,
  },
  Session: object({ token: text, expiresAt: instant, user: { type: 'object' }, organization: { type: 'object' }, permissions: listOf(text) }),
  GraphQLRequest: object({ query: text, variables: { type: ['object', 'null'] }, operationName: nullable(text) }, ['query']),
  GraphQLAnswer: object(
    {
      data: { type: ['object', 'null'] },
      errors: listOf(object({ message: text, path: listOf({ type: ['string', 'integer'] }), extensions: object({ code: text, status: integer, correlationId: uuid }) }, ['message', 'extensions'])),
    },
    ['data'],
  ),
  Health: object({ status: { type: 'string', enum: ['up', 'down'] }, checks: { type: 'object' } }, ['status']),
};

/** Schema of a column's values in answers. Any may be null: masked for the role, or erased. */
export function columnSchema({ type, field, doc }: ShownColumn): JsonSchema {
  const schema = field?.of ? outputOf(field.of()) : field?.values && field.kind === 'choice' ? text : byType(type);
  return { ...nullable(field?.kind === 'list' && field.of ? listOf({ type: 'object' }) : schema), description: doc };
}

function byType(type: string): JsonSchema {
  if (type === 'uuid') return uuid;
  if (type === 'date') return { type: 'string', format: 'date' };
  if (type === 'timestamptz') return instant;
  if (type === 'bigint' || type === 'integer' || type === 'smallint') return integer;
  if (type === 'boolean') return { type: 'boolean' };
  if (type === 'text[]') return listOf(text);
  if (type.startsWith('numeric')) return { type: ['number', 'string'] };
  return type === 'jsonb' ? {} : text;
}

/** A group in an answer: as it was put in, each part perhaps absent. */
const outputOf = (group: ClassOf): JsonSchema => ({ type: 'object', properties: (inputSchema(fieldsOf(group))['properties'] ?? {}) as JsonSchema });

/** Schema of a table's rows. */
export function rowSchema(table: ShownTable): JsonSchema {
  return {
    type: 'object',
    description: table.doc,
    required: ['id'],
    properties: {
      ...Object.fromEntries(table.columns.map((column) => [column.name, column.name === 'id' ? uuid : columnSchema(column)])),
      _masked: { ...listOf(text), description: 'Fields that your role does not see: they are null here' },
    },
  };
}
