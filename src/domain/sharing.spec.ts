import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { given, happened, ORGANIZATION, someId, stateOf, type Given, type Happened } from '../../test/support/given.js';
import type { RegisterEntry } from '../kernel/entity.js';
import { Refusal } from '../kernel/rules.js';
import { ageOn, later, plusDays } from '../kernel/values.js';
import { OrganizationPolicySet } from './organisation/organization/organization-policies.js';
import { Organization } from './organisation/organization/organization.js';
import { MarkAge, ResidentSharesAcrossAges } from './people/resident/coming-of-age.js';
import { ResidentRegistered } from './people/resident/resident-events.js';
import { ResidentMovedIn, ResidentTransferred } from './people/resident/resident-moves.js';
import { Resident } from './people/resident/resident.js';
import { RecordSibling, RemoveSibling, ResidentSiblingRecorded, ResidentSiblingRemoved } from './people/resident/siblings.js';
import { Property, PropertyRegistered } from './property/property/property.js';
import { ReserveRoom } from './property/room/room-commands.js';
import { Room, RoomAdded, RoomReserved } from './property/room/room.js';
import { Agreement, AgreementDrafted, AgreementSigned } from './tenancy/agreement/agreement.js';
import { CorrectPlacementDate, StartPlacement, TransferPlacement } from './tenancy/placement/placement-commands.js';
import { Placement, PlacementDateCorrected, PlacementStarted, PlacementTransferred } from './tenancy/placement/placement.js';

const [sam, kim, propertyId, roomId, room9, agreementId, placementId] =
  ['sam', 'kim', 'Property', 'Room', 'room 9', 'agreement', 'Placement'].map(someId) as [string, string, string, string, string, string, string];
const weeklyCharges = { corePence: 18_240, eligibleServicePence: 6_435, ineligibleServicePence: 2_150, supportPence: 0 };
const added = (capacity: number): Happened =>
  happened(RoomAdded, { propertyId, roomNumber: 'R04', roomType: 'shared', capacity, availableFrom: '2026-01-01', weeklyCharges });
const house = stateOf(Property, [happened(PropertyRegistered, {
  name: 'House', propertyType: 'shared_housing', address: { line1: '1', town: 'London', postcode: 'E8 3RH' }, totalUnits: 12,
})], propertyId);
const person = (id: string, ...more: Happened[]) => stateOf(Resident, [happened(ResidentRegistered, { firstName: 'Sam', lastName: 'Ode', dateOfBirth: '2006-05-02' }), ...more], id);
const signed = stateOf(Agreement, [
  happened(AgreementDrafted, { residentId: sam, propertyId, agreementType: 'license', startDate: '2026-01-01', weeklyCharges }),
  happened(AgreementSigned, { residentId: sam, signedAt: '2026-01-01T08:00:00.000Z' }),
], agreementId);
/** Nights of Kim in a room, or a bed kept for them, as the register has them. */
const entry = (kind: 'placement' | 'reservation', from: string, to?: string, more: object = {}): RegisterEntry =>
  ({ register: 'property', owner: propertyId, kind, key: roomId, party: kim, from, ...(to ? { to } : {}), ...more });
const started = happened(PlacementStarted, { moveId: someId('move'), residentId: sam, propertyId, roomId: room9, agreementId, on: '2026-08-10', weeklyCharges });

interface About { readonly born?: string; readonly gender?: string; readonly history?: Happened[] }
/** Sam, and Kim who is in the room of two beds as the entries say. */
function world<S extends Room | Placement>(given: Given<S>, entries: readonly RegisterEntry[], ofSam: About = {}, ofKim: About = {}, capacity = 2): Given<S> {
  const facts = [[sam, ofSam], [kim, ofKim]] as const;
  const base = given
    .where('residents', sam, person(sam, ...(ofSam.history ?? []))).where('residents', kim, person(kim, ...(ofKim.history ?? [])))
    .where('properties', propertyId, house).where('tenancy_agreements', agreementId, signed)
    .where('property_rooms', roomId, stateOf(Room, [added(capacity)], roomId)).where('property_rooms', room9, stateOf(Room, [added(1)], room9))
    .holding('property', propertyId, entries);
  return facts.reduce((all, [id, { born = '2006-05-02', gender }]) =>
    all.fact('date-of-birth', id, born ? [born] : []).fact('gender', id, gender ? [gender] : []), base);
}
const start = { residentId: sam, agreementId, roomId, startDate: '2026-09-02', directAdmissionReason: 'came with the council\'s leaving-care team' };
const here = [entry('placement', '2026-08-20')];
const MINOR = '2009-05-02';
const brother = (siblingId: string): About['history'] => [happened(ResidentSiblingRecorded, { siblingId })];

