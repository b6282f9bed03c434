import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { projectionsCommand } from '../../projections/engine/command-line.js';
import { rowPool } from '../../projections/engine/connection.js';
import type { HandWrittenProjection } from '../../projections/engine/projection.js';
import { holdLive, setState } from '../../projections/engine/versions.js';
import { guest, idOf, ORGANISATION, projectionWorld, visitors, type ProjectionWorld } from './projection-world.js';

let world: ProjectionWorld;
beforeEach(async () => {
  world = await projectionWorld();
});
afterEach(() => world.remove());

/** Resolves once a connection waits for a lock. */
async function waitsForALock(admin: pg.Pool, pid: number): Promise<void> {
  for (;;) {
    const { rows } = await admin.query<{ waits: boolean }>('select cardinality(pg_blocking_pids($1)) > 0 as waits', [pid]);
    if (rows[0]!.waits) return;
  }
}

/** A row for each arrival, and never another. */
const arrivals: HandWrittenProjection = {
  name: 'arrivals',
  version: 1,
  tables: [{ name: 'arrivals', appended: true, columns: [{ name: 'stream', type: 'text', nullable: false, doc: 'Whose', privacy: 1 }] }],
  on: ['GuestArrived'],
  apply: ({ metadata: { organizationId }, stored: { id, stream } }) => Promise.resolve([{ table: 'arrivals', organizationId, id, values: { stream } }]),
};

describe('a rebuild', () => {
  it('is seen by a projector that waited for the swap: it goes on with the version that came in', async () => {
    await world.engine().start();
    const pool = rowPool(world.databases.urls.projector, 2);
    const [swapping, projecting] = [await pool.connect(), await pool.connect()];
    try {
      await swapping.query('begin');
      const old = (await holdLive(swapping)).find(({ projection }) => projection === 'guests')!;
      await projecting.query('begin');
      const { rows } = await projecting.query<{ pid: number }>('select pg_backend_pid() as pid');
      const held = holdLive(projecting);
      await waitsForALock(world.admin, rows[0]!.pid);
      await swapping.query(`insert into read.projection_versions select projection, version + 1, definition_hash, 'building', position, '{}' from read.projection_versions where projection = 'guests'`);
      await setState(swapping, old, 'old');
      await setState(swapping, { ...old, version: old.version + 1 }, 'live');
      await swapping.query('commit');
      expect((await held).map(({ projection, version }) => [projection, version])).toEqual([['guests', old.version + 1], ['visitors', 1], ['visits', 1]]);
    } finally {
      for (const client of [swapping, projecting]) client.release(true);
      await pool.end();
    }
  });

  it('is told of its progress, swaps once, keeps the old tables and drops older ones', async () => {
    const engine = world.engine();
    await engine.start();
    for (let n = 0; n < 20; n++) await world.arrive(guest());
    await world.reached();
    const seen: number[] = [];
    for (let n = 0; n < 3; n++) await engine.rebuild(['friends'], { onProgress: ({ position }) => seen.push(position) });
    expect(seen).toContain(20);
    const mine = (await engine.status()).filter(({ projection }) => projection === 'guests');
    expect(mine.map(({ version, state }) => [version, state])).toEqual([[3, 'old'], [4, 'live']]);
    expect(await world.rows('guests')).toHaveLength(20);
    await world.arrive(guest());
    await world.reached();
    expect(await world.rows('guests')).toHaveLength(21);
  });

  it('does not put fewer rows in the place of more', async () => {
    const engine = world.engine();
    await engine.start();
    await world.arrive(guest());
    await world.reached();
    await world.admin.query(`insert into read.guests__1 (id, organization_id) values ($1, $2)`, [randomUUID(), ORGANISATION]);
    await expect(engine.rebuild(['guests'])).rejects.toThrow('guests would have 1 rows instead of 2');
    expect(await engine.verify()).toEqual([expect.stringMatching(/^guests: row .* should not be there\.$/)]);
    await engine.rebuild(['guests'], { allowFewer: true });
    expect(await engine.verify()).toEqual([]);
  });

  it('finds a row that was changed behind its back', async () => {
    const engine = world.engine();
    await engine.start();
    const sam = guest();
    await world.arrive(sam);
    await world.reached();
    await world.admin.query(`update read.guests__1 set floor = 7`);
    expect(await engine.verify()).toEqual([`guests: row ${idOf(sam)} differs.`]);
  });

  it('comes by itself when a definition has changed, and the public view serves meanwhile and afterwards', async () => {
    const first = world.engine();
    await first.start();
    const sam = guest();
    await world.arrive(sam);
    await world.visit(idOf(sam), 'one');
    await world.reached();
    await first.stop();
    const [table] = visitors.tables;
    const columns = [...table!.columns, { name: 'told', type: 'boolean', nullable: true, doc: 'More', privacy: 0 as const }];
    const second = world.engine({ handWritten: [{ ...visitors, version: 2, tables: [{ ...table!, columns }] }] });
    expect(await second.prepare()).toEqual(['visitors']);
    expect(await world.rows('guest_visits')).toHaveLength(1);
    await second.start();
    await world.visit(idOf(sam), 'two');
    await second.settled();
    await world.reached();
    expect(await world.row('guest_visits', idOf(sam))).toMatchObject({ visits: 2, told: null });
    expect(await world.row('guests', idOf(sam))).toMatchObject({ visits: 2 });
    expect(await second.verify()).toEqual([]);
  });

  it('sees in each part of a batch what its projections wrote in those before', async () => {
    const engine = world.engine();
    await engine.start();
    const [sam, kim] = [guest(), guest()];
    await world.arrive(sam);
    await world.arrive(kim);
    for (let n = 0; n < 600; n++) await world.visit(idOf(n % 3 === 0 ? kim : sam), `visit ${n}`);
    await world.reached();
    await engine.rebuild('all');
    expect(await world.row('guest_visits', idOf(sam))).toMatchObject({ visits: 400, last_note: 'visit 599' });
    expect(await world.row('guest_visits', idOf(kim))).toMatchObject({ visits: 200, last_note: 'visit 597' });
    expect(await engine.verify()).toEqual([]);
  });

  it('fills tables that nobody else may touch, and guards them before they are shown', async () => {
    const engine = world.engine();
    await engine.start();
    await world.arrive(guest());
    await world.reached();
    const stop = new AbortController();
    await expect(engine.rebuild(['guests'], { signal: stop.signal, onProgress: () => stop.abort() })).rejects.toThrow();
    const guarded = async (): Promise<unknown[]> =>
      (await world.admin.query(
        `select relrowsecurity and relforcerowsecurity as guarded, has_table_privilege('yuthub_app', oid, 'select') as app,
                has_table_privilege('yuthub_reporting', oid, 'select') as reports
           from pg_class where relname in ('guests__2', 'friends__2') order by relname`,
      )).rows;
    expect(await guarded()).toEqual(Array(2).fill({ guarded: false, app: false, reports: false }));
    await engine.rebuild(['guests']);
    expect(await guarded()).toEqual(Array(2).fill({ guarded: true, app: true, reports: true }));
    expect(await engine.verify()).toEqual([]);
  });

  it('leaves a table to itself while it is filled; shown, it has its key and its statistics, and is kept tidy', async () => {
    const engine = world.engine({ handWritten: [visitors, arrivals] });
    await engine.start();
    await world.arrive(guest());
    await world.reached();
    const made = async (): Promise<unknown[]> =>
      (await world.admin.query(
        `select relname as name, coalesce(array_to_string(reloptions, ','), '') like '%autovacuum_enabled=false%' as alone, reltuples >= 0 as known,
                exists (select from pg_index where indrelid = c.oid and indisprimary) as keyed
           from pg_class c where relname in ('guests__2', 'arrivals__2') order by relname`,
      )).rows;
    const stop = new AbortController();
    await expect(engine.rebuild(['guests', 'arrivals'], { signal: stop.signal, onProgress: () => stop.abort() })).rejects.toThrow();
    expect(await made()).toEqual([
      { name: 'arrivals__2', alone: true, known: false, keyed: false },
      { name: 'guests__2', alone: true, known: false, keyed: true },
    ]);
    await engine.rebuild(['guests', 'arrivals']);
    expect(await made()).toEqual([
      { name: 'arrivals__2', alone: false, known: true, keyed: true },
      { name: 'guests__2', alone: false, known: true, keyed: true },
    ]);
    expect(await engine.verify()).toEqual([]);
  });

  it('goes on where an interrupted one stopped', async () => {
    const engine = world.engine();
    await engine.start();
    for (let n = 0; n < 10; n++) await world.arrive(guest());
    await world.reached();
    const stop = new AbortController();
    await expect(engine.rebuild(['guests'], { signal: stop.signal, onProgress: () => stop.abort() })).rejects.toThrow();
    const left = (await engine.status()).find(({ state }) => state === 'building');
    expect(left).toMatchObject({ projection: 'guests', version: 2 });
    await world.arrive(guest());
    await world.reached();
    await engine.rebuild(['guests']);
    expect((await engine.status()).find(({ state, projection }) => state === 'live' && projection === 'guests')?.version).toBe(2);
    expect(await engine.verify()).toEqual([]);
  });
});

