import type { Catalogue } from '../src/kernel/catalogue.js';
import { auditTrail } from './audit/audit-trail.js';
import { deadlinesProjection, deadlinesView } from './deadlines/deadlines.js';
import type { HandWrittenProjection, PublicView } from './engine/projection.js';
import { financialPostings } from './money/financial-postings.js';
import { engagementViews } from './engagement/views.js';
import { importRows } from './money/import-rows.js';
import { moneyViews } from './money/views.js';
import { organisationViews } from './organisation/views.js';
import { referralsView } from './people/referrals-view.js';
import { residentsView } from './people/residents-view.js';
import { occupancy } from './property/occupancy.js';
import { occupancyViews } from './property/occupancy-views.js';
import { propertyViews } from './property/views.js';
import { voids } from './property/voids-view.js';
import { riskAssessmentsView } from './safeguarding/risk-assessments-view.js';
import { assessmentsView } from './support/assessments-view.js';
import { supportViews } from './support/views.js';

/** The projections that are written by hand, because they cross streams. Tables of entities are derived and not listed. */
export const handWritten = (catalogue: Catalogue): readonly HandWrittenProjection[] => [
  importRows,
  financialPostings,
  occupancy,
  deadlinesProjection(catalogue),
  auditTrail(catalogue),
];

/** The public views that show more than their table: what depends on today, or on other tables. */
export const views: readonly PublicView[] = [...organisationViews, residentsView, referralsView, ...propertyViews, ...occupancyViews, voids, ...moneyViews, ...supportViews, ...engagementViews, assessmentsView, riskAssessmentsView, deadlinesView];
