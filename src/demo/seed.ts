import type { Core } from '../assembly/core.js';
import { ownMetadataOf } from '../event-store/metadata.js';
import { londonDate, mondayOf, plusDays } from '../kernel/values.js';
import { ProcessDeadlines } from '../processes/engine/deadlines.js';
import { Lease, LEASE } from '../processes/engine/lease.js';
import type { Process } from '../processes/engine/process.js';
import { ProcessRunner } from '../processes/engine/process-runner.js';
import { ProcessWatch } from '../processes/engine/process-watch.js';
import { halfYear, WEEKS } from './half-year.js';
import { castOf, DEMO_ORGANIZATION, isComplete, makeOther } from './members.js';
import { firstPassword } from './password.js';
import { Sending } from './sending.js';
import { givePassword } from './sign-ins.js';
import { WalkingClock } from './walking-clock.js';

const PROJECTED_WITHIN_MS = 60_000;
/** What processes that start at once contend for: one of them makes the demonstration, the others find it. */
const DEMONSTRATION = 2;

/** The product was told to stop while it made the demonstration; the next start takes it up there. */
export class DemonstrationStopped extends Error {
  override readonly name = 'DemonstrationStopped';
}

/**
 * Makes the demo organisation by commands: the 26 weeks before now, recorded at the instants at which they happened, with
 * what the processes make of them. Done once, by a process with the role worker; a seeding that was cut off is taken up
 * where it was. Resolves once the read tables contain it. @throws DemonstrationStopped soon after `stopping` is aborted.
 */
export async function seedDemo(core: Core, processes: readonly Process[], stopping: AbortSignal): Promise<void> {
  const { roles } = core.configuration;
  if (roles.includes('worker')) {
    const lease = await Lease.acquire(core.urls.app, DEMONSTRATION, LEASE, stopping);
    if (!lease) throw new DemonstrationStopped();
    try {
      if (!(await isComplete(core))) await makeIt(core, processes, stopping);
      await givePassword(core);
    } finally {
      await lease.release();
    }
  }
  if (roles.includes('projector')) await core.readPosition.waitFor(await core.store.head(), PROJECTED_WITHIN_MS);
}

async function makeIt(core: Core, processes: readonly Process[], stopping: AbortSignal): Promise<void> {
  const now = await core.clock.now();
  const recorded = await recordedSoFar(core);
  const first = recorded ? londonDate(recorded.first) : plusDays(mondayOf(londonDate(now)), -7 * WEEKS);
  // Where it was cut off, the processes may have to finish what is dated later than the first Monday.
  const clock = new WalkingClock(recorded?.last ?? `${first}T06:00:00.000Z`, core.pool);
  const commands = core.commandsAt(clock);
  const watch = new ProcessWatch(core.urls.app, processes.map(({ name }) => name));
  const { catalogue, store, codec } = core;
  const runner = new ProcessRunner({ catalogue, store, codec, clock, pipeline: commands.pipeline, processes, connectionString: core.urls.app });
  watch.start();
  runner.start();
  try {
    const deadlines = new ProcessDeadlines(core.pool, store, watch);
    const sending = new Sending(core, commands);
    const password = firstPassword(core.configuration);
    const cast = await castOf(sending, commands, password);
    for (const { at, rows } of halfYear(first, cast)) {
      if (at > now) break;
      if (stopping.aborted) throw new DemonstrationStopped();
      await clock.walkTo(at, deadlines);
      await sending.sendAll(rows);
    }
    await clock.walkTo(now, deadlines);
    await makeOther(sending, commands, password);
    await deadlines.settle(now);
  } finally {
    await runner.stop();
    await watch.close();
  }
}

/** The instants between which a seeding that was cut off recorded something; undefined where none was begun. */
async function recordedSoFar({ store }: Core): Promise<{ first: string; last: string } | undefined> {
  if ((await store.head()) === 0) return undefined;
  let span: { first: string; last: string } | undefined;
  const done = new AbortController();
  for await (const item of store.subscribeAll(0, done.signal)) {
    if (item.kind === 'event') {
      const { organizationId, recordedAt } = ownMetadataOf(item) ?? {};
      if (organizationId !== DEMO_ORGANIZATION || !recordedAt) continue;
      span = { first: span?.first ?? recordedAt, last: span && span.last > recordedAt ? span.last : recordedAt };
    } else if (item.caughtUp) {
      done.abort();
    }
  }
  return span;
}
