import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { idOf, JobRefused, QUEUES } from '../../src/jobs/job.js';
import type { Schedule } from '../../src/jobs/queues.js';
import { type QueuesWorld, someJob, Taken, until } from './jobs-world.js';
import { LONG_MS, NONE, workshop } from './jobs-workshop.js';

/** What every adapter of the queues does alike. */
export function queuesContract(name: string, open: () => Promise<QueuesWorld>): void {
  describe(`queues ${name}`, () => {
    const { queues, work, counted, settled, emptied, failing, world } = workshop(open);

    it('gives each job once, in the order in which they were put in', async () => {
      const on = queues();
      const jobs = Array.from({ length: 20 }, () => someJob());
      await on.put(jobs.slice(0, 15));
      await on.put(jobs.slice(15));
      expect(await counted(on)).toEqual({ ...NONE, waiting: 20 });
      const taken = new Taken();
      work(on, taken.note);
      await taken.until(20);
      expect(taken.ids).toEqual(jobs.map(({ id }) => id));
      expect(taken.jobs.every(({ kind, attempt }) => kind === 'some-letter' && attempt === 1)).toBe(true);
      await settled(on);
      expect(await on.counts()).toEqual(Object.fromEntries(QUEUES.map((queue) => [queue, NONE])));
    });

    it('takes nothing out of a queue that nobody asked for', async () => {
      const on = queues();
      await on.put([{ ...someJob(), queue: 'housekeeping' }, someJob()]);
      const taken = new Taken();
      work(on, taken.note);
      await taken.until(1);
      await settled(on);
      expect(await on.counts()).toEqual({ messages: NONE, housekeeping: { ...NONE, waiting: 1 } });
    });

    it('has a job once, however often it is put in: while it waits, is being done, or is dead', async () => {
      const on = queues();
      const job = someJob({ attempts: 1 });
      await Promise.all([on.put([job, job]), queues().put([job]), on.put([job])]);
      expect(await counted(on)).toEqual({ ...NONE, waiting: 1 });
      const taken = new Taken();
      let again!: () => void;
      const mayFail = new Promise<void>((resolve) => (again = resolve));
      work(on, async (one) => {
        await taken.note(one);
        await mayFail;
        throw new Error('no');
      });
      await taken.until(1);
      await on.put([job]);
      expect(await counted(on)).toEqual({ ...NONE, active: 1 });
      again();
      await until(async () => (await counted(on)).dead === 1);
      await on.put([job]);
      expect(await counted(on)).toEqual({ ...NONE, dead: 1 });
      expect(taken.jobs).toHaveLength(1);
    });

    it('shares the jobs among several processes, each job to one of them', async () => {
      const taken = new Taken();
      const processes = Array.from({ length: 3 }, () => queues());
      for (const on of processes) work(on, taken.note, { concurrency: 4 });
      const jobs = Array.from({ length: 300 }, () => someJob());
      await Promise.all(processes.map((on, index) => on.put(jobs.filter((_, which) => which % 3 === index))));
      await taken.until(300);
      expect(new Set(taken.ids)).toEqual(new Set(jobs.map(({ id }) => id)));
      await settled(processes[0]!);
      expect(taken.jobs).toHaveLength(300);
    });

    it('tells idle workers of a new job: they look by themselves only after ten minutes', async () => {
      const on = queues();
      const taken = new Taken();
      work(on, taken.note);
      for (let count = 1; count <= 3; count++) {
        await on.put([someJob()]);
        await taken.until(count);
        await settled(on);
      }
    });

    it('tries again, each time after twice as long', async () => {
      const on = queues();
      const taken = new Taken();
      const at: number[] = [];
      work(on, (job) => (at.push(Date.now()), failing(3, taken)(job)));
      await on.put([someJob({ attempts: 4, backoffMs: 40 })]);
      await taken.until(4);
      expect(taken.jobs.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4]);
      const pauses = at.slice(1).map((one, index) => one - at[index]!);
      // Clocks count whole milliseconds.
      pauses.forEach((pause, index) => expect(pause).toBeGreaterThanOrEqual(40 * 2 ** index - 2));
      await settled(on);
      expect(await counted(on)).toEqual(NONE);
    });

    it('counts what waits for its next attempt', async () => {
      const on = queues();
      const taken = new Taken();
      work(on, failing(1, taken));
      await on.put([someJob({ backoffMs: LONG_MS })]);
      await until(async () => (await counted(on)).delayed === 1);
      expect(await counted(on)).toEqual({ ...NONE, delayed: 1 });
      expect(taken.jobs).toHaveLength(1);
    });

    it('shows a job as dead once it has failed too often, and lets it begin anew', async () => {
      const on = queues();
      const taken = new Taken();
      const told: string[] = [];
      work(on, failing(2, taken, () => Object.assign(new TypeError('who: Jo Ellis'), { code: 'E_AWAY' })), { died: (id, failure) => told.push(`${id} ${failure}`) });
      const job = someJob({ attempts: 2, backoffMs: 1 });
      await on.put([job]);
      await until(async () => (await counted(on)).dead === 1);
      const [dead, ...more] = await on.dead(10);
      expect(more).toEqual([]);
      expect(dead).toEqual({ id: job.id, kind: 'some-letter', queue: 'messages', failure: 'TypeError E_AWAY', attempts: 2, diedAt: expect.stringMatching(/^20.*Z$/) });
      await until(() => Promise.resolve(told.length === 1));
      expect(told).toEqual([`${job.id} TypeError E_AWAY`]);
      expect(await on.replay(randomUUID())).toBe(false);
      expect(await queues().replay(job.id)).toBe(true);
      await taken.until(3);
      expect(taken.jobs.map(({ attempt }) => attempt)).toEqual([1, 2, 1]);
      await settled(on);
      expect(await counted(on)).toEqual(NONE);
      expect(await on.replay(job.id)).toBe(false);
    });

    it('does not try again what it is of no use to try', async () => {
      const on = queues();
      const taken = new Taken();
      work(on, failing(9, taken, () => new JobRefused('NOT_WANTED')));
      await on.put([someJob({ attempts: 9 })]);
      await until(async () => (await counted(on)).dead === 1);
      expect((await on.dead(1))[0]).toMatchObject({ failure: 'JobRefused NOT_WANTED', attempts: 1 });
      expect(taken.jobs).toHaveLength(1);
    });

    it('lists the dead that died last first, and no more than are wanted', async () => {
      const on = queues();
      const taken = new Taken();
      work(on, failing(9, taken, () => new JobRefused('NO')));
      const jobs = Array.from({ length: 4 }, () => someJob());
      for (const job of jobs) {
        await on.put([job]);
        await until(async () => (await on.dead(9)).some(({ id }) => id === job.id));
        // Two that died in one millisecond have no order.
        await delay(2);
      }
      expect((await on.dead(3)).map(({ id }) => id)).toEqual(jobs.slice(1).reverse().map(({ id }) => id));
    });

    it('keeps ids, kinds and counters, and nothing of what an error says', async () => {
      const on = queues();
      const canary = 'Jo Ellis of 12 Mare Street';
      const [waiting, dead, late] = [someJob({ backoffMs: LONG_MS }), someJob({ attempts: 1 }), { ...someJob(), queue: 'housekeeping' as const }];
      await on.put([late]);
      const taken = new Taken();
      work(on, failing(9, taken, () => Object.assign(new Error(canary, { cause: new Error(canary) }), { stack: `Error: ${canary}\n    at ${canary}` })));
      await on.put([waiting, dead]);
      await until(async () => (await counted(on)).dead === 1 && (await counted(on)).delayed === 1);
      const stored = await world().stored();
      for (const { id } of [waiting, dead, late]) expect(stored).toContain(id);
      expect(stored).not.toMatch(/Jo|Ellis|Mare/);
    });

    it('has one job for each turn of a schedule, however many processes keep it', async () => {
      const schedule: Schedule = { kind: 'some-turn', queue: 'messages', everyMs: 200, attempts: 1, backoffMs: 10 };
      const taken = new Taken();
      const processes = [queues(), queues(), queues()];
      await Promise.all(processes.map((on) => on.keepSchedules([schedule])));
      const workers = processes.map((on) => work(on, taken.note));
      for (let turn = 1; turn <= 6; turn++) {
        await taken.until(turn);
        await processes[turn % 3]!.keepSchedules([schedule]);
      }
      await Promise.all(workers.map((one) => one.stop(60_000)));
      expect(new Set(taken.ids).size).toBe(taken.ids.length);
      expect(taken.jobs.every(({ kind }) => kind === 'some-turn')).toBe(true);
      // The next turn, and no other.
      const { waiting, delayed, active } = await counted(processes[0]!);
      expect(waiting + delayed + active).toBe(1);
    });

    it('changes the interval of a schedule, and ends one that is no longer named', async () => {
      const on = queues();
      const schedule: Schedule = { kind: 'some-turn', queue: 'messages', everyMs: LONG_MS, attempts: 1, backoffMs: 10 };
      await on.keepSchedules([schedule, { ...schedule, kind: 'other-turn' }]);
      await on.keepSchedules([{ ...schedule, everyMs: 100 }]);
      const taken = new Taken();
      work(on, taken.note);
      await until(() => Promise.resolve(taken.jobs.filter(({ kind }) => kind === 'some-turn').length >= 4));
      await on.keepSchedules([]);
      await emptied(on);
      // Its first turn came at once.
      expect(taken.jobs.filter(({ kind }) => kind === 'other-turn').length).toBeLessThanOrEqual(1);
    });

    it('is told of a kind by its name and of an id by its letters, and of nothing that is none', async () => {
      const on = queues();
      // @ts-expect-error a text is no id
      await on.put([{ ...someJob(), id: randomUUID() }].slice(1));
      expect(() => idOf('jo.ellis@example.org')).toThrow('ids only');
      expect(() => idOf(`${randomUUID()} Jo`)).toThrow('ids only');
    });
  });
}
