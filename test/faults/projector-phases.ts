import pg from 'pg';
import type { ProjectionEngine } from '../../projections/engine/engine.js';
import { ReadPosition } from '../../projections/engine/read-position.js';
import { projectorOn } from '../contract/projection-world.js';
import type { TestDatabases } from '../support/databases.js';

type Urls = TestDatabases['urls'];

/** What a process of its own does with the read side, from beginning to end, for the specs to strike it meanwhile. */
export const PHASES = ['prepare', 'project', 'rebuild', 'rollback', 'verify', 'retry', 'skip'] as const;
export type Phase = (typeof PHASES)[number];

const LONG_MS = 100_000;
/** Short, so that whoever takes over need not wait for long: nobody else is there before. */
const LEASE_MS = 160;

/** Projects until all is taken in and its lease has been renewed, and stops. */
async function project(engine: ProjectionEngine, urls: Urls): Promise<void> {
  const reads = await new ReadPosition(urls.app).open();
  const client = new pg.Client({ connectionString: urls.projector });
  await client.connect();
  try {
    await engine.start();
    if (!(await reads.waitFor((await engine.lag()).head, LONG_MS))) throw new Error('The read tables do not get on.');
    const lease = async (): Promise<string> => {
      const { rows } = await client.query<{ until: string }>('select expires_at::text as until from read.projector_lease');
      return rows[0]!.until;
    };
    for (const taken = await lease(); (await lease()) === taken; );
    await engine.stop();
  } finally {
    await client.end();
    await reads.close();
  }
}

/** Runs a phase in this process. */
export async function runPhase(phase: Phase, urls: Urls): Promise<void> {
  const engine = await projectorOn(urls, LEASE_MS);
  if (phase === 'prepare') await engine.prepare();
  if (phase === 'project') await project(engine, urls);
  if (phase === 'rebuild') await engine.rebuild('all');
  if (phase === 'rollback') await engine.rollback('all');
  if (phase === 'verify') await engine.verify('all');
  if (phase === 'retry') for (const { projection, stream } of await engine.parked.list()) await engine.parked.retry(projection, stream);
  if (phase === 'skip') for (const { projection, stream } of await engine.parked.list()) await engine.parked.skip(projection, stream, 'operator');
}

type Query = (...given: unknown[]) => unknown;

/**
 * Ends this process at its nth statement, counted from now: before it is sent, when it has been sent and nobody knows what
 * came of it, or when it has been answered. Whoever gets to the end says how many there were.
 */
export function strikeAtStatement(nth: number, moment: 'before' | 'sent' | 'answered'): void {
  let n = 0;
  const prototype = pg.Client.prototype as unknown as { query: Query };
  const query = prototype.query;
  const die = (): void => void process.kill(process.pid, 'SIGKILL');
  prototype.query = function (this: pg.Client, ...given: unknown[]): unknown {
    n += 1;
    const strikes = n === nth;
    if (strikes && moment === 'before') die();
    const answer = query.apply(this, given);
    if (strikes && moment === 'sent') setImmediate(die);
    if (strikes && moment === 'answered') void Promise.resolve(answer).finally(die);
    return answer;
  };
  process.on('exit', () => process.stdout.write(`statements ${n}\n`));
}
