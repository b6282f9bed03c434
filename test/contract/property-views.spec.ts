import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { projectionsOf } from '../../projections/engine/derived-tables.js';
import { publicTables, remakeViews } from '../../projections/engine/public-views.js';
import { createVersion, type VersionRow } from '../../projections/engine/versions.js';
import { occupancy } from '../../projections/property/occupancy.js';
import { propertyViews } from '../../projections/property/views.js';
import { Property } from '../../src/domain/property/property/property.js';
import { Room } from '../../src/domain/property/room/room.js';
import { Catalogue } from '../../src/kernel/catalogue.js';
import { uuidOf } from '../../src/kernel/values.js';
import { testDatabases, type TestDatabases } from '../support/databases.js';

pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);
const organization = uuidOf('organisation');
const house = uuidOf('house');
type Values = Record<string, unknown>;

describe('properties and rooms as of today', () => {
  let databases: TestDatabases;
  let client: pg.Client;
  const versions = new Map<string, number>();

  beforeAll(async () => {
    databases = await testDatabases();
    client = new pg.Client({ connectionString: databases.adminUrl });
    await client.connect();
    const projections = projectionsOf(new Catalogue([Property, Room]), [occupancy]);
    const live: VersionRow[] = [];
    for (const projection of projections) live.push(await createVersion(client, projection, 'live'));
    for (const { projection, version } of live) versions.set(projection, version);
    await remakeViews(client, publicTables(projections, propertyViews), projections, live);
    await client.query(`insert into app.clock (instant, active) values ('2026-09-02T08:00:00Z', true)`);
  });
  afterAll(async () => {
    await client.end();
    await databases.drop();
  });

  beforeEach(async () => {
    await client.query('begin');
  });
  const end = async (): Promise<void> => void (await client.query('rollback'));

  async function insert(table: string, values: Values): Promise<void> {
    const version = versions.get(table) ?? versions.get({ room_occupancies: 'occupancy', compliance_certificates: 'properties' }[table] ?? 'property_rooms');
    const row: Values = { organization_id: organization, ...values };
    const names = Object.keys(row);
    await client.query(
      `insert into read.${table}__${version} (${names.join(', ')}) values (${names.map((_, index) => `$${index + 1}`).join(', ')})`,
      Object.values(row),
    );
  }
  let children = 0;
  const child = (table: string, values: Values) => insert(table, { id: uuidOf('child', ++children), ordinal: children, ...values });
  const property = (values: Values = {}) =>
    insert('properties', { id: house, name: 'House', status: 'active', total_units: 4, line1: '1 Mare Street', town: 'London', postcode: 'E8 3RH', ...values });
  const room = (name: string, capacity = 1, values: Values = {}) =>
    insert('property_rooms', { id: uuidOf(name), property_id: house, room_number: name, capacity, available_from: '2026-08-01', ...values });
  const stay = (who: string, where: string, from: string, to: string | null = null) =>
    insert('room_occupancies', {
      id: uuidOf(who, from), room_id: uuidOf(where), property_id: house, placement_id: uuidOf('placement', who), resident_id: uuidOf(who), from_date: from, to_date: to,
    });
  const closed = (where: string, from: string, returned: string | null = null) => child('room_closures', { room_id: uuidOf(where), from_date: from, returned_on: returned });
  const reserved = (where: string, who: string, from: string, outcome: string | null = null) =>
    child('room_reservations', { room_id: uuidOf(where), resident_id: uuidOf(who), from_date: from, expires_at: '2026-09-09T08:00:00Z', outcome });
  const shown = async (table: string, id: string): Promise<Values> =>
    (await client.query<Values>(`select * from read.${table} where id = $1`, [id])).rows[0]!;
  const roomNow = (name: string) => shown('property_rooms', uuidOf(name));

  it('tells of a room who is in it, who is coming and since when it is empty', async () => {
    await property();
    for (const name of ['R1', 'R2', 'R3', 'R4', 'R5', 'R6']) await room(name);
    await stay('sam', 'R1', '2026-09-02');
    await stay('old', 'R2', '2026-08-10', '2026-08-18');
    await stay('leaving', 'R3', '2026-08-10', '2026-09-02');
    await stay('coming', 'R3', '2026-09-05');
    await reserved('R4', 'kim', '2026-09-02');
    await reserved('R5', 'lee', '2026-09-10');
    await reserved('R6', 'ann', '2026-09-01', 'expired');
    expect(await roomNow('R1')).toMatchObject({ status: 'occupied', current_occupancy: 1, occupants: [uuidOf('sam')], void_since: null, void_days: null, last_let_on: '2026-09-02' });
    expect(await roomNow('R2')).toMatchObject({ status: 'available', current_occupancy: 0, occupants: [], void_since: '2026-08-18', void_days: 15, last_let_on: '2026-08-10' });
    expect(await roomNow('R3')).toMatchObject({ status: 'available', current_occupancy: 0, void_since: '2026-09-02', void_days: 0 });
    expect(await roomNow('R4')).toMatchObject({ status: 'reserved', reserved_for: uuidOf('kim'), reserved_until: new Date('2026-09-09T08:00:00Z'), void_since: '2026-08-01', void_days: 32 });
    expect(await roomNow('R5')).toMatchObject({ status: 'available', reserved_for: uuidOf('lee') });
    expect(await roomNow('R6')).toMatchObject({ status: 'available', reserved_for: null, reserved_until: null });
    await end();
  });

  it('has a bed free in a shared room until the last one is taken or reserved', async () => {
    await property();
    await room('R1', 2);
    await stay('sam', 'R1', '2026-09-01');
    expect(await roomNow('R1')).toMatchObject({ status: 'available', current_occupancy: 1, void_since: null });
    await reserved('R1', 'sam', '2026-09-01');
    expect((await roomNow('R1'))['status']).toBe('available');
    await reserved('R1', 'kim', '2026-09-01');
    expect((await roomNow('R1'))['status']).toBe('reserved');
    await stay('kim', 'R1', '2026-09-01');
    expect(await roomNow('R1')).toMatchObject({ status: 'occupied', current_occupancy: 2 });
    await end();
  });

  it('is out of service on its nights, and with its whole property', async () => {
    await property();
    for (const name of ['R1', 'R2', 'R3', 'R4']) await room(name);
    await closed('R1', '2026-09-01');
    await closed('R2', '2026-08-01', '2026-09-02');
    await closed('R3', '2026-09-03');
    await client.query(`update read.property_rooms__${versions.get('property_rooms')} set retired_on = '2026-09-02' where id = $1`, [uuidOf('R4')]);
    expect((await Promise.all(['R1', 'R2', 'R3', 'R4'].map(roomNow))).map(({ status }) => status)).toEqual(['maintenance', 'available', 'available', 'retired']);
    expect(await shown('properties', house)).toMatchObject({ available_units: 3, void_units: 3, occupancy_rate: '0.00' });
    await client.query(`update read.properties__${versions.get('properties')} set status = 'maintenance'`);
    expect((await roomNow('R2'))['status']).toBe('maintenance');
    expect(await shown('properties', house)).toMatchObject({ available_units: 0, void_units: 3, occupancy_rate: '0.00' });
    await end();
  });

  it('is empty no longer once its property is closed for good, and no bed of that is void', async () => {
    await property();
    await room('R1');
    expect(await shown('properties', house)).toMatchObject({ void_units: 1 });
    await client.query(`update read.properties__${versions.get('properties')} set status = 'inactive'`);
    expect(await roomNow('R1')).toMatchObject({ status: 'retired', void_since: null, void_days: null });
    expect(await shown('properties', house)).toMatchObject({ available_units: 0, void_units: 0, occupancy_rate: '0.00' });
    await end();
  });

  it('costs what the charges of the day say', async () => {
    await property();
    await room('R1');
    const charge = (from: string, core: number) => child('room_charges', {
      room_id: uuidOf('R1'), from_date: from, weekly_core_pence: core, weekly_eligible_service_pence: 6_435, weekly_ineligible_service_pence: 2_150, weekly_support_pence: 0,
    });
    expect(await roomNow('R1')).toMatchObject({ weekly_total_pence: null, monthly_rent: null });
    await charge('2026-08-01', 18_240);
    await charge('2027-04-05', 19_500);
    expect(await roomNow('R1')).toMatchObject({ weekly_total_pence: '26825', weekly_total: '268.25', weekly_eligible_sc: '64.35', monthly_rent_pence: '116242', monthly_rent: '1162.42' });
    await end();
  });

  it('counts the beds of a property', async () => {
    await property();
    await room('R1', 2);
    await room('R2');
    await room('R3');
    await stay('sam', 'R1', '2026-09-01');
    await stay('gone', 'R2', '2026-08-01', '2026-09-02');
    await stay('never', 'R2', '2026-09-02', '2026-09-02');
    expect(await shown('properties', house)).toMatchObject({ occupied_units: 1, available_units: 3, occupancy_rate: '25.00', void_units: 3, address: '1 Mare Street, London, E8 3RH', compliance_status: null });
    await closed('R3', '2026-09-01');
    expect(await shown('properties', house)).toMatchObject({ occupied_units: 1, available_units: 2, occupancy_rate: '33.33', void_units: 3 });
    await end();
  });

  it('takes the certificate of each kind that was issued last', async () => {
    await property({ confidential_location: true });
    const certificate = (kind: string, issued: string, expires: string | null, outcome = 'satisfactory') =>
      child('compliance_certificates', { property_id: house, kind, issued_on: issued, expires_on: expires, outcome });
    const compliance = async () => (await shown('properties', house))['compliance_status'];
    await certificate('gas_safety', '2025-08-01', '2026-08-01');
    expect(await compliance()).toBe('overdue');
    await certificate('gas_safety', '2026-08-01', '2027-08-01');
    await certificate('asbestos', '2020-01-01', null);
    expect(await shown('properties', house)).toMatchObject({ compliance_status: 'compliant', next_gas_due: '2027-08-01', next_eicr_due: null, address: 'Confidential address' });
    await certificate('fra', '2025-10-02', '2026-10-02');
    expect(await compliance()).toBe('due_30');
    await certificate('eicr', '2026-07-01', '2031-07-01', 'unsatisfactory');
    expect(await shown('properties', house)).toMatchObject({ compliance_status: 'overdue', next_eicr_due: '2031-07-01', next_fra_due: '2026-10-02' });
    await end();
  });

  it('shows nothing of another organisation', async () => {
    await property();
    await client.query(`set local role yuthub_app`);
    expect(await shown('properties', house)).toBeUndefined();
    await client.query(`select set_config('yuthub.organization', $1, true)`, [organization]);
    expect(await shown('properties', house)).toMatchObject({ name: 'House' });
    await end();
  });
});
