import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { reportingUserCommand } from '../../src/reporting/command-line.js';
import { ReportingUsers, type NewReportingUser } from '../../src/reporting/reporting-users.js';
import type { ProjectionEngine } from '../../projections/engine/engine.js';
import { ELSEWHERE, guest, idOf, ORGANISATION, projectionWorld, visitors, type ProjectionWorld } from './projection-world.js';

let world: ProjectionWorld;
let engine: ProjectionEngine;
let users: ReportingUsers;
let ours: NewReportingUser;
let theirs: NewReportingUser;
let sam: string;
let stranger: string;

beforeAll(async () => {
  world = await projectionWorld();
  engine = world.engine();
  await engine.start();
  // The world has no organisations of its own: the product's table is what is asked.
  await world.admin.query(`create table read.organizations (id uuid primary key); alter table read.organizations owner to yuthub_owner`);
  await world.admin.query('insert into read.organizations values ($1), ($2)', [ORGANISATION, ELSEWHERE]);
  [sam, stranger] = [guest(), guest()];
  await world.arrive(sam, { floor: 3, mood: 'upset', address: { line1: 'Canary Row' } });
  await world.arrive(stranger, { floor: 9 }, ELSEWHERE);
  await world.visit(idOf(sam), 'canary note');
  await world.reached();
  users = new ReportingUsers(world.databases.adminUrl);
  ours = await users.create(ORGANISATION, 'monthly figures');
  theirs = await users.create(ELSEWHERE, 'theirs');
});
afterAll(async () => {
  for (const { login } of await users.list()) await users.remove(login);
  await world.remove();
});

async function as<T>({ connectionString }: NewReportingUser, work: (query: (text: string) => Promise<Record<string, unknown>[]>) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(async (text) => (await client.query<Record<string, unknown>>(text)).rows);
  } finally {
    await client.end();
  }
}

