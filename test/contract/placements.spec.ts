import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash, randomUUID } from 'node:crypto';
import { CommandPipeline } from '../../src/commands/pipeline.js';
import { Registers } from '../../src/commands/registers.js';
import { Streams } from '../../src/commands/streams.js';
import { BankHolidayCalendar } from '../../src/domain/organisation/bank-holiday-calendar/bank-holiday-calendar.js';
import { checkPlan } from '../../src/domain/organisation/organisation-registers.js';
import '../../src/domain/organisation/organization/organization-commands.js';
import { Organization } from '../../src/domain/organisation/organization/organization.js';
import { peopleEntities, peopleRegisters } from '../../src/domain/people/index.js';
import type { Resident } from '../../src/domain/people/resident/resident.js';
import { propertyRegisters } from '../../src/domain/property/property-register.js';
import { Property } from '../../src/domain/property/property/property.js';
import '../../src/domain/property/property/property-commands.js';
import '../../src/domain/property/room/room-commands.js';
import '../../src/domain/property/room/room-occupancy.js';
import { Room } from '../../src/domain/property/room/room.js';
import { tenancyEntities } from '../../src/domain/tenancy/index.js';
import type { Placement } from '../../src/domain/tenancy/placement/placement.js';
import { PostgresEventStore } from '../../src/event-store/postgres/postgres-event-store.js';
import { Catalogue } from '../../src/kernel/catalogue.js';
import type { Actor } from '../../src/kernel/command.js';
import { PLATFORM, type State } from '../../src/kernel/entity.js';
import { Refusal } from '../../src/kernel/rules.js';
import { Sealed } from '../../src/kernel/sealed.js';
import { EventCodec } from '../../src/privacy/event-codec.js';
import { Keyring } from '../../src/privacy/keyring.js';
import { Reactor } from '../../src/processes/engine/reactor.js';
import { placementMoves } from '../../src/processes/placement-moves.js';
import { TEST_MASTER_KEY, testDatabases, type TestDatabases } from '../support/databases.js';

const catalogue = new Catalogue([Organization, BankHolidayCalendar, Property, Room, ...peopleEntities, ...tenancyEntities]);
const actor: Actor = { id: randomUUID(), role: 'manager', organizationId: randomUUID(), permissions: new Set(['*:*', 'residents:erase']) };
const clock = { now: () => Promise.resolve('2026-10-20T08:00:00.000Z') };
const weeklyCharges = { corePence: 18_240, eligibleServicePence: 6_435, ineligibleServicePence: 2_150, supportPence: 0 };

