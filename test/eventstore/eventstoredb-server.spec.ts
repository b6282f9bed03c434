import { describe, it } from '@jest/globals';
import { EventStoreDbEventStore } from '../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import { closedStoreContract, eventStoreContract, type Adapter } from '../contract/event-store-contract.js';

const connectionString = process.env['EVENTSTORE_URL'] ?? '';
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
  describe('the log on a real EventStoreDB', () => {
    it('is tried when EVENTSTORE_URL names one', () => void say('EVENTSTORE_URL is not set, so no server was tried. Example: EVENTSTORE_URL=esdb://localhost:2113?tls=false'));
  });
} else {
  eventStoreContract('a real EventStoreDB', adapter);
  closedStoreContract('a real EventStoreDB', adapter);
}
