import { idOf } from '../engine/made-id.js';
import { columnsWith, type Column, type PublicView } from '../engine/projection.js';

const column = columnsWith({ nullable: false, privacy: 0 });
const keys = (about: string): Column[] => [
  column('id', 'uuid', `Id of ${about}, always the same`, false, 1),
  column('organization_id', 'uuid', 'Organisation that it belongs to', false, 1),
  column('property_id', 'uuid', 'The property', false, 1),
];

const CLOCK = 'cross join (select read.product_today() as today) clock';
/** Nights of an alias from one column to another, where they are in order. */
const inOrder = (alias: string, to: string): string => `(${alias}.${to} is null or ${alias}.from_date < ${alias}.${to})`;
const covers = (alias: string, to: string): string => `${alias}.from_date <= n.night and (${alias}.${to} is null or n.night < ${alias}.${to})`;
const ofRoom = (alias: string): string => `${alias}.organization_id = r.organization_id and ${alias}.room_id = r.id`;
const ofProperty = (alias: string): string => `${alias}.organization_id = r.organization_id and ${alias}.property_id = r.property_id`;

/**
 * Rooms from their first night, which is that of a stay where one was recorded from before the room could be let, and up to the
 * day on which the last one had left, or tonight.
 */
const OPENS = `
cross join lateral (
  select least(r.available_from, min(o.from_date)) as first_night, max(coalesce(o.to_date, clock.today + 1)) as vacated from {room_occupancies} o where ${ofRoom('o')} and ${inOrder('o', 'to_date')}
) opens`;

const NIGHT_BEDS = `coalesce((select max(c.capacity) from {room_capacities} c
    where ${ofRoom('c')} and (c.from_date is null or c.from_date <= n.night) and (c.to_date is null or n.night < c.to_date)), r.capacity)`;
const NIGHT_PEOPLE = `(select count(distinct o.resident_id) from {room_occupancies} o where ${ofRoom('o')} and ${covers('o', 'to_date')})`;
const NIGHT_RESERVED = `(select count(distinct v.resident_id) from {room_reservations} v
    where ${ofRoom('v')} and ${covers('v', 'to_date')} and n.night < coalesce(v.ended_on, (v.expires_at at time zone 'Europe/London')::date)
      and not exists (select from {room_occupancies} o where ${ofRoom('o')} and o.resident_id = v.resident_id and ${covers('o', 'to_date')}))`;
const NIGHT_CLOSED = `exists (select from {room_closures} c where ${ofRoom('c')} and ${covers('c', 'returned_on')})`;
const NIGHT_HOUSE_CLOSED = `(exists (select from {property_closures} c where ${ofProperty('c')} and ${covers('c', 'returned_on')}) or coalesce(n.night >= p.closed_on, false))`;

/** What each room was on each night up to tonight: worked out of dated stretches when it is read, so a correction changes it at once. */
const roomNights: PublicView = {
  name: 'room_nights',
  columns: [
    ...keys('the room and the night'),
    column('room_id', 'uuid', 'The room', false, 1),
    column('night', 'date', 'The civil date on which the night begins'),
    column('beds', 'integer', 'Beds that the room had'),
    column('occupied_beds', 'integer', 'Beds in which somebody was'),
    column('reserved_beds', 'integer', 'Beds kept for somebody who was not there'),
    column('status', 'text', 'available while a bed was free, occupied, reserved or maintenance'),
  ],
  select: `
select n.id, r.organization_id, r.property_id, r.id as room_id, n.night,
  ${NIGHT_BEDS}::integer as beds,
  ${NIGHT_PEOPLE}::integer as occupied_beds,
  ${NIGHT_RESERVED}::integer as reserved_beds,
  case
    when ${NIGHT_CLOSED} or (${NIGHT_HOUSE_CLOSED} and ${NIGHT_PEOPLE} = 0) then 'maintenance'
    when ${NIGHT_HOUSE_CLOSED} or ${NIGHT_PEOPLE} >= ${NIGHT_BEDS} then 'occupied'
    when ${NIGHT_PEOPLE} + ${NIGHT_RESERVED} >= ${NIGHT_BEDS} then 'reserved'
    else 'available'
  end as status
from {property_rooms} r
join {properties} p on p.organization_id = r.organization_id and p.id = r.property_id
${CLOCK}${OPENS}
cross join lateral (
  select opens.first_night + ahead as night, ${idOf('r.id', 'opens.first_night + ahead')} as id
  from generate_series(0, least(r.retired_on, case when p.closed_on is not null then greatest(p.closed_on, opens.vacated) end, clock.today + 1) - opens.first_night - 1) ahead
) n`,
};

