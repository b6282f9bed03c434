import type pg from 'pg';
import { LogUnavailable } from '../event-store/errors.js';
import type { BudgetUse } from '../processes/budgets.js';
import { asOrganization } from '../platform/transactions.js';

const CATCH_UP_MS = 5_000;

/** Expenses of a budget's category and year, of its property where it is one's; what was taken back is left out with what took it back. */
const USED = `
  select b.id, coalesce((
    select sum(e.amount_pence) from read.financial_records e
    where e.record_type = 'expense' and e.status <> 'reversed' and (e.source_id = e.id or e.source_type = 'rent_account')
      and e.category = b.category and e.financial_year = b.financial_year and (b.property_id is null or e.property_id = b.property_id)
  ), 0)::text as spent
  from read.financial_records spending
  join read.financial_records b on b.category = spending.category and b.financial_year = spending.financial_year
  where spending.id = $1 and b.record_type = 'budget' and b.status <> 'reversed' and (b.property_id is null or b.property_id = spending.property_id)
  order by b.id`;

/**
 * What is spent of budgets, by the read tables, once they contain what the log says up to a position. While they do not,
 * whoever asks is to ask again.
 */
export const budgetUse = (pool: pg.Pool, caughtUp: (position: number, milliseconds: number) => Promise<boolean>): BudgetUse =>
  async (organizationId, recordId, position) => {
    if (!(await caughtUp(position, CATCH_UP_MS))) throw new LogUnavailable('The read tables do not contain the log yet.');
    const { rows } = await asOrganization(pool, organizationId, (client) =>
      client.query<{ id: string; spent: string }>(USED, [recordId]));
    return rows.map(({ id, spent }) => ({ budgetId: id, spentPence: Number(spent) }));
  };
