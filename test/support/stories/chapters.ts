import type { Speaker } from '../speaker.js';
import type { Cast, Person } from '../story.js';
import { bookkept } from './bookkeeping.js';
import { returned } from './core-return.js';
import { inTheCalendar } from './calendar.js';
import { assessed } from './assessments.js';
import { referredAndKept } from './people.js';
import { told } from './notifications.js';
import { owed } from './money.js';
import { supported } from './support.js';
import { tenanted } from './tenancy.js';

/**
 * A part of what happens to everybody whom the story is about: every command of some entities is said once, also those
 * with personal words in them, and every list of theirs has a row afterwards. Nothing is left open that would stand
 * against erasing the person. Their `ids` name one row of each of the part's tables.
 * @param about as the speaker names whom the words are about.
 */
export type Chapter = (speaker: Speaker, cast: Cast, person: Person, about: string) => Promise<void>;

/** The parts, in the order in which they happen. */
export const chapters: readonly Chapter[] = [tenanted, supported, inTheCalendar, assessed, returned, bookkept, referredAndKept, owed, told];
