import { columnsWith, type Column, type PublicView } from '../engine/projection.js';

const column = columnsWith({ nullable: true, privacy: 1 });
const personal = (name: string, type: string, doc: string): Column => ({ ...column(name, type, doc, true, 2), scope: 'identity' });

/** Who lives here and what is due to them today: what depends on the day or on other tables is worked out when it is read. */
export const residentsView: PublicView = {
  name: 'residents',
  columns: [
    personal('age', 'integer', 'Whole years today; born on 29 February counts from 1 March'),
    personal('is_minor', 'boolean', 'Under 18 today'),
    personal('safeguarding_regime', 'text', 'children under 18, else adults: whose safeguarding rules hold today'),
    personal('key_worker_name', 'text', 'Name of the key worker'),
    column('next_support_review', 'date', 'When the support plan is reviewed next'),
    column('next_risk_review', 'date', 'When the risk assessment is reviewed next'),
    column('live_consents', 'jsonb', 'Purposes of the consents that hold today, each with the day on which it was given'),
    column('merged_records', 'jsonb', 'Ids of further records of the same person, which were merged into this one'),
    column('stage', 'text', 'applied, offered, settling_in (the first four weeks), living_here, moved_on, declined, withdrawn or erased'),
    column('unit_number', 'text', 'Number of the room'),
    column('days_resident', 'integer', 'Nights since moving in, to today or to moving out'),
    column('rent_balance_pence', 'bigint', 'What is owed on all rent accounts; a credit is negative'),
    column('rent_balance', 'numeric(14,2)', 'As rent_balance_pence, in pounds'),
    column('collectable_arrears_pence', 'bigint', 'What is left for the resident to pay on all rent accounts, when Housing Benefit has paid what it is still to pay'),
    column('collectable_arrears', 'numeric(14,2)', 'As collectable_arrears_pence, in pounds'),
    column('retention_code', 'text', 'By which rule the record is kept after moving out, or where the application came to nothing'),
    personal('retain_until', 'date', 'The last day on which the record of the tenancy, or of the application, is kept'),
  ],
  select: `
    select t.*,
      born.age,
      born.age < 18 as is_minor,
      case when born.age < 18 then 'children' when born.age is not null then 'adults' end as safeguarding_regime,
      worker.name as key_worker_name,
      support.next_review as next_support_review,
      risk.next_review as next_risk_review,
      agreed.consents as live_consents,
      twins.ids as merged_records,
      case
        when t.status = 'applicant' then 'applied'
        when t.status = 'moved_out' then 'moved_on'
        when t.status not in ('active', 'at_risk') then t.status
        when read.product_today() < t.move_in_date + 28 then 'settling_in'
        else 'living_here'
      end as stage,
      room.room_number as unit_number,
      case when t.move_in_date is not null then coalesce(t.move_out_date, read.product_today()) - t.move_in_date end as days_resident,
      rent.balance_pence as rent_balance_pence,
      (rent.balance_pence / 100.0)::numeric(14, 2) as rent_balance,
      rent.collectable_pence as collectable_arrears_pence,
      (rent.collectable_pence / 100.0)::numeric(14, 2) as collectable_arrears,
      kept.code as retention_code,
      case kept.code
        when 'R-TEN' then (t.move_out_date + interval '6 years')::date
        when 'R-CH75' then case
          when died.age < 18 then (t.died_on + interval '15 years')::date
          else (t.date_of_birth + interval '75 years')::date
        end
        when 'R-APP' then (t.application_ended_on + interval '12 months')::date
      end as retain_until
    from {residents} t
    left join {property_rooms} room on room.organization_id = t.organization_id and room.id = t.room_id
    cross join lateral (
      select (extract(year from read.product_today()) - extract(year from t.date_of_birth)
        - case when to_char(read.product_today(), 'MMDD') < to_char(t.date_of_birth, 'MMDD') then 1 else 0 end)::integer as age
    ) born
    cross join lateral (
      select (extract(year from t.died_on) - extract(year from t.date_of_birth)
        - case when to_char(t.died_on, 'MMDD') < to_char(t.date_of_birth, 'MMDD') then 1 else 0 end)::integer as age
    ) died
    cross join lateral (
      select case
        when t.status in ('declined', 'withdrawn') then 'R-APP'
        when t.move_out_date is null then null
        when t.ever_looked_after then 'R-CH75'
        else 'R-TEN'
      end as code
    ) kept
    left join lateral (select concat_ws(' ', u.first_name, u.last_name) as name from {users} u where u.id = t.key_worker_id limit 1) worker on true
    cross join lateral (
      select min(p.review_date) as next_review from {support_plans} p
      where p.organization_id = t.organization_id and p.resident_id = t.id and p.status = 'active'
    ) support
    cross join lateral (
      select min(r.review_date) as next_review from {risk_assessments} r
      where r.organization_id = t.organization_id and r.resident_id = t.id and r.status = 'active'
    ) risk
    cross join lateral (
      select coalesce(jsonb_object_agg(c.purpose, c.given_on), '{}'::jsonb) as consents from {consents} c
      where c.organization_id = t.organization_id and c.resident_id = t.id and c.withdrawn_on is null and c.replaced_on is null
        and (c.expires_on is null or read.product_today() < c.expires_on)
        -- What a parent or an authority consented to ends when the young person decides for themselves.
        and (coalesce(c.given_by, 'resident') not in ('parent', 'local_authority') or coalesce(born.age < case when c.has_capacity is false then 18 else 16 end, true))
    ) agreed
    cross join lateral (
      select coalesce(jsonb_agg(m.id order by m.id), '[]'::jsonb) as ids from {residents} m
      where m.organization_id = t.organization_id and m.merged_into = t.id
    ) twins
    left join lateral (
      select sum(a.balance_pence)::bigint as balance_pence, sum(a.collectable_pence)::bigint as collectable_pence
      from {rent_accounts} a where a.organization_id = t.organization_id and a.resident_id = t.id
    ) rent on true`,
};
