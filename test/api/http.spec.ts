import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHttpApplication } from '../../src/api/application.js';
import { AppendRefused, OutcomeUncertain, LogUnavailable, WrongRevision } from '../../src/event-store/errors.js';
import { Refusal } from '../../src/kernel/rules.js';
import { KeysUnavailable, SubjectErased } from '../../src/privacy/codec.js';
import { callOn, type Answer, type CallParameters } from './calling.js';
import { fakes, ids, MANAGER, READER, type Fakes } from './cottages.js';

let fake: Fakes;
let app: NestFastifyApplication;
let usual: Fakes['execute'];
beforeAll(async () => {
  fake = fakes();
  usual = fake.execute;
  app = await createHttpApplication(fake.parts);
  await app.listen(0, '127.0.0.1');
});
afterAll(() => app.close());
beforeEach(() => {
  fake.execute = usual;
  fake.requests.length = 0;
  fake.refusals.length = 0;
  fake.inTime = true;
  fake.log = '';
});

const call = (...given: CallParameters): Promise<Answer> => callOn(app, ...given);
const open = (body: unknown = { name: 'Rose' }, headers: Record<string, string> = {}, token?: string | null) => call('POST', '/api/v1/cottages', body, headers, token);
const shut = (id = ids.one, headers: Record<string, string> = {}, token?: string | null) => call('POST', `/api/v1/cottages/${id}/shut`, {}, headers, token);

describe('a command', () => {
  it('creates: 201 with Location, ETag and the acknowledgement', async () => {
    const { status, headers, body } = await open({ name: ' Rose ' });
    expect(status).toBe(201);
    expect(body).toEqual({ id: ids.one, reference: 'COT-1', revision: 5, position: 70, events: [{ type: 'CottageOpened', revision: 5 }] });
    expect(headers).toMatchObject({ location: `/api/v1/cottages/${ids.one}`, etag: '"5"', 'cache-control': 'no-store' });
    expect(headers['x-correlation-id']).toBe(fake.requests[0]!.correlationId);
    expect(fake.requests[0]).toMatchObject({ route: '/api/v1/cottages', source: 'api', body: { name: ' Rose ' }, command: { name: 'Rose' } });
  });
  it('on a record: 200, with the id, the revision and the key of its headers', async () => {
    const correlation = '6ba7b810-9dad-41d1-80b4-00c04fd430c8';
    const { status } = await shut(ids.one.toUpperCase(), { 'if-match': '"4"', 'idempotency-key': 'k 1', 'x-correlation-id': correlation });
    expect(status).toBe(200);
    expect(fake.requests[0]).toMatchObject({ id: ids.one, ifMatch: 4, idempotencyKey: 'k 1', correlationId: correlation, route: `/api/v1/cottages/${ids.one}/shut` });
  });
  it('without a body is one with nothing in it', async () => expect((await call('POST', `/api/v1/cottages/${ids.one}/shut`)).status).toBe(200));
  it('says when it was recorded before, and shows what is shown once', async () => {
    fake.execute = async (request) => ({ ...(await usual(request)), replayed: true, revealed: { invitationToken: 'x' } });
    const { headers, body } = await open();
    expect(headers['idempotency-replayed']).toBe('true');
    expect(body).toMatchObject({ invitationToken: 'x' });
  });
  it('waits where that is preferred, and says whether it came in time', async () => {
    const waited = await open(undefined, { prefer: 'respond-async, wait=3' });
    expect(waited.headers['preference-applied']).toBe('wait');
    expect(waited.body['position']).toBe(71);
    fake.inTime = false;
    const late = await open(undefined, { prefer: 'wait=999' });
    expect(late.headers['preference-applied']).toBeUndefined();
    expect(late.body['position']).toBe(70);
    expect((await open(undefined, { prefer: 'wait=soon' })).status).toBe(201);
  });
  it('has no route where processes send it', async () => expect((await call('POST', `/api/v1/cottages/${ids.one}/repair`, {})).status).toBe(404));
  it('goes through one handler each', async () => {
    const { refuseSecondHandlers } = await import('../../src/api/commands/command-bus.js');
    const bus = { bind: () => undefined } as never as Parameters<typeof refuseSecondHandlers>[0];
    refuseSecondHandlers(bus);
    const handler = { instance: {} } as never;
    bus.bind(handler, '1');
    expect(() => bus.bind(handler, '1')).toThrow(/has a handler already/);
  });
});

