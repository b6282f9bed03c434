import type { Pool } from 'pg';
import { CoreRow, type CoreValues } from '../domain/tenancy/core-log/core-row.js';
import { asOrganization } from '../platform/transactions.js';
import type { LettingRow } from './formats/row.js';

/** How a letting is known in a file: by the tenant's code and the first day. */
export const lettingKey = ({ tenantCode, startOn }: Pick<LettingRow, 'tenantCode' | 'startOn'>): string => `${tenantCode} ${startOn}`;

/** Logs of lettings by tenant code and first day. */
export type LettingsByTenant = (organizationId: string, tenantCodes: readonly string[]) => Promise<ReadonlyMap<string, readonly string[]>>;

/**
 * Looks logs up in the read table: who is found is suggested by it, and whether it takes answers is the log's own decision.
 * @param pool as yuthub_app. Tenant codes come in capitals.
 */
export const lettingsByTenant = (pool: Pool): LettingsByTenant => async (organizationId, tenantCodes) => {
  const found = new Map<string, string[]>();
  if (tenantCodes.length === 0) return found;
  const { rows } = await asOrganization(pool, organizationId, (client) =>
    client.query<CoreValues & { id: string; code: string }>(
      'select id, upper(field13) as code, field8, field9, field10 from read.core_logs where upper(field13) = any ($1)',
      [tenantCodes],
    ));
  for (const { id, code, ...values } of rows) {
    const startOn = new CoreRow(values).day(8);
    if (startOn === undefined) continue;
    const key = lettingKey({ tenantCode: code, startOn });
    found.set(key, [...(found.get(key) ?? []), id]);
  }
  return found;
};