describe('who shares a room', () => {
  it('ROM-8: is of age, or nobody is, wherever somebody is booked', async () => {
    for (const entries of [here, [entry('reservation', '2026-08-20', undefined, { expiresAt: '2026-09-09T08:00:00.000Z' })]]) {
      await world(given(Placement), entries).when(StartPlacement, start).records(PlacementStarted);
      await world(given(Placement), entries, {}, { born: MINOR }).when(StartPlacement, start).refused('ROM-8', 'residentId');
      await world(given(Placement, started), entries).when(TransferPlacement, { roomId }).records(PlacementTransferred);
      await world(given(Placement, started), entries, {}, { born: MINOR }).when(TransferPlacement, { roomId }).refused('ROM-8', 'roomId');
      await world(given(Room, added(2)), entries, {}, { born: MINOR }).when(ReserveRoom, { residentId: sam, from: '2026-09-10' }).refused('ROM-8', 'residentId');
      await world(given(Room, added(2)), entries, { born: MINOR }, { born: MINOR }).when(ReserveRoom, { residentId: sam, from: '2026-09-10' }).records(RoomReserved);
    }
    // One bed, other nights, a reservation that has lapsed, or a date of birth that nobody knows.
    await world(given(Placement), here, {}, { born: MINOR }, 1).when(StartPlacement, start).records(PlacementStarted);
    await world(given(Placement), [entry('placement', '2026-08-20', '2026-09-02')], {}, { born: MINOR }).when(StartPlacement, start).records(PlacementStarted);
    await world(given(Placement), [entry('reservation', '2026-08-20', undefined, { expiresAt: '2026-09-02T08:00:00.000Z' })], {}, { born: MINOR }).when(StartPlacement, start).records(PlacementStarted);
    await world(given(Placement), here, {}, { born: '' }).when(StartPlacement, start).records(PlacementStarted);
    await world(given(Placement), [{ ...here[0]!, key: room9 }], {}, { born: MINOR }).when(StartPlacement, start).records(PlacementStarted);
  });

  it('ROM-8: is looked at on the first night in common, and tonight', async () => {
    // Kim turns 18 on 10 September: they share the room from the 15th on.
    const later = [entry('placement', '2026-09-15')];
    await world(given(Placement), later, {}, { born: '2008-09-10' }).when(StartPlacement, start).records(PlacementStarted);
    await world(given(Placement), here, {}, { born: '2008-09-10' }).when(StartPlacement, start).refused('ROM-8', 'residentId');
    // Sam turned 18 on 30 August: a move on the 25th is recorded only now, and tonight they are of age, and Kim is not.
    const moved = (on: string) => world(given(Placement, started), [entry('placement', '2026-08-20', '2026-09-05')], { born: '2008-08-30' }, { born: MINOR }).when(TransferPlacement, { roomId, on });
    await moved('2026-08-25').refused('ROM-8', 'roomId');
    const over = world(given(Placement, started), [entry('placement', '2026-08-20', '2026-08-30')], { born: '2008-08-30' }, { born: MINOR });
    await over.when(TransferPlacement, { roomId, on: '2026-08-25' }).records(PlacementTransferred);
    const minors = world(given(Room, added(2)), here, { born: '2008-09-10' }, { born: MINOR });
    await minors.when(ReserveRoom, { residentId: sam, from: '2026-09-09' }).records(RoomReserved);
    await minors.when(ReserveRoom, { residentId: sam, from: '2026-09-10' }).refused('ROM-8', 'residentId');
  });

  it('ROM-8: is looked at again where the first night was another', async () => {
    const inIt = happened(PlacementStarted, { moveId: someId('move'), residentId: sam, propertyId, roomId, agreementId, on: '2026-08-25', weeklyCharges });
    const correct = (date: string, ofSam: About, ofKim: About, ...entries: RegisterEntry[]) =>
      world(given(Placement, inIt), entries, ofSam, ofKim).when(CorrectPlacementDate, { which: 'start', date, reason: 'typo' });
    const untilThe24th = entry('placement', '2026-08-01', '2026-08-24');
    await correct('2026-08-24', {}, { born: MINOR }, untilThe24th).records(PlacementDateCorrected);
    await correct('2026-08-23', {}, { born: MINOR }, untilThe24th).refused('ROM-8', 'date');
    await correct('2026-08-23', { gender: 'Female' }, { gender: 'male' }, untilThe24th).refused('ROM-8', 'sharingReason');
    // With Kim, who is here all the time, nothing is asked anew.
    await correct('2026-08-23', { gender: 'Female' }, { gender: 'male' }, entry('placement', '2026-08-01')).records(PlacementDateCorrected);
  });

  it('ROM-8: is of one gender, unless a manager says why, and that is kept', async () => {
    const mixed = (capacity = 2) => world(given(Placement), here, { gender: 'Woman ' }, { gender: 'Male' }, capacity);
    const sharingReason = 'A couple, at their own wish';
    await mixed().when(StartPlacement, start).refused('ROM-8', 'sharingReason');
    await mixed(1).when(StartPlacement, start).records(PlacementStarted);
    await mixed().when(StartPlacement, { ...start, sharingReason }).records([PlacementStarted, { sharingReason }]);
    await mixed().as('key_worker', 'kofi', ['*:*']).when(StartPlacement, { ...start, sharingReason }).refused('ROM-8', 'sharingReason');
    await world(given(Placement), here, { gender: 'woman' }, { gender: 'Female' }).when(StartPlacement, start).records(PlacementStarted);
    await world(given(Placement), here, { gender: 'non-binary' }, { gender: 'female' }).when(StartPlacement, start).refused('ROM-8', 'sharingReason');
    await world(given(Placement), here, { gender: 'woman' }).when(StartPlacement, start).records(PlacementStarted);
    await world(given(Placement, started), here, { gender: 'woman' }, { gender: 'man' }).when(TransferPlacement, { roomId }).refused('ROM-8', 'sharingReason');
    await world(given(Placement, started), here, { gender: 'woman' }, { gender: 'man' }).when(TransferPlacement, { roomId, sharingReason }).records([PlacementTransferred, { sharingReason }]);
    expect(stateOf(Placement, [happened(PlacementStarted, { moveId: someId('move'), residentId: sam, on: '2026-08-10', sharingReason })]).sharingReason).toBe(sharingReason);
    // Minors and adults share no room, whatever anybody says.
    await world(given(Placement), here, {}, { born: MINOR }).when(StartPlacement, { ...start, sharingReason }).refused('ROM-8', 'residentId');
  });

  it('ROM-8: needs no other reason than the one for which the bed was kept', async () => {
    const reserve = world(given(Room, added(2)), here, { gender: 'woman' }, { gender: 'man' });
    const asked = { residentId: sam, from: '2026-09-02' };
    await reserve.when(ReserveRoom, asked).refused('ROM-8', 'sharingReason');
    await reserve.when(ReserveRoom, { ...asked, sharingReason: 'A couple' }).records([RoomReserved, { sharingReason: 'A couple' }]);
    const kept = happened(RoomReserved, { reservationId: someId('reservation'), ...asked, expiresAt: '2026-09-09T08:00:00.000Z', sharingReason: 'A couple' });
    await world(given(Placement), here, { gender: 'woman' }, { gender: 'man' }).as('key_worker', 'kofi')
      .where('property_rooms', roomId, stateOf(Room, [added(2), kept], roomId)).when(StartPlacement, start).records(PlacementStarted);
  });

  it('ROM-8: may be siblings, whoever of them it was recorded of; or the organisation does not ask', async () => {
    const genders = [{ gender: 'woman' }, { gender: 'man' }] as const;
    await world(given(Placement), here, { ...genders[0], history: brother(kim)! }, genders[1]).when(StartPlacement, start).records(PlacementStarted);
    await world(given(Placement), here, genders[0], { ...genders[1], history: brother(sam)! }).when(StartPlacement, start).records(PlacementStarted);
    await world(given(Placement), here, genders[0], { ...genders[1], history: brother(someId('nobody'))! }).when(StartPlacement, start).refused('ROM-8', 'sharingReason');
    const liberal = stateOf(Organization, [happened(OrganizationPolicySet, { code: 'ROM-8.genders', value: 0 })], ORGANIZATION);
    await world(given(Placement), here, ...genders).where('organizations', ORGANIZATION, liberal).when(StartPlacement, start).records(PlacementStarted);
    await world(given(Placement), here, { history: brother(kim)! }, { born: MINOR }).when(StartPlacement, start).refused('ROM-8', 'residentId');
  });

  it('ROM-8: comes to the same in whichever order two of them are booked, birthdays on 29 February included', () =>
    fc.assert(fc.asyncProperty(
      fc.constantFrom('2008-02-29', '2008-03-01', '2008-02-28', '2008-03-10', '2006-01-01', '2009-09-09'),
      fc.constantFrom('2008-02-29', '2008-03-02', '2007-12-31', '2009-01-01'),
      fc.integer({ min: -5, max: 5 }), fc.integer({ min: -5, max: 5 }),
      async (born, other, a, b) => {
        const from = plusDays('2026-03-01', a);
        const otherFrom = plusDays('2026-03-01', b);
        const reserve = async (mine: string, on: string, theirs: string, theirFrom: string): Promise<string | undefined> =>
          world(given(Room, added(2)), [entry('placement', theirFrom)], { born: mine }, { born: theirs }).now('2026-02-01T08:00:00.000Z')
            .when(ReserveRoom, { residentId: sam, from: on }).events().then(() => undefined, (error: unknown) => (error as Refusal).code);
        const night = later(from, otherFrom);
        const wanted = (ageOn(born, night) < 18) === (ageOn(other, night) < 18) ? undefined : 'ROM-8';
        expect([await reserve(born, from, other, otherFrom), await reserve(other, otherFrom, born, from)]).toEqual([wanted, wanted]);
      },
    ), { numRuns: 60 }));
});