/** Two processes on one log, with the real keys and registers. */
describe('placements over two processes', () => {
  let databases: TestDatabases;
  let keyring: Keyring;
  let stores: PostgresEventStore[];
  /** What happens while a decision asks how old somebody is; and of whom nobody can say it. */
  const meanwhile = new Map<string, () => Promise<void>>();
  let ageless = '';
  let processes: { codec: EventCodec; streams: Streams; pipeline: CommandPipeline; store: PostgresEventStore }[];

  beforeAll(async () => {
    databases = await testDatabases();
    keyring = await Keyring.open({ connectionString: databases.urls.keyring, masterKey: TEST_MASTER_KEY });
    stores = await Promise.all([1, 2].map(() => PostgresEventStore.open({ connectionString: databases.urls.app })));
    let next = 0;
    processes = stores.map((store) => {
      const codec = new EventCodec(catalogue, keyring);
      const streams = new Streams(store, codec);
      const pipeline = new CommandPipeline({
        catalogue, store, codec, clock,
        registers: new Registers(store, { ...propertyRegisters, ...peopleRegisters, plan: checkPlan }),
        serverKey: createHash('sha256').update('server').digest(),
        facts: async (name, id, { organizationId }) => {
          if (name !== 'date-of-birth' || id === ageless) return [];
          await meanwhile.get(id)?.();
          return [(await shown<Resident>('residents', id, organizationId)).dateOfBirth];
        },
        reference: (entity) => Promise.resolve(`${entity.options.reference!.prefix}-${++next}`),
      });
      return { codec, streams, pipeline, store };
    });
  });
  afterAll(async () => {
    await Promise.all([...stores.map((store) => store.close()), keyring.close()]);
    await databases.drop();
  });

  let turn = 0;
  /** @returns the id, or the code of the refusal. */
  async function send(command: string, body: object, id?: string, by = actor): Promise<string> {
    const declaration = catalogue.command(command)!;
    const { pipeline } = processes[turn++ % 2]!;
    try {
      const done = await pipeline.execute({
        declaration, body, actor: by, source: 'api', correlationId: randomUUID(), route: `/${command}`,
        command: Object.assign(new declaration.command(), body), ...(id ? { id } : {}),
      });
      return done.id;
    } catch (error) {
      if (error instanceof Refusal) return error.code;
      throw error;
    }
  }
  async function shown<S extends State>(table: string, id: string, organizationId = actor.organizationId): Promise<S> {
    const { streams, codec } = processes[0]!;
    const { state } = await streams.load(catalogue.entity(table)!, id, organizationId);
    return (await codec.unseal([state as S]))[0]!;
  }
  /** What the process makes of the last event of a placement; told twice, as after a crash. */
  async function consequences(placementId: string): Promise<void> {
    const { store, codec, pipeline, streams } = processes[turn++ % 2]!;
    const stream = `placement-${placementId}`;
    const last = (await store.readStreams([{ stream }])).get(stream)!.at(-1)!;
    const reactor = new Reactor({ catalogue, store, codec, pipeline, clock }, placementMoves, streams);
    for (let times = 0; times < 2; times++) await reactor.react(last);
  }
  const house = async (rooms: number, capacity = 1): Promise<{ propertyId: string; rooms: string[] }> => {
    const propertyId = await send('RegisterProperty', { name: randomUUID(), totalUnits: rooms * capacity, propertyType: 'house', address: { line1: '1 Mare Street', town: 'London', postcode: 'E8 3RH' } });
    const ids: string[] = [];
    for (let n = 1; n <= rooms; n++) ids.push(await send('AddRoom', { propertyId, roomNumber: `R0${n}`, capacity, roomType: 'single', weeklyCharges }));
    return { propertyId, rooms: ids };
  };
  const resident = (dateOfBirth = '2006-05-02'): Promise<string> => send('RegisterResident', { firstName: 'Jordan', lastName: 'Ellis', dateOfBirth });
  const agreed = async (residentId: string, propertyId: string): Promise<string> => {
    const id = await send('DraftAgreement', { residentId, propertyId, agreementType: 'license', startDate: '2026-08-01', weeklyCharges });
    await send('SignAgreement', {}, id);
    return send('ActivateAgreement', {}, id);
  };
  const start = (residentId: string, agreementId: string, roomId: string, startDate = '2026-09-02') =>
    send('StartPlacement', { residentId, agreementId, roomId, startDate, directAdmissionReason: 'from the council\'s leaving-care team' });
  const outcomes = (answers: readonly string[]): string[] => answers.map((one) => (/^[A-Z]+-\d+$/.test(one) ? one : 'done')).sort();

  it('gives a bed to one of many residents who are moved in at once', async () => {
    const { propertyId, rooms } = await house(1);
    const people = await Promise.all(Array.from({ length: 12 }, async () => {
      const residentId = await resident();
      return { residentId, agreementId: await agreed(residentId, propertyId) };
    }));
    const answers = await Promise.all(people.map(({ residentId, agreementId }) => start(residentId, agreementId, rooms[0]!)));
    expect(outcomes(answers)).toEqual([...Array<string>(11).fill('ROM-2'), 'done']);
  });

  it('ROM-8: gives a shared room to people of one age, of many who are moved in and kept a bed for at once', async () => {
    for (let round = 0; round < 3; round++) {
      const { propertyId, rooms } = await house(1, 4);
      const people = await Promise.all(Array.from({ length: 4 }, async () => {
        const residentId = await resident();
        return { residentId, agreementId: await agreed(residentId, propertyId) };
      }));
      const minors = await Promise.all([1, 2].map(() => resident('2009-05-02')));
      const [placed, kept] = await Promise.all([
        Promise.all(people.map(({ residentId, agreementId }) => start(residentId, agreementId, rooms[0]!))),
        Promise.all(minors.map((residentId) => send('ReserveRoom', { residentId, from: '2026-10-20' }, rooms[0]))),
      ]);
      const won = [placed, kept].map((answers) => outcomes(answers).filter((one) => one === 'done').length);
      expect([[4, 0], [0, 2], [0, 1]]).toContainEqual(won);
      expect(outcomes([...placed, ...kept]).filter((one) => one !== 'done').every((one) => one === 'ROM-8' || one === 'ROM-2')).toBe(true);
    }
  });

  it('ROM-8: sees who was placed between its look at the room and its claim', async () => {
    const { propertyId, rooms } = await house(1, 3);
    const [first, minor, adult] = [await resident(), await resident('2009-05-02'), await resident()];
    ageless = first;
    expect(await send('ReserveRoom', { residentId: first, from: '2026-10-20' }, rooms[0])).toBe(rooms[0]);
    const agreementId = await agreed(adult, propertyId);
    let placed = '';
    meanwhile.set(minor, async () => {
      meanwhile.delete(minor);
      placed = await start(adult, agreementId, rooms[0]!);
    });
    expect(await send('ReserveRoom', { residentId: minor, from: '2026-10-20' }, rooms[0])).toBe('ROM-8');
    expect(placed).toMatch(/^.{36}$/);
    expect(await send('ReserveRoom', { residentId: await resident(), from: '2026-10-20' }, rooms[0])).toBe(rooms[0]);
  });

  it('GEN-9, ORG-2: has as many residents and properties as the plan, of fifty that come at once', async () => {
    const organizationId = randomUUID();
    const [ours, platform] = [{ ...actor, organizationId }, { ...actor, organizationId: PLATFORM }];
    const say = (command: string, body: object, id?: string) => send(command, body, id, ours);
    const plan = (maxResidents: number, maxProperties: number) => send('ChangeSubscription', { tier: 'starter', maxResidents, maxProperties }, organizationId, platform);
    expect(await send('RegisterOrganization', { name: 'Small', organizationType: 'charity', tier: 'starter' }, organizationId, platform)).toBe(organizationId);
    expect(await plan(3, 2)).toBe(organizationId);
    const register = () => say('RegisterProperty', { name: randomUUID(), totalUnits: 20, propertyType: 'house', address: { line1: '1 Mare Street', town: 'London', postcode: 'E8 3RH' } });
    const houses = await Promise.all(Array.from({ length: 50 }, register));
    expect(outcomes(houses)).toEqual([...Array<string>(48).fill('GEN-9'), 'done', 'done']);
    const [propertyId, other] = houses.filter((one) => one !== 'GEN-9') as [string, string];
    expect(await say('ClosePropertyPermanently', { reason: 'sold' }, other)).toBe(other);
    expect(await register()).toMatch(/^.{36}$/);
    expect(await say('ReopenProperty', { reason: 'not sold' }, other)).toBe('GEN-9');
    const roomId = await say('AddRoom', { propertyId, roomNumber: 'R01', capacity: 20, roomType: 'shared', weeklyCharges });
    const people = await Promise.all(Array.from({ length: 10 }, async () => {
      const residentId = await say('RegisterResident', { firstName: 'Jordan', lastName: 'Ellis', dateOfBirth: '2006-05-02' });
      const agreementId = await say('DraftAgreement', { residentId, propertyId, agreementType: 'license', startDate: '2026-08-01', weeklyCharges });
      await say('SignAgreement', {}, agreementId);
      return { residentId, agreementId };
    }));
    const moveIn = ({ residentId, agreementId }: (typeof people)[number], startDate = '2026-09-02') =>
      say('StartPlacement', { residentId, agreementId, roomId, startDate, directAdmissionReason: 'from the council' });
    const placed = await Promise.all(people.map((one) => moveIn(one)));
    expect(outcomes(placed)).toEqual([...Array<string>(7).fill('GEN-9'), 'done', 'done', 'done']);
    expect(await plan(2, 2)).toBe('ORG-2');
    const first = placed.findIndex((one) => one !== 'GEN-9');
    const waiting = placed.indexOf('GEN-9');
    expect(await say('EndPlacement', { on: '2026-09-20', terminationType: 'planned_move_on' }, placed[first])).toBe(placed[first]);
    expect(await plan(2, 2)).toBe(organizationId);
    expect(await moveIn(people[waiting]!)).toBe('GEN-9');
    expect(await plan(3, 2)).toBe(organizationId);
    expect(await moveIn(people[waiting]!)).toMatch(/^.{36}$/);
  });

  it('RES-5, AGR-2: gives one resident one room, and one agreement, of many at once', async () => {
    const { propertyId, rooms } = await house(6);
    const residentId = await resident();
    const agreementId = await agreed(residentId, propertyId);
    expect(outcomes(await Promise.all(rooms.map((roomId) => start(residentId, agreementId, roomId))))).toEqual([...Array<string>(5).fill('RES-5'), 'done']);
    expect(await agreed(residentId, propertyId)).toBe('AGR-2');
  });

  it('moves somebody in, across and out, and lets the bed to the next on the day of leaving', async () => {
    const { propertyId, rooms } = await house(2);
    const [sam, kim] = [await resident(), await resident()];
    const [ofSam, ofKim] = [await agreed(sam, propertyId), await agreed(kim, propertyId)];
    const placementId = await start(sam, ofSam, rooms[0]!);
    await consequences(placementId);
    expect(await shown<Resident>('residents', sam)).toMatchObject({ status: 'active', placementId, roomId: rooms[0], moveInDate: '2026-09-02' });
    expect(await send('TransferPlacement', { roomId: rooms[1], on: '2026-09-20', reason: 'nearer to college' }, placementId)).toBe(placementId);
    await consequences(placementId);
    expect(await start(kim, ofKim, rooms[0]!, '2026-09-19')).toBe('ROM-2');
    const next = await start(kim, ofKim, rooms[0]!, '2026-09-20');
    expect(next).toMatch(/^.{36}$/);
    await consequences(next);
    const leaving = { on: '2026-10-10', terminationType: 'planned_move_on', destination: 'own flat', forwardingAddress: '2 Elsewhere' };
    expect(await send('EndPlacement', leaving, placementId)).toBe(placementId);
    await consequences(placementId);
    expect(await send('CorrectPlacementDate', { which: 'end', date: '2026-10-09', reason: 'keys came back' }, placementId)).toBe(placementId);
    await consequences(placementId);
    expect(await shown<Resident>('residents', sam)).toMatchObject({ status: 'moved_out', moveOutDate: '2026-10-09', roomId: rooms[1] });
    expect(await shown<Placement>('placements', placementId)).toMatchObject({
      status: 'ended', nightsStayed: 37, forwardingAddress: '2 Elsewhere',
      moves: [{ moveType: 'move_in' }, { moveType: 'internal_transfer', reason: 'nearer to college' }, { moveType: 'move_out', destination: 'own flat', correctedFrom: '2026-10-10' }],
    });
    expect((await shown<Room>('property_rooms', rooms[1]!)).allocations).toMatchObject([{ placementId, from: '2026-09-20', to: '2026-10-09' }]);
    expect(await start(sam, ofSam, rooms[1]!, '2026-10-08')).toBe('RES-5');
    const back = await start(sam, ofSam, rooms[1]!, '2026-10-09');
    await consequences(back);
    expect(await shown<Resident>('residents', sam)).toMatchObject({ status: 'active', moveOutDate: undefined, placementId: back });
  });

  it('keeps what is personal of a placement under the key of its resident', async () => {
    const { propertyId, rooms } = await house(1);
    const residentId = await resident();
    const placementId = await start(residentId, await agreed(residentId, propertyId), rooms[0]!);
    const { state } = await processes[0]!.streams.load(catalogue.entity('placements')!, placementId, actor.organizationId);
    const { directAdmissionReason, moves } = state as unknown as { directAdmissionReason: unknown; moves: { reason: unknown }[] };
    for (const sealed of [directAdmissionReason, moves[0]!.reason]) {
      expect(sealed).toBeInstanceOf(Sealed);
      expect((sealed as Sealed).bundle).toMatchObject({ s: residentId, c: 'location', l: 2 });
    }
  });

  it('erases nobody who is being moved in, and moves nobody in who is being erased', async () => {
    const { propertyId, rooms } = await house(1);
    const residentId = await resident();
    const agreementId = await agreed(residentId, propertyId);
    const [placed, erased] = await Promise.all([start(residentId, agreementId, rooms[0]!), send('EraseResident', {}, residentId)]);
    expect([placed, erased].filter((one) => one === 'ERASED' || one === 'RES-11').length).toBeGreaterThanOrEqual(1);
    const again = await start(residentId, agreementId, rooms[0]!);
    expect(['RES-5', 'ERASED', expect.stringMatching(/-.*-.*-.*-/)]).toContainEqual(again);
  });
});
