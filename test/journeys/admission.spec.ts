import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { codeOf, intakeSubmitted, riskCompleted } from '../support/admitting.js';
import type { Caller, Json } from '../support/caller.js';
import { installation, organisation, type Installation, type Organisation, type RunningProduct } from '../support/product.js';
import { auditJoins, rebuiltEqualsLive, unknownElsewhere } from './closing.js';

const LONG = 180_000;
const MANY = 50;
const weeklyCharges = { corePence: 18_240, eligibleServicePence: 6_435, ineligibleServicePence: 2_150, supportPence: 0 };
const address = { line1: '12 Mare Street', town: 'London', postcode: 'E8 1AA' };
const jordan = { firstName: 'Jordan', lastName: 'Ellis', dateOfBirth: '2006-05-02' };
const ama = { firstName: 'Ama', lastName: 'Boateng', dateOfBirth: '2004-02-29', nhsNumber: '401 023 2137' };

/** From the referral to the first charge, and what is taken back where nothing comes of it: over HTTP, with the clock. */
describe('somebody is admitted', () => {
  let at: Installation;
  let product: RunningProduct;
  let ours: Organisation;
  let priya: Caller;
  let anna: Caller;
  let kofi: Caller;
  let kofiId: string;
  let finance: Caller;
  let property: string;
  const rooms: Record<'R04' | 'R05' | 'R06', string> = { R04: '', R05: '', R06: '' };
  const ids = { referral: '', resident: '', agreement: '', placement: '', previous: '' };

  beforeAll(async () => {
    at = await installation();
    product = await at.start({ CLOCK_START: '2026-08-03T09:05:00Z' });
    ours = await organisation(at, product.baseUrl);
    ({ caller: priya } = await ours.member('manager'));
    ({ caller: anna } = await ours.member('key_worker'));
    ({ caller: kofi, userId: kofiId } = await ours.member('key_worker'));
    ({ caller: finance } = await ours.member('finance'));
    property = (await priya.did('/properties', { name: 'Mare Street House', propertyType: 'shared_housing', totalUnits: 12, address })).id;
    for (const roomNumber of ['R04', 'R05', 'R06'] as const) {
      rooms[roomNumber] = (await priya.did('/property-rooms', { propertyId: property, roomNumber, roomType: 'single', capacity: 1, weeklyCharges, availableFrom: '2026-07-01' })).id;
    }
    ids.previous = await housed({ firstName: 'Sam', lastName: 'Okoro', dateOfBirth: '2005-01-09' }, rooms.R04, '2026-07-06');
  }, LONG);
  afterAll(() => at.remove());

  const clock = async (now: string): Promise<void> => {
    const moved = await priya.call('PUT', '/api/v1/clock', { now });
    if (moved.status !== 200) throw new Error(`The clock did not go to ${now}: ${moved.status} ${moved.text}`);
  };
  const draft = async (residentId: string, roomId: string, startDate: string): Promise<string> =>
    (await priya.did('/tenancy-agreements', { residentId, propertyId: property, roomId, agreementType: 'license', startDate, rentFrequency: 'weekly', weeklyCharges })).id;
  /** Somebody whom a manager admits directly. @returns the placement. */
  async function housed(who: object, roomId: string, startDate: string): Promise<string> {
    const { id: residentId } = await priya.did('/residents', who);
    const agreementId = await draft(residentId, roomId, startDate);
    await priya.did(`/tenancy-agreements/${agreementId}/sign`, { by: 'S. O.' });
    return (await priya.did('/placements', { residentId, agreementId, roomId, startDate, directAdmissionReason: 'No time to lose.' })).id;
  }
  const referred = async (applicant: object, body: object = {}): Promise<{ referral: string; resident: string }> => {
    const { id } = await anna.did('/referrals/receive-referral', { source: 'LB Hackney leaving-care team', reason: 'Leaves care in September.', applicant, ...body });
    return { referral: id, resident: String((await anna.row(`/referrals/${id}`))['residentId']) };
  };
  const typesOf = async (path: string): Promise<string[]> => ((await ours.owner.row(`${path}/history`)) as unknown as { items: Json[] }).items.map(({ type }) => String(type));
  const place = (body: object = {}) => ({ residentId: ids.resident, agreementId: ids.agreement, roomId: rooms.R04, startDate: '2026-09-02', ...body });

  it('is referred on Monday 3 August 2026, is an applicant at once, and is answered by Monday the 17th', async () => {
    ({ referral: ids.referral, resident: ids.resident } = await referred(jordan, { requestedBy: 'R. Webb', fundingAuthority: 'LB Hackney', sourceCaseRef: 'LC-4711', neededFrom: '2026-09-01' }));
    expect(await kofi.row(`/referrals/${ids.referral}`)).toMatchObject({
      direction: 'inbound', referralType: 'housing', status: 'pending', urgency: 'routine', referralDate: '2026-08-03', responseDueOn: '2026-08-17', responseDueAt: '2026-08-17T23:00:00.000Z',
      source: 'LB Hackney leaving-care team', sourceCaseRef: 'LC-4711', fundingAuthority: 'LB Hackney', responseOverdue: false, possibleDuplicate: false, reference: expect.stringMatching(/^REF-\d{6}$/),
    });
    expect(await kofi.row(`/residents/${ids.resident}`)).toMatchObject({ ...jordan, status: 'applicant', referralId: ids.referral, reference: expect.stringMatching(/^RES-\d{6}$/) });
    expect(await typesOf(`/referrals/${ids.referral}`)).toEqual(['ReferralReceived']);
    expect(await typesOf(`/residents/${ids.resident}`)).toEqual(['ResidentRegistered']);
    expect(await kofi.rows(`/deadlines?entityId=${ids.referral}`)).toMatchObject([{ ruleCode: 'REF-3', dueDate: '2026-08-17', basis: 'working', status: 'open', residentId: ids.resident }]);
  }, LONG);

  it('is assessed by one and approved by another, and found at high risk', async () => {
    await clock('2026-08-12T13:00:00Z');
    const intake = await intakeSubmitted(anna, ids.resident);
    expect(codeOf(await anna.post(`/assessment-forms/${intake}/approve`))).toBe('403 SOD');
    expect(codeOf(await kofi.post(`/assessment-forms/${intake}/approve`))).toBe('403 ASM-3');
    await clock('2026-08-13T08:00:00Z');
    await priya.did(`/assessment-forms/${intake}/approve`);
    await riskCompleted(anna, ids.resident, { exploitation: [3, 4], substance_misuse: [2, 2], mental_health: [3, 3] });
    expect(await kofi.row(`/residents/${ids.resident}`)).toMatchObject({ independenceLevel: 2, riskLevel: 'high' });
  }, LONG);

  it('is accepted on the 14th, after nine working days', async () => {
    await clock('2026-08-14T09:00:00Z');
    expect(codeOf(await anna.post(`/referrals/${ids.referral}/accept`))).toBe('403 FORBIDDEN');
    await priya.did(`/referrals/${ids.referral}/accept`);
    expect(await kofi.row(`/referrals/${ids.referral}`)).toMatchObject({ status: 'accepted', acceptedOn: '2026-08-14', responseDays: 9, responseOverdue: false, respondedAt: '2026-08-14T09:00:00.000Z' });
    expect(await kofi.rows(`/deadlines?entityId=${ids.referral}`)).toMatchObject([{ ruleCode: 'REF-3', status: 'met' }]);
  }, LONG);

  it('is offered the room that is empty since the 18th, which is nobody else’s then', async () => {
    await clock('2026-08-18T10:00:00Z');
    await priya.did(`/placements/${ids.previous}/end`, { terminationType: 'planned_move_on' });
    expect(await kofi.row(`/property-rooms/${rooms.R04}`)).toMatchObject({ status: 'available', voidSince: '2026-08-18' });
    await clock('2026-08-27T10:00:00Z');
    await kofi.did(`/property-rooms/${rooms.R04}/reserve`, { residentId: ids.resident, from: '2026-09-02', ttlDays: 7 });
    expect(await kofi.row(`/residents/${ids.resident}`)).toMatchObject({ status: 'offered', offeredRoomId: rooms.R04, reservationId: expect.any(String) });
    const { resident: second } = await referred({ firstName: 'Lee', lastName: 'Marsh', dateOfBirth: '2007-11-30' });
    expect(codeOf(await kofi.post(`/property-rooms/${rooms.R04}/reserve`, { residentId: second, from: '2026-09-02' }))).toBe('422 ROM-2');
    const revision = (await kofi.get(`/property-rooms/${rooms.R05}`)).headers.get('etag')!;
    const { resident: third } = await referred({ firstName: 'Mia', lastName: 'Marsh', dateOfBirth: '2005-02-28' });
    const both = await Promise.all([second, third].map((residentId) =>
      kofi.post<Json>(`/property-rooms/${rooms.R05}/reserve`, { residentId, from: '2026-09-02' }, { 'if-match': revision, prefer: 'wait=10' })));
    const [won, lost] = both.map(({ status }) => status).sort();
    expect([won, [409, 412].includes(lost!)]).toEqual([200, true]);
    const reserved = await kofi.rows(`/room-reservations?roomId=${rooms.R05}`);
    expect(reserved).toHaveLength(1);
    await kofi.did(`/property-rooms/${rooms.R05}/release-reservation`, { reservationId: reserved[0]!.id, reason: 'withdrawn' });
  }, LONG);

  it('does not move in before there is an emergency contact, and a signature (RES-6)', async () => {
    await clock('2026-09-01T09:00:00Z');
    expect(await kofi.row(`/residents/${ids.resident}`)).toMatchObject({ status: 'offered' });
    ids.agreement = await draft(ids.resident, rooms.R04, '2026-09-02');
    const plan = { residentId: ids.resident, agreementId: ids.agreement, plannedDate: '2026-09-02' };
    expect(codeOf(await kofi.post('/placements/plan-placement', { ...plan, plannedDate: '2026-08-31' }))).toBe('422 MOV-4');
    ids.placement = (await kofi.did('/placements/plan-placement', plan)).id;
    expect(codeOf(await kofi.post('/placements/plan-placement', plan))).toBe('409 DUPLICATE');
    expect(await kofi.row(`/placements/${ids.placement}`)).toMatchObject({ status: 'planned', plannedDate: '2026-09-02', startDate: null, roomId: rooms.R04 });
    await clock('2026-09-02T08:00:00Z');
    expect(codeOf(await priya.post(`/placements/${ids.placement}/start-planned`))).toBe('422 RES-6');
    expect(codeOf(await priya.post('/placements', place()))).toBe('422 RES-6');
    await priya.did(`/tenancy-agreements/${ids.agreement}/sign`, { by: 'Jordan Ellis' });
    await priya.did(`/tenancy-agreements/${ids.agreement}/activate`, { on: '2026-09-02' });
    expect(codeOf(await priya.post('/placements', place()))).toBe('422 EMC-4');
    await kofi.did(`/residents/${ids.resident}/add-emergency-contact`, { contactType: 'family', name: 'Dana Ellis', relationship: 'aunt', phone: '07700 900123' });
  }, LONG);

  it('moves in on Wednesday 2 September, on what was referred and assessed: 130.29 + 45.96 + 15.36 = 191.61', async () => {
    await priya.did(`/placements/${ids.placement}/start-planned`);
    expect(await kofi.row(`/placements/${ids.placement}`)).toMatchObject({ status: 'active', plannedDate: '2026-09-02', startDate: '2026-09-02' });
    expect(await kofi.row(`/residents/${ids.resident}`)).toMatchObject({
      status: 'active', moveInDate: '2026-09-02', propertyId: property, roomId: rooms.R04, placementId: ids.placement, offeredRoomId: null, reservationId: null,
    });
    const [account] = await finance.rows(`/rent-accounts?placementId=${ids.placement}`);
    expect(account).toMatchObject({ balancePence: 19_161, weeklyTotalPence: 26_825 });
    const [line] = await finance.rows(`/rent-ledger?rentAccountId=${account!.id}`);
    expect(line).toMatchObject({ corePence: 13_029, eligibleServicePence: 4_596, ineligibleServicePence: 1_536, amountPence: 19_161 });
    expect(await finance.rows(`/rent-payments?rentAccountId=${account!.id}`)).toMatchObject([{ amountPence: 19_161, dueDate: '2026-09-02', paymentStatus: 'pending' }]);
    expect(await kofi.row(`/property-rooms/${rooms.R04}`)).toMatchObject({ status: 'occupied', currentOccupancy: 1 });
    expect(await kofi.row(`/properties/${property}`)).toMatchObject({ occupiedUnits: 1 });
    expect(await kofi.row(`/tenancy-agreements/${ids.agreement}`)).toMatchObject({ status: 'active', weeklyTotalPence: 26_825 });
    expect(await kofi.rows(`/move-records?residentId=${ids.resident}`)).toMatchObject([{ moveType: 'move_in', status: 'done', toRoomId: rooms.R04, fromRoomId: null, plannedVsActualDays: 0 }]);
    expect(await kofi.row(`/referrals/${ids.referral}`)).toMatchObject({ status: 'accepted' });
    expect(await kofi.rows(`/room-reservations?roomId=${rooms.R04}`)).toMatchObject([{ outcome: 'fulfilled' }]);
  }, LONG);

  it('has a key worker by the 3rd, a support plan by the 30th, and help with benefits by the 3rd', async () => {
    const due = async (): Promise<unknown[]> => (await kofi.rows(`/deadlines?entityId=${ids.resident}&sort=ruleCode`)).map(({ ruleCode, dueDate, status }) => [ruleCode, dueDate, status]);
    expect(await due()).toEqual([['HB-HELP', '2026-09-03', 'open'], ['RES-7', '2026-09-03', 'open'], ['SUP-2', '2026-09-30', 'open']]);
    await priya.did(`/residents/${ids.resident}/assign-key-worker`, { userId: kofiId });
    await clock('2026-09-04T09:00:00Z');
    expect(await due()).toEqual([['HB-HELP', '2026-09-03', 'missed'], ['RES-7', '2026-09-03', 'met'], ['SUP-2', '2026-09-30', 'open']]);
    expect(await typesOf(`/residents/${ids.resident}`)).toEqual(expect.arrayContaining(['ResidentOffered', 'ResidentMovedIn', 'KeyWorkerAssigned', 'ResidentBenefitHelpOverdue']));
    expect(await typesOf(`/residents/${ids.resident}`)).not.toContain('ResidentKeyWorkerOverdue');
  }, LONG);

  it('is all in one case file, for who may see it and as they may', async () => {
    type File = { resident: Json; mergedRecords: Json[]; lists: Record<string, { items: Json[]; nextCursor: string | null }> };
    const file = (await kofi.row(`/residents/${ids.resident}/case-file`)) as unknown as File;
    expect(file.resident).toMatchObject({ firstName: 'Jordan', status: 'active' });
    expect(Object.keys(file.lists)).toEqual(expect.arrayContaining([
      'emergencyContacts', 'consents', 'personAlerts', 'referrals', 'assessmentForms', 'riskAssessments', 'supportPlans', 'placements', 'moveRecords', 'tenancyAgreements', 'rentAccounts', 'rentLedger', 'incidents', 'deadlines',
    ]));
    expect(file.lists['referrals']!.items).toMatchObject([{ id: ids.referral, reason: 'Leaves care in September.' }]);
    expect(file.lists['rentLedger']!.items).toHaveLength(1);
    expect(file.lists['riskAssessments']!.items).toMatchObject([{ recommendations: 'Two meetings a week.' }]);
    const seen = (await finance.row(`/residents/${ids.resident}/case-file`)) as unknown as File;
    expect(Object.keys(seen.lists)).toEqual(expect.arrayContaining(['rentAccounts', 'placements']));
    expect(Object.keys(seen.lists)).not.toEqual(expect.arrayContaining(['riskAssessments']));
    expect((await priya.get('/residents/6ba7b810-9dad-41d1-80b4-00c04fd430c8/case-file')).status).toBe(404);
    const reads = await ours.owner.rows(`/audit-trail?entity=referrals&entityId=${ids.referral}&outcome=read`);
    expect(reads.length).toBeGreaterThan(0);
  }, LONG);

  describe('or comes to nothing', () => {
    let person: { referral: string; resident: string };
    let agreementId: string;
    let planned: string;
    const offered = async (ttlDays: number): Promise<void> => {
      await kofi.did(`/property-rooms/${rooms.R06}/reserve`, { residentId: person.resident, from: '2026-09-20', ttlDays });
      agreementId = await draft(person.resident, rooms.R06, '2026-09-20');
      planned = (await kofi.did('/placements/plan-placement', { residentId: person.resident, agreementId, plannedDate: '2026-09-20' })).id;
    };
    const stands = async () => ({
      resident: (await kofi.row(`/residents/${person.resident}`))['status'],
      agreement: (await kofi.row(`/tenancy-agreements/${agreementId}`))['status'],
      placement: (await kofi.row(`/placements/${planned}`))['status'],
      reservations: (await kofi.rows(`/room-reservations?roomId=${rooms.R06}&sort=ordinal`)).map(({ outcome }) => outcome),
      referral: (await kofi.row(`/referrals/${person.referral}`))['status'],
    });

    it('when the reservation lapses: an applicant again, the room free, the draft given up', async () => {
      person = await referred(ama, { urgency: 'emergency' });
      expect(await kofi.row(`/referrals/${person.referral}`)).toMatchObject({ responseDueAt: '2026-09-05T09:00:00.000Z', responseDueOn: null });
      await priya.did(`/referrals/${person.referral}/accept`);
      await offered(2);
      expect(await stands()).toEqual({ resident: 'offered', agreement: 'pending', placement: 'planned', reservations: [null], referral: 'accepted' });
      await clock('2026-09-06T09:00:01Z');
      expect(await stands()).toEqual({ resident: 'applicant', agreement: 'voided', placement: 'cancelled', reservations: ['expired'], referral: 'accepted' });
      expect(await kofi.row(`/property-rooms/${rooms.R06}`)).toMatchObject({ status: 'available', reservedFor: null });
    }, LONG);

    it('when they say no to the room: an applicant again, and may be offered it once more', async () => {
      await offered(7);
      await kofi.did(`/property-rooms/${rooms.R06}/release-reservation`, { reason: 'declined' });
      expect(await stands()).toEqual({ resident: 'applicant', agreement: 'voided', placement: 'cancelled', reservations: ['expired', 'declined'], referral: 'accepted' });
      await offered(7);
    }, LONG);

    it('in one room, and goes on in another: nothing of the first is kept, and one of two has the bed', async () => {
      const [from, to] = await Promise.all(['R71', 'R72'].map(async (roomNumber) =>
        (await priya.did('/property-rooms', { propertyId: property, roomNumber, roomType: 'single', capacity: 1, weeklyCharges, availableFrom: '2026-07-01' })).id)) as [string, string];
      const who = await Promise.all([{ firstName: 'Kim', lastName: 'Adeyemi', dateOfBirth: '2005-11-30' }, { firstName: 'Lou', lastName: 'Brandt', dateOfBirth: '2004-02-29' }].map((one) => priya.did('/residents', one)));
      const [kim, lou] = who.map(({ id }) => id) as [string, string];
      await kofi.did(`/property-rooms/${from}/reserve`, { residentId: kim, from: '2026-09-20' });
      const first = await draft(kim, from, '2026-09-20');
      const { id } = await kofi.did('/placements/plan-placement', { residentId: kim, agreementId: first, plannedDate: '2026-09-20' });
      const next = await draft(kim, to, '2026-09-20');
      const change = { roomId: to, agreementId: next, plannedDate: '2026-09-22' };
      expect(codeOf(await kofi.post(`/placements/${id}/change-planned`, change))).toBe('422 MOV-7');
      const both = await Promise.all([kim, lou].map((residentId) => kofi.post(`/property-rooms/${to}/reserve`, { residentId, from: '2026-09-20' })));
      expect(both.map(codeOf).filter((code) => /ROM-2/.test(code)).length).toBe(1);
      if (both[0]!.status >= 300) {
        await kofi.did(`/property-rooms/${to}/release-reservation`, { reason: 'withdrawn' });
        await kofi.did(`/property-rooms/${to}/reserve`, { residentId: kim, from: '2026-09-20' });
      }
      await kofi.did(`/placements/${id}/change-planned`, change);
      expect(await kofi.row(`/placements/${id}`)).toMatchObject({ status: 'planned', roomId: to, agreementId: next, plannedDate: '2026-09-22' });
      expect(await kofi.rows(`/room-reservations?roomId=${from}`)).toMatchObject([{ outcome: 'withdrawn' }]);
      expect(await kofi.row(`/tenancy-agreements/${first}`)).toMatchObject({ status: 'voided' });
      expect(await kofi.row(`/residents/${kim}`)).toMatchObject({ status: 'offered' });
    }, LONG);

    it('when the application is declined: the room, the draft and the referral go with it', async () => {
      expect(codeOf(await priya.post(`/residents/${person.resident}/decline-application`))).toBe('422 REF-4');
      await priya.did(`/residents/${person.resident}/decline-application`, { reasonCode: 'needs_too_high', text: 'Needs waking nights.' });
      expect(await stands()).toEqual({ resident: 'declined', agreement: 'voided', placement: 'cancelled', reservations: ['expired', 'declined', 'declined'], referral: 'cancelled' });
      expect(codeOf(await priya.post('/placements', place({ residentId: person.resident, agreementId, roomId: rooms.R06, startDate: '2026-09-06', directAdmissionReason: 'r' })))).toMatch(/^409 STATE$/);
    }, LONG);

    it('when they are referred again and withdraw', async () => {
      const { id } = await anna.did('/referrals/receive-referral', { source: 'LB Islington', reason: 'Asked again.', residentId: person.resident });
      person = { ...person, referral: id };
      expect(await kofi.row(`/residents/${person.resident}`)).toMatchObject({ status: 'applicant', referralId: id, declineReason: null });
      await offered(7);
      await kofi.did(`/residents/${person.resident}/withdraw-application`, { reason: 'Moves in with an aunt.' });
      expect(await stands()).toMatchObject({ resident: 'withdrawn', agreement: 'voided', placement: 'cancelled', referral: 'cancelled' });
    }, LONG);

    it('when the referral is declined: so is the application', async () => {
      const { id } = await anna.did('/referrals/receive-referral', { source: 'LB Islington', reason: 'Asked a third time.', residentId: person.resident });
      await priya.did(`/referrals/${id}/decline`, { reasonCode: 'outside_area' });
      expect(await kofi.row(`/residents/${person.resident}`)).toMatchObject({ status: 'declined', declineReason: 'outside_area' });
      expect(await kofi.row(`/referrals/${id}`)).toMatchObject({ status: 'declined', declineReason: 'outside_area', responseDays: 0 });
      const monitored = (await priya.row('/referrals/decline-monitoring')) as unknown as { answered: number; declined: number; reasons: object[]; characteristics: Json };
      expect(monitored).toMatchObject({ declined: 1, reasons: [{ reasonCode: 'outside_area', declined: 1 }] });
      expect(Object.keys(monitored.characteristics)).toEqual(['ageBand', 'sex', 'genderIdentity', 'ethnicity', 'religion', 'sexualOrientation', 'disability', 'everLookedAfter']);
      expect(await priya.row('/referrals/decline-monitoring?to=2020-01-01')).toMatchObject({ answered: 0, declined: 0 });
      expect((await priya.get('/referrals/decline-monitoring?from=yesterday')).status).toBe(400);
      expect((await finance.get('/referrals/decline-monitoring')).status).toBe(403);
    }, LONG);
  });

  it('is told apart from others of the name: fifty referrals of one person at once are all kept, and all but one are possible duplicates', async () => {
    const kim = { firstName: 'Kim', lastName: 'Nguyen', dateOfBirth: '2005-12-31' };
    const body = { source: 'LB Hackney', reason: 'r', applicant: kim };
    const answers = await Promise.all(Array.from({ length: MANY }, () => anna.post<Json>('/referrals/receive-referral', body, { prefer: 'wait=10' })));
    expect(answers.map(({ status }) => status)).toEqual(Array(MANY).fill(201));
    await clock('2026-09-06T09:00:02Z');
    const rows = await anna.rows('/referrals?limit=500&sort=reference');
    const theirs = rows.filter(({ id }) => answers.some(({ body: { id: made } }) => made === id));
    expect(theirs.filter(({ possibleDuplicate }) => !possibleDuplicate)).toHaveLength(1);
    // The same number under another name is one too; another date of birth under the same name is not.
    const { referral } = await referred({ ...ama, firstName: 'Amma', lastName: 'Boating' });
    expect(await anna.row(`/referrals/${referral}`)).toMatchObject({ possibleDuplicate: true, duplicateOf: [expect.any(String)] });
    const { referral: other } = await referred({ ...kim, dateOfBirth: '2005-12-30' });
    expect(await anna.row(`/referrals/${other}`)).toMatchObject({ possibleDuplicate: false, duplicateOf: [] });
  }, LONG);

  it('is referred once at a time: of fifty referrals of one resident at once one is kept, and a repeat is answered as the first', async () => {
    const outbound = { residentId: ids.resident, referralType: 'education', serviceProvider: 'City College', reason: 'Wants to learn joinery.' };
    expect(codeOf(await kofi.post('/referrals', outbound))).toBe('422 REF-1');
    await kofi.did(`/residents/${ids.resident}/give-consent`, { purpose: 'information_sharing', channel: 'in_person' });
    const many = await Promise.all(Array.from({ length: MANY }, () => kofi.post<Json>('/referrals', outbound)));
    expect(many.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(new Set(many.filter(({ status }) => status !== 201).map(codeOf))).toEqual(new Set(['409 DUPLICATE']));
    const key = { 'idempotency-key': 'one call, said fifty times' };
    const same = await Promise.all(Array.from({ length: MANY }, () => kofi.post<Json>('/referrals', { ...outbound, referralType: 'legal' }, key)));
    expect(new Set(same.map(({ status, body }) => `${status} ${String(body.id)}`)).size).toBe(1);
  }, LONG);

  it('is overdue at the end of the tenth working day, once, when nobody answers', async () => {
    const { referral } = await referred({ firstName: 'Bo', lastName: 'Asante', dateOfBirth: '2006-06-06' }, { referralDate: '2026-09-04' });
    await clock('2026-09-18T22:59:59Z');
    expect(await kofi.row(`/referrals/${referral}`)).toMatchObject({ responseOverdue: false, responseDueOn: '2026-09-18' });
    await clock('2026-09-18T23:00:00Z');
    await clock('2026-09-21T09:00:00Z');
    expect(await kofi.row(`/referrals/${referral}`)).toMatchObject({ responseOverdue: true, status: 'pending' });
    expect(await typesOf(`/referrals/${referral}`)).toEqual(['ReferralReceived', 'ReferralResponseOverdue']);
  }, LONG);

  it('under 18 only with an authority, a social worker, a placement plan and somebody to reach at night; and turns 18 here', async () => {
    const { referral, resident } = await referred({ firstName: 'Noor', lastName: 'Haddad', dateOfBirth: '2008-10-02' });
    await priya.did(`/referrals/${referral}/accept`);
    await priya.did(`/assessment-forms/${await intakeSubmitted(anna, resident)}/approve`);
    await riskCompleted(anna, resident);
    const agreementId = await draft(resident, rooms.R06, '2026-09-21');
    expect(codeOf(await priya.post(`/tenancy-agreements/${agreementId}/sign`, { by: 'Noor Haddad' }))).toBe('422 AGR-3');
    await priya.did(`/tenancy-agreements/${agreementId}/sign`, { by: 'Noor Haddad', guarantorName: 'Huda Haddad' });
    const moveIn = () => priya.post<Json>('/placements', { residentId: resident, agreementId, roomId: rooms.R06, startDate: '2026-09-21', directAdmissionReason: 'No time to lose.' }, { prefer: 'wait=10' });
    const needs: [string, object][] = [
      ['record-legal-status', { legalStatus: 'section_20', responsibleLa: 'LB Hackney' }],
      ['add-emergency-contact', { contactType: 'social_worker', name: 'R. Webb', relationship: 'social worker', phone: '07700 900124', isPrimary: true }],
      ['record-placement-plan', { agreedOn: '2026-09-20', reviewOn: '2026-10-20' }],
      ['add-emergency-contact', { contactType: 'family', name: 'Huda Haddad', relationship: 'mother', phone: '07700 900125', outOfHours: true }],
    ];
    for (const [verb, body] of needs) {
      expect(codeOf(await moveIn())).toMatch(/^422 (RES-6|EMC-4)$/);
      await priya.did(`/residents/${resident}/${verb}`, body);
      if (verb !== 'add-emergency-contact' || !('isPrimary' in body)) continue;
      const [worker] = await priya.rows(`/emergency-contacts?residentId=${resident}`);
      await priya.did(`/residents/${resident}/assign-social-worker`, { contactId: worker!.id });
    }
    expect(codeOf(await moveIn())).toBe('201');
    await priya.did(`/residents/${resident}/assign-key-worker`, { userId: kofiId });
    const [account] = await finance.rows(`/rent-accounts?residentId=${resident}`);
    await finance.did(`/rent-accounts/${account!.id}/record-hb-claim`, { on: '2026-09-21' });
    const { id: plan } = await kofi.did('/support-plans', { residentId: resident, keyWorkerId: kofiId, goals: 'A college place.', objectives: 'Apply by November.', startDate: '2026-09-21', reviewDate: '2026-10-19' });
    expect(await kofi.row(`/residents/${resident}`)).toMatchObject({ supportPlanId: plan, nextSupportReview: '2026-10-19' });
    const duties = await kofi.rows(`/deadlines?entityId=${resident}&sort=ruleCode`);
    expect(duties.map(({ ruleCode, dueDate, status }) => [ruleCode, dueDate, status])).toEqual([['HB-HELP', '2026-09-22', 'met'], ['RES-7', '2026-09-22', 'met'], ['SUP-2', '2026-10-19', 'met']]);
    await clock('2026-10-01T22:59:59Z');
    expect(await typesOf(`/residents/${resident}`)).not.toContain('ResidentTurnedEighteen');
    await clock('2026-10-02T09:00:00Z');
    expect((await typesOf(`/residents/${resident}`)).filter((type) => type === 'ResidentTurnedEighteen')).toHaveLength(1);
    expect(await kofi.row(`/residents/${resident}`)).toMatchObject({ turnedEighteenOn: '2026-10-02', isMinor: false, age: 18 });
    expect(await kofi.rows(`/deadlines?entityId=${resident}&ruleCode=RES-ADULT`)).toMatchObject([{ dueDate: '2026-10-30', status: 'open' }]);
    expect(await kofi.row(`/tenancy-agreements/${agreementId}`)).toMatchObject({ withMinor: true, holderOfAgeOn: '2026-10-02', guarantorName: 'Huda Haddad' });
    expect(await kofi.rows(`/deadlines?entityId=${agreementId}&ruleCode=AGR-3.adult`)).toMatchObject([{ dueDate: '2026-10-30', status: 'open' }]);
  }, LONG);

  it('shares a room with people of their age and gender, or of another for a manager’s reason, and siblings with each other', async () => {
    const known = async (firstName: string, dateOfBirth: string, genderIdentity: string): Promise<string> => {
      const { id } = await priya.did('/residents', { firstName, lastName: 'Adeyemi', dateOfBirth });
      await kofi.did(`/residents/${id}/record-equality`, { genderIdentity });
      return id;
    };
    const { id: roomId } = await priya.did('/property-rooms', { propertyId: property, roomNumber: 'R07', roomType: 'shared', capacity: 3, weeklyCharges, availableFrom: '2026-07-01' });
    const kit = await known('Kit', '2005-01-09', 'Woman');
    const agreementId = await draft(kit, roomId, '2026-10-01');
    await priya.did(`/tenancy-agreements/${agreementId}/sign`, { by: 'Kit' });
    await priya.did('/placements', { residentId: kit, agreementId, startDate: '2026-10-01', directAdmissionReason: 'No time to lose.' });
    const [tee, lou, max] = [await known('Tee', '2009-03-03', 'woman'), await known('Lou', '2004-02-29', 'man'), await known('Max', '2006-06-06', 'female')];
    const reserve = (by: Caller, residentId: string, more: object = {}) => by.post<Json>(`/property-rooms/${roomId}/reserve`, { residentId, from: '2026-10-05', ...more }, { prefer: 'wait=10' });
    expect(codeOf(await reserve(priya, tee, { sharingReason: 'She asks for it.' }))).toBe('422 ROM-8');
    expect((await reserve(kofi, lou)).body).toMatchObject({ code: 'ROM-8', errors: [{ pointer: '/sharingReason' }] });
    expect(codeOf(await reserve(kofi, lou, { sharingReason: 'A couple.' }))).toBe('422 ROM-8');
    expect(codeOf(await reserve(priya, lou, { sharingReason: 'A couple.' }))).toBe('200');
    expect((await ours.owner.get(`/property-rooms/${roomId}/history`)).text).toContain('A couple.');
    await kofi.did(`/property-rooms/${roomId}/release-reservation`, { reason: 'declined' });
    await kofi.did(`/residents/${kit}/record-sibling`, { siblingId: lou });
    expect(codeOf(await reserve(kofi, lou))).toBe('200');
    await kofi.did(`/property-rooms/${roomId}/release-reservation`, { reason: 'declined' });
    const theirs = await draft(max, roomId, '2026-10-01');
    await priya.did(`/tenancy-agreements/${theirs}/sign`, { by: 'Max' });
    await priya.did('/placements', { residentId: max, agreementId: theirs, startDate: '2026-10-01', directAdmissionReason: 'No time to lose.' });
    expect(await typesOf(`/residents/${max}`)).not.toContain('ResidentSharesAcrossAges');
    await priya.did(`/residents/${max}/correct-details`, { dateOfBirth: '2009-06-06' });
    expect(await typesOf(`/residents/${max}`)).toContain('ResidentSharesAcrossAges');
    expect((await priya.rows('/notifications?limit=200')).map(({ title }) => title)).toContain('Somebody under 18 and an adult share a room');
  }, LONG);

  it('GEN-9, ORG-2: moves in while the plan of the organisation has room for them', async () => {
    const plan = (...limits: string[]) => at.cli('organization', 'change-plan', '--id', ours.id, '--tier', 'starter', ...limits);
    const { currentResidentCount } = await ours.owner.row(`/organizations/${ours.id}`);
    await expect(plan('--max-residents', '1')).rejects.toThrow(/maxResidents/);
    await plan('--max-residents', String(currentResidentCount));
    const more = await priya.post<Json>('/properties', { name: 'Another House', propertyType: 'house', totalUnits: 2, address });
    expect(more.body).toMatchObject({ code: 'GEN-9', detail: expect.stringContaining('maxProperties') });
    const { id: residentId } = await priya.did('/residents', { firstName: 'Wren', lastName: 'Lowe', dateOfBirth: '2005-05-05' });
    const agreementId = await draft(residentId, rooms.R05, '2026-10-01');
    await priya.did(`/tenancy-agreements/${agreementId}/sign`, { by: 'Wren' });
    const moveIn = () => priya.post<Json>('/placements', { residentId, agreementId, startDate: '2026-10-01', directAdmissionReason: 'No time to lose.' }, { prefer: 'wait=10' });
    expect((await moveIn()).body).toMatchObject({ code: 'GEN-9', errors: [{ pointer: '/residentId' }] });
    expect(await ours.owner.row(`/organizations/${ours.id}`)).toMatchObject({ subscriptionTier: 'starter', overLimit: false, usageAlertSent: true, limitsUsed: { residents: { limit: currentResidentCount } } });
    await plan('--max-residents', '25', '--cycle', 'annual');
    expect(codeOf(await moveIn())).toMatch(/^201$/);
  }, LONG);

  it('is one person after all: a second record is merged, and undone', async () => {
    const { resident: twin } = await referred({ ...jordan, firstName: 'Jordon' });
    await priya.did(`/residents/${twin}/merge-duplicate`, { survivorId: ids.resident });
    expect(codeOf(await priya.post(`/residents/${twin}/mark-at-risk`, { reason: 'r' }))).toBe('409 STATE');
    expect(codeOf(await priya.post(`/residents/${ids.resident}/merge-duplicate`, { survivorId: twin }))).toMatch(/^4(09|22) (STATE|RES-10)$/);
    const { mergedRecords } = (await kofi.row(`/residents/${ids.resident}/case-file`)) as unknown as { mergedRecords: Json[] };
    expect(mergedRecords.map(({ id }) => id)).toEqual([twin]);
    await priya.did(`/residents/${twin}/undo-merge`, { reason: 'Two people.' });
    expect(await kofi.row(`/residents/${twin}`)).toMatchObject({ status: 'applicant', mergedInto: null });
  }, LONG);

  it('leaves nothing parked, and everything as its events say', async () => {
    const { items } = (await priya.row('/processes')) as unknown as { items: { process: string; parked: unknown[] }[] };
    expect(items.filter(({ parked }) => parked.length > 0)).toEqual([]);
    await rebuiltEqualsLive(at);
    await auditJoins(at, ours);
    await unknownElsewhere(ours, (await organisation(at, product.baseUrl, 'Other Homes')).owner);
    const stranger = (await organisation(at, product.baseUrl, 'Third Homes')).owner;
    expect((await stranger.get(`/residents/${ids.resident}/case-file`)).status).toBe(404);
  }, 600_000);
});
