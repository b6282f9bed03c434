import { describe, expect, it } from '@jest/globals';
import { given, happened, ORGANIZATION, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import { Organization } from '../../organisation/organization/organization.js';
import { RESIDENT_REGISTER } from '../../people/resident-register.js';
import { DeclineApplication } from '../../people/resident/application.js';
import { ResidentApplicationDeclined } from '../../people/resident/application-events.js';
import { ResidentRegistered } from '../../people/resident/resident-events.js';
import { MoveResidentIn, ResidentMovedIn } from '../../people/resident/resident-moves.js';
import { Resident } from '../../people/resident/resident.js';
import { Property, PropertyRegistered } from '../../property/property/property.js';
import { Room, RoomAdded, RoomReserved } from '../../property/room/room.js';
import { Agreement, AgreementDrafted, AgreementSigned, AgreementTerminated } from '../agreement/agreement.js';
import { CorrectPlacementDate } from './placement-commands.js';
import { Placement, PlacementStarted } from './placement.js';
import { CancelPlannedPlacement, ChangePlannedPlacement, DropPlannedPlacement, PlanPlacement, StartPlannedPlacement } from './plan-commands.js';
import { PlacementPlanned, PlannedPlacementCancelled, PlannedPlacementChanged } from './plan.js';

const [residentId, propertyId, roomId, agreementId, moveId] = ['Resident', 'Property', 'R04', 'Agreement', 'move'].map(someId) as [string, string, string, string, string];
const weeklyCharges = { corePence: 18_240, eligibleServicePence: 6_435, ineligibleServicePence: 2_150, supportPence: 0 };
const drafted = happened(AgreementDrafted, { residentId, propertyId, roomId, agreementType: 'license', startDate: '2026-09-01', weeklyCharges });
const signed = happened(AgreementSigned, { residentId, signedAt: '2026-09-01T10:00:00.000Z' });
const registered = happened(ResidentRegistered, { firstName: 'Jordan', lastName: 'Ellis', dateOfBirth: '2006-05-02' });
const planned = happened(PlacementPlanned, { moveId, residentId, propertyId, roomId, agreementId, plannedDate: '2026-09-05' });
const place = { residentId, agreementId, plannedDate: '2026-09-05' };

interface There { readonly placement?: Happened[]; readonly resident?: Happened[]; readonly agreement?: Happened[] }
const world = ({ placement = [], resident = [], agreement = [] }: There = {}) => given(Placement, ...placement)
  .where('organizations', ORGANIZATION, stateOf(Organization, [], ORGANIZATION))
  .where('residents', residentId, stateOf(Resident, [registered, ...resident], residentId)).fact('date-of-birth', residentId, ['2006-05-02'])
  .where('properties', propertyId, stateOf(Property, [happened(PropertyRegistered, { name: 'House', address: { line1: '1', town: 'L', postcode: 'E8 3RH' }, totalUnits: 3 })], propertyId))
  .where('property_rooms', roomId, stateOf(Room, [happened(RoomAdded, { propertyId, roomNumber: 'R04', roomType: 'single', capacity: 1, availableFrom: '2026-08-01' })], roomId))
  .where('tenancy_agreements', agreementId, stateOf(Agreement, [drafted, ...agreement], agreementId));

describe('a stay that is planned', () => {
  it('MOV-4: is expected today or later, under an agreement that may be a draft', async () => {
    await world().when(PlanPlacement, place).records([PlacementPlanned, { residentId, propertyId, roomId, agreementId, plannedDate: '2026-09-05' }]);
    await world().when(PlanPlacement, { ...place, plannedDate: '2026-09-02' }).records(PlacementPlanned);
    await world().when(PlanPlacement, { ...place, plannedDate: '2026-09-01' }).refused('MOV-4', 'plannedDate');
    await world().when(PlanPlacement, { ...place, plannedDate: '2022-05-01' }).refused('MOV-4', 'plannedDate');
  });

  it('RES-6, RES-2: is refused for whoever could not move in on that day', async () => {
    await world({ agreement: [happened(AgreementTerminated, { residentId, on: '2026-09-02', reason: 'r' })] }).when(PlanPlacement, place).refused('RES-6', 'agreementId');
    await world().fact('date-of-birth', residentId, ['2012-05-02']).when(PlanPlacement, place).refused('RES-2', 'plannedDate');
    const livesHere = happened(ResidentMovedIn, { placementId: someId('other'), propertyId, roomId, agreementId, on: '2026-08-01' });
    await world({ resident: [livesHere] }).when(PlanPlacement, place).refused('STATE', 'residentId');
    await world({ resident: [happened(ResidentApplicationDeclined, { reasonCode: 'no_vacancy', agreementIds: [] })] }).when(PlanPlacement, place).refused('STATE', 'residentId');
    const another = happened(AgreementDrafted, { residentId: someId('kim'), propertyId, roomId, agreementType: 'license', startDate: '2026-09-01', weeklyCharges });
    await world().where('tenancy_agreements', agreementId, stateOf(Agreement, [another], agreementId)).when(PlanPlacement, place).refused('RES-6', 'agreementId');
  });

  it('holds no bed and no night: that it is planned, until it starts or is given up', () => {
    const entry = { register: RESIDENT_REGISTER, owner: residentId, kind: 'planned_placement', key: someId('Placement'), party: roomId };
    expect(stateOf(Placement, [planned]).holds()).toEqual([entry]);
    expect(stateOf(Placement, [planned, happened(PlannedPlacementCancelled, { moveId, residentId, reason: 'r' })]).holds()).toEqual([]);
    const started = happened(PlacementStarted, { moveId, residentId, propertyId, roomId, agreementId, on: '2026-09-02', weeklyCharges });
    expect(stateOf(Placement, [planned, started]).holds().map(({ kind }) => kind)).not.toContain('planned_placement');
  });

  it('starts as one that was not planned does, and shows the days between', async () => {
    const start = { directAdmissionReason: 'No time to lose.' };
    const history = { placement: [planned], agreement: [signed] };
    await world(history).when(StartPlannedPlacement, start).records([PlacementStarted, { moveId, residentId, roomId, agreementId, on: '2026-09-02', weeklyCharges, directAdmissionReason: 'No time to lose.' }]);
    await world({ placement: [planned] }).when(StartPlannedPlacement, start).refused('RES-6');
    await world(history).when(StartPlannedPlacement, { ...start, startDate: '2026-09-03' }).refused('RES-4', 'startDate');
    await world(history).when(StartPlannedPlacement, {}).refused('EMC-4');
    const started = happened(PlacementStarted, { moveId, residentId, propertyId, roomId, agreementId, on: '2026-09-02', weeklyCharges });
    expect(stateOf(Placement, [planned, started])).toMatchObject({
      status: 'active', startDate: '2026-09-02', plannedDate: '2026-09-05', moves: [{ id: moveId, status: 'done', moveDate: '2026-09-02', plannedDate: '2026-09-05', plannedVsActualDays: -3 }],
    });
    await world({ placement: [planned, started], agreement: [signed] }).when(StartPlannedPlacement, start).refused('STATE');
  });

  it('MOV-7: changes its day, and its room into one in which a bed is kept for them', async () => {
    const [other, draft] = ['R09', 'next draft'].map(someId) as [string, string];
    const kept = (from: string, more: object = {}) => happened(RoomReserved, { reservationId: someId('kept'), residentId, from, expiresAt: '2026-09-08T08:00:00.000Z', ...more });
    const about = happened(AgreementDrafted, { residentId, propertyId, roomId: other, agreementType: 'license', startDate: '2026-09-01', weeklyCharges });
    const into = (...reserved: Happened[]) => world({ placement: [planned] }).where('tenancy_agreements', draft, stateOf(Agreement, [about], draft))
      .where('property_rooms', other, stateOf(Room, [happened(RoomAdded, { propertyId, roomNumber: 'R09', roomType: 'single', capacity: 1, availableFrom: '2026-08-01' }), ...reserved], other));
    await into().when(ChangePlannedPlacement, { plannedDate: '2026-09-09' }).records([PlannedPlacementChanged, { moveId, roomId, agreementId, plannedDate: '2026-09-09' }]);
    await into().when(ChangePlannedPlacement, { plannedDate: '2026-09-05', roomId }).recordsNothing();
    await into().when(ChangePlannedPlacement, { plannedDate: '2026-09-01' }).refused('MOV-4', 'plannedDate');
    const change = { roomId: other, agreementId: draft };
    await into(kept('2026-09-05')).when(ChangePlannedPlacement, change).records([PlannedPlacementChanged, { roomId: other, agreementId: draft, plannedDate: '2026-09-05', formerRoomId: roomId, formerAgreementId: agreementId }]);
    await into(kept('2026-09-05')).when(ChangePlannedPlacement, { roomId: other }).refused('RES-6', 'agreementId');
    await into().when(ChangePlannedPlacement, change).refused('MOV-7', 'roomId');
    await into(kept('2026-09-06')).when(ChangePlannedPlacement, change).refused('MOV-7', 'roomId');
    await into(kept('2026-09-03', { to: '2026-09-05' })).when(ChangePlannedPlacement, change).refused('MOV-7', 'roomId');
    await into(kept('2026-09-05', { residentId: someId('kim') })).when(ChangePlannedPlacement, change).refused('MOV-7', 'roomId');
    await into(kept('2026-09-05', { expiresAt: '2026-09-02T08:00:00.000Z' })).when(ChangePlannedPlacement, change).refused('MOV-7', 'roomId');
    const changed = happened(PlannedPlacementChanged, { moveId, residentId, propertyId, roomId: other, agreementId: draft, plannedDate: '2026-09-07', formerRoomId: roomId, formerAgreementId: agreementId });
    expect(stateOf(Placement, [planned, changed])).toMatchObject({ status: 'planned', roomId: other, agreementId: draft, plannedDate: '2026-09-07', moves: [{ toRoomId: other, plannedDate: '2026-09-07', status: 'planned' }] });
    expect(stateOf(Placement, [planned, changed]).holds()).toMatchObject([{ kind: 'planned_placement', party: other }]);
    const started = happened(PlacementStarted, { moveId, residentId, propertyId, roomId, agreementId, on: '2026-09-02', weeklyCharges });
    await world({ placement: [planned, started] }).when(ChangePlannedPlacement, { plannedDate: '2026-09-09' }).refused('STATE');
  });

  it('is given up with a reason, or dropped where its ground is gone, and then is no stay', async () => {
    await world({ placement: [planned] }).when(CancelPlannedPlacement, { reason: 'Moves in with an aunt.' }).records([PlannedPlacementCancelled, { moveId, reason: 'Moves in with an aunt.' }]);
    await world({ placement: [planned] }).when(DropPlannedPlacement, { because: 'offer_ended' }).records([PlannedPlacementCancelled, { moveId, because: 'offer_ended' }]);
    await world({ placement: [planned] }).when(CorrectPlacementDate, { which: 'start', date: '2026-09-01', reason: 'r' }).refused('STATE');
    const cancelled = happened(PlannedPlacementCancelled, { moveId, residentId, reason: 'r' });
    await world({ placement: [planned, cancelled] }).when(DropPlannedPlacement, { because: 'offer_ended' }).recordsNothing();
    await world({ placement: [planned, cancelled] }).when(StartPlannedPlacement, {}).refused('STATE');
    await world({ placement: [planned, cancelled] }).when(CancelPlannedPlacement, { reason: 'r' }).refused('STATE');
    expect(stateOf(Placement, [planned, cancelled])).toMatchObject({ status: 'cancelled', moves: [{ status: 'cancelled', notes: 'r' }] });
  });

  it('is named by what ends the application, and by a move in elsewhere', async () => {
    const entries = [{ register: RESIDENT_REGISTER, owner: residentId, kind: 'planned_placement', key: someId('planned'), party: roomId }];
    const resident = given(Resident, registered).holding(RESIDENT_REGISTER, someId('Resident'), entries).where('organizations', ORGANIZATION, stateOf(Organization, [], ORGANIZATION));
    await resident.when(DeclineApplication, { reasonCode: 'no_vacancy' }).records([ResidentApplicationDeclined, { placementIds: [someId('planned')] }]);
    const moved = { propertyId, roomId, agreementId, on: '2026-09-02' };
    const arrived = resident.where('placements', someId('other'), stateOf(Placement, [], someId('other'))).where('placements', someId('planned'), stateOf(Placement, [planned], someId('planned')))
      .where('properties', propertyId, stateOf(Property, [], propertyId)).where('property_rooms', roomId, stateOf(Room, [], roomId)).where('tenancy_agreements', agreementId, stateOf(Agreement, [], agreementId));
    await arrived.when(MoveResidentIn, { ...moved, placementId: someId('other') }).records([ResidentMovedIn, { otherPlacementIds: [someId('planned')] }]);
    const [event] = await arrived.when(MoveResidentIn, { ...moved, placementId: someId('planned') }).events();
    expect(event).not.toHaveProperty('otherPlacementIds');
  });
});
