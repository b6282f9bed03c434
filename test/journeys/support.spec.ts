import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { builtInTemplates } from '../../src/domain/support/assessment-template/built-in-templates.js';
import { RiskDomain } from '../../src/domain/safeguarding/risk-assessment/risk-score.js';
import type { Caller, Json } from '../support/caller.js';
import { installation, organisation, type Installation, type Organisation, type RunningProduct } from '../support/product.js';
import { auditJoins, rebuiltEqualsLive, unknownElsewhere } from './closing.js';
import { missesThree, tellsTheSurgery } from './support-told.js';

const weeklyCharges = { corePence: 18_240, eligibleServicePence: 6_435, ineligibleServicePence: 2_150, supportPence: 0 };
const address = { line1: '12 Mare Street', town: 'London', postcode: 'e8 1aa' };
const LONG = 240_000;

/** Support of a resident over HTTP with the clock: plan, goals, reviews, outcome, move-on, and what is in the calendar. */
describe('a resident is supported', () => {
  let at: Installation;
  let product: RunningProduct;
  let ours: Organisation;
  let priya: Caller;
  let kofi: Caller;
  let kofiId: string;
  const ids = { property: '', refuge: '', resident: '', placement: '', plan: '', outcome: '' };
  const goals: string[] = [];

  const clock = async (now: string): Promise<void> => expect((await priya.call('PUT', '/api/v1/clock', { now })).status).toBe(200);
  const refused = async (who: Caller, path: string, body: object): Promise<unknown[]> => {
    const { status, body: answer } = await who.post<Json>(path, body);
    return [status, answer['code']];
  };
  const said = async (path: string): Promise<[string, string][]> =>
    ((await priya.row(`${path}/history?limit=200`)) as unknown as { items: { type: string; recordedAt: string }[] }).items.map(({ type, recordedAt }): [string, string] => [type, recordedAt]);
  const told = async (type: string): Promise<string[]> => (await said(`/support-plans/${ids.plan}`)).filter(([one]) => one === type).map(([, recordedAt]) => recordedAt);

  /** A risk assessment in which exploitation is the highest of the ten domains. */
  async function assessed([likelihood, impact]: readonly [number, number]): Promise<void> {
    const { id } = await kofi.did('/risk-assessments', { residentId: ids.resident });
    for (const domain of Object.values(RiskDomain)) {
      const rating = domain === 'exploitation' ? { likelihood, impact } : { likelihood: 1, impact: 4 };
      const { status } = await kofi.post(`/risk-assessments/${id}/rate-domain`, { domain, ...rating, evidence: `What is known of ${domain}.` });
      expect(status).toBe(200);
    }
    await kofi.did(`/risk-assessments/${id}/complete`, { recommendations: 'Meet twice a week.', actionPlan: 'Safety plan; phone list by the bed.' });
  }

  /** Somebody who moves in today, by direct admission. */
  async function livesHere(firstName: string, lastName: string, dateOfBirth: string, roomNumber: string): Promise<{ resident: string; placement: string }> {
    const startDate = String((await priya.row('/clock'))['now']).slice(0, 10);
    const { id: roomId } = await priya.did('/property-rooms', { propertyId: ids.property, roomNumber, roomType: 'single', capacity: 1, weeklyCharges });
    const { id: residentId } = await priya.did('/residents', { firstName, lastName, dateOfBirth });
    await priya.did(`/residents/${residentId}/assign-key-worker`, { userId: kofiId });
    const agreement = { residentId, propertyId: ids.property, roomId, agreementType: 'license', startDate, rentFrequency: 'weekly', weeklyCharges };
    const { id: agreementId } = await priya.did('/tenancy-agreements', agreement);
    await priya.did(`/tenancy-agreements/${agreementId}/sign`, { by: `${firstName} ${lastName}` });
    await priya.did(`/tenancy-agreements/${agreementId}/activate`, { on: startDate });
    const admission = { residentId, agreementId, roomId, startDate, directAdmissionReason: 'Referred by the leaving-care team, no time to lose.' };
    return { resident: residentId, placement: (await priya.did('/placements', admission)).id };
  }

  beforeAll(async () => {
    at = await installation();
    product = await at.start({ CLOCK_START: '2026-09-02T08:00:00Z' });
    ours = await organisation(at, product.baseUrl);
    ({ caller: priya } = await ours.member('manager'));
    ({ caller: kofi, userId: kofiId } = await ours.member('key_worker'));
    const property = (name: string, more: object = {}) => priya.did('/properties', { name, propertyType: 'shared_housing', totalUnits: 12, address, ...more });
    ids.property = (await property('Mare Street House')).id;
    ids.refuge = (await property('The Refuge', { confidentialLocation: true })).id;
    ({ resident: ids.resident, placement: ids.placement } = await livesHere('Jordan', 'Ellis', '2006-05-02', 'R04'));
  }, LONG);
  afterAll(() => at.remove());

  it('is of high risk at first, and so would be looked at within 30 days (SUP-3)', async () => {
    await assessed([3, 4]);
    const open = { residentId: ids.resident, goals: 'A flat of my own.', objectives: 'Cook, save, work.' };
    expect(await refused(kofi, '/support-plans', { ...open, reviewDate: '2026-10-03' })).toEqual([422, 'SUP-3']);
    await clock('2026-09-10T09:00:00Z');
    await assessed([2, 4]);
    expect(await kofi.row(`/residents/${ids.resident}`)).toMatchObject({ riskLevel: 'medium' });
  }, LONG);

  it('has one plan, however many ask for one at once', async () => {
    await clock('2026-09-16T09:00:00Z');
    const open = { residentId: ids.resident, goals: 'A flat of my own.', objectives: 'Cook, save, work.', reviewDate: '2026-12-02' };
    const answers = await Promise.all(Array.from({ length: 50 }, () => kofi.post<Json>('/support-plans', open)));
    const made = answers.filter(({ status }) => status === 201);
    expect(made).toHaveLength(1);
    expect(new Set(answers.filter(({ status }) => status !== 201).map(({ body }) => body['code']))).toEqual(new Set(['SUP-1']));
    ids.plan = made[0]!.body.id;
    await clock('2026-09-16T09:01:00Z');
    expect(await kofi.row(`/support-plans/${ids.plan}`)).toMatchObject({
      status: 'active', keyWorkerId: kofiId, startDate: '2026-09-16', reviewDate: '2026-12-02', nextReviewDate: '2026-12-02', goalsTotal: 0, averageProgress: null, reviewOverdue: false,
    });
    expect(await kofi.row(`/residents/${ids.resident}`)).toMatchObject({ supportPlanId: ids.plan });
    expect(await kofi.rows(`/deadlines?entityId=${ids.plan}`)).toMatchObject([{ ruleCode: 'SUP-3', dueDate: '2026-12-02', status: 'open' }]);
    expect(await kofi.rows(`/deadlines?entityId=${ids.resident}&ruleCode=SUP-2`)).toMatchObject([{ dueDate: '2026-09-30', status: 'met' }]);
    expect(await refused(kofi, '/support-plans', { ...open, reviewDate: '2026-12-16' })).toEqual([422, 'SUP-3']);
  }, LONG);

  it('works on three goals: 100, 60 and 20 are 60.00 on average, and one is achieved', async () => {
    const add = async (goalType: string, goal: string, more: object = {}) => {
      await kofi.did(`/support-plans/${ids.plan}/add-goal`, { goalType, goal, ...more });
      goals.push((await kofi.rows(`/progress-tracking?supportPlanId=${ids.plan}&sort=-ordinal`))[0]!.id);
    };
    const late = { targetDate: '2026-11-20', milestones: [{ title: 'Enrol', dueOn: '2026-11-21' }] };
    expect(await refused(kofi, `/support-plans/${ids.plan}/add-goal`, { goalType: 'education', goal: 'Maths', ...late })).toEqual([422, 'SUP-7']);
    await add('education', 'A level 2 certificate in maths.', { targetDate: '2026-11-20', milestones: [{ title: 'Enrol', dueOn: '2026-10-01' }, { title: 'Exam', dueOn: '2026-11-20' }] });
    await add('employment', 'Two days of work a week.', { targetDate: '2026-11-23' });
    await add('health', 'See a dentist.');
    await clock('2026-11-24T10:00:00Z');
    const record = (goalId: string, progress: number, more: object = {}) => kofi.did(`/support-plans/${ids.plan}/record-goal-progress`, { goalId, progress, ...more });
    await record(goals[0]!, 40, { on: '2026-10-10' });
    await record(goals[0]!, 100);
    await record(goals[1]!, 70, { on: '2026-11-01' });
    expect(await refused(kofi, `/support-plans/${ids.plan}/record-goal-progress`, { goalId: goals[1], progress: 60 })).toEqual([422, 'SUP-4']);
    await record(goals[1]!, 60, { notes: 'One employer has closed.' });
    await record(goals[2]!, 20);
    const [enrol] = await kofi.rows(`/goal-milestones?supportPlanId=${ids.plan}&sort=dueOn`);
    await kofi.did(`/support-plans/${ids.plan}/reach-milestone`, { milestoneId: enrol!.id, on: '2026-09-29' });
    expect(await kofi.row(`/progress-tracking/${goals[0]}`)).toMatchObject({ status: 'open', currentProgress: 100, isOverdue: false, milestonesTotal: 2, milestonesReached: 1 });
    await kofi.did(`/support-plans/${ids.plan}/achieve-goal`, { goalId: goals[0] });
    expect(await kofi.row(`/support-plans/${ids.plan}`)).toMatchObject({ goalsTotal: 3, goalsAchieved: 1, averageProgress: 60 });
    expect(await kofi.row(`/progress-tracking/${goals[0]}`)).toMatchObject({
      status: 'achieved', achievedOn: '2026-11-24', currentProgress: 100, outcomeProposed: true, updatedBy: kofiId, residentId: ids.resident,
      progressHistory: [{ on: '2026-10-10', value: 40, by: kofiId }, { on: '2026-11-24', value: 100, by: kofiId }],
      milestones: [{ id: enrol!.id, dueOn: '2026-10-01', reachedOn: '2026-09-29' }, { dueOn: '2026-11-20', reachedOn: null }],
    });
    expect(await kofi.row(`/progress-tracking/${goals[1]}`)).toMatchObject({ currentProgress: 60, isOverdue: true, daysToTarget: -1 });
    const { caller: anna } = await ours.member('key_worker');
    expect(await refused(anna, `/support-plans/${ids.plan}/record-goal-progress`, { goalId: goals[2], progress: 30 })).toEqual([403, 'PRG-2']);
  }, LONG);

  it('is reminded of the review 7 days and 1 day before, and told once at nine on 3 December that it is overdue', async () => {
    await clock('2026-11-25T08:59:00Z');
    expect(await told('SupportPlanReviewReminded')).toEqual([]);
    await clock('2026-12-03T08:59:00Z');
    expect(await told('SupportPlanReviewReminded')).toEqual(['2026-11-25T09:00:00.000Z', '2026-12-01T09:00:00.000Z']);
    expect(await kofi.row(`/support-plans/${ids.plan}`)).toMatchObject({ reviewOverdue: false, daysOverdue: 0 });
    await clock('2026-12-03T09:00:00Z');
    expect(await told('SupportPlanReviewOverdue')).toEqual(['2026-12-03T09:00:00.000Z']);
    expect(await kofi.row(`/support-plans/${ids.plan}`)).toMatchObject({ reviewOverdue: true, daysOverdue: 1 });
    await clock('2026-12-04T09:00:00Z');
    expect(await told('SupportPlanReviewOverdue')).toHaveLength(1);
    expect(await kofi.rows(`/deadlines?entityId=${ids.plan}`)).toMatchObject([{ ruleCode: 'SUP-3', status: 'missed' }]);
  }, LONG);

  it('is reviewed on 4 December, and again within 90 days: 4 March, not 5 March', async () => {
    const review = { summary: 'Going well.', attendees: ['Jordan', 'Kofi'] };
    expect(await refused(kofi, `/support-plans/${ids.plan}/review`, { ...review, nextReviewDate: '2027-03-05' })).toEqual([422, 'SUP-3']);
    await kofi.did(`/support-plans/${ids.plan}/review`, { ...review, nextReviewDate: '2027-03-04' });
    expect(await kofi.row(`/support-plans/${ids.plan}`)).toMatchObject({ reviewOverdue: false, daysOverdue: 0, lastReviewOn: '2026-12-04', reviewDate: '2027-03-04' });
    expect(await kofi.rows(`/deadlines?entityId=${ids.plan}&sort=dueDate`)).toMatchObject([{ dueDate: '2026-12-02', status: 'late', varianceDays: 2 }, { dueDate: '2027-03-04', status: 'open' }]);
    expect((await kofi.rows('/calendar-events?eventType=review&sort=startTime')).map((row) => [row['startTime'], row['status'], row['organizer']])).toEqual([
      ['2026-12-02T10:00:00.000Z', 'completed', kofiId], ['2027-03-04T10:00:00.000Z', 'scheduled', kofiId],
    ]);
  }, LONG);

  it('is reviewed sooner once the risk is high: within 30 days of then', async () => {
    await clock('2026-12-05T09:00:00Z');
    await assessed([4, 4]);
    expect(await kofi.row(`/support-plans/${ids.plan}`)).toMatchObject({ reviewDate: '2027-01-04', reviewOverdue: false });
    expect(await kofi.rows(`/deadlines?entityId=${ids.plan}&status=open`)).toMatchObject([{ ruleCode: 'SUP-3', dueDate: '2027-01-04' }]);
    expect((await kofi.rows('/calendar-events?eventType=review&status=scheduled')).map((row) => row['startTime'])).toEqual(['2027-01-04T10:00:00.000Z']);
    expect((await kofi.rows(`/notifications?entityId=${ids.plan}`)).map((row) => row['title'])).toContain('A support plan is to be reviewed sooner');
  }, LONG);

  it('reaches an outcome that somebody else verifies', async () => {
    const define = { residentId: ids.resident, category: 'employment', description: 'Jordan works.', measure: 'paid hours per week', unit: 'hours', baseline: 0 };
    expect(await refused(kofi, '/outcomes-tracking', { ...define, target: 0 })).toEqual([422, 'OUT-1']);
    expect(await refused(kofi, '/outcomes-tracking', { ...define, target: 16, goalId: ids.plan })).toEqual([422, 'GEN-1']);
    ids.outcome = (await kofi.did('/outcomes-tracking', { ...define, target: 16, goalId: goals[0] })).id;
    await kofi.did(`/outcomes-tracking/${ids.outcome}/record-measurement`, { value: 10, on: '2026-11-01' });
    expect(await kofi.row(`/outcomes-tracking/${ids.outcome}`)).toMatchObject({ status: 'tracking', currentValue: 10, progressPct: 62.5, progressRawPct: 62.5, outcomeType: 'positive' });
    expect(await kofi.row(`/progress-tracking/${goals[0]}`)).toMatchObject({ outcomeProposed: false });
    expect(await refused(kofi, `/outcomes-tracking/${ids.outcome}/achieve`, {})).toEqual([422, 'OUT-2']);
    await clock('2026-12-10T15:00:00Z');
    await kofi.did(`/outcomes-tracking/${ids.outcome}/record-measurement`, { value: 16 });
    expect(await kofi.row(`/outcomes-tracking/${ids.outcome}`)).toMatchObject({ status: 'achieved', achievementDate: '2026-12-10', progressPct: 100 });
    await clock('2026-12-11T09:00:00Z');
    expect(await refused(kofi, `/outcomes-tracking/${ids.outcome}/verify`, { method: 'payslips seen' })).toEqual([403, 'OUT-3']);
    await priya.did(`/outcomes-tracking/${ids.outcome}/verify`, { method: 'payslips seen' });
    expect(await kofi.row(`/outcomes-tracking/${ids.outcome}`)).toMatchObject({
      status: 'verified', isVerified: true, verificationDate: '2026-12-11', verifiedDays: 1, recordedBy: kofiId,
      measurements: [{ on: '2026-11-01', value: 10, by: kofiId }, { on: '2026-12-10', value: 16, by: kofiId }],
    });
  }, LONG);

  it('has appointments that keep their time of day, and reminders before each', async () => {
    const meet = { eventType: 'appointment', title: 'Key work', residentId: ids.resident, organizer: kofiId, propertyId: ids.refuge, location: '7 Secret Lane', reminderMinutes: 30 };
    const single = await kofi.did('/calendar-events', { ...meet, startTime: '2027-03-22T10:00:00Z', endTime: '2027-03-22T11:00:00Z' });
    await kofi.did(`/calendar-events/${single.id}/set-recurrence`, { rrule: 'FREQ=WEEKLY;COUNT=3' });
    const starts = async (): Promise<unknown[]> => (await kofi.rows(`/calendar-occurrences?calendarEventId=${single.id}&sort=startTime`)).map((row) => row['startTime']);
    expect(await starts()).toEqual(['2027-03-22T10:00:00.000Z', '2027-03-29T09:00:00.000Z', '2027-04-05T09:00:00.000Z']);
    const event = await kofi.row(`/calendar-events/${single.id}`);
    expect(event).toMatchObject({ location: 'Confidential address', isRecurring: true, rrule: 'FREQ=WEEKLY;COUNT=3', seriesId: single.id, occurrenceDate: '2027-03-22', reminderSet: true, reminderTime: 30, attendees: [ids.resident] });
    expect(await refused(kofi, `/calendar-events/${single.id}/set-recurrence`, { rrule: 'FREQ=WEEKLY' })).toEqual([422, 'CAL-2']);
    const clash = await kofi.did('/calendar-events', { eventType: 'meeting', title: 'Team', startTime: '2027-03-29T09:30:00Z', endTime: '2027-03-29T10:30:00Z', overlapAcknowledged: true });
    expect(await kofi.row(`/calendar-events/${clash.id}`)).toMatchObject({ overlapsWith: [single.id], overlapAck: true, organizer: kofiId });
    expect(await refused(kofi, `/calendar-events/${single.id}/complete-event`, {})).toEqual([422, 'CAL-5']);
    await kofi.did(`/calendar-events/${single.id}/reschedule-event`, { scope: 'this', occurrenceDate: '2027-04-05', startTime: '2027-04-06T13:00:00Z', endTime: '2027-04-06T14:00:00Z' });
    expect((await starts()).at(-1)).toBe('2027-04-06T13:00:00.000Z');
  }, LONG);

  /** Somebody is assessed as ready to move on, and somebody else approves it. */
  async function readyToMoveOn(residentId: string): Promise<string> {
    const { id } = await kofi.did('/assessment-forms', { residentId, assessmentType: 'move_on' });
    const responses = builtInTemplates.move_on.questions.filter(({ mandatory }) => mandatory).map(({ code: question, questionType, options }) =>
      (questionType === 'choice' ? { question, choice: options!.at(-1)!.value } : { question, yes: true }));
    await kofi.did(`/assessment-forms/${id}/save-responses`, { responses });
    await kofi.did(`/assessment-forms/${id}/submit`);
    await priya.did(`/assessment-forms/${id}/approve`);
    return id;
  }

  it('is assessed for moving on, and referred to the housing register with consent alone (REF-1), of itself once it is given', async () => {
    await clock('2026-12-18T09:00:00Z');
    const assessment = await readyToMoveOn(ids.resident);
    expect(await kofi.rows(`/referrals?residentId=${ids.resident}`)).toEqual([]);
    expect((await kofi.rows(`/notifications?entityId=${ids.resident}`)).map((row) => row['title'])).toContain('A consent is missing for moving on');
    const register = { residentId: ids.resident, referralType: 'housing', serviceProvider: 'LB Hackney housing register', reason: 'Ready for a flat.' };
    const asked = async (): Promise<unknown[]> => (await kofi.rows(`/deadlines?entityId=${ids.resident}&ruleCode=MOVE-ON.referral&ruleCode=MOVE-ON.plan&sort=dueDate`)).map((row) => [row['ruleCode'], row['dueDate'], row['status']]);
    expect(await asked()).toEqual([['MOVE-ON.referral', '2027-01-01', 'open'], ['MOVE-ON.plan', '2027-01-15', 'open']]);
    expect(await refused(kofi, '/referrals', register)).toEqual([422, 'REF-1']);
    await kofi.did(`/residents/${ids.resident}/give-consent`, { purpose: 'information_sharing', channel: 'in_person' });
    const [prepared, ...others] = await kofi.rows(`/referrals?residentId=${ids.resident}`);
    expect([prepared, others]).toMatchObject([{ status: 'pending', preparedFrom: assessment, referralDate: '2026-12-18', consentId: expect.anything() }, []]);
    const referral = await kofi.did('/referrals', register);
    expect(await kofi.row(`/referrals/${referral.id}`)).toMatchObject({ direction: 'outbound', residentId: ids.resident });
    expect(await kofi.row(`/referrals/${prepared!.id}`)).toMatchObject({ status: 'cancelled' });
    expect(await asked()).toEqual([['MOVE-ON.referral', '2027-01-01', 'met'], ['MOVE-ON.plan', '2027-01-15', 'open']]);
    await tellsTheSurgery({ ours, priya, kofi }, ids.resident, referral.id);
  }, LONG);

  it('and another one, who consented, has a referral prepared, which gives way to one that people make', async () => {
    const wren = await livesHere('Wren', 'Okafor', '2008-02-29', 'R05');
    await kofi.did(`/residents/${wren.resident}/give-consent`, { purpose: 'data_sharing', channel: 'in_person' });
    const assessment = await readyToMoveOn(wren.resident);
    const [prepared] = await kofi.rows(`/referrals?residentId=${wren.resident}`);
    expect(prepared).toMatchObject({ direction: 'outbound', referralType: 'housing', status: 'pending', preparedFrom: assessment, consentId: expect.anything(), responseDueOn: '2027-01-06' });
    expect((await kofi.rows(`/notifications?entityId=${prepared!.id}`)).map((row) => row['title'])).toEqual(['A referral for a home is prepared']);
    expect(await kofi.rows(`/deadlines?entityId=${wren.resident}&ruleCode=MOVE-ON.referral`)).toMatchObject([{ status: 'met' }]);
    const planning = async (): Promise<unknown[]> => (await kofi.rows(`/calendar-events?residentId=${wren.resident}`)).map((row) => [row['startTime'], row['status'], row['organizer']]);
    expect(await planning()).toEqual([['2027-01-15T10:00:00.000Z', 'scheduled', kofiId]]);
    const own = await kofi.did('/referrals', { residentId: wren.resident, referralType: 'housing', serviceProvider: 'LB Newham housing register', reason: 'Wants to live near work.' });
    expect((await kofi.rows(`/referrals?residentId=${wren.resident}&sort=referralDate`)).map(({ id, ...row }) => [id, row['status']]).sort()).toEqual([[own.id, 'pending'], [prepared!.id, 'cancelled']].sort());
    await priya.did(`/placements/${wren.placement}/plan-move`, { moveType: 'move_out', plannedDate: '2027-03-28' });
    expect(await planning()).toEqual([['2027-01-15T10:00:00.000Z', 'cancelled', kofiId]]);
  }, LONG);

  it('moves on: the plan is completed when no goal is open, and not gone on with after leaving', async () => {
    await clock('2026-12-18T09:00:00Z');
    const complete = { outcome: 'Jordan moves on.', reason: 'Most goals are met.' };
    expect(await refused(kofi, `/support-plans/${ids.plan}/complete`, complete)).toEqual([422, 'SUP-5']);
    await kofi.did(`/support-plans/${ids.plan}/achieve-goal`, { goalId: goals[1] });
    await clock('2027-01-14T12:00:00Z');
    await priya.did(`/placements/${ids.placement}/end`, { on: '2027-01-14', terminationType: 'planned_move_on' });
    expect(await kofi.row(`/support-plans/${ids.plan}`)).toMatchObject({ completeBy: '2027-02-11' });
    expect(await refused(kofi, `/support-plans/${ids.plan}/record-goal-progress`, { goalId: goals[2], progress: 30 })).toEqual([422, 'SUP-8']);
    expect(await refused(kofi, `/support-plans/${ids.plan}/complete`, complete)).toEqual([422, 'SUP-5']);
    await kofi.did(`/support-plans/${ids.plan}/abandon-goal`, { goalId: goals[2], reason: 'Registered where he moves to.' });
    expect(await refused(kofi, `/support-plans/${ids.plan}/complete`, { outcome: 'x' })).toEqual([422, 'SUP-6']);
    await kofi.did(`/support-plans/${ids.plan}/complete`, complete);
    expect(await kofi.row(`/support-plans/${ids.plan}`)).toMatchObject({ status: 'completed', completedOn: '2027-01-14', goalsTotal: 3, goalsAchieved: 2, averageProgress: 100 });
    expect((await kofi.rows(`/deadlines?entityId=${ids.plan}`)).map((row) => [row['ruleCode'], row['dueDate'], row['status']]).sort()).toEqual([
      ['SUP-3', '2026-12-02', 'late'], ['SUP-3', '2027-01-04', 'waived'], ['SUP-8', '2027-02-11', 'met'],
    ]);
  }, LONG);

  it('reminds of each occurrence once, at its own time', async () => {
    await clock('2027-04-06T13:00:00Z');
    const [series] = await kofi.rows('/calendar-events?isRecurring=true');
    const reminded = (await said(`/calendar-events/${series!.id}`)).filter(([type]) => type === 'ReminderSent').map(([, recordedAt]) => recordedAt);
    expect(reminded).toEqual(['2027-03-22T09:30:00.000Z', '2027-03-29T08:30:00.000Z', '2027-04-06T12:30:00.000Z']);
    await kofi.did(`/calendar-events/${series!.id}/complete-event`, { occurrenceDate: '2027-03-22', dna: [ids.resident] });
    expect(await kofi.row(`/calendar-events/${series!.id}`)).toMatchObject({ dnaCount: 1, attended: [{ occurrenceDate: '2027-03-22', attended: [], dna: [ids.resident] }] });
    await missesThree({ kofi }, ids.resident, series!.id);
  }, LONG);

  it('leaves a record that replays, joins and is nobody else’s', async () => {
    await rebuiltEqualsLive(at);
    await auditJoins(at, ours);
    await unknownElsewhere(ours, (await organisation(at, product.baseUrl, 'Other Homes')).owner);
  }, LONG);
});
