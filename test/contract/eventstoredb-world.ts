import { afterEach, beforeEach } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { EventStoreDbEventStore, type EventStoreDbEventStoreOptions } from '../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import type { Mark, RecordedEvent } from '../../src/event-store/event-store.js';
import { StandIn } from '../support/eventstoredb/stand-in.js';
import { Wire } from '../support/eventstoredb/wire.js';
import { event } from './event-store-events.js';

/** What a subscription yields. */
export type Item = RecordedEvent | Mark;

export const aStream = (): string => `spec-${randomUUID()}`;
/** One turn of the event loop. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A node, a network before it, and stores on both, made anew for each test. */
export class SubscriptionWorld {
  node!: StandIn;
  wire!: Wire;
  private open: EventStoreDbEventStore[] = [];

  constructor() {
    beforeEach(async () => {
      this.node = await StandIn.start();
      this.wire = await Wire.open(() => this.node.port);
    });
    afterEach(async () => {
      await Promise.all(this.open.splice(0).map((store) => store.close()));
      await this.wire.close();
      this.node.stop();
    });
  }

  async openStore(options: Partial<EventStoreDbEventStoreOptions> = {}): Promise<EventStoreDbEventStore> {
    const store = await EventStoreDbEventStore.open({ connectionString: this.wire.connectionString, answerWithinMs: 300, quietMs: 10_000, patienceMs: 60_000, ...options });
    this.open.push(store);
    return store;
  }

  /** Stores events without a client, each in a stream of its own, or all in one. @returns their ids */
  put(count: number, stream?: string): string[] {
    return Array.from({ length: count }, () => {
      const one = { ...event(), contentType: 'application/json' };
      this.node.log.append(stream ?? aStream(), stream === undefined ? 'no-stream' : 'any', [one]);
      return one.id;
    });
  }

  /** Stores events of the system. */
  putSystem(count: number): void {
    for (let n = 0; n < count; n++) this.node.log.append('$stats', 'any', [{ ...event('$statsCollected'), contentType: 'application/json' }]);
  }

  /** Reads until it has what it wants, doing something at each item. */
  async readUntil(store: EventStoreDbEventStore, after: number, enough: (item: Item, ids: string[]) => boolean | void | Promise<boolean | void>): Promise<{ ids: string[]; items: Item[] }> {
    const stop = new AbortController();
    const [ids, items]: [string[], Item[]] = [[], []];
    for await (const item of store.subscribeAll(after, stop.signal)) {
      items.push(item);
      if (item.kind === 'event') ids.push(item.id);
      if (await enough(item, ids)) stop.abort();
    }
    return { ids, items };
  }
}
