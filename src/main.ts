import 'reflect-metadata';
import { InvalidConfiguration, loadConfiguration } from './platform/configuration.js';
import { LogDenied } from './event-store/errors.js';
import { StartRefused } from './custody/start-refused.js';
import { OtherMasterKey } from './platform/databases.js';
import { SchemaTooNew } from './platform/migrator.js';
import { createLogger } from './platform/logging.js';
import { DataDirInUse } from './platform/data-dir-lock.js';
import { startProduct, type BeforeServing } from './assembly/product.js';
import { StoppedWaiting } from './assembly/once-there.js';
import { DemonstrationStopped, seedDemo } from './demo/seed.js';
import { greeting } from './demo/greeting.js';

const STOP_WITHIN_MS = 25_000;
const INSISTING_AFTER_MS = 500;

/** Starts the roles that are asked for, and stops them in order when it is told to. */
async function main(): Promise<void> {
  const configuration = loadConfiguration(process.env);
  const logger = createLogger(process.env['LOG_LEVEL'] as 'info' | undefined);
  const leaving = new AbortController();
  const before: BeforeServing | undefined = configuration.demo ? (core, processes) => seedDemo(core, processes, leaving.signal) : undefined;
  const starting = startProduct(configuration, logger, leaving.signal, before);
  let stoppingSince: number | undefined;
  const stop = (why: string): void => {
    if (stoppingSince !== undefined) {
      // Ctrl-C comes twice, from the terminal and from the script that started us; later than that somebody insists.
      if (performance.now() - stoppingSince > INSISTING_AFTER_MS) process.exit(1);
      return;
    }
    stoppingSince = performance.now();
    logger.info(`Stopping: ${why}.`);
    leaving.abort();
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    starting.then(
      (product) => product.stop().then(
        () => process.exit(0),
        (error: unknown) => {
          logger.error({ err: error }, 'It did not stop cleanly.');
          process.exit(1);
        },
      ),
      (error: unknown) => process.exit(error instanceof DemonstrationStopped || error instanceof StoppedWaiting ? 0 : 1),
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(signal));
  // Started by a script that has gone, also by kill -9: nobody is left behind.
  if (process.env['YUTHUB_PARENT'] === 'watch') process.on('disconnect', () => stop('whoever started it is gone'));
  const broken = (error: unknown): void => {
    logger.fatal({ err: error }, 'A mistake of ours: this process ends.');
    process.exit(1);
  };
  process.on('uncaughtException', broken);
  process.on('unhandledRejection', broken);
  const product = await starting;
  if (configuration.demo) process.stdout.write(greeting(configuration, product.baseUrl));
  if (product.baseUrl) process.stdout.write(`ready ${product.baseUrl}\n`);
  else process.stdout.write(`ready ${configuration.roles.join(', ')}\n`);
}

const NODE_AT_LEAST = 24;
if (Number.parseInt(process.versions.node, 10) < NODE_AT_LEAST) {
  process.stderr.write(`This needs Node ${NODE_AT_LEAST} or later and runs on ${process.versions.node}: npm start brings its own.\n`);
  process.exit(1);
}

main().catch((error: unknown) => {
  const known = [InvalidConfiguration, DataDirInUse, StartRefused, SchemaTooNew, OtherMasterKey, LogDenied].some((one) => error instanceof one);
  process.stderr.write(`${known ? (error as Error).message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
