import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { ProjectionEngine } from '../../projections/engine/engine.js';
import { REBUILD_LOCK } from '../../projections/engine/rebuild.js';
import { guest, idOf } from '../contract/projection-world.js';
import { ReadSide } from './read-side.js';

const LONG = 300_000;
/** How often is looked whether something has come about. */
const POLL_MS = 10;

let side: ReadSide;
beforeEach(async () => {
  side = await ReadSide.make();
}, LONG);
afterEach(() => side.remove(), LONG);

/** What a client sends to end a transaction, as a message of its own: nothing else of it is passed on with it. */
const COMMIT = Buffer.from('Q\0\0\0\x0bcommit\0', 'latin1');

interface Line {
  readonly connectionString: string;
  /** How often it has been cut. */
  readonly cut: number;
  /** From now on every so many commits. */
  cutting(every: number): void;
  close(): Promise<void>;
}

/** A line to the database that is cut when a commit has been carried out and before anybody is told so. */
async function lossyLine(connectionString: string): Promise<Line> {
  const { port, hostname } = new URL(connectionString);
  let [commits, cut, every] = [0, 0, Infinity];
  const server: Server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    let losing = false;
    client.on('data', (sent) => {
      if (sent.includes(COMMIT)) losing = ++commits % every === 0;
      upstream.write(sent);
    });
    upstream.on('data', (answer) => {
      if (!losing) return void client.write(answer);
      cut += 1;
      client.destroy();
      upstream.destroy();
    });
    for (const [one, other] of [[client, upstream], [upstream, client]] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(connectionString);
  url.port = String((server.address() as AddressInfo).port);
  return {
    connectionString: url.href,
    get cut() {
      return cut;
    },
    cutting: (times) => void (every = times),
    close: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

describe('a connection that is cut between a commit and its answer', () => {
  it('while projecting, rebuilding and going back, makes nothing be taken in twice, nor left out', async () => {
    const { world, tools } = side;
    await tools.prepare();
    const line = await lossyLine(world.databases.urls.projector);
    const engine: ProjectionEngine = world.engine({ connectionString: line.connectionString });
    try {
      await engine.start();
      line.cutting(3);
      for (let round = 0; round < 4; round++) {
        await side.happenings();
        const sam = guest();
        await world.arrive(sam);
        for (let n = 0; n < 20; n++) {
          await world.pay(sam, 100);
          await world.visit(idOf(sam), `note ${n}`);
        }
        await world.reached();
        // Whoever is told that it failed may find that it has been done.
        if (round % 2 === 0) await engine.rebuild('all').catch((error: unknown) => expect(String(error)).toMatch(/connection|ECONNRESET/i));
        else await engine.rollback('all').catch((error: unknown) => expect(String(error)).toMatch(/connection|ECONNRESET|nothing to go back to/i));
        await side.mourned();
        await side.allGood();
      }
      expect(line.cut).toBeGreaterThan(3);
    } finally {
      await engine.stop();
      await line.close();
    }
  }, LONG);
});

describe('a rebuild that loses the connection by which others know of it', () => {
  it.each(['rebuild', 'verify'] as const)('may find another at work on the same tables: none of them spoils what is shown (%s)', async (what) => {
    const { world, tools } = side;
    await side.goLive();
    await side.happenings();
    await world.reached();
    const stop = new AbortController();
    await expect(tools.rebuild('all', { signal: stop.signal, onProgress: () => stop.abort() })).rejects.toThrow();
    const building = (await tools.status()).find(({ state, projection }) => state === 'building' && projection === 'visitors')!;
    const holding = await world.admin.connect();
    await holding.query(`begin; lock table read."${building.tables[0]!}" in row exclusive mode`);
    const waiting = async (count: number): Promise<void> => {
      const question = 'select count(*)::int as waiting from pg_stat_activity where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0';
      while ((await world.admin.query<{ waiting: number }>(question)).rows[0]!.waiting < count) await delay(POLL_MS);
    };
    try {
      const first = (what === 'rebuild' ? tools.rebuild('all') : tools.verify()).then(() => undefined, (error: unknown) => error);
      await waiting(1);
      const known = `from pg_locks where locktype = 'advisory' and classid = $1::bigint::oid and database = (select oid from pg_database where datname = current_database())`;
      await holding.query(`select pg_terminate_backend(pid) ${known}`, [REBUILD_LOCK]);
      while ((await holding.query(`select ${known}`, [REBUILD_LOCK])).rowCount! > 0) await delay(POLL_MS);
      const second = world.engine().rebuild('all').then(() => undefined, (error: unknown) => error);
      await waiting(2);
      await side.happenings();
      await holding.query('rollback');
      const ended = await Promise.all([first, second]);
      // One that finds its tables taken away, or moved on, may give up; not both of them.
      expect(ended).toContain(undefined);
    } finally {
      holding.release(true);
    }
    await side.allGood();
    await tools.rebuild('all');
    await side.allGood();
  }, LONG);
});

/** Lets the database say this, as if of itself, to whoever writes guests: so often, or until it is let go. */
async function saying(code: string, times: number): Promise<() => Promise<void>> {
  const { admin } = side.world;
  await admin.query(`
    create sequence probe.said;
    create function probe.say() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $body$
    begin
      if nextval('probe.said') <= ${times} then raise exception 'as if' using errcode = '${code}'; end if;
      return null;
    end
    $body$;
    create trigger say before insert or update on read.guests__1 for each statement execute function probe.say();`);
  return async () => void (await admin.query('drop trigger say on read.guests__1'));
}

/** Deadlock, serialization, statement cancelled, lock not to be had, out of memory, shutting down, too many connections. */
const CIRCUMSTANCES = ['40P01', '40001', '57014', '55P03', '53200', '57P01', '53300', '58030'];

describe('a database that has its own reasons', () => {
  it('is asked again, and no stream is parked for it', async () => {
    const { world } = side;
    await side.goLive();
    const sam = guest();
    await world.arrive(sam);
    for (const code of CIRCUMSTANCES) {
      await world.reached();
      const done = await saying(code, 3);
      await world.pay(sam, 100);
      await world.reached();
      await done();
      await world.admin.query('drop function probe.say; drop sequence probe.said');
    }
    expect(await side.tools.parked.list()).toEqual([]);
    await side.happenings();
    await side.allGood();
  }, LONG);

  it('and has no room left, holds up the read tables alone: what is recorded meanwhile is there when it has', async () => {
    const { world, tools } = side;
    await side.goLive();
    await side.happenings();
    await world.reached();
    const before = world.position.position;
    const rows = await world.rows('guests');
    const room = await saying('53100', 1_000_000);
    await side.happenings();
    const { position } = await world.arrive(guest());
    expect(await world.position.waitFor(position, 1_500)).toBe(false);
    expect(world.position.position).toBe(before);
    // Who reads sees what was there, whole, and how far behind it is.
    expect(await world.rows('guests')).toEqual(rows);
    expect(await tools.lag()).toMatchObject({ position: before, head: position });
    await room();
    await side.allGood();
  }, LONG);

  it('and a table that somebody holds, hold up the read tables until it is let go', async () => {
    const { world } = side;
    await side.goLive();
    await side.happenings();
    await world.reached();
    const holding = await world.admin.connect();
    await holding.query('begin; lock table read.guests__1 in access exclusive mode');
    const { position } = await world.arrive(guest());
    expect(await world.position.waitFor(position, 500)).toBe(false);
    await holding.query('rollback');
    holding.release();
    await side.happenings();
    await side.allGood();
  }, LONG);
});
