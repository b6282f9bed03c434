import type { Migrations } from '../src/platform/migrator.js';
import * as rolesAndSchemas from './0000-roles-and-schemas.js';
import * as log from './0010-log.js';
import * as processes from './0020-processes.js';
import * as access from './0030-access.js';
import * as projections from './0050-projections.js';
import * as clock from './0040-clock.js';
import * as personalStatistics from './0060-personal-statistics.js';
import * as reporting from './0070-reporting.js';
import * as jobs from './0090-jobs.js';
import * as custody from './0100-custody.js';
import * as backup from './0110-backup.js';
import * as buildingTables from './0120-building-tables.js';
import * as productNow from './0130-product-now.js';
import * as importFiles from './0140-import-files.js';
import * as filledTables from './0150-filled-tables.js';

/**
 * The main database's migrations. To add one: write `NNNN-what.ts` beside this
 * file exporting `up(db)`, import it above and add its line below. It runs as
 * yuthub_owner, in one transaction, in the order of the names. What it creates
 * nobody else may touch until it says so: `grant … to yuthub_app`.
 */
export const migrations: Migrations = {
  '0000-roles-and-schemas': rolesAndSchemas,
  '0010-log': log,
  '0020-processes': processes,
  '0030-access': access,
  '0050-projections': projections,
  '0040-clock': clock,
  '0060-personal-statistics': personalStatistics,
  '0070-reporting': reporting,
  '0090-jobs': jobs,
  '0100-custody': custody,
  '0110-backup': backup,
  '0120-building-tables': buildingTables,
  '0130-product-now': productNow,
  '0140-import-files': importFiles,
  '0150-filled-tables': filledTables,
};
