import type { Pool } from 'pg';

const DAY_MS = 24 * 3_600_000;

/**
 * Clears away sessions that were over a day ago, and failed sign-ins of then, which no lock looks at. Of each user the last
 * session stays: when somebody last signed in is read from it.
 * @param now real time, in milliseconds.
 */
export async function clearAccess(pool: Pool, now: number): Promise<void> {
  const before = new Date(now - DAY_MS);
  await pool.query(
    `delete from app.sessions s where s.expires_at < $1
       and exists (select from app.sessions later where later.user_id = s.user_id and later.created_at > s.created_at)`,
    [before],
  );
  await pool.query('delete from app.sign_in_attempts where at < $1', [before]);
}
