import { columnsWith, type PublicView } from '../engine/projection.js';
import { arrearsView } from './arrears.js';
import { financialRecords } from './financial-records.js';

const column = columnsWith({ nullable: true, privacy: 1 });
const weekly = ['core', 'eligible_service', 'ineligible_service', 'support'].map((name) => `weekly_${name}_pence`);
const pounds = ['weekly_core', 'weekly_eligible_sc', 'weekly_ineligible_sc', 'weekly_support'];

/** An account as of today: its price is that of tonight, or of the night nearest to it. */
const rentAccounts: PublicView = {
  name: 'rent_accounts',
  columns: [
    ...weekly.map((name) => column(name, 'bigint', `${name.replace('_pence', '').replaceAll('_', ' ')} tonight`)),
    ...pounds.map((name) => column(name, 'numeric(14,2)', `${name.replaceAll('_', ' ')} tonight, in pounds`)),
    column('weekly_total_pence', 'bigint', 'All of it a week, tonight'),
    column('weekly_total', 'numeric(14,2)', 'All of it a week, tonight, in pounds'),
  ],
  select: `
select t.*,
  ${weekly.map((name) => `s.${name}`).join(', ')},
  ${pounds.map((name) => `s.${name}`).join(', ')},
  (${weekly.map((name) => `s.${name}`).join(' + ')})::bigint as weekly_total_pence,
  ((${weekly.map((name) => `s.${name}`).join(' + ')}) / 100.0)::numeric(14, 2) as weekly_total
from {rent_accounts except ${[...weekly, ...pounds].join(', ')}} t
left join lateral (
  select * from {rent_schedules} s
  where s.organization_id = t.organization_id and s.rent_account_id = t.id
  order by s.from_date <= read.product_today() desc, abs(s.from_date - read.product_today())
  limit 1
) s on true`,
};

/** Whether a demand is overdue today (RNT-7): due before today, and something unpaid that is the resident's. */
const OVERDUE = 't.due_date < read.product_today() and t.resident_due_pence > 0';

/** Demands as of today: an unpaid one is overdue from the day after it is due. */
const rentPayments: PublicView = {
  name: 'rent_payments',
  columns: [
    column('payment_status', 'text', 'pending, partial, paid, overdue or cancelled, as of today', false),
    column('days_overdue', 'integer', 'Days since it was due, while it is overdue', false),
    column('allocation', 'jsonb', 'What was paid of it: from which receipts, by component in pence', false),
  ],
  select: `
select t.*,
  case
    when t.outstanding_balance_pence = 0 then case when t.paid_amount_pence > 0 then 'paid' else 'cancelled' end
    when ${OVERDUE} then 'overdue'
    when t.is_partial_payment then 'partial'
    else 'pending'
  end as payment_status,
  (case when ${OVERDUE} then read.product_today() - t.due_date else 0 end)::integer as days_overdue,
  paid.allocation
from {rent_payments except payment_status} t
cross join lateral (
  select coalesce(jsonb_agg(jsonb_build_object(
    'receiptId', a.receipt_id, 'payer', a.payer, 'receivedOn', a.received_on, 'amountPence', a.amount_pence, 'components', a.components
  ) order by a.received_on, a.ordinal), '[]'::jsonb) as allocation
  from {rent_allocations} a
  where a.organization_id = t.organization_id and a.rent_account_id = t.rent_account_id and a.charge_id = t.charge_id
) paid`,
};

/** Money in suspense as of today: how long it has been waiting. */
const suspenseItems: PublicView = {
  name: 'suspense_items',
  columns: [column('age_days', 'integer', 'Days since it was received, while it waits')],
  select: "select t.*, case when t.status in ('open', 'proposed') then read.product_today() - t.received_on end as age_days from {suspense_items} t",
};

/** The public views of this context. */
export const moneyViews: readonly PublicView[] = [rentAccounts, rentPayments, suspenseItems, financialRecords, arrearsView];
