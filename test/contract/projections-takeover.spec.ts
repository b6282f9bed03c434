import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { rowPool } from '../../projections/engine/connection.js';
import { inTransaction } from '../../src/platform/transactions.js';
import { Lease } from '../../projections/engine/lease.js';
import { CheckpointMoved, Projecting } from '../../projections/engine/projecting.js';
import { versions } from '../../projections/engine/versions.js';
import { catalogue, guest, idOf, projectionWorld, type ProjectionWorld } from './projection-world.js';

let world: ProjectionWorld;
beforeEach(async () => {
  world = await projectionWorld();
});
afterEach(() => world.remove());

describe('two projectors', () => {
  it('work one at a time: the other takes over, and what stood still is refused', async () => {
    const pool = rowPool(world.databases.urls.projector, 2);
    try {
      const [one, two] = [new Lease(pool), new Lease(pool)];
      expect(await one.acquire()).toBe(true);
      expect(await two.acquire()).toBe(false);
      await world.admin.query(`update read.projector_lease set expires_at = '-infinity'`);
      expect(await two.acquire()).toBe(true);
      await expect(inTransaction(pool, (client) => one.check(client))).rejects.toThrow('Another projector has taken over.');
      await inTransaction(pool, (client) => two.check(client));
      await two.release();
      expect(await one.acquire()).toBe(true);
      await one.release();
    } finally {
      await pool.end();
    }
  });

  it('never write a batch from a checkpoint that has moved', async () => {
    const engine = world.engine();
    await engine.prepare();
    const sam = guest();
    const arrived = await world.arrive(sam);
    const { codec, store } = world;
    const projecting = new Projecting({ catalogue, codec, store, projections: engine.projections });
    const pool = rowPool(world.databases.urls.projector, 2);
    try {
      const before = await inTransaction(pool, (client) => versions(client, 'live'));
      const take = () => inTransaction(pool, (client) => projecting.take(client, before, [arrived], arrived.position));
      await take();
      await world.admin.query(`update read.guests__1 set floor = 5`);
      await expect(take()).rejects.toBeInstanceOf(CheckpointMoved);
      expect((await world.row('guests__1', idOf(sam)))?.['floor']).toBe('5');
    } finally {
      await pool.end();
    }
  });

  it('killed again and again while events come, leave every event taken in once', async () => {
    await world.engine().prepare();
    const script = fileURLToPath(new URL('../support/projector-worker.mjs', import.meta.url));
    const streams = Array.from({ length: 10 }, guest);
    for (const stream of streams) await world.arrive(stream);
    let writing = true;
    const writer = (async () => {
      for (let n = 0; writing; n++) {
        await world.pay(streams[n % streams.length]!, 20 + n);
        if (n % 5 === 0) await world.visit(idOf(streams[n % streams.length]!), `note ${n}`);
      }
    })();
    for (let kill = 0; kill < 3; kill++) {
      const worker = spawn(process.execPath, [script, JSON.stringify(world.databases.urls)], { stdio: ['ignore', 'pipe', 'inherit'] });
      await once(worker.stdout, 'data');
      const from = world.position.position;
      expect(await world.position.waitFor(from + 7 + kill * 31, 90_000)).toBe(true);
      worker.kill('SIGKILL');
      await once(worker, 'exit');
    }
    writing = false;
    await writer;
    const engine = world.engine();
    await engine.start();
    await world.reached();
    expect(await engine.verify()).toEqual([]);
    const { rows } = await world.admin.query<{ visits: string }>('select sum(visits) as visits from read.guest_visits');
    const log = await world.admin.query<{ n: string }>(`select count(*) as n from log.events where type = 'GuestVisited'`);
    expect(rows[0]!.visits).toBe(log.rows[0]!.n);
  });

  it('goes on when its connections are cut', async () => {
    const engine = world.engine();
    await engine.start();
    const sam = guest();
    await world.arrive(sam);
    await world.reached();
    for (let n = 0; n < 3; n++) {
      await world.admin.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'yuthub_projector' and datname = current_database()`);
      await world.pay(sam, 20);
      await world.reached();
    }
    expect(await world.row('guests', idOf(sam))).toMatchObject({ balance_pence: '-60' });
    expect(await engine.verify()).toEqual([]);
  });
});
