import { describe, expect, it } from '@jest/globals';
import { given, happened, ORGANIZATION, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import { Organization, OrganizationSettingsChanged } from '../../organisation/organization/organization.js';
import { EmergencyContactAdded } from '../../people/resident/contact-events.js';
import { ResidentErasureDecided } from '../../people/resident/erasure.js';
import { ResidentRegistered } from '../../people/resident/resident-events.js';
import { Resident } from '../../people/resident/resident.js';
import { ComplianceCertificateRecorded, Property, PropertyBuildingFactsRecorded, PropertyDeactivated, PropertyRegistered } from '../../property/property/property.js';
import { Room, RoomAdded, RoomTakenOutOfService } from '../../property/room/room.js';
import { Agreement, AgreementActivated, AgreementDrafted, AgreementSigned, AgreementTerminated } from '../agreement/agreement.js';
import { CorrectPlacementDate, EndPlacement, StartPlacement, TransferPlacement } from './placement-commands.js';
import { Placement, PlacementDateCorrected, PlacementEnded, PlacementStarted, PlacementTransferred } from './placement.js';

const [residentId, propertyId, otherHouse, roomId, room9, agreementId] =
  ['resident', 'property', 'other house', 'room 4', 'room 9', 'agreement'].map(someId) as [string, string, string, string, string, string];
const weeklyCharges = { corePence: 18_240, eligibleServicePence: 6_435, ineligibleServicePence: 2_150, supportPence: 0 };
const dearer = { ...weeklyCharges, corePence: 19_500 };
const registered = happened(ResidentRegistered, { firstName: 'Jordan', lastName: 'Ellis', dateOfBirth: '2006-05-02' });
const house = (id: string, ...more: Happened[]) => stateOf(Property, [happened(PropertyRegistered, {
  name: 'Mare Street House', propertyType: 'shared_housing', address: { line1: '1', town: 'London', postcode: 'E8 3RH' }, totalUnits: 12,
}), ...more], id);
const room = (id: string, of: string, ...more: Happened[]) => stateOf(Room, [happened(RoomAdded, {
  propertyId: of, roomNumber: id, roomType: 'single', capacity: 1, availableFrom: '2026-08-01', weeklyCharges: dearer,
}), ...more], id);
const terms = { residentId, propertyId, roomId, agreementType: 'license', startDate: '2026-08-01', endDate: '2026-12-01', weeklyCharges } as const;
const signed = [happened(AgreementDrafted, terms), happened(AgreementSigned, { residentId, signedAt: '2026-08-01T08:00:00.000Z' }), happened(AgreementActivated, { on: '2026-08-01' })];
const agreement = (...history: Happened[]) => stateOf(Agreement, history, agreementId);

const world = (...history: Happened[]) =>
  given(Placement, ...history)
    .where('residents', residentId, stateOf(Resident, [registered], residentId))
    .where('properties', propertyId, house(propertyId))
    .where('properties', otherHouse, house(otherHouse))
    .where('property_rooms', roomId, room(roomId, propertyId))
    .where('property_rooms', room9, room(room9, propertyId))
    .where('tenancy_agreements', agreementId, agreement(...signed))
    .fact('date-of-birth', residentId, ['2006-05-02']);
const asked = { residentId, agreementId, startDate: '2026-09-02', directAdmissionReason: 'came with the council\'s leaving-care team' };
const started = happened(PlacementStarted, { moveId: someId('move 1'), residentId, propertyId, roomId, agreementId, on: '2026-08-10', weeklyCharges });
const transferred = happened(PlacementTransferred, {
  moveId: someId('move 2'), residentId, fromPropertyId: propertyId, fromRoomId: roomId, propertyId, roomId: room9, agreementId, on: '2026-08-20', weeklyCharges: dearer, emergency: false,
});
const ended = happened(PlacementEnded, { moveId: someId('move 3'), residentId, propertyId, roomId: room9, agreementId, on: '2026-09-01', terminationType: 'planned_move_on', destination: 'own flat' });
const when = (dateOfBirth: string[]) => world().fact('date-of-birth', residentId, dateOfBirth).when(StartPlacement, asked);

describe('a placement', () => {
  it('starts in the room of a signed agreement, at its price', async () => {
    await world().when(StartPlacement, asked).records([PlacementStarted, { residentId, propertyId, roomId, agreementId, on: '2026-09-02', weeklyCharges }]);
    expect(stateOf(Placement, [started])).toMatchObject({ status: 'active', startDate: '2026-08-10', moves: [{ moveType: 'move_in', toRoomId: roomId, moveDate: '2026-08-10' }] });
    const erased = stateOf(Resident, [registered, happened(ResidentErasureDecided, { scopes: ['identity'], retained: [], on: '2026-09-01' })], residentId);
    await world().where('residents', residentId, erased).when(StartPlacement, asked).refused('ERASED');
  });

  it('RES-2: is of somebody in the band of the property, else of the organisation, and never under 16', async () => {
    await when(['2000-09-03']).records(PlacementStarted);
    await when(['2000-09-02']).refused('RES-2', 'startDate');
    await when(['2010-09-03']).refused('RES-2', 'startDate');
    await when([]).refused('RES-2', 'residentId');
    const early = { which: 'start', date: '2010-05-01', reason: 'r' } as const;
    await world(started).when(CorrectPlacementDate, early).refused('RES-2', 'date');
    const banded = house(propertyId, happened(PropertyBuildingFactsRecorded, { ageBands: ['from_22_to_25'] }));
    await world().where('properties', propertyId, banded).when(StartPlacement, asked).refused('RES-2', 'startDate');
    const wider = stateOf(Organization, [happened(OrganizationSettingsChanged, { maximumAge: 30 })], ORGANIZATION);
    await world().where('organizations', ORGANIZATION, wider).fact('date-of-birth', residentId, ['1996-09-03']).when(StartPlacement, asked).records(PlacementStarted);
  });

  it('RES-4: begins today or before, and does not end before it began', async () => {
    await world().when(StartPlacement, { ...asked, startDate: '2026-09-03' }).refused('RES-4', 'startDate');
    await world().when(StartPlacement, { ...asked, startDate: '2026-08-03' }).records([PlacementStarted, { on: '2026-08-03' }]);
    await world(started).when(EndPlacement, { on: '2026-08-09', terminationType: 'eviction' }).refused('RES-4', 'on');
    await world(started, transferred).when(TransferPlacement, { roomId, on: '2026-08-19' }).refused('RES-4', 'on');
    await world(started, transferred, ended).when(CorrectPlacementDate, { which: 'end', date: '2026-08-19', reason: 'r' }).refused('RES-4', 'date');
    await world(started, transferred, ended).when(CorrectPlacementDate, { which: 'start', date: '2026-08-21', reason: 'r' }).refused('RES-4', 'date');
    await world(started).when(CorrectPlacementDate, { which: 'start', date: '2026-09-03', reason: 'r' }).refused('RES-4', 'date');
  });

  it('RES-6: is under an agreement that is signed, theirs, and covers the day and the room', async () => {
    const under = (...history: Happened[]) => world().where('tenancy_agreements', agreementId, agreement(...history)).when(StartPlacement, asked);
    await under(signed[0]!).refused('RES-6', 'agreementId');
    await under(signed[0]!, signed[1]!).records(PlacementStarted);
    await under(...signed, happened(AgreementTerminated, { residentId, on: '2026-09-02', reason: 'r' })).refused('RES-6', 'agreementId');
    await under(happened(AgreementDrafted, { ...terms, residentId: someId('kim') }), ...signed.slice(1)).refused('RES-6', 'agreementId');
    await under(happened(AgreementDrafted, { ...terms, endDate: '2026-09-02' }), ...signed.slice(1)).refused('RES-6', 'agreementId');
    await under(happened(AgreementDrafted, { ...terms, roomId: undefined }), ...signed.slice(1)).refused('RES-6', 'roomId');
    await world().when(StartPlacement, { ...asked, roomId: room9 }).refused('RES-6', 'agreementId');
  });

  it('RES-6: a corrected first night is one that the agreement covers', async () => {
    const first = (date: string) => world(started, transferred).when(CorrectPlacementDate, { which: 'start', date, reason: 'typo' });
    await first('2026-08-01').records([PlacementDateCorrected, { on: '2026-08-01' }]);
    await first('2026-07-31').refused('RES-6', 'date');
    const over = agreement(...signed, happened(AgreementTerminated, { residentId, on: '2026-08-12', reason: 'r' }));
    const late = world(started).where('tenancy_agreements', agreementId, over);
    await late.when(CorrectPlacementDate, { which: 'start', date: '2026-08-11', reason: 'typo' }).records(PlacementDateCorrected);
    await late.when(CorrectPlacementDate, { which: 'start', date: '2026-08-12', reason: 'typo' }).refused('RES-6', 'date');
  });

  it('RES-6: is of an adult whom a manager admits directly, in a room that can be let', async () => {
    await when(['2008-09-03']).refused('RES-6', 'residentId');
    await when(['2008-09-02']).records(PlacementStarted);
    await world().as('key_worker', 'kofi', ['placements:start']).when(StartPlacement, asked).refused('RES-6', 'directAdmissionReason');
    const shut = room(roomId, propertyId, happened(RoomTakenOutOfService, { from: '2026-09-01', reason: 'damp' }));
    await world().where('property_rooms', roomId, shut).when(StartPlacement, asked).refused('RES-6', 'roomId');
    const closed = house(propertyId, happened(PropertyDeactivated, { on: '2026-09-01', reason: 'sold' }));
    await world().where('properties', propertyId, closed).when(StartPlacement, asked).refused('RES-6', 'roomId');
  });

  it('EMC-4: wants an emergency contact, or a manager who admits directly', async () => {
    const { directAdmissionReason: _, ...unasked } = asked;
    await world().when(StartPlacement, unasked).refused('EMC-4', 'residentId');
    const contact = happened(EmergencyContactAdded, { contactId: someId('mum'), contactType: 'family', name: 'Dana', relationship: 'mother', phone: '+447700900123', isPrimary: true });
    await world().where('residents', residentId, stateOf(Resident, [registered, contact], residentId)).when(StartPlacement, unasked).refused('RES-6', 'directAdmissionReason');
    await world().when(StartPlacement, asked).records(PlacementStarted);
  });

  it('PRP-7: does not start while a certificate is expired, and a transfer in the house goes on', async () => {
    const unsafe = happened(ComplianceCertificateRecorded, { certificateId: someId('gas'), kind: 'gas_safety', issuedOn: '2025-08-01', expiresOn: '2026-08-01', outcome: 'satisfactory' });
    const at = world().where('properties', propertyId, house(propertyId, unsafe));
    await at.when(StartPlacement, asked).refused('PRP-7', 'roomId');
    const complianceReason = 'The engineer comes today';
    await at.when(StartPlacement, { ...asked, complianceReason }).records([PlacementStarted, { complianceReason }]);
    await at.as('key_worker', 'kofi').when(StartPlacement, { ...asked, complianceReason }).refused('PRP-7', 'complianceReason');
    await world(started).where('properties', propertyId, house(propertyId, unsafe)).when(TransferPlacement, { roomId: room9 }).records(PlacementTransferred);
    await world(started).where('properties', otherHouse, house(otherHouse, unsafe)).where('property_rooms', room9, room(room9, otherHouse)).when(TransferPlacement, { roomId: room9 }).refused('PRP-7', 'roomId');
    await world(started).where('properties', otherHouse, house(otherHouse, unsafe)).where('property_rooms', room9, room(room9, otherHouse)).when(TransferPlacement, { roomId: room9, complianceReason }).records([PlacementTransferred, { complianceReason }]);
  });

  it('MOV-1: is transferred to another room, at its price or the one that is given', async () => {
    await world(started).when(TransferPlacement, { roomId }).refused('MOV-1', 'roomId');
    await world(started).when(TransferPlacement, { roomId: room9, on: '2026-09-01', emergency: true }).records([PlacementTransferred, { fromRoomId: roomId, roomId: room9, weeklyCharges: dearer, on: '2026-09-01' }]);
    await world(started).when(TransferPlacement, { roomId: room9, weeklyCharges }).records([PlacementTransferred, { weeklyCharges, agreementId }]);
    const free = stateOf(Room, [happened(RoomAdded, { propertyId, roomNumber: 'R09', roomType: 'single', capacity: 1, availableFrom: '2026-08-01' })], room9);
    await world(started).where('property_rooms', room9, free).when(TransferPlacement, { roomId: room9 }).refused('RES-6', 'weeklyCharges');
    const next = someId('next agreement');
    const theirs = stateOf(Agreement, [happened(AgreementDrafted, { ...terms, roomId: room9, weeklyCharges: { ...dearer, supportPence: 500 } }), ...signed.slice(1)], next);
    await world(started).where('tenancy_agreements', next, theirs).when(TransferPlacement, { roomId: room9, agreementId: next }).records([PlacementTransferred, { agreementId: next, weeklyCharges: { supportPence: 500 } }]);
    await world(started).when(TransferPlacement, { roomId: room9, agreementId }).refused('RES-6', 'agreementId');
  });

  it('MOV-4: is moved and ended on the day or after', async () => {
    await world(started).when(TransferPlacement, { roomId: room9, on: '2026-09-03' }).refused('MOV-4', 'on');
    await world(started).when(EndPlacement, { on: '2026-09-03', terminationType: 'eviction' }).refused('MOV-4', 'on');
    await world(started).when(EndPlacement, { terminationType: 'eviction', forwardingAddress: '1 Elsewhere' }).records([PlacementEnded, { on: '2026-09-02', roomId, terminationType: 'eviction' }]);
    await world(started, ended).when(CorrectPlacementDate, { which: 'end', date: '2026-09-03', reason: 'r' }).refused('MOV-4', 'date');
  });

  it('is corrected at either end, and where nothing changes not at all', async () => {
    await world(started, transferred, ended).when(CorrectPlacementDate, { which: 'start', date: '2026-08-03', reason: 'typo' }).records([PlacementDateCorrected, { roomId, on: '2026-08-03' }]);
    await world(started, transferred, ended).when(CorrectPlacementDate, { which: 'end', date: '2026-08-31', reason: 'typo' }).records([PlacementDateCorrected, { roomId: room9, on: '2026-08-31' }]);
    await world(started).when(CorrectPlacementDate, { which: 'end', date: '2026-08-31', reason: 'typo' }).refused('STATE', 'which');
    await world(started).when(CorrectPlacementDate, { which: 'start', date: '2026-08-10', reason: 'typo' }).recordsNothing();
    await world(started, ended).when(EndPlacement, { terminationType: 'eviction' }).refused('STATE');
  });
});
