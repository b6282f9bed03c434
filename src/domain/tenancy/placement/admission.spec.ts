import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { given, happened, ORGANIZATION, someId, stateOf, type Given, type Happened } from '../../../../test/support/given.js';
import type { RegisterEntry } from '../../../kernel/entity.js';
import { Refusal } from '../../../kernel/rules.js';
import { plusDays } from '../../../kernel/values.js';
import { OrganizationPolicySet } from '../../organisation/organization/organization-policies.js';
import { Organization } from '../../organisation/organization/organization.js';
import { ResidentApplicationDeclined, ResidentOffered } from '../../people/resident/application-events.js';
import { PlacementPlanRecorded, SocialWorkerAssigned } from '../../people/resident/care.js';
import { EmergencyContactAdded, EmergencyContactRestricted } from '../../people/resident/contact-events.js';
import { ResidentDeathRecorded } from '../../people/resident/death.js';
import { ResidentLegalStatusRecorded, ResidentRegistered } from '../../people/resident/resident-events.js';
import { Resident } from '../../people/resident/resident.js';
import { Property, PropertyRegistered } from '../../property/property/property.js';
import { Room, RoomAdded } from '../../property/room/room.js';
import { Agreement, AgreementDrafted, AgreementSigned } from '../agreement/agreement.js';
import { CorrectPlacementDate, StartPlacement } from './placement-commands.js';
import { Placement, PlacementStarted } from './placement.js';

const [residentId, propertyId, roomId, agreementId, mum, worker, twin] =
  ['resident', 'property', 'room 4', 'agreement', 'mum', 'social worker', 'twin'].map(someId) as [string, string, string, string, string, string, string];
const weeklyCharges = { corePence: 18_240, eligibleServicePence: 6_435, ineligibleServicePence: 2_150, supportPence: 0 };
const ON = '2026-09-02';
const registered = happened(ResidentRegistered, { firstName: 'Noor', lastName: 'Haddad', dateOfBirth: '2006-05-02' });
const contact = (contactId: string, more: object = {}): Happened =>
  happened(EmergencyContactAdded, { contactId, contactType: 'family', name: 'Dana', relationship: 'mother', phone: '+447700900123', isPrimary: true, ...more });
const house = stateOf(Property, [happened(PropertyRegistered, {
  name: 'Mare Street House', propertyType: 'shared_housing', address: { line1: '1', town: 'London', postcode: 'E8 3RH' }, totalUnits: 12,
})], propertyId);
const room = stateOf(Room, [happened(RoomAdded, { propertyId, roomNumber: 'R04', roomType: 'single', capacity: 1, availableFrom: '2026-08-01', weeklyCharges })], roomId);
const signed = stateOf(Agreement, [
  happened(AgreementDrafted, { residentId, propertyId, roomId, agreementType: 'license', startDate: '2026-08-01', weeklyCharges }),
  happened(AgreementSigned, { residentId, signedAt: '2026-08-01T08:00:00.000Z' }),
], agreementId);

const entry = (kind: string, from: string, owner = residentId): RegisterEntry =>
  ({ register: 'resident', owner, kind, key: someId(`${kind} ${from}`), from });
const inTime = [entry('accepted_referral', '2026-08-14'), entry('intake_assessment', '2026-08-13'), entry('risk_assessment', '2026-08-13')];
const without = (kind: string): RegisterEntry[] => inTime.filter((one) => one.kind !== kind);

/** Somebody born on a day, with this history after being registered, of whom this is held. */
const world = (born: string, held: readonly RegisterEntry[], ...history: Happened[]): Given<Placement> =>
  given(Placement)
    .where('residents', residentId, stateOf(Resident, [registered, ...history], residentId))
    .where('properties', propertyId, house)
    .where('property_rooms', roomId, room)
    .where('tenancy_agreements', agreementId, signed)
    .holding('resident', residentId, held)
    .fact('date-of-birth', residentId, [born]);
