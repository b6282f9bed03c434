import type { Pool } from 'pg';
import type { ImportKindName } from '../domain/money/import-batch/file-names.js';
import { asOrganization } from '../platform/transactions.js';
import { referenceKey } from './formats/row.js';

/** Rent accounts that take payments, by what payers quote; councils may quote their own reference of the claim. */
export type AccountsByReference = (organizationId: string, kind: ImportKindName, references: readonly string[]) => Promise<ReadonlyMap<string, readonly string[]>>;

/**
 * Looks references up in the read table: who is found is suggested by it and decided by the account itself, and what is
 * not found waits in suspense. An account that is closed is found while something is owed on it, and by a reference that no other has.
 * @param pool as yuthub_app. References come as `referenceKey` writes them.
 */
export const accountsByReference = (pool: Pool): AccountsByReference => async (organizationId, kind, references) => {
  const found = new Map<string, string[]>();
  if (references.length === 0) return found;
  const { rows } = await asOrganization(pool, organizationId, (client) =>
    client.query<{ id: string; reference: string; closed: boolean }>(
      `select id, payment_reference as reference, status = 'closed' as closed from read.rent_accounts
         where payment_reference = any ($1) and (status <> 'closed' or balance_pence > 0)
       union
       select id, hb_reference, status = 'closed' from read.rent_accounts
         where $2 and upper(replace(hb_reference, ' ', '')) = any ($1) and (status <> 'closed' or balance_pence > 0)`,
      [references, kind === 'housing_benefit'],
    ));
  for (const [key, named] of Map.groupBy(rows, ({ reference }) => referenceKey(reference))) {
    const open = named.filter(({ closed }) => !closed);
    found.set(key, [...new Set((open.length > 0 ? open : named).map(({ id }) => id))]);
  }
  return found;
};
