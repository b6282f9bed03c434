import type { Lag as ReadLag } from '../../projections/engine/lag.js';
import type { Metrics, Lag } from '../platform/metrics.js';
import type { Core } from './core.js';

/** What of the read side and of the processes Prometheus reads, whichever role a process has. */
export function followWithMetrics(metrics: Metrics, core: Core, processes: readonly string[]): void {
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
