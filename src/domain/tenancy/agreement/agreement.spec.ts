import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { given, happened, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import { Membership, MembershipAccepted, UserInvited } from '../../organisation/membership/membership.js';
import { ResidentErasureDecided } from '../../people/resident/erasure.js';
import { ResidentRegistered } from '../../people/resident/resident-events.js';
import { Resident } from '../../people/resident/resident.js';
import { Property, PropertyRegistered } from '../../property/property/property.js';
import { Room, RoomAdded } from '../../property/room/room.js';
import { ActivateAgreement, DraftAgreement, SignAgreement, TerminateAgreement, VoidAgreement } from './agreement-commands.js';
import { RentVaried } from './agreement-terms.js';
import { VaryRent } from './term-commands.js';
import { Agreement, AgreementActivated, AgreementDrafted, AgreementSigned, AgreementTerminated, AgreementVoided } from './agreement.js';

const [residentId, propertyId, roomId] = [someId('Resident'), someId('Property'), someId('Room')];
const weeklyCharges = { corePence: 18_240, eligibleServicePence: 6_435, ineligibleServicePence: 2_150, supportPence: 0 };
const facts = { residentId, propertyId, roomId, agreementType: 'license', startDate: '2026-09-02', weeklyCharges } as const;
const drafted = happened(AgreementDrafted, facts);
const signed = happened(AgreementSigned, { residentId, signedAt: '2026-09-01T10:00:00.000Z' });
const activated = happened(AgreementActivated, { on: '2026-09-01' });

const jordan = happened(ResidentRegistered, { firstName: 'Jordan', lastName: 'Ellis', dateOfBirth: '2006-05-02' });
const house = (providerRegime: 'prp' | 'private') => stateOf(Property, [happened(PropertyRegistered, {
  name: 'Mare Street House', propertyType: 'shared_housing', address: { line1: '1', town: 'London', postcode: 'E8 3RH' }, totalUnits: 12, providerRegime,
})], propertyId);
const room = (of: string) => stateOf(Room, [happened(RoomAdded, { propertyId: of, roomNumber: 'R04', roomType: 'single', capacity: 1, availableFrom: '2026-08-01' })], roomId);
const world = (...history: Happened[]) =>
  given(Agreement, ...history)
    .where('residents', residentId, stateOf(Resident, [jordan], residentId))
    .where('properties', propertyId, house('prp'))
    .where('property_rooms', roomId, room(propertyId))
    .where('users', someId('anna'), stateOf(Resident, [], someId('anna')))
    .where('users', someId('somebody'), stateOf(Resident, [], someId('somebody')));

describe('an agreement', () => {
  it('is drafted with a resident on a room of a property', async () => {
    await world().when(DraftAgreement, facts).records([AgreementDrafted, facts]);
    expect(stateOf(Agreement, [drafted])).toMatchObject({ status: 'pending', weeklyTotalPence: 26_825, serviceChargePence: 8_585, weeklyCorePence: 18_240 });
    await world().where('property_rooms', roomId, room(someId('another house'))).when(DraftAgreement, facts).refused('GEN-1', 'roomId');
    const erased = stateOf(Resident, [jordan, happened(ResidentErasureDecided, { scopes: ['identity'], retained: [], on: '2026-09-01' })], residentId);
    await world().where('residents', residentId, erased).when(DraftAgreement, facts).refused('ERASED');
  });

  it('AGR-1: ends after it starts', async () => {
    await world().when(DraftAgreement, { ...facts, endDate: '2026-09-02' }).refused('AGR-1', 'endDate');
    await world().when(DraftAgreement, { ...facts, endDate: '2026-09-03' }).records(AgreementDrafted);
    await world(drafted, signed, activated).when(TerminateAgreement, { on: '2026-09-01', reason: 'r' }).refused('AGR-1', 'on');
  });

  it('AGR-10: has service charges that come to those of the week, where it says them item by item', async () => {
    const item = (name: string, weeklyPence: number, hbEligible: boolean) => ({ item: name, weeklyPence, hbEligible });
    const eligible = [item('communal_cleaning', 4_434, true), item('furniture', 2_001, true)];
    const draft = (serviceCharges: object[], charges: object = {}) => world().when(DraftAgreement, { ...facts, weeklyCharges: { ...weeklyCharges, ...charges }, serviceCharges } as object);
    await draft([...eligible, item('meals', 2_150, false)]).records([AgreementDrafted, { serviceCharges: [...eligible, item('meals', 2_150, false)] }]);
    await draft(eligible).records(AgreementDrafted);
    await draft([...eligible, item('counselling_support', 2_650, false)], { supportPence: 500 }).records(AgreementDrafted);
    for (const wrong of [[], [item('furniture', 6_434, true)], [...eligible, item('meals', 1, true)], [...eligible, item('meals', 2_151, false)]]) await draft(wrong).refused('AGR-10', 'serviceCharges');
  });
  it('UK-T13: keeps a warning of what is in the eligible charge and Housing Benefit does not pay for', async () => {
    const items = (...names: string[]) => ({ serviceCharges: names.map((name, at) => ({ item: name, weeklyPence: at === 0 ? 6_435 - 2 * (names.length - 1) : 2, hbEligible: true })) });
    const warned = (names: string[]) => ({ wronglyEligible: names });
    await world().when(DraftAgreement, { ...facts, ...items('own_energy', 'lift', 'water', 'own_energy') } as object).records([AgreementDrafted, warned(['own_energy', 'water'])]);
    await world().when(DraftAgreement, { ...facts, ...items('grounds', 'communal_energy', 'laundry_facilities', 'other') } as object).records([AgreementDrafted, { wronglyEligible: undefined }]);
    const told = happened(AgreementDrafted, { ...facts, ...items('meals', 'lift'), ...warned(['meals']) } as object);
    expect(stateOf(Agreement, [told]).wronglyEligible).toEqual(['meals']);
    const varied = (change: object) => happened(RentVaried, { residentId, effectiveFrom: '2026-11-02', noticeServedOn: '2026-09-02', weeklyCharges, ...change } as object);
    expect(stateOf(Agreement, [told, varied({})]).wronglyEligible).toEqual(['meals']);
    expect(stateOf(Agreement, [told, varied(items('lift'))])).toMatchObject({ wronglyEligible: undefined, ...items('lift') });
    const change = (more: object) => world(told, signed, activated).when(VaryRent, { effectiveFrom: '2026-11-02', weeklyCharges, ...more } as object);
    await change(items('tv_licence', 'lift')).records([RentVaried, warned(['tv_licence'])]);
    await change({ serviceCharges: [] }).refused('AGR-10', 'serviceCharges');
    await change({}).recordsNothing();
  });

  it('AGR-3: is active once it is signed, before somebody else', async () => {
    await world(drafted).when(ActivateAgreement).refused('AGR-3');
    await world(drafted, signed).when(ActivateAgreement, { on: '2026-09-01' }).records([AgreementActivated, { on: '2026-09-01' }]);
    await world(drafted, signed).when(ActivateAgreement, { on: '2026-09-03' }).refused('GEN-3', 'on');
    await world(drafted).when(SignAgreement, { by: 'Jordan Ellis', witnessedBy: someId('anna') }).records([AgreementSigned, { witnessedBy: someId('anna'), signedAt: '2026-09-02T08:00:00.000Z' }]);
    await world(drafted).when(SignAgreement, { witnessedBy: someId('somebody') }).refused('AGR-3', 'witnessedBy');
    await world(drafted).when(SignAgreement, { witnessedBy: someId('stranger') }).refused('GEN-1', 'witnessedBy');
    await world(drafted).when(SignAgreement, { signedAt: '2026-09-02T08:00:01Z' }).refused('GEN-3', 'signedAt');
  });

  it('AGR-4: takes a deposit of five weeks\' rent at most, but on a social tenancy', async () => {
    await world().when(DraftAgreement, { ...facts, depositPence: 134_125 }).records(AgreementDrafted);
    await world().when(DraftAgreement, { ...facts, depositPence: 134_126 }).refused('AGR-4', 'depositPence');
    await world().when(DraftAgreement, { ...facts, agreementType: 'secure', depositPence: 134_126 }).records(AgreementDrafted);
    const deposit = (agreementType: 'license' | 'assured_periodic') => stateOf(Agreement, [happened(AgreementDrafted, { ...facts, agreementType, depositPence: 100 })]);
    expect(deposit('license').depositProtectionRequired).toBe(false);
    expect(deposit('assured_periodic').depositProtectionRequired).toBe(true);
  });

  it('RNT-3: asks no fee for late rent but what the law allows', async () => {
    const draft = (more: object) => world().when(DraftAgreement, { ...facts, ...more });
    await draft({ lateFeeBasisPoints: 300, lateFeeAfterDays: 14 }).records([AgreementDrafted, { lateFeeBasisPoints: 300, lateFeeAfterDays: 14 }]);
    await draft({ lateFeeBasisPoints: 301 }).refused('RNT-3', 'lateFeeBasisPoints');
    await draft({ lateFeeBasisPoints: 300, lateFeeAfterDays: 13 }).refused('RNT-3', 'lateFeeAfterDays');
    await draft({ lateFeeAfterDays: 14 }).refused('RNT-3', 'lateFeeAfterDays');
    for (const agreementType of ['secure', 'starter', 'supported_living'] as const) await draft({ agreementType, lateFeeBasisPoints: 300 }).refused('RNT-3', 'lateFeeBasisPoints');
    for (const agreementType of ['assured_shorthold', 'assured_periodic', 'excluded_licence'] as const) await draft({ agreementType, lateFeeBasisPoints: 0 }).records(AgreementDrafted);
  });

  it('AGR-7: is no assured shorthold of a private landlord from 1 May 2026 on', async () => {
    const shorthold = { ...facts, agreementType: 'assured_shorthold' } as const;
    const privately = world().where('properties', propertyId, house('private'));
    await privately.when(DraftAgreement, { ...shorthold, startDate: '2026-05-01' }).refused('AGR-7', 'agreementType');
    await privately.when(DraftAgreement, { ...shorthold, startDate: '2026-04-30' }).records(AgreementDrafted);
    await privately.when(DraftAgreement, facts).records(AgreementDrafted);
    await world().when(DraftAgreement, shorthold).records(AgreementDrafted);
  });

  it('AGR-3: is not witnessed by the resident who signs it', async () => {
    const own = someId('own user');
    const membership = (of: string) => stateOf(Membership, [happened(UserInvited, { email: 'j@x.example', role: 'resident', residentId: of, userId: own, tokenHash: 'h', expiresAt: '2026-09-09T08:00:00.000Z' }), happened(MembershipAccepted)], someId('membership'));
    const held = { register: 'member', owner: own, key: someId('membership'), kind: 'active' };
    const before = (of: string) => world(drafted).where('users', own, stateOf(Resident, [], own)).holding('member', own, [held])
      .where('user_organizations', someId('membership'), membership(of)).when(SignAgreement, { witnessedBy: own });
    await before(residentId).refused('AGR-3', 'witnessedBy');
    await before(someId('a neighbour')).records([AgreementSigned, { witnessedBy: own }]);
  });

  it('AGR-8: is signed once', async () => {
    await world(drafted).when(SignAgreement).records(AgreementSigned);
    await world(drafted, signed).when(SignAgreement).refused('AGR-8');
  });

  it('AGR-9: costs the sum of its components, and 52/12 of that a month', () => {
    const pence = fc.nat(200_000);
    fc.assert(
      fc.property(pence, pence, pence, pence, (corePence, eligibleServicePence, ineligibleServicePence, supportPence) => {
        const agreement = stateOf(Agreement, [happened(AgreementDrafted, { ...facts, weeklyCharges: { corePence, eligibleServicePence, ineligibleServicePence, supportPence } })]);
        const total = corePence + eligibleServicePence + ineligibleServicePence + supportPence;
        expect(agreement.weeklyTotalPence).toBe(total);
        expect(Math.abs(agreement.monthlyEquivalentPence * 12 - total * 52) * 2).toBeLessThanOrEqual(12);
        expect(agreement.weeklyCharges()).toEqual({ corePence, eligibleServicePence, ineligibleServicePence, supportPence });
      }),
    );
    const weekly = { corePence: 11_250, eligibleServicePence: 0, ineligibleServicePence: 0, supportPence: 0 };
    expect(stateOf(Agreement, [happened(AgreementDrafted, { ...facts, weeklyCharges: weekly })]).monthlyRentPence).toBe(48_750);
  });

  it('ends, and then its days count no longer than that', async () => {
    await world(drafted, signed, activated).when(TerminateAgreement, { reason: 'moved out' }).records([AgreementTerminated, { on: '2026-09-02', reason: 'moved out' }]);
    await world(drafted).when(TerminateAgreement, { reason: 'declined' }).records(AgreementTerminated);
    const ended = happened(AgreementTerminated, { residentId, on: '2026-12-01', reason: 'moved out' });
    await world(drafted, ended).when(ActivateAgreement).refused('STATE');
    const held = (...history: Happened[]) => stateOf(Agreement, history).holds().filter(({ kind }) => kind === 'agreement').map(({ from, to }) => [from, to]);
    expect(held(drafted, signed)).toEqual([]);
    expect(held(drafted, signed, activated)).toEqual([['2026-09-02', undefined]]);
    expect(held(drafted, signed, activated, ended)).toEqual([['2026-09-02', '2026-12-01']]);
    const atOnce = happened(AgreementTerminated, { residentId, on: '2026-09-02', reason: 'never began' });
    expect(held(drafted, signed, activated, atOnce)).toEqual([]);
  });

  it('AGR-1: is given up before its first day, and once begun does not end before it', async () => {
    const inForce = world(drafted, signed, activated);
    await inForce.now('2026-09-01T08:00:00.000Z').when(TerminateAgreement, { reason: 'withdrew' }).records([AgreementTerminated, { on: '2026-09-01' }]);
    await inForce.when(TerminateAgreement, { on: '2026-09-01', reason: 'withdrew' }).refused('AGR-1', 'on');
    await inForce.when(TerminateAgreement, { on: '2026-09-02', reason: 'withdrew' }).records(AgreementTerminated);
    const before = happened(AgreementTerminated, { residentId, on: '2026-09-01', reason: 'withdrew' });
    const never = stateOf(Agreement, [drafted, signed, activated, before]);
    expect(never.holds()).toEqual([]);
    expect(never.problemOn('2026-09-01')).toBe('The agreement does not cover this date.');
  });

  it('is given up while it is not in force, drafted or signed, and nobody lives under it then', async () => {
    const reason = 'The room was declined.';
    await world(drafted).when(VoidAgreement, { reason }).records([AgreementVoided, { residentId, reason }]);
    await world(drafted, signed).when(VoidAgreement, { reason }).records(AgreementVoided);
    await world(drafted, signed, activated).when(VoidAgreement, { reason }).refused('STATE');
    const voided = happened(AgreementVoided, { residentId, reason });
    await world(drafted, signed, voided).when(VoidAgreement, { reason }).refused('STATE');
    await world(drafted, signed, voided).when(ActivateAgreement).refused('STATE');
    const givenUp = stateOf(Agreement, [drafted, signed, voided]);
    expect(givenUp).toMatchObject({ status: 'voided', voidReason: reason });
    expect(givenUp.problemOn('2026-09-02')).toBe('The agreement was given up before it was in force.');
    expect(givenUp.holds()).toEqual([]);
  });
});
