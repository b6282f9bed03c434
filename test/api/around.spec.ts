import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import { once } from 'node:events';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHttpApplication } from '../../src/api/application.js';
import { Health } from '../../src/platform/health.js';
import { callOn, type Answer, type CallParameters } from './calling.js';
import { fakes, MANAGER, type Fakes } from './cottages.js';

let fake: Fakes;
let app: NestFastifyApplication;
beforeAll(async () => {
  fake = fakes({ clock: { now: () => Promise.resolve('2026-08-03T08:00:00.000Z'), moveTo: () => Promise.resolve() } });
  app = await createHttpApplication(fake.parts);
  await app.listen(0, '127.0.0.1');
});
afterAll(() => app.close());
const call = (...given: CallParameters): Promise<Answer> => callOn(app, ...given);

describe('around', () => {
  it('tells who asks, and the rules', async () => {
    expect((await call('GET', '/api/v1/me')).body).toMatchObject({ user: { name: 'Ann' }, organization: { name: 'House' }, role: 'manager', permissions: ['*:*'] });
    expect((await call('GET', '/api/v1/rules')).body['items']).toHaveLength(1);
  });
  it('asks the audit trail, and refuses what it does not know', async () => {
    const { body } = await call('GET', '/api/v1/audit-trail?entity=cottages&from=2026-09-01T00:00Z&outcome=refused&limit=7');
    expect(body['items']).toEqual([{ entity: 'cottages', from: '2026-09-01T00:00:00.000Z', outcome: 'refused', limit: 7 }]);
    for (const query of ['entity=houses', 'outcome=maybe', 'who=me', 'entityId=x', 'limit=0']) expect((await call('GET', `/api/v1/audit-trail?${query}`)).status).toBe(400);
    expect((await call('GET', '/api/v1/changes?after=5&limit=2')).body).toMatchObject({ next: 7 });
  });
  it('retries and drops what parked', async () => {
    expect((await call('GET', '/api/v1/processes')).body['items']).toEqual([{ name: 'moves' }]);
    expect((await call('POST', '/api/v1/processes/moves/retry', { stream: 'cottage-1' })).status).toBe(204);
    expect((await call('POST', '/api/v1/processes/none/retry', { stream: 'cottage-1' })).status).toBe(404);
    expect((await call('POST', '/api/v1/processes/moves/drop', {})).status).toBe(400);
  });
  it('moves the clock', async () => {
    expect((await call('GET', '/api/v1/clock')).body['now']).toBe('2026-08-03T08:00:00.000Z');
    expect((await call('PUT', '/api/v1/clock', { now: '2026-09-02T08:00:00Z' })).status).toBe(200);
    expect((await call('PUT', '/api/v1/clock', { now: 'tomorrow' })).status).toBe(400);
  });
  it('serves health, metrics and documentation to everyone', async () => {
    for (const path of ['/health/live', '/health/ready', '/metrics', '/api/openapi.json', '/api/docs', '/api/docs/start.js', '/api/docs/swagger-ui.css', '/problems/COT-1', '/problems/NOT_YET']) {
      expect([path, (await call('GET', path, undefined, {}, null)).status]).toEqual([path, 200]);
    }
    expect((await call('GET', '/api/docs/swagger-ui-bundle.js', undefined, {}, null)).text.length).toBeGreaterThan(500_000);
    for (const path of ['/problems/none', '/api/docs/..%2fpackage.json', '/api/docs/__proto__', '/problems/__proto__']) expect((await call('GET', path, undefined, {}, null)).status).toBe(404);
    await call('POST', '/api/v1/cottages', { name: 'Rose' });
    expect((await call('GET', '/metrics', undefined, {}, null)).text).toContain('yuthub_commands_total{command="OpenCottage",outcome="accepted"}');
  });
  it('is ready while everything that it needs answers, and not once it is leaving', async () => {
    let up = true;
    const probe = { name: 'log', check: () => (up ? Promise.resolve({ lag: 3 }) : Promise.reject(new Error('host db-7 is away'))) };
    const probed = fakes({ health: [probe] });
    const other = await createHttpApplication(probed.parts);
    const ready = async () => {
      const { statusCode, body } = await other.inject({ method: 'GET', url: '/health/ready' });
      return [statusCode, JSON.parse(body)] as unknown;
    };
    expect(await ready()).toEqual([200, { status: 'up', checks: { log: { status: 'up', lag: 3 } } }]);
    up = false;
    expect(await ready()).toEqual([503, { status: 'down', checks: { log: { status: 'down' } } }]);
    expect(probed.log).not.toContain('db-7');
    up = true;
    other.get(Health).leave();
    expect(await ready()).toEqual([503, { status: 'down', checks: { log: { status: 'up', lag: 3 } } }]);
    await other.close();
  });
  it('shows lag to Prometheus', async () => {
    fake.parts.metrics.lag('projection', () => Promise.resolve([{ name: 'read tables', events: 4, seconds: 2 }]));
    const { text } = await call('GET', '/metrics', undefined, {}, null);
    expect(text).toContain('yuthub_projection_lag_events{name="read tables"} 4');
    expect(text).toContain('yuthub_projection_lag_seconds{name="read tables"} 2');
  });
  it('is not there where the clock follows the real time', async () => {
    const other = await createHttpApplication(fakes().parts);
    const answer = await other.inject({ method: 'GET', url: '/api/v1/clock', headers: { authorization: `Bearer ${MANAGER}` } });
    expect(answer.statusCode).toBe(404);
    await other.close();
  });
});

describe('limits', () => {
  it('refuse a flood from one address, before anything is looked up', async () => {
    const other = await createHttpApplication(fakes().parts, { requestsPerMinute: 2 });
    const statuses = [];
    for (let n = 0; n < 3; n++) statuses.push((await other.inject({ method: 'GET', url: '/api/v1/me' })).statusCode);
    expect(statuses).toEqual([401, 401, 429]);
    await other.close();
  });
  it('answer what is no HTTP as a problem too', async () => {
    const { port } = app.getHttpServer().address() as { port: number };
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nX: ');
    socket.write(`${'y'.repeat(20_000)}\r\n\r\n`);
    await once(socket, 'close');
    expect(text).toMatch(/^HTTP\/1\.1 431/);
    expect(text).toContain('application/problem+json');
  });
});
