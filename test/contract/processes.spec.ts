import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { LogUnavailable } from '../../src/event-store/errors.js';
import { metadataOf } from '../../src/event-store/metadata.js';
import type { Process } from '../../src/processes/engine/process.js';
import type { ProcessRunner } from '../../src/processes/engine/process-runner.js';
import { realClock } from '../../src/platform/clock.js';
import { testDatabases, type TestDatabases } from '../support/databases.js';
import { Come, doors, feeAccountOf, fees, House, Leave, MakeDoor, NameLodger, notes, organizationId, SetDoor, Visit } from '../support/process-world.js';

const NOW = '2026-09-02T08:00:00.000Z';
const LONG = 90_000;
const person = { id: 'somebody', organizationId };

describe('the process engine', () => {
  let databases: TestDatabases;
  let house: House;
  const runners: ProcessRunner[] = [];

  beforeEach(async () => {
    databases = await testDatabases();
    house = await House.open(databases.urls.app, { now: () => Promise.resolve(NOW) });
  });
  afterEach(async () => {
    await Promise.all(runners.splice(0).map((runner) => runner.stop()));
    await house.close();
    await databases.drop();
  });

  function run(change: Parameters<House['runner']>[0] = {}): ProcessRunner {
    const runner = house.runner(change);
    runners.push(runner);
    runner.start();
    return runner;
  }

  it('follows a command to the last of its consequences', async () => {
    const watch = house.watch();
    const tracker = await house.tracker(watch);
    run();
    const came = await house.do(Come, {});
    const followed = await tracker.follow(came.correlationId, came.position, LONG);
    const [noted] = await house.log('LodgerFeeNoted');
    expect(followed).toEqual({ position: noted!.position, settled: true, parked: [] });
    expect(metadataOf(noted!)).toMatchObject({
      correlationId: came.correlationId, source: 'process', actorRole: 'system', organizationId, command: 'NoteFee',
    });
    expect(await tracker.followFrom(came.position, LONG)).toEqual(followed);
    expect(await tracker.followFrom(noted!.position + 1000, 20)).toMatchObject({ settled: false });
    const [opened] = await house.log('FeeAccountOpened');
    expect(metadataOf(noted!).causationId).toBe(opened!.id);
    expect(watch.position('notes')).toBeGreaterThanOrEqual(opened!.position);
  });

  it('says at once that nothing follows from what no process reacts to, and truthfully that the rest is not done yet', async () => {
    const watch = house.watch();
    const tracker = await house.tracker(watch);
    const came = await house.do(Come, {});
    expect(await tracker.follow(came.correlationId, came.position, 30)).toMatchObject({ position: came.position, settled: false });
    const named = await house.do(NameLodger, {}, came.id);
    expect(await tracker.follow(named.correlationId, named.position, LONG)).toMatchObject({ position: named.position, settled: true });
    // A tracker that was not there when it happened waits for everything that was recorded before.
    const late = await house.tracker(watch);
    expect(await late.follow(came.correlationId, came.position, 30)).toMatchObject({ settled: false });
    run();
    expect(await late.follow(came.correlationId, came.position, LONG)).toMatchObject({ settled: true });
    expect(await house.log('LodgerFeeNoted')).toHaveLength(1);
  });

  it('has not followed a command while a consequence of its consequence is under way', async () => {
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const gated = (process: Process, gate: Promise<void>): Process => ({ ...process, react: (event, context) => gate.then(() => process.react(event, context)) });
    const watch = house.watch();
    const tracker = await house.tracker(watch);
    run({ processes: [gated(fees, first.promise), gated(notes, second.promise), doors] });
    const came = await house.do(Come, {});
    let followed = false;
    // Begun before anything has followed, so that it has to learn of each consequence as it comes.
    const following = tracker.follow(came.correlationId, came.position, LONG).finally(() => (followed = true));
    expect(await tracker.follow(came.correlationId, came.position, 100)).toMatchObject({ settled: false });
    first.resolve();
    expect(await watch.passedEach(new Map([['fees', came.position]]), LONG)).toBe(true);
    expect(await tracker.follow(came.correlationId, came.position, 300)).toMatchObject({ settled: false });
    expect(followed).toBe(false);
    second.resolve();
    expect(await following).toMatchObject({ position: (await house.log('LodgerFeeNoted'))[0]!.position, settled: true });
  });

  it('tries again what cannot be reached, and parks what nobody expected', async () => {
    let away = 5;
    const flaky: Process = {
      ...fees,
      react: (event, context) => (away-- > 0 ? Promise.reject(new LogUnavailable()) : fees.react(event, context)),
    };
    const broken: Process = { name: 'broken', doc: '', on: ['LodgerCame'], react: () => Promise.reject(new TypeError('secret of Anna')) };
    const processes = [flaky, broken];
    const watch = house.watch(processes);
    run({ processes });
    const came = await house.do(Come, {});
    expect(await watch.passed(came.position, LONG)).toBe(true);
    expect(await house.log('FeeAccountOpened')).toHaveLength(1);
    const pool = new pg.Pool({ connectionString: house.connectionString });
    const { rows } = await pool.query('select process, stream, code, sentence, status from app.process_parked');
    await pool.end();
    expect(rows).toEqual([
      { process: 'broken', stream: `lodger-${came.id}`, code: 'FAILED', sentence: 'The process failed in an unexpected way (TypeError).', status: 'parked' },
    ]);
  });

  it('parks a refusal with what comes behind it, lets the others go on, and works through it when somebody says so', async () => {
    const watch = house.watch();
    const tracker = await house.tracker(watch);
    const parked = house.parked(watch);
    const first = run();
    const [shut, ajar] = [(await house.do(MakeDoor, { open: 0 })).id, (await house.do(MakeDoor, { open: 1 })).id];
    const waits = await house.do(Come, { doorId: shut });
    const stream = `lodger-${waits.id}`;
    const refused = { process: 'doors', stream, organizationId, code: 'DOOR-1', sentence: 'The door is closed.', position: waits.position };
    expect(await tracker.follow(waits.correlationId, waits.position, LONG)).toMatchObject({ settled: true, parked: [refused] });
    const visits = [await house.do(Visit, {}, waits.id), await house.do(Visit, {}, waits.id)];
    const [other] = await house.come(1, { doorId: ajar });
    const last = await house.do(Visit, {}, other);
    for (const one of [last, ...visits]) {
      const { settled, parked: behind } = await tracker.follow(one.correlationId, one.position, LONG);
      expect({ settled, parked: behind.length }).toEqual({ settled: true, parked: one === last ? 0 : 1 });
    }
    const entered = async () => (await house.log('DoorEntered')).map((event) => JSON.parse(String(Buffer.from(event.data))) as object);
    expect(await entered()).toEqual([0, 1].map((visit) => ({ lodgerId: other, visit })));

    const doorsOf = async (organization: string) => (await parked.list(organization)).find(({ name }) => name === 'doors')!;
    expect(await doorsOf(organizationId)).toMatchObject({ doc: 'Lets lodgers in.', parked: [{ ...refused, status: 'parked' }] });
    expect((await doorsOf(feeAccountOf('other'))).parked).toEqual([]);
    await expect(parked.retry('doors', stream, { ...person, organizationId: feeAccountOf('other') })).rejects.toMatchObject({ status: 404 });
    expect(await parked.retry('doors', stream, person)).toMatchObject({ status: 'parked', requested: null, requestedBy: 'somebody' });

    // Another leader does not know what was passed over; the log and the table do.
    run();
    await first.stop();
    await house.do(SetDoor, { open: 1 }, shut);
    expect(await parked.retry('doors', stream, person, LONG)).toMatchObject({ status: 'retried', position: waits.position });
    expect((await entered()).slice(2)).toEqual([0, 1, 2].map((visit) => ({ lodgerId: waits.id, visit })));
    const again = await house.do(Visit, {}, waits.id);
    expect(await tracker.follow(again.correlationId, again.position, LONG)).toMatchObject({ settled: true, parked: [] });
    expect((await entered()).at(-1)).toEqual({ lodgerId: waits.id, visit: 3 });
  });

  it('leaves out what is dropped, and what waits behind it may be refused again', async () => {
    const watch = house.watch();
    const parked = house.parked(watch);
    run({ processes: [doors] });
    const door = (await house.do(MakeDoor, { open: 0 })).id;
    const [id] = await house.come(1, { doorId: door });
    const visit = await house.do(Visit, {}, id);
    expect(await watch.passedEach(new Map([['doors', visit.position]]), LONG)).toBe(true);
    const stream = `lodger-${id}`;
    expect(await parked.drop('doors', stream, person)).toMatchObject({ status: 'dropped' });
    const of = async () => (await parked.list(organizationId)).find(({ name }) => name === 'doors')!.parked;
    expect(await of()).toMatchObject([{ status: 'parked', position: visit.position }, { status: 'dropped', requestedBy: 'somebody' }]);
    await house.do(SetDoor, { open: 1 }, door);
    await parked.retry('doors', stream, person);
    expect((await of()).map(({ status }) => status)).toEqual(['retried', 'dropped']);
    expect(await house.log('DoorEntered')).toHaveLength(1);
  });

  it('keeps the timers that it set and forgets those that it cancelled', async () => {
    const watch = house.watch();
    run();
    const [stays, goes] = await house.come(2);
    await house.do(Leave, {}, goes);
    expect(await watch.passed(await house.store.head(), LONG)).toBe(true);
    const pool = new pg.Pool({ connectionString: house.connectionString });
    const { rows } = await pool.query('select key, due_at, payload, stream from app.process_timers');
    await pool.end();
    expect(rows).toEqual([
      { key: stays, due_at: new Date('2026-09-06T23:00:00Z'), payload: { monday: '2026-09-07' }, stream: `lodger-${stays}` },
    ]);
  });

  it('fires a timer at its instant by the real time, and an earlier one that is set meanwhile before it', async () => {
    const real = await House.open(databases.urls.app, realClock);
    const fired: string[] = [];
    const both = Promise.withResolvers<void>();
    const bells: Process = {
      name: 'bells',
      doc: '',
      on: ['LodgerCame', 'LodgerVisited'],
      async react({ declaration }, context) {
        const within = (ms: number): string => new Date(Date.parse(context.now) + ms).toISOString();
        if (declaration.type === 'LodgerCame') return void context.schedule({ key: 'second', dueAt: within(3_600_000), payload: {} });
        // However late a busy machine comes to this: both instants are counted from here.
        context.schedule({ key: 'first', dueAt: within(150), payload: {} });
        context.schedule({ key: 'second', dueAt: within(400), payload: {} });
      },
      async fire({ key, dueAt }, context) {
        fired.push(context.now >= dueAt ? key : 'too early');
        if (fired.length === 2) both.resolve();
      },
    };
    const runner = real.runner({ processes: [bells] });
    runner.start();
    const { id } = await real.do(Come, {});
    await real.do(Visit, {}, id);
    await both.promise;
    expect(fired).toEqual(['first', 'second']);
    await runner.stop();
    await real.close();
  });

  it('refuses processes that cannot work', () => {
    expect(() => house.runner({ processes: [fees, fees] })).toThrow('Two processes are called fees');
    expect(() => house.runner({ processes: [{ ...fees, on: ['LodgerCane'] }] })).toThrow('reacts to LodgerCane');
  });
});
