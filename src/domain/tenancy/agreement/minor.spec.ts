import { describe, expect, it } from '@jest/globals';
import { given, happened, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import { ResidentLegalStatusRecorded, ResidentRegistered } from '../../people/resident/resident-events.js';
import { Resident } from '../../people/resident/resident.js';
import { Property, PropertyRegistered } from '../../property/property/property.js';
import { ActivateAgreement, DraftAgreement, SignAgreement } from './agreement-commands.js';
import { AgreementRenewed } from './agreement-terms.js';
import { Agreement, AgreementActivated, AgreementDrafted, AgreementSigned, AgreementTerminated } from './agreement.js';
import { AgreementHolderOfAge, AgreementOfAdultOverdue, NoteHolderOfAge, ReportAdultAgreementMissing } from './minor.js';

const [residentId, propertyId] = [someId('Resident'), someId('Property')];
const weeklyCharges = { corePence: 18_240, eligibleServicePence: 6_435, ineligibleServicePence: 2_150, supportPence: 0 };
const facts = { residentId, propertyId, agreementType: 'license', startDate: '2026-09-02', weeklyCharges } as const;
const registered = happened(ResidentRegistered, { firstName: 'Noor', lastName: 'Haddad', dateOfBirth: '2008-10-02' });
const inCare = happened(ResidentLegalStatusRecorded, { legalStatus: 'section_20', responsibleLa: 'LB Hackney' });
const house = stateOf(Property, [happened(PropertyRegistered, {
  name: 'House', propertyType: 'shared_housing', address: { line1: '1', town: 'London', postcode: 'E8 3RH' }, totalUnits: 12, providerRegime: 'prp',
})], propertyId);
const world = (born: string, history: Happened[] = [], ...ofResident: Happened[]) => given(Agreement, ...history)
  .where('residents', residentId, stateOf(Resident, [registered, ...ofResident], residentId)).where('properties', propertyId, house)
  .fact('date-of-birth', residentId, born ? [born] : []);
const MINOR = '2008-10-02';
const drafted = (more: object = {}) => happened(AgreementDrafted, { ...facts, withMinor: true, ...more });
const signed = happened(AgreementSigned, { residentId, signedAt: '2026-09-01T10:00:00.000Z' });

describe('an agreement with somebody under 18', () => {
  it('AGR-3: is a licence, or a tenancy that is held on trust', async () => {
    await world(MINOR).when(DraftAgreement, facts).records([AgreementDrafted, { withMinor: true }]);
    for (const agreementType of ['assured_shorthold', 'assured_periodic', 'secure', 'starter'] as const) {
      await world(MINOR).when(DraftAgreement, { ...facts, agreementType }).refused('AGR-3', 'agreementType');
      await world(MINOR).when(DraftAgreement, { ...facts, agreementType, equitable: true }).records([AgreementDrafted, { equitable: true }]);
      await world('2008-09-02').when(DraftAgreement, { ...facts, agreementType }).records(AgreementDrafted);
    }
    for (const agreementType of ['excluded_licence', 'supported_living'] as const) await world(MINOR).when(DraftAgreement, { ...facts, agreementType }).records(AgreementDrafted);
    const [adult] = await world('2008-09-02').when(DraftAgreement, facts).events();
    expect(adult).not.toHaveProperty('withMinor');
    // Born on 29 February, of age on 1 March.
    await world('2008-02-29').when(DraftAgreement, { ...facts, agreementType: 'secure', startDate: '2026-02-28' }).refused('AGR-3', 'agreementType');
    await world('2008-02-29').when(DraftAgreement, { ...facts, agreementType: 'secure', startDate: '2026-03-01' }).records(AgreementDrafted);
    await world('').when(DraftAgreement, { ...facts, agreementType: 'secure' }).records(AgreementDrafted);
  });

  it('AGR-3: binds a guarantor beside them, or the local authority that is responsible', async () => {
    await world(MINOR, [drafted()]).when(SignAgreement).refused('AGR-3', 'guarantorName');
    await world('2008-09-02', [drafted()]).when(SignAgreement).records(AgreementSigned);
    await world(MINOR, [drafted({ guarantorName: 'Huda Haddad' })]).when(SignAgreement).records(AgreementSigned);
    await world(MINOR, [drafted()]).when(SignAgreement, { guarantorName: 'Huda Haddad' }).records([AgreementSigned, { guarantorName: 'Huda Haddad' }]);
    await world(MINOR, [drafted()]).when(SignAgreement, { localAuthorityParty: true }).refused('AGR-3', 'localAuthorityParty');
    await world(MINOR, [drafted()], inCare).when(SignAgreement, { localAuthorityParty: true }).records([AgreementSigned, { localAuthorityParty: true }]);
    await world(MINOR).when(DraftAgreement, { ...facts, localAuthorityParty: true }).refused('AGR-3', 'localAuthorityParty');
    await world(MINOR, [], inCare).when(DraftAgreement, { ...facts, localAuthorityParty: true }).records([AgreementDrafted, { localAuthorityParty: true }]);
    const bound = happened(AgreementSigned, { residentId, signedAt: '2026-09-01T10:00:00.000Z', guarantorName: 'Huda Haddad', localAuthorityParty: true });
    expect(stateOf(Agreement, [drafted(), bound])).toMatchObject({ guarantorName: 'Huda Haddad', localAuthorityParty: true });
  });

  it('AGR-3: is asked again when it is put into force: a date of birth may have been corrected', async () => {
    await world(MINOR, [drafted(), signed]).when(ActivateAgreement).refused('AGR-3', 'on');
    await world(MINOR, [drafted({ agreementType: 'secure', guarantorName: 'H' }), signed]).when(ActivateAgreement).refused('AGR-3', 'on');
    await world(MINOR, [drafted({ guarantorName: 'H' }), signed]).when(ActivateAgreement).records(AgreementActivated);
  });

  it('is agreed anew when they are of age, and missed once where it is not', async () => {
    const active = [drafted({ guarantorName: 'H' }), signed, happened(AgreementActivated, { on: '2026-09-02' })];
    const note = (...history: Happened[]) => world(MINOR, history).as('system').now('2026-10-02T08:00:00.000Z').when(NoteHolderOfAge, { on: '2026-10-02' });
    await note(...active).records([AgreementHolderOfAge, { on: '2026-10-02', adultAgreementDue: { code: 'AGR-3.adult', dueOn: '2026-10-30' } }]);
    const due = { code: 'AGR-3.adult', basis: 'calendar', ruleBasis: 'policy', startsAt: '2026-10-01T23:00:00.000Z', dueAt: '2026-10-31T00:00:00.000Z' } as const;
    const ofAge = happened(AgreementHolderOfAge, { on: '2026-10-02', adultAgreementDue: due });
    await note(...active, ofAge).recordsNothing();
    await note(happened(AgreementDrafted, facts), ...active.slice(1)).recordsNothing();
    const over = [
      happened(AgreementTerminated, { residentId, on: '2026-09-30', reason: 'r' }),
      happened(AgreementRenewed, { newAgreementId: someId('next'), on: '2026-10-05' }),
    ];
    for (const end of over) await note(...active, end).recordsNothing();
    const missed = (...history: Happened[]) => world(MINOR, history).when(ReportAdultAgreementMissing, { code: 'AGR-3.adult', dueAt: due.dueAt });
    await missed(...active, ofAge).records(AgreementOfAdultOverdue);
    for (const end of over) await missed(...active, ofAge, end).recordsNothing();
    await missed(...active).recordsNothing();
    expect(stateOf(Agreement, [...active, ofAge]).holderOfAgeOn).toBe('2026-10-02');
  });
});