describe('what is wrong with a request', () => {
  it.each([
    ['no token', null, 401],
    ['a wrong token', 'nobody', 401],
    ['no permission', READER, 403],
  ])('%s', async (_what, token, status) => {
    const { status: given, body, headers } = await open({ name: 5 }, {}, token);
    expect(given).toBe(status);
    expect(body).toMatchObject({ status, instance: '/api/v1/cottages', correlationId: headers['x-correlation-id'] });
    expect(headers['content-type']).toContain('application/problem+json');
    if (status === 401) expect(headers['www-authenticate']).toBe('Bearer');
  });
  it('the auditor hears of a missing permission even where the body is wrong too', async () => {
    await open({ name: 5 }, {}, READER);
    expect(fake.requests).toHaveLength(1);
  });
  it('fields: 400 that names each', async () => {
    const { status, body } = await open({ name: 5, colour: 'red', builtOn: '2027-02-29' });
    expect([status, body.code]).toEqual([400, 'VALIDATION']);
    expect(body.errors!.map(({ pointer }) => pointer)).toEqual(['/colour', '/name', '/builtOn']);
    expect(fake.requests).toHaveLength(0);
  });
  it('a rule: 422 with its code, and the auditor hears of it', async () => {
    const { status, body } = await open({ name: 'R' });
    expect([status, body.code, body.errors![0]!.pointer]).toEqual([422, 'COT-1', '/name']);
    expect(fake.refusals.map(({ code }) => code)).toEqual(['COT-1']);
  });
  it.each<[string, string | Buffer, number]>([
    ['no JSON', '{"name":', 400],
    ['a list', '[]', 400],
    ['not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 400],
    ['a name twice', '{"name":"Rose","name":"Mill"}', 400],
    ['a name twice, one of them escaped', '{"name":"Rose","n\\u0061me":"Mill"}', 400],
    ['__proto__', '{"name":"Rose","__proto__":{"a":1}}', 400],
    ['constructor', '{"name":"Rose","constructor":{"prototype":{}}}', 400],
    ['deep', `{"name":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, 400],
    ['a number beyond all bounds', '{"name":"Rose","charges":{"corePence":1e309}}', 400],
    ['too large', JSON.stringify({ name: 'x'.repeat(1_100_000) }), 413],
  ])('a body that is %s', async (_what, payload, status) => {
    const answer = await open(payload);
    expect([answer.status, answer.body['status']]).toEqual([status, status]);
    expect(fake.requests).toHaveLength(0);
  });
  it('a body that is too large: the answer waits for the rest, for a client that is cut off while it writes never hears it', async () => {
    const body = JSON.stringify({ name: 'x'.repeat(1_100_000) });
    const head = ['POST /api/v1/cottages HTTP/1.1', 'host: x', `authorization: Bearer ${MANAGER}`, 'content-type: application/json', `content-length: ${body.length}`];
    const { port } = app.getHttpServer().address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    let heard = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (heard += chunk));
    socket.write(`${head.join('\r\n')}\r\n\r\n${body.slice(0, 500_000)}`);
    // Others that came later have been answered.
    for (let n = 0; n < 5; n++) await (await fetch(`http://127.0.0.1:${port}/health/live`)).text();
    expect(heard).toBe('');
    socket.write(body.slice(500_000));
    await once(socket, 'end');
    expect(heard).toMatch(/^HTTP\/1\.1 413 /);
  });
  it('takes the same name in several objects and strings with quotes for what they are', async () => {
    expect((await open('{"name":"a\\"b\\\\","charges":{"corePence":1},"tags":["name","name","{\\"name\\":1}"]}')).status).toBe(201);
  });
  it('no JSON by its type: 415', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'application/json; charset=utf-16', 'multipart/form-data; boundary=x']) {
      expect((await open('{"name":"Rose"}', { 'content-type': type })).status).toBe(415);
    }
    expect((await open('{"name":"Rose"}', { 'content-type': 'application/json; charset=UTF-8' })).status).toBe(201);
  });
  it('headers: 400 that names the header', async () => {
    for (const value of ['3', '"x"', '*', '"-1"', '"1", "2"']) expect((await shut(ids.one, { 'if-match': value })).body.code).toBe('IF_MATCH');
    for (const value of ['', 'x'.repeat(256), 'naïve']) expect((await shut(ids.one, { 'idempotency-key': value })).body.code).toBe('IDEMPOTENCY_KEY');
  });
  it('ids: malformed, nil and unknown ones are answered alike', async () => {
    const bodies = new Set<string>();
    for (const id of ['x', '00000000-0000-0000-0000-000000000000', "1'%20or%201=1", '6ba7b810-9dad-41d1-80b4-00c04fd430c8', 'a'.repeat(400)]) {
      const { status, body } = await call('GET', `/api/v1/cottages/${id}`);
      expect(status).toBe(404);
      bodies.add(JSON.stringify({ ...body, instance: '', correlationId: '' }));
    }
    expect(bodies.size).toBe(1);
    expect((await shut('x')).status).toBe(404);
    for (const path of ['/api/v1/%ff', '/api/v1/cottages/%', '//', '/api/v1/houses', '/api/v1/cottages/x/y/z']) {
      const { status, body } = await call('GET', path);
      expect([400, 404]).toContain(status);
      expect(body['correlationId']).toEqual(expect.any(String));
    }
  });
});

