import { describe, expect, it } from '@jest/globals';
import { given, happened, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import { ResidentApplicationDeclined } from '../../people/resident/application-events.js';
import { ResidentDeathRecorded } from '../../people/resident/death.js';
import { ResidentErasureDecided } from '../../people/resident/erasure.js';
import { Resident } from '../../people/resident/resident.js';
import { Property, PropertyDeactivated, PropertyRegistered } from '../property/property.js';
import {
  AddRoom,
  ChangeRoomCharges,
  ChangeRoomDetails,
  ExpireReservation,
  ReleaseReservation,
  ReserveRoom,
  RetireRoom,
  ReturnRoomToService,
  TakeRoomOutOfService,
} from './room-commands.js';
import { AllocateRoom, CorrectOccupancy, VacateRoom } from './room-occupancy.js';
import {
  Room,
  RoomAdded,
  RoomAllocated,
  RoomChargesChanged,
  RoomDetailsChanged,
  RoomOccupancyCorrected,
  RoomReservationReleased,
  RoomReserved,
  RoomRetired,
  RoomReturnedToService,
  RoomTakenOutOfService,
  RoomVacated,
} from './room.js';

const propertyId = someId('Property');
const [sam, kim] = [someId('sam'), someId('kim')];
const weeklyCharges = { corePence: 18_240, eligibleServicePence: 6_435, ineligibleServicePence: 2_150, supportPence: 0 };
const facts = { propertyId, roomNumber: 'R04', roomType: 'single', capacity: 1, weeklyCharges } as const;
const added = happened(RoomAdded, { ...facts, availableFrom: '2026-08-01' });
const shared = happened(RoomAdded, { ...facts, capacity: 2, roomType: 'shared', availableFrom: '2026-08-01' });
const reserved = happened(RoomReserved, { reservationId: someId('reservation'), residentId: sam, from: '2026-09-05', expiresAt: '2026-09-08T08:00:00.000Z' });
const allocated = happened(RoomAllocated, { allocationId: someId('stay'), placementId: someId('placement'), residentId: sam, from: '2026-09-02' });
const closure = happened(RoomTakenOutOfService, { from: '2026-09-02', expectedUntil: '2026-09-06', reason: 'damp' });

const resident = stateOf(Resident, [], sam);
const erased = stateOf(Resident, [happened(ResidentErasureDecided, { scopes: ['identity'], retained: [], basis: 'request', on: '2026-09-01' })], kim);
const room = (...history: Happened[]) => given(Room, ...history).where('residents', sam, resident).where('residents', kim, resident);
const property = (...more: Happened[]) =>
  stateOf(Property, [happened(PropertyRegistered, { name: 'House', address: { line1: '1', town: 'L', postcode: 'E8 3RH' }, totalUnits: 3 }), ...more], propertyId);

describe('a room', () => {
  it('is added to a property that is not closed', async () => {
    const world = given(Room).where('properties', propertyId, property());
    await world.when(AddRoom, facts).records([RoomAdded, { ...facts, availableFrom: '2026-09-02' }]);
    await given(Room).where('properties', propertyId, property(happened(PropertyDeactivated, { on: '2026-08-01', reason: 'sold' }))).when(AddRoom, facts).refused('STATE', 'propertyId');
    await given(Room).when(AddRoom, facts).refused('GEN-1', 'propertyId');
  });

  it('ROM-2: has a bed at least', async () => {
    const world = given(Room).where('properties', propertyId, property());
    await world.when(AddRoom, { ...facts, capacity: 0 }).refused('ROM-2', 'capacity');
    await room(added).when(ChangeRoomDetails, { capacity: 0 }).refused('ROM-2', 'capacity');
    await room(added).when(ChangeRoomDetails, { capacity: 2, floor: null }).records([RoomDetailsChanged, { capacity: 2, floor: null }]);
  });

  it('has its beds from the day on which they changed', () => {
    const at = '2026-09-10T08:00:00.000Z';
    const beds = (...changes: Happened[]) => stateOf(Room, [added, ...changes]).beds;
    const two = happened(RoomDetailsChanged, { capacity: 2 }, { at });
    expect(beds(two)).toMatchObject([{ capacity: 1, toDate: '2026-09-10' }, { capacity: 2, fromDate: '2026-09-10' }]);
    expect(beds(two, happened(RoomDetailsChanged, { capacity: 3 }, { at }))).toMatchObject([{ capacity: 1, toDate: '2026-09-10' }, { capacity: 3, fromDate: '2026-09-10' }]);
  });

  it('ROM-4: is reserved from today on, for 7 days unless it is said otherwise, and 28 at most', async () => {
    const asked = { residentId: sam, from: '2026-09-02' };
    await room(added).when(ReserveRoom, asked).records([RoomReserved, { ...asked, expiresAt: '2026-09-09T08:00:00.000Z' }]);
    await room(added).when(ReserveRoom, { ...asked, ttlDays: 28 }).records([RoomReserved, { expiresAt: '2026-09-30T08:00:00.000Z' }]);
    await room(added).when(ReserveRoom, { ...asked, ttlDays: 29 }).refused('ROM-4', 'ttlDays');
    await room(added).when(ReserveRoom, { ...asked, from: '2026-09-01' }).refused('ROM-4', 'from');
    await room(added, reserved).when(ReserveRoom, asked).refused('DUPLICATE', 'residentId');
    await room(added).where('residents', kim, erased).when(ReserveRoom, { ...asked, residentId: kim }).refused('ERASED');
    for (const gone of [happened(ResidentApplicationDeclined, { reasonCode: 'no_vacancy', agreementIds: [] }), happened(ResidentDeathRecorded, { on: '2026-09-01' })]) {
      await room(added).where('residents', kim, stateOf(Resident, [gone], kim)).when(ReserveRoom, { ...asked, residentId: kim }).refused('STATE', 'residentId');
    }
    await room(added, reserved).now('2026-09-08T08:00:00.000Z').when(ReserveRoom, { ...asked, from: '2026-09-08' }).records(RoomReserved);
  });

  it('ROM-8: never mixes under-18s and adults where it is shared', async () => {
    const ages = (samBorn: string, kimBorn: string, ...history: Happened[]) =>
      room(...history).fact('date-of-birth', sam, [samBorn]).fact('date-of-birth', kim, [kimBorn]).when(ReserveRoom, { residentId: kim, from: '2026-09-10' });
    await ages('2005-01-01', '2004-01-01', shared, reserved).records(RoomReserved);
    await ages('2005-01-01', '2009-01-01', shared, reserved).refused('ROM-8', 'residentId');
    await ages('2009-01-01', '2005-01-01', shared, reserved).refused('ROM-8', 'residentId');
    await ages('2005-01-01', '2009-01-01', shared, reserved, happened(RoomReservationReleased, { reservationId: someId('reservation'), reason: 'declined' })).records(RoomReserved);
  });

  it('gives a reservation up, once', async () => {
    await room(added, reserved).when(ReleaseReservation, { reason: 'declined' }).records([RoomReservationReleased, { reservationId: someId('reservation'), reason: 'declined' }]);
    await room(added).when(ReleaseReservation, { reason: 'declined' }).refused('STATE');
    await room(added, reserved, allocated).when(ReleaseReservation, { reservationId: someId('reservation'), reason: 'declined' }).refused('STATE');
    const other = happened(RoomReserved, { reservationId: someId('other'), residentId: kim, from: '2026-10-05', expiresAt: '2026-09-08T08:00:00.000Z' });
    await room(shared, reserved, other).when(ReleaseReservation, { reason: 'declined' }).refused('VALIDATION', 'reservationId');
    const expire = { reservationId: someId('reservation') };
    await room(added, reserved).when(ExpireReservation, expire).recordsNothing();
    await room(added, reserved).now('2026-09-08T08:00:00.000Z').when(ExpireReservation, expire).records([RoomReservationReleased, { reason: 'expired' }]);
    expect(stateOf(Room, [added, reserved, allocated]).reservations[0]!.outcome).toBe('fulfilled');
  });

  it('ROM-7: changes its charges forward only', async () => {
    await room(added).when(ChangeRoomCharges, { from: '2026-09-02', weeklyCharges }).records([RoomChargesChanged, { from: '2026-09-02' }]);
    await room(added).when(ChangeRoomCharges, { from: '2026-09-01', weeklyCharges }).refused('ROM-7', 'from');
    const april = happened(RoomChargesChanged, { from: '2027-04-05', weeklyCharges: { ...weeklyCharges, corePence: 19_500 } });
    await room(added, april).when(ChangeRoomCharges, { from: '2027-04-04', weeklyCharges }).refused('ROM-7', 'from');
    await room(added, april).when(ChangeRoomCharges, { from: '2027-04-05', weeklyCharges: { ...weeklyCharges, corePence: 19_500 } }).recordsNothing();
    await room(added, april).when(ChangeRoomCharges, { from: '2027-04-05', weeklyCharges }).records(RoomChargesChanged);
    await room(added, april).when(ChangeRoomCharges, { from: '2027-04-06', weeklyCharges: { ...weeklyCharges, corePence: 19_500 } }).records(RoomChargesChanged);
    const state = stateOf(Room, [added, april]);
    expect(['2026-07-31', '2026-08-01', '2027-04-04', '2027-04-05'].map((date) => state.chargesOn(date)?.corePence)).toEqual([undefined, 18_240, 18_240, 19_500]);
  });

  it('ROM-7: changes its charges after notice where somebody lives in it', async () => {
    const allocated = happened(RoomAllocated, { allocationId: someId('stay'), placementId: someId('placement'), residentId: sam, from: '2026-08-20' });
    await room(added, allocated).when(ChangeRoomCharges, { from: '2026-09-29', weeklyCharges }).refused('ROM-7', 'from');
    await room(added, allocated).when(ChangeRoomCharges, { from: '2026-09-30', weeklyCharges }).records(RoomChargesChanged);
    const vacated = happened(RoomVacated, { allocationId: someId('stay'), placementId: someId('placement'), on: '2026-09-02' });
    await room(added, allocated, vacated).when(ChangeRoomCharges, { from: '2026-09-02', weeklyCharges }).records(RoomChargesChanged);
  });

  it('ROM-3: is out of service from a night to the one before it returns', async () => {
    await room(added).when(TakeRoomOutOfService, { reason: 'damp', expectedUntil: '2026-09-06' }).records([RoomTakenOutOfService, { from: '2026-09-02', expectedUntil: '2026-09-06' }]);
    await room(added).when(TakeRoomOutOfService, { reason: 'damp', expectedUntil: '2026-09-02' }).refused('ROM-3', 'expectedUntil');
    await room(added, closure).when(TakeRoomOutOfService, { reason: 'damp' }).refused('STATE');
    await room(added, closure).when(ReturnRoomToService, { on: '2026-09-01' }).refused('ROM-3', 'on');
    await room(added, closure).when(ReturnRoomToService, { on: '2026-09-05' }).records([RoomReturnedToService, { on: '2026-09-05' }]);
    await room(added).when(ReturnRoomToService).refused('STATE');
  });

  it('ROM-5: is not reserved while it is still out of service on the day on which it was expected back', async () => {
    const asked = { residentId: sam, from: '2026-09-10' };
    await room(added, closure).when(ReserveRoom, asked).records(RoomReserved);
    await room(added, closure).when(ReserveRoom, { ...asked, from: '2026-09-05' }).refused('ROM-5', 'from');
    const overdue = room(added, closure).now('2026-09-06T08:00:00.000Z');
    await overdue.when(ReserveRoom, asked).refused('ROM-5', 'from');
    await room(added, closure, happened(RoomReturnedToService, { on: '2026-09-06' })).now('2026-09-06T08:00:00.000Z').when(ReserveRoom, asked).records(RoomReserved);
  });

  it('says why nobody can move in', () => {
    const problem = (on: string, today: string, ...more: Happened[]) => stateOf(Room, [added, closure, ...more]).lettingProblem(on, today);
    expect(problem('2026-09-01', '2026-09-02')).toBeUndefined();
    expect(problem('2026-09-05', '2026-09-02')).toMatch(/out of service/);
    expect(problem('2026-09-06', '2026-09-02')).toBeUndefined();
    expect(problem('2026-09-08', '2026-09-08')).toMatch(/out of service/);
    expect(problem('2026-09-05', '2026-09-08', happened(RoomReturnedToService, { on: '2026-09-05' }))).toBeUndefined();
    expect(problem('2026-09-05', '2026-09-08', happened(RoomReturnedToService, { on: '2026-09-05' }), happened(RoomRetired, { on: '2026-09-05' }))).toMatch(/retired/);
  });

  it('is retired, and then nothing is done to it', async () => {
    await room(added).when(RetireRoom).records([RoomRetired, { on: '2026-09-02' }]);
    await room(added).when(RetireRoom, { on: '2026-09-03' }).refused('GEN-3', 'on');
    const retired = happened(RoomRetired, { on: '2026-09-02' });
    await room(added, retired).when(ChangeRoomDetails, { capacity: 2 }).refused('STATE');
    await room(added, retired).when(ReserveRoom, { residentId: sam, from: '2026-09-02' }).refused('STATE');
    const kinds = stateOf(Room, [added, retired]).holds().map(({ kind }) => kind);
    expect(kinds).toEqual(['former_room', 'out_of_service']);
  });
});

describe('the stays in a room', () => {
  const placementId = someId('placement');
  it('are allocated once, vacated once and corrected, whoever repeats it', async () => {
    const body = { placementId, residentId: sam, from: '2026-09-02' };
    await room(added).when(AllocateRoom, body).records([RoomAllocated, body]);
    await room(added, allocated).when(AllocateRoom, body).recordsNothing();
    const vacated = happened(RoomVacated, { allocationId: someId('stay'), placementId, on: '2026-09-09' });
    await room(added, allocated).when(VacateRoom, { placementId, on: '2026-09-09' }).records([RoomVacated, { allocationId: someId('stay'), on: '2026-09-09' }]);
    await room(added, allocated, vacated).when(VacateRoom, { placementId, on: '2026-09-09' }).recordsNothing();
    await room(added).when(VacateRoom, { placementId, on: '2026-09-09' }).refused('STATE', 'placementId');
    const corrected = [RoomOccupancyCorrected, { allocationId: someId('stay'), from: '2026-08-30', to: '2026-09-08' }] as const;
    await room(added, allocated, vacated).when(CorrectOccupancy, { placementId, from: '2026-08-30', to: '2026-09-08' }).records(corrected);
    await room(added, allocated, vacated).when(CorrectOccupancy, { placementId, from: '2026-09-02', to: '2026-09-09' }).recordsNothing();
  });

  it('begin again on the day on which they ended, where a placement comes back', async () => {
    const left = happened(RoomVacated, { allocationId: someId('stay'), placementId, on: '2026-09-02' });
    const body = { placementId, residentId: sam, from: '2026-09-02' };
    await room(added, allocated, left).when(AllocateRoom, body).records([RoomAllocated, body]);
  });

  it('ROM-3: do not end before they begin', async () => {
    await room(added, allocated).when(VacateRoom, { placementId, on: '2026-09-02' }).records(RoomVacated);
    await room(added, allocated).when(VacateRoom, { placementId, on: '2026-09-01' }).refused('ROM-3');
    await room(added, allocated).when(CorrectOccupancy, { placementId, to: '2026-09-01' }).refused('ROM-3');
  });

  it('of a placement that came back are corrected at their ends', async () => {
    const back = [
      allocated,
      happened(RoomVacated, { allocationId: someId('stay'), placementId, on: '2026-09-09' }),
      happened(RoomAllocated, { allocationId: someId('second'), placementId, residentId: sam, from: '2026-10-01' }),
    ];
    const [first, second, ...others] = await room(added, ...back).when(CorrectOccupancy, { placementId, from: '2026-09-01', to: '2026-10-05' }).events();
    expect([first, second]).toMatchObject([{ allocationId: someId('stay'), from: '2026-09-01' }, { allocationId: someId('second'), to: '2026-10-05' }]);
    expect(others).toEqual([]);
    const reopened = stateOf(Room, [added, allocated, back[1]!, happened(RoomOccupancyCorrected, { allocationId: someId('stay'), placementId, to: null })]);
    expect(reopened.allocations[0]!.to).toBeUndefined();
  });
});
