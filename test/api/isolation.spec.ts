import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { CommandDeclaration } from '../../src/kernel/command.js';
import { Canaries } from '../privacy/canaries.js';
import { everythingShown, lists } from '../privacy/shown.js';
import { type Answer, Caller } from '../support/caller.js';
import { installation, organisation, PASSWORD, type Installation, type RunningProduct } from '../support/product.js';
import { bodyFields, pathFor, routedCommands, Speaker, tableOf } from '../support/speaker.js';
import { applicant, house, tenant, type Cast } from '../support/story.js';
import { plausible } from './hostile-values.js';

const LONG = 300_000;
const UNKNOWN = '6ba7b810-9dad-41d1-80b4-00c04fd430c8';
const AT = '2026-08-03T10:00:00Z';
/** What may differ between two answers that are the same. */
const OF_THE_MOMENT = new Set(['date', 'x-correlation-id', 'content-length', 'keep-alive', 'connection']);

/** An answer without what names the request: the id that was asked for, where, and under which correlation. */
function seen({ status, headers, text }: Answer<unknown>, id: string): object {
  const kept = [...headers].filter(([name]) => !OF_THE_MOMENT.has(name));
  return { status, headers: kept, text: text.replaceAll(id, '<id>').replaceAll(/"correlationId":"[^"]*"/g, '"correlationId":""') };
}

/** Two organisations with everything in them, in one installation. */
describe('another organisation', () => {
  let at: Installation;
  let product: RunningProduct;
  let ours: Cast;
  let theirs: Cast;
  let admin: pg.Client;
  /** Paths of lists, and ids of their rows that are the other organisation's. */
  const rows = new Map<string, string[]>();

  beforeAll(async () => {
    at = await installation();
    product = await at.start();
    const cast = async (name: string): Promise<Cast> => {
      const speaker = new Speaker(new Canaries().for);
      const made = await house(speaker, await organisation(at, product.baseUrl, name));
      await applicant(speaker, made, 'applicant');
      await tenant(speaker, made, 'tenant', true);
      return made;
    };
    ours = await cast('Our Homes');
    theirs = await cast('Their Homes');
    admin = new pg.Client({ connectionString: at.databases.adminUrl });
    await admin.connect();
    for (const { path } of await lists(theirs.organisation.owner)) rows.set(path, (await theirs.organisation.owner.rows(`${path}?limit=500`)).map(({ id }) => id));
  }, LONG);
  afterAll(async () => {
    await admin.end();
    await at.remove();
  });

  const owner = (): Caller => ours.organisation.owner;
  const theirIds = (): string[] => [...new Set([...rows.values()].flat())];
  const head = async (): Promise<number> => Number((await admin.query<{ position: string }>('select position from log.counter')).rows[0]!.position);
  const tellsNothing = async (ask: (id: string) => Promise<Answer<unknown>>, id: string, what: string): Promise<void> => {
    const [one, other] = [seen(await ask(id), id), seen(await ask(UNKNOWN), UNKNOWN)];
    expect({ what, ...one }).toEqual({ what, ...other });
  };

  it('has something to find in every list', () => {
    expect([...rows].filter(([, ids]) => ids.length === 0).map(([path]) => path)).toEqual([]);
    expect(theirIds().length).toBeGreaterThan(40);
  });

  it('is answered for as nobody is, in every row, its past and its history', async () => {
    for (const { path, history } of await lists(owner())) {
      for (const id of rows.get(path)!.slice(0, 2)) {
        for (const more of ['', `?at=${AT}`, ...(history ? ['/history', `/history?limit=1`] : [])]) {
          await tellsNothing((asked) => owner().get(`${path}/${asked}${more}`), id, `GET ${path}${more}`);
        }
      }
    }
  }, LONG);

  it('is in no list, whatever it is filtered by', async () => {
    for (const { path } of await lists(owner())) {
      const [row] = await owner().rows(`${path}?limit=1`);
      const references = Object.keys(row ?? {}).filter((name) => name === 'id' || name.endsWith('Id'));
      for (const name of references) {
        const values = (await theirs.organisation.owner.rows(`${path}?limit=500`)).flatMap((one) => (typeof one[name] === 'string' && theirIds().includes(one[name]) ? [one[name]] : []));
        for (const id of [...new Set(values)].slice(0, 2)) await tellsNothing((asked) => owner().get(`${path}?${name}=${asked}`), id, `GET ${path}?${name}=`);
      }
    }
    for (const id of theirIds().slice(0, 12)) {
      await tellsNothing((asked) => owner().get(`/audit-trail?entityId=${asked}`), id, 'audit trail of an entity');
      await tellsNothing((asked) => owner().get(`/audit-trail?actorId=${asked}`), id, 'audit trail of an actor');
    }
  }, LONG);

  it('is in nothing at all that we are shown: lists, exports, histories, the trail, changes, GraphQL', async () => {
    const shown = await everythingShown(owner(), [AT]);
    const ids = theirIds();
    const leaks = shown.flatMap(({ where, text }) => ids.filter((id) => text.includes(id)).map((id) => `${where}: ${id}`));
    expect(leaks).toEqual([]);
  }, LONG);

  const bodyOf = (command: CommandDeclaration, given: Record<string, string> = {}): string =>
    `{${bodyFields(command).filter(({ optional, name }) => !optional || name in given).map((field) => {
      const known = field.kind === 'ref' && ours.ids[field.table!] ? JSON.stringify(ours.ids[field.table!]) : plausible(field);
      return `"${field.name}":${field.name in given ? JSON.stringify(given[field.name]) : known}`;
    }).join(',')}}`;
  const callerOf = ({ name }: CommandDeclaration): Caller => (name === 'EraseResident' ? ours.dpo : owner());
  const asked = routedCommands.filter(({ options }) => !options.anonymous && !options.platformActor && !options.self);

  it('takes no command of ours, and answers as nobody does', async () => {
    const before = await head();
    for (const command of asked.filter(({ options }) => !options.creates)) {
      const id = theirs.ids[tableOf(command.name)] ?? rows.get(`/${tableOf(command.name).replaceAll('_', '-')}`)?.[0];
      if (id === undefined) throw new Error(`There is nothing to ask ${command.name} of.`);
      await tellsNothing((target) => callerOf(command).post(pathFor(command.name, target), bodyOf(command)), id, command.name);
      await tellsNothing((target) => callerOf(command).post(pathFor(command.name, target), bodyOf(command), { 'if-match': '"0"' }), id, `${command.name} with If-Match`);
    }
    expect(await head()).toBe(before);
  }, LONG);

  it('is nothing that a command of ours may refer to', async () => {
    const before = await head();
    let references = 0;
    for (const command of asked) {
      for (const field of bodyFields(command)) {
        const id = field.kind === 'ref' ? (theirs.ids[field.table!] ?? rows.get(`/${field.table!.replaceAll('_', '-')}`)?.[0]) : undefined;
        if (id === undefined) continue;
        references += 1;
        const own = ours.ids[tableOf(command.name)] ?? UNKNOWN;
        const path = command.options.creates ? pathFor(command.name) : pathFor(command.name, own);
        await tellsNothing((referred) => callerOf(command).post(path, bodyOf(command, { [field.name]: referred })), id, `${command.name}.${field.name}`);
      }
    }
    expect(references).toBeGreaterThan(10);
    expect(await head()).toBe(before);
  }, LONG);

  it('has its own idempotency keys and gets nothing by our cursors', async () => {
    const key = randomUUID();
    const body = { firstName: 'Sam', lastName: 'Alike', dateOfBirth: '2005-05-05' };
    const one = await owner().post('/residents', body, { 'idempotency-key': key });
    const other = await theirs.organisation.owner.post('/residents', body, { 'idempotency-key': key });
    expect([one.status, other.status]).toEqual([201, 201]);
    expect(other.body.id).not.toBe(one.body.id);
    expect(other.headers.get('idempotency-replayed')).toBeNull();
    const page = await theirs.organisation.owner.get<{ nextCursor: string }>('/residents?limit=1&sort=lastName');
    const next = await owner().get(`/residents?limit=500&sort=lastName&cursor=${encodeURIComponent(page.body.nextCursor)}`);
    expect(theirIds().filter((id) => next.text.includes(id))).toEqual([]);
  });

  it('answers GraphQL as nobody does', async () => {
    const fields: Record<string, string> = { resident: 'residents', property: 'properties', incident: 'incidents', placement: 'placements', rentAccount: 'rent-accounts' };
    for (const [query, path] of Object.entries(fields)) {
      const id = rows.get(`/${path}`)![0]!;
      const ask = (asked: string) => owner().call('POST', '/graphql', { query: `query ($id: ID!) { ${query}(id: $id) { id } }`, variables: { id: asked } });
      await tellsNothing(ask, id, query);
    }
    const id = rows.get('/residents')![0]!;
    await tellsNothing((asked) => owner().call('POST', '/graphql', { query: `mutation { markAtRisk(id: "${asked}", input: { reason: "Has not been seen." }) { id } }` }), id, 'markAtRisk');
  });

  it('is not seen by somebody who works for both, while they are signed in here', async () => {
    const email = `both-${process.pid}@spec.example`;
    const join = async ({ organisation: { owner: by } }: Cast): Promise<void> => {
      const invited = await by.did('/user-organizations', { email, role: 'manager' });
      const accepted = await new Caller(product.baseUrl).post(`/user-organizations/${invited.id}/accept-invitation`, { token: invited['invitationToken'], firstName: 'Bo', lastName: 'Both', password: PASSWORD });
      expect(accepted.status).toBeLessThan(300);
    };
    await join(ours);
    await join(theirs);
    const session = async (organizationId: string): Promise<Caller> => {
      const { body } = await new Caller(product.baseUrl).post<{ token: string }>('/sign-in', { email, password: PASSWORD, organizationId });
      return new Caller(product.baseUrl, body.token);
    };
    const [here, there] = [await session(ours.organisation.id), await session(theirs.organisation.id)];
    const [mine, other] = [rows.get('/residents')![0]!, (await owner().rows('/residents?limit=1'))[0]!.id];
    expect((await there.get(`/residents/${mine}`)).status).toBe(200);
    expect((await here.get(`/residents/${other}`)).status).toBe(200);
    await tellsNothing((asked) => here.get(`/residents/${asked}`), mine, 'the other organisation’s resident');
    await tellsNothing((asked) => there.get(`/residents/${asked}`), other, 'our resident');
    for (const name of ['x-organization-id', 'x-tenant-id', 'organization']) expect((await here.get(`/residents/${mine}`, { [name]: theirs.organisation.id })).status).toBe(404);
  });

  it('is kept apart by the database itself: forced on every table, for roles that own nothing and pass nothing', async () => {
    const open = await admin.query<{ name: string }>(
      `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and n.nspname = 'read' and not (c.relrowsecurity and c.relforcerowsecurity)
          and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'organization_id')`);
    expect(open.rows).toEqual([]);
    const views = await admin.query<{ name: string }>(
      `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind = 'v' and n.nspname = 'read' and not coalesce('security_invoker=true' = any (c.reloptions), false)`);
    expect(views.rows).toEqual([]);
    const roles = await admin.query<{ rolname: string }>(
      `select rolname from pg_roles r where rolname in ('yuthub_app', 'yuthub_projector') and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb
          or exists (select from pg_class c where c.relowner = r.oid))`);
    expect(roles.rows).toEqual([]);
    const app = new pg.Client({ connectionString: at.databases.urls.app });
    await app.connect();
    try {
      const tables = await admin.query<{ name: string }>(`select c.relname as name from pg_class c where c.relnamespace = 'read'::regnamespace and c.relkind in ('r', 'v')
        and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'organization_id') and has_table_privilege('yuthub_app', c.oid, 'select')`);
      expect(tables.rows.length).toBeGreaterThan(10);
      const count = async (name: string): Promise<number> => Number((await app.query<{ n: string }>(`select count(*) as n from read.${pg.escapeIdentifier(name)}`)).rows[0]!.n);
      for (const { name } of tables.rows) expect({ name, rows: await count(name) }).toEqual({ name, rows: 0 });
    } finally {
      await app.end();
    }
  });
});
