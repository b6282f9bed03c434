import { describe, expect, it } from '@jest/globals';
import { Catalogue, routeOf } from '../../kernel/catalogue.js';
import { InvalidInput, validateCommand } from '../../kernel/validation.js';
import { tenancyEntities } from '../tenancy/index.js';
import { peopleEntities } from './index.js';

const catalogue = new Catalogue([...peopleEntities, ...tenancyEntities]);
const validated = (command: string, body: object): unknown => {
  try {
    return { ...validateCommand(catalogue.command(command)!, body) };
  } catch (invalid) {
    if (!(invalid instanceof InvalidInput)) throw invalid;
    return invalid.problems.map(({ pointer, code }) => `${invalid.status} ${code} ${pointer}`);
  }
};
const jordan = { firstName: 'Jordan', lastName: 'Ellis', dateOfBirth: '2006-05-02' };
const contactId = '6ba7b810-9dad-41d1-80b4-00c04fd430c8';

describe('what people and tenancy declare', () => {
  it('boots, with a route for each command that people send', () => {
    const routes = catalogue.commands.filter(({ options }) => !options.internal).map((command) => routeOf(command).replace('/api/v1', ''));
    expect(new Set(routes).size).toBe(routes.length);
    expect(routes).toEqual(expect.arrayContaining([
      '/residents', '/residents/register-applicant', '/residents/{id}/correct-details', '/residents/{id}/record-nhs-number', '/residents/{id}/erase',
      '/referrals', '/referrals/receive-referral', '/referrals/{id}/record-outcome', '/referrals/{id}/request-information', '/referrals/{id}/schedule-follow-up',
      '/residents/{id}/merge-duplicate', '/residents/{id}/add-alert', '/residents/{id}/decline-application', '/referral-services',
      '/tenancy-agreements', '/tenancy-agreements/{id}/activate', '/placements', '/placements/{id}/transfer', '/placements/{id}/end', '/placements/{id}/correct-date',
    ]));
    const internal = catalogue.commands.filter(({ options }) => options.internal).map(({ name }) => name).sort();
    expect(internal).toEqual(expect.arrayContaining(['CorrectMoveDate', 'MoveResidentIn', 'MoveResidentOut', 'RecordPersonalDataErased', 'SetIndependenceLevel', 'SetRiskLevel', 'TransferResident', 'OfferRoom', 'EndOffer', 'RegisterReferredApplicant']));
  });

  it('keeps numbers in the form in which they are compared', () => {
    expect(validated('RegisterResident', { ...jordan, phone: '07700 900123' })).toMatchObject({ phone: '+447700900123' });
    expect(validated('RecordNhsNumber', { nhsNumber: '401 023 2137' })).toEqual({ nhsNumber: '4010232137' });
    expect(validated('RecordNationalInsuranceNumber', { nationalInsuranceNumber: 'ab 12 34 56 c' })).toEqual({ nationalInsuranceNumber: 'AB123456C' });
  });

  it('names the field and the rule of what is wrong', () => {
    expect(validated('RegisterResident', { ...jordan, firstName: 'J' })).toEqual(['422 RES-1 /firstName']);
    expect(validated('RegisterResident', { ...jordan, dateOfBirth: '2006-02-30' })).toEqual([expect.stringMatching(/^400 .* \/dateOfBirth$/)]);
    expect(validated('RegisterResident', { ...jordan, phone: '12' })).toEqual(['422 GEN-7 /phone']);
    expect(validated('AddEmergencyContact', { contactType: 'family', name: 'Dana', relationship: 'mother', phone: 'none' })).toEqual(['422 EMC-2 /phone']);
    expect(validated('StartPlacement', { riskLevel: 'low' })).toEqual(expect.arrayContaining(['400 UNKNOWN /riskLevel', '400 REQUIRED /residentId', '400 REQUIRED /startDate']));
  });

  it('lets a change clear what may be absent, and nothing else', () => {
    expect(validated('AssignKeyWorker', { userId: null })).toEqual({ userId: null });
    expect(validated('RecordNhsNumber', { nhsNumber: null })).toEqual({ nhsNumber: null });
    expect(validated('CorrectResidentDetails', { preferredName: null, reason: 'asked for' })).toEqual({ preferredName: null, reason: 'asked for' });
    expect(validated('CorrectResidentDetails', { lastName: null })).toEqual([expect.stringMatching(/\/lastName$/)]);
    expect(validated('UpdateEmergencyContact', { contactId, email: null })).toEqual({ contactId, email: null });
    expect(validated('UpdateEmergencyContact', { contactId, phone: null })).toEqual([expect.stringMatching(/\/phone$/)]);
  });
});
