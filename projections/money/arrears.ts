import { policyDeclared } from '../../src/kernel/policies.js';
import '../../src/domain/money/rent-account/arrears-policy.js';
import { columnsWith, type Column, type PublicView } from '../engine/projection.js';

const column = columnsWith({ nullable: true, privacy: 1 });
const amount = (name: string, doc: string): Column[] => [
  column(`${name}_pence`, 'bigint', doc, false),
  column(name, 'numeric(14,2)', `${doc}, in pounds`, false),
];

/** A figure of an organisation, or the product's: the names are the policies' codes. @throws Error for a code that nobody declared. */
function figure(code: string): string {
  const declared = policyDeclared(code);
  if (!declared) throw new Error(`There is no policy ${code}: the arrears worktray asks for it.`);
  return `coalesce((select value from {organization_policies} p where p.organization_id = a.organization_id and p.code = '${code}'), ${declared.default})::integer`;
}

/** The account's week tonight, or on the night of its stay that is nearest to tonight. */
const WEEK = `
  left join lateral (
    select s.*, s.weekly_core_pence + s.weekly_eligible_service_pence as eligible_pence,
      s.weekly_core_pence + s.weekly_eligible_service_pence + s.weekly_ineligible_service_pence + s.weekly_support_pence as gross_pence
    from {rent_schedules} s
    where s.organization_id = a.organization_id and s.rent_account_id = a.id
    order by s.from_date <= read.product_today() desc, abs(s.from_date - read.product_today())
    limit 1
  ) s on true
  cross join lateral (select greatest(s.from_date, least(read.product_today(), s.to_date - 1)) as night) n
  cross join lateral (
    select coalesce(s.gross_pence, 0)::bigint as gross_pence,
      (coalesce(s.gross_pence, 0) - case
        when a.hb_status = 'pending' and a.hb_evidence_supplied
          or a.hb_status <> 'suspended' and a.hb_payee = 'landlord' and a.hb_from <= n.night and (a.hb_ends_on is null or n.night < a.hb_ends_on)
        then greatest(0, s.eligible_pence - coalesce(a.hb_shortfall_pence, 0)) else 0 end)::bigint as share_pence
  ) week`;

/** What holds the stages up, as the account decides it. */
const BLOCKS = `
  cross join lateral (
    select array_remove(array[
      case when a.payment_plan_id is not null then 'payment_plan' end,
      case when a.paused_until >= read.product_today() then 'pause' end,
      case when a.breathing_space_from <= read.product_today() and (a.breathing_space_until is null or a.breathing_space_until >= read.product_today()) then 'breathing_space' end,
      case when a.disputed_on is not null then 'dispute' end,
      case when a.hb_status = 'pending' and a.hb_evidence_supplied or a.uc_claimed_on is not null and a.uc_evidence_supplied then 'pending_claim' end,
      case when a.uc_gap_from <= read.product_today() and read.product_today() <= a.uc_gap_until then 'universal_credit_gap' end
    ], null) as blocked_by
  ) blocks`;

/** The first day on which it is looked at the account again and nothing that ends by itself holds it up. */
const DAYS = `
  cross join lateral (
    select case when (read.product_now() at time zone 'Europe/London')::time < '07:00' then read.product_today() else read.product_today() + 1 end as look
  ) l
  cross join lateral (
    select greatest(l.look, a.paused_until + 1, a.breathing_space_until + 1) as free_on,
      greatest(l.look, a.paused_until + 1, a.breathing_space_until + 1, a.last_contact_on + ${figure('LED-5.contact')}) as contact_on,
      (a.arrears_stage_on + make_interval(months => ${figure('LED-5.restart')}))::date as old_on
  ) days
  cross join lateral (
    select ${figure('LED-5.grace')} * week.share_pence as grace_pence,
      a.status <> 'closed' and a.collectable_pence > 0 and a.collectable_pence - ${figure('LED-5.grace')} * week.share_pence >= ${figure('LED-5.minimum')} as is_debt,
      a.status = 'active' and week.gross_pence > 0 and a.collectable_pence >= ${figure('LED-5.s4-weeks')} * week.gross_pence as is_grave,
      ${figure('UK-T8.weeks')} = 0 or coalesce(a.statement_sent_on + 7 * ${figure('UK-T8.weeks')} >= read.product_today(), false) as is_stated,
      ${figure('UK-T8.weeks')} = 0 or a.plan_offered_on is not null as is_offered
  ) size`;

