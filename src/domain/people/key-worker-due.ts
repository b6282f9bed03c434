import type { Context } from '../../kernel/command.js';
import { Refusal } from '../../kernel/rules.js';
import { type Deadline, inCalendarDays, inWorkingDays } from '../deadline.js';
import { policy } from '../policies.js';

/**
 * By when somebody who lives here has a key worker (RES-7). Where the calendar of bank holidays ends before that, weekends
 * and holidays count too: sooner than the policy asks, and nobody's move-in waits for a calendar.
 */
export function keyWorkerDue(context: Context, from: string): Deadline {
  const days = policy(context, 'RES-7');
  try {
    return inWorkingDays(context, 'RES-7', from, days);
  } catch (refused) {
    if (!(refused instanceof Refusal)) throw refused;
    return inCalendarDays(context, 'RES-7', from, days);
  }
}
