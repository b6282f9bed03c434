import { EventStoreDBClient, jsonEvent, NO_STREAM } from '@eventstore/db-client';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { EventStoreDbEventStore } from '../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import { prepareServer } from '../../src/event-store/eventstoredb/preparation.js';
import { ServerUsers } from '../../src/event-store/eventstoredb/server-users.js';
import { LogUnavailable } from '../../src/event-store/errors.js';
import { StandIn } from '../support/eventstoredb/stand-in.js';
import { event } from './event-store-events.js';

const aStream = (): string => `spec-${randomUUID()}`;

describe('a new EventStoreDB with users', () => {
  let node: StandIn;
  let adminUrl: string;
  let appUrl: string;
  const clients: EventStoreDBClient[] = [];
  const as = (login: string, password: string): EventStoreDBClient => {
    const client = EventStoreDBClient.connectionString(node.connectionStringOf(login, password));
    clients.push(client);
    return client;
  };
  const asAdmin = (): EventStoreDBClient => as('admin', 'changeit');
  const prepare = (more: { appUrl?: string; shared?: boolean } = {}) => prepareServer({ adminUrl, appUrl, shared: false, ...more });
  const withStore = async <T>(url: string, work: (store: EventStoreDbEventStore) => Promise<T>): Promise<T> => {
    const store = await EventStoreDbEventStore.open({ connectionString: url });
    try {
      return await work(store);
    } finally {
      await store.close();
    }
  };

  beforeEach(async () => {
    node = await StandIn.startSecure();
    adminUrl = node.connectionStringOf('admin', 'changeit');
    appUrl = node.connectionStringOf('yuthub', 'a pass:word/with @ signs');
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.dispose()));
    node.stop();
  });

  it('lets the product in only once it has been prepared', async () => {
    await expect(withStore(appUrl, (store) => store.head())).rejects.toThrow(LogUnavailable);
    const said = await prepare();
    expect(said).toEqual([
      'The user yuthub was made.',
      'yuthub may read the whole log.',
      'Streams are closed to everybody else; nobody but administrators may delete one or limit its length.',
      'yuthub reads the log, and is no administrator.',
    ]);
    await withStore(appUrl, async (store) => {
      const stream = aStream();
      const { position } = await store.append(stream, 'no-stream', [event(), event()]);
      expect(await store.head()).toBe(position);
      const read = await store.readStreams([{ stream }]);
      expect(read.get(stream)).toHaveLength(2);
      const stop = new AbortController();
      for await (const item of store.subscribeAll(0, stop.signal)) if (item.position === position) break;
      stop.abort();
    });
  });

  it('is the same after a second time, and nothing is written then', async () => {
    await prepare();
    const records = node.log.all.length;
    expect(await prepare()).toEqual([
      'The user yuthub was there.',
      'yuthub could read the whole log already.',
      'Streams were closed to everybody else already.',
      'yuthub reads the log, and is no administrator.',
    ]);
    expect(node.log.all).toHaveLength(records);
  });

  it('gives the user no rights of an administrator', async () => {
    await prepare();
    const client = as('yuthub', 'a pass:word/with @ signs');
    const stream = aStream();
    await client.appendToStream(stream, jsonEvent({ type: 'Happened', data: {} }), { expectedRevision: NO_STREAM });
    const denied = { type: 'access-denied' };
    await expect(client.setStreamMetadata(stream, { maxCount: 1 })).rejects.toMatchObject(denied);
    await expect(client.deleteStream(stream)).rejects.toMatchObject(denied);
    await expect(client.setStreamMetadata('$all', { acl: { readRoles: ['$all'] } })).rejects.toMatchObject(denied);
    await expect(new ServerUsers(client).create('another', 'secret', 'Another')).rejects.toMatchObject({ code: 7 });
    expect((await new ServerUsers(client).find('yuthub'))?.groups).toEqual([]);
  });

  it('keeps out whoever else has a user there, and whoever has none', async () => {
    await prepare();
    const stream = aStream();
    await withStore(appUrl, (store) => store.append(stream, 'no-stream', [event()]));
    await new ServerUsers(asAdmin()).create('neighbour', 'secret', 'Somebody else');
    const neighbour = as('neighbour', 'secret');
    const denied = { type: 'access-denied' };
    const read = async (): Promise<void> => {
      for await (const _ of neighbour.readStream(stream)) break;
    };
    await expect(read()).rejects.toMatchObject(denied);
    await expect(neighbour.appendToStream(aStream(), jsonEvent({ type: 'Happened', data: {} }), { expectedRevision: NO_STREAM })).rejects.toMatchObject(denied);
    await expect(withStore(node.connectionStringOf('yuthub', 'wrong'), (store) => store.head())).rejects.toThrow(/does not accept the user, or its password/);
  });

  it('that others use is shared with them: who could read everything still can, and streams stay open', async () => {
    const admin = asAdmin();
    await admin.setStreamMetadata('$all', { acl: { readRoles: ['reporting', '$admins'] }, custom: 'theirs' } as never);
    await new ServerUsers(admin).create('neighbour', 'secret', 'Somebody else');
    expect(await prepare({ shared: true })).toContain('Streams in general are left as they are.');
    const rules = node.log.visible('$$$all') as readonly { data: Uint8Array }[];
    expect(JSON.parse(Buffer.from(rules.at(-1)!.data).toString())).toEqual({ $acl: { $r: ['$admins', 'reporting', 'yuthub'] }, custom: 'theirs' });
    await as('neighbour', 'secret').appendToStream(aStream(), jsonEvent({ type: 'Happened', data: {} }), { expectedRevision: NO_STREAM });
  });

  it('on which somebody has decided who may use streams is left as it is', async () => {
    const theirs = { $userStreamAcl: { $r: 'reporting', $w: 'reporting', $d: '$admins', $mr: '$admins', $mw: '$admins' } };
    await asAdmin().appendToStream('$settings', jsonEvent({ type: 'update-default-acl', data: theirs }), { expectedRevision: NO_STREAM });
    await expect(prepare()).rejects.toThrow(/Somebody has decided already who may use streams.*--shared/);
    // And where the user is kept out by that, it is said.
    await expect(prepare({ shared: true })).rejects.toThrow(/The user yuthub is there, but: The log does not accept the user/);
  });

  it('gives a user that is there the password of the connection string', async () => {
    await new ServerUsers(asAdmin()).create('yuthub', 'an old one', 'The product');
    expect(await prepare()).toContain('The user yuthub was there, and has the password of EVENTSTORE_URL now.');
  });

  it('waits until it goes by the new password, where the old one was just used', async () => {
    await new ServerUsers(asAdmin()).create('yuthub', 'an old one', 'The product');
    await new ServerUsers(as('yuthub', 'an old one')).find('yuthub');
    expect(await prepare()).toContain('The user yuthub was there, and has the password of EVENTSTORE_URL now.');
    await withStore(appUrl, (store) => store.head());
  });

  it.each([
    ['an administrator for the product', () => ({ appUrl: node.connectionStringOf('admin', 'changeit') }), /admin is an administrator/],
    ['a connection string without a user', () => ({ appUrl: `esdb://127.0.0.1:${node.port}?tls=true` }), /names no user and password/],
    ['one without TLS', () => ({ appUrl: `esdb://yuthub:secret@127.0.0.1:${node.port}?tls=false` }), /such a server knows no users/],
  ])('is not prepared with %s', async (_, urls, sentence) => {
    await expect(prepare(urls())).rejects.toThrow(sentence);
  });

  it('is not prepared by anybody but an administrator', async () => {
    await new ServerUsers(asAdmin()).create('neighbour', 'secret', 'Somebody else');
    await expect(prepareServer({ adminUrl: node.connectionStringOf('neighbour', 'secret'), appUrl, shared: false })).rejects.toThrow(/EVENTSTORE_ADMIN_URL/);
    await expect(prepareServer({ adminUrl: node.connectionStringOf('admin', 'wrong'), appUrl, shared: false })).rejects.toThrow(/EVENTSTORE_ADMIN_URL/);
  });
});
