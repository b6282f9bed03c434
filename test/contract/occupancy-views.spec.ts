import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import pg from 'pg';
import { projectionsOf } from '../../projections/engine/derived-tables.js';
import { publicTables, remakeViews } from '../../projections/engine/public-views.js';
import { createVersion, type VersionRow } from '../../projections/engine/versions.js';
import { occupancy } from '../../projections/property/occupancy.js';
import { occupancyViews } from '../../projections/property/occupancy-views.js';
import { voids } from '../../projections/property/voids-view.js';
import { Property } from '../../src/domain/property/property/property.js';
import { Room } from '../../src/domain/property/room/room.js';
import { Placement } from '../../src/domain/tenancy/placement/placement.js';
import '../../src/domain/tenancy/placement/plan.js';
import { Catalogue } from '../../src/kernel/catalogue.js';
import { daysBetween, isUuid, plusDays, roundHalfUp, uuidOf } from '../../src/kernel/values.js';
import { testDatabases, type TestDatabases } from '../support/databases.js';

pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);
const organization = uuidOf('organisation');
const house = uuidOf('house');
type Values = Record<string, unknown>;
/** Which projection writes a table that is not called like it. */
const writers: Record<string, string> = {
  room_occupancies: 'occupancy', property_closures: 'properties',
  room_capacities: 'property_rooms', room_charges: 'property_rooms', room_void_tasks: 'property_rooms', room_closures: 'property_rooms', room_reservations: 'property_rooms',
};