describe('what goes wrong behind', () => {
  it.each<[string, Error, number, string, Record<string, string>]>([
    ['a refusal', new Refusal('COT-9', 'No.', { field: 'name' }), 422, 'COT-9', {}],
    ['a state', new Refusal('STATE', 'No.', { status: 409 }), 409, 'STATE', {}],
    ['two people', new Refusal('SOD', 'No.', { status: 403 }), 403, 'SOD', {}],
    ['a conflict', new WrongRevision('cottage-1', 1, 2), 409, 'WRONG_REVISION', {}],
    ['a stale revision', new WrongRevision('cottage-1', 1, 2), 412, 'WRONG_REVISION', { 'if-match': '"1"' }],
    ['an unknown outcome', new OutcomeUncertain('cottage-1'), 503, 'OUTCOME_UNKNOWN', {}],
    ['no log', new LogUnavailable(), 503, 'UNAVAILABLE', {}],
    ['an event that is too large', new AppendRefused('too-large', 'x'), 413, 'TOO_LARGE', {}],
    ['no keys', new KeysUnavailable('secret host'), 503, 'KEYS_UNAVAILABLE', {}],
    ['an erased person', new SubjectErased('Ann'), 410, 'ERASED', {}],
    ['no database', Object.assign(new Error('connect ECONNREFUSED 10.0.0.1'), { code: 'ECONNREFUSED' }), 503, 'UNAVAILABLE', {}],
    ['a full database', Object.assign(new Error('x'), { code: '53300' }), 503, 'UNAVAILABLE', {}],
    ['a typed error', Object.assign(new Error('Wait.'), { code: 'USR-2', status: 429 }), 429, 'USR-2', {}],
    ['a defect', new TypeError('cannot read Ann Smith'), 500, 'INTERNAL', {}],
    ['something that is no error', 'Ann Smith' as never, 500, 'INTERNAL', {}],
  ])('%s', async (_what, error, status, code, headers) => {
    fake.execute = () => Promise.reject(error);
    const answer = await shut(ids.one, headers);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.text).not.toMatch(/Ann|10\.0\.0\.1|secret host|cottage-1/);
    expect(fake.log).not.toMatch(/Ann|10\.0\.0\.1|secret host/);
    if ([429, 503].includes(status)) expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    if (status === 500) expect(fake.log).toContain(String(answer.body['correlationId']));
  });
  it('logs neither bodies nor query values nor addresses', async () => {
    await open({ name: 'Ann Smith' });
    await call('GET', '/api/v1/cottages?name=Ann%20Smith');
    expect(fake.log).toContain('"route":"/api/v1/cottages"');
    expect(fake.log).not.toMatch(/Ann|127\.0\.0\.1|manager-token/);
  });
});

