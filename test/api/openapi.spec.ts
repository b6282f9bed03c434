import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { openApiDocument } from '../../src/api/openapi/openapi.js';
import { PROBLEMS } from '../../src/api/openapi/operations.js';
import { fakes } from './cottages.js';

type Json = Record<string, unknown>;
interface Operation {
  operationId: string;
  summary: string;
  parameters: (Json & { $ref?: string; name?: string; in?: string })[];
  requestBody?: { content: Record<string, { schema: Json }> };
  responses: Record<string, Json>;
  security?: unknown[];
}
const { parts } = fakes({ clock: { now: () => Promise.resolve(''), moveTo: () => Promise.resolve() } });
const document = JSON.parse(JSON.stringify(openApiDocument(parts))) as {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Json>; parameters: Record<string, Json & { name: string; in: string }> };
};
const operations = Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })));
const at = (pointer: string): unknown => pointer.slice(2).split('/').reduce<unknown>((value, key) => (value as Json)[key], document);

function everyRef(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = (value as Json)['$ref'];
  return [...(typeof own === 'string' ? [own] : []), ...Object.values(value).flatMap(everyRef)];
}

/** What of OpenAPI 3.1 a generated document could get wrong. */
const shape = {
  type: 'object',
  required: ['openapi', 'info', 'paths', 'components'],
  properties: {
    openapi: { pattern: '^3\\.1\\.\\d+$' },
    info: { type: 'object', required: ['title', 'version'] },
    paths: {
      type: 'object',
      patternProperties: {
        '^/': {
          additionalProperties: {
            type: 'object',
            required: ['operationId', 'summary', 'tags', 'responses', 'parameters'],
            properties: {
              summary: { type: 'string', minLength: 3 },
              parameters: {
                type: 'array',
                items: { anyOf: [{ required: ['$ref'] }, { required: ['name', 'in', 'schema'], properties: { in: { enum: ['query', 'path', 'header'] } } }] },
              },
              responses: { type: 'object', minProperties: 1, patternProperties: { '^[1-5]\\d\\d$': { anyOf: [{ required: ['$ref'] }, { required: ['description'] }] } }, additionalProperties: false },
              requestBody: { type: 'object', required: ['content'] },
            },
          },
        },
      },
      additionalProperties: false,
    },
  },
};

describe('the OpenAPI document', () => {
  const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }));

  it('has the shape of OpenAPI 3.1', () => {
    const validate = ajv.compile(shape);
    validate(document);
    expect(validate.errors ?? []).toEqual([]);
  });
  it('refers to nothing that is not there', () => {
    const refs = everyRef(document);
    expect(refs.length).toBeGreaterThan(50);
    for (const one of refs) expect([one, at(one) !== undefined]).toEqual([one, true]);
  });
  it('has JSON schemas that are ones', () => {
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      expect([name, ajv.validateSchema(schema)]).toEqual([name, true]);
      expect(() => ajv.compile({ ...schema, components: document.components })).not.toThrow();
    }
  });
  it('names each operation once, and declares each parameter of its path', () => {
    const names = operations.map(({ operation }) => operation.operationId);
    expect(new Set(names).size).toBe(names.length);
    for (const { path, operation } of operations) {
      const declared = operation.parameters.map((one) => (one.$ref ? (at(one.$ref) as { name: string; in: string }) : one));
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
      expect([path, declared.filter((one) => one.in === 'path').map(({ name }) => name).sort()]).toEqual([path, inPath]);
      const keys = declared.map((one) => `${one.in} ${one.name}`);
      expect(new Set(keys).size).toBe(keys.length);
    }
  });
  it('tells of every problem that a command can be answered with', () => {
    const { responses, requestBody } = document.paths['/api/v1/cottages']!['post']!;
    expect(Object.keys(responses)).toEqual(['201', ...PROBLEMS.map(String)]);
    expect(requestBody!.content['application/json']!.schema).toEqual({ $ref: '#/components/schemas/OpenCottage' });
    expect(document.components.schemas['OpenCottage']).toMatchObject({ required: ['name'], additionalProperties: false, properties: { charges: { anyOf: [{ $ref: '#/components/schemas/Charges' }, { type: 'null' }] } } });
  });
  it('has a body for every command, and accepts with it what validation accepts', () => {
    const validate = ajv.compile({ $ref: '#/components/schemas/OpenCottage', components: document.components });
    expect(validate({ name: 'Rose', builtOn: null, charges: { corePence: 1 } })).toBe(true);
    for (const body of [{}, { name: 'R' }, { name: 'Rose', colour: 1 }, { name: 'Rose', charges: { corePence: -1 } }]) expect(validate(body)).toBe(false);
  });
  it('has the filters of a list', () => {
    const names = document.paths['/api/v1/cottages']!['get']!.parameters.map((one) => one.name ?? one.$ref);
    expect(names).toEqual(expect.arrayContaining(['status', 'builtOn[gte]', 'builtOn[lt]', 'status[ne]', 'q', 'sort', '#/components/parameters/Limit']));
    expect(names).not.toContain('status[gte]');
  });
});
