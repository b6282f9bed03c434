import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { randomUUID } from 'node:crypto';
import { accessRoutes } from '../../src/access/http/routes.js';
import { createHttpApplication } from '../../src/api/application.js';
import { readableTables, readSchemas } from '../../src/api/reads/readable-tables.js';
import { projectionsOf } from '../../projections/engine/derived-tables.js';
import { publicTables } from '../../projections/engine/public-views.js';
import { handWritten, views } from '../../projections/index.js';
import { fakes } from '../api/cottages.js';
import { testDatabases, type TestDatabases } from '../support/databases.js';
import { AccessWorld, catalogue, PASSWORD, type Times } from './access-world.js';

interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Record<string, unknown>;
}

describe('access over HTTP', () => {
  let databases: TestDatabases;
  let world: AccessWorld;
  let app: NestFastifyApplication;
  let fake: ReturnType<typeof fakes>;
  const times: Times = { product: '2026-08-03T08:00:00.000Z', real: Date.parse('2026-11-25T12:00:00Z') };

  beforeAll(async () => {
    databases = await testDatabases();
    world = await AccessWorld.open(databases, times);
    fake = fakes({
      catalogue,
      commands: { execute: (request) => world.pipeline.execute(request), refused: world.accessLog.refused },
      sessions: world.access.sessions,
      handWritten: accessRoutes(world.access),
      readSchemas: readSchemas(readableTables(catalogue, publicTables(projectionsOf(catalogue, handWritten(catalogue)), views))),
    });
    app = await createHttpApplication(fake.parts);
  });
  afterAll(async () => {
    await app.close();
    await world.close();
    await databases.drop();
  });

  async function post(path: string, body: object, token?: string, headers: Record<string, string> = {}): Promise<Answered> {
    const answer = await app.inject({
      method: 'POST',
      url: `/api/v1${path}`,
      payload: body,
      headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
    });
    return { status: answer.statusCode, headers: answer.headers, body: answer.body === '' ? {} : (JSON.parse(answer.body) as Record<string, unknown>) };
  }

  it('takes somebody from the invitation to a session and out again', async () => {
    const owner = await world.organisation();
    const email = `sam-${randomUUID()}@spec.example`;
    const invited = await post('/user-organizations', { email, role: 'key_worker' }, owner.token);
    expect(invited).toMatchObject({ status: 201, body: { invitationToken: expect.any(String) } });
    const path = `/user-organizations/${String(invited.body['id'])}/accept-invitation`;
    const body = { token: invited.body['invitationToken'], firstName: 'Sam', lastName: 'Spec', password: PASSWORD };
    const headers = { 'idempotency-key': 'accept', prefer: 'wait=10' };
    expect(await post(path, body, undefined, headers)).toMatchObject({ status: 200, headers: { etag: '"1"', 'preference-applied': 'wait' }, body: { events: [{ type: 'MembershipAccepted' }] } });
    expect(await post(path, body, undefined, headers)).toMatchObject({ status: 200, headers: { 'idempotency-replayed': 'true' } });
    expect(await post(path, body)).toMatchObject({ status: 409, body: { code: 'MEM-3' } });
    const session = await post('/sign-in', { email, password: PASSWORD });
    expect(session).toMatchObject({ status: 200, body: { user: { name: 'Sam Spec' }, organization: { id: owner.id }, role: 'key_worker' } });
    const token = String(session.body['token']);
    const me = await app.inject({ url: '/api/v1/me', headers: { authorization: `Bearer ${token}` } });
    expect(me.json()).toMatchObject({ user: { name: 'Sam Spec' }, organization: { id: owner.id }, role: 'key_worker' });
    expect((await post('/sign-out', {}, token)).status).toBe(204);
    expect((await post('/sign-out', {}, token)).status).toBe(401);
  });

  it('says what is wrong with what was sent, and never what was sent', async () => {
    expect(await post('/sign-in', { email: 'x@spec.example' })).toMatchObject({ status: 400, body: { errors: [{ pointer: '/password', code: 'REQUIRED' }] } });
    expect(await post('/sign-in', { email: 'x@spec.example', password: 'x', admin: true })).toMatchObject({ status: 400, body: { errors: [{ pointer: '/admin' }] } });
    expect(await post('/sign-in', { email: 'nobody@spec.example', password: 'secret-canary' })).toMatchObject({ status: 401, body: { code: 'SIGN_IN_FAILED' } });
    expect(await post(`/user-organizations/${randomUUID()}/accept-invitation`, { token: 'x', password: PASSWORD })).toMatchObject({ status: 404 });
    expect(await post('/user-organizations/nonsense/accept-invitation', { token: 'x', password: PASSWORD })).toMatchObject({ status: 404 });
    expect(await post(`/user-organizations/${randomUUID()}/accept-invitation`, { token: 'x', password: 'short' })).toMatchObject({ status: 400, body: { errors: [{ pointer: '/password' }] } });
    expect(fake.log).not.toContain('secret-canary');
    expect(fake.log).not.toContain('nobody@');
  });

  it('locks after five failures, and says for how long', async () => {
    const { email } = await world.organisation();
    for (let n = 0; n < 5; n++) expect((await post('/sign-in', { email, password: 'guess' })).status).toBe(401);
    expect(await post('/sign-in', { email, password: PASSWORD })).toMatchObject({ status: 429, headers: { 'retry-after': '1800' }, body: { code: 'USR-2' } });
  });

  it('changes the own password and no other’s', async () => {
    const owner = await world.organisation();
    const worker = await world.member(owner.actor, 'key_worker');
    const body = { currentPassword: PASSWORD, newPassword: 'another good password' };
    for (const id of [worker.actor.id, randomUUID()]) {
      expect(await post(`/users/${id}/change-password`, body, owner.token)).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    }
    const path = `/users/${owner.actor.id}/change-password`;
    expect(await post(path, { ...body, currentPassword: 'wrong' }, owner.token)).toMatchObject({ status: 403, body: { code: 'PASSWORD', errors: [{ pointer: '/currentPassword' }] } });
    const headers = { 'idempotency-key': 'change' };
    expect(await post(path, body, owner.token, headers)).toMatchObject({ status: 200, body: { events: [{ type: 'UserPasswordChanged' }] } });
    expect(await post(path, body, owner.token, headers)).toMatchObject({ status: 200, headers: { 'idempotency-replayed': 'true' } });
    expect((await post('/sign-in', { email: owner.email, password: PASSWORD })).status).toBe(401);
    expect((await post('/sign-in', { email: owner.email, password: body.newPassword })).status).toBe(200);
  });

  it('shows a token for programs once, and to a repeat, and lets it do no more than it is for', async () => {
    const owner = await world.organisation();
    const path = `/users/${owner.actor.id}/issue-api-token`;
    const body = { name: 'directory', scopes: ['user_organizations:invite'], expiresAt: '2026-09-01T00:00:00Z' };
    const issued = await post(path, body, owner.token, { 'idempotency-key': 'issue' });
    expect(issued).toMatchObject({ status: 200, body: { tokenId: expect.any(String), token: expect.any(String), events: [{ type: 'ApiTokenIssued' }] } });
    expect((await post(path, body, owner.token, { 'idempotency-key': 'issue' })).body['token']).toBe(issued.body['token']);
    expect(await post(path, { ...body, name: 'other' }, owner.token, { 'idempotency-key': 'issue' })).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
    const token = String(issued.body['token']);
    const invite = (role: string) => post('/user-organizations', { email: `by-program-${randomUUID()}@spec.example`, role }, token);
    expect((await post(path, body, token)).status).toBe(403);
    expect(await invite('owner')).toMatchObject({ status: 403, body: { code: 'MEM-6' } });
    expect(await invite('key_worker')).toMatchObject({ status: 403, body: { code: 'MEM-6' } });
    expect((await post('/roles-permissions', { roleName: 'Night worker', permissions: ['users:read'] }, token)).status).toBe(403);
    const all = await post(path, { ...body, scopes: ['*:*', 'personal:*', 'special:*', 'sensitive:read'] }, owner.token);
    expect(all.status).toBe(200);
    const invited = await post('/user-organizations', { email: `by-program-${randomUUID()}@spec.example`, role: 'key_worker' }, String(all.body['token']));
    expect(invited.status).toBe(201);
  });
});
