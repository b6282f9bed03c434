import { describe, expect, it } from '@jest/globals';
import { given, happened, someId, stateOf, type Happened } from '../../../../test/support/given.js';
import { RecordComplianceCertificate, ReportCertificateExpired, ReportCertificateExpiring } from './certificate-commands.js';
import { MapToCoreScheme } from './property-commands.js';
import {
  ComplianceCertificateExpired, ComplianceCertificateExpiring, ComplianceCertificateRecorded, Property, PropertyCoreSchemeMapped, PropertyDeactivated, PropertyRegistered,
} from './property.js';

const registered = happened(PropertyRegistered, {
  name: 'Mare Street House', address: { line1: '1 Mare Street', town: 'London', postcode: 'E8 3RH' }, propertyType: 'shared_housing', totalUnits: 12,
});
const gas = { kind: 'gas_safety', outcome: 'satisfactory', issuedOn: '2026-09-01', expiresOn: '2027-08-31' } as const;
const recorded = (change: Partial<ComplianceCertificateRecorded> = {}) => happened(ComplianceCertificateRecorded, { ...gas, certificateId: someId('certificate'), ...change });
const world = (...history: Happened[]) => given(Property, registered, ...history);

describe('the deadlines of a certificate', () => {
  it('are 90, 60, 30 and 7 days before its last day, that day, and the day after it', async () => {
    await world().when(RecordComplianceCertificate, gas).records([ComplianceCertificateRecorded, {
      renews: 'gas_safety',
      alert90: { code: 'PRP-certificate-90', key: 'gas_safety', dueAt: '2027-06-01T23:00:00.000Z' },
      alert60: { dueAt: '2027-07-01T23:00:00.000Z' }, alert30: { dueAt: '2027-07-31T23:00:00.000Z' }, alert7: { dueAt: '2027-08-23T23:00:00.000Z' },
      alert0: { dueAt: '2027-08-30T23:00:00.000Z' }, expiry: { code: 'PRP-certificate', dueOn: '2027-08-31', dueAt: '2027-08-31T23:00:00.000Z' },
    }]);
  });

  it('are those alone whose day is not over', async () => {
    const [soon] = await world().when(RecordComplianceCertificate, { ...gas, issuedOn: '2025-09-20', expiresOn: '2026-09-20' }).events();
    expect(Object.keys(soon!).filter((name) => name.startsWith('alert') || name === 'expiry').sort()).toEqual(['alert0', 'alert7', 'expiry']);
    const [past] = await world().when(RecordComplianceCertificate, { ...gas, issuedOn: '2024-09-01', expiresOn: '2025-08-31' }).events();
    expect(past).toMatchObject({ renews: 'gas_safety' });
    expect(past).not.toHaveProperty('expiry');
  });

  it('are left alone by an older certificate, and end with one that does not run out', async () => {
    const [older] = await world(recorded()).when(RecordComplianceCertificate, { ...gas, issuedOn: '2025-09-01', expiresOn: '2026-09-20' }).events();
    expect([Object.keys(older!).includes('renews'), Object.keys(older!).includes('expiry')]).toEqual([false, false]);
    const [lasting] = await world(recorded()).when(RecordComplianceCertificate, { ...gas, issuedOn: '2026-09-02', expiresOn: undefined, outcome: 'unsatisfactory' }).events();
    expect([Object.keys(lasting!).includes('renews'), Object.keys(lasting!).includes('expiry')]).toEqual([true, false]);
  });

  it('are told of the certificate that counts, and of none once the property is closed', async () => {
    const expiring = (days: number) => ({ code: `PRP-certificate-${days}`, key: 'gas_safety', dueAt: '2027-06-01T23:00:00.000Z' });
    const at = world(recorded()).now('2027-06-02T00:00:00.000Z');
    await at.when(ReportCertificateExpiring, expiring(90)).records([ComplianceCertificateExpiring, { kind: 'gas_safety', expiresOn: '2027-08-31', daysLeft: 90, certificateId: someId('certificate') }]);
    const closed = happened(PropertyDeactivated, { on: '2027-01-01', reason: 'sold' });
    await world(recorded(), closed).when(ReportCertificateExpiring, expiring(60)).recordsNothing();
    const over = { code: 'PRP-certificate', key: 'gas_safety', dueAt: '2027-08-31T23:00:00.000Z' };
    await at.when(ReportCertificateExpired, over).recordsNothing();
    await at.now('2027-08-31T23:00:00.000Z').when(ReportCertificateExpired, over).records([ComplianceCertificateExpired, { expiredOn: '2027-08-31' }]);
    const expired = happened(ComplianceCertificateExpired, { certificateId: someId('certificate'), kind: 'gas_safety', expiredOn: '2027-08-31' });
    await world(recorded(), expired).now('2027-09-02T08:00:00.000Z').when(ReportCertificateExpired, over).recordsNothing();
    expect(stateOf(Property, [registered, recorded(), expired]).certificates).toMatchObject([{ expiredOn: '2027-08-31' }]);
  });

  it('is mapped to a scheme of CORE', async () => {
    await world().when(MapToCoreScheme, { schemeCode: 'S12', locationCode: '3' }).records([PropertyCoreSchemeMapped, { schemeCode: 'S12', locationCode: '3' }]);
    expect(stateOf(Property, [registered, happened(PropertyCoreSchemeMapped, { schemeCode: 'S12', locationCode: '3' })])).toMatchObject({ schemeCode: 'S12', locationCode: '3' });
  });
});
