import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { createHttpApplication } from '../api/application.js';
import { Health } from '../platform/health.js';
import { productVersion } from '../platform/version.js';
import type { Configuration } from '../platform/configuration.js';
import { ClaimRecovery } from '../commands/recovery.js';
import { OpenClaims } from '../processes/claim-recovery.js';
import type { Process } from '../processes/engine/process.js';
import { ProcessRunner } from '../processes/engine/process-runner.js';
import { openApi, type OpenApiParts } from './api.js';
import { openCore, type Core } from './core.js';
import { openDatabases, type OpenDatabases } from './databases.js';
import { openLog } from './log.js';
import { hostsOf, onceThere, type Waiting } from './once-there.js';
import { startHealthServer } from './health-server.js';
import { openJobs, type Jobs } from './jobs.js';
import { processesOf } from './processes.js';

/** The running product: whichever roles this process has. */
export interface Product {
  readonly core: Core;
  readonly processes: readonly Process[];
  /** Undefined where this process does not serve. */
  readonly baseUrl: string | undefined;
  /** Readiness off first, then what is under way is finished, then everything is closed. */
  stop(): Promise<void>;
}

/** What is done with the running product before it serves: the demo organisation is made so. */
export type BeforeServing = (core: Core, processes: readonly Process[]) => Promise<void>;

/**
 * Starts the roles of this process, once what they need is there.
 * @param leaving aborted when it is told to stop; until it runs, nothing else stops it.
 * @throws StoppedWaiting; with a sentence for the operator, nothing is left running then.
 */
export async function startProduct(configuration: Configuration, logger: Logger, leaving: AbortSignal, before?: BeforeServing): Promise<Product> {
  const tell = (message: string): void => logger.info(message);
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of stops.splice(0).reverse()) await close();
  };
  try {
    const databases = await databasesOnceThere(configuration, { tell, signal: leaving });
    stops.push(() => databases.stop());
    await logOnceThere(configuration, databases, { tell, signal: leaving });
    const core = await openCore(configuration, databases.urls, tell);
    stops.push(() => core.close());
    const processes = processesOf(core);
    const { roles } = configuration;
    if (roles.includes('projector')) await core.engine.start();
    await before?.(core, processes);
    const jobs = await openJobs(core, (sentence, error) => logger.warn({ err: error }, sentence));
    stops.push(() => jobs.close());
    if (roles.includes('worker')) {
      const runner = runnerOf(core, processes, jobs, logger);
      runner.start();
      stops.push(() => runner.stop());
      jobs.workers.start();
      stops.push(() => jobs.workers.stop());
    }
    let baseUrl: string | undefined;
    if (roles.includes('api')) {
      const api = await openApi(core, processes, jobs.desk, logger, productVersion());
      stops.push(() => api.close());
      const app = await createHttpApplication(api.parts);
      stops.push(() => closeGracefully(app, api));
      await app.listen(configuration.port, configuration.host);
      baseUrl = addressOf(app, configuration);
    } else if (configuration.healthPort !== undefined) {
      stops.push(await startHealthServer(core, processes, jobs.desk, configuration.host, configuration.healthPort));
    }
    return { core, processes, baseUrl, stop };
  } catch (error) {
    await stop().catch((also: unknown) => logger.error({ err: also }, 'Stopping failed, too.'));
    throw error;
  }
}

async function databasesOnceThere(configuration: Configuration, waiting: Waiting): Promise<OpenDatabases> {
  const { databaseUrl, keyringDatabaseUrl } = configuration;
  const open = (): Promise<OpenDatabases> => openDatabases(configuration, waiting.tell);
  // Our own PostgreSQL is started by this process: where it fails, waiting helps nobody.
  if (!databaseUrl) return open();
  const hosts = new Set([databaseUrl, keyringDatabaseUrl ?? databaseUrl].map(hostsOf));
  return onceThere(`PostgreSQL at ${[...hosts].join(' and ')}`, open, waiting);
}

async function logOnceThere(configuration: Configuration, { urls }: OpenDatabases, waiting: Waiting): Promise<void> {
  if (!configuration.eventStoreUrl) return;
  await onceThere(`EventStoreDB at ${hostsOf(configuration.eventStoreUrl)}`, async () => (await openLog(configuration, urls)).close(), waiting);
}

function runnerOf(core: Core, processes: readonly Process[], { dispatcher }: Jobs, logger: Logger): ProcessRunner {
  const { catalogue, store, codec, pipeline, clock, registers, streams, urls, configuration } = core;
  const report = (sentence: string, error: unknown): void => logger.warn({ err: error }, sentence);
  const recovery = new ClaimRecovery(catalogue, store, streams, registers);
  const claims = new OpenClaims({ store, registers, recovery, clock, connectionString: urls.app, report, graceMs: configuration.claimGraceMs });
  return new ProcessRunner({
    catalogue, store, codec, pipeline, clock, processes, report, connectionString: urls.app,
    companions: [(leading) => claims.run(leading), (leading) => dispatcher.run(leading)],
  });
}

/** No longer ready, so that traffic goes elsewhere; then requests under way are answered. */
async function closeGracefully(app: NestFastifyApplication, _api: OpenApiParts): Promise<void> {
  app.get(Health).leave();
  await app.close();
}

function addressOf(app: NestFastifyApplication, { host }: Configuration): string {
  const address = (app.getHttpServer() as { address(): { port: number } | null }).address();
  return `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${address?.port ?? 0}`;
}

