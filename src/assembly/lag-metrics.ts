import type { Lag as ReadLag } from '../../projections/engine/lag.js';
import type { QueueName } from '../jobs/job.js';
import type { JobDesk, JobFigures } from '../jobs/job-desk.js';
import type { Counts } from '../jobs/queues.js';
import type { Metrics, Lag } from '../platform/metrics.js';
import type { Core } from './core.js';

/** What of the read side and of the processes Prometheus reads, whichever role a process has. */
export function followWithMetrics(metrics: Metrics, core: Core, processes: readonly string[], desk: JobDesk): void {
  followJobs(metrics, desk);
  // A scrape asks all gauges at once: they share one answer.
  let asked: Promise<ReadLag> | undefined;
  const lag = (): Promise<ReadLag> => (asked ??= core.engine.lag().finally(() => (asked = undefined)));
  metrics.lag('projection', async () => {
    const { behind, seconds } = await lag();
    return [{ name: TABLES, events: behind, seconds }];
  });
  metrics.gauge('yuthub_projection_moves', 'Whether the mark of the read tables moves, or has nothing to move for: 1 or 0', async () => {
    const { moves } = await lag();
    return { [TABLES]: moves ? 1 : 0 };
  });
  metrics.gauge('yuthub_projection_parked', 'Streams that read tables stopped at', async () => ({ [TABLES]: (await lag()).parked }));
  metrics.gauge('yuthub_projection_rebuild_ratio', 'How far tables are that are being built anew, from 0 to 1', async () => {
    const { building } = await lag();
    return Object.fromEntries(building.map(({ projection, percent }) => [projection, percent / 100]));
  });
  metrics.lag('process', () => processLag(core, processes));
}

/** Queues that are away have no figures; the outbox always has. */
function followJobs(metrics: Metrics, desk: JobDesk): void {
  let asked: Promise<JobFigures> | undefined;
  const figures = (): Promise<JobFigures> => (asked ??= desk.figures().finally(() => (asked = undefined)));
  const help: Readonly<Record<keyof Counts, string>> = {
    waiting: 'Jobs that wait for a worker',
    delayed: 'Jobs that wait for their time or their next attempt',
    active: 'Jobs in hand',
    dead: 'Jobs that failed too often',
  };
  for (const figure of Object.keys(help) as (keyof Counts)[]) {
    metrics.gauge(`yuthub_jobs_${figure}`, help[figure], async () => {
      const { queues } = await figures();
      return Object.fromEntries((Object.keys(queues ?? {}) as QueueName[]).map((queue) => [queue, queues![queue][figure]]));
    });
  }
  metrics.gauge('yuthub_outbox', 'What events want done: due, and dead', async () => {
    const { due, dead } = (await figures()).outbox;
    return { due, dead };
  });
  metrics.gauge('yuthub_outbox_oldest_seconds', 'For how long the oldest that is due has been so', async () => ({ due: (await figures()).outbox.oldestSeconds }));
}

const TABLES = 'read tables';

/** How many events each process has still to see, and for how long it has stood still before them, in seconds. */
async function processLag({ store, pool }: Core, names: readonly string[]): Promise<Lag[]> {
  const head = await store.head();
  const { rows } = await pool.query<{ process: string; position: string; still: number }>(
    `select process, position, extract(epoch from clock_timestamp() - moved_at)::float8 as still
       from app.process_checkpoints where process = any($1)`,
    [names],
  );
  return names.map((name) => {
    const stored = rows.find(({ process }) => process === name);
    const events = Math.max(0, head - Number(stored?.position ?? 0));
    return { name, events, seconds: events > 0 ? (stored?.still ?? 0) : 0 };
  });
}
