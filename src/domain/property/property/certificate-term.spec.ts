import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { given, happened, ORGANIZATION, someId, stateOf } from '../../../../test/support/given.js';
import { plusMonths } from '../../../kernel/days.js';
import { plusDays } from '../../../kernel/values.js';
import { OrganizationPolicySet } from '../../organisation/organization/organization-policies.js';
import { Organization } from '../../organisation/organization/organization.js';
import { CertificateKind, ComplianceCertificate, type CertificateFacts } from './certificate.js';
import { RecordComplianceCertificate, ReportElectricalRemedyMissing } from './certificate-commands.js';
import { lastDayOf } from './certificate-term.js';
import { ComplianceCertificateRecorded, ElectricalRemedyOverdue, Property, PropertyRegistered } from './property.js';

const registered = happened(PropertyRegistered, {
  name: 'House', propertyType: 'house', address: { line1: '1', town: 'London', postcode: 'E8 3RH' }, totalUnits: 3,
});
const noFigure = (): number => { throw new Error('Nothing is asked of the organisation.'); };
const gas = (issuedOn: string, expiresOn?: string): ComplianceCertificate =>
  Object.assign(new ComplianceCertificate(), { id: issuedOn, kind: 'gas_safety', outcome: 'satisfactory', issuedOn, ...(expiresOn ? { expiresOn } : {}) });
const next = (issuedOn: string, ...before: ComplianceCertificate[]) => lastDayOf(gas(issuedOn), before, noFigure);
const recorded = (kind: CertificateFacts['kind'], issuedOn: string, expiresOn?: string) =>
  happened(ComplianceCertificateRecorded, { certificateId: someId(issuedOn), kind, issuedOn, expiresOn, outcome: 'satisfactory' });

describe('how long a certificate is good for', () => {
  it('UK-S1: a gas check is good for 12 months, and one in the two months before the date keeps it', () => {
    expect(next('2026-03-10')).toBe('2027-03-10');
    const before = gas('2026-03-10', '2027-03-10');
    expect(['2027-01-09', '2027-01-10', '2027-03-10', '2027-03-11'].map((day) => next(day, before))).toEqual(['2028-01-09', '2028-03-10', '2028-03-10', '2028-03-11']);
    // Ends of months, and 29 February: two months before 31 August is 30 June.
    expect(['2026-06-29', '2026-06-30'].map((day) => next(day, gas('2025-08-31', '2026-08-31')))).toEqual(['2027-06-29', '2027-08-31']);
    expect(next('2028-02-29')).toBe('2029-02-28');
    expect(['2028-12-27', '2028-12-28'].map((day) => next(day, gas('2028-02-29', '2029-02-28')))).toEqual(['2029-12-27', '2030-02-28']);
    expect(next('2027-12-29', gas('2027-02-28', '2028-02-29'))).toBe('2029-02-28');
    // The one before is the last satisfactory one before it, whenever it was recorded.
    expect(next('2027-02-01', gas('2027-09-01', '2028-09-01'), before)).toBe('2028-03-10');
    expect(next('2027-02-01', before, Object.assign(gas('2027-01-20'), { outcome: 'unsatisfactory' }))).toBe('2028-03-10');
    expect(next('2027-02-01', gas('2026-03-10'))).toBe('2028-02-01');
  });

  it('UK-S1: keeps the date however often the check is early, and moves it otherwise', () =>
    fc.assert(fc.property(fc.date({ min: new Date('2020-01-01'), max: new Date('2040-12-31'), noInvalidDate: true }), fc.array(fc.integer({ min: -80, max: 40 }), { maxLength: 6 }), (start, gaps) => {
      const first = start.toISOString().slice(0, 10);
      let last = gas(first, next(first));
      for (const gap of gaps) {
        const due = last.expiresOn!;
        const day = plusDays(due, gap);
        const early = day >= plusMonths(due, -2) && day <= due;
        expect(next(day, last)).toBe(plusMonths(early ? due : day, 12));
        last = gas(day, next(day, last));
      }
    })));

  it('UK-S3, UK-S5 to UK-S8, UK-S10: is that of the law, or of the organisation, where it does not say one', async () => {
    const world = given(Property, registered);
    const lasts = async (kind: CertificateFacts['kind'], more: object = {}, at = world) => {
      const [event] = await at.when(RecordComplianceCertificate, { kind, issuedOn: '2026-08-31', outcome: 'satisfactory', ...more }).events();
      return (event as unknown as ComplianceCertificateRecorded).expiresOn;
    };
    const wanted: Partial<Record<CertificateFacts['kind'], string>> = {
      gas_safety: '2027-08-31', eicr: '2031-08-31', epc: '2036-08-31', hmo_licence: '2031-08-31', lift: '2027-02-28', fra: '2027-08-31', pat: '2027-08-31',
    };
    for (const kind of Object.values(CertificateKind)) expect([kind, await lasts(kind)]).toEqual([kind, wanted[kind]]);
    expect(await lasts('gas_safety', { expiresOn: '2026-12-31' })).toBe('2026-12-31');
    expect(await lasts('eicr', { outcome: 'unsatisfactory' })).toBeUndefined();
    const ours = stateOf(Organization, [happened(OrganizationPolicySet, { code: 'UK-S5.months', value: 6 })], ORGANIZATION);
    expect(await lasts('fra', {}, world.where('organizations', ORGANIZATION, ours))).toBe('2027-02-28');
    expect(await lasts('pat', {}, world.where('organizations', ORGANIZATION, ours))).toBe('2027-08-31');
    expect(await lasts('gas_safety', {}, given(Property, registered, recorded('gas_safety', '2025-09-30', '2026-10-15')))).toBe('2027-10-15');
  });

  it('UK-S3: has an electrical installation that is unsafe put right within 28 days, which is missed once nothing better has come', async () => {
    const unsafe = { kind: 'eicr', issuedOn: '2026-09-01', outcome: 'unsatisfactory' } as const;
    await given(Property, registered).when(RecordComplianceCertificate, unsafe).records([ComplianceCertificateRecorded, { renews: 'eicr', remedyDue: { code: 'UK-S3', key: 'eicr', dueOn: '2026-09-29' } }]);
    for (const other of [{ ...unsafe, outcome: 'satisfactory' }, { ...unsafe, kind: 'gas_safety' }, { ...unsafe, issuedOn: '2025-09-01' }] as const) {
      const [event] = await given(Property, registered, recorded('eicr', '2026-08-01')).when(RecordComplianceCertificate, other).events();
      expect(event).not.toHaveProperty('remedyDue');
    }
    const found = happened(ComplianceCertificateRecorded, { certificateId: someId('unsafe'), ...unsafe });
    const missed = { code: 'UK-S3', key: 'eicr', dueAt: '2026-09-29T23:00:00.000Z' };
    await given(Property, registered, found).when(ReportElectricalRemedyMissing, missed).records([ElectricalRemedyOverdue, { certificateId: someId('unsafe') }]);
    await given(Property, registered, found, recorded('eicr', '2026-09-20')).when(ReportElectricalRemedyMissing, missed).recordsNothing();
    await given(Property, registered).when(ReportElectricalRemedyMissing, missed).recordsNothing();
  });
});
