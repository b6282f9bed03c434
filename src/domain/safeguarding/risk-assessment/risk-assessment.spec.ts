import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { given, happened, ORGANIZATION, someId, stateOf, type Given, type Happened } from '../../../../test/support/given.js';
import type { RegisterEntry, State } from '../../../kernel/entity.js';
import { plusDays } from '../../../kernel/values.js';
import {
  AcknowledgeEscalation,
  AddActionItem,
  CompleteActionItem,
  CompleteRiskAssessment,
  EscalateRisk,
  RateDomain,
  RecordFactors,
  ReportEmergencyRiskAssessmentOverdue,
  ReportRiskReviewOverdue,
  StartRiskAssessment,
  SupersedeRiskAssessment,
} from './risk-assessment-commands.js';
import {
  EmergencyRiskAssessmentOverdue,
  RiskActionAdded,
  RiskActionCompleted,
  RiskAssessment,
  RiskAssessmentClosed,
  RiskAssessmentCompleted,
  RiskAssessmentStarted,
  RiskAssessmentSuperseded,
  RiskDomainRated,
  RiskEscalated,
  RiskEscalationAcknowledged,
  RiskFactorsRecorded,
  RiskReviewOverdue,
} from './risk-assessment.js';
import { bandOf, RiskDomain, type Band } from './risk-score.js';

const RESIDENT = someId('jordan');
const ANNA = someId('anna');
const TODAY = '2026-08-13';
const NOW = `${TODAY}T09:30:00.000Z`;
const words = { recommendations: 'Meet twice a week.', actionPlan: 'Safety plan with the outreach team.' };
const domains = Object.values(RiskDomain);

const person = (status = 'applicant', erased = false): State => ({
  id: RESIDENT, organizationId: ORGANIZATION, status,
  checkOpen: () => { if (erased) throw new Error('erased'); },
}) as unknown as State;
const user = { id: ANNA, organizationId: ORGANIZATION } as unknown as State;
const started = (assessorId = ANNA): Happened => happened(RiskAssessmentStarted, { residentId: RESIDENT, assessorId, assessmentType: 'initial' });
const rated = (domain: keyof typeof RiskDomain, likelihood: number, impact: number): Happened =>
  happened(RiskDomainRated, { domain, likelihood, impact, score: likelihood * impact });
/** Every domain rated as low as can be, but for some. */
const allRated = (scores: Partial<Record<keyof typeof RiskDomain, [number, number]>> = {}): Happened[] =>
  domains.map((domain) => rated(domain, ...(scores[domain] ?? [1, 1])));
const completed = (level: Band, change: object = {}, at = NOW): Happened =>
  happened(RiskAssessmentCompleted, { residentId: RESIDENT, overallLevel: level, maxScore: 9, reviewDate: '2026-09-12', escalationRequired: false, ...words, ...change }, { at });

const entryOf = (key: string, party?: string): RegisterEntry =>
  ({ register: 'resident', owner: RESIDENT, kind: 'risk_assessment', key, from: '2026-08-01', ...(party ? { party } : {}) });
const world = (...history: Happened[]): Given<RiskAssessment> =>
  given(RiskAssessment, ...history).now(NOW).where('residents', RESIDENT, person()).where('users', ANNA, user).where('users', someId('priya'), user);
/** The same with an assessment of a level in force. */
const after = (level: Band, ...history: Happened[]): Given<RiskAssessment> => {
  const before = stateOf(RiskAssessment, [started(), ...allRated(), completed(level)], someId('before'));
  return world(...history).where('risk_assessments', before.id, before).holding('resident', RESIDENT, [entryOf(before.id)]);
};

