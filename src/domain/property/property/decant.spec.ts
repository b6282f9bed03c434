import { describe, expect, it } from '@jest/globals';
import { given, happened, ORGANIZATION, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import { Room, RoomAdded } from '../room/room.js';
import { CorrectDecantMove, PlanDecant, ReportDecantMoveMissed, SettleDecantMove } from './decant-commands.js';
import { PropertyDecantMoveCorrected, PropertyDecantMoveOverdue, PropertyDecantMovePlanned, PropertyDecantMoveSettled, PropertyDecantMoveWaived } from './decant.js';
import { ClosePropertyPermanently, ReopenProperty, ReturnPropertyToService, TakePropertyOutOfService } from './property-commands.js';
import { Property, PropertyDeactivated, PropertyPutUnderMaintenance, PropertyRegistered, PropertyReopened, PropertyReturnedToService } from './property.js';

const [sam, kim, here, there, plan, move] = ['sam', 'kim', 'here', 'there', 'plan', 'move'].map(someId) as [string, string, string, string, string, string];
const house = someId('Property');
const registered = happened(PropertyRegistered, { name: 'Mare Street House', address: { line1: '1', town: 'London', postcode: 'E8 3RH' }, propertyType: 'house', totalUnits: 3 });
const due = (dueOn: string) => ({ code: 'PRP-decant', key: move, dueOn }) as never;
const planned = happened(PropertyDecantMovePlanned, { moveId: move, decantPlanId: plan, residentId: sam, roomId: here, place: 'our_room', toRoomId: there, moveDue: due('2026-09-12') });
const works = happened(PropertyPutUnderMaintenance, { from: '2026-09-02', reason: 'roof', decantPlanId: plan });
const entry = { register: 'property', owner: house, kind: 'placement', key: here, party: sam, from: '2026-08-01' };
const kept = { register: 'property', owner: house, kind: 'reservation', key: here, party: kim, from: '2026-09-05', expiresAt: '2026-09-09T08:00:00.000Z' };
const roomIn = (propertyId: string, id: string) => stateOf(Room, [happened(RoomAdded, { propertyId, roomNumber: '1', capacity: 1, availableFrom: '2026-08-01' })], id);
const world = (...history: Happened[]) => [sam, kim].reduce(
  (all, id) => all.where('residents', id, stateOf(Room, [], id)),
  given(Property, registered, ...history).holding('property', house, [entry, kept])
    .where('property_rooms', there, roomIn(someId('other house'), there)).where('property_rooms', here, roomIn(house, here)),
);
const to = (more: object = {}) => ({ moves: [{ residentId: sam, place: 'our_room', toRoomId: there, moveBy: '2026-09-12', ...more }] }) as never;

describe('a decant plan', () => {
  it('PRP-8: says of each where they go and by when', async () => {
    await world().when(PlanDecant, to()).records([PropertyDecantMovePlanned, { residentId: sam, roomId: here, place: 'our_room', toRoomId: there, moveDue: { code: 'PRP-decant', dueOn: '2026-09-12' } }]);
    await world().when(PlanDecant, to({ residentId: kim, place: 'other_provider', toRoomId: undefined })).records([PropertyDecantMovePlanned, { residentId: kim, roomId: here }]);
    await world().when(PlanDecant, { moves: [] }).refused('PRP-8', 'moves');
    await world().when(PlanDecant, to({ residentId: someId('nobody') })).refused('PRP-8', 'moves');
    await world().when(PlanDecant, to({ moveBy: '2026-09-01' })).refused('PRP-8', 'moves');
    await world().when(PlanDecant, to({ place: 'own_home' })).refused('PRP-8', 'moves');
    await world().when(PlanDecant, to({ toRoomId: undefined })).refused('PRP-8', 'moves');
    await world().when(PlanDecant, to({ toRoomId: here })).refused('PRP-8', 'moves');
    const twice = [{ residentId: sam, place: 'own_home', moveBy: '2026-09-12' }, { residentId: sam, place: 'own_home', moveBy: '2026-09-13' }] as never;
    await world().when(PlanDecant, { moves: twice }).refused('PRP-8', 'moves');
  });

  it('PRP-8: names nobody whose stay is over, or whose reservation has lapsed', async () => {
    const left = world().holding('property', house, [{ ...entry, to: '2026-09-02' }, { ...kept, expiresAt: '2026-09-02T08:00:00.000Z' }]);
    await left.when(PlanDecant, to()).refused('PRP-8', 'moves');
    await left.when(PlanDecant, to({ residentId: kim })).refused('PRP-8', 'moves');
  });

  it('is one plan that is changed while it is in force', async () => {
    await world(planned).when(PlanDecant, to({ moveBy: '2026-09-20' })).records([PropertyDecantMovePlanned, { moveId: move, decantPlanId: plan, moveDue: { key: move, dueOn: '2026-09-20' } }]);
    const later = happened(PropertyDecantMovePlanned, { moveId: move, decantPlanId: plan, residentId: sam, roomId: here, place: 'own_home', moveDue: due('2026-09-20') });
    expect(stateOf(Property, [registered, planned, later])).toMatchObject({ decantPlanId: plan, decantMoves: [{ id: move, place: 'own_home', moveBy: '2026-09-20', status: 'open' }] });
  });

  it('PRP-3: is named by who takes the house out of service or closes it', async () => {
    await world(planned).when(TakePropertyOutOfService, { reason: 'roof', decantPlanId: plan }).records([PropertyPutUnderMaintenance, { decantPlanId: plan }]);
    await world(planned).when(ClosePropertyPermanently, { reason: 'sold', decantPlanId: plan }).records([PropertyDeactivated, { decantPlanId: plan, roomIds: [] }]);
    const roomsOf = ['room', 'room', 'former_room'].map((kind, at) => ({ register: 'property', owner: house, kind, key: `${at}`, party: at < 2 ? here : there }));
    await world(planned).holding('property', house, roomsOf).when(ClosePropertyPermanently, { reason: 'sold' }).records([PropertyDeactivated, { roomIds: [here] }]);
    await world(planned).when(TakePropertyOutOfService, { reason: 'roof', decantPlanId: someId('other plan') }).refused('PRP-3', 'decantPlanId');
    await world().when(ClosePropertyPermanently, { reason: 'sold', decantPlanId: plan }).refused('PRP-3', 'decantPlanId');
  });

  it('is done for who has left, once, and told of for who has not', async () => {
    const settled = happened(PropertyDecantMoveSettled, { moveId: move, residentId: sam, on: '2026-09-10' });
    const missed = { code: 'PRP-decant', key: move, dueAt: '2026-09-12T23:00:00.000Z' };
    await world(planned, works).when(SettleDecantMove, { residentId: sam, on: '2026-09-10' }).records([PropertyDecantMoveSettled, { moveId: move, on: '2026-09-10' }]);
    await world(planned, works).when(SettleDecantMove, { residentId: sam, roomId: there, on: '2026-09-10' }).recordsNothing();
    await world(planned, works).when(SettleDecantMove, { residentId: kim, on: '2026-09-10' }).recordsNothing();
    await world(planned, works, settled).when(SettleDecantMove, { residentId: sam, on: '2026-09-10' }).recordsNothing();
    await world(planned, works).when(ReportDecantMoveMissed, missed).records([PropertyDecantMoveOverdue, { residentId: sam, dueOn: '2026-09-12' }]);
    await world(planned, works, settled).when(ReportDecantMoveMissed, missed).recordsNothing();
    await world(planned, works, happened(PropertyDecantMoveOverdue, { moveId: move, residentId: sam, dueOn: '2026-09-12' })).when(ReportDecantMoveMissed, missed).recordsNothing();
  });

  it('was done on another day where that of leaving is corrected', async () => {
    const leftByMoveId = someId('left by');
    const settled = happened(PropertyDecantMoveSettled, { moveId: move, residentId: sam, on: '2026-09-10', leftByMoveId });
    await world(planned, works).when(SettleDecantMove, { residentId: sam, leftByMoveId, on: '2026-09-10' }).records([PropertyDecantMoveSettled, { leftByMoveId }]);
    await world(planned, works, settled).when(CorrectDecantMove, { leftByMoveId, on: '2026-09-13' }).records([PropertyDecantMoveCorrected, { moveId: move, residentId: sam, on: '2026-09-13' }]);
    await world(planned, works, settled).when(CorrectDecantMove, { leftByMoveId, on: '2026-09-10' }).recordsNothing();
    await world(planned, works, settled).when(CorrectDecantMove, { leftByMoveId: someId('another'), on: '2026-09-13' }).recordsNothing();
    const corrected = happened(PropertyDecantMoveCorrected, { moveId: move, residentId: sam, on: '2026-09-13' });
    expect(stateOf(Property, [registered, planned, works, settled, corrected]).decantMoves).toMatchObject([{ status: 'done', doneOn: '2026-09-13' }]);
  });

  it('ends when the house is in use again: who has not gone need not', async () => {
    await world(planned, works).when(ReturnPropertyToService).records([PropertyReturnedToService], [PropertyDecantMoveWaived, { moveId: move, residentId: sam }]);
    const closed = happened(PropertyDeactivated, { on: '2026-09-02', reason: 'sold', decantPlanId: plan });
    await world(planned, closed).when(ReopenProperty, { reason: 'bought back' }).records([PropertyReopened], [PropertyDecantMoveWaived, { moveId: move }]);
    const again = stateOf(Property, [registered, planned, closed, happened(PropertyReopened, { on: '2026-09-02', reason: 'r' }), happened(PropertyDecantMoveWaived, { moveId: move, residentId: sam })]);
    expect(again).toMatchObject({ organizationId: ORGANIZATION, decantPlanId: undefined, decantMoves: [{ status: 'waived' }], closures: [{ decantPlanId: plan }] });
    expect(again.holds().filter(({ kind }) => kind === 'decant')).toMatchObject([{ party: sam, from: '2026-09-02' }]);
  });
});