describe('reads', () => {
  it('give a row with its revision', async () => {
    const { status, body, headers } = await call('GET', `/api/v1/cottages/${ids.one}`);
    expect([status, headers['etag'], body['name']]).toEqual([200, '"4"', '=Rose']);
  });
  it('give lists by filters, and children as tables of their own', async () => {
    const names = async (query: string) => ((await call('GET', `/api/v1/cottages${query}`)).body['items'] as { name: string }[]).map(({ name }) => name);
    expect(await names('?status=open')).toEqual(['=Rose']);
    expect(await names('?status=open&status=shut')).toEqual(['=Rose', 'Mill']);
    expect((await call('GET', '/api/v1/cottages?colour=red')).body).toMatchObject({ status: 400, code: 'UNKNOWN' });
    expect((await call('GET', `/api/v1/cottage-guests?cottageId=${ids.one}`)).body['items']).toHaveLength(1);
  });
  it('stream all of a list, without formulas', async () => {
    const csv = await call('GET', '/api/v1/cottages', undefined, { accept: 'text/csv' });
    expect(csv.headers['content-type']).toContain('text/csv');
    expect(csv.text.split('\r\n')[0]).toContain('id,name,nextToId');
    expect(csv.text).toContain("'=Rose");
    const lines = await call('GET', '/api/v1/cottages', undefined, { accept: 'application/x-ndjson' });
    expect(lines.text.trim().split('\n').map((line) => (JSON.parse(line) as { name: string }).name)).toEqual(['=Rose', 'Mill']);
    expect((await call('GET', '/api/v1/cottages?colour=red', undefined, { accept: 'text/csv' })).status).toBe(400);
  });
  it('wait for a position, and say when it is not there yet', async () => {
    expect((await call('GET', '/api/v1/cottages?after=5')).status).toBe(200);
    const late = await call('GET', '/api/v1/cottages?after=500');
    expect([late.status, late.body.code, late.headers['retry-after']]).toEqual([503, 'NOT_YET', '1']);
    for (const after of ['-1', 'x', '1&after=2']) expect((await call('GET', `/api/v1/cottages/${ids.one}?after=${after}`)).status).toBe(400);
  });
  it('give the past', async () => {
    expect((await call('GET', `/api/v1/cottages/${ids.one}?at=2026-09-01T00:00Z`)).body).toMatchObject({ seen: '2026-09-01T00:00:00.000Z' });
    expect((await call('GET', `/api/v1/cottages/${ids.one}?at=2025-09-01T00:00:00Z`)).status).toBe(404);
    expect((await call('GET', `/api/v1/cottages/${ids.one}?at=yesterday`)).status).toBe(400);
    expect((await call('GET', `/api/v1/cottages/${ids.one}/history?limit=3&cursor=7`)).body).toMatchObject({ nextCursor: '7/3' });
    expect((await call('GET', `/api/v1/cottages/${ids.two}/history`)).body).toEqual({ items: [], nextCursor: null });
    expect((await call('GET', '/api/v1/cottages/6ba7b810-9dad-41d1-80b4-00c04fd430c8/history')).status).toBe(404);
    expect((await call('GET', `/api/v1/cottages/${ids.one}/history?limit=1001`)).status).toBe(400);
  });
  it('need the permission of the table', async () => {
    expect((await call('GET', '/api/v1/cottages', undefined, {}, READER)).status).toBe(200);
    expect((await call('GET', '/api/v1/audit-trail', undefined, {}, READER)).status).toBe(403);
    expect((await call('GET', '/api/v1/processes', undefined, {}, READER)).status).toBe(403);
  });
});

describe('an export that fails half-way', () => {
  it.each(['text/csv', 'application/x-ndjson'])('as %s is cut short, and the server lives on', async (accept) => {
    fake.breaksOff = true;
    const { port } = app.getHttpServer().address() as { port: number };
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/cottages`, { headers: { accept, authorization: `Bearer ${MANAGER}` } }).then((response) => response.text()).catch(() => 'cut short');
    fake.breaksOff = false;
    expect(answer).toBe('cut short');
    expect(fake.log).toContain('An export broke off.');
    expect(fake.log).not.toContain('Ann');
    expect((await call('GET', '/health/live', undefined, {}, null)).status).toBe(200);
  });
});
