import pg from 'pg';
import { openCore, type Core } from '../../src/assembly/core.js';
import { loadConfiguration } from '../../src/platform/configuration.js';
import { ReadPosition } from '../../projections/engine/read-position.js';
import { generated, paymentsInto } from './commands.js';
import { EACH, makeLog } from './made-log.js';
import { inTurns, time, type Figures, type Run } from './measure.js';
import { measuredOrganization } from './people.js';
import { environmentOf, startProductProcess } from './product-process.js';
import { benchServer, type BenchServer } from './server.js';

/** Events in the smaller and the larger log, in thousands: BENCH_GROWTH_SMALL_K and BENCH_GROWTH_LARGE_K. */
const SMALL = Number(process.env['BENCH_GROWTH_SMALL_K'] ?? 10) * 1_000;
const LARGE = Number(process.env['BENCH_GROWTH_LARGE_K'] ?? 1_000) * 1_000;
const ROUNDS = 3;
const CONCURRENT = 16;
const COMMANDS = 2_000;
/** What the live projection is given at once. */
const BACKLOG = 5_000;
const PATIENCE_MS = 3_600_000;

/** An installation whose log has grown to a size, and whose read tables have everything in it. */
interface Grown {
  readonly events: number;
  /** Commands over HTTP. */
  commands(): Promise<Run>;
  /** A backlog, to a projector that had been stopped. */
  projection(): Promise<Run>;
  stop(): Promise<void>;
}

/**
 * Latency of commands, and rate of the live projection, where the log is large, against where it is small: two
 * installations on two servers, in turns. Residents with ten events each make the log; the commands are rent payments.
 */
export async function growth(server: BenchServer): Promise<Figures> {
  const other = await benchServer();
  const [large, small] = [await grown(server, LARGE), await grown(other, SMALL)];
  try {
    await large.commands();
    await small.commands();
    const commands = await inTurns(ROUNDS, large.commands, small.commands);
    const projection = await inTurns(ROUNDS, large.projection, small.projection);
    const at = `with ${large.events} events in the log, against ${small.events}`;
    return {
      growth_command_p50: time(commands.ours.p50, commands.yardstick.p50, `ms a command at ${CONCURRENT} at once, ${at}`),
      growth_projection: time(1e6 / projection.ours.perSecond, 1e6 / projection.yardstick.perSecond, `µs an event of a backlog of ${BACKLOG}, live projection, ${at}`),
    };
  } finally {
    await Promise.all([large.stop(), small.stop()]);
    await other.stop();
  }
}

async function grown(server: BenchServer, size: number): Promise<Grown> {
  const core = await openCore(loadConfiguration(environmentOf(server, 'api')), server.urls, () => undefined);
  const { accounts, token } = await measuredOrganization(core, 200);
  const { events } = await makeLog(core, server, Math.max(1, Math.round((size - (await core.store.head())) / EACH)));
  const reads = await new ReadPosition(server.urls.app).open();
  const [api, projector] = [await startProductProcess(server, 'api'), await startProductProcess(server, 'projector')];
  await caughtUp(core, reads);
  const speaker = new pg.Client({ connectionString: server.adminUrl });
  await speaker.connect();
  const stopped = async (work: () => Promise<void>): Promise<void> => {
    process.kill(projector.pid, 'SIGSTOP');
    try {
      await work();
    } finally {
      process.kill(projector.pid, 'SIGCONT');
    }
  };
  return {
    events,
    commands: async () => {
      let run: Run | undefined;
      await stopped(async () => void (run = await generated({ baseUrl: api.baseUrl, token, concurrent: CONCURRENT, requests: paymentsInto(accounts, COMMANDS) })));
      await caughtUp(core, reads);
      return run!;
    },
    projection: async () => {
      await stopped(async () => void (await makeLog(core, server, BACKLOG / EACH)));
      const start = performance.now();
      // As an append would: what is made is stored past it.
      await speaker.query('notify yuthub_log');
      await caughtUp(core, reads);
      const milliseconds = performance.now() - start;
      return { perSecond: (BACKLOG / milliseconds) * 1_000, p50: milliseconds, p99: milliseconds };
    },
    stop: async () => {
      await Promise.all([api.stop(), projector.stop(), reads.close(), speaker.end()]);
      await core.close();
    },
  };
}

async function caughtUp(core: Core, reads: ReadPosition): Promise<void> {
  if (!(await reads.waitFor(await core.store.head(), PATIENCE_MS))) throw new Error('The read tables do not catch up.');
}
