import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getIntrospectionQuery } from 'graphql';
import { createHttpApplication } from '../../src/api/application.js';
import { WrongRevision } from '../../src/event-store/errors.js';
import { Refusal } from '../../src/kernel/rules.js';
import { fakes, ids, MANAGER, READER, type Fakes } from './cottages.js';

let fake: Fakes;
let app: NestFastifyApplication;
let usual: Fakes['execute'];
beforeAll(async () => {
  fake = fakes();
  usual = fake.execute;
  app = await createHttpApplication(fake.parts);
});
afterAll(() => app.close());
beforeEach(() => {
  fake.execute = usual;
  fake.requests.length = 0;
  fake.lists = 0;
  fake.log = '';
});

interface Answer {
  status: number;
  data: Record<string, never> | null;
  errors?: { message: string; path?: string[]; extensions: { code: string; status: number; errors?: { pointer: string }[] } }[];
}
async function ask(query: unknown, variables?: unknown, { token = MANAGER, headers = {} as Record<string, string>, url = '/graphql' } = {}): Promise<Answer> {
  const answer = await app.inject({ method: 'POST', url, headers: { authorization: `Bearer ${token}`, ...headers }, payload: { query, variables } as object });
  return { status: answer.statusCode, ...(answer.json() as Omit<Answer, 'status'>) };
}
const codes = (answer: Answer): string[] => (answer.errors ?? []).map(({ extensions }) => extensions.code);

describe('queries', () => {
  it('read one row, money beyond 32 bits, groups and what is masked', async () => {
    const { data, errors } = await ask(`query ($id: ID!) { cottage(id: $id) { id name rentPence charges { corePence } masked status } }`, { id: ids.one });
    expect(errors).toBeUndefined();
    expect(data).toEqual({ cottage: { id: ids.one, name: '=Rose', rentPence: 3_000_000_000, charges: { corePence: 5 }, masked: ['builtOn'], status: 'open' } });
  });
  it('read connections with the filters of REST', async () => {
    const { data, errors } = await ask(`{ cottages(filter: { status: "open", builtOn_gte: "2026-01-01" }, sort: "-name", first: 1) { nodes { name } edges { node { name } cursor } pageInfo { hasNextPage endCursor } } }`);
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      cottages: { nodes: [{ name: '=Rose' }], edges: [{ node: { name: '=Rose' }, cursor: 'next' }], pageInfo: { hasNextPage: true, endCursor: 'next' } },
    });
    expect((await ask(`{ cottages(filter: { status: ["open", "shut"] }) { nodes { name } } }`)).data).toEqual({ cottages: { nodes: [{ name: '=Rose' }, { name: 'Mill' }] } });
  });
  it('read what is related in one batch a table', async () => {
    const { data } = await ask(`{ cottages { nodes { nextTo { name nextTo { name } } guests { firstName } } } }`);
    expect(data).toEqual({
      cottages: { nodes: [{ nextTo: { name: 'Mill', nextTo: { name: '=Rose' } }, guests: [{ firstName: 'Zoë' }] }, { nextTo: { name: '=Rose', nextTo: { name: 'Mill' } }, guests: [] }] },
    });
    expect(fake.lists).toBe(3);
  });
  it('answer for an unknown id as for a malformed one', async () => {
    for (const id of ['x', '6ba7b810-9dad-41d1-80b4-00c04fd430c8']) {
      const answer = await ask(`query ($id: ID!) { cottage(id: $id) { name } }`, { id });
      expect([answer.data, codes(answer)]).toEqual([{ cottage: null }, ['NOT_FOUND']]);
    }
  });
  it('wait for a position', async () => {
    expect(codes(await ask('{ cottages { nodes { id } } }', {}, { url: '/graphql?after=500' }))).toEqual(['NOT_YET']);
  });
  it('need the permission of the table', async () => {
    expect(codes(await ask('{ cottages { nodes { id } } }', {}, { token: READER }))).toEqual([]);
    const answer = await ask(`mutation { shutCottage(id: "${ids.one}") { id } }`, {}, { token: READER });
    expect(codes(answer)).toEqual(['FORBIDDEN']);
  });
  it('need somebody who is signed in', async () => {
    const answer = await app.inject({ method: 'POST', url: '/graphql', payload: { query: '{ __typename }' } });
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([401, expect.stringContaining('application/problem+json')]);
  });
});

