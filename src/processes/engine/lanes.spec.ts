import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Lanes } from './lanes.js';

describe('lanes', () => {
  it('keep the order in each, work side by side, and never do more at once than they may', async () => {
    const work = fc.array(fc.record({ lane: fc.constantFrom('a', 'b', 'c', 'd'), fails: fc.boolean() }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), work, fc.integer({ min: 1, max: 3 }), async (scheduler, tasks, most) => {
        const lanes = new Lanes(most);
        const done: number[] = [];
        let [now, peak] = [0, 0];
        const results = tasks.map(({ lane, fails }, index) =>
          lanes.run(lane, async () => {
            peak = Math.max(peak, ++now);
            await scheduler.schedule(Promise.resolve());
            now -= 1;
            done.push(index);
            if (fails) throw new Error(String(index));
          }),
        );
        const outcomes = Promise.allSettled(results);
        await scheduler.waitFor(Promise.all([outcomes, lanes.idle()]));
        expect((await outcomes).map(({ status }) => status)).toEqual(tasks.map(({ fails }) => (fails ? 'rejected' : 'fulfilled')));
        expect(peak).toBeLessThanOrEqual(most);
        for (const lane of ['a', 'b', 'c', 'd']) {
          const order = done.filter((index) => tasks[index]!.lane === lane);
          expect(order).toEqual([...order].sort((x, y) => x - y));
        }
        expect(done).toHaveLength(tasks.length);
      }),
    );
  });
});
