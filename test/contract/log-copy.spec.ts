import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { copyLog, type Copied, type CopyTarget } from '../../src/custody/log-copy.js';
import { LogDiffers } from '../../src/custody/log-differences.js';
import { OwnEvents } from '../../src/custody/own-events.js';
import { EventStoreDbEventStore } from '../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import type { EventStore, RecordedEvent } from '../../src/event-store/event-store.js';
import { PostgresEventStore } from '../../src/event-store/postgres/postgres-event-store.js';
import { testDatabases, type TestDatabases } from '../support/databases.js';
import { StandIn } from '../support/eventstoredb/stand-in.js';
import { Wire } from '../support/eventstoredb/wire.js';
import { madeAppends, type MadeAppend } from '../support/recorded-log.js';
import { event } from './event-store-events.js';

/** A log of its own kind, empty, and a way to change a letter of what is in it, which no product has. */
interface Log extends CopyTarget {
  readonly store: EventStore;
  tamper(position: number, change: 'data' | 'type'): Promise<void>;
  close(): Promise<void>;
}

async function onPostgres(): Promise<Log> {
  const databases: TestDatabases = await testDatabases();
  const store = await PostgresEventStore.open({ connectionString: databases.urls.app });
  return {
    store,
    keepsOrder: true,
    tamper: async (position, change) => {
      const admin = new pg.Client({ connectionString: databases.adminUrl });
      await admin.connect();
      await admin.query('alter table log.events disable trigger all');
      const to = change === 'data' ? "data = overlay(data placing '\\x5f'::bytea from octet_length(data) - 5)" : "type = 'Forged'";
      await admin.query(`update log.events set ${to} where position = $1`, [position]);
      await admin.query('alter table log.events enable trigger all');
      await admin.end();
    },
    close: async () => {
      await store.close();
      await databases.drop();
    },
  };
}

async function onEventStoreDb(): Promise<Log> {
  const node = await StandIn.start();
  const store = await EventStoreDbEventStore.open({ connectionString: node.connectionString });
  // What others keep there is none of the product's, whatever its stream is called.
  await store.append(`order-${randomUUID()}`, 'no-stream', [event(), event()]);
  return {
    store,
    keepsOrder: false,
    tamper: (position, change) => {
      const index = node.log.all.findIndex((stored) => Number(stored.position) === position);
      const stored = node.log.all[index]!;
      const data = Buffer.from(stored.data);
      data[data.length - 6] = 0x5f;
      node.log.all[index] = change === 'data' ? { ...stored, data } : { ...stored, type: 'Forged' };
      return Promise.resolve();
    },
    close: async () => {
      await store.close();
      node.stop();
    },
  };
}

async function record(store: EventStore, appends: readonly MadeAppend[]): Promise<void> {
  for (const { stream, expected, events } of appends) await store.append(stream, expected, events);
}

async function own(store: EventStore): Promise<RecordedEvent[]> {
  const reader = new OwnEvents(store, 0);
  const found: RecordedEvent[] = [];
  for (let one; (one = await reader.next()); ) found.push(one);
  await reader.close();
  return found;
}

const withoutPositions = (events: readonly RecordedEvent[]): unknown[] =>
  events.map(({ stream, revision, id, type, data, metadata }) => [stream, revision, id, type, Buffer.from(data).toString('hex'), Buffer.from(metadata).toString('hex')]);

const copy = async (from: Log, to: Log): Promise<Copied> => copyLog(from.store, to, { end: await from.store.head() });

const KINDS = { PostgreSQL: onPostgres, EventStoreDB: onEventStoreDb };
const WAYS = [['PostgreSQL', 'EventStoreDB'], ['EventStoreDB', 'PostgreSQL'], ['PostgreSQL', 'PostgreSQL'], ['EventStoreDB', 'EventStoreDB']] as const;

