import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { copyLog } from '../../src/custody/log-copy.js';
import { admitLog, type Presence } from '../../src/custody/log-in-use.js';
import { CopyPositions } from '../../src/custody/moved-positions.js';
import { EventStoreDbEventStore } from '../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { PostgresEventStore } from '../../src/event-store/postgres/postgres-event-store.js';
import { testDatabases, type TestDatabases } from '../support/databases.js';
import { StandIn } from '../support/eventstoredb/stand-in.js';
import { madeAppends, type MadeAppend } from '../support/recorded-log.js';

/** Whether a start takes a log for the one that its database's positions are of. */
describe('a start', () => {
  let databases: TestDatabases;
  let node: StandIn;
  let own: PostgresEventStore;
  let other: EventStoreDbEventStore;
  let owner: pg.Client;
  const appends = madeAppends(30);
  const present: Presence[] = [];

  const record = async (store: EventStore, some: readonly MadeAppend[]): Promise<void> => {
    for (const { stream, expected, events } of some) await store.append(stream, expected, events);
  };
  /** Starts and, unless it stays, ends. */
  const start = async (store: EventStore, stays = false): Promise<void> => {
    const presence = await admitLog(store, databases.urls);
    if (stays) present.push(presence);
    else await presence.end();
  };
  const copy = async (confirm: boolean): Promise<void> => {
    const positions = new CopyPositions(owner);
    await positions.begin();
    const { through } = await copyLog(own, { store: other, keepsOrder: false }, { end: await own.head(), onPair: positions.add });
    if (confirm) await positions.confirm(through);
  };
  const passed = async (): Promise<number> => Number((await owner.query<{ position: string }>('select position from app.process_checkpoints')).rows[0]!.position);

  beforeEach(async () => {
    [databases, node] = await Promise.all([testDatabases(), StandIn.start()]);
    own = await PostgresEventStore.open({ connectionString: databases.urls.app });
    other = await EventStoreDbEventStore.open({ connectionString: node.connectionString });
    owner = new pg.Client({ connectionString: databases.urls.owner });
    await owner.connect();
    await record(own, appends.slice(0, 20));
    await owner.query("insert into app.process_checkpoints (process, position, fence) values ('p', $1, 1)", [await own.head()]);
    await start(own);
  });
  afterEach(async () => {
    for (const one of present.splice(0)) await one.end();
    await owner.end();
    await Promise.all([own.close(), other.close()]);
    node.stop();
    await databases.drop();
  });

  it('takes the log that it had, however far that has come', async () => {
    await record(own, appends.slice(20));
    await start(own);
    await start(own);
  });

  it('refuses one that lacks what was recorded', async () => {
    await expect(start(other)).rejects.toThrow(/lacks event/);
    await record(other, madeAppends(20));
    await expect(start(other)).rejects.toThrow(/lacks event/);
  });

  it('refuses a copy that nobody has compared to its end', async () => {
    await copy(false);
    await expect(start(other)).rejects.toThrow(/nobody has made sure that it is a whole copy/);
    await start(own);
  });

  it('goes on with one that was compared, at the same event', async () => {
    await copy(true);
    await start(other);
    expect(await passed()).toBe(await other.head());
    await start(other);
    await expect(start(own)).rejects.toThrow(/nobody has made sure|lacks event/);
  });

  it('refuses one that the processes have left behind', async () => {
    await copy(true);
    await record(own, appends.slice(20));
    await owner.query('update app.process_checkpoints set position = $1', [await own.head()]);
    await expect(start(other)).rejects.toThrow(/has gone on since its log was copied/);
    await copy(true);
    await start(other);
    expect(await passed()).toBe(await other.head());
  });

  it('moves nothing under another process, and does once that is gone', async () => {
    await start(own, true);
    await copy(true);
    await expect(start(other)).rejects.toThrow(/Processes of the product still work/);
    expect(await passed()).toBe(await own.head());
    await present.pop()!.end();
    await start(other);
    expect(await passed()).toBe(await other.head());
  });

  it('happens beside another one, in any number', async () => {
    await copy(true);
    await Promise.all([start(other, true), start(other, true), start(other, true)]);
    expect(await passed()).toBe(await other.head());
  });
});