describe('a reporting login', () => {
  it('sees the rows of its organisation, and personal values as null', async () => {
    const rows = await as(ours, (query) => query('select * from guests'));
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ id: idOf(sam), organization_id: ORGANISATION, floor: '3', visits: 1, status: 'home', name: null, date_of_birth: null, nhs_number: null, nhs_number_index: null, address: null });
    expect(JSON.stringify(await as(ours, (query) => query('select * from reporting.guest_visits')))).not.toMatch(/canary/i);
    expect(await as(theirs, (query) => query('select id from reporting.guests'))).toEqual([{ id: idOf(stranger) }]);
  });

  it.each([
    'select * from read.guests', 'select * from read.guests__1', 'select * from log.events', 'select * from app.reporting_logins', 'select * from app.access_log',
    'select * from read.erased_keys', 'select read.last_sign_in(gen_random_uuid())', 'select read.member_ids()', 'select log.append_batch(null, null, null, null, null, null, null, null)',
    'set role yuthub_app', 'set role yuthub_owner', 'set role yuthub_projector', 'set role yuthub_reporting', 'set session authorization yuthub_app',
    'create temp table mine (id int)', 'create table reporting.mine (id int)', 'create table public.mine (id int)', `select reporting.create_view('mine', 'select 1')`,
    `select reporting.drop_views('{guests}')`, `insert into reporting.visits (id, organization_id) values (gen_random_uuid(), gen_random_uuid())`, 'delete from reporting.visits', 'update reporting.visits set guest_id = null',
    `select pg_read_file('/etc/passwd')`, `copy (select 1) to program 'id'`, `alter role yuthub_reporters login`, 'create role mine',
  ])('may not: %s', async (statement) => {
    await as(ours, async (query) => {
      await query('set default_transaction_read_only = off');
      await expect(query(statement)).rejects.toThrow(/permission denied|must be|not allowed|does not exist|only roles|cannot (insert into|update|delete from) view/i);
    });
  });

  it('stays with its organisation whatever it sets, and whichever role it takes on', async () => {
    await as(ours, async (query) => {
      for (const statement of [`select set_config('yuthub.organization', '${ELSEWHERE}', false)`, 'set role yuthub_reporters', `set yuthub.organization = '${ELSEWHERE}'`, 'set row_security = off', 'reset row_security', `set search_path = pg_temp, reporting`]) {
        await query(statement);
        if (statement === 'set row_security = off') await expect(query('select id from reporting.guests')).rejects.toThrow(/row-level security/);
        else expect(await query('select id from reporting.guests')).toEqual([{ id: idOf(sam) }]);
      }
      await query('reset role');
      expect(await query('select reporting.organization()')).toEqual([{ organization: ORGANISATION }]);
    });
  });

  it('cannot reach the keys', async () => {
    const elsewhere = new URL(ours.connectionString);
    elsewhere.pathname = new URL(world.databases.urls.keyring).pathname;
    await expect(as({ ...ours, connectionString: elsewhere.href }, (query) => query('select 1'))).rejects.toThrow(/permission denied for database/);
  });

  it('is kept from holding up others', async () => {
    const settings = await as(ours, (query) => query(`select current_setting('statement_timeout') as statement, current_setting('idle_in_transaction_session_timeout') as idle, current_setting('default_transaction_read_only') as only`));
    expect(settings).toEqual([{ statement: '1min', idle: '1min', only: 'on' }]);
    const { rows } = await world.admin.query('select rolconnlimit, rolsuper, rolbypassrls, rolcreaterole from pg_roles where rolname = $1', [ours.login]);
    expect(rows).toEqual([{ rolconnlimit: 5, rolsuper: false, rolbypassrls: false, rolcreaterole: false }]);
  });

  it('goes on through rebuilds, going back and a changed definition', async () => {
    await as(ours, async (query) => {
      await engine.rebuild('all');
      expect(await query('select id, visits from guests')).toEqual([{ id: idOf(sam), visits: 1 }]);
      await engine.rollback('all');
      expect(await query('select id, visits from guests')).toEqual([{ id: idOf(sam), visits: 1 }]);
      const [table] = visitors.tables;
      const columns = [...table!.columns, { name: 'told', type: 'text', nullable: true, doc: 'More', privacy: 2 as const }];
      const next = world.engine({ handWritten: [{ ...visitors, version: 2, tables: [{ ...table!, columns }] }] });
      await next.start();
      await next.settled();
      expect(await query('select visits, told, last_note from guest_visits')).toEqual([{ visits: 1, told: null, last_note: null }]);
      await next.stop();
    });
  });

  it('is listed, and gone at once when it is removed', async () => {
    const lines: string[] = [];
    const run = (...argv: string[]): Promise<number> => reportingUserCommand(argv, { users, print: (text) => void lines.push(text) });
    expect(await run('create', '--organization', ORGANISATION, '--name', 'short-lived', '--json')).toBe(0);
    const made = JSON.parse(lines.pop()!) as NewReportingUser;
    expect(await run('list', '--organization', ORGANISATION)).toBe(0);
    expect(lines.pop()).toMatch(/monthly figures[^]*short-lived/);
    await as(made, async (query) => {
      expect(await query('select count(*)::int as all from guests')).toEqual([{ all: 1 }]);
      expect(await run('remove', '--login', made.login)).toBe(0);
      await expect(query('select 1')).rejects.toThrow();
    });
    await expect(as(made, (query) => query('select 1'))).rejects.toThrow(/authentication failed|does not exist/);
    expect(await run('remove', '--login', made.login)).toBe(1);
    expect(await run('remove', '--login', 'yuthub_app')).toBe(1);
    expect(await run('create', '--organization', randomUUID())).toBe(1);
    expect(lines.pop()).toMatch(/^There is no organisation /);
    expect(await run('create', '--organization', 'nonsense')).toBe(1);
    for (const argv of [[], ['create'], ['remove'], ['explode'], ['list', '--what']]) expect(await run(...argv)).toBe(2);
  });
});
