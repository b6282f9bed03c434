import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { JobRefused } from '../../src/jobs/job.js';
import { QueuesAway, type TakenJob, type Work, type Working } from '../../src/jobs/queues.js';
import { eventually, type QueuesWorld, someJob, Taken, until } from './jobs-world.js';
import { LONG_MS, NONE, workshop } from './jobs-workshop.js';

/** What becomes of jobs, with every adapter alike, when workers stop, freeze and die, and when the queues do. */
export function losingContract(name: string, open: () => Promise<QueuesWorld>): void {
  describe(`queues ${name}, when something is lost`, () => {
    const { queues, work, other, counted, settled, emptied, failing, world } = workshop(open);

    it('gives the job of a worker that was killed to another one', async () => {
      const on = queues();
      const job = someJob();
      const doomed = await other(400);
      await on.put([job]);
      await doomed.says(`took ${job.id}`);
      await doomed.kill();
      const taken = new Taken();
      work(on, taken.note);
      await taken.until(1);
      expect(taken.ids).toEqual([job.id]);
      await settled(on);
      expect(await counted(on)).toEqual(NONE);
    });

    it('does not believe a worker that was frozen and goes on: another one has its job', async () => {
      const on = queues();
      const job = someJob();
      const frozen = await other(3_000);
      await on.put([job]);
      await frozen.says(`took ${job.id}`);
      frozen.process.kill('SIGSTOP');
      const taken = new Taken();
      const second = work(on, failing(9, taken, () => new JobRefused('NO')));
      await taken.until(1);
      await until(async () => (await counted(on)).dead === 1);
      frozen.process.kill('SIGCONT');
      frozen.finish();
      await frozen.says(`finished ${job.id}`);
      // It says so to the queue before it takes another one.
      const next = someJob();
      await second.stop(10_000);
      await on.put([next]);
      await frozen.says(`took ${next.id}`);
      expect(await counted(on)).toEqual({ ...NONE, active: 1, dead: 1 });
      expect((await on.dead(1))[0]).toMatchObject({ id: job.id, failure: 'JobRefused NO' });
    });

    it('keeps the job of a worker that takes longer than its lease, while it is heard of', async () => {
      const on = queues({ leaseMs: 12_000 });
      const taken = new Taken();
      const [long, after] = [someJob(), someJob()];
      work(on, async (job) => {
        await taken.note(job);
        if (job.id === long.id) await delay(13_500);
      });
      await on.put([long]);
      await taken.until(1);
      work(queues(), taken.note);
      await until(async () => (await counted(on)).active === 0);
      await on.put([after]);
      await taken.until(2);
      expect(taken.ids).toEqual([long.id, after.id]);
    });

    it('lets jobs in hand finish when a worker stops, and takes no more', async () => {
      const on = queues();
      const taken = new Taken();
      let finish!: () => void;
      const finished = new Promise<void>((resolve) => (finish = resolve));
      const stopping = work(on, async (job) => {
        await taken.note(job);
        await finished;
      });
      const [first, second] = [someJob(), someJob()];
      await on.put([first, second]);
      await taken.until(1);
      let stopped = false;
      const stop = stopping.stop(60_000).then(() => (stopped = true));
      expect(await counted(on)).toEqual({ ...NONE, waiting: 1, active: 1 });
      expect(stopped).toBe(false);
      finish();
      await stop;
      expect(await counted(on)).toEqual({ ...NONE, waiting: 1 });
      expect(taken.ids).toEqual([first.id]);
    });

    it('waits for no longer than it is told: the job is told to end, and is another one’s', async () => {
      const on = queues({ leaseMs: 400 });
      const taken = new Taken();
      let letGo!: () => void;
      let working: Working | undefined;
      const told = new Promise<TakenJob>((resolve) => {
        const run: Work['run'] = async (job) => {
          await taken.note(job);
          await new Promise<void>((ended) => (job.signal.addEventListener('abort', () => resolve(job)), (letGo = ended)));
        };
        working = work(on, run);
      });
      const job = someJob();
      await on.put([job]);
      await taken.until(1);
      await working!.stop(50);
      expect((await told).id).toBe(job.id);
      const next = new Taken();
      work(queues(), next.note);
      await next.until(1);
      expect(next.ids).toEqual([job.id]);
      letGo();
    });

    it('goes on after all connections were ended, again and again', async () => {
      const on = queues();
      const taken = new Taken();
      const two = queues();
      work(on, taken.note, { concurrency: 2 });
      work(two, taken.note, { concurrency: 2 });
      const jobs = Array.from({ length: 60 }, () => someJob());
      for (let round = 0; round < 6; round++) {
        const some = jobs.slice(round * 10, round * 10 + 10);
        const putting = eventually(() => on.put(some));
        await (round % 2 === 0 ? world().hangUp() : Promise.resolve(world().line.cut()));
        await putting;
      }
      await until(() => Promise.resolve(new Set(taken.ids).size === 60));
      // One whose end could not be told begins again after its lease.
      await eventually(() => emptied(two));
      expect(await eventually(() => counted(two))).toEqual(NONE);
    });

    it('says that it cannot be reached, works again when it can, and tells who asked for that', async () => {
      await world().line.take();
      const on = queues({ answerMs: 500 });
      const taken = new Taken();
      work(on, taken.note);
      let returned = 0;
      on.onReturn(() => (returned += 1));
      await expect(on.put([someJob()])).rejects.toThrow(QueuesAway);
      await expect(on.counts()).rejects.toThrow(QueuesAway);
      await expect(on.dead(1)).rejects.toThrow(QueuesAway);
      await expect(on.replay(randomUUID())).rejects.toThrow(QueuesAway);
      await expect(on.keepSchedules([])).rejects.toThrow(QueuesAway);
      expect(returned).toBe(0);
      await world().line.restore();
      const job = someJob();
      await eventually(() => on.put([job]));
      expect(returned).toBeGreaterThan(0);
      await until(() => Promise.resolve(taken.ids.includes(job.id)));
      await world().line.take();
      await until(() => on.counts().then(() => false, (error: unknown) => error instanceof QueuesAway));
      await world().line.restore();
      const later = someJob();
      await eventually(() => on.put([later]));
      await until(() => Promise.resolve(taken.ids.includes(later.id)));
    });

    it('has jobs again that are put in again after everything was lost', async () => {
      const on = queues();
      const jobs = Array.from({ length: 5 }, () => someJob());
      await on.put(jobs);
      await on.keepSchedules([{ kind: 'some-turn', queue: 'housekeeping', everyMs: LONG_MS, attempts: 1, backoffMs: 1 }]);
      await world().lose();
      expect(await counted(on)).toEqual(NONE);
      const taken = new Taken();
      work(on, taken.note);
      await on.put(jobs);
      await taken.until(5);
      expect(taken.ids).toEqual(jobs.map(({ id }) => id));
      const turns = new Taken();
      await on.keepSchedules([{ kind: 'some-turn', queue: 'housekeeping', everyMs: LONG_MS, attempts: 1, backoffMs: 1 }]);
      work(on, turns.note, { queue: 'housekeeping' });
      await turns.until(1);
    });
  });
}