describe.each(WAYS)('a copy of a log on %s to one on %s', (fromKind, toKind) => {
  const appends = madeAppends(300);
  const total = appends.reduce((sum, { events }) => sum + events.length, 0);
  let from: Log;
  let to: Log;
  beforeAll(async () => {
    [from, to] = await Promise.all([KINDS[fromKind](), KINDS[toKind]()]);
    await record(from.store, appends.slice(0, 250));
  });
  afterAll(async () => {
    await Promise.all([from.close(), to.close()]);
  });

  it('has the same ids, bytes, revisions and order over all streams', async () => {
    const { events, appended } = await copy(from, to);
    expect(appended).toBe(events);
    expect(withoutPositions(await own(to.store))).toEqual(withoutPositions(await own(from.store)));
  });

  it('appends nothing that is there already', async () => {
    const head = await to.store.head();
    expect(await copy(from, to)).toMatchObject({ appended: 0 });
    expect(await to.store.head()).toBe(head);
  });

  it('goes on with what has come since', async () => {
    await record(from.store, appends.slice(250));
    const { events, appended } = await copy(from, to);
    expect([events, appended]).toEqual([total, appends.slice(250).reduce((sum, one) => sum + one.events.length, 0)]);
    expect(withoutPositions(await own(to.store))).toEqual(withoutPositions(await own(from.store)));
  });

  it('tells, event by event, where each stands in the other log', async () => {
    const pairs: [number, number][] = [];
    await copyLog(from.store, to, { end: await from.store.head(), onPair: (original, one) => Promise.resolve(void pairs.push([original.position, one.position])) });
    const [originals, copies] = [await own(from.store), await own(to.store)];
    expect(pairs).toEqual(originals.map(({ position }, index) => [position, copies[index]!.position]));
  });

  it('is told from its original by one byte', async () => {
    const [victim] = (await own(to.store)).slice(123);
    await to.tamper(victim!.position, 'data');
    await expect(copy(from, to)).rejects.toThrow(`event ${victim!.revision} of the stream ${victim!.stream}`);
    await expect(copy(from, to)).rejects.toThrow(/differs in its data/);
  });
});

describe('a copy to an EventStoreDB that fails again and again', () => {
  it('is whole, and has nothing twice', async () => {
    const from = await onPostgres();
    const node = await StandIn.start();
    const wire = await Wire.open(() => node.port);
    const store = await EventStoreDbEventStore.open({ connectionString: wire.connectionString, answerWithinMs: 300, patienceMs: 60_000 });
    try {
      await record(from.store, madeAppends(80));
      const { faults } = node;
      faults.appends.push('lose-answer', undefined, 'time-out', 'not-ready', undefined, 'swallow', 'unknown', undefined, 'lose-leadership', 'lose-answer');
      let connection = 0;
      const cutting = (async () => {
        for (const appends of [20, 35, 50]) {
          await faults.appendsArrived(appends);
          connection += 1;
          wire.cut();
        }
      })();
      const { events, appended } = await copyLog(from.store, { store, keepsOrder: false }, { end: await from.store.head() });
      await cutting;
      expect([connection, appended]).toEqual([3, events]);
      expect(withoutPositions(await own(store))).toEqual(withoutPositions(await own(from.store)));
    } finally {
      await store.close();
      await wire.close();
      node.stop();
      await from.close();
    }
  });
});

describe.each(Object.keys(KINDS) as (keyof typeof KINDS)[])('a log on %s', (kind) => {
  const opened: Log[] = [];
  const open = async (): Promise<Log> => {
    const log = await KINDS[kind]();
    opened.push(log);
    return log;
  };
  afterAll(async () => {
    await Promise.all(opened.map((log) => log.close()));
  });

  it('is not copied to where another installation’s events stand', async () => {
    const [from, to] = await Promise.all([open(), open()]);
    await record(from.store, madeAppends(10));
    await record(to.store, madeAppends(2));
    const before = withoutPositions(await own(to.store));
    await expect(copy(from, to)).rejects.toThrow(LogDiffers);
    expect(withoutPositions(await own(to.store))).toEqual(before);
  });

  it('is not copied to one that has gone on by itself', async () => {
    const [from, to] = await Promise.all([open(), open()]);
    const appends = madeAppends(20);
    await record(from.store, appends.slice(0, 15));
    await record(to.store, appends);
    await expect(copy(from, to)).rejects.toThrow(/that the other one of the two logs does not have/);
  });

  it('is not copied when an event in it was altered: the next one of its stream carries another hash', async () => {
    const [from, to] = await Promise.all([open(), open()]);
    await record(from.store, madeAppends(60));
    const events = await own(from.store);
    const victim = events.findLast(({ stream, revision }) => events.some((one) => one.stream === stream && one.revision > revision))!;
    await from.tamper(victim.position, 'data');
    await expect(copy(from, to)).rejects.toThrow(`event ${victim.revision + 1} of the stream ${victim.stream}`);
  });
});
