import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { PostgresEventStore } from '../../src/event-store/postgres/postgres-event-store.js';
import { testDatabases, type TestDatabases } from '../support/databases.js';
import { closedStoreContract, eventStoreContract, type Adapter } from './event-store-contract.js';
import { event } from './event-store-events.js';

function adapter(): Adapter {
  let databases: Promise<TestDatabases> | undefined;
  return {
    open: async () => {
      databases ??= testDatabases();
      return PostgresEventStore.open({ connectionString: (await databases).urls.app });
    },
    close: async () => (await databases)?.drop(),
  };
}

eventStoreContract('PostgreSQL', adapter());
closedStoreContract('PostgreSQL', adapter());

describe('the log in PostgreSQL', () => {
  let databases: TestDatabases;
  let store: PostgresEventStore;
  let app: pg.Pool;
  beforeAll(async () => {
    databases = await testDatabases();
    store = await PostgresEventStore.open({ connectionString: databases.urls.app });
    app = new pg.Pool({ connectionString: databases.urls.app });
    app.on('error', () => undefined);
  });
  afterAll(async () => {
    await store.close();
    await app.end();
    await databases.drop();
  });

  it('has positions without gaps, whatever fails', async () => {
    const stream = `spec-${randomUUID()}`;
    await Promise.allSettled(Array.from({ length: 40 }, () => store.append(stream, 'no-stream', [event(), event()])));
    const { rows } = await app.query<{ n: string; last: string }>('select count(*) n, max(position) last from log.events');
    expect(rows[0]!.n).toBe(rows[0]!.last);
    expect(await store.head()).toBe(Number(rows[0]!.last));
  });

  it('gives the same bytes in its pages, many at once, as in its streams', async () => {
    const after = await store.head();
    const stream = `spec-${randomUUID()}`;
    const bytes = (n: number): Uint8Array => Buffer.from(JSON.stringify({ n, text: 'Grüße, \\ " \t \u0001 — 年'.repeat(n % 7) }));
    for (let from = 0; from < 2_300; from += 100) {
      await store.append(stream, from === 0 ? 'no-stream' : from - 1, Array.from({ length: 100 }, (_, n) => ({ ...event(), data: bytes(from + n), metadata: bytes(n) })));
    }
    const leave = new AbortController();
    const delivered: unknown[] = [];
    for await (const one of store.subscribeAll(after, leave.signal)) {
      if (one.kind === 'mark') break;
      if (one.stream === stream) delivered.push(one);
    }
    leave.abort();
    const read: unknown[] = [];
    for await (const one of store.readStream(stream)) read.push(one);
    expect(delivered).toHaveLength(2_300);
    expect(delivered).toEqual(read);
  });

  it.each([
    ['updated', "update log.events set type = 'Other'"],
    ['deleted', 'delete from log.events'],
    ['truncated', 'truncate log.events'],
    ['inserted but by the one function', "insert into log.events values (1000000, 0, gen_random_uuid(), 's', 't', '', '')"],
    ['counted otherwise', 'update log.counter set position = 0'],
  ])('cannot be %s by the application', async (_, statement) => {
    await store.append(`spec-${randomUUID()}`, 'no-stream', [event()]);
    await expect(app.query(statement)).rejects.toMatchObject({ code: '42501' });
  });

  it('cannot be rewritten by its owner, by mistake', async () => {
    const owner = new pg.Client({ connectionString: databases.urls.owner });
    await owner.connect();
    await expect(owner.query('delete from log.events')).rejects.toThrow('append-only');
    await expect(owner.query("update log.events set type = 'Other'")).rejects.toThrow('append-only');
    await owner.end();
  });

  it('goes on after its connections were cut, and subscriptions with it', async () => {
    const stream = `spec-${randomUUID()}`;
    const stop = new AbortController();
    const seen: number[] = [];
    const admin = new pg.Client({ connectionString: databases.adminUrl });
    await admin.connect();
    const reading = (async () => {
      for await (const one of store.subscribeAll(0, stop.signal)) {
        if (one.kind === 'event' && one.stream === stream && seen.push(one.revision) === 3) stop.abort();
      }
    })();
    await store.append(stream, 'no-stream', [event()]);
    await admin.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = 'yuthub_app'",
    );
    await store.append(stream, 0, [event()]);
    await store.append(stream, 1, [event()]);
    await reading;
    expect(seen).toEqual([0, 1, 2]);
    await admin.end();
  });

  it('wakes subscriptions by notification and not by polling', async () => {
    const patient = await PostgresEventStore.open({ connectionString: databases.urls.app, safetyCheckMs: 600_000 });
    const stop = new AbortController();
    const stream = `spec-${randomUUID()}`;
    const from = await patient.head();
    const seen: string[] = [];
    for await (const one of patient.subscribeAll(from, stop.signal)) {
      if (one.kind === 'mark' && one.caughtUp) await store.append(stream, seen.length === 0 ? 'no-stream' : seen.length - 1, [event()]);
      else if (one.kind === 'event' && seen.push(one.id) === 5) stop.abort();
    }
    expect(seen).toHaveLength(5);
    await patient.close();
  });
});
