import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { builtInTemplates } from '../../src/domain/support/assessment-template/built-in-templates.js';
import { RiskDomain } from '../../src/domain/safeguarding/risk-assessment/risk-score.js';
import type { Answer, Caller, Json } from '../support/caller.js';
import { installation, organisation, type Installation, type Organisation, type RunningProduct } from '../support/product.js';
import { auditJoins, rebuiltEqualsLive, unknownElsewhere } from './closing.js';

const LONG = 300_000;
const MANY = 50;
type Ratings = Partial<Record<keyof typeof RiskDomain, readonly [number, number]>>;
const words = { recommendations: 'Two meetings a week, and the outreach team.', actionPlan: 'Safety plan; phone list by the bed.' };
const codeOf = ({ status, body }: Answer<Json>): string => (status < 300 ? String(status) : `${status} ${String(body['code'])}`);

/** Assessments over HTTP, with the clock: who somebody is found to be, and how much there is to worry about. */
describe('somebody is assessed', () => {
  let at: Installation;
  let product: RunningProduct;
  let ours: Organisation;
  let priya: Caller;
  let anna: Caller;
  let annaId: string;
  let jordan: string;

  beforeAll(async () => {
    at = await installation();
    product = await at.start({ CLOCK_START: '2026-08-12T13:00:00Z' });
    ours = await organisation(at, product.baseUrl);
    ({ caller: priya } = await ours.member('manager'));
    ({ caller: anna, userId: annaId } = await ours.member('key_worker'));
    jordan = await applicant('Jordan', 'Ellis', '2006-05-02');
  }, LONG);
  afterAll(() => at.remove());

  const applicant = async (firstName: string, lastName: string, dateOfBirth: string): Promise<string> =>
    (await priya.did('/residents/register-applicant', { firstName, lastName, dateOfBirth })).id;
  const clock = async (now: string): Promise<void> => {
    const moved = await priya.call('PUT', '/api/v1/clock', { now });
    if (moved.status !== 200) throw new Error(`The clock did not go to ${now}: ${moved.status} ${moved.text}`);
  };
  const did = (answer: Answer<Json>): Json => {
    if (answer.status >= 300) throw new Error(`Answered ${answer.status}: ${answer.text}`);
    return answer.body;
  };

  /** Answers to every mandatory question: the choices with these options in turn. */
  const answers = (type: keyof typeof builtInTemplates, ...options: string[]): object[] =>
    builtInTemplates[type].questions.filter(({ mandatory }) => mandatory).map(({ code: question, questionType }, index) =>
      (questionType === 'choice' ? { question, choice: options[index % options.length] } : { question, yes: true }));

  /** A draft of somebody's risk assessment with every domain rated, the others one by one. */
  async function rated(who: Caller, residentId: string, ratings: Ratings, body: object = {}): Promise<string> {
    const { id } = did(await who.post('/risk-assessments', { residentId, ...body }));
    for (const domain of Object.values(RiskDomain)) {
      const [likelihood, impact] = ratings[domain] ?? [1, 4];
      did(await who.post(`/risk-assessments/${id}/rate-domain`, { domain, likelihood, impact, evidence: `What is known of ${domain}.` }));
    }
    return id;
  }
  const J1: Ratings = { exploitation: [3, 4], substance_misuse: [2, 2], mental_health: [3, 3] };

  it('by the template that the organisation began with, in its first version', async () => {
    const templates = await anna.rows('/assessment-templates?sort=assessmentType');
    expect(templates.map(({ assessmentType, version, status, builtIn }) => [assessmentType, version, status, builtIn])).toEqual(
      ['intake', 'move_on', 'review', 'risk'].map((type) => [type, 1, 'published', true]));
    const { id } = templates[0]!;
    const questions = await anna.rows(`/assessment-questions?assessmentTemplateId=${id}`);
    expect(questions).toHaveLength(builtInTemplates.intake.questions.length);
    expect(questions.find(({ code }) => code === 'cooking')).toMatchObject({ version: 1, questionType: 'choice', mandatory: true, options: expect.arrayContaining([{ value: 'alone', label: 'On their own', weight: 4 }]) });
  });

  let intake: string;
  it('on intake: answered in two sittings, scored by the product, and independence set by who did not make it', async () => {
    intake = (await anna.did('/assessment-forms', { residentId: jordan, assessmentType: 'intake' })).id;
    const [first, ...others] = answers('intake', 'with_much_help', 'with_some_help', 'not_yet');
    await anna.did(`/assessment-forms/${intake}/save-responses`, { responses: [first] });
    expect(codeOf(await anna.post(`/assessment-forms/${intake}/submit`))).toBe('422 ASM-1');
    expect(codeOf(await anna.post(`/assessment-forms/${intake}/submit`, { score: 40 }))).toBe('400 VALIDATION');
    await anna.did(`/assessment-forms/${intake}/save-responses`, { responses: [...others, { question: 'own_words', text: 'A door that locks.' }] });
    const saved = await anna.did(`/assessment-forms/${intake}/save-responses`, { responses: [first] });
    expect(saved['events']).toEqual([]);
    await anna.did(`/assessment-forms/${intake}/submit`, { recommendations: 'Help with money first.', nextReviewDate: '2026-11-10' });
    expect(codeOf(await anna.post(`/assessment-forms/${intake}/approve`))).toBe('403 SOD');
    expect(await priya.rows(`/notifications?entityId=${intake}`)).toMatchObject([{ title: 'An assessment waits for approval' }]);
    await clock('2026-08-13T08:00:00Z');
    await priya.did(`/assessment-forms/${intake}/approve`);
    // 10 questions of 1, 2, 0, 1, …: 10 of 40 is a quarter.
    expect(await anna.row(`/assessment-forms/${intake}`)).toMatchObject({
      status: 'approved', assessorId: annaId, score: 10, maxScore: 40, scorePct: expect.anything(), independenceLevel: 2, templateVersion: 1,
      responses: expect.arrayContaining([{ question: 'own_words', text: 'A door that locks.' }]), previousScore: null,
    });
    expect(Number((await anna.row(`/assessment-forms/${intake}`))['scorePct'])).toBe(25);
    expect(await anna.row(`/residents/${jordan}`)).toMatchObject({ independenceLevel: 2, riskLevel: 'low' });
    const history = (await anna.row(`/residents/${jordan}/history`)) as unknown as { items: Json[] };
    expect(history.items.map(({ type }) => type)).toContain('IndependenceLevelAssessed');
    expect(await anna.rows(`/deadlines?entityId=${intake}`)).toMatchObject([{ ruleCode: 'ASM-5', dueDate: '2026-11-10', status: 'open', residentId: jordan }]);
  }, LONG);

  it('and nobody approves an assessment of their own, whoever they are (SOD)', async () => {
    const own = (await priya.did('/assessment-forms', { residentId: jordan, assessmentType: 'review' })).id;
    await priya.did(`/assessment-forms/${own}/save-responses`, { responses: answers('review', 'with_prompting') });
    await priya.did(`/assessment-forms/${own}/submit`);
    expect(codeOf(await priya.post(`/assessment-forms/${own}/approve`))).toBe('403 SOD');
    expect(codeOf(await priya.post(`/assessment-forms/${intake}/save-responses`, { responses: [] }))).toBe('409 ASM-4');
    await ours.owner.did(`/assessment-forms/${own}/return`, { reason: 'Ask about work, too.' });
    expect(await priya.row(`/assessment-forms/${own}`)).toMatchObject({ status: 'draft', returnReason: 'Ask about work, too.' });
  });

  let high: string;
  it('for risk: 12, 4 and 9 are high by the highest, and looked at again by Saturday 12 September 2026', async () => {
    high = await rated(anna, jordan, J1);
    expect(codeOf(await anna.post(`/risk-assessments/${high}/complete`, { ...words, reviewDate: '2026-09-13' }))).toBe('422 RSK-3');
    await anna.did(`/risk-assessments/${high}/record-factors`, { riskFactors: ['Debts'], protectiveFactors: ['A sister nearby'] });
    await anna.did(`/risk-assessments/${high}/complete`, words);
    expect(await anna.row(`/risk-assessments/${high}`)).toMatchObject({
      status: 'active', assessmentType: 'initial', overallRiskLevel: 'high', maxScore: 12, escalationRequired: true, reviewDate: '2026-09-12', nextReviewDate: '2026-09-12',
      riskFactors: ['Debts'], protectiveFactors: ['A sister nearby'], recommendations: words.recommendations, previousLevel: null,
      domainScores: expect.objectContaining({ exploitation: { likelihood: 3, impact: 4, score: 12 }, mental_health: { likelihood: 3, impact: 3, score: 9 } }),
      riskCategories: expect.objectContaining({ exploitation: 'high', substance_misuse: 'low', mental_health: 'medium' }),
    });
    expect(await anna.row(`/residents/${jordan}`)).toMatchObject({ riskLevel: 'high', riskLevelDetail: 'high' });
    expect(await anna.rows(`/deadlines?entityId=${high}`)).toMatchObject([{ ruleCode: 'RSK-3', dueDate: '2026-09-12', basis: 'calendar', status: 'open' }]);
  }, LONG);

  it('is brought before somebody else, who takes notice', async () => {
    const { userId: ownerId } = { userId: String((await ours.owner.row('/me') as unknown as { user: Json }).user.id) };
    expect(codeOf(await anna.post(`/risk-assessments/${high}/escalate-risk`, { to: annaId }))).toBe('422 RSK-4');
    await anna.did(`/risk-assessments/${high}/escalate-risk`, { to: ownerId });
    expect(codeOf(await anna.post(`/risk-assessments/${high}/acknowledge-escalation`))).toBe('403 SOD');
    await ours.owner.did(`/risk-assessments/${high}/acknowledge-escalation`);
    expect(await priya.row(`/risk-assessments/${high}`)).toMatchObject({ escalatedTo: ownerId, acknowledgedBy: ownerId, acknowledgedAt: '2026-08-13T08:00:00.000Z' });
    const { id } = await anna.did(`/risk-assessments/${high}/add-action-item`, { description: 'Call the outreach team.', dueOn: '2026-08-20' });
    const [action] = await anna.rows(`/risk-actions?riskAssessmentId=${id}`);
    await anna.did(`/risk-assessments/${id}/complete-action-item`, { actionId: action!.id, outcome: 'They come on Monday.' });
    expect(await anna.row(`/risk-assessments/${id}`)).toMatchObject({ openActions: 0 });
  });

  it('by role: special data to those who care alone, delicate values to nobody who may not see them', async () => {
    const roles = { admin: 200, auditor: 200, dpo: 200, finance: 403, maintenance: 403 } as const;
    for (const [role, expected] of Object.entries(roles)) {
      const { caller } = await ours.member(role);
      const answer = await caller.get<Json>(`/risk-assessments/${high}`);
      expect([role, answer.status]).toEqual([role, expected]);
      expect([role, (await caller.get(`/assessment-forms/${intake}`)).status]).toEqual([role, expected]);
      if (expected !== 200) continue;
      const cares = role === 'dpo';
      const delicate = role !== 'auditor';
      expect([role, answer.body['recommendations']]).toEqual([role, cares ? words.recommendations : null]);
      expect([role, answer.body['overallRiskLevel'], answer.body['domainScores'] === null]).toEqual([role, delicate ? 'high' : null, !delicate]);
      const form = await caller.row(`/assessment-forms/${intake}`);
      expect([role, form['score'], form['responses'] === null]).toEqual([role, delicate ? 10 : null, !cares]);
    }
  }, LONG);

  it('again within the 30 days: medium, one band down, by whoever assesses; the one before is superseded and its review met', async () => {
    await clock('2026-09-10T09:00:00Z');
    const medium = await rated(anna, jordan, { self_harm: [2, 4] });
    await anna.did(`/risk-assessments/${medium}/complete`, words);
    expect(await anna.row(`/risk-assessments/${medium}`)).toMatchObject({ assessmentType: 'review', overallRiskLevel: 'medium', previousLevel: 'high', reviewDate: '2026-12-09' });
    expect(await anna.row(`/risk-assessments/${high}`)).toMatchObject({ status: 'superseded', supersededBy: medium });
    expect(await anna.row(`/residents/${jordan}`)).toMatchObject({ riskLevel: 'medium', riskLevelDetail: 'medium' });
    expect(await anna.rows(`/deadlines?entityId=${high}`)).toMatchObject([{ status: 'met', varianceDays: -2 }]);
    await clock('2026-12-08T10:00:00Z');
    const held = await rated(anna, jordan, { financial: [3, 3] });
    const answer = await anna.did(`/risk-assessments/${held}/complete`, words);
    expect(answer['parked'] ?? []).toEqual([]);
    expect(await anna.row(`/residents/${jordan}`)).toMatchObject({ riskLevel: 'medium' });
    expect((await anna.rows(`/deadlines?entityId=${medium}`))[0]).toMatchObject({ status: 'met', varianceDays: -1 });
    const changes = ((await anna.row(`/residents/${jordan}/history`)) as unknown as { items: Json[] }).items.filter(({ type }) => type === 'ResidentRiskLevelChanged');
    expect(changes).toHaveLength(2);
  }, LONG);

  it('is lowered by two bands by a manager alone, and a critical risk is high where nothing higher is known', async () => {
    const noor = await applicant('Noor', 'Haddad', '2008-02-29');
    const critical = await rated(anna, noor, { exploitation: [4, 5] });
    await anna.did(`/risk-assessments/${critical}/complete`, words);
    expect(await anna.row(`/risk-assessments/${critical}`)).toMatchObject({ overallRiskLevel: 'critical', reviewDate: '2026-12-15' });
    expect(await anna.row(`/residents/${noor}`)).toMatchObject({ riskLevel: 'high', riskLevelDetail: 'critical' });
    const told = await priya.rows(`/notifications?entityId=${critical}`);
    expect(told).toMatchObject([{ title: 'The risk of a resident is critical', priority: 'urgent', notificationType: 'emergency' }]);
    const lowered = await rated(anna, noor, { exploitation: [2, 4] });
    expect(codeOf(await anna.post(`/risk-assessments/${lowered}/complete`, words))).toBe('422 RSK-6');
    await priya.did(`/risk-assessments/${lowered}/complete`, words);
    expect(await anna.row(`/residents/${noor}`)).toMatchObject({ riskLevel: 'medium', riskLevelDetail: 'medium' });
  }, LONG);

  it('too late: it is told once when the day is over in London, and the deadline is missed, then late', async () => {
    const tariq = await applicant('Tariq', 'Osei', '2005-01-09');
    await clock('2026-12-08T11:00:00Z');
    const first = await rated(anna, tariq, { self_harm: [3, 4] });
    await anna.did(`/risk-assessments/${first}/complete`, { ...words, reviewDate: '2026-12-20' });
    await clock('2026-12-20T23:59:00Z');
    expect(await anna.row(`/risk-assessments/${first}`)).toMatchObject({ reviewOverdue: false });
    await clock('2026-12-23T09:00:00Z');
    expect(await anna.row(`/risk-assessments/${first}`)).toMatchObject({ reviewOverdue: true, status: 'active' });
    expect(await anna.rows(`/deadlines?entityId=${first}`)).toMatchObject([{ status: 'missed' }]);
    const history = (await anna.row(`/risk-assessments/${first}/history`)) as unknown as { items: Json[] };
    expect(history.items.filter(({ type }) => type === 'RiskReviewOverdue')).toMatchObject([{ recordedAt: '2026-12-21T00:00:00.000Z' }]);
    const second = await rated(anna, tariq, {});
    await anna.did(`/risk-assessments/${second}/complete`, words).catch(() => priya.did(`/risk-assessments/${second}/complete`, words));
    expect(await anna.rows(`/deadlines?entityId=${first}`)).toMatchObject([{ status: 'late', varianceDays: 3 }]);
    expect(await anna.row(`/risk-assessments/${first}`)).toMatchObject({ reviewOverdue: false, status: 'superseded' });
  }, LONG);

  it('in an emergency: within 24 hours of the incident', async () => {
    const incident = await anna.did('/incidents', { residentId: jordan, incidentType: 'self_harm', severity: 'high', occurredAt: '2026-12-23T08:00:00Z', title: 'Found hurt', description: 'Found hurt in the bathroom; taken to hospital.' });
    expect(codeOf(await anna.post('/risk-assessments', { residentId: jordan, assessmentType: 'emergency' }))).toBe('422 RSK-7');
    const urgent = await rated(anna, jordan, { self_harm: [3, 4] }, { assessmentType: 'emergency', incidentId: incident.id });
    await clock('2026-12-24T08:59:00Z');
    await anna.did(`/risk-assessments/${urgent}/complete`, words);
    const due = (await anna.rows(`/deadlines?entityId=${urgent}`)).find(({ ruleCode }) => ruleCode === 'RSK-7');
    expect(due).toMatchObject({ basis: 'hours', status: 'met', dueAt: '2026-12-24T09:00:00.000Z', varianceMinutes: -1 });
  }, LONG);

  it('after signs of risk: the form sets no level, and begins the risk assessment in which that is decided', async () => {
    const form = (await anna.did('/assessment-forms', { residentId: jordan, assessmentType: 'risk' })).id;
    await anna.did(`/assessment-forms/${form}/save-responses`, { responses: answers('risk', 'serious') });
    await anna.did(`/assessment-forms/${form}/submit`);
    const before = await anna.row(`/residents/${jordan}`);
    await priya.did(`/assessment-forms/${form}/approve`);
    expect((await anna.row(`/residents/${jordan}`))['riskLevel']).toBe(before['riskLevel']);
    expect(await anna.rows(`/risk-assessments?residentId=${jordan}&status=draft`)).toMatchObject([{ assessorId: annaId, assessmentType: 'review' }]);
  });

  it('with one assessment of a draft by 50 who complete it at once', async () => {
    const lou = await applicant('Lou', 'Marsh', '2004-10-31');
    const draft = await rated(anna, lou, { accommodation: [2, 3] });
    const answers_ = await Promise.all(Array.from({ length: MANY }, () => anna.post<Json>(`/risk-assessments/${draft}/complete`, words)));
    const codes = Map.groupBy(answers_.map(codeOf), (code) => code);
    expect(codes.get('200')).toHaveLength(1);
    expect([...codes.keys()].filter((code) => !/^(200|409 )/.test(code))).toEqual([]);
  }, LONG);

  it('with one risk assessment in force, of ten that are completed at once by 50 requests', async () => {
    const sky = await applicant('Sky', 'Brandt', '2006-12-24');
    const drafts = await Promise.all(Array.from({ length: 10 }, () => rated(anna, sky, { accommodation: [2, 3] })));
    const asked = Array.from({ length: MANY }, (_, index) => anna.post<Json>(`/risk-assessments/${drafts[index % drafts.length]}/complete`, words));
    const codes = (await Promise.all(asked)).map(codeOf);
    expect(codes.filter((code) => !/^(200|409 (RSK-5|STATE|WRONG_REVISION))$/.test(code))).toEqual([]);
    const won = codes.filter((code) => code === '200').length;
    expect(won).toBeGreaterThanOrEqual(1);
    // What was refused is completed afterwards, and takes the place of the one that won.
    const left = (await anna.rows(`/risk-assessments?residentId=${sky}&status=draft`))[0];
    if (left) await anna.did(`/risk-assessments/${left.id}/complete`, words);
    await anna.did(`/residents/${sky}/mark-at-risk`, { reason: 'To wait for what follows.' }).catch(() => undefined);
    const active = await anna.rows(`/risk-assessments?residentId=${sky}&status=active`);
    expect(active).toHaveLength(1);
    if (left) expect(active[0]!.id).toBe(left.id);
  }, LONG);

  it('over GraphQL alike, with lists of objects in and out', async () => {
    const { data, errors } = await anna.graphql<{ startAssessment: Json }>(
      'mutation ($input: StartAssessmentInput!) { startAssessment(input: $input) { id } }', { input: { residentId: jordan, assessmentType: 'move_on' } });
    expect(errors).toBeUndefined();
    const { id } = data.startAssessment;
    const saved = await anna.graphql('mutation ($id: ID!, $input: SaveResponsesInput!) { saveResponses(id: $id, input: $input) { position } }', { id, input: { responses: [{ question: 'cooking', choice: 'alone' }] } });
    expect(saved.errors).toBeUndefined();
    await anna.row(`/assessment-forms/${id}?after=${String((saved.data as { saveResponses: Json }).saveResponses['position'])}`);
    const shown = await anna.graphql<{ assessmentForm: Json; assessmentTemplates: { nodes: Json[] } }>(
      `query ($id: ID!) { assessmentForm(id: $id) { status responses { question choice } } assessmentTemplates { nodes { assessmentType } } }`, { id });
    expect(shown.errors).toBeUndefined();
    expect(shown.data.assessmentForm).toMatchObject({ status: 'draft', responses: [{ question: 'cooking', choice: 'alone' }] });
  });

  it('and in the end every row is what its events say, the trail joins, and elsewhere nobody knows of it', async () => {
    const others = await organisation(at, product.baseUrl, 'Other Homes');
    const { items } = (await priya.row('/processes')) as unknown as { items: { name: string; parked?: unknown[] }[] };
    expect(items.filter(({ parked = [] }) => parked.length > 0)).toEqual([]);
    await rebuiltEqualsLive(at);
    await auditJoins(at, ours);
    await unknownElsewhere(ours, others.owner);
  }, LONG);
});
