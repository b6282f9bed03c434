import { RiskDomain } from '../../../src/domain/safeguarding/risk-assessment/risk-score.js';
import { builtInTemplates } from '../../../src/domain/support/assessment-template/built-in-templates.js';
import type { Speaker } from '../speaker.js';
import type { Cast } from '../story.js';
import type { Chapter } from './chapters.js';

/** Somebody is assessed, by forms and for risk: every command of it once. */
export const assessed: Chapter = async (speaker, cast, { residentId, incidentId }) => {
  await templates(speaker, cast);
  await filledIn(speaker, cast, residentId);
  await ofRisk(speaker, cast, residentId, incidentId);
};

const { questions } = builtInTemplates.review;

async function templates(speaker: Speaker, { manager, ids }: Cast): Promise<void> {
  const { id } = await speaker.say(manager, 'DraftAssessmentTemplate', undefined, { templateName: 'Own review', assessmentType: 'review', questions });
  await speaker.say(manager, 'ReviseAssessmentTemplate', id, { templateName: 'Our review' });
  await speaker.say(manager, 'PublishAssessmentTemplate', id);
  await speaker.say(manager, 'RetireAssessmentTemplate', id);
  for (const row of await manager.rows('/assessment-templates?status=published&assessmentType=move_on')) await speaker.say(manager, 'RetireAssessmentTemplate', row.id);
  const adopted = await speaker.say(manager, 'AdoptAssessmentTemplate', undefined, { assessmentType: 'move_on' });
  ids['assessment_templates'] = adopted.id;
}

/** An assessment that is given back once, and then approved by another; and one that takes its place. */
async function filledIn(speaker: Speaker, { manager, organisation: { owner }, ids }: Cast, residentId: string): Promise<void> {
  const answers = (): object[] => questions.map(({ code: question, questionType }) =>
    (questionType === 'choice' ? { question, choice: 'with_some_help' } : { question, text: speaker.word('SaveResponses', 'responses') }));
  for (const returned of [true, false]) {
    const { id } = await speaker.say(manager, 'StartAssessment', undefined, { residentId, assessmentType: 'review' });
    await speaker.say(manager, 'SaveResponses', id, { responses: answers() });
    await speaker.say(manager, 'SubmitAssessment', id);
    if (returned) {
      await speaker.say(owner, 'ReturnAssessment', id);
      await speaker.say(manager, 'SubmitAssessment', id);
    }
    await speaker.say(owner, 'ApproveAssessment', id);
    ids['assessment_forms'] = id;
  }
}

/** A high risk that is brought before another, with what is done about it. */
async function ofRisk(speaker: Speaker, { manager, organisation: { owner }, keyWorkerId, ids }: Cast, residentId: string, incidentId: string): Promise<void> {
  const { id } = await speaker.say(manager, 'StartRiskAssessment', undefined, { residentId, assessmentType: 'emergency', incidentId });
  const { financial, ...others } = RiskDomain;
  for (const domain of Object.values(others)) await speaker.say(manager, 'RateDomain', id, { domain, likelihood: 3, impact: 4, notApplicableReason: undefined });
  await speaker.say(manager, 'RateDomain', id, { domain: financial });
  await speaker.say(manager, 'RecordFactors', id);
  await speaker.say(manager, 'AddActionItem', id, { assigneeId: keyWorkerId });
  await speaker.say(manager, 'CompleteRiskAssessment', id);
  const [action] = await manager.rows(`/risk-actions?riskAssessmentId=${id}`);
  await speaker.say(manager, 'CompleteActionItem', id, { actionId: action!.id });
  await speaker.say(manager, 'EscalateRisk', id, { to: keyWorkerId });
  await speaker.say(owner, 'AcknowledgeEscalation', id);
  ids['risk_assessments'] = id;
}
