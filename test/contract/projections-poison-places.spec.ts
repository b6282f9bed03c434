import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ProjectionEngine } from '../../projections/engine/engine.js';
import { guestViolations } from '../faults/guests-story.js';
import { FriendMade, GuestWalked, guest, idOf, projectionWorld, type ProjectionWorld } from './projection-world.js';

let world: ProjectionWorld;
let engine: ProjectionEngine;
beforeEach(async () => {
  world = await projectionWorld();
  engine = world.engine();
});
afterEach(() => world.remove());

/** By whom it is refused: the fold, the reading of the event, the database. */
const KINDS = {
  'that cannot be folded': (stream: string) => world.pay(stream, 13),
  'that cannot be read': (stream: string) => world.appendRaw(stream, 'GuestPaid', { paymentId: 'without an amount' }),
  'that the database refuses': (stream: string) => world.append(stream, GuestWalked.of({ steps: 1e300 })),
} as const;

/** Where it stands in its stream and in the log; the first of a log is the first of its stream. */
const PLACES = [['first', 'first'], ['first', 'middle'], ['first', 'last'], ['middle', 'middle'], ['last', 'middle'], ['last', 'last']] as const;
const cases = Object.keys(KINDS).flatMap((kind) => PLACES.map(([inStream, inLog]) => [kind as keyof typeof KINDS, inStream, inLog] as const));

/** An ordinary life: some events of another stream. */
async function neighbour(): Promise<string> {
  const stream = guest();
  await world.arrive(stream);
  await world.pay(stream, 40);
  await world.visit(idOf(stream), 'hello');
  return stream;
}
const ordinary = (stream: string) => world.append(stream, FriendMade.of({ friendId: idOf(guest()), name: 'Kim' }));

describe('poison', () => {
  it.each(cases)('%s, the %s of its stream and in the log the %s, stops nothing else, and can be tried again and left out', async (kind, inStream, inLog) => {
    const bad = guest();
    const poison = (): Promise<unknown> => KINDS[kind](bad);
    if (inLog !== 'first') await neighbour();
    if (inStream !== 'first') await world.arrive(bad);
    if (inStream === 'last') await ordinary(bad);
    const stopping = (await poison()) as { revision: number };
    if (inStream === 'middle') await ordinary(bad);
    if (inLog !== 'last') await neighbour();
    await engine.start();

    const good = async (parked: boolean): Promise<void> => {
      await world.reached();
      expect(await guestViolations(world.admin)).toEqual([]);
      expect(await engine.parked.list()).toMatchObject(parked ? [{ projection: 'guests', stream: bad, revision: stopping.revision }] : []);
    };
    await good(true);
    expect(await engine.parked.retry('guests', bad)).toBe(false);
    await good(true);
    // Others go on, it waits: what comes after the poison is not taken in.
    await neighbour();
    await world.pay(bad, 70);
    await good(true);
    expect(await engine.verify()).toEqual([]);
    expect(await engine.parked.skip('guests', bad, 'operator')).toBe(true);
    await good(false);
    expect(await world.row('guests', idOf(bad))).toMatchObject({ balance_pence: '-70', stale_reason: null });
    await engine.rebuild('all');
    await world.pay(bad, 1);
    await good(false);
    expect(await engine.verify()).toEqual([]);
    expect(await engine.parked.skipped()).toMatchObject([{ projection: 'guests', stream: bad, skippedBy: 'operator' }]);
  });

  it('once more in the same stream, after one has been left out, stops it again there', async () => {
    await engine.start();
    const bad = guest();
    await world.arrive(bad);
    await world.pay(bad, 13);
    await world.pay(bad, 20);
    await world.append(bad, GuestWalked.of({ steps: 1e300 }));
    await world.pay(bad, 30);
    await world.reached();
    expect(await engine.parked.skip('guests', bad, 'operator')).toBe(false);
    expect(await engine.parked.list()).toMatchObject([{ stream: bad, revision: 3 }]);
    await world.pay(bad, 13);
    await world.reached();
    expect(await guestViolations(world.admin)).toEqual([]);
    expect(await engine.verify()).toEqual([]);
    for (const moves of [false, true]) expect(await engine.parked.skip('guests', bad, 'operator')).toBe(moves);
    expect(await world.row('guests', idOf(bad))).toMatchObject({ balance_pence: '-50', stream_revision: 5, stale_reason: null });
    expect(await guestViolations(world.admin)).toEqual([]);
    expect(await engine.verify()).toEqual([]);
  });
});
