import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { testDatabases, type TestDatabases } from '../../test/support/databases.js';
import { uuidOf } from '../../src/kernel/values.js';
import { residentsView } from './residents-view.js';

const [organizationId, roomId] = [uuidOf('organisation'), uuidOf('room')];
const tables = `
  create temp table residents (id uuid, organization_id uuid, date_of_birth date, room_id uuid, move_in_date date, move_out_date date, ever_looked_after boolean,
    key_worker_id uuid, merged_into uuid, status text, died_on date, application_ended_on date);
  create temp table property_rooms (id uuid, organization_id uuid, room_number text);
  create temp table users (id uuid, first_name text, last_name text);
  create temp table support_plans (organization_id uuid, resident_id uuid, status text, review_date date);
  create temp table risk_assessments (organization_id uuid, resident_id uuid, status text, review_date date);
  create temp table consents (organization_id uuid, resident_id uuid, purpose text, given_on date, withdrawn_on date, replaced_on date, expires_on date, given_by text, has_capacity boolean);
  create temp table rent_accounts (id uuid, organization_id uuid, resident_id uuid, balance_pence bigint, collectable_pence bigint);`;

describe('the view of residents', () => {
  let databases: TestDatabases;
  let client: pg.Client;
  beforeAll(async () => {
    databases = await testDatabases();
    client = new pg.Client(databases.adminUrl);
    await client.connect();
    await client.query(tables);
    await client.query("insert into property_rooms values ($1, $2, 'R04')", [roomId, organizationId]);
  });
  afterAll(async () => {
    await client.end();
    await databases.drop();
  });

  const shown = async (today: string, resident: { born?: string; from?: string; to?: string; lookedAfter?: boolean }, balances: number[] = [], anticipated = 0) => {
    const id = uuidOf(today, JSON.stringify(resident));
    await client.query("insert into app.clock (instant, active) values ($1, true) on conflict (single) do update set instant = excluded.instant", [`${today}T12:00:00Z`]);
    const { born, from, to, lookedAfter } = resident;
    await client.query('insert into residents values ($1, $2, $3, $4, $5, $6, $7)', [id, organizationId, born, from ? roomId : null, from, to, lookedAfter ?? false]);
    for (const [index, balance] of balances.entries()) {
      await client.query('insert into rent_accounts values ($1, $2, $3, $4, greatest(0, $4 - $5::bigint))', [uuidOf(id, index), organizationId, id, balance, anticipated]);
    }
    const columns = residentsView.columns.map(({ name, type }) => (type === 'date' ? `${name}::text` : name)).join(', ');
    const { rows } = await client.query(`select ${columns} from (${residentsView.select.replaceAll(/\{(\w+)\}/g, 'pg_temp.$1')}) v where id = $1`, [id]);
    return rows[0] as Record<string, unknown>;
  };

  it('tells an age as the civil date tells it', async () => {
    expect(await shown('2026-09-02', { born: '2008-09-02' })).toMatchObject({ age: 18, is_minor: false });
    expect(await shown('2026-09-01', { born: '2008-09-02' })).toMatchObject({ age: 17, is_minor: true });
    expect(await shown('2026-02-28', { born: '2008-02-29' })).toMatchObject({ age: 17 });
    expect(await shown('2026-03-01', { born: '2008-02-29' })).toMatchObject({ age: 18 });
    expect(await shown('2026-03-01', {})).toMatchObject({ age: null, is_minor: null });
  });

  it('tells who is responsible, what is due, what holds today, and which further records there are', async () => {
    const id = uuidOf('2026-09-04', JSON.stringify({ born: '2009-01-01' }));
    const [kofi, twin] = [uuidOf('kofi'), uuidOf('twin')];
    await client.query(`insert into users values ($1, 'Kofi', 'Mensah')`, [kofi]);
    for (const table of ['support_plans', 'risk_assessments']) {
      for (const [status, review] of [['active', '2026-10-01'], ['completed', '2026-09-10']]) await client.query(`insert into ${table} values ($1, $2, $3, $4)`, [organizationId, id, status, review]);
    }
    const consent = (purpose: string, ...ends: (string | boolean | null)[]) =>
      client.query('insert into consents values ($1, $2, $3, $4, $5, $6, $7, $8, $9)', [organizationId, id, purpose, '2026-08-01', ...ends, ...[null, null].slice(Math.max(0, ends.length - 3))]);
    await consent('contact', null, null, '2026-09-05');
    await consent('photography', null, null, '2026-09-04');
    await consent('research', '2026-09-01', null, null);
    await consent('surveys', null, '2026-09-01', null);
    await consent('publicity', null, null, null, 'parent', null);
    await consent('health_information', null, null, null, 'parent', false);
    await client.query('insert into residents (id, organization_id, merged_into) values ($1, $2, $3)', [twin, organizationId, id]);
    const before = await shown('2026-09-04', { born: '2009-01-01' });
    expect(before).toMatchObject({
      safeguarding_regime: 'children', key_worker_name: null, next_support_review: '2026-10-01', next_risk_review: '2026-10-01',
      live_consents: { contact: '2026-08-01', health_information: '2026-08-01' }, merged_records: [twin],
    });
    await client.query('update residents set key_worker_id = $1 where id = $2', [kofi, id]);
    const { rows } = await client.query(`select key_worker_name from (${residentsView.select.replaceAll(/\{(\w+)\}/g, 'pg_temp.$1')}) v where id = $1`, [id]);
    expect(rows).toEqual([{ key_worker_name: 'Kofi Mensah' }]);
    expect(await shown('2026-09-04', {})).toMatchObject({ safeguarding_regime: null, next_support_review: null, live_consents: {}, merged_records: [] });
  });

  it('counts the nights to today or to the day of leaving', async () => {
    expect(await shown('2026-09-05', { from: '2026-09-02' })).toMatchObject({ days_resident: 3, unit_number: 'R04', retention_code: null });
    expect(await shown('2027-02-01', { from: '2026-09-02', to: '2027-01-14' })).toMatchObject({ days_resident: 134 });
    expect(await shown('2027-02-02', {})).toMatchObject({ days_resident: null, unit_number: null });
  });

  it('says until when the record is kept', async () => {
    const stay = { born: '2006-05-02', from: '2026-09-02', to: '2027-01-14' };
    expect(await shown('2027-02-01', stay)).toMatchObject({ retention_code: 'R-TEN', retain_until: '2033-01-14' });
    expect(await shown('2027-02-01', { ...stay, lookedAfter: true })).toMatchObject({ retention_code: 'R-CH75', retain_until: '2081-05-02' });
  });

  it('says of a child who died, and of an application that came to nothing, until when the record is kept', async () => {
    const kept = async (columns: Record<string, unknown>): Promise<unknown> => {
      const all: Record<string, unknown> = { id: uuidOf(JSON.stringify(columns)), organization_id: organizationId, ever_looked_after: true, ...columns };
      const names = Object.keys(all);
      await client.query(`insert into residents (${names.join(', ')}) values (${names.map((_, index) => `$${index + 1}`).join(', ')})`, Object.values(all));
      const { rows } = await client.query(`select retention_code, retain_until::text from (${residentsView.select.replaceAll(/\{(\w+)\}/g, 'pg_temp.$1')}) v where id = $1`, [all['id']]);
      return Object.values(rows[0] as object);
    };
    const born = { date_of_birth: '2008-02-29', move_in_date: '2024-09-02' };
    expect(await kept({ ...born, move_out_date: '2026-02-28', died_on: '2026-02-28' })).toEqual(['R-CH75', '2041-02-28']);
    expect(await kept({ ...born, move_out_date: '2026-03-01', died_on: '2026-03-01' })).toEqual(['R-CH75', '2083-02-28']);
    expect(await kept({ status: 'declined', application_ended_on: '2028-02-29' })).toEqual(['R-APP', '2029-02-28']);
    expect(await kept({ status: 'withdrawn', application_ended_on: '2026-08-31' })).toEqual(['R-APP', '2027-08-31']);
    expect(await kept({ status: 'applicant' })).toEqual([null, null]);
  });

  it('adds up what is owed on all accounts, and what of it Housing Benefit does not pay', async () => {
    expect(await shown('2026-10-01', { from: '2026-09-03' }, [19_161, -500], 17_625)).toMatchObject({ rent_balance_pence: '18661', rent_balance: '186.61', collectable_arrears_pence: '1536' });
    expect(await shown('2026-10-02', { from: '2026-09-03' }, [-700])).toMatchObject({ rent_balance_pence: '-700', collectable_arrears_pence: '0' });
    expect(await shown('2026-10-03', { from: '2026-09-03' })).toMatchObject({ rent_balance_pence: null, collectable_arrears_pence: null });
  });

  it('says where somebody is on the way', async () => {
    const stage = async (status: string, today: string): Promise<unknown> => {
      const id = uuidOf('stage', status, today);
      await client.query("insert into app.clock (instant, active) values ($1, true) on conflict (single) do update set instant = excluded.instant", [`${today}T12:00:00Z`]);
      await client.query("insert into residents (id, organization_id, move_in_date, status) values ($1, $2, '2026-09-04', $3)", [id, organizationId, status]);
      const { rows } = await client.query(`select stage from (${residentsView.select.replaceAll(/\{(\w+)\}/g, 'pg_temp.$1')}) v where id = $1`, [id]);
      return (rows[0] as { stage: unknown }).stage;
    };
    expect(await stage('active', '2026-10-01')).toBe('settling_in');
    expect(await stage('at_risk', '2026-10-02')).toBe('living_here');
    expect([await stage('applicant', '2026-08-01'), await stage('offered', '2026-08-01'), await stage('moved_out', '2027-01-14')]).toEqual(['applied', 'offered', 'moved_on']);
  });
});
