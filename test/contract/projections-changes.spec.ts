import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { auditTrail } from '../../projections/audit/audit-trail.js';
import type { ProjectionEngine } from '../../projections/engine/engine.js';
import { changesOf } from '../../src/assembly/changes.js';
import type { Actor } from '../../src/kernel/command.js';
import { catalogue, ELSEWHERE, GuestDataErased, guest, idOf, ORGANISATION, projectionWorld, thirteen, visitors, WORKER, type ProjectionWorld } from './projection-world.js';

interface Change {
  readonly position: number;
  readonly table: string;
  readonly id: string;
  readonly type: string;
  readonly erased: boolean;
  readonly erasedRows?: readonly { table: string; id: string }[];
}

let world: ProjectionWorld;
let engine: ProjectionEngine;
let pool: pg.Pool;
let page: (after: number, limit?: number, organizationId?: string) => Promise<{ items: readonly Change[]; next: number }>;

beforeEach(async () => {
  world = await projectionWorld();
  engine = world.engine({ handWritten: [visitors, auditTrail(catalogue)] });
  await engine.start();
  pool = new pg.Pool({ connectionString: world.databases.urls.app, max: 3 });
  const changes = changesOf(pool, catalogue, engine.shown, () => world.store.head());
  page = async (after, limit = 50, organizationId = ORGANISATION) =>
    (await changes({ id: WORKER, role: 'manager', organizationId } as Actor, after, limit)) as { items: Change[]; next: number };
});
afterEach(async () => {
  await pool.end();
  await world.remove();
});

/** Everything after a position, page by page. */
async function all(after: number, limit: number): Promise<Change[]> {
  const found: Change[] = [];
  for (let at = after; ; ) {
    const { items, next } = await page(at, limit);
    found.push(...items);
    if (items.length === 0) return found;
    at = next;
  }
}

describe('what changed', () => {
  it('is told once for each position, in pages of any size, and to its organisation alone', async () => {
    const [sam, stranger] = [guest(), guest()];
    await world.arrive(sam);
    await world.arrive(stranger, {}, ELSEWHERE);
    for (let n = 0; n < 5; n++) await world.pay(sam, 100 + n);
    await world.visit(idOf(sam), 'hello');
    await world.reached();
    const whole = await all(0, 500);
    expect(whole.map(({ position }) => position)).toEqual([1, 3, 4, 5, 6, 7, 8]);
    expect(whole[0]).toEqual({ position: 1, table: 'guests', id: idOf(sam), type: 'GuestArrived', erased: false });
    for (const size of [1, 2, 3]) expect(await all(0, size)).toEqual(whole);
    expect(await all(5, 2)).toEqual(whole.slice(4));
    expect((await page(0, 50, ELSEWHERE)).items).toMatchObject([{ position: 2, id: idOf(stranger) }]);
    expect(await page(8)).toEqual({ items: [], next: 8 });
    await engine.rebuild('all');
    expect(await all(0, 2)).toEqual(whole);
    await engine.rollback('all');
    expect(await all(0, 2)).toEqual(whole);
  });

  it('leaves nothing out for a reader who asks while it is being recorded, and has the rows when it tells of them', async () => {
    const streams = Array.from({ length: 40 }, guest);
    let recording = true;
    const recorded = Promise.all([0, 1, 2, 3].map(async (lane) => {
      for (const stream of streams.filter((_, index) => index % 4 === lane)) {
        await world.arrive(stream);
        await world.pay(stream, 5);
      }
    })).finally(() => (recording = false));
    const told: Change[] = [];
    let at = 0;
    const take = async (): Promise<void> => {
      const { items, next } = await page(at, 7);
      told.push(...items);
      at = next;
      for (const { id } of items) expect(await world.row('guests', id)).toBeDefined();
    };
    while (recording) await take();
    await recorded;
    await world.reached();
    while (at < 80) await take();
    expect(told.map(({ position }) => position)).toEqual(Array.from({ length: 80 }, (_, index) => index + 1));
  });

  it('marks what was erased, in other tables too', async () => {
    const sam = guest();
    await world.arrive(sam);
    await world.visit(idOf(sam), 'canary');
    await world.reached();
    const { rows } = await world.admin.query<{ f: string }>(`select jsonb_object_keys(_keys) as f from read.guests__1 union select jsonb_object_keys(_keys) from read.visits__1`);
    const [visit] = await world.rows('visits');
    await world.append(sam, GuestDataErased.of({ scopes: ['identity', 'contact'], keyFingerprints: rows.map(({ f }) => f) }));
    await world.reached();
    const { items } = await page(2);
    expect(items).toMatchObject([{ position: 3, table: 'guests', id: idOf(sam), type: 'GuestDataErased', erased: true }]);
    expect(items[0]!.erasedRows).toEqual([{ table: 'guest_visits', id: idOf(sam) }, { table: 'visits', id: visit!['id'] }].filter(({ id }) => id !== idOf(sam)));
    expect((await page(0)).items.filter(({ erased }) => erased)).toHaveLength(1);
  });

  it('waits at an event that the list stopped at, and goes on from there', async () => {
    const [sam, bad] = [guest(), guest()];
    await world.arrive(sam);
    await world.arrive(bad);
    await world.pay(bad, 13);
    await world.pay(bad, 1);
    await world.pay(sam, 3);
    await world.reached();
    expect((await engine.parked.list()).map(({ projection }) => projection)).toContain('audit_trail');
    expect(await page(0)).toMatchObject({ items: [{ position: 1 }, { position: 2 }], next: 2 });
    thirteen.accepted = true;
    try {
      expect(await engine.parked.retry('audit_trail', bad)).toBe(true);
      expect((await all(2, 1)).map(({ position }) => position)).toEqual([3, 4, 5]);
      expect(await engine.parked.retry('guests', bad)).toBe(true);
      expect(await engine.verify()).toEqual([]);
    } finally {
      thirteen.accepted = false;
    }
  });

  it('refuses a position behind the end of the log: a reader that kept one of another log would be told nothing for ever', async () => {
    await world.arrive(guest());
    await world.reached();
    expect(await page(1)).toEqual({ items: [], next: 1 });
    await expect(page(2)).rejects.toThrow(/behind the end of the log.*begin again at 0/);
  });

  it('knows nothing of another organisation, whatever is asked for', async () => {
    await world.arrive(guest());
    await world.reached();
    expect(await page(0, 50, randomUUID())).toEqual({ items: [], next: 0 });
  });
});