/** What comes next, and when: an action of people, or the stage that is reached if nothing happens meanwhile. */
const NEXT = `
  cross join lateral (
    select case
      when a.status = 'closed' or a.collectable_pence = 0 then null
      when 'dispute' = any (blocks.blocked_by) then 'resolve_dispute'
      when 'pending_claim' = any (blocks.blocked_by) then case when a.hb_status = 'pending' and a.hb_evidence_supplied then 'chase_hb_decision' else 'chase_uc_decision' end
      when 'payment_plan' = any (blocks.blocked_by) then 'check_plan'
      when 'breathing_space' = any (blocks.blocked_by) and a.breathing_space_until is null then 'check_breathing_space'
      when 'breathing_space' = any (blocks.blocked_by) and a.breathing_space_review_from is not null then 'review_breathing_space'
      when a.arrears_stage = 's6' then 'court'
      when a.arrears_stage in ('s4', 's5') and size.is_grave and not size.is_stated then 'send_statement'
      when a.arrears_stage in ('s4', 's5') and size.is_grave and not size.is_offered then 'offer_plan'
      when a.arrears_stage = 's5' then case when size.is_grave then case when a.court_proposed_by is null then 'propose_court' else 'approve_court' end end
      when a.arrears_stage = 's4' then case when size.is_grave then case when a.notice_expires_on is null then 'serve_notice' else 'court_warning' end end
      when a.arrears_stage = 's3' and size.is_grave and a.welfare_check_on is null then 'welfare_check'
      when a.arrears_stage = 's3' and size.is_grave and a.benefit_check_on is null then 'benefit_check'
      when a.arrears_stage = 's3' and size.is_grave then 'notice_consideration'
      when not size.is_debt then null
      when a.arrears_stage is null or a.arrears_stage = 's3' then 'sms'
      when a.arrears_stage = 's1' then 'letter_1'
      when greatest(days.contact_on, a.arrears_stage_on + ${figure('LED-5.s3')}) <= days.old_on then 'letter_2'
      else 'sms'
    end as next_action
  ) next`;
const ACTION_ON = `case next.next_action
    when 'resolve_dispute' then a.disputed_on
    when 'chase_hb_decision' then a.hb_claimed_on
    when 'chase_uc_decision' then a.uc_claimed_on
    when 'send_statement' then a.arrears_stage_on
    when 'offer_plan' then a.arrears_stage_on
    when 'check_plan' then plan.next_due_on
    when 'check_breathing_space' then a.breathing_space_from
    when 'review_breathing_space' then a.breathing_space_review_from
    when 'court' then a.arrears_stage_on
    when 'propose_court' then a.arrears_stage_on + ${figure('LED-5.s6')}
    when 'approve_court' then a.arrears_stage_on + ${figure('LED-5.s6')}
    when 'serve_notice' then a.arrears_stage_on
    when 'court_warning' then greatest(days.contact_on, a.notice_expires_on + 1)
    when 'welfare_check' then a.arrears_stage_on
    when 'benefit_check' then a.arrears_stage_on
    when 'notice_consideration' then greatest(days.free_on, a.arrears_stage_on + ${figure('LED-5.s4')})
    when 'letter_1' then greatest(days.contact_on, a.arrears_stage_on + ${figure('LED-5.s2')})
    when 'letter_2' then greatest(days.contact_on, a.arrears_stage_on + ${figure('LED-5.s3')})
    when 'sms' then case when a.arrears_stage is null then days.contact_on else greatest(days.contact_on, days.old_on + 1) end
  end`;
/** A stage is not reached in the gap of Universal Credit, but after it. */
const NEXT_ON = `
  cross join lateral (select ${ACTION_ON} as action_on) plain
  cross join lateral (
    select case
      when next.next_action in ('sms', 'letter_1', 'letter_2', 'notice_consideration', 'court_warning') and plain.action_on between a.uc_gap_from and a.uc_gap_until
        then a.uc_gap_until + 1
      else plain.action_on
    end as next_action_on
  ) coming`;

/**
 * Universal Credit over the last 52 weeks (UK-T10): what it is for, and what it paid. Its months and the landlord's weeks agree over
 * the year, and not from one payment to the next.
 */
const UC_YEAR = `
  left join lateral (
    select sum(r.amount_pence)::bigint as uc_year_paid_pence, max(r.received_on) as uc_last_on,
      (select coalesce(sum((d.components->>'corePence')::bigint + (d.components->>'eligibleServicePence')::bigint), 0)::bigint from {rent_payments} d
        where d.organization_id = a.organization_id and d.rent_account_id = a.id
          and d.due_date > read.product_today() - 364 and d.due_date <= read.product_today()) as uc_year_due_pence
    from {rent_receipts} r
    where r.organization_id = a.organization_id and r.rent_account_id = a.id and r.payer = 'uc' and r.reversed_on is null
      and r.received_on > read.product_today() - 364
    having count(*) > 0
  ) credit on true`;

