import type { Context } from '../../../kernel/command.js';
import { type Deadline, inCalendarDays } from '../../deadline.js';
import { policy } from '../../policies.js';
import '../property.rules.js';
import type { Property } from '../property/property.js';
import type { Room, RoomVacated } from './room.js';
import { type RoomVoidTask, VoidTask, type VoidDeadlines } from './void-task.js';

type Task = RoomVoidTask['task'];

/** The deadlines of some tasks, from the day on which a room became empty. Calendar days, which no end of a calendar refuses: processes ask. */
export function voidDeadlines(since: string, tasks: readonly Task[], context: Context): VoidDeadlines {
  const due = (task: Task): Deadline | undefined =>
    tasks.includes(task) ? inCalendarDays(context, `ROM-${task}`, since, policy(context, `ROM-${task}.days`)) : undefined;
  return { inspectionDue: due('inspection'), cleaningDue: due('cleaning'), reletDue: due('relet') };
}

/** Whether nobody lets, looks or cleans in the house any more. */
export const closedForGood = ({ propertyId }: Room, { find }: Context): boolean => find<Property>('properties', propertyId)?.status === 'inactive';

/**
 * Since when a room is empty once a stay has ended, and what is to be done in it. Where others go on living in it, the bed that is
 * free is looked at and cleaned, and nothing is to be let. A stay of long ago that is recorded late brings nothing of an empty room
 * that was done already; who came and left again on one day leaves it to be let anew.
 */
export function voidAfter(room: Room, allocationId: string, on: string, context: Context): Pick<RoomVacated, 'voidSince' | 'bedFreeSince' | keyof VoidDeadlines> {
  if (room.retiredOn || closedForGood(room, context)) return {};
  const ends = room.allocations.map(({ id, to }) => (id === allocationId ? on : to));
  const living = ends.filter((end) => end === undefined).length;
  // Who came in their place may be known to the room before they have left.
  if (living >= room.capacity) return {};
  const lived = living > 0;
  const since = lived ? on : ends.map(String).sort().at(-1)!;
  const settled = (task: Task): boolean => room.voidTasks.some((one) =>
    one.task === task && ((one.status === 'open' && (lived || !one.bedOnly)) || (task !== VoidTask.relet && one.voidSince === since && (one.doneOn ?? '') >= since)));
  const tasks = Object.values(VoidTask).filter((task) => !settled(task) && !(lived && task === VoidTask.relet));
  if (!lived) return { voidSince: since, ...voidDeadlines(since, tasks, context) };
  return tasks.length === 0 ? {} : { bedFreeSince: since, ...voidDeadlines(since, tasks, context) };
}
