import { FinancialRecord } from '../../src/domain/money/financial-record/financial-record.js';
import { entityOf } from '../../src/kernel/entity.js';
import { columnsOf, isShown, streamColumns } from '../engine/columns.js';
import { columnsWith, type Column, type PublicView } from '../engine/projection.js';

const column = columnsWith({ nullable: true, privacy: 1 });

/** Columns of the entity's own table, in whatever order: both halves say them by name. */
const own: readonly Pick<Column, 'name' | 'type'>[] = [
  { name: 'id', type: 'uuid' }, { name: 'organization_id', type: 'uuid' }, { name: 'reference', type: 'text' },
  ...columnsOf(entityOf(FinancialRecord).fields).filter(isShown), ...streamColumns,
];

/** A row of rent is as paid as the demand that it belongs to; what is given up, given or taken back is settled by that. */
const told: Readonly<Record<string, string>> = {
  id: 'p.id',
  organization_id: 'p.organization_id',
  record_type: 'p.record_type',
  category: 'p.category',
  amount_pence: 'p.amount_pence',
  amount: 'round(p.amount_pence::numeric / 100, 2)::numeric(14, 2)',
  date: 'p.date',
  due_date: 'p.due_date',
  paid_date: "case when p.is_paid then coalesce(p.payment_date, case when p.charge_id is null then p.effective_date end, p.recorded_on) end",
  status: "case when p.is_paid then 'paid' when p.is_overdue then 'overdue' else 'pending' end",
  property_id: 'p.property_id',
  resident_id: 'p.resident_id',
  recorded_by: 'p.recorded_by',
  created_at: 'p.recorded_at',
  created_by: 'p.created_by',
  updated_at: 'p.recorded_at',
  updated_by: 'p.created_by',
  source_event_id: "case when p.source_type = 'rent_account' or p.category in ('deposit_taken', 'deposit_returned') then p.id::text end",
};

const YEAR = (date: string): string =>
  `(extract(year from ${date} - interval '3 months')::integer || '/' || lpad(((extract(year from ${date} - interval '3 months')::integer + 1) % 100)::text, 2, '0'))`;
const extras: readonly (readonly [Column, string, string])[] = [
  [column('effective_date', 'date', 'The day that it is about; the date is later where the month of that day was closed', false), 't.date', 'p.effective_date'],
  [column('source_type', 'text', 'financial_record, rent_account, or tenancy_agreement for deposits', false), "'financial_record'", 'p.source_type'],
  [column('source_id', 'uuid', 'The record that it comes from', false), 't.id', 'p.source_id'],
  [column('financial_year', 'text', 'The year from 1 April that it stands in, such as 2026/27', false), YEAR('t.date'), YEAR('p.date')],
  [column('period', 'text', 'The month that it stands in, such as 2026-09', false), "to_char(t.date, 'YYYY-MM')", "to_char(p.date, 'YYYY-MM')"],
  [column('net_signed_amount_pence', 'bigint', 'What it adds, in pence: expenses are negative; a budget adds nothing, nor does money that goes back', false),
    "case t.record_type when 'expense' then - t.amount_pence when 'budget' then 0 else t.amount_pence end", 'p.net_signed_amount_pence'],
  [column('net_signed_amount', 'numeric(14,2)', 'The same in pounds', false),
    "round(case t.record_type when 'expense' then - t.amount_pence when 'budget' then 0 else t.amount_pence end::numeric / 100, 2)::numeric(14, 2)",
    'round(p.net_signed_amount_pence::numeric / 100, 2)::numeric(14, 2)'],
];

const named = (expression: string, { name }: Pick<Column, 'name'>): string => `${expression} as "${name}"`;
const entered = [...own.map((one) => named(`t."${one.name}"`, one)), ...extras.map(([one, of]) => named(of, one))];
const toldBy = [...own.map((one) => named(told[one.name] ?? `null::${one.type}`, one)), ...extras.map(([one, , of]) => named(of, one))];

/**
 * The books: what people entered, and what rent accounts tell. What is told of a month that was closed by then stands on
 * the day on which it was recorded (FIN-3). By then is by the log: what was told at the same moment may have come before.
 */
export const financialRecords: PublicView = {
  name: 'financial_records',
  columns: extras.map(([one]) => one),
  select: `
select ${entered.join(', ')}
from {financial_records} t
union all
select ${toldBy.join(', ')}
from (
  select f.*, case when f.charge_id is not null or f.source_type = 'financial_record' then f.effective_date end as due_date, d.payment_date,
    booked.date,
    f.charge_id is null or coalesce(d.outstanding_balance_pence = 0, false) as is_paid,
    coalesce(d.due_date < read.product_today() and d.resident_due_pence > 0, false) as is_overdue
  from {financial_postings} f
  cross join lateral (
    select case when exists (
      select 1 from {financial_periods} m
      where m.organization_id = f.organization_id and m.period = to_char(f.effective_date, 'YYYY-MM') and m.last_position < f.log_position
    ) then f.recorded_on else f.effective_date end as date
    offset 0 -- or the months are looked through again for every column that is made of the date
  ) booked
  left join {rent_payments} d on d.organization_id = f.organization_id and d.rent_account_id = f.source_id and d.id = f.charge_id::uuid
) p`,
};
