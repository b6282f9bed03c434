import { columnsWith, type PublicView } from '../engine/projection.js';

const column = columnsWith({ nullable: true, privacy: 1 });

/** A goal that was given up counts in the total, and in the average no more. */
const supportPlans: PublicView = {
  name: 'support_plans',
  columns: [
    column('goals_total', 'integer', 'Goals that the plan has or had', false),
    column('goals_achieved', 'integer', 'Goals that were reached', false),
    column('average_progress', 'numeric(5,2)', 'Mean progress of the goals that were not abandoned, 0 to 100; absent without any'),
    column('next_review_date', 'date', 'The same as review_date'),
    column('days_overdue', 'integer', 'Days since the last day of the review, while it is overdue', false),
  ],
  select: `
select t.*,
  goals.total as goals_total,
  goals.achieved as goals_achieved,
  goals.average as average_progress,
  t.review_date as next_review_date,
  (case when t.review_overdue then read.product_today() - t.review_date else 0 end)::integer as days_overdue
from {support_plans} t
cross join lateral (
  select count(*)::integer as total,
    count(*) filter (where g.status = 'achieved')::integer as achieved,
    round(avg(g.current_progress) filter (where g.status <> 'abandoned'), 2)::numeric(5, 2) as average
  from {progress_tracking} g
  where g.organization_id = t.organization_id and g.support_plan_id = t.id
) goals`,
};

/** Goals as of today, with their steps and all that was noted of how far they had come. */
const progressTracking: PublicView = {
  name: 'progress_tracking',
  columns: [
    column('days_to_target', 'integer', 'Days to the target date; negative once it has passed'),
    column('is_overdue', 'boolean', 'The target date has passed, and the goal is still open and not at 100', false),
    column('milestones', 'jsonb', 'The steps in their order: when each is due, and when it was reached', false),
    column('milestones_total', 'integer', 'Steps of the goal', false),
    column('milestones_reached', 'integer', 'Steps that were reached', false),
    column('progress_history', 'jsonb', 'Every reading: day, value and who recorded it, oldest first', false),
    column('outcome_proposed', 'boolean', 'The goal is achieved, and no outcome that names it shows what it came to', false),
  ],
  select: `
select t.*,
  (t.target_date - read.product_today())::integer as days_to_target,
  coalesce(t.status = 'open' and t.target_date < read.product_today() and t.current_progress < 100, false) as is_overdue,
  steps.milestones,
  steps.total as milestones_total,
  steps.reached as milestones_reached,
  noted.progress_history,
  t.status = 'achieved' and not exists (
    select 1 from {outcomes_tracking} o where o.organization_id = t.organization_id and o.resident_id = t.resident_id and o.goal_id = t.id::text
  ) as outcome_proposed
from {progress_tracking} t
cross join lateral (
  select coalesce(jsonb_agg(jsonb_build_object('id', m.id, 'dueOn', m.due_on, 'reachedOn', m.reached_on) order by m.due_on, m.ordinal), '[]'::jsonb) as milestones,
    count(*)::integer as total,
    count(m.reached_on)::integer as reached
  from {goal_milestones} m
  where m.organization_id = t.organization_id and m.support_plan_id = t.support_plan_id and m.goal_id = t.id::text
) steps
cross join lateral (
  select coalesce(jsonb_agg(jsonb_build_object('on', r."on", 'value', r.progress, 'by', r.recorded_by) order by r."on", r.ordinal), '[]'::jsonb) as progress_history
  from {goal_progress_readings} r
  where r.organization_id = t.organization_id and r.support_plan_id = t.support_plan_id and r.goal_id = t.id::text
) noted`,
};

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
export const supportViews: readonly PublicView[] = [supportPlans, progressTracking, outcomes];
