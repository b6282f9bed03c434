import { describe, expect, it } from '@jest/globals';
import { someId } from '../../test/support/given.js';
import { referralMessage, type ReferralMessageParts } from './referral-message.js';

const parts: ReferralMessageParts = {
  referral: {
    id: someId('referral'), reference: 'REF-000007', status: 'pending', urgency: 'emergency', serviceProvider: 'CAMHS', hsdsServiceId: 'hsds-7', reason: 'Low mood since June.', notes: null,
    referralDate: '2026-08-03', responseDueAt: '2026-08-04T09:05:00.000Z', updatedAt: '2026-08-03T09:05:00.000Z', streamRevision: 0,
  },
  resident: { firstName: 'Jordan', lastName: 'Ellis', dateOfBirth: '2006-05-02', nhsNumber: '4010232137', phone: '+447700900123', email: null, sexAtBirth: 'Female' },
  organization: { id: someId('organization'), name: 'Hackney Young Futures' },
  property: { address: '12 Mare Street, London, E8 1AA', confidentialLocation: false },
};
const of = (change: { [K in keyof ReferralMessageParts]?: object }): ReferralMessageParts =>
  ({ ...parts, ...Object.fromEntries(Object.entries(change).map(([name, values]) => [name, { ...parts[name as keyof ReferralMessageParts], ...values }])) }) as ReferralMessageParts;
interface Bundle { readonly entry: readonly { readonly fullUrl: string; readonly resource: Readonly<Record<string, unknown>> }[]; readonly [name: string]: unknown }
const message = (from = parts): Bundle => referralMessage(from) as Bundle;
const resource = (type: string, from = parts): Readonly<Record<string, unknown>> => message(from).entry.find((one) => one.resource['resourceType'] === type)!.resource;

describe('the message of a referral to a health service', () => {
  it('is a bundle that begins with its header, and every reference in it leads to a resource of it', () => {
    const { entry, ...bundle } = message();
    expect(bundle).toMatchObject({ resourceType: 'Bundle', type: 'message', timestamp: '2026-08-03T09:05:00.000Z' });
    expect(entry.map((one) => one.resource['resourceType'])).toEqual(['MessageHeader', 'ServiceRequest', 'Patient', 'Organization', 'HealthcareService']);
    const urls = entry.map(({ fullUrl }) => fullUrl);
    const references = [...JSON.stringify(entry).matchAll(/"reference":"([^"]+)"/g)].map(([, reference]) => reference!);
    expect(references.length).toBeGreaterThan(5);
    for (const reference of references) expect(urls).toContain(reference);
    expect(entry.map(({ fullUrl, resource: { id } }) => fullUrl === `urn:uuid:${String(id)}`)).toEqual(urls.map(() => true));
    expect(resource('MessageHeader')).toMatchObject({ eventCoding: { code: 'servicerequest-request' }, reason: { coding: [{ code: 'new' }] }, focus: [{ reference: urls[1] }] });
  });

  it('asks for what the referral asks for', () => {
    expect(resource('ServiceRequest')).toMatchObject({
      status: 'active', intent: 'order', priority: 'stat', authoredOn: '2026-08-03', reasonCode: [{ text: 'Low mood since June.' }],
      occurrencePeriod: { start: '2026-08-03', end: '2026-08-04T09:05:00.000Z' },
      identifier: [{ value: `urn:uuid:${someId('referral')}` }, { value: 'REF-000007' }],
    });
    expect(resource('HealthcareService')).toMatchObject({ name: 'CAMHS', identifier: [{ value: 'hsds-7' }] });
    expect(resource('ServiceRequest', of({ referral: { urgency: 'routine', notes: 'Mornings are best.' } }))).toMatchObject({ priority: 'routine', note: [{ text: 'Mornings are best.' }] });
    for (const [status, told, why] of [['accepted', 'active', 'update'], ['declined', 'revoked', 'update'], ['completed', 'completed', 'update'], ['cancelled', 'revoked', 'delete']] as const) {
      expect(resource('ServiceRequest', of({ referral: { status } }))['status']).toBe(told);
      expect(resource('MessageHeader', of({ referral: { status } }))['reason']).toMatchObject({ coding: [{ code: why }] });
    }
  });

  it('says who it is about, with the NHS number where it is known', () => {
    expect(resource('Patient')).toMatchObject({
      identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '4010232137' }], name: [{ family: 'Ellis', given: ['Jordan'] }], birthDate: '2006-05-02', gender: 'female',
      telecom: [{ system: 'phone', value: '+447700900123' }], address: [{ text: '12 Mare Street, London, E8 1AA' }],
    });
    const little = resource('Patient', of({ resident: { nhsNumber: null, phone: null, sexAtBirth: null } }));
    for (const name of ['identifier', 'telecom', 'gender']) expect(little).not.toHaveProperty(name);
  });

  it('keeps the address of a refuge, and of who lives in no house of ours, to itself', () => {
    expect(JSON.stringify(message(of({ property: { confidentialLocation: true } })))).not.toContain('Mare Street');
    expect(JSON.stringify(message({ ...parts, property: undefined }))).not.toContain('Mare Street');
  });

  it('has no nulls and no empty texts, and is the same for the same revision', () => {
    expect(JSON.stringify(message(of({ resident: { email: '', phone: null } })))).not.toMatch(/null|""/);
    expect(message()).toEqual(message());
    expect(message(of({ referral: { streamRevision: 1 } }))['id']).not.toBe(message()['id']);
  });
});
