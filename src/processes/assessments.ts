import { idIn } from '../kernel/entity.js';
import type { RiskAssessmentCompleted } from '../domain/safeguarding/risk-assessment/risk-assessment.js';
import type { Assessment, AssessmentApproved } from '../domain/support/assessment-form/assessment-form.js';
import { jsonOf } from '../event-store/metadata.js';
import { uuidOf } from '../kernel/values.js';
import type { DecodedEvent } from '../privacy/codec.js';
import type { Process, ProcessContext } from './engine/process.js';

const idOf = ({ stored: { stream } }: DecodedEvent): string => idIn(stream);

/** The one before it counts no more, an intake says how independent somebody is, and signs of risk are looked into. */
async function approved(event: DecodedEvent, { find, send }: ProcessContext): Promise<void> {
  const id = idOf(event);
  const { residentId, independenceLevel: level, replaces } = event.event as unknown as AssessmentApproved;
  const { recordedAt: at } = event.metadata;
  if (replaces) await send({ step: 'supersede', command: 'SupersedeAssessment', id: replaces, body: { by: id, at } });
  if (level) await send({ step: 'level', command: 'SetIndependenceLevel', id: residentId, body: { level, assessmentId: id } });
  const assessment = await find<Assessment>('assessment_forms', id);
  if (assessment?.assessmentType !== 'risk') return;
  const { assessorId } = assessment;
  await send({ step: 'assess risk', command: 'StartRiskAssessment', id: uuidOf(id, 'risk_assessment'), body: { residentId, assessorId } });
}

/** The one before it is superseded, and the resident is of the level that this one came to. */
async function completed(event: DecodedEvent, { send }: ProcessContext): Promise<void> {
  const id = idOf(event);
  const { residentId, overallLevel: level, previousAssessmentId: before } = event.event as unknown as RiskAssessmentCompleted;
  const { recordedAt: at } = event.metadata;
  if (before) await send({ step: 'supersede', command: 'SupersedeRiskAssessment', id: before, body: { by: id, at } });
  await send({ step: 'level', command: 'SetRiskLevel', id: residentId, body: { level, riskAssessmentId: id } });
}

/** What follows from assessments that are approved or completed. */
export const assessmentConsequences: Process = {
  name: 'assessment-consequences',
  doc: 'Supersedes the assessment before an approved or completed one, and sets what it says of the resident: independence and risk.',
  on: ['AssessmentApproved', 'RiskAssessmentCompleted'],
  // Of one resident one assessment takes the place of another in the order in which they were made.
  lane: ({ data }) => String(jsonOf(data)['residentId']),
  async react(event, context) {
    await (event.declaration.type === 'AssessmentApproved' ? approved(event, context) : completed(event, context));
  },
};
