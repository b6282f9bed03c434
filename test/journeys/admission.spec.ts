import { describe, expect, it } from '@jest/globals';
import { codeOf, intakeSubmitted, riskCompleted } from '../support/admitting.js';
import type { Json } from '../support/caller.js';
import { organisation } from '../support/product.js';
import { admissionHouse } from './admission-house.js';
import { comesToNothing } from './admission-nothing.js';
import { whoMayMoveIn } from './admission-who.js';
import { auditJoins, rebuiltEqualsLive, unknownElsewhere } from './closing.js';

const LONG = 300_000;
const MANY = 50;
const jordan = { firstName: 'Jordan', lastName: 'Ellis', dateOfBirth: '2006-05-02' };
const ama = { firstName: 'Ama', lastName: 'Boateng', dateOfBirth: '2004-02-29', nhsNumber: '401 023 2137' };

/** From the referral to the first charge, and what is taken back where nothing comes of it: over HTTP, with the clock. */
describe('somebody is admitted', () => {
  const house = admissionHouse();
  const { clock, draft, referred, typesOf, rooms } = house;
  const ids = { referral: '', resident: '', agreement: '', placement: '' };
  const place = (body: object = {}) => ({ residentId: ids.resident, agreementId: ids.agreement, roomId: rooms.R04, startDate: '2026-09-02', ...body });

  it('is referred on Monday 3 August 2026, is an applicant at once, and is answered by Monday the 17th', async () => {
    ({ referral: ids.referral, resident: ids.resident } = await referred(jordan, { requestedBy: 'R. Webb', fundingAuthority: 'LB Hackney', sourceCaseRef: 'LC-4711', neededFrom: '2026-09-01' }));
    expect(await house.kofi.row(`/referrals/${ids.referral}`)).toMatchObject({
      direction: 'inbound', referralType: 'housing', status: 'pending', urgency: 'routine', referralDate: '2026-08-03', responseDueOn: '2026-08-17', responseDueAt: '2026-08-17T23:00:00.000Z',
      source: 'LB Hackney leaving-care team', sourceCaseRef: 'LC-4711', fundingAuthority: 'LB Hackney', responseOverdue: false, possibleDuplicate: false, reference: expect.stringMatching(/^REF-\d{6}$/),
    });
    expect(await house.kofi.row(`/residents/${ids.resident}`)).toMatchObject({ ...jordan, status: 'applicant', referralId: ids.referral, reference: expect.stringMatching(/^RES-\d{6}$/) });
    expect(await typesOf(`/referrals/${ids.referral}`)).toEqual(['ReferralReceived']);
    expect(await typesOf(`/residents/${ids.resident}`)).toEqual(['ResidentRegistered']);
    expect(await house.kofi.rows(`/deadlines?entityId=${ids.referral}`)).toMatchObject([{ ruleCode: 'REF-3', dueDate: '2026-08-17', basis: 'working', status: 'open', residentId: ids.resident }]);
  }, LONG);

  it('is assessed by one and approved by another, and found at high risk', async () => {
    await clock('2026-08-12T13:00:00Z');
    const intake = await intakeSubmitted(house.anna, ids.resident);
    expect(codeOf(await house.anna.post(`/assessment-forms/${intake}/approve`))).toBe('403 SOD');
    expect(codeOf(await house.kofi.post(`/assessment-forms/${intake}/approve`))).toBe('403 ASM-3');
    await clock('2026-08-13T08:00:00Z');
    await house.priya.did(`/assessment-forms/${intake}/approve`);
    await riskCompleted(house.anna, ids.resident, { exploitation: [3, 4], substance_misuse: [2, 2], mental_health: [3, 3] });
    expect(await house.kofi.row(`/residents/${ids.resident}`)).toMatchObject({ independenceLevel: 2, riskLevel: 'high' });
  }, LONG);

  it('is accepted on the 14th, after nine working days', async () => {
    await clock('2026-08-14T09:00:00Z');
    expect(codeOf(await house.anna.post(`/referrals/${ids.referral}/accept`))).toBe('403 FORBIDDEN');
    await house.priya.did(`/referrals/${ids.referral}/accept`);
    expect(await house.kofi.row(`/referrals/${ids.referral}`)).toMatchObject({ status: 'accepted', acceptedOn: '2026-08-14', responseDays: 9, responseOverdue: false, respondedAt: '2026-08-14T09:00:00.000Z' });
    expect(await house.kofi.rows(`/deadlines?entityId=${ids.referral}`)).toMatchObject([{ ruleCode: 'REF-3', status: 'met' }]);
  }, LONG);

  it('is offered the room that is empty since the 18th, which is nobody else’s then', async () => {
    await clock('2026-08-18T10:00:00Z');
    await house.priya.did(`/placements/${house.previous}/end`, { terminationType: 'planned_move_on' });
    expect(await house.kofi.row(`/property-rooms/${rooms.R04}`)).toMatchObject({ status: 'available', voidSince: '2026-08-18' });
    await clock('2026-08-27T10:00:00Z');
    await house.kofi.did(`/property-rooms/${rooms.R04}/reserve`, { residentId: ids.resident, from: '2026-09-02', ttlDays: 7 });
    expect(await house.kofi.row(`/residents/${ids.resident}`)).toMatchObject({ status: 'offered', offeredRoomId: rooms.R04, reservationId: expect.any(String) });
    const { resident: second } = await referred({ firstName: 'Lee', lastName: 'Marsh', dateOfBirth: '2007-11-30' });
    expect(codeOf(await house.kofi.post(`/property-rooms/${rooms.R04}/reserve`, { residentId: second, from: '2026-09-02' }))).toBe('422 ROM-2');
    const revision = (await house.kofi.get(`/property-rooms/${rooms.R05}`)).headers.get('etag')!;
    const { resident: third } = await referred({ firstName: 'Mia', lastName: 'Marsh', dateOfBirth: '2005-02-28' });
    const both = await Promise.all([second, third].map((residentId) =>
      house.kofi.post<Json>(`/property-rooms/${rooms.R05}/reserve`, { residentId, from: '2026-09-02' }, { 'if-match': revision, prefer: 'wait=10' })));
    // The other is told that the room has changed, or, in the moment before that shows, whose bed it is.
    const [won, lost] = both.map(codeOf).sort();
    expect([won, lost]).toEqual(['200', expect.stringMatching(/^(409|412) |^422 ROM-2$/)]);
    const reserved = await house.kofi.rows(`/room-reservations?roomId=${rooms.R05}`);
    expect(reserved).toHaveLength(1);
    await house.kofi.did(`/property-rooms/${rooms.R05}/release-reservation`, { reservationId: reserved[0]!.id, reason: 'withdrawn' });
  }, LONG);

  it('does not move in before there is an emergency contact, and a signature (RES-6)', async () => {
    await clock('2026-09-01T09:00:00Z');
    expect(await house.kofi.row(`/residents/${ids.resident}`)).toMatchObject({ status: 'offered' });
    ids.agreement = await draft(ids.resident, rooms.R04, '2026-09-02');
    const plan = { residentId: ids.resident, agreementId: ids.agreement, plannedDate: '2026-09-02' };
    expect(codeOf(await house.kofi.post('/placements/plan-placement', { ...plan, plannedDate: '2026-08-31' }))).toBe('422 MOV-4');
    ids.placement = (await house.kofi.did('/placements/plan-placement', plan)).id;
    expect(codeOf(await house.kofi.post('/placements/plan-placement', plan))).toBe('409 DUPLICATE');
    expect(await house.kofi.row(`/placements/${ids.placement}`)).toMatchObject({ status: 'planned', plannedDate: '2026-09-02', startDate: null, roomId: rooms.R04 });
    await clock('2026-09-02T08:00:00Z');
    expect(codeOf(await house.priya.post(`/placements/${ids.placement}/start-planned`))).toBe('422 RES-6');
    expect(codeOf(await house.priya.post('/placements', place()))).toBe('422 RES-6');
    await house.priya.did(`/tenancy-agreements/${ids.agreement}/sign`, { by: 'Jordan Ellis' });
    await house.priya.did(`/tenancy-agreements/${ids.agreement}/activate`, { on: '2026-09-02' });
    expect(codeOf(await house.priya.post('/placements', place()))).toBe('422 EMC-4');
    await house.kofi.did(`/residents/${ids.resident}/add-emergency-contact`, { contactType: 'family', name: 'Dana Ellis', relationship: 'aunt', phone: '07700 900123' });
  }, LONG);

  it('moves in on Wednesday 2 September, on what was referred and assessed: 130.29 + 45.96 + 15.36 = 191.61', async () => {
    await house.priya.did(`/placements/${ids.placement}/start-planned`);
    expect(await house.kofi.row(`/placements/${ids.placement}`)).toMatchObject({ status: 'active', plannedDate: '2026-09-02', startDate: '2026-09-02' });
    expect(await house.kofi.row(`/residents/${ids.resident}`)).toMatchObject({
      status: 'active', moveInDate: '2026-09-02', propertyId: house.property, roomId: rooms.R04, placementId: ids.placement, offeredRoomId: null, reservationId: null,
    });
    const [account] = await house.finance.rows(`/rent-accounts?placementId=${ids.placement}`);
    expect(account).toMatchObject({ balancePence: 19_161, weeklyTotalPence: 26_825 });
    const [line] = await house.finance.rows(`/rent-ledger?rentAccountId=${account!.id}`);
    expect(line).toMatchObject({ corePence: 13_029, eligibleServicePence: 4_596, ineligibleServicePence: 1_536, amountPence: 19_161 });
    expect(await house.finance.rows(`/rent-payments?rentAccountId=${account!.id}`)).toMatchObject([{ amountPence: 19_161, dueDate: '2026-09-02', paymentStatus: 'pending' }]);
    expect(await house.kofi.row(`/property-rooms/${rooms.R04}`)).toMatchObject({ status: 'occupied', currentOccupancy: 1 });
    expect(await house.kofi.row(`/properties/${house.property}`)).toMatchObject({ occupiedUnits: 1 });
    expect(await house.kofi.row(`/tenancy-agreements/${ids.agreement}`)).toMatchObject({ status: 'active', weeklyTotalPence: 26_825 });
    expect(await house.kofi.rows(`/move-records?residentId=${ids.resident}`)).toMatchObject([{ moveType: 'move_in', status: 'done', toRoomId: rooms.R04, fromRoomId: null, plannedVsActualDays: 0 }]);
    expect(await house.kofi.row(`/referrals/${ids.referral}`)).toMatchObject({ status: 'accepted' });
    expect(await house.kofi.rows(`/room-reservations?roomId=${rooms.R04}`)).toMatchObject([{ outcome: 'fulfilled' }]);
  }, LONG);

  it('has a key worker by the 3rd, a support plan by the 30th, and help with benefits by the 3rd', async () => {
    const due = async (): Promise<unknown[]> => (await house.kofi.rows(`/deadlines?entityId=${ids.resident}&sort=ruleCode`)).map(({ ruleCode, dueDate, status }) => [ruleCode, dueDate, status]);
    expect(await due()).toEqual([['EMC-7', '2027-09-02', 'open'], ['HB-HELP', '2026-09-03', 'open'], ['RES-7', '2026-09-03', 'open'], ['SUP-2', '2026-09-30', 'open']]);
    await house.priya.did(`/residents/${ids.resident}/assign-key-worker`, { userId: house.kofiId });
    await clock('2026-09-04T09:00:00Z');
    expect(await due()).toEqual([['EMC-7', '2027-09-02', 'open'], ['HB-HELP', '2026-09-03', 'missed'], ['RES-7', '2026-09-03', 'met'], ['SUP-2', '2026-09-30', 'open']]);
    expect(await typesOf(`/residents/${ids.resident}`)).toEqual(expect.arrayContaining(['ResidentOffered', 'ResidentMovedIn', 'KeyWorkerAssigned', 'ResidentBenefitHelpOverdue']));
    expect(await typesOf(`/residents/${ids.resident}`)).not.toContain('ResidentKeyWorkerOverdue');
  }, LONG);

  it('waits with a deadline that the calendar of bank holidays does not reach for one that does, and guesses nothing', async () => {
    const keyWorker = async (): Promise<unknown[]> => (await house.kofi.rows(`/deadlines?entityId=${ids.resident}&ruleCode=RES-7&sort=startsAt`)).map(({ dueDate, dueAt, status }) => [dueDate, dueAt, status]);
    const [calendar] = await house.priya.rows('/bank-holiday-calendars');
    const dates = (await house.priya.rows('/bank-holidays?limit=500')).map(({ date }) => String(date));
    const take = (some: readonly string[]): Promise<Json> => house.priya.did(`/bank-holiday-calendars/${calendar!.id}/import`, { division: 'england_and_wales', dates: some });
    await take(dates.filter((date) => date < '2026'));
    await house.priya.did(`/residents/${ids.resident}/unassign-key-worker`);
    const met = ['2026-09-03', '2026-09-03T23:00:00.000Z', 'met'];
    expect(await keyWorker()).toEqual([met, [null, null, 'waiting']]);
    expect((await house.priya.rows(`/notifications?entityId=${ids.resident}`)).map(({ title }) => title)).toContain('The calendar of bank holidays ends too soon');
    await take(dates);
    // Friday the 4th and one working day.
    expect(await keyWorker()).toEqual([met, ['2026-09-07', '2026-09-07T23:00:00.000Z', 'open']]);
    await house.priya.did(`/residents/${ids.resident}/assign-key-worker`, { userId: house.kofiId });
    expect(await keyWorker()).toEqual([met, ['2026-09-07', '2026-09-07T23:00:00.000Z', 'met']]);
  }, LONG);

  it('is all in one case file, for who may see it and as they may', async () => {
    type File = { resident: Json; mergedRecords: Json[]; lists: Record<string, { items: Json[]; nextCursor: string | null }> };
    const file = (await house.kofi.row(`/residents/${ids.resident}/case-file`)) as unknown as File;
    expect(file.resident).toMatchObject({ firstName: 'Jordan', status: 'active' });
    expect(Object.keys(file.lists)).toEqual(expect.arrayContaining([
      'emergencyContacts', 'residentSiblings', 'consents', 'personAlerts', 'referrals', 'assessmentForms', 'riskAssessments', 'supportPlans', 'placements', 'moveRecords', 'tenancyAgreements', 'rentAccounts', 'rentLedger', 'incidents', 'deadlines',
    ]));
    expect(file.lists['referrals']!.items).toMatchObject([{ id: ids.referral, reason: 'Leaves care in September.' }]);
    expect(file.lists['rentLedger']!.items).toHaveLength(1);
    expect(file.lists['riskAssessments']!.items).toMatchObject([{ recommendations: 'Two meetings a week.' }]);
    const seen = (await house.finance.row(`/residents/${ids.resident}/case-file`)) as unknown as File;
    expect(Object.keys(seen.lists)).toEqual(expect.arrayContaining(['rentAccounts', 'placements']));
    expect(Object.keys(seen.lists)).not.toEqual(expect.arrayContaining(['riskAssessments']));
    expect((await house.priya.get('/residents/6ba7b810-9dad-41d1-80b4-00c04fd430c8/case-file')).status).toBe(404);
    const reads = await house.ours.owner.rows(`/audit-trail?entity=referrals&entityId=${ids.referral}&outcome=read`);
    expect(reads.length).toBeGreaterThan(0);
  }, LONG);

  comesToNothing(house);

  it('is told apart from others of the name: fifty referrals of one person at once are all kept, and all but one are possible duplicates', async () => {
    const kim = { firstName: 'Kim', lastName: 'Nguyen', dateOfBirth: '2005-12-31' };
    const body = { source: 'LB Hackney', reason: 'r', applicant: kim };
    const answers = await Promise.all(Array.from({ length: MANY }, () => house.anna.post<Json>('/referrals/receive-referral', body, { prefer: 'wait=10' })));
    expect(answers.map(({ status }) => status)).toEqual(Array(MANY).fill(201));
    await clock('2026-09-06T09:00:02Z');
    const rows = await house.anna.rows('/referrals?limit=500&sort=reference');
    const theirs = rows.filter(({ id }) => answers.some(({ body: { id: made } }) => made === id));
    expect(theirs.filter(({ possibleDuplicate }) => !possibleDuplicate)).toHaveLength(1);
    // The same number under another name is one too; another date of birth under the same name is not.
    const { referral } = await referred({ ...ama, firstName: 'Amma', lastName: 'Boating' });
    expect(await house.anna.row(`/referrals/${referral}`)).toMatchObject({ possibleDuplicate: true, duplicateOf: [expect.any(String)] });
    const { referral: other } = await referred({ ...kim, dateOfBirth: '2005-12-30' });
    expect(await house.anna.row(`/referrals/${other}`)).toMatchObject({ possibleDuplicate: false, duplicateOf: [] });
  }, LONG);

  it('is referred once at a time: of fifty referrals of one resident at once one is kept, and a repeat is answered as the first', async () => {
    const outbound = { residentId: ids.resident, referralType: 'education', serviceProvider: 'City College', reason: 'Wants to learn joinery.' };
    expect(codeOf(await house.kofi.post('/referrals', outbound))).toBe('422 REF-1');
    await house.kofi.did(`/residents/${ids.resident}/give-consent`, { purpose: 'information_sharing', channel: 'in_person' });
    const many = await Promise.all(Array.from({ length: MANY }, () => house.kofi.post<Json>('/referrals', outbound)));
    expect(many.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(new Set(many.filter(({ status }) => status !== 201).map(codeOf))).toEqual(new Set(['409 DUPLICATE']));
    const key = { 'idempotency-key': 'one call, said fifty times' };
    const same = await Promise.all(Array.from({ length: MANY }, () => house.kofi.post<Json>('/referrals', { ...outbound, referralType: 'legal' }, key)));
    expect(new Set(same.map(({ status, body }) => `${status} ${String(body.id)}`)).size).toBe(1);
  }, LONG);

  it('is overdue at the end of the tenth working day, once, when nobody answers', async () => {
    const { referral } = await referred({ firstName: 'Bo', lastName: 'Asante', dateOfBirth: '2006-06-06' }, { referralDate: '2026-09-04' });
    await clock('2026-09-18T22:59:59Z');
    expect(await house.kofi.row(`/referrals/${referral}`)).toMatchObject({ responseOverdue: false, responseDueOn: '2026-09-18' });
    await clock('2026-09-18T23:00:00Z');
    await clock('2026-09-21T09:00:00Z');
    expect(await house.kofi.row(`/referrals/${referral}`)).toMatchObject({ responseOverdue: true, status: 'pending' });
    expect(await typesOf(`/referrals/${referral}`)).toEqual(['ReferralReceived', 'ReferralResponseOverdue']);
  }, LONG);

  whoMayMoveIn(house);

  it('is one person after all: a second record is merged, and undone', async () => {
    const { resident: twin } = await referred({ ...jordan, firstName: 'Jordon' });
    await house.priya.did(`/residents/${twin}/merge-duplicate`, { survivorId: ids.resident });
    expect(codeOf(await house.priya.post(`/residents/${twin}/mark-at-risk`, { reason: 'r' }))).toBe('409 STATE');
    expect(codeOf(await house.priya.post(`/residents/${ids.resident}/merge-duplicate`, { survivorId: twin }))).toMatch(/^4(09|22) (STATE|RES-10)$/);
    const { mergedRecords } = (await house.kofi.row(`/residents/${ids.resident}/case-file`)) as unknown as { mergedRecords: Json[] };
    expect(mergedRecords.map(({ id }) => id)).toEqual([twin]);
    await house.priya.did(`/residents/${twin}/undo-merge`, { reason: 'Two people.' });
    expect(await house.kofi.row(`/residents/${twin}`)).toMatchObject({ status: 'applicant', mergedInto: null });
  }, LONG);

  it('leaves nothing parked, and everything as its events say', async () => {
    const { items } = (await house.priya.row('/processes')) as unknown as { items: { process: string; parked: unknown[] }[] };
    expect(items.filter(({ parked }) => parked.length > 0)).toEqual([]);
    await rebuiltEqualsLive(house.at);
    await auditJoins(house.at, house.ours);
    await unknownElsewhere(house.ours, (await organisation(house.at, house.product.baseUrl, 'Other Homes')).owner);
    const stranger = (await organisation(house.at, house.product.baseUrl, 'Third Homes')).owner;
    expect((await stranger.get(`/residents/${ids.resident}/case-file`)).status).toBe(404);
  }, 600_000);
});
