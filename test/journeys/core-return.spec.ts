import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { coreFile, parseCoreFile } from '../../src/reports/core-lettings-file.js';
import { coreRow } from '../support/core-rows.js';
import type { Caller, Json } from '../support/caller.js';
import { auditJoins, rebuiltEqualsLive, unknownElsewhere } from './closing.js';
import { installation, organisation, type Installation, type Organisation } from '../support/product.js';

const weeklyCharges = { corePence: 18_240, eligibleServicePence: 6_435, ineligibleServicePence: 2_150, supportPence: 0 };
const address = { line1: '1 Mare Street', town: 'London', postcode: 'E8 1AA', laCode: 'E09000012' };
/** What people answer of Jordan: all that the product does not know of itself. */
const answers: Readonly<Record<string, string>> = {
  field13: 'RES000001', field15: '1', field16: '12', field43: '1', field45: '1', field46: 'GBR', field47: '4', field90: '2', field93: '2',
  field98: '1', field100: '2', field111: '11', field112: '13', field113: '55', field115: '13', field116: '1', field117: '2', field121: '2',
  field127: '2', field128: '2', field129: '2', field130: '2', field132: '6', field133: '2', field135: '2', field138: '1', field139: '1', field146: '1', field147: '21.50',
};
/** The row of the journeys, by the numbers of its fields; whatever is not there is blank. */
const jordans: Readonly<Record<number, string>> = {
  1: 'ORG1', 2: 'ORG1', 4: '2', 5: 'S12', 6: '3', 7: '2', 8: '2', 9: '9', 10: '26', 11: '7', 13: 'RES000001', 14: 'MSH-R04', 15: '1', 16: '12', 17: '9', 19: '1 Mare Street',
  21: 'London', 23: 'E8', 24: '1AA', 25: 'E09000012', 29: '18', 30: '8', 31: '26', 35: '3', 36: '2', 37: '2', 38: '5', 41: '20', 42: 'M', 43: '1', 45: '1', 46: 'GBR', 47: '4',
  90: '2', 93: '2', 98: '1', 100: '2', 111: '11', 112: '13', 113: '55', 115: '13', 116: '1', 117: '2', 121: '2', 127: '2', 128: '2', 129: '2', 130: '2', 132: '6', 133: '2',
  135: '2', 138: '1', 139: '1', 140: '0', 141: '1', 142: '182.40', 143: '64.35', 144: '21.50', 145: '0.00', 146: '1', 147: '21.50',
};
const EXPORT = '/core-logs/export?year=2026';
type Findings = { code: string; field: string }[];

