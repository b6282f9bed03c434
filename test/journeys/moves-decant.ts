import { expect, it } from '@jest/globals';
import type { Caller, Json } from '../support/caller.js';

const LONG = 180_000;
const weeklyCharges = { corePence: 12_345, eligibleServicePence: 3_333, ineligibleServicePence: 777, supportPence: 0 };

interface Street {
  manager(): Caller;
  /** Takes the clock to noon of a day, which is to come. */
  today(date: string): Promise<void>;
}

/** A house in which two people live is closed for good by a plan; it begins on 31 March 2027 and ends on 12 April. */
export function houseIsEmptied({ manager, today }: Street): void {
  it('empties a house by a plan: who leaves on which day, as that is corrected; nothing is to be done in its rooms afterwards', async () => {
    const by = manager();
    const housed = async (name: string, beds: number) => {
      const { id: propertyId } = await by.did('/properties', { name, propertyType: 'house', totalUnits: 2, address: { line1: `1 ${name}`, town: 'Leeds', postcode: 'LS1 4DY' } });
      const roomIds = await Promise.all(Array.from({ length: beds }, async (_, index) =>
        (await by.did('/property-rooms', { propertyId, roomNumber: `${index + 1}`, roomType: 'single', capacity: 1, weeklyCharges, availableFrom: '2027-03-01' })).id));
      return { propertyId, roomIds };
    };
    const lives = async (firstName: string, propertyId: string, roomId: string) => {
      const { id: residentId } = await by.did('/residents', { firstName, lastName: 'Test', dateOfBirth: '2004-02-29' });
      const { id: agreementId } = await by.did('/tenancy-agreements', { residentId, propertyId, roomId, agreementType: 'license', startDate: '2027-03-10', rentFrequency: 'weekly', weeklyCharges });
      await by.did(`/tenancy-agreements/${agreementId}/sign`, { by: firstName });
      const { id } = await by.did('/placements', { residentId, agreementId, startDate: '2027-03-10', directAdmissionReason: 'r' });
      return { id, residentId };
    };
    const [old, other] = [await housed('Orchard House', 2), await housed('Mill House', 1)];
    const [ada, ben] = [await lives('Ada', old.propertyId, old.roomIds[0]!), await lives('Ben', old.propertyId, old.roomIds[1]!)];
    const planned = async (move: object): Promise<Json> => by.did(`/properties/${old.propertyId}/plan-decant`, { moves: [move] });
    const closes = async () => by.post<Json>(`/properties/${old.propertyId}/close-permanently`, { reason: 'Sold', decantPlanId: (await by.row(`/properties/${old.propertyId}`))['decantPlanId'] }, { prefer: 'wait=10' });
    await planned({ residentId: ada.residentId, place: 'our_room', toRoomId: other.roomIds[0], moveBy: '2027-04-03' });
    expect((await closes()).body).toMatchObject({ status: 422, code: 'PRP-3' });
    await planned({ residentId: ben.residentId, place: 'own_home', moveBy: '2027-04-05' });
    await today('2027-04-02');
    await by.did(`/placements/${ada.id}/transfer`, { roomId: other.roomIds[0] });
    const tasks = async (roomId: string | undefined) => (await by.rows(`/room-void-tasks?roomId=${roomId}&sort=task`)).map(({ task, status }) => [task, status].join(' '));
    expect(await tasks(old.roomIds[0])).toEqual(['cleaning open', 'inspection open', 'relet open']);
    expect((await closes()).status).toBe(200);
    expect(await tasks(old.roomIds[0])).toEqual(['cleaning waived', 'inspection waived', 'relet waived']);
    expect(await by.row(`/properties/${old.propertyId}`)).toMatchObject({ status: 'inactive', occupiedUnits: 1, availableUnits: 0, occupancyRate: 100 });
    await today('2027-04-05');
    await by.did(`/placements/${ben.id}/end`, { terminationType: 'planned_move_on' });
    expect(await tasks(old.roomIds[1])).toEqual([]);
    const moves = async () => (await by.rows(`/decant-moves?propertyId=${old.propertyId}&sort=moveBy`)).map(({ status, doneOn }) => [status, doneOn]);
    const due = async () => (await by.rows(`/deadlines?entityId=${old.propertyId}&sort=dueDate`)).map(({ dueDate, status, varianceDays }) => [dueDate, status, varianceDays]);
    expect([await moves(), await due()]).toEqual([[['done', '2027-04-02'], ['done', '2027-04-05']], [['2027-04-03', 'met', -1], ['2027-04-05', 'met', 0]]]);
    await today('2027-04-12');
    await by.did(`/placements/${ben.id}/correct-date`, { which: 'end', date: '2027-04-07', reason: 'He stayed two nights longer.' });
    expect([await moves(), await due()]).toEqual([[['done', '2027-04-02'], ['done', '2027-04-07']], [['2027-04-03', 'met', -1], ['2027-04-05', 'late', 2]]]);
    expect(await by.rows(`/deadlines?status=open&status=missed&entityId=${old.roomIds[0]}`)).toEqual([]);
    // 62 nights of beds in March, none out of service; from 2 April on those of who stays.
    expect(await by.rows(`/occupancy?propertyId=${old.propertyId}&sort=month`)).toMatchObject([
      { nightsTotal: 62, nightsOccupied: 44, nightsVoid: 18 }, { nightsTotal: 2 + 5, nightsOutOfService: 0, nightsOccupied: 7, nightsVoid: 0, occupancyRate: 100 },
    ]);
  }, LONG);
}
