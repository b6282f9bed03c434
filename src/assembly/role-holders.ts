import type pg from 'pg';
import type { RoleHolders } from '../processes/notify/recipients.js';
import { asOrganization } from '../platform/transactions.js';

/** For how long the read tables are waited for; what is not there by then is not told. */
const CATCH_UP_MS = 2_000;

/** Who is in a role of an organisation, by the read tables, once they contain what the log says up to a position. */
export const roleHolders = (pool: pg.Pool, caughtUp: (position: number, milliseconds: number) => Promise<boolean>): RoleHolders =>
  async (organizationId, role, position) => {
    await caughtUp(position, CATCH_UP_MS);
    const { rows } = await asOrganization(pool, organizationId, (client) =>
      client.query<{ user_id: string }>("select user_id from read.user_organizations where role = $1 and status = 'active' order by user_id", [role]));
    return rows.map(({ user_id: userId }) => userId);
  };
