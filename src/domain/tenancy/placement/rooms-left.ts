import { Group } from '../../../kernel/fields.js';
import { pseudonymous } from '../../../kernel/privacy.js';
import { Deadline } from '../../deadline.js';
import { KeyType, type MoveKeys, numberOf } from './move-record.js';

/** What names a room that was left. */
export const FORMER_ROOM = 'The move by which a room was left for another one, where it is about that room';

/** The deadlines of a room that somebody has left for another one; what was left behind in it goes with them. */
export class RoomLeftDeadlines {
  @Group(pseudonymous, () => Deadline, { optional: true, doc: 'By when the old room is handed over' }) handoverDue?: Deadline;
  @Group(pseudonymous, () => Deadline, { optional: true, doc: 'By when the keys of the old room are back' }) keysDue?: Deadline;
}

/** A room that was left for another one, as long as something is to be done about it. */
export interface RoomLeft {
  /** The move by which it was left: the key of its deadlines. */
  readonly moveId: string;
  /** Codes of the deadlines that nothing has come of. */
  readonly duties: readonly string[];
  /** Keys of the room that are out; absent where nobody recorded that any were handed out. */
  readonly keys?: number;
}

/** Keys of the room itself: those of the house go on being used by who moves within it. */
export const roomKeys = (keys: readonly MoveKeys[] | null | undefined): number => numberOf(keys?.filter(({ keyType }) => keyType === KeyType.room));

/** What is to be done about a room that was left, by the deadlines that were opened for it. */
export const roomLeft = (moveId: string, { handoverDue, keysDue }: RoomLeftDeadlines, keys: number | undefined): RoomLeft[] => {
  const duties = [handoverDue, keysDue].flatMap((due) => (due ? [due.code] : []));
  return duties.length > 0 ? [{ moveId, duties, ...(keys === undefined ? {} : { keys }) }] : [];
};

/** Without a duty that something has come of. */
export const withoutDuty = (rooms: readonly RoomLeft[], moveId: string, code: string): RoomLeft[] =>
  rooms
    .map((room) => (room.moveId === moveId ? { ...room, duties: room.duties.filter((one) => one !== code) } : room))
    .filter(({ duties }) => duties.length > 0);

/** With some of the keys of a room that was left back, or lost for good. */
export const withKeysBack = (rooms: readonly RoomLeft[], moveId: string, back: number): RoomLeft[] =>
  rooms.map((room) => (room.moveId === moveId && room.keys !== undefined ? { ...room, keys: Math.max(0, room.keys - back) } : room));
