import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { buildSchema } from 'graphql';
import { createHttpApplication } from '../../src/api/application.js';
import { mutationsOf, schemaText } from '../../src/api/graphql/sdl.js';
import { openApiDocument } from '../../src/api/openapi/openapi.js';
import type { ReadColumn, ReadSchema } from '../../src/api/parts.js';
import { shownTables } from '../../src/api/rows/tables.js';
import { Catalogue, routeOf } from '../../src/kernel/catalogue.js';
import { changing, CommandOf, commandWith, DomainCommand } from '../../src/kernel/command.js';
import { Entity, stateWith } from '../../src/kernel/entity.js';
import { EventOf, eventWith } from '../../src/kernel/event.js';
import { Choice, CivilDate, Flag, Group, Instant, Int, List, Pence, Ref, Text, type ClassOf } from '../../src/kernel/fields.js';
import { open, personal } from '../../src/kernel/privacy.js';
import { fakes, ids, MANAGER, type Fakes } from './cottages.js';

const ENTITIES = 45;

/** An entity with three commands, of every kind of field. */
function declare(n: number): ClassOf {
  class Fee {
    @Pence(open) amountPence!: number;
    @Text(open, { optional: true, max: 20 }) note?: string;
  }
  class Facts {
    @Text(personal('identity'), { min: 2, max: 100 }) name!: string;
    @Ref(open, `kind_${n}s`, { optional: true }) otherId?: string;
    @Choice(open, `Sort${n}`, { big: 'big', small: 'small' }, { optional: true }) sort?: string;
    @Instant(open, { optional: true }) at?: string;
    @CivilDate(open, { optional: true }) on?: string;
    @Int(open, { optional: true, max: 9 }) count?: number;
    @Flag(open, { optional: true }) flagged?: boolean;
    @List(open, { optional: true }) tags?: string[];
    @Group(open, () => Fee, { optional: true }) fee?: Fee;
  }
  class State extends stateWith(Facts) {}
  const name = <C extends ClassOf>(target: C, as: string): C => Object.defineProperty(target, 'name', { value: as });
  name(Fee, `Fee${n}`);
  Entity(`kind_${n}s`, 'Some kind.', { category: `kind${String.fromCharCode(97 + (n % 26))}${'x'.repeat(Math.floor(n / 26))}` })(name(State, `Kind${n}`));
  class Made extends eventWith(State, Facts) {}
  EventOf(State, `Kind${n}Made`, 1)(Made);
  class Make extends commandWith(State, Facts) {
    decide(): undefined {}
  }
  CommandOf(State, { permission: `kind_${n}s:make`, doc: 'Makes one.', creates: true, plain: true })(name(Make, `Make${n}`));
  class Change extends changing(State, Facts) {
    decide(): undefined {}
  }
  CommandOf(State, { permission: `kind_${n}s:change`, doc: 'Changes one.' })(name(Change, `Change${n}`));
  class Finish extends DomainCommand<State> {
    decide(): undefined {}
  }
  CommandOf(State, { permission: `kind_${n}s:finish`, doc: 'Finishes one.' })(name(Finish, `Finish${n}`));
  return State;
}

const column = (name: string, type: string): ReadColumn => ({ name, type, nullable: true, doc: `${name}.`, privacy: 0, filterable: type !== 'jsonb', sortable: true });
const schemaOf = (n: number): ReadSchema => ({
  table: `kind_${n}s`,
  doc: 'Some kind.',
  columns: [
    column('id', 'uuid'), column('name', 'text'), column('otherId', 'uuid'), column('sort', 'text'), column('at', 'timestamptz'), column('on', 'date'),
    column('count', 'bigint'), column('flagged', 'boolean'), column('tags', 'text[]'), column('fee', 'jsonb'), column('streamRevision', 'integer'),
  ],
});

const states = Array.from({ length: ENTITIES }, (_, n) => declare(n));
const readSchemas = Array.from({ length: ENTITIES }, (_, n) => schemaOf(n));

describe('45 entities with three commands each', () => {
  let app: NestFastifyApplication;
  let fake: Fakes;
  let milliseconds: number;
  beforeAll(async () => {
    // Time of the processor: others may be using it too.
    const from = process.cpuUsage();
    fake = fakes({ catalogue: new Catalogue(states), readSchemas });
    app = await createHttpApplication(fake.parts);
    openApiDocument(fake.parts);
    const { user, system } = process.cpuUsage(from);
    milliseconds = (user + system) / 1_000;
  });
  afterAll(() => app.close());

  it('boot in under three seconds, with routes, OpenAPI and GraphQL', () => {
    expect(milliseconds).toBeLessThan(3_000);
    const tables = shownTables(fake.parts.catalogue, readSchemas);
    const schema = buildSchema(schemaText(tables, mutationsOf(fake.parts.catalogue, { commands: {} })));
    expect(Object.keys(schema.getMutationType()!.getFields())).toHaveLength(3 * ENTITIES);
  });

  it('have a route for every command', async () => {
    for (const command of fake.parts.catalogue.commands) {
      const url = routeOf(command).replace('{id}', ids.one);
      const answer = await app.inject({ method: 'POST', url, headers: { authorization: `Bearer ${MANAGER}` }, payload: command.options.creates ? { name: 'Ann' } : {} });
      expect([url, answer.statusCode]).toEqual([url, command.options.creates ? 201 : 200]);
    }
  });

  const hostile = fc.oneof(
    fc.constantFrom<unknown>('\u0000', '\ud800x', '\u202e', "'; drop table x; --", '__proto__', 'a'.repeat(20_000), -1, 1.5, 2 ** 53, '2026-04-31', '9999-01-01', [], {}, [[]], true, 'null'),
    fc.jsonValue({ maxDepth: 3 }),
  );

  it('answer hostile values in any field with 400 or 422 that names the field, or take them', async () => {
    const command = fake.parts.catalogue.command('Make0')!;
    const names = command.fields.map(({ name }) => name);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), hostile, async (name, value) => {
        const answer = await app.inject({ method: 'POST', url: routeOf(command), headers: { authorization: `Bearer ${MANAGER}` }, payload: { name: 'Ann', [name]: value } });
        if (answer.statusCode === 201) return;
        expect([400, 422]).toContain(answer.statusCode);
        const { errors } = answer.json<{ errors?: { pointer: string }[] }>();
        // What is no well-formed JSON of ours (a name twice, __proto__) has no field.
        if (errors) for (const { pointer } of errors) expect(pointer.startsWith(`/${name}`)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('answer hostile bodies, headers and queries with a problem, and never with a 5xx', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(text, fc.string({ maxLength: 60 }), async (body, word) => {
        const safe = encodeURIComponent(word.toWellFormed());
        const answers = await Promise.all([
          app.inject({ method: 'POST', url: '/api/v1/kind-0s', headers: { authorization: `Bearer ${MANAGER}`, 'content-type': 'application/json' }, payload: body }),
          app.inject({ method: 'GET', url: `/api/v1/kind-0s/${safe}?after=${safe}&${safe}=1`, headers: { authorization: `Bearer ${MANAGER}` } }),
          app.inject({ method: 'POST', url: `/api/v1/kind-0s/${safe}/change`, headers: { authorization: `Bearer ${MANAGER}` }, payload: {} }),
          app.inject({ method: 'POST', url: '/graphql', headers: { authorization: `Bearer ${MANAGER}` }, payload: { query: body, variables: { a: word } } }),
        ]);
        for (const answer of answers) expect(answer.statusCode).toBeLessThan(500);
      }),
      { numRuns: 300 },
    );
  });
});