describe('rooms, properties and empty beds night by night', () => {
  let databases: TestDatabases;
  let client: pg.Client;
  const versions = new Map<string, number>();
  let children = 0;

  beforeAll(async () => {
    databases = await testDatabases();
    client = new pg.Client({ connectionString: databases.adminUrl });
    await client.connect();
    const projections = projectionsOf(new Catalogue([Property, Room, Placement]), [occupancy]);
    const live: VersionRow[] = [];
    for (const projection of projections) live.push(await createVersion(client, projection, 'live'));
    for (const { projection, version } of live) versions.set(projection, version);
    await remakeViews(client, publicTables(projections, [...occupancyViews, voids]), projections, live);
    await client.query(`insert into app.clock (instant, active) values ('2027-01-04T12:00:00Z', true)`);
  });
  afterAll(async () => {
    await client.end();
    await databases.drop();
  });
  beforeEach(async () => {
    await client.query('begin');
  });
  const end = async (): Promise<void> => void (await client.query('rollback'));
  const at = (instant: string) => client.query('update app.clock set instant = $1 where active', [instant]);

  async function insert(table: string, values: Values): Promise<void> {
    const row: Values = { organization_id: organization, ...values };
    const names = Object.keys(row);
    const physical = `read.${table}__${versions.get(writers[table] ?? table)}`;
    await client.query(`insert into ${physical} (${names.join(', ')}) values (${names.map((_, index) => `$${index + 1}`).join(', ')})`, Object.values(row));
  }
  const child = (table: string, values: Values) => insert(table, { id: uuidOf('child', ++children), ordinal: children, ...values });
  const property = (values: Values = {}) => insert('properties', { id: house, name: 'House', status: 'active', total_units: 12, ...values });
  async function room(name: string, capacity = 1, values: Values = {}): Promise<void> {
    await insert('property_rooms', { id: uuidOf(name), property_id: house, room_number: name, capacity, available_from: '2026-09-01', ...values });
    await child('room_capacities', { room_id: uuidOf(name), capacity });
  }
  const charge = (where: string, from: string, core: number, eligible: number, ineligible: number, support = 0) => child('room_charges', {
    room_id: uuidOf(where), from_date: from, weekly_core_pence: core, weekly_eligible_service_pence: eligible,
    weekly_ineligible_service_pence: ineligible, weekly_support_pence: support,
  });
  async function stay(who: string, where: string, from: string, to: string | null = null, end_date: string | null = to, termination_type = 'planned_move_on'): Promise<void> {
    const placement = uuidOf('placement', who);
    await client.query(`delete from read.placements__${versions.get('placements')} where id = $1`, [placement]);
    await insert('placements', { id: placement, room_id: uuidOf(where), end_date, termination_type: end_date ? termination_type : null });
    await insert('room_occupancies', {
      id: uuidOf('stay', who, where, from), room_id: uuidOf(where), property_id: house, placement_id: placement, resident_id: uuidOf(who), from_date: from, to_date: to,
    });
  }
  const closed = (where: string, from: string, returned: string | null = null) => child('room_closures', { room_id: uuidOf(where), from_date: from, returned_on: returned });
  const all = async (sql: string, ...values: unknown[]): Promise<Values[]> => (await client.query<Values>(sql, values)).rows;
  const month = async (first: string): Promise<Values | undefined> => (await all('select * from read.occupancy where month = $1', first))[0];
  const night = async (where: string, on: string): Promise<Values | undefined> =>
    (await all('select * from read.room_nights where room_id = $1 and night = $2', uuidOf(where), on))[0];
  const emptied = (where: string) => all('select * from read.voids where room_id = $1 order by from_date', uuidOf(where));

  /** Twelve rooms; somebody moves from R07 to R09 on 10 December, R07 is painted for four nights and let again on 4 January. */
  async function december(): Promise<void> {
    await property();
    for (let number = 1; number <= 12; number++) {
      const name = `R${String(number).padStart(2, '0')}`;
      await room(name);
      if (number !== 7 && number !== 9) await stay(`person ${number}`, name, '2026-09-01');
    }
    await stay('sam', 'R07', '2026-09-01', '2026-12-10', null);
    await stay('sam', 'R09', '2026-12-10', null);
    await closed('R07', '2026-12-10', '2026-12-14');
    await charge('R07', '2026-09-01', 18_240, 6_435, 2_150);
  }

  it('counts the nights of a month: available without those out of service, occupied, and void', async () => {
    await december();
    expect(await month('2026-12-01')).toMatchObject({
      property_id: house, through: '2026-12-31', nights_total: 372, nights_out_of_service: 4, nights_available: 368, nights_occupied: 341, nights_void: 31, occupancy_rate: '92.66',
    });
    expect((await all('select month, nights_total from read.occupancy order by month')).map(Object.values)).toEqual([
      ['2026-09-01', 360], ['2026-10-01', 372], ['2026-11-01', 360], ['2026-12-01', 372], ['2027-01-01', 48],
    ]);
    await end();
  });

  it('counts a month that is not over up to tonight, also where the clocks change', async () => {
    await at('2026-10-25T23:30:00Z');
    await property();
    await room('R01');
    await stay('ann', 'R01', '2026-10-24');
    expect(await month('2026-10-01')).toMatchObject({ through: '2026-10-25', nights_total: 25, nights_occupied: 2 });
    await at('2026-10-31T23:59:59Z');
    expect(await month('2026-10-01')).toMatchObject({ through: '2026-10-31', nights_total: 31, nights_occupied: 8, occupancy_rate: '25.81' });
    expect((await all('select night from read.room_nights order by night')).length).toBe(61);
    await end();
  });

  it('loses by component what the room cost: 25 nights, 651.43 + 229.82 + 76.79 = 958.04', async () => {
    await december();
    await stay('kim', 'R07', '2027-01-04');
    expect(await emptied('R07')).toMatchObject([{
      from_date: '2026-12-10', to_date: '2027-01-04', beds: 1, nights: 25, nights_out_of_service: 4, reason: 'transfer',
      loss_core_pence: '65143', loss_eligible_service_pence: '22982', loss_ineligible_service_pence: '7679', loss_support_pence: '0',
      loss_total_pence: '95804', loss_total: '958.04',
    }]);
    expect(await emptied('R09')).toMatchObject([{ from_date: '2026-09-01', to_date: '2026-12-10', nights: 100, reason: 'new', loss_total_pence: '0' }]);
    expect(await emptied('R01')).toEqual([]);
    await end();
  });

  it('goes on while nobody comes, at the price of each night', async () => {
    await december();
    await charge('R07', '2026-12-28', 19_500, 6_435, 2_150);
    await at('2027-01-01T12:00:00Z');
    expect(await emptied('R07')).toMatchObject([{
      to_date: null, nights: 22, loss_core_pence: String(roundHalfUp(18_240, 18, 7) + roundHalfUp(19_500, 4, 7)), loss_eligible_service_pence: String(roundHalfUp(6_435, 18, 7) + roundHalfUp(6_435, 4, 7)),
    }]);
    await end();
  });

  it('says transfer of the room that somebody left for another one, also where they left that one on the same day', async () => {
    await property();
    await room('R01');
    await room('R02');
    await stay('ann', 'R01', '2026-09-01', '2026-10-01', '2026-10-01', 'custody');
    await stay('ann', 'R02', '2026-10-01', '2026-10-01', '2026-10-01', 'custody');
    expect(await emptied('R01')).toMatchObject([{ from_date: '2026-10-01', reason: 'transfer' }]);
    expect(await emptied('R02')).toMatchObject([{ from_date: '2026-09-01', reason: 'new' }]);
    await end();
  });

  it('shows how the tasks stand of a room that turns out to have been empty for longer', async () => {
    await property();
    await room('R01');
    await stay('ann', 'R01', '2026-09-01', '2026-10-01');
    for (const [void_since, status] of [['2026-10-01', 'waived'], ['2026-10-03', 'open']]) {
      await child('room_void_tasks', { room_id: uuidOf('R01'), task: 'inspection', void_since, status });
    }
    expect(await emptied('R01')).toMatchObject([{ from_date: '2026-10-01', inspection_status: 'open' }]);
    await end();
  });

  it('begins no void where one leaves and another comes on the same day, and says how the stay before ended', async () => {
    await property();
    await room('R01');
    await stay('ann', 'R01', '2026-09-01', '2026-10-01');
    await stay('bea', 'R01', '2026-10-01', '2026-10-08', '2026-10-08', 'abandonment');
    await stay('none', 'R01', '2026-10-08', '2026-10-08');
    expect(await emptied('R01')).toMatchObject([{ from_date: '2026-10-08', to_date: null, nights: 88, reason: 'abandonment' }]);
    await end();
  });

  it('tells of a room what it was on each night', async () => {
    await property();
    await room('R01');
    await room('R02', 2);
    await stay('ann', 'R01', '2026-12-01', '2026-12-05');
    await closed('R01', '2026-12-06', '2026-12-08');
    await child('room_reservations', { room_id: uuidOf('R01'), resident_id: uuidOf('bea'), from_date: '2026-12-08', expires_at: '2026-12-10T09:00:00Z', outcome: 'expired' });
    await child('property_closures', { property_id: house, kind: 'maintenance', from_date: '2026-12-20', returned_on: '2026-12-22' });
    await stay('cat', 'R02', '2026-12-01', '2026-12-10');
    await stay('dee', 'R02', '2026-12-03', '2026-12-05');
    const statuses = async (where: string, ...nights: string[]) => Promise.all(nights.map(async (on) => (await night(where, `2026-12-${on}`))?.['status']));
    expect(await statuses('R01', '01', '04', '05', '06', '07', '08', '09', '10', '19', '20', '21', '22')).toEqual([
      'occupied', 'occupied', 'available', 'maintenance', 'maintenance', 'reserved', 'reserved', 'available', 'available', 'maintenance', 'maintenance', 'available',
    ]);
    expect(await statuses('R02', '02', '03', '04', '05', '10')).toEqual(['available', 'occupied', 'occupied', 'available', 'available']);
    expect(await night('R02', '2026-12-02')).toMatchObject({ beds: 2, occupied_beds: 1, reserved_beds: 0 });
    expect(await night('R01', '2026-08-31')).toBeUndefined();
    expect(await night('R01', '2027-01-05')).toBeUndefined();
    const { id } = (await night('R01', '2027-01-04'))!;
    expect(isUuid(id)).toBe(true);
    await end();
  });

  it('knows how many beds there were, and no night once a room is retired or its property closed', async () => {
    await property({ closed_on: '2026-12-20' });
    await room('R01', 3);
    await client.query(`update read.room_capacities__${versions.get('property_rooms')} set capacity = 1, to_date = '2026-12-11'`);
    await child('room_capacities', { room_id: uuidOf('R01'), capacity: 3, from_date: '2026-12-11' });
    await room('R02', 1, { retired_on: '2026-12-06' });
    expect(await month('2026-12-01')).toMatchObject({ nights_total: 10 + 3 * 9 + 5, nights_void: 42, through: '2026-12-19' });
    expect(await month('2027-01-01')).toBeUndefined();
    expect(await night('R02', '2026-12-06')).toBeUndefined();
    expect(await emptied('R01')).toMatchObject([{ beds: 1, to_date: '2026-12-11' }, { beds: 3, from_date: '2026-12-11', to_date: '2026-12-20', nights: 9 }]);
    expect(await emptied('R02')).toMatchObject([{ to_date: '2026-12-06' }]);
    await end();
  });

  it('counts a night on which room and property are out of service once', async () => {
    await property();
    await room('R01', 2);
    await closed('R01', '2026-12-01', '2026-12-11');
    await child('property_closures', { property_id: house, kind: 'maintenance', from_date: '2026-12-08', returned_on: '2026-12-15' });
    expect(await month('2026-12-01')).toMatchObject({ nights_total: 62, nights_out_of_service: 28, nights_available: 34 });
    await end();
  });

  it('counts the bed of who stays on in a house that is being emptied as occupied, until they have left', async () => {
    await property();
    for (const name of ['R01', 'R02']) await room(name);
    await stay('ann', 'R01', '2026-11-01', '2026-12-12');
    await stay('bea', 'R02', '2026-11-01', '2026-12-05');
    await child('property_closures', { property_id: house, kind: 'maintenance', from_date: '2026-12-07', returned_on: '2026-12-21' });
    expect(await month('2026-12-01')).toMatchObject({ nights_total: 62, nights_out_of_service: 28 - 5, nights_available: 39, nights_occupied: 15, nights_void: 47, occupancy_rate: '38.46' });
    expect([await night('R01', '2026-12-11'), await night('R01', '2026-12-12'), await night('R02', '2026-12-11')]).toMatchObject([{ status: 'occupied' }, { status: 'maintenance' }, { status: 'maintenance' }]);
    await end();
  });

  it('counts who stays on in a house that was closed for good, and nothing else of it', async () => {
    await property({ closed_on: '2026-12-08' });
    for (const name of ['R01', 'R02']) await room(name);
    await stay('ann', 'R01', '2026-11-01', '2026-12-12');
    expect(await month('2026-12-01')).toMatchObject({ nights_total: 14 + 4, nights_out_of_service: 0, nights_available: 18, nights_occupied: 11, through: '2026-12-11' });
    expect([await night('R01', '2026-12-11'), await night('R01', '2026-12-12'), await night('R02', '2026-12-08')]).toEqual([expect.objectContaining({ status: 'occupied' }), undefined, undefined]);
    await end();
  });

  it('comes to the same by night, by month and by void, whoever comes and goes', async () => {
    const stays = fc.array(fc.record({ room: fc.nat(2), gap: fc.nat(20), nights: fc.nat(40), goes: fc.boolean() }), { maxLength: 8 });
    const closures = fc.array(fc.record({ room: fc.nat(2), from: fc.nat(120), nights: fc.nat(9) }), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(stays, closures, fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 3, maxLength: 3 }), async (people, works, capacities) => {
        await client.query('savepoint before');
        await property();
        for (const [index, capacity] of capacities.entries()) await room(`R${index}`, capacity);
        const last = [...capacities.keys()].map(() => '2026-09-01');
        for (const [index, { room: at, gap, nights }] of people.entries()) {
          const from = plusDays(last[at]!, gap);
          const to = plusDays(from, nights);
          if (to >= '2027-01-04') continue;
          await stay(`p${index}`, `R${at}`, from, to);
          last[at] = to;
        }
        for (const { room: at, from, nights } of works) await closed(`R${at}`, plusDays('2026-09-01', from), plusDays('2026-09-01', from + nights));
        const byMonth = await all('select month::text, nights_total, nights_occupied, nights_void, nights_out_of_service from read.occupancy where month < $1 order by month', '2027-01-01');
        const byNight = await all(
          `select date_trunc('month', night)::date::text as month, sum(beds)::integer as nights_total, sum(occupied_beds)::integer as nights_occupied,
             sum(beds - occupied_beds)::integer as nights_void, coalesce(sum(beds) filter (where status = 'maintenance'), 0)::integer as nights_out_of_service
           from read.room_nights where night < $1 group by 1 order by 1`, '2027-01-01');
        expect(byMonth).toEqual(byNight);
        const [sums] = await all(`select (select sum(beds * nights) from read.voids)::integer as voids, (select sum(beds - occupied_beds) from read.room_nights where night < '2027-01-04')::integer as nights`);
        expect(sums!['voids']).toBe(sums!['nights']);
        expect(byNight.reduce((sum, row) => sum + Number(row['nights_total']), 0)).toBe(daysBetween('2026-09-01', '2027-01-01') * capacities.reduce((a, b) => a + b, 0));
        await client.query('rollback to savepoint before');
      }),
      { numRuns: 40 },
    );
    await end();
  });
});
