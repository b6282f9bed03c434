import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Caller, type Json } from '../support/caller.js';
import { installation, organisation, PASSWORD, type Installation, type Organisation } from '../support/product.js';

interface Page {
  readonly items: (Json & { actor: { name: string | null }; command: string; code: string })[];
}
let at: Installation;
let ours: Organisation;
let owner: Caller;
let anyone: Caller;
let house: Json;
let houses = 0;
const property = (more: object = {}) => ({ name: `House ${++houses}`, propertyType: 'foyer', totalUnits: 3, address: { line1: '1 A Road', town: 'York', postcode: 'N1 1AA' }, ...more });

beforeAll(async () => {
  at = await installation();
  const { baseUrl } = await at.start();
  anyone = new Caller(baseUrl);
  ours = await organisation(at, baseUrl);
  ({ owner } = ours);
  house = await owner.did('/properties', property());
});
afterAll(() => at.remove());

const refused = async (code: string): Promise<Page['items']> => (await owner.get<Page>(`/audit-trail?outcome=refused&type=${code}`)).body.items;

describe('the same request again', () => {
  it('is the same whatever the order of its names, by REST and by GraphQL', async () => {
    const { name, propertyType, totalUnits, address } = property();
    const headers = { 'idempotency-key': 'any order' };
    const first = await owner.post('/properties', { name, propertyType, totalUnits, address }, headers);
    const turned = { address: Object.fromEntries(Object.entries(address).reverse()), totalUnits, propertyType, name };
    const second = await owner.post('/properties', turned, headers);
    expect([first.status, second.status, second.headers.get('idempotency-replayed')]).toEqual([201, 201, 'true']);
    const third = await owner.graphql<{ registerProperty: Json }>(
      'mutation ($input: RegisterPropertyInput!) { registerProperty(input: $input, idempotencyKey: "any order") { id replayed } }', { input: turned },
    );
    expect(third.data.registerProperty).toEqual({ id: first.body.id, replayed: true });
    const other = await owner.post('/properties', { ...turned, totalUnits: 4 }, headers);
    expect([other.status, other.body['code']]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  });

  it('is the same with null for what is left out, but where null clears', async () => {
    const repeated = async (path: string, key: string, body: object) => {
      const answer = await owner.post(path, body, { 'idempotency-key': key });
      return [answer.status, answer.headers.get('idempotency-replayed') ?? answer.body['code']];
    };
    const body = property();
    const { id } = (await owner.post('/properties', body, { 'idempotency-key': 'created' })).body;
    expect(await repeated('/properties', 'created', { ...body, ownership: null, address: { ...body.address, county: null } })).toEqual([201, 'true']);
    expect(await repeated('/properties', 'created', { ...body, ownership: 'owned' })).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    const service = { from: '2026-08-03', reason: 'Damp.' };
    await owner.did(`/properties/${id}/take-out-of-service`, service, { 'idempotency-key': 'closed' });
    expect(await repeated(`/properties/${id}/take-out-of-service`, 'closed', { ...service, expectedUntil: null })).toEqual([200, 'true']);
    await owner.did(`/properties/${id}/correct-details`, { name: 'Anew', ownership: null }, { 'idempotency-key': 'changed' });
    expect(await repeated(`/properties/${id}/correct-details`, 'changed', { ownership: null, name: 'Anew' })).toEqual([200, 'true']);
    expect(await repeated(`/properties/${id}/correct-details`, 'changed', { name: 'Anew' })).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  });
});

describe('what was refused is seen by the auditor, with who it was', () => {
  it('a stale revision', async () => {
    const answer = await owner.post(`/properties/${house.id}/correct-details`, { name: 'Stale' }, { 'if-match': '"7"' });
    expect(answer.status).toBe(412);
    expect(await refused('WRONG_REVISION')).toEqual([expect.objectContaining({ command: 'CorrectPropertyDetails', entityId: house.id, actor: expect.objectContaining({ name: 'Sam Spec' }) })]);
  });
  it('a wrong invitation and a wrong password, which no pipeline ever sees', async () => {
    const invited = await owner.did('/user-organizations', { email: 'wrong@spec.example', role: 'finance' });
    const body = { token: 'a wrong one', firstName: 'Sam', lastName: 'Spec', password: PASSWORD };
    expect((await anyone.post(`/user-organizations/${invited.id}/accept-invitation`, body)).status).toBe(422);
    expect(await refused('MEM-3')).toEqual([expect.objectContaining({ command: 'AcceptInvitation', entityId: invited.id })]);
    const { caller, userId } = await ours.member('finance');
    expect((await caller.post(`/users/${userId}/change-password`, { currentPassword: 'not this one', newPassword: 'another one entirely' })).status).toBe(403);
    expect(await refused('PASSWORD')).toEqual([expect.objectContaining({ command: 'ChangePassword', entityId: userId })]);
  });
});

describe('what acts by itself', () => {
  it('is called by its name, and found by it', async () => {
    const { body: { now } } = await owner.call<{ now: string }>('GET', '/api/v1/clock');
    const { id } = await owner.did('/user-organizations', { email: 'late@spec.example', role: 'finance' });
    await owner.call('PUT', '/api/v1/clock', { now: new Date(Date.parse(now) + 8 * 86_400_000).toISOString() });
    const { items } = (await owner.get<Page>(`/audit-trail?actorId=invitation-expiry&entityId=${id}`)).body;
    expect(items.map(({ command, actor }) => [command, actor.name])).toEqual([['ExpireInvitation', 'invitation-expiry']]);
    const history = (await owner.get<Page>(`/user-organizations/${id}/history`)).body.items;
    expect(history.map(({ actor }) => actor.name)).toEqual(['Sam Spec', 'invitation-expiry']);
  });
});

describe('GraphQL', () => {
  it('has the commands that come with a secret, and lets in who is invited', async () => {
    const invited = await owner.graphql<{ inviteUser: Json & { revealed: { invitationToken: string } } }>('mutation { inviteUser(input: { email: "graph@spec.example", role: "manager" }) { id revealed } }');
    const { id, revealed } = invited.data.inviteUser;
    const input = { token: revealed.invitationToken, firstName: 'Gray', lastName: 'Phil', password: PASSWORD };
    const accept = 'mutation ($id: ID!, $input: AcceptInvitationInput!) { acceptInvitation(id: $id, input: $input) { id events { type } } }';
    const wrong = await anyone.graphql(accept, { id, input: { ...input, token: 'wrong' } });
    expect([wrong.data, wrong.errors?.[0]?.extensions?.['code']]).toEqual([{ acceptInvitation: null }, 'MEM-3']);
    const accepted = await anyone.graphql<{ acceptInvitation: Json }>(accept, { id, input });
    expect(accepted.data.acceptInvitation).toEqual({ id, events: [{ type: 'MembershipAccepted' }] });

    const session = await anyone.post<{ token: string; user: Json }>('/sign-in', { email: 'graph@spec.example', password: PASSWORD });
    const member = anyone.as(session.body.token);
    const userId = session.body.user.id;
    const change = 'mutation ($id: ID!, $input: ChangePasswordInput!) { changePassword(id: $id, input: $input) { events { type } } }';
    const changed = await member.graphql<Json>(change, { id: userId, input: { currentPassword: PASSWORD, newPassword: 'another one entirely' } });
    expect(changed.data).toEqual({ changePassword: { events: [{ type: 'UserPasswordChanged' }] } });
    expect((await anyone.post('/sign-in', { email: 'graph@spec.example', password: PASSWORD })).status).toBe(401);
    const ofAnother = await owner.graphql(change, { id: userId, input: { currentPassword: PASSWORD, newPassword: 'not mine to change' } });
    expect(ofAnother.errors?.[0]?.extensions?.['code']).toBe('FORBIDDEN');

    const issue = 'mutation ($id: ID!, $input: IssueApiTokenInput!) { issueApiToken(id: $id, input: $input) { revealed } }';
    const issued = await member.graphql<{ issueApiToken: { revealed: { token: string } } }>(issue, { id: userId, input: { name: 'CI', scopes: ['properties:read'], expiresAt: '2026-09-01T00:00:00Z' } });
    const program = anyone.as(issued.data.issueApiToken.revealed.token);
    expect([(await program.get('/properties')).status, (await program.get('/residents')).status]).toEqual([200, 403]);
    // A program's token ends by being revoked; whoever is told 204 would think that it has ended.
    expect([(await program.post('/sign-out')).status, (await program.get('/me')).status]).toEqual([403, 200]);
  });
  it('does nothing else for who is not signed in, however it is written', async () => {
    const mutation = `acceptInvitation(id: "${house.id}", input: { token: "x", password: "12345678" }) { id }`;
    for (const query of ['{ __typename }', '', 'mutation {', `mutation { ${mutation} closePropertyPermanently(id: "${house.id}") { id } }`, `mutation { ...m } fragment m on Mutation { ${mutation} }`, `mutation { acceptInvitation: __typename }`]) {
      const answer = await anyone.call('POST', '/graphql', { query });
      expect([query, answer.status, answer.body['code']]).toEqual([query, 401, 'UNAUTHENTICATED']);
    }
  });
  it('answers for what was recorded, though something after it is refused', async () => {
    const input = property();
    const { data, errors } = await owner.graphql<{ one: Json | null; two: Json | null }>(
      'mutation ($input: RegisterPropertyInput!, $id: ID!) { one: registerProperty(input: $input) { reference } two: returnPropertyToService(id: $id) { id } }', { input, id: house.id },
    );
    expect(data).toEqual({ one: { reference: expect.stringMatching(/^PRP-\d{6}$/) }, two: null });
    expect(errors?.map(({ path, extensions }) => [path, extensions?.['code']])).toEqual([[['two'], 'STATE']]);
  });
  it('counts mutations that are hidden in a fragment', async () => {
    const many = Array.from({ length: 21 }, (_, n) => `m${n}: returnPropertyToService(id: "${house.id}") { id }`).join(' ');
    const { errors } = await owner.graphql(`mutation { ...many } fragment many on Mutation { ${many} }`);
    expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['QUERY_TOO_COSTLY']);
  });
  it('has a cursor at every edge, from which the next page goes on', async () => {
    await owner.did('/properties', property());
    await owner.did('/properties', property());
    type Answer = { properties: { edges: { cursor: string; node: Json }[]; nodes: Json[]; pageInfo: { endCursor: string; hasNextPage: boolean } } };
    const ask = 'query ($after: String) { properties(sort: ["-name"], after: $after) { edges { cursor node { id } } nodes { id } pageInfo { endCursor hasNextPage } } }';
    const { edges, nodes, pageInfo } = (await owner.graphql<Answer>(ask)).data.properties;
    expect(nodes.length).toBeGreaterThan(2);
    expect(pageInfo).toEqual({ endCursor: edges.at(-1)!.cursor, hasNextPage: false });
    for (const [index, { cursor }] of edges.entries()) {
      expect((await owner.graphql<Answer>(ask, { after: cursor })).data.properties.nodes).toEqual(nodes.slice(index + 1));
    }
  });
});