const asked = { residentId, agreementId, startDate: ON };
const ADULT = '2006-05-02';
const MINOR = '2009-05-02';

describe('an admission', () => {
  it('RES-6: rests on an accepted referral, an approved intake assessment and an active risk assessment', async () => {
    await world(ADULT, inTime, contact(mum)).when(StartPlacement, asked).records(PlacementStarted);
    await world(ADULT, inTime, contact(mum)).as('key_worker', 'kofi', ['placements:start']).when(StartPlacement, asked).records(PlacementStarted);
    for (const kind of ['accepted_referral', 'intake_assessment', 'risk_assessment']) {
      await world(ADULT, without(kind), contact(mum)).when(StartPlacement, asked).refused('RES-6', 'directAdmissionReason');
    }
    const later = [entry('accepted_referral', '2026-09-03'), ...without('accepted_referral')];
    await world(ADULT, later, contact(mum)).when(StartPlacement, asked).refused('RES-6', 'directAdmissionReason');
  });

  it('RES-6: takes an intake assessment of 90 days and a risk assessment of 28, or as many as the organisation says', async () => {
    const aged = (kind: string, days: number) => world(ADULT, [...without(kind), entry(kind, plusDays(ON, -days))], contact(mum));
    await aged('intake_assessment', 90).when(StartPlacement, asked).records(PlacementStarted);
    await aged('intake_assessment', 91).when(StartPlacement, asked).refused('RES-6', 'directAdmissionReason');
    await aged('risk_assessment', 28).when(StartPlacement, asked).records(PlacementStarted);
    await aged('risk_assessment', 29).when(StartPlacement, asked).refused('RES-6', 'directAdmissionReason');
    const strict = stateOf(Organization, [happened(OrganizationPolicySet, { code: 'RES-6.risk', value: 7 })], ORGANIZATION);
    await aged('risk_assessment', 8).where('organizations', ORGANIZATION, strict).when(StartPlacement, asked).refused('RES-6', 'directAdmissionReason');
    await aged('risk_assessment', 7).where('organizations', ORGANIZATION, strict).when(StartPlacement, asked).records(PlacementStarted);
  });

  it('RES-6: counts what is held under a record that was merged into this one', async () => {
    const merged: RegisterEntry = { register: 'resident', owner: residentId, kind: 'merged_here', key: twin };
    const theirs = world(ADULT, [...without('accepted_referral'), merged], contact(mum));
    await theirs.holding('resident', twin, [entry('accepted_referral', '2026-08-14', twin)]).when(StartPlacement, asked).records(PlacementStarted);
    await theirs.when(StartPlacement, asked).refused('RES-6', 'directAdmissionReason');
  });

  it('EMC-4: wants a contact who may be called', async () => {
    await world(ADULT, inTime).when(StartPlacement, asked).refused('EMC-4', 'residentId');
    await world(ADULT, inTime, contact(mum), happened(EmergencyContactRestricted, { contactId: mum, reason: 'order' })).when(StartPlacement, asked).refused('EMC-4', 'residentId');
  });

  it('RES-6: is waived for an adult by a manager who says why, and by nobody else', async () => {
    const direct = { ...asked, directAdmissionReason: 'no time to lose' };
    await world(ADULT, []).when(StartPlacement, direct).records([PlacementStarted, { directAdmissionReason: 'no time to lose' }]);
    await world(ADULT, []).as('key_worker', 'kofi', ['placements:start']).when(StartPlacement, direct).refused('RES-6', 'directAdmissionReason');
  });

  it('is of somebody who has applied, was offered a room, or moved out; not of who was declined, or died', async () => {
    const offered = happened(ResidentOffered, { roomId, reservationId: someId('reservation') });
    await world(ADULT, inTime, contact(mum), offered).when(StartPlacement, asked).records(PlacementStarted);
    const declined = happened(ResidentApplicationDeclined, { reasonCode: 'no_vacancy', agreementIds: [] });
    await world(ADULT, inTime, contact(mum), declined).when(StartPlacement, asked).refused('STATE');
    await world(ADULT, inTime, contact(mum), happened(ResidentDeathRecorded, { on: '2026-09-01' })).when(StartPlacement, asked).refused('STATE', 'residentId');
  });
});

