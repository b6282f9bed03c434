import type { Speaker } from '../speaker.js';
import type { Cast } from '../story.js';
import type { Chapter } from './chapters.js';

/** The support of somebody: every command of it once, on the day on which the clock stands. */
export const supported: Chapter = async (speaker, cast, { residentId }) => {
  await measured(speaker, cast, residentId);
};

/** An outcome that is achieved and verified by another, taken back, and one that is not achieved. */
async function measured(speaker: Speaker, { manager, organisation: { owner }, ids }: Cast, residentId: string): Promise<void> {
  const define = { residentId, category: 'employment', unit: 'hours', baseline: 0, target: 16 };
  const { id } = await speaker.say(manager, 'DefineOutcome', undefined, define);
  await speaker.say(manager, 'RecordMeasurement', id, { value: 12.5 });
  await speaker.say(owner, 'AchieveOutcome', id);
  await speaker.say(owner, 'VerifyOutcome', id);
  await speaker.say(owner, 'RevokeVerification', id);
  const other = await speaker.say(manager, 'DefineOutcome', undefined, { ...define, baseline: 3, target: 1 });
  await speaker.say(manager, 'MarkNotAchieved', other.id);
  ids['outcomes_tracking'] = id;
}
