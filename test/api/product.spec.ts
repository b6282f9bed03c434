import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { buildSchema, getIntrospectionQuery, graphqlSync, validateSchema } from 'graphql';
import { projectionsOf } from '../../projections/engine/derived-tables.js';
import { publicTables } from '../../projections/engine/public-views.js';
import { handWritten, views } from '../../projections/index.js';
import { mutationsOf, schemaText } from '../../src/api/graphql/sdl.js';
import { routedCommands } from '../../src/api/commands/command-controllers.js';
import { openApiDocument } from '../../src/api/openapi/openapi.js';
import { readableTables, readSchemas } from '../../src/api/reads/readable-tables.js';
import { shownTables } from '../../src/api/rows/tables.js';
import type { Access } from '../../src/access/access.js';
import { accessRoutes } from '../../src/access/http/routes.js';
import { entities } from '../../src/domain/index.js';
import { Catalogue } from '../../src/kernel/catalogue.js';

/** The product's own declarations, as the API shows them. */
const catalogue = new Catalogue(entities);
const schemas = readSchemas(readableTables(catalogue, publicTables(projectionsOf(catalogue, handWritten(catalogue)), views)));
// What access does is not asked here: only which commands it has written by hand.
const written = accessRoutes({} as Access);
const document = JSON.parse(JSON.stringify(openApiDocument({ catalogue, readSchemas: schemas, version: '1', handWritten: written }))) as {
  paths: Record<string, Record<string, { operationId: string; parameters: { name?: string }[] }>>;
  components: { schemas: Record<string, object> };
};

describe('the product over REST', () => {
  it('has an operation for every command with a route, and a list for every table', () => {
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    const names = operations.map(({ operationId }) => operationId);
    expect(new Set(names).size).toBe(names.length);
    for (const { name } of routedCommands(catalogue)) expect(names).toContain(name[0]!.toLowerCase() + name.slice(1));
    for (const { path } of shownTables(catalogue, schemas)) expect(document.paths[path]?.['get']).toBeDefined();
  });
  it('has parameters that differ, and schemas that can be used', () => {
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const { parameters } of Object.values(methods)) {
        const names = parameters.flatMap(({ name }) => name ?? []);
        expect([path, new Set(names).size]).toEqual([path, names.length]);
      }
    }
    const ajv = addFormats.default(new Ajv2020({ strict: false, validateSchema: false }));
    for (const name of Object.keys(document.components.schemas)) {
      expect(() => ajv.compile({ $ref: `#/components/schemas/${name}`, components: document.components })).not.toThrow();
    }
  });
});

describe('the product over GraphQL', () => {
  it('has a schema that is one, with a mutation for each command', () => {
    const commands = mutationsOf(catalogue, written);
    expect(commands.map(({ declaration }) => declaration)).toEqual(routedCommands(catalogue));
    const schema = buildSchema(schemaText(shownTables(catalogue, schemas), commands));
    expect(validateSchema(schema)).toEqual([]);
    expect(graphqlSync({ schema, source: getIntrospectionQuery() }).errors).toBeUndefined();
    const mutations = schema.getMutationType()!.getFields();
    expect(Object.keys(mutations)).toHaveLength(commands.length);
    expect(String(mutations['acceptInvitation']!.args.find(({ name }) => name === 'input')!.type)).toBe('AcceptInvitationInput!');
    expect(Object.keys(schema.getQueryType()!.getFields())).toEqual(expect.arrayContaining(['resident', 'residents', 'incident', 'propertyRooms', 'rentAccount']));
  });
});
