import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Caller, Json } from '../support/caller.js';
import { installation, organisation, type Installation, type Organisation, type RunningProduct } from '../support/product.js';
import { auditJoins, rebuiltEqualsLive, unknownElsewhere } from './closing.js';
import { houseIsEmptied } from './moves-decant.js';

const LICENCE = { corePence: 18_240, eligibleServicePence: 6_435, ineligibleServicePence: 2_150, supportPence: 0 };
const LARGER = { ...LICENCE, corePence: 19_500 };
const LONG = 300_000;
const numbers = Array.from({ length: 12 }, (_, index) => `R${String(index + 1).padStart(2, '0')}`);

/** Transfer, void and relet in December, and a move out in January, over HTTP with the clock. */
describe('moves within a house, and out of it', () => {
  let at: Installation;
  let product: RunningProduct;
  let ours: Organisation;
  let manager: Caller;
  let propertyId: string;
  const rooms: Record<string, string> = {};
  const placements: Record<string, string> = {};

  beforeAll(async () => {
    at = await installation();
    product = await at.start({ CLOCK_START: '2026-11-30T08:00:00Z' });
    ours = await organisation(at, product.baseUrl);
    ({ caller: manager } = await ours.member('manager'));
    propertyId = (await manager.did('/properties', {
      name: 'Mare Street House', propertyType: 'shared_housing', totalUnits: 12, address: { line1: '12 Mare Street', town: 'London', postcode: 'E8 1AA' },
    })).id;
    for (const roomNumber of numbers) {
      const weeklyCharges = roomNumber === 'R09' ? LARGER : LICENCE;
      rooms[roomNumber] = (await manager.did('/property-rooms', { propertyId, roomNumber, roomType: 'single', capacity: 1, weeklyCharges, availableFrom: '2026-11-30' })).id;
    }
    for (const number of numbers) if (number !== 'R09') placements[number] = (await moveIn(number, '2026-11-30')).id;
  }, LONG);
  afterAll(() => at.remove());

  const today = async (date: string): Promise<void> => {
    const moved = await manager.call('PUT', '/api/v1/clock', { now: `${date}T12:00:00Z` });
    if (moved.status !== 200) throw new Error(`The clock did not go to ${date}: ${moved.status} ${moved.text}`);
  };
  /** What a stay asks for: somebody with a signed and active agreement from a day on. */
  async function ready(roomId: string, startDate: string): Promise<Record<string, string>> {
    const resident = await manager.did('/residents', { firstName: 'Sam', lastName: 'Okafor', dateOfBirth: '2004-05-02' });
    const agreement = await manager.did('/tenancy-agreements', {
      residentId: resident.id, propertyId, agreementType: 'license', startDate, rentFrequency: 'weekly', weeklyCharges: LICENCE,
    });
    await manager.did(`/tenancy-agreements/${agreement.id}/sign`, { by: 'Sam Okafor' });
    await manager.did(`/tenancy-agreements/${agreement.id}/activate`);
    return { residentId: resident.id, agreementId: agreement.id, roomId, startDate, directAdmissionReason: 'Homeless tonight, known to the team.' };
  }
  const moveIn = async (number: string, startDate: string): Promise<Json> => manager.did('/placements', await ready(rooms[number]!, startDate));
  const refused = async (path: string, body: object): Promise<unknown[]> => {
    const answer = await manager.post<Json>(path, body);
    return [answer.status, answer.body['code']];
  };

  it('charges a week of two rooms by the nights in each: 114.96 + 160.49, net +7.20', async () => {
    await today('2026-12-10');
    expect(await refused(`/placements/${placements['R07']}/transfer`, { roomId: rooms['R08'] })).toEqual([422, 'ROM-2']);
    expect(await refused(`/placements/${placements['R07']}/transfer`, { roomId: rooms['R07'] })).toEqual([422, 'MOV-1']);
    await manager.did(`/placements/${placements['R07']}/transfer`, { roomId: rooms['R09'] });
    const [account] = await manager.rows(`/rent-accounts?placementId=${placements['R07']}`);
    const [week] = await manager.rows(`/rent-payments?rentAccountId=${account!.id}&periodFrom=2026-12-07`);
    expect(week).toMatchObject({ amountPence: 27_545, components: { corePence: 18_960, eligibleServicePence: 6_435, ineligibleServicePence: 2_150, supportPence: 0 } });
    const moves = await manager.rows(`/move-records?placementId=${placements['R07']}&moveType=internal_transfer`);
    expect(moves).toMatchObject([{ fromRoomId: rooms['R07'], toRoomId: rooms['R09'], moveDate: '2026-12-10', isEmergencyMove: false }]);
    expect((await manager.rows(`/deadlines?entityId=${placements['R07']}&sort=ruleCode`)).map(({ ruleCode, dueDate, status }) => [ruleCode, dueDate, status]))
      .toEqual([['MOV-handover', '2026-12-11', 'open'], ['MOV-keys', '2026-12-11', 'open']]);
    await manager.did(`/placements/${placements['R07']}/record-handover`, { keysReturned: 1, inventoryChecked: true });
    expect((await manager.rows(`/deadlines?entityId=${placements['R07']}`)).map(({ status }) => status)).toEqual(['met', 'met']);
    await manager.did(`/property-rooms/${rooms['R07']}/take-out-of-service`, { from: '2026-12-10', expectedUntil: '2026-12-14', reason: 'Painted.' });
    expect(await manager.rows(`/voids?roomId=${rooms['R07']}`)).toMatchObject([{ fromDate: '2026-12-10', toDate: null, nights: 0, reason: 'transfer' }]);
    expect(await manager.row(`/property-rooms/${rooms['R07']}`)).toMatchObject({ status: 'maintenance', voidSince: '2026-12-10' });
  }, LONG);

  it('lets the room again after 25 void nights, four of them out of service, which cost 958.04', async () => {
    await today('2026-12-14');
    await manager.did(`/property-rooms/${rooms['R07']}/return-to-service`, { on: '2026-12-14' });
    expect((await manager.rows(`/deadlines?entityId=${rooms['R07']}&sort=ruleCode`)).map(({ ruleCode, dueDate, status }) => [ruleCode, dueDate, status])).toEqual([
      ['ROM-cleaning', '2026-12-15', 'open'], ['ROM-inspection', '2026-12-12', 'missed'], ['ROM-relet', '2027-01-07', 'open'],
    ]);
    expect(await manager.rows(`/notifications?entityId=${rooms['R07']}`)).toMatchObject([{ title: 'An empty room was not inspected in time' }]);
    await manager.did(`/property-rooms/${rooms['R07']}/record-cleaning`, { on: '2026-12-13' });
    expect(await refused(`/property-rooms/${rooms['R07']}/record-cleaning`, {})).toEqual([409, 'STATE']);
    await today('2027-01-04');
    await moveIn('R07', '2027-01-04');
    expect(await manager.rows(`/voids?roomId=${rooms['R07']}`)).toMatchObject([{
      fromDate: '2026-12-10', toDate: '2027-01-04', nights: 25, nightsOutOfService: 4, reason: 'transfer',
      inspectionStatus: 'waived', inspectedOn: null, cleaningStatus: 'done', cleanedOn: '2026-12-13', longVoidReported: false,
      lossCorePence: 65_143, lossEligibleServicePence: 22_982, lossIneligibleServicePence: 7_679, lossSupportPence: 0, lossTotalPence: 95_804,
    }]);
  }, LONG);

  it('counts December: 368 nights available, 341 occupied, 92.66 in a hundred', async () => {
    expect(await manager.rows(`/occupancy?propertyId=${propertyId}&month=2026-12-01`)).toMatchObject([{
      nightsTotal: 372, nightsOutOfService: 4, nightsAvailable: 368, nightsOccupied: 341, nightsVoid: 31, occupancyRate: 92.66,
    }]);
    const nights = await manager.rows(`/room-nights?roomId=${rooms['R07']}&night[gte]=2026-12-08&night[lte]=2026-12-15&sort=night`);
    expect(nights.map(({ status }) => status)).toEqual(['occupied', 'occupied', 'maintenance', 'maintenance', 'maintenance', 'maintenance', 'available', 'available']);
    expect(await manager.rows(`/room-nights?propertyId=${propertyId}&night=2026-12-25&status=occupied`)).toHaveLength(11);
    expect(await manager.row(`/properties/${propertyId}`)).toMatchObject({ occupiedUnits: 12, availableUnits: 0, voidUnits: 0 });
  }, LONG);

  it('takes somebody in on the day on which another leaves, and not a night before', async () => {
    await manager.did(`/placements/${placements['R02']}/end`, { terminationType: 'return_home' });
    const next = await ready(rooms['R02']!, '2027-01-03');
    expect(await refused('/placements', next)).toEqual([422, 'ROM-2']);
    await manager.did(`/placements/${placements['R03']}/transfer`, { roomId: rooms['R02'], emergency: true, reason: 'The ceiling came down.' });
    const moves = await manager.rows(`/move-records?placementId=${placements['R03']}&moveType=emergency_move`);
    expect(moves).toMatchObject([{ isEmergencyMove: true, fromRoomId: rooms['R03'], toRoomId: rooms['R02'] }]);
    expect(await manager.rows(`/notifications?entityId=${placements['R03']}`)).toMatchObject([{ title: 'A resident was moved in an emergency', priority: 'urgent' }]);
    expect(await manager.rows(`/notifications?entityId=${placements['R07']}`)).toEqual([]);
    expect(await manager.rows(`/voids?roomId=${rooms['R02']}`)).toEqual([]);
  }, LONG);

  /** A stay in a house of its own, which is recorded late. */
  async function recordedLate(person: Record<string, string>, house: string, startDate: string, weeklyCharges: typeof LICENCE) {
    const { id: houseId } = await manager.did('/properties', { name: house, propertyType: 'house', totalUnits: 1, address: { line1: `3 ${house}`, town: 'London', postcode: 'E8 3DF' } });
    const { id: roomId } = await manager.did('/property-rooms', { propertyId: houseId, roomNumber: 'R04', roomType: 'single', capacity: 1, weeklyCharges, availableFrom: '2026-08-01' });
    const { id: residentId } = await manager.did('/residents', person);
    const { id: agreementId } = await manager.did('/tenancy-agreements', { residentId, propertyId: houseId, roomId, agreementType: 'license', startDate, rentFrequency: 'weekly', weeklyCharges });
    await manager.did(`/tenancy-agreements/${agreementId}/sign`, { by: 'Somebody' });
    await manager.did(`/tenancy-agreements/${agreementId}/activate`);
    const { id } = await manager.did('/placements', { residentId, agreementId, startDate, directAdmissionReason: 'Recorded late.' });
    const [account] = await manager.rows(`/rent-accounts?placementId=${id}`);
    return { id, roomId, residentId, agreementId, accountId: account!.id };
  }
  const weekly = (from: string, times: number, amountPence: number): [string, number, string][] => Array.from({ length: times }, (_, week) => [
    new Date(Date.parse(from) + week * 604_800_000).toISOString().slice(0, 10), amountPence, 'bank_transfer',
  ]);

  it('ends a stay of 134 nights with its agreement and its benefit: 139.21 is left, 100.89 a day less afterwards, 136.14 once the benefit of it is repaid', async () => {
    await today('2027-01-14');
    const { id, roomId, residentId, agreementId, accountId } = await recordedLate({ firstName: 'Jordan', lastName: 'Ellis', dateOfBirth: '2006-05-02' }, 'Dalston Lane', '2026-09-02', LICENCE);
    const account = `/rent-accounts/${accountId}`;
    expect(await manager.row(account)).toMatchObject({ balancePence: 528_836 });
    await manager.did(`${account}/record-hb-claim`, { on: '2026-09-03', from: '2026-09-02', weeklyPence: 24_675 });
    await manager.did(`${account}/record-hb-award`, { weeklyPence: 24_675, from: '2026-09-02' });
    const paid: [string, number, string][] = [
      ['2026-09-04', 1_536, 'bank_transfer'], ...weekly('2026-09-11', 3, 2_150), ...weekly('2026-11-27', 7, 2_750),
      ['2026-09-28', 91_650, 'housing_benefit'], ['2026-10-26', 98_700, 'housing_benefit'], ['2026-11-23', 98_700, 'housing_benefit'], ['2026-12-21', 98_700, 'housing_benefit'],
    ];
    for (const [on, amountPence, method] of paid) await manager.did(`${account}/record-payment`, { amountPence, method, on, externalRef: `BACS ${on}` });
    expect(await manager.row(account)).toMatchObject({ balancePence: 113_850 });
    await manager.did(`/placements/${id}/issue-keys`, { on: '2026-09-02', keys: [{ keyType: 'room', quantity: 1 }, { keyType: 'front_door', quantity: 1 }] });
    expect(await refused(`/placements/${id}/end`, { terminationType: 'planned_move_on', on: '2026-09-01' })).toEqual([422, 'RES-4']);
    await manager.did(`/placements/${id}/end`, { terminationType: 'planned_move_on', on: '2027-01-14', destination: 'A flat of their own' });
    const shown = async () => ({
      agreement: await manager.row(`/tenancy-agreements/${agreementId}`),
      resident: await manager.row(`/residents/${residentId}`),
      account: await manager.row(account),
      move: (await manager.rows(`/move-records?placementId=${id}&moveType=move_out`))[0]!,
    });
    expect(await shown()).toMatchObject({
      agreement: { status: 'terminated', terminatedOn: '2027-01-14', endedWithStay: true },
      resident: { status: 'moved_out', moveOutDate: '2027-01-14', retainUntil: '2033-01-14' },
      account: { balancePence: 98_521, anticipatedHbPence: 84_600, collectablePence: 13_921, hbStatus: 'ended' },
      move: { nightsStayed: 134, moveDate: '2027-01-14', destination: 'A flat of their own' },
    });
    await today('2027-01-18');
    await manager.did(`${account}/record-payment`, { amountPence: 84_600, method: 'housing_benefit', externalRef: 'HB 18 January' });
    expect(await manager.row(account)).toMatchObject({ status: 'former', balancePence: 13_921, anticipatedHbPence: 0, collectablePence: 13_921 });
    await manager.did(`/placements/${id}/correct-date`, { which: 'end', date: '2027-01-13', reason: 'The keys came back a day before.' });
    expect(await shown()).toMatchObject({
      agreement: { status: 'terminated', terminatedOn: '2027-01-13' },
      resident: { moveOutDate: '2027-01-13', retainUntil: '2033-01-13' },
      account: { balancePence: 10_089 },
      move: { nightsStayed: 133, moveDate: '2027-01-13', correctedFrom: '2027-01-14' },
    });
    await manager.did(`${account}/record-hb-overpayment`, { amountPence: 3_525, reason: 'One night' });
    expect(await manager.row(account)).toMatchObject({ balancePence: 13_614, anticipatedHbPence: 0, collectablePence: 13_614 });
    expect(await manager.rows(`/voids?roomId=${roomId}&fromDate=2027-01-13`)).toMatchObject([{ toDate: null, reason: 'planned_move_on', inspectionStatus: 'open', longVoidReported: false }]);
  }, LONG);

  it('says what is left to be done when somebody has left, and tells of what was not done in time', async () => {
    const [{ id } = { id: '' }] = await manager.rows('/placements?terminationType=planned_move_on');
    const due = async () => (await manager.rows(`/deadlines?entityId=${id}&sort=ruleCode`)).map(({ ruleCode, dueDate, status }) => [ruleCode, dueDate, status]);
    expect(await due()).toEqual([['MOV-handover', '2027-01-14', 'missed'], ['MOV-keys', '2027-01-14', 'missed'], ['MOV-possessions', '2027-02-10', 'open']]);
    const told = async () => (await manager.rows(`/notifications?entityId=${id}`)).map(({ title }) => title).sort();
    expect(await told()).toEqual(['Missed: handover', 'Missed: keys return']);
    await manager.did(`/placements/${id}/record-move-inspection`, { roomCondition: 'fair', cleaningRequired: true, damages: 'A cracked pane' });
    await manager.did(`/placements/${id}/check-inventory`, { missing: 'A lamp' });
    expect(await refused(`/placements/${id}/return-keys`, { keys: [{ keyType: 'room', quantity: 3 }] })).toEqual([422, 'MOV-5']);
    await manager.did(`/placements/${id}/return-keys`, { keys: [{ keyType: 'room', quantity: 1 }] });
    expect((await due())[1]).toEqual(['MOV-keys', '2027-01-14', 'missed']);
    await manager.did(`/placements/${id}/return-keys`, { keysLost: 1 });
    await manager.did(`/placements/${id}/record-handover`, { meterReadings: [{ meter: 'gas', reading: 815 }] });
    await manager.did(`/placements/${id}/record-possessions-left`, { items: 'A suitcase', storedAt: 'The office' });
    expect(await due()).toEqual([['MOV-handover', '2027-01-14', 'late'], ['MOV-keys', '2027-01-14', 'late'], ['MOV-possessions', '2027-02-15', 'open']]);
    expect(await refused(`/placements/${id}/clear-possessions`, { outcome: 'disposed_of' })).toEqual([422, 'MOV-6']);
    await today('2027-02-15');
    await manager.did(`/placements/${id}/clear-possessions`, { outcome: 'collected', note: 'By their sister' });
    expect((await due())[2]).toEqual(['MOV-possessions', '2027-02-15', 'met']);
    expect(await told()).toEqual(['Missed: handover', 'Missed: keys return']);
    const [move] = await manager.rows(`/move-records?placementId=${id}&moveType=move_out`);
    expect(move).toMatchObject({
      roomCondition: 'fair', inventoryChecked: true, inventoryComplete: false, inventoryMissing: 'A lamp', keysReturned: 1, keysLost: 1, keysOverdue: true, cleaningRequired: true,
      possessionsLeft: 'A suitcase', possessionsOutcome: 'collected', possessionsClearedOn: '2027-02-15', possessionsNote: 'By their sister', meterReadings: [{ meter: 'gas', reading: 815 }],
    });
    // The room is empty since 13 January: its manager is told once, when 28 days are over.
    const [{ roomId } = { roomId: '' }] = await manager.rows(`/placements?id=${id}`);
    const months = await manager.rows(`/notifications?entityId=${String(roomId)}&category=maintenance`);
    expect(months.map(({ title }) => title).sort()).toEqual(['A room has stood empty for long', 'An empty room was not cleaned in time', 'An empty room was not inspected in time']);
    expect(await manager.rows(`/voids?roomId=${String(roomId)}&fromDate=2027-01-13`)).toMatchObject([{ nights: 33, longVoidReported: true, cleaningStatus: 'open' }]);
    await manager.did(`/property-rooms/${String(roomId)}/record-void-inspection`, { findings: 'Paint', repairsNeeded: true });
    expect(await manager.rows(`/room-void-tasks?roomId=${String(roomId)}&task=inspection`)).toMatchObject([{ status: 'done', doneOn: '2027-02-15', overdue: true, repairsNeeded: true, findings: 'Paint' }]);
  }, LONG);

  it('comes out to the penny with other figures, of a stay that turns out two nights longer', async () => {
    const charges = { corePence: 15_000, eligibleServicePence: 4_010, ineligibleServicePence: 1_235, supportPence: 0 };
    await today('2027-02-18');
    const { id, accountId } = await recordedLate({ firstName: 'Amina', lastName: 'Yusuf', dateOfBirth: '2005-02-28' }, 'Well Street', '2027-01-06', charges);
    const balance = async () => (await manager.row(`/rent-accounts/${accountId}`))['balancePence'];
    await manager.did(`/placements/${id}/end`, { terminationType: 'return_home', on: '2027-02-16' });
    // Five nights, five weeks and one night, rounded by component: 144.60 + 1,012.25 + 28.92.
    expect(await balance()).toBe(118_577);
    await manager.did(`/placements/${id}/correct-date`, { which: 'end', date: '2027-02-18', reason: 'They stayed two nights longer.' });
    expect(await balance()).toBe(118_577 - 2_892 + 8_677);
    expect(await manager.rows(`/move-records?placementId=${id}&moveType=move_out`)).toMatchObject([{ nightsStayed: 43, correctedFrom: '2027-02-16' }]);
  }, LONG);

  it('charges what an agreement is changed to from the day on which that takes effect', async () => {
    const [agreement] = await manager.rows(`/placements?id=${placements['R04']}`);
    const dearer = { ...LICENCE, corePence: 20_000 };
    await manager.did(`/tenancy-agreements/${String(agreement!['agreementId'])}/vary-rent`, { effectiveFrom: '2027-03-18', weeklyCharges: dearer });
    await today('2027-03-22');
    const [account] = await manager.rows(`/rent-accounts?placementId=${placements['R04']}`);
    const weeks = await manager.rows(`/rent-payments?rentAccountId=${account!.id}&periodFrom[gte]=2027-03-08&sort=periodFrom`);
    // Three nights at 182.40 and four at 200.00 a week, each rounded: 78.17 + 114.29.
    expect(weeks.map(({ components }) => (components as typeof LICENCE).corePence)).toEqual([18_240, 7_817 + 11_429, 20_000]);
  }, LONG);

  it('plans a move and gives it up, hands the room over, and knows who is away and back', async () => {
    const stay = `/placements/${placements['R05']}`;
    await manager.did(`${stay}/plan-move`, { moveType: 'move_out', plannedDate: '2027-04-01', reason: 'A flat of their own.' });
    expect(await manager.rows(`/move-records?placementId=${placements['R05']}&status=planned`)).toMatchObject([{ moveType: 'move_out', plannedDate: '2027-04-01', moveDate: null }]);
    await manager.did(`${stay}/cancel-planned-move`, { reason: 'The flat fell through.' });
    await manager.did(`${stay}/record-handover`, { keysIssued: 2, inventoryChecked: true, damages: 'A broken chair', meterReadings: [{ meter: 'electricity', reading: 4_711 }] });
    expect(await manager.rows(`/move-records?placementId=${placements['R05']}&moveType=move_in`)).toMatchObject([{ keysIssued: 2, inventoryChecked: true, meterReadings: [{ meter: 'electricity', reading: 4_711 }] }]);
    await manager.did(`${stay}/record-absence`, { reason: 'hospital', from: '2027-03-21' });
    expect(await manager.rows(`/deadlines?entityId=${placements['R05']}&ruleCode=UK-T18`)).toMatchObject([{ dueDate: '2027-06-20', status: 'open' }]);
    await manager.did(`${stay}/end-absence`);
    expect(await manager.rows(`/placement-absences?placementId=${placements['R05']}`)).toMatchObject([{ reason: 'hospital', fromDate: '2027-03-21', returnedOn: '2027-03-22' }]);
  }, LONG);

  it('tells of a certificate once at each of its days, and when it has run out', async () => {
    await manager.did(`/properties/${propertyId}/record-compliance-certificate`, { kind: 'gas_safety', issuedOn: '2027-03-22', expiresOn: '2027-03-29', outcome: 'satisfactory' });
    await today('2027-03-31');
    const { items } = (await manager.row(`/properties/${propertyId}/history?limit=100`)) as unknown as { items: Json[] };
    const told = items.map(({ type }) => type).filter((type) => String(type).startsWith('ComplianceCertificateExpir'));
    expect(told).toEqual(['ComplianceCertificateExpiring', 'ComplianceCertificateExpired']);
  }, LONG);

  houseIsEmptied({ manager: () => manager, today });

  it('replays to what is there, joins in the trail, and is unknown elsewhere', async () => {
    await rebuiltEqualsLive(at);
    await auditJoins(at, ours);
    await unknownElsewhere(ours, (await organisation(at, product.baseUrl, 'Elsewhere')).owner);
  }, LONG);
});