describe('an admission of somebody under 18', () => {
  const care = [
    happened(ResidentLegalStatusRecorded, { legalStatus: 'section_20', responsibleLa: 'LB Hackney' }),
    contact(worker, { contactType: 'social_worker' }),
    happened(SocialWorkerAssigned, { contactId: worker, from: '2026-08-20' }),
    happened(PlacementPlanRecorded, { agreedOn: '2026-08-25' }),
    contact(mum, { outOfHours: true }),
  ];
  const but = (index: number): Happened[] => care.filter((_, at) => at !== index);
  const minor = (...history: Happened[]) => world(MINOR, inTime, ...history).when(StartPlacement, asked);

  it('RES-6: has a responsible authority, a social worker, a placement plan, and all that an adult has', async () => {
    await minor(...care).records(PlacementStarted);
    for (const index of [0, 2, 3]) await minor(...but(index)).refused('RES-6', 'residentId');
    await minor(...care, happened(EmergencyContactRestricted, { contactId: worker, reason: 'left' })).refused('RES-6', 'residentId');
    for (const kind of ['accepted_referral', 'intake_assessment', 'risk_assessment']) {
      await world(MINOR, without(kind), ...care).when(StartPlacement, asked).refused('RES-6', 'directAdmissionReason');
    }
  });

  it('EMC-4: has a contact who can be reached out of hours', () => minor(...but(4)).refused('EMC-4', 'residentId'));

  it('RES-6: is waived by nobody', () =>
    world(MINOR, [], ...care).when(StartPlacement, { ...asked, directAdmissionReason: 'no time to lose' }).refused('RES-6', 'directAdmissionReason'));

  it('RES-6: is asked again where the first night turns out to be before their birthday', async () => {
    const started = happened(PlacementStarted, { moveId: someId('move'), residentId, propertyId, roomId, agreementId, on: ON, weeklyCharges });
    const first = (...history: Happened[]) => given(Placement, started)
      .where('residents', residentId, stateOf(Resident, [registered, ...history], residentId))
      .where('properties', propertyId, house)
      .where('property_rooms', roomId, room)
      .where('tenancy_agreements', agreementId, signed)
      .fact('date-of-birth', residentId, ['2008-09-01'])
      .when(CorrectPlacementDate, { which: 'start', date: '2026-08-31', reason: 'typo' });
    await first(...care).events();
    await first().refused('RES-6', 'date');
  });

  it('RES-2, RES-6: is decided by the birthday; born on 29 February, on 1 March', () =>
    fc.assert(fc.asyncProperty(fc.constantFrom('2008-02-29', '2008-02-28', '2008-03-01'), fc.integer({ min: -3, max: 3 }), async (born, days) => {
      const startDate = plusDays('2026-03-01', days);
      const eighteenth = { '2008-02-29': '2026-03-01', '2008-02-28': '2026-02-28', '2008-03-01': '2026-03-01' }[born]!;
      const agreement = stateOf(Agreement, [
        happened(AgreementDrafted, { residentId, propertyId, roomId, agreementType: 'license', startDate: '2026-01-01', weeklyCharges }),
        happened(AgreementSigned, { residentId, signedAt: '2026-01-01T08:00:00.000Z' }),
      ], agreementId);
      const direct = world(born, []).where('tenancy_agreements', agreementId, agreement).when(StartPlacement, { ...asked, startDate, directAdmissionReason: 'r' });
      const refused = await direct.events().then(() => undefined, (error: unknown) => (error as Refusal).code);
      return refused === (startDate >= eighteenth ? undefined : 'RES-6');
    })));
});
