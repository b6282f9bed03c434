import type { Logger } from 'pino';
import { maySee } from '../access/permissions.js';
import { accessRoutes } from '../access/http/routes.js';
import { readableTables, readSchemas } from '../api/reads/readable-tables.js';
import { RowReader } from '../api/reads/row-reader.js';
import type { ApiParts, Waits } from '../api/parts.js';
import { Consistency } from '../audit/consistency.js';
import { AuditTrail } from '../audit/trail.js';
import { History } from '../audit/history.js';
import { ownMetadataOf } from '../event-store/metadata.js';
import { declaredRules } from '../kernel/rules.js';
import { Metrics } from '../platform/metrics.js';
import { ProcessDeadlines } from '../processes/engine/deadlines.js';
import { ConsequenceTracker } from '../processes/engine/consequence-tracker.js';
import { ParkedStreams } from '../processes/engine/parked-streams.js';
import type { Process } from '../processes/engine/process.js';
import { ProcessWatch } from '../processes/engine/process-watch.js';
import { importRoutes, together } from '../imports/http/routes.js';
import { actorNames } from './actor-names.js';
import type { JobDesk } from '../jobs/job-desk.js';
import type { Core } from './core.js';
import { changesOf } from './changes.js';
import { importsOf } from './imports.js';
import { followWithMetrics } from './lag-metrics.js';
import { probesOf } from './probes.js';

/** The API's parts, and what must be closed when it stops. */
export interface OpenApiParts {
  readonly parts: ApiParts;
  close(): Promise<void>;
}

/** Puts together what the API is made of. */
export async function openApi(core: Core, processes: readonly Process[], desk: JobDesk, logger: Logger, version: string): Promise<OpenApiParts> {
  const { catalogue, store, codec, keyring, pool, urls, access, accessLog, clock, engine } = core;
  const watch = new ProcessWatch(urls.app, processes.map(({ name }) => name));
  watch.start();
  const tracker = new ConsequenceTracker({ store, processes, watch, connectionString: urls.app, clock });
  await tracker.start();
  const parked = new ParkedStreams(urls.app, processes, watch);
  const tables = readableTables(catalogue, engine.shown);
  const rows = new RowReader({
    connectionString: urls.app,
    tables,
    codec,
    maySee,
    specialRead: accessLog.specialRead,
    blindIndex: (organizationId, field, value) => keyring.blindIndex(organizationId, field, value),
  });
  const names = actorNames(processes, (ids) => access.names.byId(ids));
  const history = new History({ catalogue, store, codec, maySee, names, specialRead: accessLog.specialRead });
  const trail = new AuditTrail({ pool, catalogue, history, names, access: accessLog.entries });
  const consistency = new Consistency(pool);
  const metrics = new Metrics();
  followWithMetrics(metrics, core, watch.names, desk);
  const parts: ApiParts = {
    catalogue,
    commands: { execute: (request) => core.pipeline.execute(request), refused: accessLog.refused },
    sessions: access.sessions,
    rows,
    readSchemas: readSchemas(tables),
    audit: {
      of: (entity, id, actor, page) => history.of(entity, id, actor, page),
      at: (entity, id, actor, instant) => history.at(entity, id, actor, instant),
      trail: (actor, filter, limit, cursor) => trail.page(actor, filter, limit, cursor),
    },
    waits: waitsOf(core, tracker),
    processes: {
      list: (actor) => parked.list(actor.organizationId),
      retry: async (process, stream, actor) => void (await parked.retry(process, stream, actor)),
      drop: async (process, stream, actor) => void (await parked.drop(process, stream, actor)),
    },
    changes: changesOf(core.pool, catalogue, engine.shown, () => store.head()),
    consistency: (organizationId) => consistency.of(organizationId),
    rules: declaredRules,
    ...(core.movable ? { clock: clockOf(core, watch) } : {}),
    health: probesOf(core, watch, desk),
    metrics,
    logger,
    handWritten: together(accessRoutes(access), importRoutes(importsOf(core).receiving)),
    version,
  };
  const close = async (): Promise<void> => {
    await rows.close();
    await tracker.close();
    await parked.close();
    await watch.close();
  };
  return { parts, close };
}

/** Read-your-writes, consequences included. */
function waitsOf({ readPosition, store }: Core, tracker: ConsequenceTracker): Waits {
  return {
    waitForReads: (position, milliseconds) => readPosition.waitFor(position, milliseconds),
    followConsequences: async (correlationId, position, milliseconds) => {
      const followed = await tracker.follow(correlationId, position, milliseconds);
      return { ...followed, parked: followed.parked.map(({ process, sentence }) => `${process}: ${sentence}`) };
    },
    waitForAfter: async (position, milliseconds) => {
      const until = performance.now() + milliseconds;
      const correlationId = await correlationAt(store, position);
      const followed = correlationId ? await tracker.follow(correlationId, position, milliseconds) : { position, settled: true };
      if (!followed.settled) return false;
      return readPosition.waitFor(followed.position, Math.max(0, until - performance.now()));
    },
  };
}

/** Correlation of the event at a position; undefined where none stands. */
async function correlationAt(store: Core['store'], position: number): Promise<string | undefined> {
  const event = await store.eventAt(position);
  return event && ownMetadataOf(event)?.correlationId;
}

/** For how long moving the clock waits for the read tables to contain what it led to. */
const CLOCK_READS_MS = 20_000;

function clockOf({ movable, pool, store, readPosition }: Core, watch: ProcessWatch): NonNullable<ApiParts['clock']> {
  const deadlines = new ProcessDeadlines(pool, store, watch);
  return {
    now: () => movable!.now(),
    moveTo: async (instant) => {
      await movable!.moveTo(instant, deadlines);
      // Whoever moved the clock looks next at what came of it.
      await readPosition.waitFor(await store.head(), CLOCK_READS_MS);
    },
  };
}
