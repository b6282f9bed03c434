import type { Context } from '../../kernel/command.js';
import { CivilDate, Group } from '../../kernel/fields.js';
import { pseudonymous } from '../../kernel/privacy.js';
import { Refusal } from '../../kernel/rules.js';
import { Deadline, inWorkingDays } from '../deadline.js';
import { policy } from '../policies.js';

/** By when somebody who lives here has a key worker (RES-7), or from when on that is reckoned once it can be. */
export class KeyWorkerDue {
  @Group(pseudonymous, () => Deadline, { optional: true, doc: 'By when they have a key worker (RES-7)' }) keyWorkerDue?: Deadline;
  @CivilDate(pseudonymous, { optional: true, doc: 'From when on that is reckoned, where the calendar of bank holidays does not reach so far: the deadline waits for one that does' })
  keyWorkerDueFrom?: string;
}

/**
 * So many working days after a day. Where the calendar of bank holidays ends before that, nothing is guessed, and nobody's move-in
 * waits for a calendar: the deadline does.
 */
export function keyWorkerDue(context: Context, from: string): KeyWorkerDue {
  try {
    return { keyWorkerDue: inWorkingDays(context, 'RES-7', from, policy(context, 'RES-7')) };
  } catch (refused) {
    if (!(refused instanceof Refusal) || refused.code !== 'BHC-1') throw refused;
    return { keyWorkerDueFrom: from };
  }
}
