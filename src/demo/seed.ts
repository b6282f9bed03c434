import type { Core } from '../assembly/core.js';
import { metadataOf } from '../event-store/metadata.js';
import { londonDate, mondayOf, plusDays } from '../kernel/values.js';
import { ProcessDeadlines } from '../processes/engine/deadlines.js';
import type { Process } from '../processes/engine/process.js';
import { ProcessRunner } from '../processes/engine/process-runner.js';
import { ProcessWatch } from '../processes/engine/process-watch.js';
import { halfYear, WEEKS } from './half-year.js';
import { castOf, DEMO_ORGANIZATION, makeOther, OTHER_ORGANIZATION } from './members.js';
import { demoPassword } from './password.js';
import { Sending } from './sending.js';
import { WalkingClock } from './walking-clock.js';

const PROJECTED_WITHIN_MS = 60_000;

/**
 * Makes the demo organisation by commands: the 26 weeks before now, recorded at the instants at which they happened, with
 * what the processes make of them. Done once; a seeding that was cut off is taken up where it was.
 */
export async function seedDemo(core: Core, processes: readonly Process[]): Promise<void> {
  if (await isRecorded(core, OTHER_ORGANIZATION)) return;
  const now = await core.clock.now();
  const first = (await firstMonday(core)) ?? plusDays(mondayOf(londonDate(now)), -7 * WEEKS);
  const clock = new WalkingClock(`${first}T06:00:00.000Z`, core.pool);
  const commands = core.commandsAt(clock);
  const watch = new ProcessWatch(core.urls.app, processes.map(({ name }) => name));
  const { catalogue, store, codec } = core;
  const runner = new ProcessRunner({ catalogue, store, codec, clock, pipeline: commands.pipeline, processes, connectionString: core.urls.app });
  watch.start();
  runner.start();
  try {
    const deadlines = new ProcessDeadlines(core.pool, store, watch);
    const sending = new Sending(core, commands);
    const password = demoPassword(core.configuration);
    const cast = await castOf(sending, commands, password);
    for (const { at, rows } of halfYear(first, cast)) {
      if (at > now) break;
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
  await core.readPosition.waitFor(await store.head(), PROJECTED_WITHIN_MS);
}

async function isRecorded(core: Core, organizationId: string): Promise<boolean> {
  const stream = `organization-${organizationId}`;
  return ((await core.store.readStreams([{ stream }])).get(stream) ?? []).length > 0;
}

/** The Monday on which a seeding that was cut off began. */
async function firstMonday(core: Core): Promise<string | undefined> {
  for await (const event of core.store.readStream(`organization-${DEMO_ORGANIZATION}`, { limit: 1 })) {
    return londonDate(metadataOf(event).recordedAt);
  }
  return undefined;
}
