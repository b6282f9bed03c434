import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Caller, Json } from '../support/caller.js';
import { StandIn } from '../support/eventstoredb/stand-in.js';
import { installation, organisation, type Installation, type Organisation, type RunningProduct } from '../support/product.js';

const weeklyCharges = { corePence: 18_240, eligibleServicePence: 6_435, ineligibleServicePence: 2_150, supportPence: 0 };
const address = { line1: '12 Mare Street', town: 'London', postcode: 'e8 1aa' };

/** The whole way over HTTP: property, room, resident, agreement, placement, first charge, incident, payment. */
describe.each(['PostgreSQL', 'EventStoreDB'])('a resident moves in, the log in %s', (log) => {
  let node: StandIn | undefined;
  let at: Installation;
  let product: RunningProduct;
  let ours: Organisation;
  let manager: Caller;
  let finance: Caller;
  let ids: Record<'property' | 'room' | 'resident' | 'agreement' | 'placement', string>;

  beforeAll(async () => {
    if (log === 'EventStoreDB') node = await StandIn.start();
    at = await installation(node ? { EVENTSTORE_URL: node.connectionString } : {});
    product = await at.start();
    ours = await organisation(at, product.baseUrl);
    ({ caller: manager } = await ours.member('manager'));
    ({ caller: finance } = await ours.member('finance'));
    const property = await manager.did('/properties', { name: 'Mare Street House', propertyType: 'shared_housing', totalUnits: 12, address });
    const room = await manager.did('/property-rooms', { propertyId: property.id, roomNumber: 'R04', roomType: 'single', floor: 1, capacity: 1, weeklyCharges });
    const resident = await manager.did('/residents', { firstName: 'Jordan', lastName: 'Ellis', dateOfBirth: '2006-05-02' });
    ids = { property: property.id, room: room.id, resident: resident.id, agreement: '', placement: '' };
  });
  afterAll(async () => {
    await at.remove();
    node?.stop();
  });

  const place = (body: object = {}) => ({
    residentId: ids.resident, agreementId: ids.agreement, roomId: ids.room, startDate: '2026-09-02',
    directAdmissionReason: 'Referred by the leaving-care team, no time to lose.', ...body,
  });

  it('is refused before the agreement is signed (RES-6)', async () => {
    expect((await manager.call('PUT', '/api/v1/clock', { now: '2026-09-01T09:00:00Z' })).status).toBe(200);
    ids.agreement = (await manager.did('/tenancy-agreements', {
      residentId: ids.resident, propertyId: ids.property, roomId: ids.room, agreementType: 'license', startDate: '2026-09-02',
      rentFrequency: 'weekly', weeklyCharges,
    })).id;
    await manager.call('PUT', '/api/v1/clock', { now: '2026-09-02T08:00:00Z' });
    const refused = await manager.post<Json & { code: string }>('/placements', place());
    expect([refused.status, refused.body['code']]).toEqual([422, 'RES-6']);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
  });

  it('starts the placement, with its consequences in the same answer', async () => {
    await manager.did(`/tenancy-agreements/${ids.agreement}/sign`, { by: 'Jordan Ellis' });
    await manager.did(`/tenancy-agreements/${ids.agreement}/activate`, { on: '2026-09-02' });
    const started = await manager.did('/placements', place());
    ids.placement = started.id;
    expect(await manager.row(`/residents/${ids.resident}`)).toMatchObject({
      status: 'active', moveInDate: '2026-09-02', propertyId: ids.property, roomId: ids.room, placementId: ids.placement, age: 20, isMinor: false,
    });
  });

  it('charges the first part week: 130.29 + 45.96 + 15.36 = 191.61', async () => {
    const [account] = await finance.rows(`/rent-accounts?placementId=${ids.placement}`);
    expect(account).toMatchObject({ residentId: ids.resident, balancePence: 19_161, weeklyTotalPence: 26_825 });
    const [line] = await finance.rows(`/rent-ledger?rentAccountId=${account!.id}`);
    expect(line).toMatchObject({
      corePence: 13_029, eligibleServicePence: 4_596, ineligibleServicePence: 1_536, amountPence: 19_161, balancePence: 19_161,
      periodFrom: '2026-09-02', periodTo: '2026-09-07',
    });
    const [demand] = await finance.rows(`/rent-payments?rentAccountId=${account!.id}`);
    expect(demand).toMatchObject({ amountPence: 19_161, dueDate: '2026-09-02', paymentStatus: 'pending' });
  });

  it('fills the bed and records one move', async () => {
    expect(await manager.row(`/properties/${ids.property}`)).toMatchObject({ totalUnits: 12, occupiedUnits: 1, availableUnits: 11, postcode: 'E8 1AA' });
    expect(await manager.row(`/property-rooms/${ids.room}`)).toMatchObject({ status: 'occupied', currentOccupancy: 1 });
    const moves = await manager.rows(`/move-records?residentId=${ids.resident}`);
    expect(moves).toHaveLength(1);
    expect(moves[0]).toMatchObject({ moveType: 'move_in', toRoomId: ids.room, toPropertyId: ids.property, fromRoomId: null, moveDate: '2026-09-02' });
  });

  it('charges each Monday once, however far the clock jumps', async () => {
    await manager.call('PUT', '/api/v1/clock', { now: '2026-09-28T12:00:00Z' });
    const [account] = await finance.rows(`/rent-accounts?placementId=${ids.placement}`);
    expect(account!['balancePence']).toBe(19_161 + 4 * 26_825);
    const lines = await finance.rows(`/rent-ledger?rentAccountId=${account!.id}&limit=100`);
    expect(lines.map((line) => line['periodFrom']).sort()).toEqual(['2026-09-02', '2026-09-07', '2026-09-14', '2026-09-21', '2026-09-28']);
  });

  it('takes a payment, and refuses it a second time (RNT-5)', async () => {
    const [account] = await finance.rows(`/rent-accounts?placementId=${ids.placement}`);
    const body = { amountPence: 1_536, method: 'bank_transfer', on: '2026-09-04', externalRef: 'BACS 4711' };
    await finance.did(`/rent-accounts/${account!.id}/record-payment`, body);
    const again = await finance.post(`/rent-accounts/${account!.id}/record-payment`, body);
    expect([again.status, again.body['code']]).toEqual([409, 'RNT-5']);
    expect((await finance.row(`/rent-accounts/${account!.id}`))['balancePence']).toBe(19_161 + 4 * 26_825 - 1_536);
  });

  it('shows each change with what was before and after', async () => {
    const history = (await manager.row(`/residents/${ids.resident}/history`)) as unknown as { items: Json[] };
    const types = history.items.map((item) => item['type']);
    expect(types.slice(0, 2)).toEqual(['ResidentRegistered', 'ResidentMovedIn']);
    // Nobody became the key worker by 3 September, or helped to claim Housing Benefit.
    expect(types.slice(2).sort()).toEqual(['ResidentBenefitHelpOverdue', 'ResidentKeyWorkerOverdue']);
    const changes = history.items[1]!['changes'] as { field: string; before: unknown; after: unknown }[];
    expect(changes).toEqual(expect.arrayContaining([{ field: 'status', before: 'applicant', after: 'active' }]));
    const before = await manager.row(`/residents/${ids.resident}?at=2026-09-01T23:00:00Z`);
    expect(before).toMatchObject({ status: 'applicant', firstName: 'Jordan' });
    expect((await manager.get(`/residents/${ids.resident}?at=2026-07-01T00:00:00Z`)).status).toBe(404);
  });

  it('refuses the same bed for another resident (ROM-2)', async () => {
    const other = await manager.did('/residents', { firstName: 'Sam', lastName: 'Okoro', dateOfBirth: '2005-01-09' });
    const agreement = await manager.did('/tenancy-agreements', {
      residentId: other.id, propertyId: ids.property, roomId: ids.room, agreementType: 'license', startDate: '2026-09-10', rentFrequency: 'weekly', weeklyCharges,
    });
    await manager.did(`/tenancy-agreements/${agreement.id}/sign`, { by: 'Sam Okoro' });
    const refused = await manager.post('/placements', place({ residentId: other.id, agreementId: agreement.id, startDate: '2026-09-10' }));
    expect([refused.status, refused.body['code']]).toEqual([422, 'ROM-2']);
  });

  it('follows an incident to its end', async () => {
    const incident = await manager.did('/incidents', {
      propertyId: ids.property, residentId: ids.resident, incidentType: 'safety', severity: 'medium', occurredAt: '2026-09-28T10:00:00Z',
      title: 'Smoke in the kitchen', description: 'A pan was left on the hob; the alarm went off and everybody came out.',
    });
    const added = await manager.did(`/incidents/${incident.id}/add-action`, { description: 'Check the alarm', dueAt: '2026-09-30T12:00:00Z' });
    const resolved = await manager.did(`/incidents/${incident.id}/resolve`, { resolution: 'Pan replaced, kitchen aired.' });
    expect(resolved['revision']).toBe(Number(added['revision']) + 1);
    const early = await manager.post(`/incidents/${incident.id}/close`, { lessons: 'Talk about the hob at the house meeting.' });
    expect([early.status, early.body['code']]).toEqual([422, 'INC-4']);
    const [action] = await manager.rows(`/incident-actions?incidentId=${incident.id}`);
    await manager.did(`/incidents/${incident.id}/complete-action`, { actionId: action!.id });
    await manager.did(`/incidents/${incident.id}/close`, { lessons: 'Talk about the hob at the house meeting.' });
    expect(await manager.row(`/incidents/${incident.id}`)).toMatchObject({ status: 'closed', openActions: 0, description: expect.stringContaining('pan') });
  });

  it('answers another organisation as if nothing were there', async () => {
    const others = await organisation(at, product.baseUrl, 'Other Homes');
    const unknown = await others.owner.get('/residents/6ba7b810-9dad-41d1-80b4-00c04fd430c8');
    for (const path of [`/residents/${ids.resident}`, `/residents/${ids.resident}/history`, `/placements/${ids.placement}`, `/property-rooms/${ids.room}`]) {
      const answer = await others.owner.get(path);
      expect([answer.status, answer.body['code'], answer.body['detail']]).toEqual([404, unknown.body['code'], unknown.body['detail']]);
    }
    expect((await others.owner.post(`/residents/${ids.resident}/mark-at-risk`, { reason: 'not ours at all' })).status).toBe(404);
    expect(await others.owner.rows('/residents')).toEqual([]);
  });

  it('says the same over GraphQL', async () => {
    const { data, errors } = await manager.graphql<{ resident: Json & { room: Json } }>(
      'query ($id: ID!) { resident(id: $id) { id firstName status moveInDate room { roomNumber } } }', { id: ids.resident },
    );
    expect(errors).toBeUndefined();
    expect(data.resident).toMatchObject({ firstName: 'Jordan', status: 'active', moveInDate: '2026-09-02', room: { roomNumber: 'R04' } });
  });
});
