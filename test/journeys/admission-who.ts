import { expect, it } from '@jest/globals';
import { codeOf, intakeSubmitted, riskCompleted } from '../support/admitting.js';
import type { Caller, Json } from '../support/caller.js';
import { address, type AdmissionHouse, weeklyCharges } from './admission-house.js';

const LONG = 180_000;

/** Who may move in: somebody under 18, into a shared room, and within the plan of the organisation. */
export function whoMayMoveIn(house: AdmissionHouse): void {
  const { clock, draft, referred, typesOf, rooms } = house;

  it('under 18 only with an authority, a social worker, a placement plan and somebody to reach at night; and turns 18 here', async () => {
    const { referral, resident } = await referred({ firstName: 'Noor', lastName: 'Haddad', dateOfBirth: '2008-10-02' });
    await house.priya.did(`/referrals/${referral}/accept`);
    await house.priya.did(`/assessment-forms/${await intakeSubmitted(house.anna, resident)}/approve`);
    await riskCompleted(house.anna, resident);
    const agreementId = await draft(resident, rooms.R06, '2026-09-21');
    expect(codeOf(await house.priya.post(`/tenancy-agreements/${agreementId}/sign`, { by: 'Noor Haddad' }))).toBe('422 AGR-3');
    await house.priya.did(`/tenancy-agreements/${agreementId}/sign`, { by: 'Noor Haddad', guarantorName: 'Huda Haddad' });
    const moveIn = () => house.priya.post<Json>('/placements', { residentId: resident, agreementId, roomId: rooms.R06, startDate: '2026-09-21', directAdmissionReason: 'No time to lose.' }, { prefer: 'wait=10' });
    const needs: [string, object][] = [
      ['record-legal-status', { legalStatus: 'section_20', responsibleLa: 'LB Hackney' }],
      ['add-emergency-contact', { contactType: 'social_worker', name: 'R. Webb', relationship: 'social worker', phone: '07700 900124', isPrimary: true }],
      ['record-placement-plan', { agreedOn: '2026-09-20', reviewOn: '2026-10-20' }],
      ['add-emergency-contact', { contactType: 'family', name: 'Huda Haddad', relationship: 'mother', phone: '07700 900125', outOfHours: true }],
    ];
    for (const [verb, body] of needs) {
      expect(codeOf(await moveIn())).toMatch(/^422 (RES-6|EMC-4)$/);
      await house.priya.did(`/residents/${resident}/${verb}`, body);
      if (verb !== 'add-emergency-contact' || !('isPrimary' in body)) continue;
      const [worker] = await house.priya.rows(`/emergency-contacts?residentId=${resident}`);
      await house.priya.did(`/residents/${resident}/assign-social-worker`, { contactId: worker!.id });
    }
    expect(codeOf(await moveIn())).toBe('201');
    await house.priya.did(`/residents/${resident}/assign-key-worker`, { userId: house.kofiId });
    const [account] = await house.finance.rows(`/rent-accounts?residentId=${resident}`);
    await house.finance.did(`/rent-accounts/${account!.id}/record-hb-claim`, { on: '2026-09-21' });
    const { id: plan } = await house.kofi.did('/support-plans', { residentId: resident, keyWorkerId: house.kofiId, goals: 'A college place.', objectives: 'Apply by November.', startDate: '2026-09-21', reviewDate: '2026-10-19' });
    expect(await house.kofi.row(`/residents/${resident}`)).toMatchObject({ supportPlanId: plan, nextSupportReview: '2026-10-19' });
    const duties = await house.kofi.rows(`/deadlines?entityId=${resident}&sort=ruleCode`);
    expect(duties.map(({ ruleCode, dueDate, status }) => [ruleCode, dueDate, status])).toEqual([['EMC-7', '2027-09-21', 'open'], ['HB-HELP', '2026-09-22', 'met'], ['RES-7', '2026-09-22', 'met'], ['SUP-2', '2026-10-19', 'met']]);
    await clock('2026-10-01T22:59:59Z');
    expect(await typesOf(`/residents/${resident}`)).not.toContain('ResidentTurnedEighteen');
    await clock('2026-10-02T09:00:00Z');
    expect((await typesOf(`/residents/${resident}`)).filter((type) => type === 'ResidentTurnedEighteen')).toHaveLength(1);
    expect(await house.kofi.row(`/residents/${resident}`)).toMatchObject({ turnedEighteenOn: '2026-10-02', isMinor: false, age: 18 });
    expect(await house.kofi.rows(`/deadlines?entityId=${resident}&ruleCode=RES-ADULT`)).toMatchObject([{ dueDate: '2026-10-30', status: 'open' }]);
    expect(await house.kofi.row(`/tenancy-agreements/${agreementId}`)).toMatchObject({ withMinor: true, holderOfAgeOn: '2026-10-02', guarantorName: 'Huda Haddad' });
    expect(await house.kofi.rows(`/deadlines?entityId=${agreementId}&ruleCode=AGR-3.adult`)).toMatchObject([{ dueDate: '2026-10-30', status: 'open' }]);
  }, LONG);

  it('shares a room with people of their age and gender, or of another for a manager’s reason, and siblings with each other', async () => {
    const known = async (firstName: string, dateOfBirth: string, genderIdentity: string): Promise<string> => {
      const { id } = await house.priya.did('/residents', { firstName, lastName: 'Adeyemi', dateOfBirth });
      await house.kofi.did(`/residents/${id}/record-equality`, { genderIdentity });
      return id;
    };
    const { id: roomId } = await house.priya.did('/property-rooms', { propertyId: house.property, roomNumber: 'R07', roomType: 'shared', capacity: 3, weeklyCharges, availableFrom: '2026-07-01' });
    const kit = await known('Kit', '2005-01-09', 'Woman');
    const agreementId = await draft(kit, roomId, '2026-10-01');
    await house.priya.did(`/tenancy-agreements/${agreementId}/sign`, { by: 'Kit' });
    await house.priya.did('/placements', { residentId: kit, agreementId, startDate: '2026-10-01', directAdmissionReason: 'No time to lose.' });
    const [tee, lou, max] = [await known('Tee', '2009-03-03', 'woman'), await known('Lou', '2004-02-29', 'man'), await known('Max', '2006-06-06', 'female')];
    const reserve = (by: Caller, residentId: string, more: object = {}) => by.post<Json>(`/property-rooms/${roomId}/reserve`, { residentId, from: '2026-10-05', ...more }, { prefer: 'wait=10' });
    expect(codeOf(await reserve(house.priya, tee, { sharingReason: 'She asks for it.' }))).toBe('422 ROM-8');
    expect((await reserve(house.kofi, lou)).body).toMatchObject({ code: 'ROM-8', errors: [{ pointer: '/sharingReason' }] });
    expect(codeOf(await reserve(house.kofi, lou, { sharingReason: 'A couple.' }))).toBe('422 ROM-8');
    expect(codeOf(await reserve(house.priya, lou, { sharingReason: 'A couple.' }))).toBe('200');
    expect((await house.ours.owner.get(`/property-rooms/${roomId}/history`)).text).toContain('A couple.');
    await house.kofi.did(`/property-rooms/${roomId}/release-reservation`, { reason: 'declined' });
    await house.kofi.did(`/residents/${kit}/record-sibling`, { siblingId: lou });
    expect(codeOf(await reserve(house.kofi, lou))).toBe('200');
    await house.kofi.did(`/property-rooms/${roomId}/release-reservation`, { reason: 'declined' });
    const theirs = await draft(max, roomId, '2026-10-01');
    await house.priya.did(`/tenancy-agreements/${theirs}/sign`, { by: 'Max' });
    await house.priya.did('/placements', { residentId: max, agreementId: theirs, startDate: '2026-10-01', directAdmissionReason: 'No time to lose.' });
    expect(await typesOf(`/residents/${max}`)).not.toContain('ResidentSharesAcrossAges');
    await house.priya.did(`/residents/${max}/correct-details`, { dateOfBirth: '2009-06-06' });
    expect(await typesOf(`/residents/${max}`)).toContain('ResidentSharesAcrossAges');
    expect((await house.priya.rows('/notifications?limit=200')).map(({ title }) => title)).toContain('Somebody under 18 and an adult share a room');
  }, LONG);

  it('GEN-9, ORG-2: moves in while the plan of the organisation has room for them', async () => {
    const plan = (...limits: string[]) => house.at.cli('organization', 'change-plan', '--id', house.ours.id, '--tier', 'starter', ...limits);
    const { currentResidentCount } = await house.ours.owner.row(`/organizations/${house.ours.id}`);
    await expect(plan('--max-residents', '1')).rejects.toThrow(/maxResidents/);
    await plan('--max-residents', String(currentResidentCount));
    const more = await house.priya.post<Json>('/properties', { name: 'Another House', propertyType: 'house', totalUnits: 2, address });
    expect(more.body).toMatchObject({ code: 'GEN-9', detail: expect.stringContaining('maxProperties') });
    const { id: residentId } = await house.priya.did('/residents', { firstName: 'Wren', lastName: 'Lowe', dateOfBirth: '2005-05-05' });
    const agreementId = await draft(residentId, rooms.R05, '2026-10-01');
    await house.priya.did(`/tenancy-agreements/${agreementId}/sign`, { by: 'Wren' });
    const moveIn = () => house.priya.post<Json>('/placements', { residentId, agreementId, startDate: '2026-10-01', directAdmissionReason: 'No time to lose.' }, { prefer: 'wait=10' });
    expect((await moveIn()).body).toMatchObject({ code: 'GEN-9', errors: [{ pointer: '/residentId' }] });
    expect(await house.ours.owner.row(`/organizations/${house.ours.id}`)).toMatchObject({ subscriptionTier: 'starter', overLimit: false, usageAlertSent: true, limitsUsed: { residents: { limit: currentResidentCount } } });
    await plan('--max-residents', '25', '--cycle', 'annual');
    expect(codeOf(await moveIn())).toMatch(/^201$/);
  }, LONG);
}
