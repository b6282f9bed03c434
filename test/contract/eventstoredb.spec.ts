import { EventStoreDbEventStore } from '../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import { StandIn } from '../support/eventstoredb/stand-in.js';
import { closedStoreContract, eventStoreContract, type Adapter } from './event-store-contract.js';
import { serverFacts } from './eventstoredb-facts.js';

/** A node of its own for each suite. */
function adapter(): Adapter {
  let standIn: Promise<StandIn> | undefined;
  return {
    open: async () => {
      standIn ??= StandIn.start();
      return EventStoreDbEventStore.open({ connectionString: (await standIn).connectionString });
    },
    close: async () => (await standIn)?.stop(),
  };
}

eventStoreContract('EventStoreDB', adapter());
closedStoreContract('EventStoreDB', adapter());

let node: StandIn;
serverFacts('the stand-in', {
  user: { username: 'somebody', password: 'something' },
  connectionString: async () => (node = await StandIn.start()).connectionString,
  close: () => node.stop(),
});
