import { expect } from '@jest/globals';
import type { Caller, Json } from '../support/caller.js';
import type { Organisation } from '../support/product.js';

/** Who does it: a manager and a key worker. */
export interface Workers {
  readonly ours: Organisation;
  readonly priya: Caller;
  readonly kofi: Caller;
}

/** After one of a series another of it is missed, and a meeting of its own: three in a row, which is told once. */
export async function missesThree({ kofi }: Pick<Workers, 'kofi'>, residentId: string, seriesId: string): Promise<void> {
  const alerts = async (): Promise<unknown[]> => (await kofi.rows('/notifications?entityType=calendar_events&notificationType=alert')).map((row) => row['entityId']);
  await kofi.did(`/calendar-events/${seriesId}/complete-event`, { occurrenceDate: '2027-03-29', dna: [residentId] });
  expect(await alerts()).toEqual([]);
  const times = (hour: number): object => ({ startTime: `2027-04-06T0${hour}:00:00Z`, endTime: `2027-04-06T0${hour}:30:00Z` });
  const met = async (hour: number, who: object): Promise<string> => {
    const { id } = await kofi.did('/calendar-events', { eventType: 'meeting', title: 'House meeting', residentId, ...times(hour) });
    await kofi.did(`/calendar-events/${id}/complete-event`, who);
    return id;
  };
  const third = await met(7, { dna: [residentId] });
  expect(await alerts()).toEqual([third]);
  await met(8, { dna: [residentId] });
  expect(await kofi.row(`/residents/${residentId}`)).toMatchObject({ missedInARow: 4 });
  await met(9, { attended: [residentId] });
  expect(await kofi.row(`/residents/${residentId}`)).toMatchObject({ missedInARow: 0 });
  expect(await alerts()).toEqual([third]);
}

/** What a health service is told of a referral, as a message of FHIR; of other referrals there is none. */
export async function tellsTheSurgery({ ours, priya, kofi }: Workers, residentId: string, housing: string): Promise<void> {
  await priya.did(`/residents/${residentId}/record-nhs-number`, { nhsNumber: '401 023 2137' });
  const { id } = await kofi.did('/referrals', { residentId, referralType: 'health', serviceProvider: 'Mare Street Surgery', reason: 'Cannot sleep.', urgency: 'urgent' });
  const { status, text } = await kofi.call('GET', `/api/v1/referrals/${id}/fhir`);
  const { entry } = JSON.parse(text) as { entry: { resource: Json }[] };
  const of = (type: string): Json => entry.find(({ resource }) => resource['resourceType'] === type)!.resource;
  expect([status, of('ServiceRequest'), of('Patient')]).toMatchObject([200, { priority: 'urgent', status: 'active', reasonCode: [{ text: 'Cannot sleep.' }] }, { identifier: [{ value: '4010232137' }], birthDate: '2006-05-02' }]);
  expect((await ours.owner.rows(`/audit-trail?entityId=${id}&outcome=read`)).length).toBeGreaterThan(0);
  // Who may not read of houses sends it without the address.
  const { id: role } = await ours.owner.did('/roles-permissions', { roleName: 'Referrals only', permissions: ['referrals:read', 'residents:read', 'organizations:read', 'personal:*', 'special:*', 'sensitive:read'] });
  const { caller: bo } = await ours.member(role);
  const without = await bo.call('GET', `/api/v1/referrals/${id}/fhir`);
  expect([text.includes('E8 1AA'), without.status, without.text.includes('E8 1AA')]).toEqual([true, 200, false]);
  const { caller: femi } = await ours.member('finance');
  expect([(await kofi.get(`/referrals/${housing}/fhir`)).status, (await femi.get(`/referrals/${id}/fhir`)).status]).toEqual([409, 403]);
}
