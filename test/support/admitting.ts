import { builtInTemplates } from '../../src/domain/support/assessment-template/built-in-templates.js';
import { RiskDomain } from '../../src/domain/safeguarding/risk-assessment/risk-score.js';
import type { Answer, Caller, Json } from './caller.js';

/** Likelihood and impact by domain; the others are rated 1 × 4. */
export type Ratings = Partial<Record<keyof typeof RiskDomain, readonly [number, number]>>;

/** Status and code of an answer; the status alone where it was accepted. */
export const codeOf = ({ status, body }: Answer<Json>): string => (status < 300 ? String(status) : `${status} ${String(body['code'])}`);

/** An intake assessment of somebody with every mandatory question answered, submitted; the caller is its assessor. @returns its id. */
export async function intakeSubmitted(assessor: Caller, residentId: string): Promise<string> {
  const options = ['with_much_help', 'with_some_help', 'not_yet'];
  const responses = builtInTemplates.intake.questions.filter(({ mandatory }) => mandatory).map(({ code: question, questionType }, index) =>
    (questionType === 'choice' ? { question, choice: options[index % options.length] } : { question, yes: true }));
  const { id } = await assessor.did('/assessment-forms', { residentId, assessmentType: 'intake' });
  await assessor.did(`/assessment-forms/${id}/save-responses`, { responses });
  await assessor.did(`/assessment-forms/${id}/submit`, { recommendations: 'Help with money first.' });
  return id;
}

/** A risk assessment of somebody, with every domain rated and completed. @returns its id. */
export async function riskCompleted(assessor: Caller, residentId: string, ratings: Ratings = {}): Promise<string> {
  const { id } = await assessor.did('/risk-assessments', { residentId });
  for (const domain of Object.values(RiskDomain)) {
    const [likelihood, impact] = ratings[domain] ?? [1, 4];
    await assessor.did(`/risk-assessments/${id}/rate-domain`, { domain, likelihood, impact, evidence: `What is known of ${domain}.` });
  }
  await assessor.did(`/risk-assessments/${id}/complete`, { recommendations: 'Two meetings a week.', actionPlan: 'A safety plan.' });
  return id;
}
