import { repeatErasures, type ErasureGateParts } from '../custody/erasure-gate.js';
import { entities } from '../domain/index.js';
import type { EventStore } from '../event-store/event-store.js';
import { Catalogue } from '../kernel/catalogue.js';
import type { Configuration } from '../platform/configuration.js';
import type { DatabaseUrls } from '../platform/databases.js';
import { Keyring } from '../privacy/keyring.js';
import { destroysKeys } from '../../projections/engine/stream-fold.js';
import { openLog } from './log.js';

/** What the keyring is held against. */
export const erasureGateParts = (catalogue: Catalogue, store: EventStore, keyring: Keyring, { owner }: DatabaseUrls): ErasureGateParts => ({
  store, keyring, owner, erasing: new Set(catalogue.events.filter(destroysKeys).map(({ type }) => type)),
});

/** Carries out again what a keyring from before an erasure does not know of. @returns how many erasures that was. */
export async function repeatErasuresOf(configuration: Configuration, urls: DatabaseUrls): Promise<number> {
  const store = await openLog(configuration, urls);
  try {
    const keyring = await Keyring.open({ connectionString: urls.keyring, masterKey: configuration.masterKey });
    try {
      return await repeatErasures(erasureGateParts(new Catalogue(entities), store, keyring, urls));
    } finally {
      await keyring.close();
    }
  } finally {
    await store.close();
  }
}
