import { rate, type Figures } from './measure.js';
import { Peers } from './peers.js';
import { rebuild } from './rebuild.js';
import type { BenchServer } from './server.js';

/** How many of the same events Emmett rebuilds from, in thousands, is asked for by BENCH_EMMETT_K: it is slow, and rates are compared. */
const EVENTS = Number(process.env['BENCH_EMMETT_K'] ?? 20) * 1_000;
const ROUNDS = 3;

/**
 * Our rebuild of all read tables, of everything in the log, against Emmett's rebuild of one document a stream from the
 * first of the same events, on the same PostgreSQL.
 */
export async function rebuildVsEmmett(server: BenchServer): Promise<Figures> {
  // First, for it fails where nothing can be installed.
  const peers = await Peers.start(server);
  const theirs: number[] = [];
  try {
    const { projection_rebuild } = await rebuild(server);
    for (let round = 0; round < ROUNDS; round++) theirs.push((await peers.ask({ rebuild: EVENTS })).perSecond);
    const [ours, unit] = [projection_rebuild!.ours, projection_rebuild!.unit.split(',')[0]];
    return { rebuild_vs_emmett: rate(ours, Math.max(...theirs), `${unit}, against emmett-postgresql's of ${EVENTS} of them, its best of ${ROUNDS}`) };
  } finally {
    await peers.stop();
  }
}
