import type pg from 'pg';
import { LogUnavailable } from '../event-store/errors.js';
import type { OwingAccounts } from '../processes/arrears.js';
import { asOrganization } from '../platform/transactions.js';

const CATCH_UP_MS = 5_000;

/**
 * Rent accounts on which something is owed, by the read tables, once they contain what the log says up to a position. While
 * they do not, whoever asks is to ask again: an account that was left out would not be looked at.
 */
export const owingAccounts = (pool: pg.Pool, caughtUp: (position: number, milliseconds: number) => Promise<boolean>): OwingAccounts =>
  async (organizationId, { after, most, position }) => {
    if (position !== undefined && !(await caughtUp(position, CATCH_UP_MS))) throw new LogUnavailable('The read tables do not contain the log yet.');
    const { rows } = await asOrganization(pool, organizationId, (client) =>
      client.query<{ id: string }>(
        `select id from read.rent_accounts where collectable_pence > 0 and status <> 'closed' and ($1::uuid is null or id > $1) order by id limit $2`,
        [after ?? null, most],
      ));
    return rows.map(({ id }) => id);
  };
