import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Caller, Json } from '../support/caller.js';
import { installation, organisation, PASSWORD, type Installation, type Organisation } from '../support/product.js';

const charges = { corePence: 10_000, eligibleServicePence: 0, ineligibleServicePence: 0, supportPence: 0 };
const LONG = 300_000;

/** An organisation that does not pay is paused (GEN-8): what people are owed by the law goes on. */
describe('a paused organisation', () => {
  let at: Installation;
  let ours: Organisation;
  let owner: Caller;
  let manager: Caller;
  let dpo: Caller;
  let placementId: string;
  let left: string;
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    at = await installation({ CLOCK_START: '2026-09-03T08:00:00Z' });
    ours = await organisation(at, (await at.start()).baseUrl);
    ({ owner } = ours);
    ({ caller: manager, userId: ids['manager'] } = await ours.member('manager') as { caller: Caller; userId: string });
    ({ caller: dpo } = await ours.member('dpo'));
    const property = await manager.did('/properties', { name: 'Mare Street House', propertyType: 'foyer', totalUnits: 4, address: { line1: '12 Mare Street', town: 'London', postcode: 'E8 1AA' } });
    const room = await manager.did('/property-rooms', { propertyId: property.id, roomNumber: 'R1', roomType: 'single', capacity: 1, weeklyCharges: charges });
    const resident = await manager.did('/residents', { firstName: 'Jordan', lastName: 'Ellis', dateOfBirth: '2006-05-02' });
    const agreement = await manager.did('/tenancy-agreements', { residentId: resident.id, propertyId: property.id, agreementType: 'license', startDate: '2026-09-01', weeklyCharges: charges });
    await manager.did(`/tenancy-agreements/${agreement.id}/sign`);
    const stay = { residentId: resident.id, agreementId: agreement.id, roomId: room.id, startDate: '2026-09-03', directAdmissionReason: 'No time to lose.' };
    placementId = (await manager.did('/placements', stay)).id;
    left = (await manager.did('/residents', { firstName: 'Kim', lastName: 'Doe', dateOfBirth: '2006-05-02' })).id;
    await manager.did(`/residents/${left}/give-consent`, { purpose: 'photography' });
    await at.cli('organization', 'suspend', '--id', ours.id, '--reason', 'Unpaid.');
  }, LONG);
  afterAll(() => at.remove());

  const codeOf = async (who: Caller, path: string, body: object): Promise<unknown> => {
    const { status, body: answer } = await who.post<Json>(path, body);
    return [status, answer['code']];
  };

  it('is read and exported, and not changed', async () => {
    expect(await codeOf(manager, '/residents', { firstName: 'Lee', lastName: 'Doe', dateOfBirth: '2006-05-02' })).toEqual([409, 'GEN-8']);
    expect(await codeOf(manager, `/placements/${placementId}/end`, { terminationType: 'return_home' })).toEqual([409, 'GEN-8']);
    expect(await codeOf(manager, `/residents/${left}/give-consent`, { purpose: 'research' })).toEqual([409, 'GEN-8']);
    expect(await codeOf(owner, '/user-organizations', { email: 'more@spec.example', role: 'dpo' })).toEqual([409, 'GEN-8']);
    expect((await manager.row(`/residents/${left}`))['firstName']).toBe('Kim');
    expect((await manager.get('/residents', { accept: 'text/csv' })).text).toContain('Jordan');
    expect((await manager.row('/me'))['organizationPaused']).toBe(true);
  }, LONG);

  it('does what privacy asks', async () => {
    await manager.did(`/residents/${left}/withdraw-consent`, { purpose: 'photography' });
    await dpo.did(`/residents/${left}/place-legal-hold`, { reason: 'A claim is announced.' });
    expect(await codeOf(dpo, `/residents/${left}/erase`, {})).toEqual([422, 'RES-11']);
    await dpo.did(`/residents/${left}/release-legal-hold`);
    await dpo.did(`/residents/${left}/erase`, { basis: 'request' });
    expect(await dpo.row(`/residents/${left}`)).toMatchObject({ status: 'erased', firstName: '[erased]' });
  }, LONG);

  it('charges the rent of who lives there', async () => {
    expect((await manager.call('PUT', '/api/v1/clock', { now: '2026-09-07T08:00:00Z' })).status).toBe(200);
    // Thursday to Sunday: 4 of 7 nights of 100.00, then a week.
    expect(await manager.rows(`/rent-accounts?placementId=${placementId}`)).toEqual([expect.objectContaining({ balancePence: 5_714 + 10_000 })]);
  }, LONG);

  it('leaves to everybody their own account, which is not the organisation’s', async () => {
    const own = `/users/${ids['manager']}`;
    await manager.did(`${own}/change-profile`, { firstName: 'Samira' });
    const changed = await manager.post(`${own}/change-password`, { currentPassword: PASSWORD, newPassword: 'another one that is long' });
    expect(changed.status).toBe(200);
  }, LONG);

  it('is changed again once it is active', async () => {
    await at.cli('organization', 'reactivate', '--id', ours.id);
    await owner.did('/user-organizations', { email: 'more@spec.example', role: 'dpo' });
  }, LONG);
});
