import { describe, expect, it } from '@jest/globals';
import { given, happened, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import { Property, PropertyRegistered } from '../../property/property/property.js';
import { ActivateAgreement, CorrectAgreementEnd, EndAgreementWithStay } from './agreement-commands.js';
import { AgreementEndCorrected, AgreementExpired, AgreementRenewalDue, AgreementRenewed, RentVaried } from './agreement-terms.js';
import { Agreement, AgreementActivated, AgreementDrafted, AgreementSigned, AgreementTerminated } from './agreement.js';
import { RenewAgreement, ReportAgreementExpired, ReportRenewalDue, VaryRent } from './term-commands.js';

const [residentId, propertyId, nextId] = [someId('Resident'), someId('Property'), someId('next')];
const weeklyCharges = { corePence: 18_240, eligibleServicePence: 6_435, ineligibleServicePence: 2_150, supportPence: 0 };
const dearer = { ...weeklyCharges, corePence: 19_500 };
const facts = { residentId, propertyId, agreementType: 'license', startDate: '2026-08-03', weeklyCharges } as const;
type Change = Partial<{ [K in keyof AgreementDrafted]: AgreementDrafted[K] }>;
const active = (change: Change = {}): Happened[] => [
  happened(AgreementDrafted, { ...facts, ...change }), happened(AgreementSigned, { residentId, signedAt: '2026-08-01T10:00:00.000Z' }), happened(AgreementActivated, { on: '2026-08-03' }),
];
const house = (providerRegime: 'prp' | 'private') => stateOf(Property, [happened(PropertyRegistered, {
  name: 'House', propertyType: 'shared_housing', address: { line1: '1', town: 'London', postcode: 'E8 3RH' }, totalUnits: 12, providerRegime,
})], propertyId);
const world = (history: Happened[], now = '2026-09-02') => given(Agreement, ...history).now(`${now}T08:00:00.000Z`).where('properties', propertyId, house('prp'));
const varied = happened(RentVaried, { residentId, effectiveFrom: '2026-10-05', weeklyCharges: dearer, noticeServedOn: '2026-09-02' });

describe('the term and the price of an agreement', () => {
  it('AGR-6: changes its price forward only, after the notice that the tenure asks for', async () => {
    const vary = (change: Change, effectiveFrom: string, regime: 'prp' | 'private' = 'prp') =>
      world(active(change)).where('properties', propertyId, house(regime)).when(VaryRent, { effectiveFrom, weeklyCharges: dearer });
    await vary({}, '2026-09-30').records([RentVaried, { effectiveFrom: '2026-09-30', weeklyCharges: dearer, noticeServedOn: '2026-09-02' }]);
    await vary({}, '2026-09-29').refused('AGR-6', 'effectiveFrom');
    await vary({ agreementType: 'secure' }, '2026-10-01').refused('AGR-6', 'effectiveFrom');
    await vary({ agreementType: 'secure' }, '2026-10-02').records(RentVaried);
    await vary({ agreementType: 'assured_periodic' }, '2026-11-01', 'private').refused('AGR-6', 'effectiveFrom');
    await vary({ agreementType: 'assured_periodic' }, '2026-11-02', 'private').records(RentVaried);
    await vary({ agreementType: 'assured_periodic' }, '2026-10-02').records(RentVaried);
    await world(active()).when(VaryRent, { effectiveFrom: '2026-09-01', weeklyCharges: dearer, noticeServedOn: '2026-07-01' }).refused('AGR-6', 'effectiveFrom');
    await world(active()).when(VaryRent, { effectiveFrom: '2026-09-02', weeklyCharges: dearer, noticeServedOn: '2026-08-05' }).records(RentVaried);
    await world(active()).when(VaryRent, { effectiveFrom: '2026-10-05', weeklyCharges: dearer, noticeServedOn: '2026-09-03' }).refused('GEN-3', 'noticeServedOn');
    await world(active({ endDate: '2026-10-01' })).when(VaryRent, { effectiveFrom: '2026-10-01', weeklyCharges: dearer }).refused('AGR-6', 'effectiveFrom');
    await world([...active(), varied]).when(VaryRent, { effectiveFrom: '2026-10-04', weeklyCharges }).refused('AGR-6', 'effectiveFrom');
    await world([...active(), varied]).when(VaryRent, { effectiveFrom: '2026-10-05', weeklyCharges: dearer }).recordsNothing();
  });

  it('AGR-8: keeps what was signed, and knows what a week costs on a day', () => {
    const agreement = stateOf(Agreement, [...active(), varied]);
    expect(agreement).toMatchObject({ weeklyCorePence: 18_240, weeklyTotalPence: 26_825, variations: [{ effectiveFrom: '2026-10-05', weeklyCorePence: 19_500 }] });
    expect([agreement.weeklyCharges('2026-10-04'), agreement.weeklyCharges('2026-10-05'), agreement.weeklyCharges()]).toEqual([weeklyCharges, dearer, weeklyCharges]);
  });

  it('has reminders 90, 60 and 30 days before its end, and the end itself', async () => {
    const pending = (endDate: string) => active({ endDate }).slice(0, 2);
    const [event] = await world(pending('2027-08-02')).when(ActivateAgreement, { on: '2026-09-02' }).events();
    expect(event).toMatchObject({
      term: { code: 'AGR-term', dueOn: '2027-08-01', dueAt: '2027-08-01T23:00:00.000Z' },
      renewal90: { dueAt: '2027-05-03T23:00:00.000Z' }, renewal60: { dueAt: '2027-06-02T23:00:00.000Z' }, renewal30: { dueAt: '2027-07-02T23:00:00.000Z' },
    });
    const [late] = await world(pending('2026-10-10')).when(ActivateAgreement).events();
    expect(late).toMatchObject({ renewal30: { dueOn: '2026-09-09' } });
    expect(Object.keys(late!)).not.toEqual(expect.arrayContaining(['renewal60']));
  });

  it('tells that its end comes near while nothing follows, and ends when it is there', async () => {
    const history = active({ endDate: '2027-01-31' });
    const missed = { code: 'AGR-renewal-60', dueAt: '2026-12-02T00:00:00.000Z' };
    await world(history, '2026-12-02').when(ReportRenewalDue, missed).records([AgreementRenewalDue, { daysLeft: 60, endsOn: '2027-01-31' }]);
    const renewed = happened(AgreementRenewed, { newAgreementId: nextId, on: '2027-01-31' });
    await world([...history, renewed], '2026-12-02').when(ReportRenewalDue, missed).recordsNothing();
    const over = { code: 'AGR-term', dueAt: '2027-01-31T00:00:00.000Z' };
    await world(history, '2027-01-30').when(ReportAgreementExpired, over).recordsNothing();
    await world(history, '2027-01-31').when(ReportAgreementExpired, over).records([AgreementExpired, { on: '2027-01-31' }]);
    expect(stateOf(Agreement, [...history, happened(AgreementExpired, { on: '2027-01-31' })])).toMatchObject({ status: 'expired', expiredOn: '2027-01-31' });
  });

  it('is followed by another agreement, and ends on the day on which that begins', async () => {
    const next = (change: Change, signed = true) => stateOf(Agreement, [
      happened(AgreementDrafted, { ...facts, startDate: '2027-01-11', ...change }), ...(signed ? [happened(AgreementSigned, { residentId, signedAt: '2026-09-01T10:00:00.000Z' })] : []),
    ], nextId);
    const renew = (other: Agreement, history = active({ endDate: '2027-01-31' })) =>
      world(history).where('tenancy_agreements', nextId, other).when(RenewAgreement, { newAgreementId: nextId });
    await renew(next({})).records([AgreementRenewed, { newAgreementId: nextId, on: '2027-01-11', term: { dueOn: '2027-01-10' } }]);
    await renew(next({ startDate: '2027-02-01' })).refused('AGR-1', 'newAgreementId');
    await renew(next({ startDate: '2026-08-03' })).refused('AGR-1', 'newAgreementId');
    await renew(next({}, false)).refused('AGR-3', 'newAgreementId');
    await renew(next({ residentId: someId('another') })).refused('GEN-1', 'newAgreementId');
    const renewed = stateOf(Agreement, [...active(), happened(AgreementRenewed, { newAgreementId: nextId, on: '2027-01-11' })]);
    expect(renewed.holds()).toMatchObject([{ from: '2026-08-03', to: '2027-01-11' }]);
  });

  it('ends with the stay under it, and its last day follows that of the stay', async () => {
    const ended = happened(AgreementTerminated, { residentId, on: '2026-09-01', reason: 'The stay has ended.', withStay: true });
    await world(active()).when(EndAgreementWithStay, { on: '2026-09-01' }).records([AgreementTerminated, { on: '2026-09-01', withStay: true }]);
    await world([...active(), ended]).when(EndAgreementWithStay, { on: '2026-08-30' }).recordsNothing();
    await world([...active(), ended]).when(CorrectAgreementEnd, { on: '2026-08-31' }).records([AgreementEndCorrected, { on: '2026-08-31' }]);
    await world([...active(), ended]).when(CorrectAgreementEnd, { on: '2026-09-01' }).recordsNothing();
    const byHand = happened(AgreementTerminated, { residentId, on: '2026-09-01', reason: 'Notice.' });
    await world([...active(), byHand]).when(CorrectAgreementEnd, { on: '2026-08-31' }).recordsNothing();
    // It was signed and never put into force: the nights of the stay were under it all the same.
    const never = stateOf(Agreement, [...active().slice(0, 2), ended]);
    expect([never.problemOn('2026-08-31'), never.problemOn('2026-09-01')]).toEqual([undefined, 'The agreement does not cover this date.']);
    expect(stateOf(Agreement, [...active(), ended, happened(AgreementEndCorrected, { on: '2026-08-31' })]).holds()).toMatchObject([{ to: '2026-08-31' }]);
  });
});
