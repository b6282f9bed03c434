import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { projectionsCommand } from '../../projections/engine/command-line.js';
import type { ProjectionEngine } from '../../projections/engine/engine.js';
import { FriendMade, GuestChanged, GuestDataErased, guest, idOf, ORGANISATION, projectionWorld, thirteen, visitors, type ProjectionWorld } from './projection-world.js';

let world: ProjectionWorld;
let engine: ProjectionEngine;
beforeEach(async () => {
  world = await projectionWorld();
  engine = world.engine();
  await engine.start();
});
afterEach(() => world.remove());

const statesOf = async (name: string): Promise<[number, string][]> =>
  (await engine.status()).filter(({ projection }) => projection === name).map(({ version, state }) => [version, state]);

describe('going back', () => {
  it('takes in what has happened since, swaps, and leads back again', async () => {
    const sam = guest();
    await world.arrive(sam, { floor: 1 });
    await world.reached();
    await engine.rebuild(['guests']);
    const after = [guest(), guest()];
    for (const stream of after) await world.arrive(stream);
    await world.append(sam, GuestChanged.of({ floor: 2 }));
    await world.visit(idOf(sam), 'hello');
    await world.reached();
    await world.admin.query('update read.guests__2 set floor = 99');
    const seen: number[] = [];
    expect(await engine.rollback(['friends'], { onProgress: ({ position }) => seen.push(position) })).toEqual(['guests']);
    expect(seen.at(-1)).toBe(await world.store.head());
    expect(await statesOf('guests')).toEqual([[1, 'live'], [2, 'old']]);
    expect(await world.row('guests', idOf(sam))).toMatchObject({ floor: '2', visits: 1 });
    expect(await world.rows('guests')).toHaveLength(3);
    expect(await engine.verify()).toEqual([]);
    await world.append(sam, GuestChanged.of({ floor: 3 }));
    await world.reached();
    expect(await world.row('guests', idOf(sam))).toMatchObject({ floor: '3' });
    await engine.rollback('all');
    expect(await statesOf('guests')).toEqual([[1, 'old'], [2, 'live']]);
    // The row that was tampered with was projected again by the change.
    expect(await world.row('guests', idOf(sam))).toMatchObject({ floor: '3' });
  });

  it('while commands keep coming loses nothing', async () => {
    for (let n = 0; n < 5; n++) await world.arrive(guest());
    await world.reached();
    await engine.rebuild('all');
    let going = true;
    const coming = (async () => {
      let count = 0;
      while (going) {
        await world.arrive(guest());
        count++;
      }
      return count;
    })();
    for (let n = 0; n < 3; n++) await engine.rollback('all');
    going = false;
    const count = await coming;
    await world.reached();
    expect(await world.rows('guests')).toHaveLength(5 + count);
    expect(await engine.verify()).toEqual([]);
  });

  it('brings back nothing that was erased meanwhile', async () => {
    const sam = guest();
    await world.arrive(sam);
    await world.reached();
    await engine.rebuild('all');
    await world.append(sam, GuestChanged.of({ name: 'Samuel Canary' }));
    const fingerprints = (await world.admin.query<{ f: string }>(`select distinct jsonb_object_keys(_keys) as f from read.guests__2`)).rows.map(({ f }) => f);
    await world.reached();
    await world.append(sam, GuestDataErased.of({ scopes: ['identity'], keyFingerprints: fingerprints }));
    await world.reached();
    expect(JSON.stringify(await world.rows('guests__1'))).not.toMatch(/canary/i);
    await engine.rollback(['guests']);
    expect(JSON.stringify(await world.rows('guests'))).not.toMatch(/canary/i);
    expect(await engine.verify()).toEqual([]);
  });

  it('is refused where nothing is kept, or what is kept is of another definition', async () => {
    await world.arrive(guest());
    await world.reached();
    await expect(engine.rollback(['guests'])).rejects.toThrow('Of guests no older tables are kept');
    await expect(engine.rollback('all')).rejects.toThrow('No older tables are kept');
    await engine.stop();
    engine = world.engine({ handWritten: [{ ...visitors, version: 2 }] });
    await engine.start();
    await engine.settled();
    await expect(engine.rollback(['visitors'])).rejects.toThrow('The kept tables of visitors were made for another definition');
    expect(await engine.verify()).toEqual([]);
  });
});

