import type { PublicView } from '../engine/projection.js';

/** Assessments with their score as a share of the highest that the template allows. */
export const assessmentsView: PublicView = {
  name: 'assessment_forms',
  columns: [{ name: 'score_pct', type: 'numeric(5,2)', nullable: true, doc: 'The score in percent of the highest', privacy: 1, sensitive: true }],
  select: 'select t.*, round(t.score * 100.0 / nullif(t.max_score, 0), 2)::numeric(5, 2) as score_pct from {assessment_forms} t',
};
