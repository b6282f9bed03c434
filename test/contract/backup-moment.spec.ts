import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { takeBackup } from '../../src/custody/backup.js';
import { OwnEvents } from '../../src/custody/own-events.js';
import { portableValues } from '../../src/custody/portable-file.js';
import { PortableLog } from '../../src/custody/portable-log.js';
import { EventStoreDbEventStore } from '../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import type { EventStore, NewEvent } from '../../src/event-store/event-store.js';
import { jsonBytes } from '../../src/event-store/metadata.js';
import { Keyring } from '../../src/privacy/keyring.js';
import { TEST_MASTER_KEY, testDatabases, type TestDatabases } from '../support/databases.js';
import { StandIn } from '../support/eventstoredb/stand-in.js';

const ORG = randomUUID();
const folders = mkdtempSync(join(tmpdir(), 'yuthub-moment-'));
afterAll(() => rmSync(folders, { recursive: true, force: true }));

/** Log, tables and keyring lie on three servers; what is taken of them must have been so at one moment. */
describe('a backup while everything moves', () => {
  let databases: TestDatabases;
  let node: StandIn;
  let store: EventStoreDbEventStore;
  let admin: pg.Client;
  let folder: string;

  const command = (count: number, commandId = randomUUID()): NewEvent[] =>
    Array.from({ length: count }, () => ({
      id: randomUUID(), type: 'Happened', data: jsonBytes({}),
      metadata: jsonBytes({ organizationId: ORG, recordedAt: '2026-08-03T08:00:00Z', correlationId: 'c', commandId }),
    }));
  const backup = (log: EventStore) =>
    takeBackup(folder, { owner: databases.urls.owner, keyringOwner: databases.urls.keyringOwner, store: log, release: '0', now: () => new Date(0) });
  /** The same log, with something happening just before it is asked how far it is. */
  const asked = (before: () => Promise<number | void>): EventStore =>
    new Proxy<EventStore>(store, {
      get: (target, name: keyof EventStore) =>
        name === 'head' ? async () => (await before()) ?? target.head() : (target[name] as (...args: never[]) => unknown).bind(target),
    });
  const idsIn = async (): Promise<string[]> => {
    const reader = new OwnEvents(new PortableLog(join(folder, 'log.ndjson.gz')), 0);
    const ids: string[] = [];
    for (let event; (event = await reader.next()); ) ids.push(event.id);
    return ids;
  };

  beforeEach(async () => {
    [databases, node] = await Promise.all([testDatabases(), StandIn.start()]);
    store = await EventStoreDbEventStore.open({ connectionString: node.connectionString });
    admin = new pg.Client({ connectionString: databases.adminUrl });
    await admin.connect();
    folder = join(folders, randomUUID());
  });
  afterEach(async () => {
    await store.close();
    node.stop();
    await admin.end();
    await databases.drop();
  });

  it('has no event that came after it', async () => {
    const [first, second] = [command(1), command(1)];
    const { position } = await store.append(`made-${randomUUID()}`, 'no-stream', first);
    await store.append(`made-${randomUUID()}`, 'no-stream', second);
    const manifest = await backup(asked(() => Promise.resolve(position)));
    expect(await idsIn()).toEqual([first[0]!.id]);
    expect(manifest.log).toEqual({ events: 1, lastPosition: position });
  });

  it('has every event that a table or a process has passed, and of the last append of them all', async () => {
    const stream = `made-${randomUUID()}`;
    const [first, together, later] = [command(1), command(3), command(1)];
    const { position: known } = await store.append(stream, 'no-stream', first);
    await store.append(stream, 0, together);
    await store.append(stream, 3, later);
    let middle = 0;
    for await (const event of store.readStream(stream, { from: 1, limit: 1 })) middle = event.position;
    await admin.query("insert into app.process_checkpoints (process, position, fence) values ('p', $1, 1)", [middle]);
    await backup(asked(() => Promise.resolve(known)));
    expect(await idsIn()).toEqual([...first, ...together].map(({ id }) => id));
  });

  it('has no erasure that ended meanwhile: it waits, and comes after', async () => {
    const keyring = await Keyring.open({ connectionString: databases.urls.keyring, masterKey: TEST_MASTER_KEY });
    const subject = randomUUID();
    await keyring.toSeal([{ organizationId: ORG, subject, scope: 'identity' }]);
    let erased: Promise<unknown> | undefined;
    let ended = false;
    const waits = async (): Promise<boolean> => {
      const { rowCount } = await admin.query("select from pg_stat_activity where wait_event_type = 'Lock' and query like '%fence_and_destroy%' and datname = $1", [new URL(databases.urls.keyring).pathname.slice(1)]);
      return rowCount === 1;
    };
    await backup(asked(async () => {
      erased = keyring.destroy({ erasureId: randomUUID(), organizationId: ORG, subject, scopes: ['identity'] }).then(() => (ended = true));
      while (!ended && !(await waits())) await delay(10);
    }));
    await erased;
    await keyring.close();
    // No entry in the ledger, no fence; and the key is there.
    const rows = new Map<string, number>();
    let table = '';
    for await (const value of portableValues(join(folder, 'keyring.ndjson.gz'))) {
      if (Array.isArray(value)) rows.set(table, rows.get(table)! + 1);
      else rows.set((table = (value as { table: string }).table), 0);
    }
    expect(Object.fromEntries(rows)).toMatchObject({ 'keyring.erasure_ledger': 0, 'keyring.fence': 0, 'keyring.dek': 1 });
  });

  it('is not taken where rows are hidden from whoever takes it', async () => {
    await admin.query('create table app.hidden (id integer); alter table app.hidden owner to yuthub_owner; alter table app.hidden enable row level security; alter table app.hidden force row level security');
    await expect(backup(store)).rejects.toThrow(/Rows of app.hidden are hidden from its owner/);
  });
});