/** From which arrears on ground 8 gives possession (UK-T3): of assured tenancies, by how often rent is payable. */
const GROUND_8 = `
  left join lateral (
    select (case when g.rent_frequency = 'monthly' then 3 * floor((week.gross_pence * 52 * 2 + 12) / 24) else 13 * week.gross_pence end)::bigint as ground_8_pence
    from {tenancy_agreements} g
    where g.organization_id = a.organization_id and g.id = a.agreement_id and g.agreement_type in ('assured_shorthold', 'assured_periodic') and week.gross_pence > 0
  ) possession on true`;

/** When each of the two benefits was last heard of: claimed, awarded, asked to pay the landlord, or paid. */
const HEARD = `
  cross join lateral (
    select greatest(a.hb_claimed_on, a.hb_decided_on, a.last_hb_on) as hb_on,
      greatest(credit.uc_last_on, a.uc_claimed_on, a.uc_awarded_on, case when a.direct_payment_from = 'universal_credit' then a.direct_payment_requested_on end) as uc_on
  ) heard`;

/**
 * Whether the wrong benefit is claimed for a property of its category (UK-T12); unknown where nobody has said which that is. It
 * is the one that was heard of last: so a claim is put right by one for the other benefit, though the first has paid.
 */
const WRONG_CLAIM = `(
    house.specified_accommodation in ('exempt', 'managed_property', 'refuge', 'la_hostel') and heard.uc_on > coalesce(heard.hb_on, '-infinity')
    or house.specified_accommodation = 'none' and a.hb_status in ('pending', 'awarded') and heard.hb_on > coalesce(heard.uc_on, '-infinity'))`;

/** What somebody is to ask of a benefit office. */
const BENEFIT_TASK = `case
    when a.status = 'active' and ${WRONG_CLAIM} then 'check_claim_type'
    when a.hb_silent_since is not null then 'chase_housing_benefit'
    when a.direct_payment_requested_on is not null or a.status <> 'active' or week.gross_pence = 0 then null
    when a.hb_status = 'awarded' and a.hb_payee = 'resident' and a.collectable_pence >= ${figure('UK-T11.weeks')} * week.gross_pence then 'request_direct_payment'
    when a.hb_status is null and a.collectable_pence >= ${figure('UK-T9.months')} * floor((week.gross_pence * 52 * 2 + 12) / 24)
      and exists (select from {rent_receipts} r where r.organization_id = a.organization_id and r.rent_account_id = a.id and r.payer = 'uc') then 'request_managed_payment'
  end`;

