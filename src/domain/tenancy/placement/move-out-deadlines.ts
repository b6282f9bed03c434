import type { Context } from '../../../kernel/command.js';
import type { Deadline } from '../../deadline.js';
import { inCalendarDays } from '../../deadline.js';
import { policy } from '../../policies.js';
import '../tenancy.rules.js';
import type { MoveOutDeadlines, Placement } from './placement.js';
import type { RoomLeftDeadlines } from './rooms-left.js';

/** What is to be done when somebody has left, by the code of its deadline. */
export const MOVE_OUT_CODES = ['MOV-handover', 'MOV-keys', 'MOV-possessions'] as const;

/** So many days after a day as the policy of a deadline says. */
export const daysAfter = (on: string, code: string, context: Context, key?: string): Deadline =>
  inCalendarDays(context, code, on, policy(context, `${code}.days`), key === undefined ? {} : { key });

/** The deadlines of the room that somebody leaves for another one, each under its move; of keys, where any may be out. */
export const roomLeftDeadlines = (on: string, moveId: string, { roomKeys }: Placement, context: Context): RoomLeftDeadlines => ({
  handoverDue: daysAfter(on, 'MOV-handover', context, moveId),
  keysDue: roomKeys === 0 ? undefined : daysAfter(on, 'MOV-keys', context, moveId),
});

/** The deadlines of some codes that run from the day on which somebody left. */
export function deadlinesFrom(on: string, codes: readonly string[], context: Context): MoveOutDeadlines {
  const due = (code: string): Deadline | undefined => (codes.includes(code) ? daysAfter(on, code, context) : undefined);
  return { handoverDue: due('MOV-handover'), keysDue: due('MOV-keys'), possessionsDue: due('MOV-possessions') };
}