describe('verification', () => {
  it('finds what was changed in a child, in a table written by hand, and beside or in a stream that stopped', async () => {
    const [sam, bad] = [guest(), guest()];
    await world.arrive(sam);
    await world.append(sam, FriendMade.of({ friendId: randomUUID(), name: 'Robin' }));
    await world.visit(idOf(sam), 'hello');
    await world.arrive(bad, { floor: 1 });
    await world.pay(bad, 13);
    await world.pay(bad, 5);
    const unreadable = `visit-${randomUUID()}`;
    await world.appendRaw(unreadable, 'GuestVisited', { guestId: idOf(sam), note: null });
    await world.reached();
    expect((await engine.parked.list()).length).toBeGreaterThanOrEqual(2);
    expect(await engine.verify()).toEqual([]);
    const tampered: [string, string, RegExp][] = [
      [`update read.friends__1 set ordinal = 9`, `update read.friends__1 set ordinal = 0`, /^friends: row .* differs\.$/],
      [`update read.guest_visits__1 set visits = visits + 5`, `update read.guest_visits__1 set visits = visits - 5`, /^guest_visits: row .* differs\.$/],
      [`update read.guests__1 set floor = 2 where id = '${idOf(bad)}'`, `update read.guests__1 set floor = 1 where id = '${idOf(bad)}'`, /^guests: row .* differs\.$/],
    ];
    for (const [change, back, finding] of tampered) {
      await world.admin.query(change);
      expect(new Set((await engine.verify()).map((sentence) => finding.test(sentence)))).toEqual(new Set([true]));
      await world.admin.query(back);
    }
    thirteen.accepted = true;
    try {
      // The repaired product says otherwise of the stream that stands still.
      expect(await engine.verify(['guests'])).toEqual([`guests: row ${idOf(bad)} differs.`]);
    } finally {
      thirteen.accepted = false;
    }
  });
});

describe('kept tables', () => {
  it('are dropped by whoever projects once they have been kept for long enough', async () => {
    await world.arrive(guest());
    await world.reached();
    await engine.rebuild('all');
    await world.admin.query(`update read.projection_versions set retired_at = clock_timestamp() - interval '23 hours' where projection = 'guests' and state = 'old'`);
    await world.admin.query(`update read.projection_versions set retired_at = clock_timestamp() - interval '25 hours' where projection = 'visitors' and state = 'old'`);
    await engine.stop();
    const told = Promise.withResolvers<string>();
    engine = world.engine({ log: (message) => told.resolve(message) });
    await engine.start();
    expect(await told.promise).toBe('Dropped what was kept of visitors 1.');
    expect(await statesOf('visitors')).toEqual([[2, 'live']]);
    expect(await statesOf('guests')).toEqual([[1, 'old'], [2, 'live']]);
    const { rows } = await world.admin.query<{ name: string | null }>(`select to_regclass('read.guest_visits__1')::text as name`);
    expect(rows).toEqual([{ name: null }]);
    expect(await engine.verify()).toEqual([]);
  });
});

describe('lag', () => {
  it('says events and seconds behind, whether the mark moves, and what is being built', async () => {
    const now = { at: '2026-09-02T08:00:00.000Z' };
    await world.arrive(guest());
    await world.reached();
    expect(await engine.lag()).toMatchObject({ behind: 0, seconds: 0, still: 0, moves: true, building: [] });
    await engine.stop();
    engine = world.engine({ now: () => Promise.resolve(now.at) });
    const { recordedAt } = JSON.parse(Buffer.from((await world.arrive(guest())).metadata).toString()) as { recordedAt: string };
    await world.arrive(guest());
    now.at = new Date(Date.parse(recordedAt) + 90_000).toISOString();
    await world.admin.query(`update read.projection_versions set moved_at = clock_timestamp() - interval '40 seconds'`);
    const lag = await engine.lag();
    expect(lag).toMatchObject({ position: 1, head: 3, behind: 2, seconds: 90, moves: false });
    expect(lag.still).toBeGreaterThanOrEqual(40);
    await engine.start();
    await world.reached();
    const running = Promise.withResolvers<unknown>();
    // Another process asks while this one rebuilds.
    const other = world.engine();
    const stop = new AbortController();
    const rebuilding = engine.rebuild(['guests'], { signal: stop.signal, onProgress: () => void other.lag().then(running.resolve, running.reject) });
    await running.promise;
    await rebuilding;
    const cut = engine.rebuild(['guests'], { signal: stop.signal, onProgress: () => stop.abort() });
    await expect(cut).rejects.toThrow();
    expect((await other.lag()).building).toEqual([expect.objectContaining({ projection: 'guests', version: 3, position: 3, target: 3, percent: 100, running: false })]);
    const client = await world.admin.connect();
    await client.query(`select pg_advisory_lock(${0x52_45_42}, hashtext('guests'))`);
    expect((await other.lag()).building).toEqual([expect.objectContaining({ running: true })]);
    client.release(true);
  });
});

describe('an event that is left out', () => {
  it('is seen with who decided so, in the access log of its organisation', async () => {
    const bad = guest();
    await world.arrive(bad);
    await world.pay(bad, 13);
    await world.reached();
    const lines: string[] = [];
    const terminal = { line: (text: string) => void lines.push(text), progress: () => undefined };
    expect(await projectionsCommand(['skip', 'friends', bad, 'ada@yuthub.example'], engine, terminal)).toBe(0);
    const { rows } = await world.admin.query('select organization_id, actor_id, outcome, code, entity, entity_id from app.access_log');
    expect(rows).toEqual([{ organization_id: ORGANISATION, actor_id: 'ada@yuthub.example', outcome: 'skipped', code: 'guests', entity: 'guests', entity_id: idOf(bad) }]);
    await engine.rebuild('all');
    expect(await engine.parked.skipped()).toMatchObject([{ projection: 'guests', stream: bad, skippedBy: 'ada@yuthub.example' }]);
    expect(await engine.verify()).toEqual([]);
  });
});