/** The worktray of arrears: one row for each rent account, as of now; those that have gone furthest first, and among them the largest debts. */
export const arrearsView: PublicView = {
  name: 'arrears',
  order: '-stageRank,-collectablePence',
  columns: [
    column('id', 'uuid', 'The rent account', false),
    column('organization_id', 'uuid', 'Organisation that it belongs to', false),
    column('reference', 'text', 'Reference of the rent account'),
    column('resident_id', 'uuid', 'Whose account it is', false),
    column('property_id', 'uuid', 'The property', false),
    column('room_id', 'uuid', 'The room'),
    column('status', 'text', 'active, former or closed', false),
    ...amount('raw_balance', 'Charges less payments; a credit is negative'),
    ...amount('anticipated_hb', 'What Housing Benefit is still to pay'),
    ...amount('collectable', 'What is left for the resident to pay'),
    ...amount('gross_weekly', 'What a week costs tonight'),
    ...amount('own_share', 'What of that is the resident’s own to pay'),
    ...amount('grace', 'What nobody is asked for'),
    column('stage', 'text', 'The arrears stage that was reached: s1 message, s2 and s3 letters, s4 notice considered, s5 warning of court, s6 court'),
    column('stage_rank', 'integer', 'The same as a number from 1 to 6; 0 while none was reached', false),
    column('stage_on', 'date', 'When it was reached'),
    column('blocked_by', 'text[]', 'What holds the stages up: payment_plan, pause, breathing_space, dispute, pending_claim, universal_credit_gap', false),
    column('blocked_until', 'date', 'The last day of a pause, a breathing space or the gap of Universal Credit'),
    column('payment_plan_id', 'uuid', 'The payment plan that is kept'),
    column('plan_remaining_pence', 'bigint', 'What is left of its arrears, as of the last instalment that was looked at'),
    column('plan_next_due_on', 'date', 'Its next instalment'),
    column('last_contact_on', 'date', 'When the resident was last contacted about arrears'),
    column('statement_due_on', 'date', 'By when the resident is sent the next rent statement'),
    column('statement_sent_on', 'date', 'When they were last sent one'),
    column('court_hearing_on', 'date', 'When the court hears the claim'),
    column('next_action', 'text', 'What comes next: a stage by the clock, or something that somebody is to do'),
    column('next_action_on', 'date', 'When'),
    column('benefit_task', 'text', 'What to ask of a benefit office: check_claim_type, chase_housing_benefit, request_direct_payment or request_managed_payment'),
    column('uc_year_due_pence', 'bigint', 'Where Universal Credit pays: the rent and eligible charges of the last 52 weeks that it is for'),
    column('uc_year_paid_pence', 'bigint', 'What it paid in the last 52 weeks; over a year the two agree, the payment that is left out included'),
    column('ground_8_pence', 'bigint', 'Of an assured tenancy: from which arrears on ground 8 gives possession, by how often rent is payable'),
    column('ground_8_met', 'boolean', 'Whether so much is owed today; the law asks for it when the notice is served and at the hearing'),
    column('specified_accommodation', 'text', 'Category of the property: Housing Benefit pays in exempt, managed_property, refuge and la_hostel, Universal Credit in none'),
    column('hb_status', 'text', 'Where the claim for Housing Benefit stands'),
    column('last_hb_on', 'date', 'When Housing Benefit last paid'),
    column('last_payment_on', 'date', 'When anybody last paid'),
  ],
  select: `
select a.id, a.organization_id, a.reference, a.resident_id, a.property_id, a.room_id, a.status,
  a.balance_pence as raw_balance_pence, (a.balance_pence / 100.0)::numeric(14, 2) as raw_balance,
  a.anticipated_hb_pence, (a.anticipated_hb_pence / 100.0)::numeric(14, 2) as anticipated_hb,
  a.collectable_pence, (a.collectable_pence / 100.0)::numeric(14, 2) as collectable,
  week.gross_pence as gross_weekly_pence, (week.gross_pence / 100.0)::numeric(14, 2) as gross_weekly,
  week.share_pence as own_share_pence, (week.share_pence / 100.0)::numeric(14, 2) as own_share,
  size.grace_pence::bigint as grace_pence, (size.grace_pence / 100.0)::numeric(14, 2) as grace,
  a.arrears_stage as stage, coalesce(right(a.arrears_stage, 1)::integer, 0) as stage_rank, a.arrears_stage_on as stage_on,
  blocks.blocked_by,
  nullif(greatest(
    case when 'pause' = any (blocks.blocked_by) then a.paused_until end,
    case when 'breathing_space' = any (blocks.blocked_by) then a.breathing_space_until end,
    case when 'universal_credit_gap' = any (blocks.blocked_by) then a.uc_gap_until end
  ), null) as blocked_until,
  a.payment_plan_id, plan.remaining_pence as plan_remaining_pence, plan.next_due_on as plan_next_due_on,
  a.last_contact_on, a.statement_due_on, a.statement_sent_on, a.court_hearing_on, next.next_action, coming.next_action_on,
  ${BENEFIT_TASK} as benefit_task,
  credit.uc_year_due_pence, credit.uc_year_paid_pence,
  possession.ground_8_pence, a.collectable_pence >= possession.ground_8_pence as ground_8_met,
  house.specified_accommodation, a.hb_status, a.last_hb_on, paid.last_payment_on
from {rent_accounts} a
  left join {properties} house on house.organization_id = a.organization_id and house.id = a.property_id${WEEK}${BLOCKS}${DAYS}
  left join lateral (
    select p.remaining_pence,
      (select min(i.due_on) from {payment_plan_instalments} i
        where i.organization_id = p.organization_id and i.payment_agreement_id = p.id and i.status = 'due') as next_due_on
    from {payment_agreements} p where p.organization_id = a.organization_id and p.id = a.payment_plan_id
  ) plan on true
  left join lateral (
    select max(r.received_on) as last_payment_on from {rent_receipts} r
    where r.organization_id = a.organization_id and r.rent_account_id = a.id and r.reversed_on is null
  ) paid on true${GROUND_8}${UC_YEAR}${HEARD}${NEXT}${NEXT_ON}`,
};
