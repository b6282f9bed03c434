import type pg from 'pg';

/**
 * Lets a pool outlive the loss of any of its connections. An idle one is replaced. One that is lost between two statements
 * of somebody who has taken it out has no query that could fail: without a listener Node would end the process for it.
 * Whoever uses it is told by the next statement.
 */
export function survivingLosses(pool: pg.Pool): pg.Pool {
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
