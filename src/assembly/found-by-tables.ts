import type pg from 'pg';
import { LogUnavailable } from '../event-store/errors.js';
import type { OwingAccounts } from '../processes/arrears.js';
import type { WaitingResidents } from '../processes/key-worker-due.js';
import { asOrganization } from '../platform/transactions.js';

const CATCH_UP_MS = 5_000;
type CaughtUp = (position: number, milliseconds: number) => Promise<boolean>;

/**
 * Ids by the read tables, once they contain what the log says up to a position. While they do not, whoever asks is to ask again:
 * what was left out would not be looked at.
 */
const idsOf = (pool: pg.Pool, caughtUp: CaughtUp, found: string): OwingAccounts & WaitingResidents =>
  async (organizationId, { after, most, position }) => {
    if (position !== undefined && !(await caughtUp(position, CATCH_UP_MS))) throw new LogUnavailable('The read tables do not contain the log yet.');
    const { rows } = await asOrganization(pool, organizationId, (client) =>
      client.query<{ id: string }>(`select id from ${found} and ($1::uuid is null or id > $1) order by id limit $2`, [after ?? null, most]));
    return rows.map(({ id }) => id);
  };

/** Rent accounts on which something is owed. */
export const owingAccounts = (pool: pg.Pool, caughtUp: CaughtUp): OwingAccounts =>
  idsOf(pool, caughtUp, "read.rent_accounts where collectable_pence > 0 and status <> 'closed'");

/** Residents whose deadline waits for a calendar of bank holidays. */
export const waitingResidents = (pool: pg.Pool, caughtUp: CaughtUp): WaitingResidents =>
  idsOf(pool, caughtUp, 'read.residents where key_worker_due_from is not null');
