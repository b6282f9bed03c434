import { describe, expect, it } from '@jest/globals';
import { EventStoreDbEventStore } from '../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import { closedStoreContract, eventStoreContract, type Adapter } from '../contract/event-store-contract.js';
import { serverFacts } from '../contract/eventstoredb-facts.js';
import { serverPreparation } from './server-preparation.js';

const connectionString = process.env['EVENTSTORE_URL'] ?? '';
const adminUrl = process.env['EVENTSTORE_ADMIN_URL'] ?? '';
const say = (text: string): boolean => process.stdout.write(`${text}\n`);

/** On a server that somebody runs: what is in it already stays, and only streams of these tests are written. */
const adapter: Adapter = {
  open: async () => {
    const store = await EventStoreDbEventStore.open({ connectionString });
    say(`EventStoreDB ${await store.serverVersion()}`);
    return store;
  },
  close: () => Promise.resolve(),
};

if (connectionString === '') {
  say('EVENTSTORE_URL is not set, so no server is tried. Example: EVENTSTORE_URL=esdb://localhost:2113?tls=false');
  describe('the log on a real EventStoreDB', () => {
    it('wants a server that EVENTSTORE_URL names', () => expect(adapter.open()).rejects.toThrow());
  });
} else {
  eventStoreContract('a real EventStoreDB', adapter);
  closedStoreContract('a real EventStoreDB', adapter);
  // Streams are deleted and limited here, which the product's own user may not do on a server that was prepared for it.
  const asked = process.env['EVENTSTORE_ADMIN_URL'] ?? connectionString;
  // A cluster is named by several hosts, which no URL is.
  const [, username = 'anybody', password = 'anything'] = /^[^/]*\/\/([^:@/]*):([^@/]*)@/.exec(asked) ?? [];
  serverFacts('a real EventStoreDB', {
    user: { username: decodeURIComponent(username), password: decodeURIComponent(password) },
    connectionString: () => Promise.resolve(asked),
    close: () => undefined,
  });
  if (adminUrl !== '') serverPreparation(adminUrl);
  else say('EVENTSTORE_ADMIN_URL is not set, so users and rights are not tried.');
}
