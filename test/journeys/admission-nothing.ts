import { describe, expect, it } from '@jest/globals';
import { codeOf } from '../support/admitting.js';
import type { Json } from '../support/caller.js';
import { type AdmissionHouse, weeklyCharges } from './admission-house.js';

const LONG = 180_000;
const ama = { firstName: 'Ama', lastName: 'Boateng', dateOfBirth: '2004-02-29', nhsNumber: '401 023 2137' };

/** What is taken back where nothing comes of an admission. */
export function comesToNothing(house: AdmissionHouse): void {
  const { clock, draft, referred, rooms } = house;

  describe('or comes to nothing', () => {
    let person: { referral: string; resident: string };
    let agreementId: string;
    let planned: string;
    const offered = async (ttlDays: number): Promise<void> => {
      await house.kofi.did(`/property-rooms/${rooms.R06}/reserve`, { residentId: person.resident, from: '2026-09-20', ttlDays });
      agreementId = await draft(person.resident, rooms.R06, '2026-09-20');
      planned = (await house.kofi.did('/placements/plan-placement', { residentId: person.resident, agreementId, plannedDate: '2026-09-20' })).id;
    };
    const stands = async () => ({
      resident: (await house.kofi.row(`/residents/${person.resident}`))['status'],
      agreement: (await house.kofi.row(`/tenancy-agreements/${agreementId}`))['status'],
      placement: (await house.kofi.row(`/placements/${planned}`))['status'],
      reservations: (await house.kofi.rows(`/room-reservations?roomId=${rooms.R06}&sort=ordinal`)).map(({ outcome }) => outcome),
      referral: (await house.kofi.row(`/referrals/${person.referral}`))['status'],
    });

    it('when the reservation lapses: an applicant again, the room free, the draft given up', async () => {
      person = await referred(ama, { urgency: 'emergency' });
      expect(await house.kofi.row(`/referrals/${person.referral}`)).toMatchObject({ responseDueAt: '2026-09-05T09:00:00.000Z', responseDueOn: null });
      await house.priya.did(`/referrals/${person.referral}/accept`);
      await offered(2);
      expect(await stands()).toEqual({ resident: 'offered', agreement: 'pending', placement: 'planned', reservations: [null], referral: 'accepted' });
      await clock('2026-09-06T09:00:01Z');
      expect(await stands()).toEqual({ resident: 'applicant', agreement: 'voided', placement: 'cancelled', reservations: ['expired'], referral: 'accepted' });
      expect(await house.kofi.row(`/property-rooms/${rooms.R06}`)).toMatchObject({ status: 'available', reservedFor: null });
    }, LONG);

    it('when they say no to the room: an applicant again, and may be offered it once more', async () => {
      await offered(7);
      await house.kofi.did(`/property-rooms/${rooms.R06}/release-reservation`, { reason: 'declined' });
      expect(await stands()).toEqual({ resident: 'applicant', agreement: 'voided', placement: 'cancelled', reservations: ['expired', 'declined'], referral: 'accepted' });
      await offered(7);
    }, LONG);

    it('in one room, and goes on in another: nothing of the first is kept, and one of two has the bed', async () => {
      const [from, to] = await Promise.all(['R71', 'R72'].map(async (roomNumber) =>
        (await house.priya.did('/property-rooms', { propertyId: house.property, roomNumber, roomType: 'single', capacity: 1, weeklyCharges, availableFrom: '2026-07-01' })).id)) as [string, string];
      const who = await Promise.all([{ firstName: 'Kim', lastName: 'Adeyemi', dateOfBirth: '2005-11-30' }, { firstName: 'Lou', lastName: 'Brandt', dateOfBirth: '2004-02-29' }].map((one) => house.priya.did('/residents', one)));
      const [kim, lou] = who.map(({ id }) => id) as [string, string];
      await house.kofi.did(`/property-rooms/${from}/reserve`, { residentId: kim, from: '2026-09-20' });
      const first = await draft(kim, from, '2026-09-20');
      const { id } = await house.kofi.did('/placements/plan-placement', { residentId: kim, agreementId: first, plannedDate: '2026-09-20' });
      const next = await draft(kim, to, '2026-09-20');
      const change = { roomId: to, agreementId: next, plannedDate: '2026-09-22' };
      expect(codeOf(await house.kofi.post(`/placements/${id}/change-planned`, change))).toBe('422 MOV-7');
      const both = await Promise.all([kim, lou].map((residentId) => house.kofi.post(`/property-rooms/${to}/reserve`, { residentId, from: '2026-09-20' })));
      expect(both.map(codeOf).filter((code) => /ROM-2/.test(code)).length).toBe(1);
      if (both[0]!.status >= 300) {
        await house.kofi.did(`/property-rooms/${to}/release-reservation`, { reason: 'withdrawn' });
        await house.kofi.did(`/property-rooms/${to}/reserve`, { residentId: kim, from: '2026-09-20' });
      }
      await house.kofi.did(`/placements/${id}/change-planned`, change);
      expect(await house.kofi.row(`/placements/${id}`)).toMatchObject({ status: 'planned', roomId: to, agreementId: next, plannedDate: '2026-09-22' });
      expect(await house.kofi.rows(`/room-reservations?roomId=${from}`)).toMatchObject([{ outcome: 'withdrawn' }]);
      expect(await house.kofi.row(`/tenancy-agreements/${first}`)).toMatchObject({ status: 'voided' });
      expect(await house.kofi.row(`/residents/${kim}`)).toMatchObject({ status: 'offered' });
    }, LONG);

    it('when the application is declined: the room, the draft and the referral go with it', async () => {
      expect(codeOf(await house.priya.post(`/residents/${person.resident}/decline-application`))).toBe('422 REF-4');
      await house.priya.did(`/residents/${person.resident}/decline-application`, { reasonCode: 'needs_too_high', text: 'Needs waking nights.' });
      expect(await stands()).toEqual({ resident: 'declined', agreement: 'voided', placement: 'cancelled', reservations: ['expired', 'declined', 'declined'], referral: 'cancelled' });
      expect(codeOf(await house.priya.post('/placements', { residentId: person.resident, agreementId, roomId: rooms.R06, startDate: '2026-09-06', directAdmissionReason: 'r' }))).toMatch(/^409 STATE$/);
    }, LONG);

    it('when they are referred again and withdraw', async () => {
      const { id } = await house.anna.did('/referrals/receive-referral', { source: 'LB Islington', reason: 'Asked again.', residentId: person.resident });
      person = { ...person, referral: id };
      expect(await house.kofi.row(`/residents/${person.resident}`)).toMatchObject({ status: 'applicant', referralId: id, declineReason: null });
      await offered(7);
      await house.kofi.did(`/residents/${person.resident}/withdraw-application`, { reason: 'Moves in with an aunt.' });
      expect(await stands()).toMatchObject({ resident: 'withdrawn', agreement: 'voided', placement: 'cancelled', referral: 'cancelled' });
    }, LONG);

    it('when the referral is declined: so is the application', async () => {
      const { id } = await house.anna.did('/referrals/receive-referral', { source: 'LB Islington', reason: 'Asked a third time.', residentId: person.resident });
      await house.priya.did(`/referrals/${id}/decline`, { reasonCode: 'outside_area' });
      expect(await house.kofi.row(`/residents/${person.resident}`)).toMatchObject({ status: 'declined', declineReason: 'outside_area' });
      expect(await house.kofi.row(`/referrals/${id}`)).toMatchObject({ status: 'declined', declineReason: 'outside_area', responseDays: 0 });
      const monitored = (await house.priya.row('/referrals/decline-monitoring')) as unknown as { answered: number; declined: number; reasons: object[]; characteristics: Json };
      expect(monitored).toMatchObject({ declined: 1, reasons: [{ reasonCode: 'outside_area', declined: 1 }] });
      expect(Object.keys(monitored.characteristics)).toEqual(['ageBand', 'sex', 'genderIdentity', 'ethnicity', 'religion', 'sexualOrientation', 'disability', 'everLookedAfter']);
      expect(await house.priya.row('/referrals/decline-monitoring?to=2020-01-01')).toMatchObject({ answered: 0, declined: 0 });
      expect((await house.priya.get('/referrals/decline-monitoring?from=yesterday')).status).toBe(400);
      expect((await house.finance.get('/referrals/decline-monitoring')).status).toBe(403);
    }, LONG);
  });
}
