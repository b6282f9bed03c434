import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { jobsCommand } from '../../src/jobs/command-line.js';
import { type EventJob, JobRefused, type JobKinds, type ScheduledJob } from '../../src/jobs/job.js';
import type { Queues } from '../../src/jobs/queues.js';
import { JobsHouse } from './jobs-house.js';
import { type QueuesWorld, someJob, until } from './jobs-world.js';

/** What the outbox promises, wherever the queues are: what an event wants is done, once, whatever is lost and whoever dies. */
export function outboxContract(name: string, open: () => Promise<QueuesWorld>): void {
  describe(`the outbox, with queues ${name}`, () => {
    let world: QueuesWorld;
    let house: JobsHouse;
    const opened: Queues[] = [];

    beforeAll(async () => {
      world = await open();
      house = await JobsHouse.open(world.databases.urls.app);
    });
    afterEach(async () => {
      await world.line.restore();
      await house.leave();
      await Promise.all(opened.splice(0).map((queues) => queues.close()));
      await world.lose();
      await world.admin('truncate app.deliveries, app.job_intents, app.process_checkpoints');
      await house.skipPast();
    });
    afterAll(async () => {
      await house?.close();
      await world?.close();
    });

    const queues = (): Queues => {
      const one = world.open();
      opened.push(one);
      return one;
    };
    /** One who reads the log, and one who works: each on queues of its own. */
    const serve = (kinds: JobKinds): void => {
      house.dispatch(queues(), kinds);
      house.work(queues(), kinds);
    };
    const greetedAll = (guests: readonly string[]): Promise<void> =>
      until(async () => new Set(await house.greeted()).size === guests.length && (await house.figures()).due === 0);
    const failing = (attempts = 2): JobKinds => house.kinds(() => Promise.reject(Object.assign(new Error('Jo Ellis'), { code: 'E_CLOSED' })), { attempts, backoffMs: 1 });

    it('does what events want, of each once, and nothing for those that want nothing', async () => {
      const kinds = house.kinds();
      serve(kinds);
      house.work(queues(), kinds);
      const first = await house.happen(20);
      await house.happen(10, 'GuestPassed');
      const guests = [...first, ...(await house.happen(20))];
      await greetedAll(guests);
      expect((await house.greeted()).sort()).toEqual([...guests].sort());
      expect(await house.figures()).toEqual({ due: 0, dead: 0, oldestSeconds: 0 });
      expect(await house.intents()).toHaveLength(guests.length);
    });

    it('tells who does it the event, the record and the organisation, and keeps nothing else', async () => {
      const on = queues();
      const kinds = house.kinds();
      house.dispatch(on, kinds);
      const [guest] = await house.happen(1);
      await until(async () => (await on.counts()).messages.waiting === 1);
      const [intent, ...more] = await house.intents();
      expect(more).toEqual([]);
      expect(Object.keys(intent!).sort()).toEqual(
        ['entity_id', 'event_id', 'failure', 'intent_id', 'kind', 'organization_id', 'position', 'recorded_at', 'settled_at', 'state'],
      );
      expect(intent).toMatchObject({ entity_id: guest, kind: 'greeting', state: 'due' });
      const stored = await world.stored();
      expect(stored).toContain(String(intent!['intent_id']));
      expect(`${stored}${JSON.stringify(intent)}`).not.toMatch(/Jo|Ellis|Mare/);
      const told: object[] = [];
      house.work(on, house.kinds((cause) => Promise.resolve(void told.push(cause))));
      await greetedAll([guest!]);
      expect(told).toEqual([expect.objectContaining({ intentId: intent!['intent_id'], eventId: intent!['event_id'], entityId: guest, organizationId: intent!['organization_id'] })]);
    });

    it('cannot write down what is no id', async () => {
      const { fence } = await house.outbox.takeOver();
      const ids = { intentId: randomUUID(), eventId: randomUUID(), organizationId: randomUUID(), entityId: 'jo.ellis@example.org' };
      // @ts-expect-error a text is no id
      await expect(house.outbox.record([{ ...ids, kind: 'greeting', position: 1 }], 1, fence)).rejects.toThrow('uuid');
      expect(await house.intents()).toEqual([]);
    });

    it('fills queues that have lost everything, schedules too', async () => {
      const turns: string[] = [];
      const scheduled: ScheduledJob = {
        name: 'some-turn', doc: 'Turns.', queue: 'housekeeping', everyMs: 3_600_000, attempts: 1, backoffMs: 1, run: () => Promise.resolve(void turns.push('turn')),
      };
      const on = queues();
      const kinds = house.kinds(undefined, {}, [scheduled]);
      house.dispatch(on, kinds);
      const guests = await house.happen(30);
      await until(async () => (await on.counts()).messages.waiting === 30);
      await world.lose();
      await until(async () => (await on.counts()).messages.waiting === 30 && (await on.counts()).housekeeping.waiting === 1);
      await world.lose();
      house.work(on, kinds);
      await greetedAll(guests);
      await until(() => Promise.resolve(turns.length > 0));
      expect(await house.greeted()).toHaveLength(30);
    });

    it('keeps what events want while the queues are away, and serves meanwhile', async () => {
      await world.line.take();
      const [on, kinds] = [queues(), house.kinds()];
      house.dispatch(on, kinds);
      house.work(queues(), kinds);
      const guests = await house.happen(10);
      await until(async () => (await house.figures()).due === 10);
      const { outbox, queues: away } = await house.desk(on, kinds).figures();
      expect(outbox).toMatchObject({ due: 10, dead: 0 });
      expect(away).toBeUndefined();
      expect(await house.greeted()).toEqual([]);
      await world.line.restore();
      await greetedAll(guests);
      await world.line.take();
      const more = await house.happen(10);
      await until(async () => (await house.figures()).due === 10);
      await world.line.restore();
      await greetedAll([...guests, ...more]);
      expect(await house.greeted()).toHaveLength(20);
    });

    it('does nothing again when events are read again', async () => {
      const kinds = house.kinds();
      serve(kinds);
      const guests = await house.happen(10);
      await greetedAll(guests);
      await house.leave();
      const before = await house.intents();
      await house.forgetPosition();
      const begun: string[] = [];
      const again = house.kinds((cause) => Promise.resolve(void begun.push(cause.entityId)));
      house.dispatch(queues(), again);
      house.work(queues(), again);
      const [last] = await house.happen(1);
      await greetedAll([...guests, last!]);
      expect(begun).toEqual([last]);
      expect((await house.intents()).slice(0, 10)).toEqual(before);
    });

    it('is written by one at a time: who was overtaken is refused', async () => {
      const [kinds, on] = [house.kinds(), queues()];
      const refused: unknown[] = [];
      house.dispatch(on, kinds, 200, (error) => refused.push(error));
      const first = await house.happen(1);
      await until(async () => (await house.figures()).due === 1);
      house.dispatch(on, kinds);
      house.work(on, kinds);
      const guests = [...first, ...(await house.happen(5))];
      await greetedAll(guests);
      expect(await house.greeted()).toHaveLength(6);
      await until(() => Promise.resolve(refused.length > 0));
      expect(refused).toEqual([expect.objectContaining({ name: 'FencedOff' })]);
    });

    it('does not do what nobody wanted, whoever put it into the queue', async () => {
      const [kinds, on] = [house.kinds(), queues()];
      house.dispatch(on, kinds);
      house.work(on, kinds);
      const forged = { ...someJob(), kind: 'greeting' };
      await on.put([forged]);
      await until(async () => (await on.counts()).messages.dead === 1);
      expect(await house.desk(on, kinds).dead(10)).toEqual([expect.objectContaining({ id: forged.id, failure: 'JobRefused NOT_WANTED', about: undefined })]);
      expect([await house.greeted(), await house.intents()]).toEqual([[], []]);
    });

    it('leaves what a later release wants to that release', async () => {
      const later = house.kinds(undefined, { name: 'later-greeting' });
      const on = queues();
      house.dispatch(on, later);
      const guests = await house.happen(3);
      await until(async () => (await on.counts()).messages.waiting === 3);
      await house.leave();
      await world.lose();
      const earlier: JobKinds = { events: [{ ...house.kinds().events[0]!, on: ['GuestPassed'] }], scheduled: [] };
      house.dispatch(on, earlier);
      house.work(on, earlier);
      await house.happen(1, 'GuestPassed');
      await until(async () => (await house.greeted()).length === 1 && (await house.figures()).due === 3);
      await house.leave();
      house.dispatch(on, later);
      house.work(on, later);
      await until(async () => (await house.figures()).due === 0);
      expect((await house.greeted()).slice(1).sort()).toEqual([...guests].sort());
    });

    it('shows what is dead, also after the queues lost it, and lets it begin anew', async () => {
      const on = queues();
      house.dispatch(on, failing());
      const failed = house.work(on, failing());
      const [guest] = await house.happen(1);
      await until(async () => (await house.figures()).dead === 1);
      await failed.stop();
      const desk = house.desk(on, failing());
      const [dead, ...more] = await desk.dead(10);
      expect(more).toEqual([]);
      expect(dead).toMatchObject({ kind: 'greeting', queue: 'messages', failure: 'Error E_CLOSED', about: guest });
      expect(await house.figures()).toMatchObject({ due: 0, dead: 1 });
      await world.lose();
      expect(await desk.dead(10)).toEqual([dead]);
      house.work(on, house.kinds());
      expect(await desk.replay(dead!.id)).toBe(true);
      await until(async () => (await house.greeted()).length === 1);
      await until(async () => (await house.figures()).dead === 0);
      expect(await desk.dead(10)).toEqual([]);
      expect(await desk.replay(dead!.id)).toBe(false);
    });

    it('hears of the dead from the queues, where the worker died before it told', async () => {
      const on = queues();
      const working = on.work('messages', { concurrency: 1, run: () => Promise.reject(new JobRefused('GONE')) });
      house.dispatch(on, house.kinds());
      await house.happen(2);
      await until(async () => (await house.figures()).dead === 2);
      await working.stop(1_000);
      expect((await house.intents()).map(({ failure }) => failure)).toEqual(['JobRefused GONE', 'JobRefused GONE']);
    });

    it('answers the operator at the command line', async () => {
      const on = queues();
      const kinds = failing(1);
      house.dispatch(on, kinds);
      const failed = house.work(on, kinds);
      const said = async (...argv: string[]): Promise<[number, string]> => {
        let text = '';
        const code = await jobsCommand(argv, { desk: house.desk(on, kinds), print: (more) => (text += more) });
        return [code, text];
      };
      expect(await said('dead')).toEqual([0, 'No job is dead.\n']);
      const [guest] = await house.happen(1);
      await until(async () => (await house.figures()).dead === 1);
      await failed.stop();
      const [, listed] = await said('dead');
      expect(listed).toMatch(new RegExp(`^[0-9a-f-]{36}  20.*Z  greeting  Error E_CLOSED  about ${guest}\n$`));
      expect(await said('list')).toEqual([0, expect.stringMatching(/messages +0 +0 +0 +1\n[^]*0 are due, and 1 are dead/)]);
      expect(JSON.parse((await said('list', '--json'))[1])).toMatchObject({ outbox: { due: 0, dead: 1 }, queues: { messages: { dead: 1 } } });
      expect(await said('replay', listed.slice(0, 36))).toEqual([0, 'It begins anew.\n']);
      house.work(on, house.kinds());
      await greetedAll([guest!]);
      expect((await said('replay', randomUUID()))[0]).toBe(1);
      expect((await said('replay'))[0]).toBe(2);
      expect((await said('bury'))[0]).toBe(2);
      await world.line.take();
      await until(() => on.counts().then(() => false, () => true));
      expect((await said('list'))[1]).toContain('cannot be reached');
      expect((await said('replay', listed.slice(0, 36)))[0]).toBe(1);
    });

    it('forgets what was done long ago, and nothing whose event might be read again', async () => {
      serve(house.kinds());
      await greetedAll(await house.happen(3));
      await house.leave();
      expect(await house.outbox.forget(30)).toBe(0);
      await world.admin("update app.job_intents set settled_at = settled_at - interval '31 days'");
      await world.admin('update app.process_checkpoints set position = (select max(position) - 1 from app.job_intents)');
      expect(await house.outbox.forget(30)).toBe(2);
      expect(await house.intents()).toHaveLength(1);
    });

    it('refuses two kinds of one name', () => {
      const [kind] = house.kinds().events as [EventJob];
      expect(() => house.work(queues(), { events: [kind, kind], scheduled: [] })).toThrow('one name');
    });

    it.each(['jobs.beforeIntents:1', 'jobs.afterIntents:1', 'jobs.afterIntents:2', 'jobs.afterEffect:1', 'jobs.afterEffect:3', 'jobs.afterDone:2'])(
      'does everything once when whoever does it is killed at %s',
      async (failpoint) => {
        const script = fileURLToPath(new URL('../support/jobs-house-worker.mjs', import.meta.url));
        const child = spawn(process.execPath, ['--no-warnings', script, world.databases.urls.app, ...world.place], {
          stdio: ['ignore', 'pipe', 'inherit'],
          env: { ...process.env, NODE_OPTIONS: '', FAILPOINT: failpoint },
        });
        const ended = once(child, 'exit');
        await Promise.race([once(child.stdout, 'data'), ended]);
        const guests: string[] = [];
        while (child.exitCode === null && child.signalCode === null) {
          guests.push(...(await house.happen(1)));
          await Promise.race([ended, delay(50)]);
        }
        expect(await ended).toEqual([null, 'SIGKILL']);
        const kinds = house.kinds();
        serve(kinds);
        await greetedAll(guests);
        expect((await house.greeted()).sort()).toEqual([...guests].sort());
        expect((await house.intents()).map(({ state }) => state)).toEqual(guests.map(() => 'done'));
      },
    );
  });
}
