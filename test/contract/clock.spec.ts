import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { EventStore } from '../../src/event-store/event-store.js';
import { metadataOf } from '../../src/event-store/metadata.js';
import { PostgresEventStore } from '../../src/event-store/postgres/postgres-event-store.js';
import { plusDays, startOfLondonDay } from '../../src/kernel/values.js';
import { MovableClock, realTime, type Deadlines } from '../../src/platform/movable-clock.js';
import { ProcessDeadlines } from '../../src/processes/engine/deadlines.js';
import type { Process } from '../../src/processes/engine/process.js';
import type { ProcessRunner } from '../../src/processes/engine/process-runner.js';
import { testDatabases, type TestDatabases } from '../support/databases.js';
import { catalogue, Come, feeAccountOf, FeeAccount, fees, House, Leave, organizationId, MakeDoor } from '../support/process-world.js';

const START = '2026-08-03T08:00:00.000Z';
const nothingDue: Deadlines = { next: () => Promise.resolve(undefined), settle: () => Promise.resolve(true) };

describe('the movable clock', () => {
  let databases: TestDatabases;
  let house: House;
  let clock: MovableClock;
  let pool: pg.Pool;
  const opened: { close(): Promise<void> }[] = [];
  const runners: ProcessRunner[] = [];

  const openClock = async (start = START): Promise<MovableClock> => {
    const store = await PostgresEventStore.open({ connectionString: databases.urls.app });
    const one = await MovableClock.open({ connectionString: databases.urls.app, store, start });
    opened.push(one, store);
    return one;
  };
  const today = async (): Promise<string> => {
    const { rows } = await pool.query<{ today: string }>('select read.product_today()::text as today');
    return rows[0]!.today;
  };

  beforeEach(async () => {
    databases = await testDatabases();
    pool = new pg.Pool({ connectionString: databases.urls.app, max: 2 });
    clock = await openClock();
    house = await House.open(databases.urls.app, clock);
  });
  afterEach(async () => {
    await Promise.all(runners.splice(0).map((runner) => runner.stop()));
    await house.close();
    for (const one of opened.splice(0)) await one.close();
    await pool.end();
    await databases.drop();
  });

  function run(processes: readonly Process[] = [fees]): void {
    const runner = house.runner({ processes });
    runners.push(runner);
    runner.start();
  }
  const deadlines = (processes: readonly Process[] = [fees], patienceMs?: number): ProcessDeadlines =>
    new ProcessDeadlines(pool, house.store, house.watch(processes), patienceMs);
  const chargesOf = async (lodgerId: string) =>
    (await house.streams.load(catalogue.entity('fee_accounts')!, feeAccountOf(lodgerId), organizationId)).state as FeeAccount;

  it('starts where it is told on an empty installation, stands still, and is the same for every process', async () => {
    expect([await clock.now(), await clock.now()]).toEqual([START, START]);
    const other = await openClock('2030-01-01T00:00:00Z');
    expect(await other.now()).toBe(START);
    expect(await other.moveTo('2026-08-03T22:59:59Z', nothingDue)).toBe('2026-08-03T22:59:59.000Z');
    expect([await clock.now(), await today()]).toEqual(['2026-08-03T22:59:59.000Z', '2026-08-03']);
    // Midnight is London's.
    await clock.moveTo('2026-08-03T23:00:00Z', nothingDue);
    expect(await today()).toBe('2026-08-04');
  });

  it('is followed by a command line beside the product, until the product goes by real time', async () => {
    const beside = await MovableClock.inUse(databases.urls.app);
    opened.push(beside!);
    expect([await beside!.now(), await today()]).toEqual([START, '2026-08-03']);
    await clock.moveTo('2026-08-05T08:00:00Z', nothingDue);
    expect(await beside!.now()).toBe('2026-08-05T08:00:00.000Z');
    await realTime(databases.urls.app);
    expect(await MovableClock.inUse(databases.urls.app)).toBeUndefined();
  });

  it('moves forward only, to an instant', async () => {
    await expect(clock.moveTo('2026-08-03T07:59:59Z', nothingDue)).rejects.toMatchObject({ code: 'CLOCK', status: 409 });
    await expect(clock.moveTo('next week', nothingDue)).rejects.toMatchObject({ code: 'CLOCK', status: 422 });
    expect(await clock.moveTo(START, nothingDue)).toBe(START);
  });

  it('starts a used installation at the last recorded instant, also where it was not in use meanwhile', async () => {
    await house.do(Come, {});
    await clock.moveTo('2026-08-05T08:00:00Z', nothingDue);
    expect(await (await openClock('2026-01-01T00:00:00Z')).now()).toBe('2026-08-05T08:00:00.000Z');
    const real = await House.open(databases.urls.app, { now: () => Promise.resolve('2026-11-25T10:11:12.131Z') });
    await real.do(Come, {});
    await real.close();
    expect(await (await openClock()).now()).toBe('2026-11-25T10:11:12.131Z');
    const owner = new pg.Client({ connectionString: databases.urls.owner });
    await owner.connect();
    await owner.query('delete from app.clock');
    await owner.end();
    expect(await (await openClock('2026-01-01T00:00:00Z')).now()).toBe('2026-11-25T10:11:12.131Z');
  });

  it('leaves the views to the real time when it is not in use any more', async () => {
    await realTime(databases.urls.app);
    const { rows } = await pool.query<{ today: string }>(`select (clock_timestamp() at time zone 'Europe/London')::date::text as today`);
    expect(await today()).toBe(rows[0]!.today);
  });

  it('charges 30 lodgers each Monday of 26 weeks once, at its instant, when it is moved over all of them', async () => {
    run();
    const lodgers = (await Promise.all(Array.from({ length: 30 }, () => house.do(Come, {})))).map(({ id }) => id);
    expect(await clock.moveTo('2027-02-01T08:00:00Z', deadlines())).toBe('2027-02-01T08:00:00.000Z');
    const mondays = Array.from({ length: 26 }, (_, week) => plusDays('2026-08-10', week * 7));
    expect(mondays.at(-1)).toBe('2027-02-01');
    for (const id of lodgers) expect((await chargesOf(id)).mondays).toEqual(mondays);
    const charged = await house.log('FeeCharged');
    expect(charged).toHaveLength(30 * 26);
    for (const event of charged) {
      const { monday } = JSON.parse(String(Buffer.from(event.data))) as { monday: string };
      expect(metadataOf(event).recordedAt).toBe(startOfLondonDay(monday));
    }
  });

  it('catches up on timers that are long due, and heeds a cancellation that was recorded before', async () => {
    const [stays, goes] = [await house.do(Come, {}), await house.do(Come, {})];
    await clock.moveTo('2026-08-09T22:59:59Z', nothingDue);
    await house.do(Leave, {}, goes.id);
    // No worker was there when the Mondays came.
    await clock.moveTo('2026-08-25T08:00:00Z', nothingDue);
    run();
    await clock.moveTo('2026-08-25T08:00:01Z', deadlines());
    expect((await chargesOf(stays.id)).mondays).toEqual(['2026-08-10', '2026-08-17', '2026-08-24']);
    expect((await chargesOf(goes.id)).mondays).toEqual([]);
  });

  it('lets a process hear of everything recorded before it fires a timer', async () => {
    const lodger = await house.do(Come, {});
    run();
    const watch = house.watch([fees]);
    expect(await watch.passed(await house.store.head(), 90_000)).toBe(true);
    await Promise.all(runners.splice(0).map((runner) => runner.stop()));
    await house.do(Leave, {}, lodger.id);
    await clock.moveTo('2026-08-20T08:00:00Z', nothingDue);
    // The log is slow to come: it waits until somebody asks where it ends, or has charged in ignorance.
    const slow = Promise.withResolvers<void>();
    const { store } = house;
    const log: EventStore = Object.assign(Object.create(store) as EventStore, {
      readStreams: (reads: Parameters<EventStore['readStreams']>[0]) => store.readStreams(reads),
      head: () => (slow.resolve(), store.head()),
      async *subscribeAll(after: number, signal: AbortSignal) {
        await slow.promise;
        yield* store.subscribeAll(after, signal);
      },
    });
    const charging: Process = { ...fees, fire: (timer, context) => fees.fire!(timer, context).finally(() => slow.resolve()) };
    const runner = house.runner({ processes: [charging], store: log });
    runners.push(runner);
    runner.start();
    await clock.moveTo('2026-08-20T08:00:01Z', deadlines());
    expect((await chargesOf(lodger.id)).mondays).toEqual([]);
  });

  it('settles the consequences of an instant before it goes on', async () => {
    const echo: Process = {
      name: 'echo',
      doc: 'Each charge closes a door a little more.',
      on: ['FeeCharged'],
      async react({ stored }, context) {
        await context.send({ step: 'door', command: 'SetDoor', id: door.id, body: { open: stored.position } });
      },
    };
    const door = await house.do(MakeDoor, { open: 0 });
    run([fees, echo]);
    await house.do(Come, {});
    await clock.moveTo('2026-09-01T08:00:00Z', deadlines([fees, echo]));
    const instants = async (type: string) => (await house.log(type)).map((event) => metadataOf(event).recordedAt);
    const mondays = ['2026-08-10', '2026-08-17', '2026-08-24', '2026-08-31'].map(startOfLondonDay);
    expect(await instants('FeeCharged')).toEqual(mondays);
    expect(await instants('DoorSet')).toEqual([START, ...mondays]);
  });

  it('is moved by one at a time', async () => {
    run();
    const lodger = await house.do(Come, {});
    const other = await openClock();
    const due = deadlines();
    const moved = await Promise.allSettled([clock.moveTo('2026-09-08T08:00:00Z', due), other.moveTo('2026-09-15T08:00:00Z', due)]);
    expect(moved.some(({ status }) => status === 'fulfilled')).toBe(true);
    const mondays = (await chargesOf(lodger.id)).mondays;
    expect(mondays).toEqual([...new Set(mondays)].sort());
    expect(await clock.now()).toBe('2026-09-15T08:00:00.000Z');
  });

  it('says so when nobody works through what is due, and stays there', async () => {
    await house.do(Come, {});
    await expect(clock.moveTo('2026-09-01T08:00:00Z', deadlines([fees], 50))).rejects.toThrow('Is a worker running?');
    expect(await clock.now()).toBe(START);
    run();
    expect(await clock.moveTo('2026-09-01T08:00:00Z', deadlines())).toBe('2026-09-01T08:00:00.000Z');
  });

  it('does not wait for a timer that is parked, which fires when somebody retries it', async () => {
    let closed = true;
    const strict: Process = {
      ...fees,
      fire: async (timer, context) => {
        if (closed) await context.send({ step: 'never', command: 'ChargeFee', id: feeAccountOf('nobody'), body: { monday: '2026-08-10' } });
        await fees.fire!(timer, context);
      },
    };
    run([strict]);
    const lodger = await house.do(Come, {});
    await clock.moveTo('2026-08-26T08:00:00Z', deadlines());
    expect((await chargesOf(lodger.id)).mondays).toEqual([]);
    const watch = house.watch([fees]);
    const parked = house.parked(watch);
    const stream = `lodger-${lodger.id}`;
    const [row] = (await parked.list(organizationId))[0]!.parked;
    expect(row).toMatchObject({ stream, timerKey: lodger.id, position: null, code: 'NOT_FOUND', status: 'parked' });
    // What comes for the stream waits behind it.
    await house.do(Leave, {}, lodger.id);
    expect(await watch.passed(await house.store.head(), 90_000)).toBe(true);
    closed = false;
    expect(await parked.retry('fees', stream, { id: 'somebody', organizationId })).toMatchObject({ status: 'retried' });
    // It fired, and so did those that fell due before the lodger left; leaving cancelled the next one.
    await clock.moveTo('2026-09-26T08:00:00Z', deadlines());
    expect((await chargesOf(lodger.id)).mondays).toEqual(['2026-08-10', '2026-08-17', '2026-08-24']);
  });
});