describe('mutations', () => {
  it('are commands', async () => {
    const query = `mutation ($input: OpenCottageInput!) { openCottage(input: $input, idempotencyKey: "k") { id reference revision position events { type revision } replayed waited parked } }`;
    const { data, errors } = await ask(query, { input: { name: ' Rose ', charges: { corePence: 5_000_000_000 }, nextToId: null } }, { headers: { prefer: 'wait=2' } });
    expect(errors).toBeUndefined();
    expect(data!['openCottage']).toEqual({
      id: ids.one, reference: 'COT-1', revision: 5, position: 71, events: [{ type: 'CottageOpened', revision: 5 }], replayed: false, waited: true, parked: [],
    });
    expect(fake.requests[0]).toMatchObject({ route: '/api/v1/cottages', idempotencyKey: 'k', body: { name: ' Rose ', nextToId: null }, command: { name: 'Rose' } });
  });
  it('take the revision, and literals as well as variables', async () => {
    await ask(`mutation { shutCottage(id: "${ids.one}", input: { reason: storm }, expectedRevision: 4) { id } }`);
    expect(fake.requests[0]).toMatchObject({ id: ids.one, ifMatch: 4, command: { reason: 'storm' } });
    await ask(`mutation { changeCottage(id: "${ids.one}", input: { builtOn: null, charges: { corePence: 7 } }) { id } }`);
    expect(fake.requests[1]!.command).toMatchObject({ builtOn: null, charges: { corePence: 7 } });
  });
  it('are refused with the code of REST', async () => {
    const invalid = await ask(`mutation { openCottage(input: { name: "Rose", builtOn: "2027-02-29" }) { id } }`);
    expect(codes(invalid)).toEqual(['VALIDATION']);
    expect(invalid.errors![0]!.extensions.errors).toEqual([expect.objectContaining({ pointer: '/builtOn' })]);
    expect(codes(await ask(`mutation { openCottage(input: { name: "R" }) { id } }`))).toEqual(['COT-1']);
    expect(codes(await ask(`mutation { shutCottage(id: "x") { id } }`))).toEqual(['NOT_FOUND']);
    expect(codes(await ask(`mutation { openCottage(input: { name: "Rose" }, idempotencyKey: "") { id } }`))).toEqual(['IDEMPOTENCY_KEY']);
    fake.execute = () => Promise.reject(new Refusal('COT-9', 'No.'));
    expect(codes(await ask(`mutation { shutCottage(id: "${ids.one}") { id } }`))).toEqual(['COT-9']);
    fake.execute = () => Promise.reject(new WrongRevision('cottage-1', 1, 2));
    expect((await ask(`mutation { shutCottage(id: "${ids.one}", expectedRevision: 1) { id } }`)).errors![0]!.extensions).toMatchObject({ code: 'WRONG_REVISION', status: 412 });
  });
  it('that break are logged and say nothing', async () => {
    fake.execute = () => Promise.reject(new TypeError('Ann Smith'));
    const answer = await ask(`mutation { shutCottage(id: "${ids.one}") { id } }`);
    expect(codes(answer)).toEqual(['INTERNAL']);
    expect(JSON.stringify(answer) + fake.log).not.toContain('Ann');
    expect(fake.log).toContain('TypeError');
  });
});

const nested = (depth: number): string => (depth === 0 ? 'id' : `nextTo { ${nested(depth - 1)} }`);

describe('limits', () => {
  it('leave room for introspection', async () => expect(codes(await ask(getIntrospectionQuery()))).toEqual([]));
  const bombs: [string, unknown, unknown?][] = [
    ['depth', `{ cottages { nodes { ${nested(30)} } } }`],
    ['aliases', `{ ${Array.from({ length: 1000 }, (_, n) => `a${n}: cottages { nodes { id } }`).join(' ')} }`],
    ['fields', `{ cottages { nodes { ${'id '.repeat(1000)} } } }`],
    ['directives', `{ cottages { nodes { id ${'@include(if: true) '.repeat(100)} } } }`],
    ['a fragment that contains itself', `{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }`],
    ['fragments that double', `{ ...f0 } ${Array.from({ length: 20 }, (_, n) => `fragment f${n} on Query { ...f${n + 1} ...f${n + 1} }`).join(' ')} fragment f20 on Query { __typename }`],
    ['rows', `{ cottages(first: 500) { nodes { guests { id } nextTo { guests { id } nextTo { guests { id } } } } } }`],
    ['rows by a variable', `query ($n: Int) { cottages(first: $n) { nodes { guests { id } } } }`, { n: 500_000 }],
    ['mutations', `mutation { ${Array.from({ length: 30 }, (_, n) => `a${n}: shutCottage(id: "x") { id }`).join(' ')} }`],
    ['tokens', `{ ${'a '.repeat(10_000)} }`],
    ['deep syntax', '{a'.repeat(3_000)],
    ['an unknown field', '{ houses { id } }'],
    ['an unknown variable', 'query ($x: Nothing) { cottages { nodes { id } } }'],
    ['no query', ''],
    ['a number', 5],
    ['a document as JSON', '{"kind":"Document","definitions":[]}'],
    ['nothing but JSON', '5'],
    ['two operations and no name', 'query a { __typename } query b { __typename }'],
    ['a subscription', 'subscription { cottages { nodes { id } } }'],
    ['variables that are a list', '{ __typename }', []],
  ];
  it.each(bombs.map(([what, query, variables]) => ({ what, query, variables })))('refuse $what', async ({ query, variables }) => {
    const started = process.cpuUsage();
    const answer = await ask(query, variables);
    expect(answer.errors!.length).toBeGreaterThan(0);
    expect(answer.status).toBeLessThan(500);
    for (const code of codes(answer)) expect(['VALIDATION', 'QUERY_TOO_COSTLY']).toContain(code);
    expect(process.cpuUsage(started).user).toBeLessThan(1_000_000);
    expect(fake.lists).toBe(0);
  });
  it('serve nothing by GET, and no list of requests', async () => {
    const headers = { authorization: `Bearer ${MANAGER}` };
    expect((await app.inject({ method: 'GET', url: '/graphql?query={__typename}', headers })).statusCode).toBe(404);
    expect((await app.inject({ method: 'POST', url: '/graphql', headers, payload: [{ query: '{ __typename }' }] })).statusCode).toBe(400);
  });
});
