import 'reflect-metadata';
import { setTimeout as delay } from 'node:timers/promises';
import { organizationCommand } from './access/command-line.js';
import { consistencyCommand } from './audit/consistency-command-line.js';
import { Consistency } from './audit/consistency.js';
import { openCore, type Core } from './assembly/core.js';
import { importLine } from './assembly/imports.js';
import { importCommand } from './imports/command-line.js';
import { openJobs } from './assembly/jobs.js';
import { jobsCommand } from './jobs/command-line.js';
import { openDatabasesBeside, type OpenDatabases } from './assembly/databases.js';
import { repeatErasuresOf } from './assembly/erasure-gate.js';
import { logOpening, openLog, openLogToFill, prepareEventStoreDb } from './assembly/log.js';
import { rebuildAndVerify } from './assembly/rebuilding.js';
import { backupCommand } from './custody/backup-command-line.js';
import { keyringCommand } from './custody/keyring-command-line.js';
import { logCommand } from './custody/log-command-line.js';
import { prepareCommand } from './custody/prepare-command-line.js';
import { restoreCommand } from './custody/restore-command-line.js';
import { bankHolidaysCommand } from './imports/bank-holidays-command-line.js';
import { productVersion } from './platform/version.js';
import { opensOrganizationKey } from './privacy/keyring.js';
import { InvalidConfiguration, loadConfiguration, type Configuration } from './platform/configuration.js';
import { reportingUserCommand } from './reporting/command-line.js';
import { ReportingUsers } from './reporting/reporting-users.js';
import { projectionsCommand, type Terminal } from '../projections/engine/command-line.js';

const print = (text: string): void => void process.stdout.write(text);
/** In a file a line a second is enough. */
const PLAIN_MS = 1_000;
let lastPlain = -PLAIN_MS;
/** Progress replaces its own line where somebody watches, and is a line of its own, now and then, in a file. */
const terminal: Terminal = {
  line: (text) => print(`${process.stdout.isTTY ? '\r\x1b[K' : ''}${text}\n`),
  progress: (text) => {
    if (process.stdout.isTTY) return print(`\r\x1b[K${text}`);
    if (performance.now() - lastPlain < PLAIN_MS) return;
    lastPlain = performance.now();
    print(`${text}\n`);
  },
};

/** What can be done from the command line, beside a running product or without one. */
const tasks: Readonly<Record<string, (argv: readonly string[], core: Core, databases: OpenDatabases) => Promise<number>>> = {
  organization: (argv, { access }) => organizationCommand(argv, { founding: access.founding, print }),
  'bank-holidays': (argv, { access }) => bankHolidaysCommand(argv, { system: access.system, print }),
  consistency: (argv, { pool }) => consistencyCommand(argv, { consistency: new Consistency(pool), print }),
  jobs: async (argv, core) => {
    const jobs = await openJobs(core, () => undefined);
    try {
      return await jobsCommand(argv, { desk: jobs.desk, print });
    } finally {
      await jobs.close();
    }
  },
  import: (argv, core) => importCommand(argv, { ...importLine(core), print, progress: terminal.progress }),
  projections: (argv, { engine }) => projectionsCommand(argv, engine, terminal),
  'reporting-user': (argv, _core, { adminUrl }) => reportingUserCommand(argv, { users: new ReportingUsers(adminUrl), print }),
};

/** What is done to the databases and logs themselves, while none of it may be in use yet. */
const underneath: Readonly<Record<string, (argv: readonly string[], configuration: Configuration, databases: OpenDatabases) => Promise<number>>> = {
  log: (argv, configuration, { urls }) => logCommand(argv, { opening: logOpening(configuration, urls), owner: urls.owner, terminal }),
  backup: async (argv, configuration, { urls }) => {
    const store = configuration.eventStoreUrl === undefined ? undefined : await openLog(configuration, urls);
    const { owner, keyringOwner } = urls;
    try {
      return await backupCommand(argv, { owner, keyringOwner, store, release: productVersion(), now: () => new Date(), terminal });
    } finally {
      await store?.close();
    }
  },
  keyring: (argv, configuration, { urls }) => keyringCommand(argv, { repeatErasures: () => repeatErasuresOf(configuration, urls), print }),
  restore: (argv, configuration, { urls }) =>
    restoreCommand(argv, {
      owner: urls.owner,
      keyringOwner: urls.keyringOwner,
      openTarget: () => openLogToFill(configuration, urls),
      opens: (organizationId, wrapped) => opensOrganizationKey(configuration.masterKey, organizationId, wrapped),
      rebuild: (told) => rebuildAndVerify(configuration, urls, told),
      terminal,
    }),
};

/** Before there is anything else: it needs no database of ours. */
const prepareLog = (argv: readonly string[], { eventStoreAdminUrl, eventStoreUrl }: Configuration): Promise<number> =>
  prepareCommand(argv, { adminUrl: eventStoreAdminUrl, appUrl: eventStoreUrl, prepare: prepareEventStoreDb, print });

async function main([task, ...argv]: readonly string[]): Promise<number> {
  const run = tasks[task ?? ''];
  const runUnderneath = underneath[task ?? ''];
  if (!run && !runUnderneath) {
    process.stderr.write(`Say what to do: ${Object.keys({ ...tasks, ...underneath }).join(', ')}.\n`);
    return 2;
  }
  const configuration = loadConfiguration(process.env);
  if (task === 'log' && argv[0] === 'prepare') return prepareLog(argv.slice(1), configuration);
  const tell = (message: string): void => void process.stderr.write(`${message}\n`);
  const databases = await openDatabasesBeside(configuration, tell);
  try {
    if (!run) return await runUnderneath!(argv, configuration, databases);
    const core = await openCore(configuration, databases.urls, tell, 'beside');
    try {
      return await run(argv, core, databases);
    } finally {
      await atMost(LEAVE_WITHIN_MS, core.close());
    }
  } finally {
    await atMost(LEAVE_WITHIN_MS, databases.stop());
  }
}

/** What has been done is done: a database that went away meanwhile keeps nobody from leaving. */
const LEAVE_WITHIN_MS = 10_000;
const atMost = (milliseconds: number, work: Promise<void>): Promise<void> => Promise.race([work, delay(milliseconds, undefined, { ref: false })]);

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof InvalidConfiguration || error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