/** The statutory lettings return over HTTP: from the move-in to the service's answer. */
describe('the lettings return', () => {
  let at: Installation;
  let ours: Organisation;
  let manager: Caller;
  let logId: string;
  const ids = { property: '', room: '', resident: '' };
  const clock = async (now: string): Promise<void> => void (await manager.call('PUT', '/api/v1/clock', { now }));

  /** An agreement that is signed and in force. @returns its id */
  async function signed(residentId: string, propertyId: string, roomId: string, startDate: string, price: object = weeklyCharges): Promise<string> {
    const { id } = await manager.did('/tenancy-agreements', { residentId, propertyId, roomId, agreementType: 'license', startDate, weeklyCharges: price });
    await manager.did(`/tenancy-agreements/${id}/sign`, { by: 'The resident' });
    await manager.did(`/tenancy-agreements/${id}/activate`, { on: startDate });
    return id;
  }
  /** Somebody who moves into the room on a day. @returns the placement's id */
  async function movesIn(person: object, startDate: string, roomId: string): Promise<Json & { residentId: string }> {
    const { id: residentId } = await manager.did('/residents', person);
    await manager.did(`/residents/${residentId}/record-equality`, { sexAtBirth: 'male' });
    const agreementId = await signed(residentId, ids.property, roomId, startDate);
    const placement = await manager.did('/placements', { residentId, agreementId, roomId, startDate, directAdmissionReason: 'Referred by the leaving-care team.' });
    return { ...placement, residentId };
  }
  const logOf = async (placementId: string): Promise<Json> => (await manager.rows(`/core-logs?placementId=${placementId}`))[0]!;
  const answer = (body: object, id = logId): Promise<Json> => manager.did(`/core-logs/${id}/answer`, body);
  const validated = async (id = logId): Promise<Json> => {
    await manager.did(`/core-logs/${id}/validate`);
    return manager.row(`/core-logs/${id}`);
  };

  beforeAll(async () => {
    at = await installation();
    const { baseUrl } = await at.start();
    ours = await organisation(at, baseUrl);
    ({ caller: manager } = await ours.member('manager'));
    await ours.owner.did(`/organizations/${ours.id}/change-settings`, { coreOrganisationId: 'ORG1', coreRentPeriods: ['1'] });
    ids.property = (await manager.did('/properties', { name: 'Mare Street House', propertyType: 'shared_housing', totalUnits: 12, address })).id;
    await manager.did(`/properties/${ids.property}/map-to-core-scheme`, { schemeCode: 'S12', locationCode: '3' });
    const room = { propertyId: ids.property, roomType: 'single', capacity: 1, availableFrom: '2026-08-01' };
    ids.room = (await manager.did('/property-rooms', { ...room, roomNumber: 'R04' })).id;
    await clock('2026-08-05T09:00:00Z');
    const before = await movesIn({ firstName: 'Sam', lastName: 'Okoro', dateOfBirth: '2005-01-09' }, '2026-08-03', ids.room);
    await clock('2026-08-18T09:00:00Z');
    await manager.did(`/placements/${before.id}/end`, { on: '2026-08-18', terminationType: 'planned_move_on' });
    await clock('2026-09-02T08:00:00Z');
    const jordan = await movesIn({ firstName: 'Jordan', lastName: 'Ellis', dateOfBirth: '2006-05-02' }, '2026-09-02', ids.room);
    ids.resident = jordan.residentId;
    logId = (await logOf(jordan.id)).id;
  });
  afterAll(() => at.remove());

  it('is prepared when somebody moves in, with what is known and until when it is due', async () => {
    expect(await manager.row(`/core-logs/${logId}`)).toMatchObject({
      status: 'prepared', year: 2026, residentId: ids.resident, provider: 'prp', field1: 'ORG1', field4: '2', field5: 'S12', field6: '3', field8: '2', field9: '9', field10: '26', field14: 'MSH-R04', field17: '9',
      field29: '18', field30: '8', field31: '26', field41: '20', field42: 'M', field142: '182.40', field145: '0.00',
    });
    const [deadline] = await manager.rows(`/deadlines?entityId=${logId}`);
    expect(deadline).toMatchObject({ ruleCode: 'UK-R1', dueDate: '2027-06-04', status: 'open' });
    const before = await validated();
    expect(before['status']).toBe('invalid');
    expect((before['hardErrors'] as Findings).map(({ field }) => field)).toEqual(expect.arrayContaining(['field15', 'field47', 'field139']));
  });

  it('takes the answers of people, and refuses what is no answer at its field', async () => {
    await answer(answers);
    const refused = await manager.post<Json & { errors: { pointer: string }[] }>(`/core-logs/${logId}/answer`, { field47: '9' });
    expect([refused.status, refused.body['code'], refused.body.errors[0]!.pointer]).toEqual([422, 'CORE-1', '/field47']);
    expect(await validated()).toMatchObject({ status: 'ready', hardErrors: [], softWarnings: [], totalChargePence: 26_825, weeklyChargePence: 26_825, vacantDays: 15, householdMembers: 1 });
  });

  it.each([
    ['it starts before it is void', { field29: '3', field30: '9' }, ['field29', 'field30', 'field31']],
    ['what is left to pay is not said', { field147: null }, ['field147']],
    ['one person has a joint tenancy', { field36: '1' }, ['field36']],
    ['the basic rent is missing', { field142: null }, ['field142', 'field143', 'field144', 'field145']],
    ['who referred is named where nobody is to be named', { field134: '5' }, ['field134']],
  ])('is wrong where %s, and names the field', async (_, change, fields) => {
    await answer(change);
    const wrong = await validated();
    expect(wrong['status']).toBe('invalid');
    expect((wrong['hardErrors'] as Findings).map(({ field }) => field)).toEqual(expect.arrayContaining(fields));
    const file = await manager.get(EXPORT);
    expect(parseCoreFile(file.text).rows).toEqual([]);
    await answer(Object.fromEntries(Object.keys(change).map((field) => [field, jordans[Number(field.slice(5))] ?? null])));
    expect((await validated())['status']).toBe('ready');
  });

  it('asks whether what is unusual is so, and again where it changes', async () => {
    await answer({ field31: '24' });
    expect(await validated()).toMatchObject({ status: 'unconfirmed', hardErrors: [], softWarnings: [29, 30, 31].map((field) => ({ code: 'CORE-S2', field: `field${field}` })) });
    const early = await manager.post(`/core-logs/${logId}/record-export`, { fileSha: 'a'.repeat(64), line: 9 });
    expect([early.status, early.body['code']]).toEqual([409, 'CORE-31']);
    await manager.did(`/core-logs/${logId}/confirm-warning`, { code: 'CORE-S2' });
    expect(await manager.row(`/core-logs/${logId}`)).toMatchObject({ status: 'ready', confirmedWarnings: ['CORE-S2'] });
    await answer({ field29: '17' });
    expect(await validated()).toMatchObject({ status: 'unconfirmed', confirmedWarnings: [] });
    await answer({ field29: '18', field31: '26' });
    expect((await validated())['status']).toBe('ready');
  });

  it('is written as the bulk-upload file, cell by cell', async () => {
    const answered = await manager.get(EXPORT);
    expect([answered.status, answered.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8; header=present']);
    const lines = answered.text.replace(/^\ufeff/, '').trimEnd().split('\r\n');
    expect(lines).toHaveLength(9);
    const cells = lines[8]!.split(',');
    expect(cells).toHaveLength(148);
    for (let field = 1; field <= 147; field += 1) expect(`${field}: ${cells[field]}`).toBe(`${field}: ${jordans[field] ?? ''}`);
    expect((await manager.row(`/core-logs/${logId}`))['status']).toBe('ready');
  });

  it('has the byte order mark, and says by its digest which file it is', async () => {
    const { headers, bytes } = await manager.file(EXPORT);
    expect(bytes.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
    expect(headers.get('repr-digest')).toBe(`sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`);
  });

  it('is sent, the same file for the same logs, and then not taken, or taken', async () => {
    const sent = await manager.post(EXPORT);
    expect(sent.status).toBe(200);
    const again = await manager.post(EXPORT);
    expect(again.text).toBe(sent.text);
    await manager.did(`/core-logs/${logId}/reject`, { errors: 'Field 5: this scheme does not belong to ORG1.' });
    expect(await manager.row(`/core-logs/${logId}`)).toMatchObject({ status: 'rejected', line: 9, rejectionErrors: 'Field 5: this scheme does not belong to ORG1.' });
    await answer({ field5: 'S13' });
    await validated();
    await manager.post(EXPORT);
    await manager.did(`/core-logs/${logId}/accept`);
    expect(await manager.row(`/core-logs/${logId}`)).toMatchObject({ status: 'accepted', acceptedOn: '2026-09-02' });
    const [deadline] = await manager.rows(`/deadlines?entityId=${logId}`);
    expect(deadline).toMatchObject({ status: 'met' });
    const late = await manager.post(`/core-logs/${logId}/answer`, { field5: 'S12' });
    expect([late.status, late.body['code']]).toEqual([409, 'STATE']);
  });

  it('is of nobody else, and written by who may see all of it', async () => {
    const other = await organisation(at, manager.baseUrl);
    expect((await other.owner.get(`/core-logs/${logId}`)).status).toBe(404);
    const { caller: keyWorker } = await ours.member('key_worker');
    expect((await keyWorker.get(EXPORT)).status).toBe(403);
    expect((await ours.owner.get(EXPORT)).status).toBe(200);
    const { caller: admin } = await ours.member('admin');
    expect((await admin.get('/core-logs/export')).status).toBe(400);
    expect((await manager.get('/core-logs/export?year=2025')).status).toBe(422);
  });

  it('has one more log where a new agreement leads into another property, and none for a move within the house', async () => {
    const room = { roomType: 'double', capacity: 1, availableFrom: '2026-08-20' };
    const { id: nextDoor } = await manager.did('/property-rooms', { ...room, propertyId: ids.property, roomNumber: 'R06' });
    const { id: elsewhere } = await manager.did('/properties', { name: 'Well Street', propertyType: 'flat', totalUnits: 1, address: { ...address, line1: '9 Well Street' } });
    const { id: flat } = await manager.did('/property-rooms', { ...room, propertyId: elsewhere, roomNumber: 'F1' });
    const { id: placementId, residentId } = await movesIn({ firstName: 'Noor', lastName: 'Said', dateOfBirth: '2008-02-29' }, '2026-09-02', (await manager.did('/property-rooms', { ...room, propertyId: ids.property, roomNumber: 'R07' })).id);
    const [first] = await manager.rows(`/tenancy-agreements?residentId=${residentId}`);
    await clock('2026-09-09T09:00:00Z');
    await manager.did(`/placements/${placementId}/transfer`, { roomId: nextDoor, weeklyCharges });
    expect(await manager.rows(`/core-logs?placementId=${placementId}`)).toHaveLength(1);
    await manager.did(`/tenancy-agreements/${first!.id}/terminate`, { reason: 'A licence of the flat takes its place.' });
    const agreementId = await signed(residentId, elsewhere, flat, '2026-09-09', { ...weeklyCharges, corePence: 20_000 });
    await manager.did(`/placements/${placementId}/transfer`, { roomId: flat, agreementId });
    const logs = await manager.rows(`/core-logs?placementId=${placementId}&sort=reference`);
    expect(logs).toMatchObject([
      { moveId: null, roomId: expect.any(String), field8: '2', field142: '182.40' },
      { status: 'prepared', year: 2026, propertyId: elsewhere, roomId: flat, field8: '9', field9: '9', field14: 'WS-F1', field19: '9 Well Street', field29: '20', field30: '8', field41: '18', field142: '200.00' },
    ]);
    const [deadline] = await manager.rows(`/deadlines?entityId=${logs[1]!.id}`);
    expect(deadline).toMatchObject({ ruleCode: 'UK-R1', dueDate: '2027-06-04', status: 'open' });
  });

  it('reads the file of an older system back: the answers of lettings that are known, and the rest line by line', async () => {
    const [noor] = (await manager.rows('/core-logs?limit=100&sort=reference')).filter(({ field14, field8 }) => field14 === 'MSH-R07' && field8 === '2');
    const code = String(noor!['field13']);
    const { text } = coreFile([coreRow({ 13: code, 16: '15', 17: '', 5: 'S14' }), coreRow({ 13: code, 47: '9' }), coreRow({ 13: 'NOBODY' }), coreRow({ 13: 'RES000001' })]);
    const file = { kind: 'core_lettings', fileName: 'lettings_2026.csv', content: text };
    const { caller: finance } = await ours.member('finance');
    const refused = await finance.post<Json>('/import-batches', file);
    expect([refused.status, refused.body['code']]).toEqual([403, 'IMP-4']);
    const { id } = await manager.did('/import-batches', file);
    expect(await manager.row(`/import-batches/${id}`)).toMatchObject({ status: 'partial', rows: 4, postedRows: 1, rejectedRows: 3 });
    expect(await manager.rows(`/import-batch-rows?importBatchId=${id}&sort=row`)).toMatchObject([
      { line: 9, outcome: 'posted', coreLogId: noor!.id }, { line: 10, outcome: 'rejected', code: 'answer_47', message: expect.stringContaining('field 47') },
      { line: 11, outcome: 'rejected', code: 'unknown_letting' }, { line: 12, outcome: 'rejected', code: 'log_refused' },
    ]);
    expect(await manager.row(`/core-logs/${noor!.id}`)).toMatchObject({ status: 'prepared', field5: 'S14', field16: '15', field46: 'GBR' });
    expect((await manager.row(`/core-logs/${logId}`))['status']).toBe('accepted');
    await manager.did(`/core-logs/${noor!.id}/answer`, { field13: null });
  });

  it('refuses a file with one letting twice, and is late once the collection closes', async () => {
    const { id: roomId } = await manager.did('/property-rooms', { propertyId: ids.property, roomType: 'single', capacity: 1, availableFrom: '2026-08-01', roomNumber: 'R05' });
    const twin = await movesIn({ firstName: 'Alex', lastName: 'Reid', dateOfBirth: '2006-04-04' }, '2026-09-02', roomId);
    const { id } = await logOf(twin.id);
    const blank = { field16: '15', field17: null };
    await answer({ ...answers, ...blank, field5: 'S13' }, id);
    expect(await validated(id)).toMatchObject({ status: 'ready', hardErrors: [] });
    const refused = await manager.get(EXPORT);
    expect([refused.status, refused.body['code']]).toEqual([409, 'CORE-26']);
    await answer({ field13: 'RES000003' }, id);
    await validated(id);
    expect(parseCoreFile((await manager.get(EXPORT)).text).rows).toHaveLength(1);
    await clock('2027-06-05T09:00:00Z');
    expect((await manager.row(`/core-logs/${id}`))['overdueSince']).toBe('2027-06-04T23:00:00.000Z');
    expect((await manager.row(`/core-logs/${logId}`))['overdueSince']).toBeNull();
  });

  it('is replayed the same, joined in the trail, and unknown elsewhere', async () => {
    await rebuiltEqualsLive(at);
    await auditJoins(at, ours);
    await unknownElsewhere(ours, (await organisation(at, manager.baseUrl)).owner);
  });
});
