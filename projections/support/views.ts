import type { Column, PublicView } from '../engine/projection.js';

const column = (name: string, type: string, doc: string, nullable = true, privacy: Column['privacy'] = 1): Column =>
  ({ name, type, nullable, doc, privacy });

/** Outcomes with all their readings. */
const outcomes: PublicView = {
  name: 'outcomes_tracking',
  columns: [
    column('measurements', 'jsonb', 'Every reading: day, value and who recorded it, oldest first', false),
    column('verified_days', 'integer', 'Days from the achievement to the verification'),
  ],
  select: `
select t.*,
  readings.measurements,
  (t.verification_date - t.achievement_date)::integer as verified_days
from {outcomes_tracking} t
cross join lateral (
  select coalesce(jsonb_agg(jsonb_build_object('on', m."on", 'value', m.value, 'by', m.recorded_by) order by m."on", m.ordinal), '[]'::jsonb) as measurements
  from {outcome_measurements} m
  where m.organization_id = t.organization_id and m.outcome_id = t.id
) readings`,
};

/** The public views of this context. */
export const supportViews: readonly PublicView[] = [outcomes];
