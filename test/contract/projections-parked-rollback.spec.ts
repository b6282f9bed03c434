import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { ProjectionEngine } from '../../projections/engine/engine.js';
import { guest, idOf, projectionWorld, thirteen, type ProjectionWorld } from './projection-world.js';

let world: ProjectionWorld;
let engine: ProjectionEngine;
beforeEach(async () => {
  world = await projectionWorld();
  engine = world.engine();
  await engine.start();
});
afterEach(async () => {
  thirteen.accepted = false;
  await world.remove();
});

describe('going back to tables in which a stream stood still', () => {
  it('goes on with what has been left out since, and with nothing else', async () => {
    const [bad, worse] = [guest(), guest()];
    for (const stream of [bad, worse]) {
      await world.arrive(stream);
      await world.pay(stream, 13);
    }
    const visit = `visit-${randomUUID()}`;
    await world.appendRaw(visit, 'GuestVisited', { guestId: idOf(bad), note: null });
    await world.reached();
    await engine.rebuild('all');
    expect(await engine.parked.skip('guests', bad, 'operator')).toBe(true);
    expect(await engine.parked.skip('visitors', visit, 'operator')).toBe(true);
    await world.pay(bad, 50);
    await world.visit(idOf(bad), 'hello');
    await world.reached();
    await engine.rollback('all');
    expect(await world.row('guests', idOf(bad))).toMatchObject({ stream_revision: 2, balance_pence: '-50', visits: 1, stale_reason: null });
    expect(await engine.parked.list()).toMatchObject([{ projection: 'guests', stream: worse, revision: 1 }]);
    expect(await engine.verify()).toEqual([]);
    await world.pay(bad, 5);
    await world.reached();
    expect(await world.row('guests', idOf(bad))).toMatchObject({ balance_pence: '-55' });
  });

  it('goes on with what a repaired product has taken in since', async () => {
    const bad = guest();
    await world.arrive(bad);
    await world.pay(bad, 13);
    await world.reached();
    await engine.rebuild('all');
    thirteen.accepted = true;
    expect(await engine.parked.retry('guests', bad)).toBe(true);
    await engine.rollback('all');
    expect(await world.row('guests', idOf(bad))).toMatchObject({ stream_revision: 1, balance_pence: '-13', stale_reason: null });
    expect(await engine.parked.list()).toEqual([]);
    expect(await engine.verify()).toEqual([]);
  });
});
