import { copyOf } from '../../../kernel/copy.js';
import { Choice, CivilDate, Flag, Group, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';
import { uuidOf } from '../../../kernel/values.js';
import { Deadline } from '../../deadline.js';
import type { StayCorrection } from './stays.js';

type Of<T> = T[keyof T];
/** What is to be done in a room that has become empty. */
export const VoidTask = { inspection: 'inspection', cleaning: 'cleaning', relet: 'relet' } as const;
export const VoidTaskStatus = { open: 'open', done: 'done', waived: 'waived' } as const;

/** One thing to do in an empty room. It is waived where somebody moves in, or the room is given up, before it was done. */
export class RoomVoidTask {
  id!: string;
  @Choice(open, 'VoidTask', VoidTask) task!: Of<typeof VoidTask>;
  @CivilDate(open, { doc: 'The first empty night' }) voidSince!: string;
  @Flag(open, { optional: true, doc: 'Of a bed of a shared room in which others go on living' }) bedOnly?: boolean;
  @CivilDate(open, { optional: true, doc: 'The last day on which it is in time' }) dueOn?: string;
  @Choice(open, 'VoidTaskStatus', VoidTaskStatus) status!: Of<typeof VoidTaskStatus>;
  @CivilDate(open, { optional: true }) doneOn?: string;
  @Ref(open, 'users', { optional: true }) doneBy?: string;
  @Flag(open, { optional: true, doc: 'Something is to be made good before the room is let' }) repairsNeeded?: boolean;
  @Flag(open, { optional: true, doc: 'It was told that it is late' }) overdue?: boolean;
  @Text(personal('location'), { optional: true, max: 2000 }) findings?: string;
}

/** The deadlines of a room that has become empty, opened by the event or moved. */
export class VoidDeadlines {
  @Group(pseudonymous, () => Deadline, { optional: true, doc: 'By when somebody has looked at the empty room' }) inspectionDue?: Deadline;
  @Group(pseudonymous, () => Deadline, { optional: true, doc: 'By when it is clean' }) cleaningDue?: Deadline;
  @Group(pseudonymous, () => Deadline, { optional: true, doc: 'By when it is let again' }) reletDue?: Deadline;
}

const dueOf = (deadlines: VoidDeadlines): Record<RoomVoidTask['task'], Deadline | undefined> =>
  ({ inspection: deadlines.inspectionDue, cleaning: deadlines.cleaningDue, relet: deadlines.reletDue });

/** What an event says of a room, or of one of its beds, that became empty. */
interface Emptied extends VoidDeadlines {
  readonly voidSince?: string;
  readonly bedFreeSince?: string;
}

/**
 * What is to be done in a room once it, or a bed of it, became empty. What was open of the same kind goes on in it: a bed that was
 * to be cleaned is cleaned with the room. @param eventId of which the ids are made.
 */
export function emptied(tasks: readonly RoomVoidTask[], event: Emptied, eventId: string): RoomVoidTask[] {
  const { voidSince = event.bedFreeSince } = event;
  const bedOnly = event.voidSince === undefined ? { bedOnly: true } : {};
  const fresh = Object.entries(dueOf(event)).flatMap(([task, due]) =>
    due && voidSince
      ? [Object.assign(new RoomVoidTask(), { id: uuidOf(eventId, task), task, voidSince, dueOn: due.dueOn, status: 'open' as const, ...bedOnly })]
      : []);
  const goesOn = (one: RoomVoidTask): boolean => one.status === 'open' && fresh.some(({ task }) => task === one.task);
  return [...tasks.map((one) => (goesOn(one) ? copyOf(one, { status: 'waived' as const }) : one)), ...fresh];
}

/** Somebody moved in, which is what it was to be let for; without a day nobody will, and all of it is waived. */
export const settledVoid = (tasks: readonly RoomVoidTask[], on?: string): RoomVoidTask[] =>
  tasks.map((one) => {
    if (one.status !== 'open') return one;
    return on && one.task === 'relet' ? copyOf(one, { status: 'done', doneOn: on }) : copyOf(one, { status: 'waived' });
  });

/** What an event says of a room that was let again on another day than was said. */
interface Relet extends VoidDeadlines {
  readonly reletOn?: string;
  readonly reletWas?: string;
}

/** The room, or a bed of it, became empty on another day, or did not: what was open is waived then. It was let again with the nights of who came. */
export function movedVoid(tasks: readonly RoomVoidTask[], { voidSince }: Pick<StayCorrection, 'voidSince'>, event: Relet): RoomVoidTask[] {
  const due = dueOf(event);
  const relet = event.reletOn ? tasks.findLast(({ task, doneOn }) => task === 'relet' && doneOn === event.reletWas) : undefined;
  return tasks.map((one) => {
    const since = voidSince(one);
    if (!since) return one.status === 'open' ? copyOf(one, { status: 'waived' as const }) : one;
    const doneOn = one === relet ? event.reletOn : one.doneOn;
    if (since === one.voidSince) return doneOn === one.doneOn ? one : copyOf(one, { doneOn });
    return copyOf(one, { voidSince: since, dueOn: due[one.task]?.dueOn ?? one.dueOn, doneOn });
  });
}