describe('a risk assessment', () => {
  it('is begun by somebody, as the initial one or as a review of what is in force', async () => {
    await world().when(StartRiskAssessment, { residentId: RESIDENT }).records([RiskAssessmentStarted, { assessorId: someId('somebody'), assessmentType: 'initial', due: undefined }]);
    await after('low').when(StartRiskAssessment, { residentId: RESIDENT, assessorId: ANNA }).records([RiskAssessmentStarted, { assessorId: ANNA, assessmentType: 'review' }]);
    await after('low').when(StartRiskAssessment, { residentId: RESIDENT, assessmentType: 'moving_on' }).records([RiskAssessmentStarted, { assessmentType: 'moving_on' }]);
    await world().when(StartRiskAssessment, { residentId: someId('stranger') }).refused('GEN-1', 'residentId');
  });

  it('RSK-7: follows an incident where it is an emergency, within 24 hours of its being logged, over the change of the clocks', async () => {
    await world().when(StartRiskAssessment, { residentId: RESIDENT, assessmentType: 'emergency' }).refused('RSK-7', 'incidentId');
    const incident = { id: someId('incident'), organizationId: ORGANIZATION, loggedAt: '2026-10-24T22:30:00.000Z' } as unknown as State;
    await world().now('2026-10-24T23:00:00.000Z').where('incidents', incident.id, incident)
      .when(StartRiskAssessment, { residentId: RESIDENT, assessmentType: 'emergency', incidentId: incident.id })
      .records([RiskAssessmentStarted, { incidentId: incident.id, due: { code: 'RSK-7', basis: 'hours', startsAt: '2026-10-24T22:30:00.000Z', dueAt: '2026-10-25T22:30:00.000Z' } }]);
  });

  it('RSK-7: is told of once where it was not completed in time', async () => {
    const missed = { code: 'RSK-7', dueAt: '2026-08-14T09:30:00.000Z' };
    const urgent = happened(RiskAssessmentStarted, { residentId: RESIDENT, assessorId: ANNA, assessmentType: 'emergency', incidentId: someId('incident') });
    await world(urgent).as('system').when(ReportEmergencyRiskAssessmentOverdue, missed).records([EmergencyRiskAssessmentOverdue, { dueAt: missed.dueAt }]);
    await world(urgent, happened(EmergencyRiskAssessmentOverdue, { dueAt: missed.dueAt })).as('system').when(ReportEmergencyRiskAssessmentOverdue, missed).recordsNothing();
    await world(urgent, ...allRated(), completed('low')).as('system').when(ReportEmergencyRiskAssessmentOverdue, missed).recordsNothing();
    await world(urgent).where('residents', RESIDENT, person('moved_out')).as('system').when(ReportEmergencyRiskAssessmentOverdue, missed).recordsNothing();
  });

  it('rates each domain once, or says why it does not apply', async () => {
    await world(started()).when(RateDomain, { domain: 'self_harm', likelihood: 4, impact: 3, evidence: 'Told the key worker.' })
      .records([RiskDomainRated, { domain: 'self_harm', likelihood: 4, impact: 3, score: 12, evidence: 'Told the key worker.' }]);
    await world(started()).when(RateDomain, { domain: 'financial', notApplicableReason: 'No income yet.' }).records([RiskDomainRated, { domain: 'financial', score: undefined }]);
    await world(started()).when(RateDomain, { domain: 'financial', likelihood: 2 }).refused('RSK-2', 'impact');
    await world(started()).when(RateDomain, { domain: 'financial' }).refused('RSK-2', 'likelihood');
    await world(started()).when(RateDomain, { domain: 'financial', likelihood: 2, impact: 2, notApplicableReason: 'x' }).refused('RSK-2', 'impact');
    const again = stateOf(RiskAssessment, [started(), rated('self_harm', 1, 1), rated('financial', 1, 2), rated('self_harm', 4, 4)]);
    expect(again.domains.map(({ domain, score, level }) => [domain, score, level])).toEqual([['self_harm', 16, 'critical'], ['financial', 2, 'low']]);
    expect(new Set(again.domains.map(({ id }) => id)).size).toBe(2);
  });

  it('says what makes harm likelier and what protects', async () => {
    await world(started()).when(RecordFactors, { riskFactors: ['Debts'], protectiveFactors: ['A sister nearby'] }).records([RiskFactorsRecorded, { riskFactors: ['Debts'] }]);
    expect(stateOf(RiskAssessment, [started(), happened(RiskFactorsRecorded, { riskFactors: ['Debts'] })])).toMatchObject({ riskFactors: ['Debts'] });
  });

  it('RSK-2: is completed when all ten domains are rated', async () => {
    await world(started(), ...allRated().slice(1)).when(CompleteRiskAssessment, words).refused('RSK-2');
    await world(started(), ...allRated()).when(CompleteRiskAssessment, words).records([RiskAssessmentCompleted, { overallLevel: 'low', maxScore: 1 }]);
    const nothing = domains.map((domain) => happened(RiskDomainRated, { domain, notApplicableReason: 'Not known to services.' }));
    await world(started(), ...nothing).when(CompleteRiskAssessment, words).records([RiskAssessmentCompleted, { overallLevel: 'low', maxScore: 0, escalationRequired: false }]);
  });

  it('comes to the level of its highest domain: 12, 4 and 9 are high, and looked at again by Saturday 12 September 2026', async () => {
    const ratings = allRated({ exploitation: [3, 4], substance_misuse: [2, 2], mental_health: [3, 3], self_harm: [1, 4], financial: [4, 1] });
    await world(started(), ...ratings).when(CompleteRiskAssessment, words).records([RiskAssessmentCompleted, {
      overallLevel: 'high', maxScore: 12, escalationRequired: true, reviewDate: '2026-09-12', previousAssessmentId: undefined,
      review: { code: 'RSK-3', dueOn: '2026-09-12', dueAt: '2026-09-12T23:00:00.000Z' },
    }]);
  });

  it.each([['low', 180, [1, 4]], ['medium', 90, [2, 4]], ['high', 30, [3, 5]], ['critical', 7, [4, 4]]] as const)(
    'RSK-3: of %s level is looked at again within %i days', async (level, days, [likelihood, impact]) => {
      const ready = world(started(), ...allRated({ missing_episodes: [likelihood, impact] }));
      const on = (reviewDate: string) => ready.when(CompleteRiskAssessment, { ...words, reviewDate });
      await ready.when(CompleteRiskAssessment, words).records([RiskAssessmentCompleted, { overallLevel: level, reviewDate: plusDays(TODAY, days) }]);
      await on(plusDays(TODAY, days)).records(RiskAssessmentCompleted);
      await on(plusDays(TODAY, days + 1)).refused('RSK-3', 'reviewDate');
      await on(plusDays(TODAY, 1)).records([RiskAssessmentCompleted, { reviewDate: plusDays(TODAY, 1) }]);
      await on(TODAY).refused('RSK-3', 'reviewDate');
    });

  it('RSK-3: goes by the days that the organisation has set', async () => {
    const organization = { id: ORGANIZATION, organizationId: ORGANIZATION, policies: [{ id: 'x', code: 'RSK-3.low', value: 60 }] } as unknown as State;
    await world(started(), ...allRated()).where('organizations', ORGANIZATION, organization).when(CompleteRiskAssessment, words)
      .records([RiskAssessmentCompleted, { reviewDate: plusDays(TODAY, 60) }]);
  });

  it('RSK-6: is lowered by two bands by a manager alone', async () => {
    const low = [started(), ...allRated()];
    const medium = [started(), ...allRated({ self_harm: [2, 4] })];
    const worker = ['risk_assessments:complete'];
    await after('high', ...low).as('key_worker', 'kofi', worker).when(CompleteRiskAssessment, words).refused('RSK-6');
    await after('critical', ...medium).as('key_worker', 'kofi', worker).when(CompleteRiskAssessment, words).refused('RSK-6');
    await after('high', ...medium).as('key_worker', 'kofi', worker).when(CompleteRiskAssessment, words)
      .records([RiskAssessmentCompleted, { previousLevel: 'high', previousAssessmentId: someId('before') }]);
    await after('critical', ...low).as('manager', 'priya', ['risk_assessments:*']).when(CompleteRiskAssessment, words).records(RiskAssessmentCompleted);
    await world(...low).as('key_worker', 'kofi', worker).when(CompleteRiskAssessment, words).records([RiskAssessmentCompleted, { previousLevel: undefined }]);
  });

  it('RSK-5: holds its place in the register of the resident from the day on which it is completed, and names whose it takes', () => {
    const before = [started(), ...allRated()];
    const active = stateOf(RiskAssessment, [...before, completed('low', { previousAssessmentId: someId('before') }, '2026-08-13T23:30:00.000Z')]);
    expect(stateOf(RiskAssessment, before).holds()).toEqual([]);
    expect(active.holds()).toEqual([{ register: 'resident', owner: RESIDENT, kind: 'risk_assessment', key: active.id, from: '2026-08-14', party: someId('before') }]);
    const over = stateOf(RiskAssessment, [...before, completed('low'), happened(RiskAssessmentSuperseded, { by: someId('next'), at: NOW })]);
    expect([over.status, over.supersededBy, over.holds()]).toEqual(['superseded', someId('next'), []]);
  });

  it('is not changed any more once it is completed', async () => {
    const active = world(started(), ...allRated(), completed('low'));
    await active.when(RateDomain, { domain: 'self_harm', likelihood: 1, impact: 1 }).refused('STATE');
    await active.when(RecordFactors, { riskFactors: [] }).refused('STATE');
    await active.when(CompleteRiskAssessment, words).refused('STATE');
  });

  it('RSK-4: is brought before somebody else, who takes notice of it', async () => {
    const grave = [started(), ...allRated({ self_harm: [4, 4] }), completed('critical', { escalationRequired: true })];
    const to = someId('priya');
    const escalated = happened(RiskEscalated, { to });
    await world(...grave).when(EscalateRisk, { to: ANNA }).refused('RSK-4', 'to');
    await world(...grave).when(EscalateRisk, { to }).records([RiskEscalated, { to }]);
    await world(...grave, escalated).when(EscalateRisk, { to }).recordsNothing();
    await world(started()).when(EscalateRisk, { to }).refused('STATE');
    const byPriya = happened(RiskAssessmentCompleted, { ...words, residentId: RESIDENT, overallLevel: 'critical', maxScore: 16, reviewDate: '2026-08-20', escalationRequired: true }, { by: 'priya' });
    await world(started(), byPriya).when(EscalateRisk, { to }).refused('RSK-4', 'to');
    await world(...grave).when(AcknowledgeEscalation).refused('STATE');
    await world(...grave, escalated).as('key_worker', 'anna').when(AcknowledgeEscalation).refused('SOD');
    await world(...grave, escalated).as('manager', 'priya').when(AcknowledgeEscalation).records(RiskEscalationAcknowledged);
    const seen = happened(RiskEscalationAcknowledged, {}, { by: 'priya', at: NOW });
    await world(...grave, escalated, seen).as('manager', 'priya').when(AcknowledgeEscalation).recordsNothing();
    expect(stateOf(RiskAssessment, [...grave, escalated, seen])).toMatchObject({ escalatedTo: to, acknowledgedBy: to, acknowledgedAt: NOW });
    expect(stateOf(RiskAssessment, [...grave, escalated, seen, happened(RiskEscalated, { to: someId('other') })])).toMatchObject({ acknowledgedBy: undefined });
  });

  it('has actions that are done once', async () => {
    const added = happened(RiskActionAdded, { actionId: someId('a'), description: 'Call the nurse.' });
    const done = happened(RiskActionCompleted, { actionId: someId('a'), outcome: 'Called.' });
    await world(started()).when(AddActionItem, { description: 'Call the nurse.', assigneeId: ANNA, dueOn: '2026-08-20' }).records([RiskActionAdded, { dueOn: '2026-08-20' }]);
    await world(started(), added).when(CompleteActionItem, { actionId: someId('a'), outcome: 'Called.' }).records([RiskActionCompleted, { outcome: 'Called.' }]);
    await world(started(), added, done).when(CompleteActionItem, { actionId: someId('a') }).recordsNothing();
    await world(started()).when(CompleteActionItem, { actionId: someId('a') }).refused('GEN-1', 'actionId');
    expect(stateOf(RiskAssessment, [started(), added]).openActions).toBe(1);
    expect(stateOf(RiskAssessment, [started(), added, done])).toMatchObject({ openActions: 0, actions: [{ outcome: 'Called.' }] });
  });

  it('is superseded once, and only while it is in force', async () => {
    const active = [started(), ...allRated(), completed('low')];
    const by = { by: someId('next'), at: NOW };
    const next = { id: someId('next'), organizationId: ORGANIZATION } as unknown as State;
    const of = (...history: Happened[]) => world(...history).where('risk_assessments', next.id, next);
    await of(...active).when(SupersedeRiskAssessment, by).records([RiskAssessmentSuperseded, by]);
    await of(...active, happened(RiskAssessmentSuperseded, by)).when(SupersedeRiskAssessment, by).recordsNothing();
  });

  it('says once that its review is overdue, and is over where the resident has left', async () => {
    const active = [started(), ...allRated(), completed('high')];
    const missed = { code: 'RSK-3', dueAt: '2026-09-12T23:00:00.000Z' };
    const overdue = happened(RiskReviewOverdue, { reviewDate: '2026-09-12' });
    await world(...active).when(ReportRiskReviewOverdue, missed).records([RiskReviewOverdue, { reviewDate: '2026-09-12' }]);
    await world(...active, overdue).when(ReportRiskReviewOverdue, missed).recordsNothing();
    const superseded = happened(RiskAssessmentSuperseded, { by: someId('next'), at: NOW });
    await world(...active, superseded).when(ReportRiskReviewOverdue, missed).recordsNothing();
    expect(stateOf(RiskAssessment, [...active, overdue, superseded]).reviewOverdue).toBe(false);
    for (const gone of ['moved_out', 'withdrawn']) {
      await world(...active).where('residents', RESIDENT, person(gone)).when(ReportRiskReviewOverdue, missed).records(RiskAssessmentClosed);
    }
    expect(stateOf(RiskAssessment, [...active, happened(RiskAssessmentClosed)])).toMatchObject({ status: 'completed' });
  });

  it('RSK-1: comes to the band of the highest of any ten ratings, whatever the client would like', async () => {
    const rating = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }));
    await fc.assert(
      fc.asyncProperty(fc.array(rating, { minLength: 10, maxLength: 10 }), async (ratings) => {
        const all = domains.map((domain, index) => rated(domain, ...ratings[index]!));
        const maxScore = Math.max(...ratings.map(([likelihood, impact]) => likelihood * impact));
        await world(started(), ...all).when(CompleteRiskAssessment, words).records([RiskAssessmentCompleted, { maxScore, overallLevel: bandOf(maxScore) }]);
      }),
    );
  });
});
