import { columnsWith, type PublicView } from '../engine/projection.js';

const column = columnsWith({ nullable: true, privacy: 0 });

/** Whether the nights of an occupancy, a reservation or a closure include today. */
const today = (alias: string, end: string): string =>
  `${alias}.from_date <= clock.today and (${alias}.${end} is null or clock.today < ${alias}.${end})`;
const pounds = (pence: string): string => `(${pence} / 100.0)::numeric(14, 2)`;
const WEEKLY = 'charge.weekly_core_pence + charge.weekly_eligible_service_pence + charge.weekly_ineligible_service_pence + charge.weekly_support_pence';
const MONTHLY = `round((${WEEKLY}) * 52 / 12.0)`;

const roomCharges = `
left join lateral (
  select * from {room_charges} c
  where c.organization_id = t.organization_id and c.room_id = t.id and c.from_date <= clock.today
  order by c.from_date desc limit 1
) charge on true`;

const roomPeople = `
cross join lateral (
  select count(distinct o.resident_id) filter (where ${today('o', 'to_date')})::int as people,
    coalesce(jsonb_agg(distinct o.resident_id) filter (where ${today('o', 'to_date')}), '[]'::jsonb) as residents,
    max(o.to_date) filter (where o.to_date <= clock.today and o.from_date < o.to_date) as last_left,
    max(o.from_date) filter (where o.from_date <= clock.today and o.from_date is distinct from o.to_date) as last_let
  from {room_occupancies} o
  where o.organization_id = t.organization_id and o.room_id = t.id
) stays`;

const roomReservations = `
cross join lateral (
  select count(*) filter (where ${today('r', 'to_date')} and not stays.residents @> to_jsonb(r.resident_id::text))::int as beds,
    (array_agg(r.resident_id order by r.from_date, r.ordinal))[1] as next_for,
    (array_agg(r.expires_at order by r.from_date, r.ordinal))[1] as next_until
  from {room_reservations} r
  where r.organization_id = t.organization_id and r.room_id = t.id and r.outcome is null
) reserved`;

const roomClosed = (room: string): string => `exists (
  select 1 from {room_closures} x
  where x.organization_id = ${room}.organization_id and x.room_id = ${room}.id and ${today('x', 'returned_on')})`;

/** A room as of today: its status, who is in it, since when it is empty, what it costs. */
const rooms: PublicView = {
  name: 'property_rooms',
  columns: [
    column('status', 'text', 'available while a bed is free, occupied, reserved, maintenance or retired, as of today', false),
    column('current_occupancy', 'integer', 'People in it tonight', false),
    column('occupants', 'jsonb', 'Ids of the residents in it tonight', false, 1),
    column('reserved_for', 'uuid', 'Resident of the reservation that begins first', true, 1),
    column('reserved_until', 'timestamptz', 'When that reservation lapses'),
    column('void_since', 'date', 'First night of those on which nobody was in it'),
    column('void_days', 'integer', 'Nights since then'),
    column('last_let_on', 'date', 'When somebody last moved in'),
    column('weekly_core_pence', 'bigint', 'Core rent a week, today', true, 1),
    column('weekly_eligible_service_pence', 'bigint', 'Eligible service charges a week, today', true, 1),
    column('weekly_ineligible_service_pence', 'bigint', 'Ineligible service charges a week, today', true, 1),
    column('weekly_support_pence', 'bigint', 'Support charge a week, today', true, 1),
    column('weekly_total_pence', 'bigint', 'All of it a week, today', true, 1),
    column('monthly_rent_pence', 'bigint', 'Monthly equivalent: weekly × 52 / 12', true, 1),
    column('weekly_core', 'numeric(14,2)', 'Core rent a week, in pounds', true, 1),
    column('weekly_eligible_sc', 'numeric(14,2)', 'Eligible service charges a week, in pounds', true, 1),
    column('weekly_ineligible_sc', 'numeric(14,2)', 'Ineligible service charges a week, in pounds', true, 1),
    column('weekly_support', 'numeric(14,2)', 'Support charge a week, in pounds', true, 1),
    column('weekly_total', 'numeric(14,2)', 'All of it a week, in pounds', true, 1),
    column('monthly_rent', 'numeric(14,2)', 'Monthly equivalent, in pounds', true, 1),
  ],
  select: `
select t.*,
  case
    when t.retired_on <= clock.today or home.status = 'inactive' then 'retired'
    when home.status = 'maintenance' or ${roomClosed('t')} then 'maintenance'
    when stays.people >= t.capacity then 'occupied'
    when stays.people + reserved.beds >= t.capacity then 'reserved'
    else 'available'
  end as status,
  stays.people as current_occupancy,
  stays.residents as occupants,
  reserved.next_for as reserved_for,
  reserved.next_until as reserved_until,
  empty.since as void_since,
  (clock.today - empty.since)::int as void_days,
  stays.last_let as last_let_on,
  charge.weekly_core_pence, charge.weekly_eligible_service_pence, charge.weekly_ineligible_service_pence, charge.weekly_support_pence,
  (${WEEKLY})::bigint as weekly_total_pence,
  ${MONTHLY}::bigint as monthly_rent_pence,
  ${pounds('charge.weekly_core_pence')} as weekly_core,
  ${pounds('charge.weekly_eligible_service_pence')} as weekly_eligible_sc,
  ${pounds('charge.weekly_ineligible_service_pence')} as weekly_ineligible_sc,
  ${pounds('charge.weekly_support_pence')} as weekly_support,
  ${pounds(`(${WEEKLY})`)} as weekly_total,
  ${pounds(MONTHLY)} as monthly_rent
from {property_rooms} t
cross join (select read.product_today() as today) clock
left join {properties} home on home.organization_id = t.organization_id and home.id = t.property_id${roomCharges}${roomPeople}${roomReservations}
cross join lateral (
  select case when stays.people = 0 and coalesce(stays.last_left, t.available_from) <= clock.today
    and (t.retired_on is null or clock.today < t.retired_on) and home.status is distinct from 'inactive' then coalesce(stays.last_left, t.available_from) end as since
) empty`,
};

