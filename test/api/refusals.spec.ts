import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Caller } from '../support/caller.js';
import { installation, organisation, type Installation, type Organisation } from '../support/product.js';

const charges = { corePence: 10_000, eligibleServicePence: 0, ineligibleServicePence: 0, supportPence: 0 };
const address = { line1: '12 Mare Street', town: 'London', postcode: 'E8 1AA' };

interface Document {
  readonly paths: Record<string, { post?: { requestBody?: { content: Record<string, { schema: { $ref?: string } }> } } }>;
  readonly components: { schemas: Record<string, { properties?: object }> };
}

/** A rule that several commands can break is told at the field that the command has for it. */
describe('a refusal names a field of its command', () => {
  let at: Installation;
  let ours: Organisation;
  let manager: Caller;
  let document: Document;
  let propertyId: string;
  let numbers = 0;

  beforeAll(async () => {
    at = await installation({ CLOCK_START: '2026-11-10T10:00:00Z' });
    ours = await organisation(at, (await at.start()).baseUrl);
    ({ caller: manager } = await ours.member('manager'));
    document = (await manager.call<Document>('GET', '/api/openapi.json')).body;
    propertyId = await property(8);
  });
  afterAll(() => at.remove());

  const property = async (totalUnits: number): Promise<string> =>
    (await manager.did('/properties', { name: `House ${++numbers}`, propertyType: 'foyer', totalUnits, address })).id;
  const room = async (of = propertyId): Promise<string> =>
    (await manager.did('/property-rooms', { propertyId: of, roomNumber: `R${++numbers}`, roomType: 'single', capacity: 1, weeklyCharges: charges, availableFrom: '2026-10-01' })).id;
  const resident = async (): Promise<string> => (await manager.did('/residents', { firstName: 'Jordan', lastName: 'Ellis', dateOfBirth: '2006-05-02' })).id;
  const agreement = async (residentId: string, startDate = '2026-10-01', of = propertyId): Promise<string> => {
    const { id } = await manager.did('/tenancy-agreements', { residentId, propertyId: of, agreementType: 'license', startDate, weeklyCharges: charges });
    await manager.did(`/tenancy-agreements/${id}/sign`);
    return id;
  };
  const stay = async (roomId: string, startDate: string, of = propertyId) => {
    const residentId = await resident();
    return { residentId, agreementId: await agreement(residentId, '2026-10-01', of), roomId, startDate, directAdmissionReason: 'No time to lose.' };
  };
  const placed = async (roomId: string, startDate: string, of = propertyId): Promise<string> => (await manager.did('/placements', await stay(roomId, startDate, of))).id;

  /** @returns code and pointer, once the pointer is found in what the document says of the body. */
  async function refused(route: string, id: string | undefined, body: object): Promise<string> {
    const answer = await manager.post<{ id: string; code?: string; errors?: { pointer: string }[] }>(route.replace('{id}', id ?? ''), body);
    const pointer = answer.body.errors?.[0]?.pointer;
    const reference = document.paths[`/api/v1${route}`]?.post?.requestBody?.content['application/json']?.schema.$ref;
    const fields = Object.keys(document.components.schemas[reference!.split('/').at(-1)!]!.properties!);
    if (pointer !== undefined) expect(fields).toContain(pointer.split('/')[1]);
    return `${answer.body.code} ${pointer}`;
  }

  it('where nights are booked that are to be closed', async () => {
    const house = await property(2);
    const occupied = await room(house);
    await placed(occupied, '2026-11-01', house);
    expect(await refused('/property-rooms/{id}/take-out-of-service', occupied, { reason: 'Damp.' })).toBe('ROM-5 /from');
    expect(await refused('/property-rooms/{id}/retire', occupied, {})).toBe('ROM-5 /on');
    expect(await refused('/properties/{id}/take-out-of-service', house, { reason: 'Damp.' })).toBe('PRP-3 /from');
    expect(await refused('/properties/{id}/close-permanently', house, { reason: 'Sold.' })).toBe('PRP-3 /on');
    const placement = await placed(await room(house), '2026-11-01', house);
    const { residentId } = await manager.row(`/placements/${placement}`);
    await manager.did(`/properties/${house}/plan-decant`, { moves: [{ residentId, place: 'own_home', moveBy: '2026-11-30' }] });
    const { decantPlanId } = await manager.row(`/properties/${house}`);
    expect(await refused('/properties/{id}/close-permanently', house, { reason: 'Sold.', decantPlanId })).toBe('PRP-3 /on');
  });

  it('where nights are closed that are to be booked', async () => {
    const closed = await room();
    await manager.did(`/property-rooms/${closed}/take-out-of-service`, { from: '2026-11-01', reason: 'Damp.' });
    expect(await refused('/property-rooms/{id}/reserve', closed, { residentId: await resident(), from: '2026-11-20' })).toBe('ROM-5 /from');
    expect(await refused('/placements', undefined, await stay(closed, '2026-10-30'))).toBe('ROM-5 /startDate');
    const placementId = await placed(await room(), '2026-10-20');
    expect(await refused('/placements/{id}/transfer', placementId, { roomId: closed, on: '2026-10-30' })).toBe('ROM-5 /on');
    await manager.did(`/property-rooms/${closed}/return-to-service`, { on: '2026-11-05' });
    const afterwards = await placed(closed, '2026-11-06');
    expect(await refused('/placements/{id}/correct-date', afterwards, { which: 'start', date: '2026-11-04', reason: 'Typo.' })).toBe('ROM-5 /date');
  });

  it('where no bed is free, and where somebody would be in two places', async () => {
    const roomId = await room();
    const first = await placed(roomId, '2026-10-20');
    await manager.did(`/placements/${first}/end`, { on: '2026-11-01', terminationType: 'planned_move_on' });
    const again = await placed(roomId, '2026-11-01');
    expect(await refused('/placements', undefined, await stay(roomId, '2026-11-02'))).toBe('ROM-2 /roomId');
    expect(await refused('/placements/{id}/correct-date', first, { which: 'end', date: '2026-11-02', reason: 'Typo.' })).toBe('ROM-2 /date');
    expect(await refused('/placements/{id}/correct-date', again, { which: 'start', date: '2026-10-31', reason: 'Typo.' })).toBe('ROM-2 /date');
    const { residentId } = await manager.row(`/placements/${first}`) as unknown as { residentId: string };
    const second = await manager.did('/placements', { residentId, agreementId: await agreement(residentId), roomId: await room(), startDate: '2026-11-03', directAdmissionReason: 'Back.' });
    expect(await refused('/placements/{id}/correct-date', second.id, { which: 'start', date: '2026-10-31', reason: 'Typo.' })).toBe('RES-5 /date');
    const [active, other] = [await agreement(residentId, '2026-11-03'), await agreement(residentId, '2026-11-04')];
    await manager.did(`/tenancy-agreements/${active}/activate`);
    expect(await refused('/tenancy-agreements/{id}/activate', other, {})).toBe('AGR-2 /on');
  });

  it('where a house would have too many beds', async () => {
    const small = await property(1);
    const only = await room(small);
    expect(await refused('/property-rooms', undefined, { propertyId: small, roomNumber: 'R2', roomType: 'single', capacity: 1 })).toBe('PRP-1 /capacity');
    expect(await refused('/property-rooms/{id}/change-details', only, { capacity: 2 })).toBe('PRP-1 /capacity');
    const large = await property(3);
    await room(large);
    await room(large);
    expect(await refused('/properties/{id}/change-capacity', large, { totalUnits: 1, reason: 'Fewer.' })).toBe('PRP-1 /totalUnits');
  });

  it('where somebody is named who is shut out (GEN-1)', async () => {
    const { owner } = ours;
    const { userId } = await ours.member('key_worker');
    await owner.did(`/users/${userId}/deactivate`, { reason: 'Left.' });
    const residentId = await resident();
    expect(await refused('/residents/{id}/assign-key-worker', residentId, { userId })).toBe('GEN-1 /userId');
    expect(await refused('/properties/{id}/assign-manager', propertyId, { managerId: userId })).toBe('GEN-1 /managerId');
    await owner.did(`/users/${userId}/reactivate`);
    await manager.did(`/residents/${residentId}/assign-key-worker`, { userId });
  });

  it('and none where the command has none', async () => {
    const { owner } = ours;
    const role = await owner.did('/roles-permissions', { roleName: 'Night shift', permissions: ['residents:read'] });
    await ours.member(role.id);
    const [member] = await owner.rows(`/user-organizations?role=${role.id}`);
    await owner.did(`/user-organizations/${member!.id}/suspend-member`, { reason: 'Away.' });
    const beyond = await ours.member((await owner.did('/roles-permissions', { roleName: 'Doorkeeper', permissions: ['user_organizations:*'] })).id);
    const answer = await beyond.caller.post<{ id: string; code?: string; errors?: unknown }>(`/user-organizations/${member!.id}/restore-member`);
    expect([answer.status, answer.body.code, answer.body.errors]).toEqual([403, 'MEM-6', undefined]);
    const changed = await owner.post<{ id: string; errors?: { pointer: string }[] }>(`/user-organizations/${member!.id}/change-member-role`, { role: 'resident' });
    expect(changed.body.errors).toEqual([expect.objectContaining({ code: 'MEM-5', pointer: '/role' })]);
  });
});
