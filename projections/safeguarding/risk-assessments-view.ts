import type { Column, PublicView } from '../engine/projection.js';

const delicate = (name: string, doc: string): Column => ({ name, type: 'jsonb', nullable: true, doc, privacy: 1, sensitive: true });

/** Risk assessments with their domains in one value, for reports and for whoever reads a row alone. */
export const riskAssessmentsView: PublicView = {
  name: 'risk_assessments',
  columns: [
    { name: 'next_review_date', type: 'date', nullable: true, doc: 'As review_date', privacy: 1 },
    delicate('domain_scores', 'Likelihood, impact and score by domain; of one that does not apply, nothing'),
    delicate('risk_categories', 'The band by domain, of those that apply'),
  ],
  select: `
select t.*, t.review_date as next_review_date, rated.domain_scores, rated.risk_categories
from {risk_assessments} t
cross join lateral (
  select
    coalesce(jsonb_object_agg(d.domain, jsonb_build_object('likelihood', d.likelihood, 'impact', d.impact, 'score', d.score)) filter (where d.domain is not null), '{}'::jsonb) as domain_scores,
    coalesce(jsonb_object_agg(d.domain, d.level) filter (where d.domain is not null and d.level is not null), '{}'::jsonb) as risk_categories
  from {risk_domains} d
  where d.organization_id = t.organization_id and d.risk_assessment_id = t.id
) rated`,
};
