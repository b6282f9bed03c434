import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { GuestVisited, GuestWalked, guest, idOf, projectionWorld, thirteen, type ProjectionWorld } from './projection-world.js';

let world: ProjectionWorld;
beforeEach(async () => {
  world = await projectionWorld();
});
afterEach(() => world.remove());

describe('poison', () => {
  afterEach(() => {
    thirteen.accepted = false;
  });

  it('stops its own stream, with the reason on the row, and nothing else', async () => {
    const engine = world.engine();
    await engine.start();
    const [bad, good] = [guest(), guest()];
    await world.arrive(bad);
    await world.arrive(good);
    await world.pay(bad, 13);
    await world.pay(bad, 50);
    await world.pay(good, 70);
    await world.reached();
    expect(await world.row('guests', idOf(bad))).toMatchObject({ stream_revision: 0, balance_pence: null, stale_reason: 'Error: Thirteen pence cannot be paid.' });
    expect(await world.row('guests', idOf(good))).toMatchObject({ balance_pence: '-70', stale_reason: null });
    expect(await engine.parked.list()).toMatchObject([{ projection: 'guests', stream: bad, revision: 1, eventType: 'GuestPaid' }]);
    expect(await engine.lag()).toMatchObject({ behind: 0, parked: 1 });
    expect(await engine.parked.retry('guests', bad)).toBe(false);
    thirteen.accepted = true;
    expect(await engine.parked.retry('guests', bad)).toBe(true);
    expect(await world.row('guests', idOf(bad))).toMatchObject({ stream_revision: 2, balance_pence: '-63', stale_reason: null });
    expect(await engine.parked.list()).toEqual([]);
    await world.pay(bad, 7);
    await world.reached();
    expect(await world.row('guests', idOf(bad))).toMatchObject({ balance_pence: '-70' });
    expect(await engine.verify()).toEqual([]);
  });

  it('that an operator leaves out stays out of rebuilds, and visible', async () => {
    const engine = world.engine();
    await engine.start();
    const bad = guest();
    await world.arrive(bad);
    const unreadable = await world.appendRaw(bad, 'GuestPaid', { paymentId: 'without an amount' });
    await world.pay(bad, 50);
    await world.reached();
    expect((await engine.parked.list())[0]?.reason).toMatch(/^UnreadableEvent/);
    expect(await engine.parked.skip('guests', bad, 'operator')).toBe(true);
    expect(await world.row('guests', idOf(bad))).toMatchObject({ stream_revision: 2, balance_pence: '-50', stale_reason: null });
    await engine.rebuild(['guests']);
    expect(await world.row('guests', idOf(bad))).toMatchObject({ balance_pence: '-50' });
    expect(await engine.parked.skipped()).toMatchObject([{ eventId: unreadable.id, skippedBy: 'operator' }]);
    expect(await engine.parked.list()).toEqual([]);
  });

  it.each([0, 2, 4])('that only the database refuses is found among its batch, at place %i', async (place) => {
    const engine = world.engine();
    const streams = Array.from({ length: 5 }, guest);
    for (const stream of streams) await world.arrive(stream);
    for (const [index, stream] of streams.entries()) await world.append(stream, GuestWalked.of({ steps: index === place ? 1e300 : 10 + index }));
    await engine.start();
    await world.reached();
    for (const [index, stream] of streams.entries()) {
      expect(await world.row('guests', idOf(stream))).toMatchObject(
        index === place ? { steps: null, stale_reason: expect.stringMatching(/^The database refused it \(22/) } : { steps: String(10 + index), stale_reason: null },
      );
    }
    expect(await engine.parked.list()).toHaveLength(1);
  });

  it('of a projection written by hand parks there alone', async () => {
    const engine = world.engine();
    await engine.start();
    const sam = guest();
    await world.arrive(sam);
    const [bad, good] = [`visit-${randomUUID()}`, `visit-${randomUUID()}`];
    await world.appendRaw(bad, 'GuestVisited', { guestId: idOf(sam), note: null });
    await world.append(good, GuestVisited.of({ guestId: idOf(sam), note: 'hello' }));
    await world.reached();
    const parked = await engine.parked.list();
    expect(parked.map(({ projection, stream }) => [projection, stream])).toContainEqual(['visitors', bad]);
    expect(parked.some(({ stream }) => stream === good)).toBe(false);
    expect(await world.row('guest_visits', idOf(sam))).toMatchObject({ visits: 1, last_note: 'hello' });
  });
});