/** Beds of a room as long as it is one: from its first night until it is retired or its property closed, tonight included. */
const BEDS = `
  from {property_rooms} r
  join {properties} p on p.organization_id = r.organization_id and p.id = r.property_id
  ${CLOCK}${OPENS}
  join {room_capacities} c on ${ofRoom('c')}
  cross join lateral (
    select greatest(c.from_date, opens.first_night) as begins, least(c.to_date, r.retired_on, p.closed_on, clock.today + 1) as ends
  ) span`;

const STAYS = `
  from {room_occupancies} r
  join {properties} p on p.organization_id = r.organization_id and p.id = r.property_id
  ${CLOCK}`;

/**
 * Stretches of nights, by what they count for: beds, beds out of service, people. A night out of service twice counts once. The
 * bed of somebody who stays on in a house that is being emptied is one, and not out of service, as long as they do.
 */
const STRETCHES = `
  select r.organization_id, r.property_id, span.begins, span.ends, c.capacity as beds, 0 as closed, 0 as people${BEDS}
  union all
  select r.organization_id, r.property_id, greatest(span.begins, lower(x.nights)), least(span.ends, upper(x.nights)), 0, c.capacity, 0${BEDS}
  cross join lateral (
    select unnest(range_agg(daterange(from_date, returned_on))) as nights
    from (
      select from_date, returned_on from {room_closures} c where ${ofRoom('c')}
      union all
      select from_date, returned_on from {property_closures} c where ${ofProperty('c')}
    ) c
    where ${inOrder('c', 'returned_on')}
  ) x
  union all
  select r.organization_id, r.property_id, greatest(r.from_date, lower(x.nights)), least(r.to_date, upper(x.nights), p.closed_on, clock.today + 1), 0, -1, 0${STAYS}
  cross join lateral (
    select unnest(range_agg(daterange(from_date, returned_on))) as nights from {property_closures} c where ${ofProperty('c')} and ${inOrder('c', 'returned_on')}
  ) x
  union all
  select r.organization_id, r.property_id, greatest(r.from_date, p.closed_on), least(r.to_date, clock.today + 1), 1, 0, 0${STAYS}
  where p.closed_on is not null
  union all
  select organization_id, property_id, from_date, least(to_date, clock.today + 1), 0, 0, 1 from {room_occupancies} ${CLOCK}`;

/** How full each property was in each calendar month, counted in nights of beds up to tonight. */
const occupancy: PublicView = {
  name: 'occupancy',
  columns: [
    ...keys('the property and the month'),
    column('month', 'date', 'First day of the calendar month'),
    column('through', 'date', 'The last night that is counted: that of the month, or tonight'),
    column('nights_total', 'integer', 'Nights of all beds of its rooms'),
    column('nights_out_of_service', 'integer', 'Of these, nights on which the room or the property was out of service'),
    column('nights_available', 'integer', 'Of these, nights on which somebody could stay'),
    column('nights_occupied', 'integer', 'Nights on which somebody stayed'),
    column('nights_void', 'integer', 'Nights on which nobody stayed, those out of service included'),
    column('occupancy_rate', 'numeric(6,2)', 'Occupied nights in a hundred available ones'),
  ],
  select: `
select ${idOf('property_id', 'month')} as id, organization_id, property_id, month, through,
  total::integer as nights_total,
  closed::integer as nights_out_of_service,
  (total - closed)::integer as nights_available,
  people::integer as nights_occupied,
  (total - people)::integer as nights_void,
  (case when total > closed then round(100.0 * people / (total - closed), 2) else 0 end)::numeric(6, 2) as occupancy_rate
from (
  select s.organization_id, s.property_id, m.month, max(n.ends) - 1 as through,
    sum(s.beds * (n.ends - n.begins)) as total, sum(s.closed * (n.ends - n.begins)) as closed, sum(s.people * (n.ends - n.begins)) as people
  from (${STRETCHES}) s
  cross join lateral (
    select month::date from generate_series(date_trunc('month', s.begins::timestamp), (s.ends - 1)::timestamp, interval '1 month') month
  ) m
  cross join lateral (
    select greatest(s.begins, m.month) as begins, least(s.ends, (m.month + interval '1 month')::date) as ends
  ) n
  where s.begins < s.ends
  group by s.organization_id, s.property_id, m.month
) f`,
};

/** The public views of what was on which nights. */
export const occupancyViews: readonly PublicView[] = [roomNights, occupancy];
