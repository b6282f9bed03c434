import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Caller, Json } from '../support/caller.js';
import { installation, organisation, type Installation, type Organisation, type RunningProduct } from '../support/product.js';

const weeklyCharges = { corePence: 18_240, eligibleServicePence: 6_435, ineligibleServicePence: 2_150, supportPence: 0 };
const ACKNOWLEDGED = 'id reference revision position events { type revision } replayed waited parked';

interface Acknowledged extends Json {
  readonly revision: number;
  readonly events: { readonly type: string; readonly revision: number }[];
  readonly replayed: boolean;
  readonly waited: boolean;
  readonly parked: string[];
}

/** The way of `move-in.spec.ts` by mutations and queries alone, with the same figures. */
describe('a resident moves in, over GraphQL', () => {
  let at: Installation;
  let product: RunningProduct;
  let ours: Organisation;
  let manager: Caller;
  let finance: Caller;
  const ids = { property: '', room: '', resident: '', agreement: '', placement: '', account: '', incident: '' };

  beforeAll(async () => {
    at = await installation();
    product = await at.start({ CLOCK_START: '2026-09-02T08:00:00Z' });
    ours = await organisation(at, product.baseUrl);
    ({ caller: manager } = await ours.member('manager'));
    ({ caller: finance } = await ours.member('finance'));
  });
  afterAll(() => at.remove());

  /** Sends a mutation. @returns the acknowledgement, or the first error's extensions. */
  async function send(who: Caller, name: string, input: object | undefined, more: { id?: string; expectedRevision?: number; idempotencyKey?: string } = {}) {
    const kind = `${name[0]!.toUpperCase()}${name.slice(1)}Input!`;
    const declared = [
      ...(input === undefined ? [] : [['input', kind]]),
      ...Object.keys(more).map((key) => [key, { id: 'ID!', expectedRevision: 'Int', idempotencyKey: 'String' }[key]!]),
    ];
    const list = (write: (name: string, type: string) => string) => (declared.length === 0 ? '' : `(${declared.map(([key, type]) => write(key!, type!)).join(', ')})`);
    const query = `mutation ${list((key, type) => `$${key}: ${type}`)} { ${name}${list((key) => `${key}: $${key}`)} { ${ACKNOWLEDGED} } }`;
    const { data, errors } = await who.graphql<Record<string, Acknowledged> | null>(query, { ...(input === undefined ? {} : { input }), ...more }, { prefer: 'wait=10' });
    return { done: data?.[name], refused: errors?.[0]?.extensions, errors };
  }
  async function did(who: Caller, name: string, input: object | undefined, more: Parameters<typeof send>[3] = {}): Promise<Acknowledged> {
    const keyed = { idempotencyKey: randomUUID(), ...more };
    const { done, errors } = await send(who, name, input, keyed);
    if (!done) throw new Error(`${name} was refused: ${JSON.stringify(errors)}`);
    if (done.parked.length > 0) throw new Error(`${name}: something of what follows is parked: ${JSON.stringify(done)}`);
    // Where a busy machine needs longer than anybody is let wait.
    for (let waited = done.waited; !waited; ) waited = (await send(who, name, input, keyed)).done!.waited;
    return done;
  }
  async function ask<T>(who: Caller, query: string, variables: object = {}): Promise<T> {
    const { data, errors } = await who.graphql<T>(query, variables);
    if (errors) throw new Error(`${query}: ${JSON.stringify(errors)}`);
    return data;
  }
  const place = () => ({
    residentId: ids.resident, agreementId: ids.agreement, roomId: ids.room, startDate: '2026-09-02',
    directAdmissionReason: 'Referred by the leaving-care team, no time to lose.',
  });

  it('registers property, room, resident and agreement', async () => {
    const property = await did(manager, 'registerProperty', {
      name: 'Mare Street House', propertyType: 'shared_housing', totalUnits: 12, address: { line1: '12 Mare Street', town: 'London', postcode: 'e8 1aa' },
    });
    const room = await did(manager, 'addRoom', { propertyId: property.id, roomNumber: 'R04', roomType: 'single', floor: 1, capacity: 1, weeklyCharges });
    const resident = await did(manager, 'registerResident', { firstName: 'Jordan', lastName: 'Ellis', dateOfBirth: '2006-05-02' });
    const agreement = await did(manager, 'draftAgreement', {
      residentId: resident.id, propertyId: property.id, roomId: room.id, agreementType: 'license', startDate: '2026-09-02', rentFrequency: 'weekly', weeklyCharges,
    });
    expect([property, room, resident, agreement].map(({ revision, events: [event] }) => [revision, event!.type])).toEqual([
      [0, 'PropertyRegistered'], [0, 'RoomAdded'], [0, 'ResidentRegistered'], [0, 'AgreementDrafted'],
    ]);
    Object.assign(ids, { property: property.id, room: room.id, resident: resident.id, agreement: agreement.id });
  });

  it('is refused with the code and the field of the rule before the agreement is signed', async () => {
    const { done, refused } = await send(manager, 'startPlacement', place());
    expect(done).toBeNull();
    expect(refused).toMatchObject({ code: 'RES-6', status: 422, errors: [{ pointer: '/agreementId', code: 'RES-6' }] });
  });

  it('starts the placement once, however often it is sent under one key', async () => {
    await did(manager, 'signAgreement', { by: 'Jordan Ellis' }, { id: ids.agreement });
    await did(manager, 'activateAgreement', { on: '2026-09-02' }, { id: ids.agreement });
    const idempotencyKey = randomUUID();
    const started = await did(manager, 'startPlacement', place(), { idempotencyKey });
    ids.placement = started.id;
    const again = await did(manager, 'startPlacement', place(), { idempotencyKey });
    expect([started.replayed, again.replayed, again.id, again.revision]).toEqual([false, true, started.id, 0]);
    // The key is the same one by the other door.
    const byRest = await manager.post<Json>('/placements', place(), { 'idempotency-key': idempotencyKey });
    expect([byRest.status, byRest.body.id, byRest.headers.get('idempotency-replayed')]).toEqual([201, started.id, 'true']);
    expect((await send(manager, 'startPlacement', { ...place(), startDate: '2026-09-01' }, { idempotencyKey })).refused).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED', status: 422 });
  });

  it('shows the move, the bed and the first charge of 130.29 + 45.96 + 15.36 = 191.61', async () => {
    const { resident, property } = await ask<{ resident: Json; property: Json }>(manager, `query ($resident: ID!, $property: ID!) {
      resident(id: $resident) { firstName status moveInDate age isMinor room { roomNumber status currentOccupancy } property { name } placement { reference startDate moves { moveType toRoomId fromRoomId moveDate } } }
      property(id: $property) { totalUnits occupiedUnits availableUnits postcode }
    }`, { resident: ids.resident, property: ids.property });
    expect(resident).toMatchObject({
      firstName: 'Jordan', status: 'active', moveInDate: '2026-09-02', age: 20, isMinor: false,
      room: { roomNumber: 'R04', status: 'occupied', currentOccupancy: 1 }, property: { name: 'Mare Street House' },
      placement: { startDate: '2026-09-02', moves: [{ moveType: 'move_in', toRoomId: ids.room, fromRoomId: null, moveDate: '2026-09-02' }] },
    });
    expect(property).toEqual({ totalUnits: 12, occupiedUnits: 1, availableUnits: 11, postcode: 'E8 1AA' });
    const { rentAccounts } = await ask<{ rentAccounts: { nodes: Json[] } }>(finance, `query ($placement: ID!) {
      rentAccounts(filter: { placementId: [$placement] }) { nodes {
        id balancePence weeklyTotalPence resident { lastName }
        ledger { corePence eligibleServicePence ineligibleServicePence amountPence balancePence periodFrom periodTo }
        payments { amountPence dueDate paymentStatus }
      } }
    }`, { placement: ids.placement });
    ids.account = rentAccounts.nodes[0]!.id;
    expect(rentAccounts.nodes).toMatchObject([{
      balancePence: 19_161, weeklyTotalPence: 26_825,
      ledger: [{
        corePence: 13_029, eligibleServicePence: 4_596, ineligibleServicePence: 1_536, amountPence: 19_161, balancePence: 19_161,
        periodFrom: '2026-09-02', periodTo: '2026-09-07',
      }],
      payments: [{ amountPence: 19_161, dueDate: '2026-09-02', paymentStatus: 'pending' }],
    }]);
  });

  it('takes a payment once (RNT-5), and pages through the charged weeks', async () => {
    await manager.call('PUT', '/api/v1/clock', { now: '2026-09-28T12:00:00Z' });
    const payment = { amountPence: 1_536, method: 'bank_transfer', on: '2026-09-04', externalRef: 'BACS 4711' };
    await did(finance, 'recordPayment', payment, { id: ids.account });
    expect((await send(finance, 'recordPayment', payment, { id: ids.account })).refused).toMatchObject({ code: 'RNT-5', status: 409 });
    const periods: unknown[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const page: { rentPayments: { nodes: Json[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } } } = await ask(finance, `query ($account: ID!, $after: String) {
        rentPayments(filter: { rentAccountId: [$account], dueDate_gte: "2026-09-01" }, sort: ["dueDate"], first: 2, after: $after) { nodes { periodFrom } pageInfo { hasNextPage endCursor } }
      }`, { account: ids.account, after });
      periods.push(...page.rentPayments.nodes.map(({ periodFrom }) => periodFrom));
      ({ hasNextPage: more, endCursor: after } = page.rentPayments.pageInfo);
    }
    expect(periods).toEqual(['2026-09-02', '2026-09-07', '2026-09-14', '2026-09-21', '2026-09-28']);
    const { rentAccount } = await ask<{ rentAccount: Json }>(finance, 'query ($id: ID!) { rentAccount(id: $id) { balancePence } }', { id: ids.account });
    expect(rentAccount['balancePence']).toBe(19_161 + 4 * 26_825 - 1_536);
  });

  it('follows an incident to its end, and says when the revision is stale or an action is open', async () => {
    const incident = await did(manager, 'logIncident', {
      propertyId: ids.property, residentId: ids.resident, incidentType: 'safety', severity: 'medium', occurredAt: '2026-09-28T10:00:00Z',
      title: 'Smoke in the kitchen', description: 'A pan was left on the hob; the alarm went off and everybody came out.',
    });
    const { id } = incident;
    const added = await did(manager, 'addIncidentAction', { description: 'Check the alarm', dueAt: '2026-09-30T12:00:00Z' }, { id, expectedRevision: incident.revision });
    const stale = await send(manager, 'resolveIncident', { resolution: 'Pan replaced, kitchen aired.' }, { id, expectedRevision: incident.revision });
    expect(stale.refused).toMatchObject({ code: 'WRONG_REVISION', status: 412 });
    const resolved = await did(manager, 'resolveIncident', { resolution: 'Pan replaced, kitchen aired.' }, { id, expectedRevision: added.revision });
    expect(resolved.revision).toBe(added.revision + 1);
    const lessons = { lessons: 'Talk about the hob at the house meeting.' };
    expect((await send(manager, 'closeIncident', lessons, { id })).refused).toMatchObject({ code: 'INC-4', status: 422 });
    const before = await ask<{ incident: { actions: Json[] } }>(manager, 'query ($id: ID!) { incident(id: $id) { actions { id } } }', { id });
    await did(manager, 'completeIncidentAction', { actionId: before.incident.actions[0]!.id }, { id });
    await did(manager, 'closeIncident', lessons, { id });
    const { incident: row } = await ask<{ incident: Json }>(manager, 'query ($id: ID!) { incident(id: $id) { status openActions description resident { firstName } } }', { id });
    expect(row).toMatchObject({ status: 'closed', openActions: 0, description: expect.stringContaining('pan'), resident: { firstName: 'Jordan' } });
  });

  it('names the wrong field, the missing permission and the missing session by their codes', async () => {
    expect((await send(manager, 'registerResident', { firstName: 'A', lastName: 'Ellis', dateOfBirth: '2027-02-29' })).refused).toMatchObject({
      code: 'VALIDATION', status: 400, errors: expect.arrayContaining([expect.objectContaining({ pointer: '/dateOfBirth' })]),
    });
    expect((await send(finance, 'startPlacement', place())).refused).toMatchObject({ code: 'FORBIDDEN', status: 403 });
    const anonymous = await manager.as('nobody').call('POST', '/graphql', { query: '{ residents { nodes { id } } }' });
    expect([anonymous.status, (anonymous.body as Json)['code']]).toEqual([401, 'UNAUTHENTICATED']);
  });

  it('answers another organisation as if nothing were there', async () => {
    const { owner } = await organisation(at, product.baseUrl, 'Other Homes');
    const query = 'query ($id: ID!) { resident(id: $id) { id } }';
    const [theirs, unknown] = [await owner.graphql(query, { id: ids.resident }), await owner.graphql(query, { id: '6ba7b810-9dad-41d1-80b4-00c04fd430c8' })];
    const said = ({ data, errors }: typeof theirs) => ({ data, message: errors?.[0]?.message, code: errors?.[0]?.extensions?.['code'] });
    expect(said(theirs)).toEqual(said(unknown));
    expect(said(theirs).code).toBe('NOT_FOUND');
    expect((await send(owner, 'markAtRisk', { reason: 'Not ours at all.' }, { id: ids.resident })).refused).toMatchObject({ code: 'NOT_FOUND', status: 404 });
    expect(await ask(owner, '{ residents { nodes { id } } placements { nodes { id } } incidents { nodes { id } } rentAccounts { nodes { id } } }')).toEqual({
      residents: { nodes: [] }, placements: { nodes: [] }, incidents: { nodes: [] }, rentAccounts: { nodes: [] },
    });
  });
});
