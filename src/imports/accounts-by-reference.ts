import type { Pool } from 'pg';
import type { ImportKindName } from '../domain/money/import-batch/file-names.js';
import { referenceKey } from './formats/row.js';

/** Rent accounts that take payments, by what payers quote; councils may quote their own reference of the claim. */
export type AccountsByReference = (organizationId: string, kind: ImportKindName, references: readonly string[]) => Promise<ReadonlyMap<string, readonly string[]>>;

/**
 * Looks references up in the read table: who is found is suggested by it and decided by the account itself, and what is
 * not found waits in suspense.
 * @param pool as yuthub_app. References come as `referenceKey` writes them.
 */
export const accountsByReference = (pool: Pool): AccountsByReference => async (organizationId, kind, references) => {
  const found = new Map<string, string[]>();
  if (references.length === 0) return found;
  const client = await pool.connect();
  try {
    await client.query('begin read only');
    await client.query("select set_config('yuthub.organization', $1, true)", [organizationId]);
    const { rows } = await client.query<{ id: string; reference: string }>(
      `select id, payment_reference as reference from read.rent_accounts where payment_reference = any ($1) and status <> 'closed'
       union
       select id, hb_reference from read.rent_accounts where $2 and upper(replace(hb_reference, ' ', '')) = any ($1) and status <> 'closed'`,
      [references, kind === 'housing_benefit'],
    );
    await client.query('commit');
    for (const { id, reference } of rows) {
      const key = referenceKey(reference);
      found.set(key, [...(found.get(key) ?? []), id]);
    }
    return found;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
};
