import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { REBUILD_LOCK } from '../../projections/engine/rebuild.js';
import { guest, idOf, projectionWorld, visitors, type ProjectionWorld } from './projection-world.js';

let world: ProjectionWorld;
let other: pg.PoolClient;
const changed = { ...visitors, version: 2 };

beforeEach(async () => {
  world = await projectionWorld();
  const first = world.engine();
  await first.start();
  const sam = guest();
  await world.arrive(sam);
  await world.visit(idOf(sam), 'hello');
  await world.reached();
  await first.stop();
  // Another process that has started with the new definition, too, and was quicker.
  other = await world.admin.connect();
  await other.query(`select pg_advisory_lock($1, hashtext('visitors'))`, [REBUILD_LOCK]);
});
afterEach(async () => {
  other.release(true);
  await world.remove();
});

/** Starts one whose definition is not that of the tables. @returns what it says, sentence by sentence. */
async function starting() {
  const said: string[] = [];
  const refused = Promise.withResolvers<void>();
  const engine = world.engine({
    handWritten: [changed],
    log: (sentence) => {
      said.push(sentence);
      if (/being rebuilt already/.test(sentence)) refused.resolve();
    },
  });
  await engine.start();
  await refused.promise;
  return { engine, said };
}
const versionsOf = async (engine: { status(): Promise<{ projection: string; version: number; state: string; outdated: boolean }[]> }) =>
  (await engine.status()).filter(({ projection }) => projection === 'visitors').map(({ version, state, outdated }) => [version, state, outdated]);

describe('a changed definition that another process is building', () => {
  it('is built here where the other dies over it', async () => {
    const { engine, said } = await starting();
    await other.query('select pg_advisory_unlock_all()');
    await engine.settled();
    expect(await versionsOf(engine)).toEqual([[1, 'old', true], [2, 'live', false]]);
    expect(said.at(-1)).toBe('Built anew: visitors.');
    expect(await engine.verify()).toEqual([]);
  });

  it('is live once, whichever of them gets it done', async () => {
    const { engine } = await starting();
    const quicker = world.engine({ handWritten: [changed] });
    await other.query('select pg_advisory_unlock_all()');
    await Promise.all([quicker.rebuild(['visitors']).catch(() => undefined), engine.settled()]);
    const states = await versionsOf(engine);
    expect(states.filter(([, state]) => state === 'live')).toEqual([[expect.any(Number), 'live', false]]);
    expect(states.filter(([, state]) => state === 'building')).toEqual([]);
    expect(await engine.verify()).toEqual([]);
  });

  it('keeps nobody from stopping', async () => {
    const { engine } = await starting();
    await engine.stop();
    expect(await versionsOf(world.engine({ handWritten: [changed] }))).toEqual([[1, 'live', true]]);
  });
});
