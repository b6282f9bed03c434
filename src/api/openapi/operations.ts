import type { JsonSchema } from '../../kernel/json-schema.js';
import { titleOf } from '../problems/problem.js';
import { ref } from './schemas.js';
import type { Parameter } from './parameters.js';

/** An operation of the document. */
export type Operation = { readonly [key: string]: unknown };

export const PROBLEMS = [400, 401, 403, 404, 409, 410, 412, 413, 415, 422, 429, 500, 503] as const;
type Status = (typeof PROBLEMS)[number];

const reads: readonly Status[] = [400, 401, 403, 404, 429, 500, 503];
const anonymous: readonly Status[] = [400, 404, 429, 500, 503];

/** Responses with a problem, referred to from every operation. */
export const problemResponses = Object.fromEntries(
  PROBLEMS.map((status) => [
    `Problem${status}`,
    {
      description: titleOf(status),
      ...(status === 429 || status === 503 ? { headers: { 'Retry-After': { description: 'Seconds', schema: { type: 'integer' } } } } : {}),
      content: { 'application/problem+json': { schema: ref('Problem') } },
    },
  ]),
);

const problems = (statuses: readonly Status[]): Record<string, JsonSchema> =>
  Object.fromEntries(statuses.map((status) => [String(status), { $ref: `#/components/responses/Problem${status}` }]));

const json = (schema: JsonSchema) => ({ 'application/json': { schema } });
const stringHeader = (description: string) => ({ description, schema: { type: 'string' } });

export interface OperationParts {
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly body?: JsonSchema;
  readonly answer?: JsonSchema;
}

const headOf = ({ operationId, tag, summary, description, parameters }: OperationParts) => ({
  operationId,
  tags: [tag],
  summary,
  ...(description ? { description } : {}),
  parameters: parameters ?? [],
});

/** An operation that reads. */
export function readOperation(parts: OperationParts, extraContent: Record<string, object> = {}, etag = false): Operation {
  const ok = { description: 'What was asked for', ...(etag ? { headers: { ETag: stringHeader('Revision, for If-Match') } } : {}), content: { ...json(parts.answer ?? {}), ...extraContent } };
  return { ...headOf(parts), responses: { 200: ok, ...problems(reads) } };
}

/** An operation that needs no session. */
export function publicOperation(parts: OperationParts, contentType = 'application/json'): Operation {
  const ok = { description: 'What was asked for', content: { [contentType]: { schema: parts.answer ?? { type: 'string' } } } };
  return { ...headOf(parts), security: [], responses: { 200: ok, ...problems(anonymous) } };
}

/** An operation that changes something and is no command: it answers 200, or 204 where it has nothing to say. */
export function actionOperation(parts: OperationParts, status: 200 | 204 = 200): Operation {
  const ok = { description: 'Done', ...(parts.answer ? { content: json(parts.answer) } : {}) };
  return { ...headOf(parts), ...bodyOf(parts.body), responses: { [status]: ok, ...problems(PROBLEMS) } };
}

/** A command. */
export function commandOperation(parts: OperationParts, creates: boolean, permission?: string): Operation {
  const done = {
    description: creates ? 'Recorded' : 'Recorded, or nothing to change',
    headers: {
      ETag: stringHeader('Revision, for If-Match'),
      ...(creates ? { Location: stringHeader('Where it can be read') } : {}),
      'Idempotency-Replayed': stringHeader('`true` where it had been recorded before under this Idempotency-Key'),
      'Preference-Applied': stringHeader('`wait` where the read tables contain it'),
      'X-Correlation-Id': stringHeader('Carried by everything that follows'),
    },
    content: json(ref('Acknowledgement')),
  };
  return {
    ...headOf(parts),
    ...(permission ? { 'x-permission': permission } : {}),
    ...bodyOf(parts.body),
    responses: { [creates ? 201 : 200]: done, ...problems(PROBLEMS) },
  };
}

const bodyOf = (body: JsonSchema | undefined) => (body ? { requestBody: { required: true, content: json(body) } } : {});
