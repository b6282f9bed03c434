import { copyOf } from '../../../kernel/copy.js';
import { DomainEvent, EventOf, eventWith } from '../../../kernel/event.js';
import { Choice, CivilDate, Flag, Group, Int, Items, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';
import { Deadline } from '../../deadline.js';
import { MeterReading, MoveKeys, type MoveRecord, numberOf, PossessionsOutcome, RoomCondition } from './move-record.js';
import { Placement } from './placement.js';
import { FORMER_ROOM, roomKeys, withKeysBack, withoutDuty } from './rooms-left.js';

type Of<T> = T[keyof T];
const changed = (placement: Placement, moveId: string, change: (move: MoveRecord) => Partial<MoveRecord>): void => {
  placement.moves = placement.moves.map((move) => (move.id === moveId ? copyOf(move, change(move)) : move));
};
const done = (placement: Placement, code: string): void => {
  placement.duties = placement.duties.filter((one) => one !== code);
};
/** A sum that stays unknown while nobody has said anything. */
const plus = (before: number | undefined, more: number): number | undefined => (more === 0 ? before : (before ?? 0) + more);

/** What a check at a move is about. */
class MoveCheck {
  @Text(pseudonymous, { max: 36 }) moveId!: string;
  @Ref(pseudonymous, 'residents') residentId!: string;
  @CivilDate(pseudonymous) on!: string;
}

/** Somebody looked at the room when a resident moved in, or had moved out. */
@EventOf(Placement, 'MoveInspectionRecorded', 1)
export class MoveInspectionRecorded extends eventWith(Placement, MoveCheck) {
  @Ref(open, 'users', { optional: true }) inspectedBy?: string;
  @Choice(open, 'RoomCondition', RoomCondition) roomCondition!: Of<typeof RoomCondition>;
  @Flag(pseudonymous) residentPresent!: boolean;
  @Flag(open) cleaningRequired!: boolean;
  @Items(open, () => MeterReading, { optional: true }) meterReadings?: MeterReading[];
  @Text(personal('location'), { optional: true, max: 2000, subject: 'residentId' }) damages?: string;
  override apply(placement: Placement): void {
    const { on: inspectedOn, inspectedBy, roomCondition, residentPresent, cleaningRequired, meterReadings, damages } = this;
    changed(placement, this.moveId, (move) => ({
      inspectedOn, inspectedBy, roomCondition, residentPresent, cleaningRequired,
      meterReadings: meterReadings ?? move.meterReadings, damages: damages ?? move.damages,
    }));
  }
}

/** What belongs to the room was gone through. */
@EventOf(Placement, 'InventoryChecked', 1)
export class InventoryChecked extends eventWith(Placement, MoveCheck) {
  @Ref(open, 'users', { optional: true }) checkedBy?: string;
  @Flag(open) complete!: boolean;
  @Text(personal('location'), { optional: true, max: 2000, subject: 'residentId', doc: 'What is missing' }) missing?: string;
  override apply(placement: Placement): void {
    const { on: inventoryCheckedOn, checkedBy: inventoryCheckedBy, complete: inventoryComplete, missing: inventoryMissing } = this;
    changed(placement, this.moveId, () => ({ inventoryChecked: true, inventoryCheckedOn, inventoryCheckedBy, inventoryComplete, inventoryMissing }));
  }
}

@EventOf(Placement, 'KeysIssued', 1)
export class KeysIssued extends eventWith(Placement, MoveCheck) {
  @Items(open, () => MoveKeys) keys!: MoveKeys[];
  override apply(placement: Placement): void {
    changed(placement, this.moveId, ({ keysIssued }) => ({ keysIssued: plus(keysIssued, numberOf(this.keys)) }));
    placement.roomKeys = plus(placement.roomKeys, roomKeys(this.keys));
  }
}

/** Keys came back, or it is settled that some will not. */
@EventOf(Placement, 'KeysReturned', 1)
export class KeysReturned extends eventWith(Placement, MoveCheck) {
  @Items(open, () => MoveKeys, { optional: true }) keys?: MoveKeys[];
  @Int(open, { optional: true, max: 100, doc: 'Keys that will not come back' }) keysLost?: number;
  override apply(placement: Placement): void {
    changed(placement, this.moveId, ({ keysReturned, keysLost }) => ({
      keysReturned: plus(keysReturned, numberOf(this.keys)), keysLost: plus(keysLost, this.keysLost ?? 0),
    }));
    keysBack(placement, this.moveId, roomKeys(this.keys) + (this.keysLost ?? 0));
  }
}
/** Keys that come back at a move between rooms are those of the room that was left; others are those of the room they live in. */
function keysBack(placement: Placement, moveId: string, back: number): void {
  if (placement.roomsLeft.some((room) => room.moveId === moveId)) placement.roomsLeft = withKeysBack(placement.roomsLeft, moveId, back);
  else if (placement.roomKeys !== undefined) placement.roomKeys = Math.max(0, placement.roomKeys - back);
}

/** Nobody who has left, the house or a room of it for another one, has a key of it any more. */
@EventOf(Placement, 'KeysSettled', 1, { deadlines: { met: ['MOV-keys'], at: 'on', keyField: 'formerRoomMoveId' } })
export class KeysSettled extends DomainEvent<Placement> {
  @CivilDate(pseudonymous) on!: string;
  @Text(pseudonymous, { optional: true, max: 36, doc: FORMER_ROOM }) formerRoomMoveId?: string;
  apply(placement: Placement): void {
    if (this.formerRoomMoveId) placement.roomsLeft = withoutDuty(placement.roomsLeft, this.formerRoomMoveId, 'MOV-keys');
    else done(placement, 'MOV-keys');
  }
}

/** Keys that come back at a move. */
interface KeysBack {
  readonly moveId: string;
  /** How many of them are of the room that was left by the move. */
  readonly ofRoom: number;
  /** Keys of the whole stay that are out then; undefined where nobody knows how many there were. */
  readonly out: number | undefined;
  readonly on: string;
}
/**
 * That keys are settled which were still to come: those of somebody who has left, where none is out any more; those of a room that
 * was left for another one, where none of it is out (where nobody knows how many there were, with the first that come back).
 */
export function settledKeys({ duties, roomsLeft }: Placement, { moveId, ofRoom, out, on }: KeysBack): KeysSettled[] {
  const rooms = roomsLeft.filter((room) => room.duties.includes('MOV-keys') && (out === 0 || (room.moveId === moveId && ofRoom > 0 && ofRoom >= (room.keys ?? 0))));
  const ofStay = duties.includes('MOV-keys') && !out ? [KeysSettled.of({ on })] : [];
  return [...ofStay, ...rooms.map((room) => KeysSettled.of({ on, formerRoomMoveId: room.moveId }))];
}

/** Things were found that somebody has left behind: from here on they are kept for so long. */
@EventOf(Placement, 'PossessionsLeftBehind', 1)
export class PossessionsLeftBehind extends eventWith(Placement, MoveCheck) {
  @Text(personal('location'), { max: 2000, subject: 'residentId' }) items!: string;
  @Text(personal('location'), { optional: true, max: 200, subject: 'residentId' }) storedAt?: string;
  @Group(pseudonymous, () => Deadline) possessionsDue!: Deadline;
  override apply(placement: Placement): void {
    const { items: possessionsLeft, storedAt: possessionsStoredAt, possessionsDue } = this;
    changed(placement, this.moveId, () => ({ possessionsLeft, possessionsStoredAt, possessionsCollectBy: possessionsDue.dueOn }));
    placement.duties = [...new Set([...placement.duties, possessionsDue.code])];
  }
}

/** Nothing of somebody who has left is in the house any more. */
@EventOf(Placement, 'PossessionsCleared', 1, { deadlines: { met: ['MOV-possessions'], at: 'on' } })
export class PossessionsCleared extends eventWith(Placement, MoveCheck) {
  @Choice(pseudonymous, 'PossessionsOutcome', PossessionsOutcome) outcome!: Of<typeof PossessionsOutcome>;
  @Text(personal('location'), { optional: true, max: 1000, subject: 'residentId', doc: 'To whom it went, or why it was disposed of' }) note?: string;
  override apply(placement: Placement): void {
    const { outcome: possessionsOutcome, on: possessionsClearedOn, note: possessionsNote } = this;
    changed(placement, this.moveId, () => ({ possessionsOutcome, possessionsClearedOn, possessionsNote }));
    done(placement, 'MOV-possessions');
  }
}

/** What falls due when somebody has left, and was not done. Its deadline stays open until it is. */
class MissedDuty {
  @Text(pseudonymous, { max: 36 }) moveId!: string;
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Ref(open, 'properties') propertyId!: string;
  @CivilDate(pseudonymous, { doc: 'The last day on which it would have been in time' }) dueOn!: string;
}
@EventOf(Placement, 'HandoverOverdue', 1)
export class HandoverOverdue extends eventWith(Placement, MissedDuty) {
  override apply(placement: Placement): void {
    changed(placement, this.moveId, () => ({ handoverOverdue: true }));
  }
}
@EventOf(Placement, 'KeysReturnOverdue', 1)
export class KeysReturnOverdue extends eventWith(Placement, MissedDuty) {
  override apply(placement: Placement): void {
    changed(placement, this.moveId, () => ({ keysOverdue: true }));
  }
}
@EventOf(Placement, 'PossessionsOverdue', 1)
export class PossessionsOverdue extends eventWith(Placement, MissedDuty) {
  override apply(placement: Placement): void {
    changed(placement, this.moveId, () => ({ possessionsOverdue: true }));
  }
}