describe('the command line', () => {
  it('lists, tells how things stand, rebuilds and verifies', async () => {
    const engine = world.engine();
    await engine.start();
    const bad = guest();
    await world.arrive(bad);
    await world.pay(bad, 13);
    await world.reached();
    const lines: string[] = [];
    const bars: string[] = [];
    const terminal = { line: (text: string) => lines.push(text), progress: (text: string) => bars.push(text) };
    const run = async (...argv: string[]): Promise<[number, string]> => {
      lines.length = 0;
      return [await projectionsCommand(argv, engine, terminal as never), lines.join('\n')];
    };
    expect(await run('list')).toEqual([0, expect.stringMatching(/guests 1 · live · at 2 · guests__1, friends__1 · 1 parked\nvisitors 1/)]);
    expect(await run('status')).toEqual([0, expect.stringMatching(/at 2, the log at 2: 0 events behind; 1 parked\.\nparked · guests · guest-/)]);
    expect(await run('rebuild', 'friends')).toEqual([0, 'Rebuilt and swapped in.']);
    expect(bars.at(-1)).toMatch(/100 % {2}2 events/);
    expect(await run('verify')).toEqual([0, 'Every row is what its events say.']);
    expect((await run('retry', 'guests', bad))[0]).toBe(1);
    expect(await run('skip', 'guests', bad, 'operator')).toEqual([0, 'The stream goes on.']);
    expect((await run('status'))[1]).toMatch(/0 parked\.\nleft out · guests · .* by operator/);
    await world.admin.query('update read.guests__2 set floor = 7');
    expect(await run('verify', 'guests')).toEqual([1, expect.stringMatching(/differs/)]);
    expect(await run('rebuild', 'nothing')).toEqual([1, 'There is no read table nothing.']);
    for (const argv of [[], ['explode'], ['skip', 'guests'], ['verify', '--allow-fewer']]) expect((await run(...argv))[0]).toBe(2);
  });
});
