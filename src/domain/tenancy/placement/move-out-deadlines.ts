import type { Context } from '../../../kernel/command.js';
import type { Deadline } from '../../deadline.js';
import { inCalendarDays } from '../../deadline.js';
import { policy } from '../../policies.js';
import '../tenancy.rules.js';
import type { MoveOutDeadlines } from './placement.js';

/** What is to be done when somebody has left, by the code of its deadline. */
export const MOVE_OUT_CODES = ['MOV-handover', 'MOV-keys', 'MOV-possessions'] as const;

/** So many days after a day as the policy of a deadline says. */
export const daysAfter = (on: string, code: string, context: Context): Deadline => inCalendarDays(context, code, on, policy(context, `${code}.days`));

/** The deadlines of some codes that run from the day on which somebody left. */
export function deadlinesFrom(on: string, codes: readonly string[], context: Context): MoveOutDeadlines {
  const due = (code: string): Deadline | undefined => (codes.includes(code) ? daysAfter(on, code, context) : undefined);
  return { handoverDue: due('MOV-handover'), keysDue: due('MOV-keys'), possessionsDue: due('MOV-possessions') };
}
