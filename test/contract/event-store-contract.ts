import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LogUnavailable } from '../../src/event-store/errors.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { appending, racing, refusing } from './event-store-appending.js';
import { aStream, event, until } from './event-store-events.js';
import { following } from './event-store-following.js';
import { reading, subscribing } from './event-store-reading.js';

/** What an adapter must bring to be held to the contract. */
export interface Adapter {
  /** A store on a log that no other test writes to, or whose other events do not matter. */
  open(): Promise<EventStore>;
  close(): Promise<void>;
}

/** The contract of the log: every adapter passes all of it. */
export function eventStoreContract(name: string, adapter: Adapter): void {
  describe(`the log on ${name}`, () => {
    let store: EventStore;
    let other: EventStore;
    beforeAll(async () => {
      [store, other] = [await adapter.open(), await adapter.open()];
    });
    afterAll(async () => {
      await Promise.all([store.close(), other.close()]);
      await adapter.close();
    });

    appending(() => store);
    racing(() => [store, other]);
    refusing(() => store);
    reading(() => store);
    following(() => [store, other], event);
    subscribing(() => [store, other]);
  });
}

/** What holds once a store was closed; apart, because it closes it. */
export function closedStoreContract(name: string, adapter: Adapter): void {
  describe(`a closed log on ${name}`, () => {
    it('refuses appends and reads, ends subscriptions, and can be closed again', async () => {
      const store = await adapter.open();
      const subscription = until(store, await store.head(), () => false);
      await store.close();
      await expect(store.append(aStream(), 'no-stream', [event()])).rejects.toBeInstanceOf(LogUnavailable);
      await expect(store.head()).rejects.toBeInstanceOf(LogUnavailable);
      await expect(subscription).resolves.toBeDefined();
      await store.close();
      await adapter.close();
    });
  });
}