describe('siblings', () => {
  it('are recorded once, of another resident, and taken back', async () => {
    const record = given(Resident).where('residents', sam, person(sam));
    await record.when(RecordSibling, { siblingId: sam }).records([ResidentSiblingRecorded, { siblingId: sam }]);
    await record.when(RecordSibling, { siblingId: kim }).refused('GEN-1', 'siblingId');
    const known = given(Resident, happened(ResidentSiblingRecorded, { siblingId: sam })).where('residents', sam, person(sam)).where('residents', kim, person(kim));
    await known.when(RecordSibling, { siblingId: sam }).recordsNothing();
    await known.when(RemoveSibling, { siblingId: sam }).records([ResidentSiblingRemoved, { siblingId: sam }]);
    await known.when(RemoveSibling, { siblingId: kim }).refused('GEN-1', 'siblingId');
    await given(Resident).where('residents', someId('Resident'), person(someId('Resident'))).when(RecordSibling, { siblingId: someId('Resident') }).refused('VALIDATION', 'siblingId');
    expect(stateOf(Resident, [happened(ResidentSiblingRecorded, { siblingId: sam }), happened(ResidentSiblingRemoved, { siblingId: sam })]).siblings).toEqual([]);
  });
});

describe('a birthday in a shared room', () => {
  const id = someId('Resident');
  const livesHere = happened(ResidentMovedIn, { placementId, propertyId, roomId, agreementId, on: '2026-08-25' });
  const mark = (born: string, other: string, entries: readonly RegisterEntry[], ...more: Happened[]) =>
    given(Resident, livesHere, ...more).as('system').where('properties', propertyId, house).holding('property', propertyId, entries)
      .fact('date-of-birth', id, [born]).fact('date-of-birth', kim, [other]).when(MarkAge);

  it('is told where the other one is not of age, once for a room', async () => {
    await mark('2008-09-02', MINOR, here).events().then((events) => expect(events.map(({ constructor }) => constructor.name)).toContain('ResidentSharesAcrossAges'));
    await mark('2008-09-03', MINOR, here).recordsNothing();
    await mark('2006-09-02', MINOR, here).records([ResidentSharesAcrossAges, { roomId }]);
    await mark('2006-09-02', '2006-01-01', here).recordsNothing();
    await mark('2006-09-02', MINOR, [entry('placement', '2026-08-20', '2026-09-02'), entry('reservation', '2026-08-20')]).recordsNothing();
    const told = happened(ResidentSharesAcrossAges, { roomId });
    await mark('2006-09-02', MINOR, here, told).recordsNothing();
    const back = [told, happened(ResidentTransferred, { placementId, propertyId, roomId: room9, on: '2026-08-26', emergency: false }), happened(ResidentTransferred, { placementId, propertyId, roomId, on: '2026-08-27', emergency: false })];
    await mark('2006-09-02', MINOR, here, ...back).records(ResidentSharesAcrossAges);
  });
});