const propertyBeds = `
cross join lateral (
  select coalesce(sum(r.capacity), 0)::int as all_beds, coalesce(sum(r.capacity) filter (where ${roomClosed('r')}), 0)::int as closed_beds
  from {property_rooms} r
  where r.organization_id = t.organization_id and r.property_id = t.id and (r.retired_on is null or clock.today < r.retired_on)
) beds
cross join lateral (
  select count(distinct o.resident_id)::int as people
  from {room_occupancies} o
  where o.organization_id = t.organization_id and o.property_id = t.id and ${today('o', 'to_date')}
) stays
cross join lateral (select case when t.status = 'active' then t.total_units - beds.closed_beds else stays.people end as lettable) units`;

const propertyCertificates = `
cross join lateral (
  select max(c.expires_on) filter (where c.kind = 'gas_safety') as gas,
    max(c.expires_on) filter (where c.kind = 'eicr') as eicr,
    max(c.expires_on) filter (where c.kind = 'fra') as fra,
    case
      when bool_or(c.outcome = 'unsatisfactory' or coalesce(c.expires_on < clock.today, false)) then 'overdue'
      when bool_or(coalesce(c.expires_on <= clock.today + 30, false)) then 'due_30'
      when count(*) > 0 then 'compliant'
    end as status
  from (
    select distinct on (kind) kind, outcome, expires_on from {compliance_certificates}
    where organization_id = t.organization_id and property_id = t.id
    order by kind, issued_on desc, ordinal desc
  ) c
) certificates`;

/** A property as of today: its beds, who is in them, and its certificates. Units are beds. */
const properties: PublicView = {
  name: 'properties',
  columns: [
    column('core_scheme', 'text', 'Scheme of CORE under which lettings are returned, as scheme_code'),
    column('core_location', 'text', 'Location in the scheme, as location_code'),
    column('address', 'text', 'In one line; of a confidential location only that it is one'),
    column('occupied_units', 'integer', 'Beds in which somebody is tonight', false),
    column('available_units', 'integer', 'Beds that are neither occupied nor out of service', false),
    column('occupancy_rate', 'numeric(5,2)', 'Occupied beds in a hundred of those in service; that of somebody who stays on in a house that is emptied is one', false),
    column('void_units', 'integer', 'Beds of its rooms in which nobody is, those out of service included; none once it is closed for good', false),
    column('next_gas_due', 'date', 'Last day of the gas safety certificate'),
    column('next_eicr_due', 'date', 'Last day of the electrical certificate'),
    column('next_fra_due', 'date', 'Last day of the fire risk assessment'),
    column('compliance_status', 'text', 'compliant, due_30 (a certificate ends within 30 days) or overdue (or unsatisfactory); absent without certificates'),
  ],
  select: `
select t.*,
  t.scheme_code as core_scheme,
  t.location_code as core_location,
  case when t.confidential_location then 'Confidential address' else concat_ws(', ', t.line1, t.line2, t.town, t.county, t.postcode) end as address,
  stays.people as occupied_units,
  greatest(units.lettable - stays.people, 0)::int as available_units,
  (case when units.lettable > 0 then round(100.0 * stays.people / units.lettable, 2) else 0 end)::numeric(5, 2) as occupancy_rate,
  (case when t.status = 'inactive' then 0 else greatest(beds.all_beds - stays.people, 0) end)::int as void_units,
  certificates.gas as next_gas_due,
  certificates.eicr as next_eicr_due,
  certificates.fra as next_fra_due,
  certificates.status as compliance_status
from {properties} t
cross join (select read.product_today() as today) clock${propertyBeds}${propertyCertificates}`,
};

/** The public views of this context. */
export const propertyViews: readonly PublicView[] = [properties, rooms];
