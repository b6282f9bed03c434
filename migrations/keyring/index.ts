import type { Migrations } from '../../src/platform/migrator.js';
import * as schema from './0000-schema.js';
import * as keys from './0010-keys.js';
import * as knownErasures from './0020-known-erasures.js';

/**
 * The keyring database's migrations. To add one: write `NNNN-what.ts` beside
 * this file exporting `up(db)`, import it above and add its line below. It runs
 * as yuthub_keyring_owner; what yuthub_keyring_app may do, it has to grant.
 */
export const keyringMigrations: Migrations = {
  '0000-schema': schema,
  '0010-keys': keys,
  '0020-known-erasures': knownErasures,
};