describe('what is asked for in a list', () => {
  it('comes in the form that is wanted most', async () => {
    const form = async (accept: string) => (await owner.get('/properties', { accept })).headers.get('content-type')?.split(';', 1)[0];
    expect(await form('text/csv;q=0.1, application/json')).toBe('application/json');
    expect(await form('application/json;q=0.5, application/x-ndjson')).toBe('application/x-ndjson');
    expect(await form('text/csv;q=0, */*')).toBe('application/json');
    expect(await form('text/csv')).toBe('text/csv');
  });
});

describe('every code of a problem', () => {
  const src = fileURLToPath(new URL('../../src', import.meta.url));
  const written = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'));
  const forms = [/new Refusal\('([A-Z][A-Z_]+)'/g, /new ApiError\(\d+, '([A-Z_]+)'/g, /new SignInRefused\(\d+, '([A-Z][A-Z_]+)'/g, /new BadRequest\([^;]*?, '([A-Z_]+)'[,)]/g, /readonly code = '([A-Z_]+)'/g, /status: \d+, code: '([A-Z_]+)'/g];
  const codes = new Set(written.flatMap((file) => {
    const text = readFileSync(`${src}/${file}`, 'utf8');
    return forms.flatMap((form) => [...text.matchAll(form)].map(([, code]) => code!));
  }));

  it('has the page that its `type` leads to', async () => {
    expect([...codes]).toEqual(expect.arrayContaining(['NOT_FOUND', 'STATE', 'UNKNOWN', 'QUERY_TOO_COSTLY', 'CLOCK', 'PASSWORD', 'NOT_A_MEMBER']));
    for (const code of codes) expect([code, (await anyone.call('GET', `/problems/${code}`)).status]).toEqual([code, 200]);
  });
});

describe('the document', () => {
  it('has no filter that is refused', async () => {
    const { paths } = (await anyone.call<{ paths: Record<string, { get?: { parameters: { name?: string }[] } }> }>('GET', '/api/openapi.json')).body;
    const names = paths['/api/v1/residents']!.get!.parameters.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['nhsNumber', 'nhsNumber[null]', 'status[ne]']));
    expect(names).not.toContain('nhsNumber[ne]');
  });
  it('tells of GraphQL, its own pages, and the secrets that are shown once', async () => {
    type Document = { paths: Record<string, Record<string, { security?: unknown[] }>>; components: { schemas: Record<string, { properties: object }> } };
    const { paths, components } = (await anyone.call<Document>('GET', '/api/openapi.json')).body;
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/graphql', '/api/docs', '/api/docs/{asset}']));
    expect(Object.keys(components.schemas['Acknowledgement']!.properties)).toEqual(expect.arrayContaining(['invitationToken', 'tokenId', 'token']));
  });
});
