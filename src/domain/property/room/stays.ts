import type { RoomVoidTask } from './void-task.js';

/** A stay in the room: one stretch of one placement, `[from, to)`. */
export interface Allocation {
  readonly id: string;
  readonly placementId: string;
  readonly residentId: string;
  readonly from: string;
  readonly to?: string;
}
/** Absent keeps; a null end is no end. */
interface StayDates {
  readonly from?: string;
  readonly to?: string | null;
}

/** The stays with other dates of one of them. */
export const withDates = (stays: readonly Allocation[], id: string, { from, to }: StayDates): Allocation[] =>
  stays.map((one) => (one.id === id ? { ...one, ...(from ? { from } : {}), ...(to === undefined ? {} : { to: to ?? undefined }) } : one));

const lived = ({ from, to }: Allocation): boolean => !to || from < to;

/** The first nights on which nobody lives in the room any more, each after a stay; somebody may have left it before their first night. */
function firstEmptyNights(stays: readonly Allocation[]): string[] {
  const nights = stays.filter(lived);
  const ends = new Set(stays.flatMap(({ to }) => (to ? [to] : [])));
  return [...ends].filter((night) => !nights.some(({ from, to }) => from <= night && (!to || night < to))).sort();
}

type Task = Pick<RoomVoidTask, 'bedOnly' | 'status' | 'voidSince'>;
/** What a correction of a stay makes of what is to be done in the room, or was. */
export interface StayCorrection {
  readonly stays: Allocation[];
  /** Since when something is to be done: for the room by the nights on which nobody lives there, for a bed by the end of the stay in it; undefined where somebody lives there. */
  voidSince(task: Task): string | undefined;
  /** When the room was let again that was let by this stay, as it stood before and now; undefined where nothing is other than it was. */
  relet(tasks: readonly RoomVoidTask[]): { reletWas: string; reletOn: string } | undefined;
}

/** The stays of a room once one of them is corrected, and where that takes what is to be done in it. */
export function correctedStays(before: readonly Allocation[], id: string, dates: StayDates): StayCorrection {
  const stays = withDates(before, id, dates);
  const [was, is] = [before, stays].map((all) => all.find((one) => one.id === id)) as [Allocation, Allocation];
  const [empty, emptyNow] = [firstEmptyNights(before), firstEmptyNights(stays)];
  const [come] = emptyNow.filter((night) => !empty.includes(night));
  return {
    stays,
    voidSince({ bedOnly, status, voidSince }) {
      const ofThis = voidSince === was.to;
      if (bedOnly) return ofThis ? is.to : voidSince;
      if (emptyNow.includes(voidSince) || !(ofThis || empty.includes(voidSince))) return voidSince;
      // Where somebody lives there then, what was done already goes with the stay after which it was: it may be corrected again.
      return come ?? (status === 'open' ? undefined : ofThis ? is.to : voidSince);
    },
    relet(tasks) {
      const by = was.from === is.from ? undefined : tasks.findLast(({ task, doneOn }) => task === 'relet' && doneOn === was.from);
      if (!by) return undefined;
      const came = stays.filter((one) => lived(one) && one.from >= by.voidSince).map(({ from }) => from).sort();
      const reletOn = came[0] ?? is.from;
      return reletOn === was.from ? undefined : { reletWas: was.from, reletOn };
    },
  };
}
