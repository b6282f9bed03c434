import type { Pool, PoolClient } from 'pg';

/** Runs work in one transaction on one connection of the pool; a connection that failed to roll back is thrown away. */
export function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return between(pool, 'begin', work);
}

/**
 * Reads as an organisation: the policies of the tables let it see its own rows and no others. This is the one place that says
 * whose rows a connection sees.
 * @param work reads only: the transaction takes no writes.
 * @param moment `statement`: each statement sees what is committed when it begins; `snapshot`: all of them see one moment.
 */
export function asOrganization<T>(pool: Pool, organizationId: string, work: (client: PoolClient) => Promise<T>, moment: 'statement' | 'snapshot' = 'statement'): Promise<T> {
  return between(pool, moment === 'snapshot' ? 'begin isolation level repeatable read read only' : 'begin read only', async (client) => {
    await client.query("select set_config('yuthub.organization', $1, true)", [organizationId]);
    return work(client);
  });
}

async function between<T>(pool: Pool, begin: string, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | boolean = false;
  const lost = (error: Error): void => void (broken = error);
  client.on('error', lost);
  try {
    await client.query(begin);
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((failure: unknown) => void (broken = failure instanceof Error ? failure : true));
    throw error;
  } finally {
    client.removeListener('error', lost);
    client.release(broken);
  }
}
