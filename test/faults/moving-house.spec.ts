import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { setTimeout as delay } from 'node:timers/promises';
import type { Json } from '../support/caller.js';
import { StandIn } from '../support/eventstoredb/stand-in.js';
import { installation, type Installation, type RunningProduct } from '../support/product.js';
import { readTableContents } from '../support/table-contents.js';
import { CLOCK_START, house, place, type House } from './house.js';

const LONG = 300_000;

/** An installation moves from its PostgreSQL to EventStoreDB and back, and people notice nothing but the pause. */
describe('an installation whose log moves', () => {
  let node: StandIn;
  let at: Installation;
  let product: RunningProduct;
  let home: House;
  let onEventStoreDb: Record<string, string>;

  const copy = (from: string, to: string, env: Record<string, string> = {}) => at.command(['log', 'copy', '--from', from, '--to', to], { ...onEventStoreDb, ...env });
  const verify = (env: Record<string, string> = {}) => at.command(['projections', 'verify'], env);
  const contents = () => readTableContents(at.databases.adminUrl);
  /** Moves a lodger in, and waits until everything that follows from it has been recorded and can be read. */
  const movesIn = async (who: House): Promise<string> => {
    const [lodger] = await who.lodgers(1);
    const placed = await who.manager.did('/placements', place(lodger!, await who.room()));
    return placed.id;
  };
  /** Lines of the ledger of a placement, once there are so many. */
  const linesOf = async (who: House, placementId: string, count: number): Promise<Json[]> => {
    for (;;) {
      const [account] = await who.finance.rows(`/rent-accounts?placementId=${placementId}`);
      const lines = account ? await who.finance.rows(`/rent-ledger?rentAccountId=${account.id}&limit=100`) : [];
      if (lines.length >= count) return lines;
      await delay(100);
    }
  };
  const moveClock = async (who: House, now: string): Promise<void> => {
    const answer = await who.manager.call('PUT', '/api/v1/clock', { now });
    if (answer.status !== 200) throw new Error(`The clock was not moved: ${answer.text}`);
  };

  beforeAll(async () => {
    node = await StandIn.start();
    // A server that has been running for others: what they keep is left alone, and positions are far apart.
    for (let n = 0; n < 20; n++) node.log.append(`$stats-${n}`, 'any', [{ id: crypto.randomUUID(), type: '$statsCollected', contentType: 'application/json', data: Buffer.from('{}'), metadata: Buffer.alloc(0) }]);
    onEventStoreDb = { EVENTSTORE_URL: node.connectionString };
    at = await installation({ CLOCK_START });
    product = await at.start();
    home = await house(at, product.baseUrl);
    await movesIn(home);
    await movesIn(home);
  }, LONG);
  afterAll(async () => {
    await at.remove();
    node.stop();
  });

  let before: Record<string, unknown[]>;
  let waiting: string;

  it('is copied while it works; killed in the middle, the copy goes on where it was', async () => {
    const killed = await copy('postgres', 'eventstoredb', { FAILPOINT: 'copy.appended:25' });
    expect(killed.code).toBeNull();
    await movesIn(home);
    const done = await copy('postgres', 'eventstoredb');
    expect([done.code, done.output]).toEqual([0, expect.stringContaining('each compared byte by byte')]);
  }, LONG);

  it('does not go on there while a process still works where it was', async () => {
    await expect(at.start(onEventStoreDb)).rejects.toThrow(/Processes of the product still work with this database: stop all of them first/);
    await movesIn(home);
  }, LONG);

  it('does not start with a copy that lacks what has been recorded since', async () => {
    await movesIn(home);
    await product.stop();
    await expect(at.start(onEventStoreDb)).rejects.toThrow(/has gone on since its log was copied/);
    // And nothing has changed: the product works on where it is.
    product = await at.start();
    home = home.over(product.baseUrl);
    await movesIn(home);
  }, LONG);

  it('goes on with the copy: the tables are the same, and what waited to be done is done once', async () => {
    await product.stop();
    // Recorded, and then everything stops: no table and no process has seen it yet.
    const alone = await at.start({ ROLES: 'api' });
    const over = home.over(alone.baseUrl);
    const [lodger] = await over.lodgers(1);
    const placed = await over.manager.post<Json>('/placements', place(lodger!, await over.room()));
    expect(placed.status).toBe(201);
    waiting = placed.body.id;
    await alone.stop();
    before = await contents();
    const done = await copy('postgres', 'eventstoredb');
    expect(done.output).toContain('each compared byte by byte');
    expect(await contents()).toEqual(before);

    // Killed while it takes the copy over, everything is as it was, and the next start does it.
    await expect(at.start({ ...onEventStoreDb, FAILPOINT: 'log.moving' })).rejects.toThrow(/ended before it served/);
    expect(await contents()).toEqual(before);
    product = await at.start(onEventStoreDb);
    home = home.over(product.baseUrl);
    await moveClock(home, '2026-09-15T09:00:00Z');
    const lines = await linesOf(home, waiting, 3);
    expect(lines.map(({ periodFrom }) => periodFrom).sort()).toEqual(['2026-08-31', '2026-09-07', '2026-09-14']);
  }, LONG);

  it('has tables there that are what a rebuild from the copy makes of it, places in the log included', async () => {
    const { code, output } = await verify(onEventStoreDb);
    expect([code, output]).toEqual([0, expect.stringContaining('Every row is what its events say.')]);
    const now = await contents();
    for (const [table, rows] of Object.entries(before)) {
      // The residents' and accounts' rows have changed with the clock; who and what there was is still there.
      const ids = new Set((now[table] as { id: string }[]).map(({ id }) => id));
      expect((rows as { id: string }[]).filter(({ id }) => !ids.has(id))).toEqual([]);
    }
  }, LONG);

  it('takes commands there, and does not start any more with the log that it left', async () => {
    await movesIn(home);
    await product.stop();
    await expect(at.start()).rejects.toThrow(/lacks event/);
  }, LONG);

  it('moves back, behind what had stayed there', async () => {
    before = await contents();
    const done = await copy('eventstoredb', 'postgres');
    expect([done.code, done.output]).toEqual([0, expect.stringContaining('each compared byte by byte')]);
    product = await at.start();
    home = home.over(product.baseUrl);
    expect(await contents()).toEqual(before);
    const { code, output } = await verify();
    expect([code, output]).toEqual([0, expect.stringContaining('Every row is what its events say.')]);
    expect(await linesOf(home, await movesIn(home), 1)).not.toEqual([]);
  }, LONG);

  it('is copied to a server where nothing is, and one that is there already is not made anew', async () => {
    const name = `test_copy_${process.pid}`;
    const url = (database: string): string => Object.assign(new URL(at.databases.adminUrl), { pathname: `/${database}` }).href;
    const server = new pg.Client({ connectionString: url('postgres') });
    await server.connect();
    try {
      for (const expected of [/ [1-9]\d* were appended now/, / 0 were appended now/]) {
        const done = await copy('postgres', url(name));
        expect([done.code, done.output]).toEqual([0, expect.stringMatching(expected)]);
        expect(done.output).not.toContain(new URL(at.databases.adminUrl).password || 'no password');
      }
    } finally {
      for (const one of [name, `${name}_keyring`]) await server.query(`drop database if exists ${one} with (force)`);
      await server.end();
    }
  }, LONG);

  it('is refused by a command line that is not understood', async () => {
    expect((await at.command(['log', 'copy', '--from', 'postgres'])).code).toBe(2);
    expect((await at.command(['log', 'copy', '--from', 'postgres', '--to', 'mysql://x/y'])).code).toBe(2);
    expect((await at.command(['log', 'copy', '--from', 'postgres', '--to', 'eventstoredb'])).output).toContain('EVENTSTORE_URL names no log');
  }, LONG);
});
