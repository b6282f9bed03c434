import { columnsWith, type PublicView } from '../engine/projection.js';

const column = columnsWith({ nullable: false, privacy: 0 });
const COMPONENTS = ['core', 'eligible_service', 'ineligible_service', 'support'] as const;

/** Where the number of empty beds of a room changes: beds come and go, people come and go. */
const CHANGES = `
  select r.organization_id, r.property_id, r.id as room_id, change.day, change.beds
  from {property_rooms} r
  join {properties} p on p.organization_id = r.organization_id and p.id = r.property_id
  cross join lateral (
    select least(r.available_from, min(o.from_date)) as first_night, least(r.retired_on, p.closed_on) as last_day
    from {room_occupancies} o
    where o.organization_id = r.organization_id and o.room_id = r.id and (o.to_date is null or o.from_date < o.to_date)
  ) life
  cross join lateral (
    select greatest(c.from_date, life.first_night) as day, c.capacity as beds, least(c.to_date, life.last_day) as until
    from {room_capacities} c where c.organization_id = r.organization_id and c.room_id = r.id
    union all
    select o.from_date, -1, o.to_date
    from {room_occupancies} o where o.organization_id = r.organization_id and o.room_id = r.id
  ) stretch
  cross join lateral (values (stretch.day, stretch.beds), (stretch.until, -stretch.beds)) change (day, beds)
  where (stretch.until is null or stretch.day < stretch.until) and change.day <= read.product_today()`;

/** Stretches of a room with so many empty beds, the last of them open. */
const EMPTY = `
  select organization_id, property_id, room_id, day as from_date,
    lead(day) over stretches as to_date, (sum(beds) over stretches)::integer as beds
  from (
    select organization_id, property_id, room_id, day, sum(beds) as beds
    from (${CHANGES}) changes
    group by organization_id, property_id, room_id, day
    having sum(beds) <> 0
  ) edges
  window stretches as (partition by organization_id, property_id, room_id order by day)`;

/** Why the bed became empty: how the stay before ended, or that the resident went to another room, which they may have left that day. */
const LEFT = `
left join lateral (
  select case when s.end_date = v.from_date and s.room_id = v.room_id then s.termination_type else 'transfer' end as reason
  from {room_occupancies} o
  join {placements} s on s.organization_id = o.organization_id and s.id = o.placement_id
  where o.organization_id = v.organization_id and o.room_id = v.room_id and o.to_date = v.from_date and o.from_date < o.to_date
  order by o.id desc
  limit 1
) gone on true`;

/**
 * What was to be done in the room while it was empty: a correction may show that it was so for longer than when that was
 * asked for. Of a task that was set again, how it stands.
 */
const lastOf = (task: string, value: string): string => `(array_agg(k.${value} order by k.ordinal desc) filter (where k.task = '${task}'))[1]`;
const TASKS = `
cross join lateral (
  select ${lastOf('inspection', 'status')} as inspection, ${lastOf('inspection', 'done_on')} as inspected_on,
    ${lastOf('cleaning', 'status')} as cleaning, ${lastOf('cleaning', 'done_on')} as cleaned_on,
    coalesce(bool_or(k.overdue) filter (where k.task = 'relet'), false) as long
  from {room_void_tasks} k
  where k.organization_id = v.organization_id and k.room_id = v.room_id
    and k.void_since >= v.from_date and (v.to_date is null or k.void_since < v.to_date)
) tasks`;

const CLOSED = `
cross join lateral (
  select coalesce(sum(upper(x) - lower(x)), 0)::integer as nights
  from (
    select range_agg(y.nights) as nights from (
      select daterange(c.from_date, c.returned_on) as nights from {room_closures} c
      where c.organization_id = v.organization_id and c.room_id = v.room_id and (c.returned_on is null or c.from_date < c.returned_on)
      union all
      select daterange(c.from_date, c.returned_on) from {property_closures} c
      where c.organization_id = v.organization_id and c.property_id = v.property_id and (c.returned_on is null or c.from_date < c.returned_on)
    ) y
  ) closures, unnest(closures.nights * datemultirange(daterange(v.from_date, span.until))) x
) closed`;

const lost = (component: string): string =>
  `coalesce(sum(round(c.weekly_${component}_pence * greatest(least(c.until, span.until) - greatest(c.from_date, v.from_date), 0) / 7.0) * v.beds), 0)::bigint as ${component}`;
/** What the empty beds would have brought, by the charges of their nights: rounded by component for each price. */
const LOSS = `
cross join lateral (
  select ${COMPONENTS.map(lost).join(',\n    ')}
  from (
    select *, lead(from_date) over (order by from_date, ordinal) as until
    from {room_charges}
    where organization_id = v.organization_id and room_id = v.room_id
  ) c
) loss`;
const TOTAL = COMPONENTS.map((component) => `loss.${component}`).join(' + ');

/** Beds that nobody is in, stretch by stretch: since when, until when, why, and what that costs. */
export const voids: PublicView = {
  name: 'voids',
  columns: [
    column('id', 'uuid', 'Id of the room and the day, always the same', false, 1),
    column('organization_id', 'uuid', 'Organisation that it belongs to', false, 1),
    column('property_id', 'uuid', 'The property', false, 1),
    column('room_id', 'uuid', 'The room', false, 1),
    column('from_date', 'date', 'The first empty night'),
    column('to_date', 'date', 'The first night on which that was over; absent while it is not', true),
    column('beds', 'integer', 'Beds of the room that were empty'),
    column('nights', 'integer', 'Nights of the stretch, so far where it is not over'),
    column('nights_out_of_service', 'integer', 'Of these, nights on which the room or the property was out of service'),
    column('reason', 'text', 'How the stay before it ended; transfer where the resident went to another room, new where there was none', false, 1),
    column('inspection_status', 'text', 'open, done or waived; absent where the room was not left by its last resident', true),
    column('inspected_on', 'date', 'When somebody looked at the empty room', true),
    column('cleaning_status', 'text', 'open, done or waived, likewise', true),
    column('cleaned_on', 'date', 'When it was cleaned', true),
    column('long_void_reported', 'boolean', 'Its manager was told that it stands empty for long'),
    ...COMPONENTS.map((component) => column(`loss_${component}_pence`, 'bigint', `Lost ${component.replaceAll('_', ' ')} charges, by what the room cost`, false, 1)),
    column('loss_total_pence', 'bigint', 'All that is lost', false, 1),
    column('loss_total', 'numeric(14,2)', 'All that is lost, in pounds', false, 1),
  ],
  select: `
select overlay(overlay(md5(concat_ws('|', v.room_id, v.from_date)) placing '8' from 13) placing '8' from 17)::uuid as id,
  v.organization_id, v.property_id, v.room_id, v.from_date, v.to_date, v.beds,
  span.until - v.from_date as nights,
  closed.nights as nights_out_of_service,
  coalesce(gone.reason, 'new') as reason,
  tasks.inspection as inspection_status, tasks.inspected_on, tasks.cleaning as cleaning_status, tasks.cleaned_on,
  tasks.long as long_void_reported,
  ${COMPONENTS.map((component) => `loss.${component} as loss_${component}_pence`).join(', ')},
  (${TOTAL})::bigint as loss_total_pence,
  ((${TOTAL}) / 100.0)::numeric(14, 2) as loss_total
from (${EMPTY}) v
cross join lateral (select coalesce(v.to_date, read.product_today()) as until) span${LEFT}${TASKS}${CLOSED}${LOSS}
where v.beds > 0`,
};
