import { DomainEvent, EventOf } from '../../../kernel/event.js';
import { Choice, CivilDate, Flag, Group, Int, Items, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous, sensitive } from '../../../kernel/privacy.js';
import { Deadline } from '../../deadline.js';
import { copyOf } from '../../../kernel/copy.js';
import { MeterReading, type MoveRecord, moveRecord, PlannedMoveType } from './move-record.js';
import { AbsenceReason, Placement, PlacementAbsence } from './placement.js';
import { FORMER_ROOM, withKeysBack, withoutDuty } from './rooms-left.js';

type Of<T> = T[keyof T];
const changed = (placement: Placement, moveId: string, change: Partial<MoveRecord>): MoveRecord[] =>
  placement.moves.map((move) => (move.id === moveId ? copyOf(move, change) : move));

/** A move is expected on a day to come. */
@EventOf(Placement, 'MovePlanned', 1)
export class MovePlanned extends DomainEvent<Placement> {
  @Text(pseudonymous, { max: 36 }) moveId!: string;
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Choice(pseudonymous, 'PlannedMoveType', PlannedMoveType) moveType!: Of<typeof PlannedMoveType>;
  @CivilDate(pseudonymous) plannedDate!: string;
  @Ref(open, 'property_rooms', { optional: true }) toRoomId?: string;
  @Text(personal('location'), { optional: true, max: 1000, subject: 'residentId' }) reason?: string;
  apply(placement: Placement): void {
    const { moveId: id, residentId, moveType, plannedDate, toRoomId, reason } = this;
    const { propertyId: fromPropertyId, roomId: fromRoomId } = placement;
    const planned = moveRecord({ id, residentId, moveType, status: 'planned', plannedDate, fromPropertyId, fromRoomId, toRoomId, reason });
    placement.moves = [...placement.moves.filter((move) => move.id !== id), planned];
  }
}

@EventOf(Placement, 'PlannedMoveCancelled', 1)
export class PlannedMoveCancelled extends DomainEvent<Placement> {
  @Text(pseudonymous, { max: 36 }) moveId!: string;
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Text(personal('location'), { max: 1000, subject: 'residentId' }) reason!: string;
  apply(placement: Placement): void {
    placement.moves = changed(placement, this.moveId, { status: 'cancelled', notes: this.reason });
  }
}

/** The room and what belongs to it went from hand to hand. */
@EventOf(Placement, 'HandoverRecorded', 1, { deadlines: { met: ['MOV-handover'], at: 'on', keyField: 'formerRoomMoveId' } })
export class HandoverRecorded extends DomainEvent<Placement> {
  @Text(pseudonymous, { max: 36 }) moveId!: string;
  @Ref(pseudonymous, 'residents') residentId!: string;
  @CivilDate(pseudonymous) on!: string;
  @Ref(open, 'users', { optional: true }) handoverBy?: string;
  @Ref(open, 'users', { optional: true }) handoverTo?: string;
  @Flag(open) inventoryChecked!: boolean;
  @Flag(open) cleaningRequired!: boolean;
  @Items(open, () => MeterReading, { optional: true }) meterReadings?: MeterReading[];
  @Int(open, { optional: true, max: 100 }) keysIssued?: number;
  @Int(open, { optional: true, max: 100 }) keysReturned?: number;
  @Text(personal('location'), { optional: true, max: 2000, subject: 'residentId' }) damages?: string;
  @Text(pseudonymous, { optional: true, max: 36, doc: FORMER_ROOM }) formerRoomMoveId?: string;
  apply(placement: Placement): void {
    const { on: handedOverOn, handoverBy, handoverTo, cleaningRequired } = this;
    // What was checked by itself before stays where the hand-over does not speak of it.
    const before = placement.moves.find(({ id }) => id === this.moveId);
    placement.moves = changed(placement, this.moveId, {
      handedOverOn, handoverBy, handoverTo, cleaningRequired: cleaningRequired || before?.cleaningRequired === true,
      inventoryChecked: this.inventoryChecked || before?.inventoryChecked === true,
      meterReadings: this.meterReadings ?? before?.meterReadings,
      keysIssued: this.keysIssued ?? before?.keysIssued,
      keysReturned: this.keysReturned ?? before?.keysReturned,
      damages: this.damages ?? before?.damages,
    });
    const { formerRoomMoveId } = this;
    const back = (this.keysReturned ?? before?.keysReturned ?? 0) - (before?.keysReturned ?? 0);
    if (!formerRoomMoveId) placement.duties = placement.duties.filter((code) => code !== 'MOV-handover');
    else placement.roomsLeft = withKeysBack(withoutDuty(placement.roomsLeft, formerRoomMoveId, 'MOV-handover'), formerRoomMoveId, back);
  }
}

/** The deposit of the agreement was settled: so the record of the move out says. */
@EventOf(Placement, 'MoveDepositSettled', 1)
export class MoveDepositSettled extends DomainEvent<Placement> {
  @Text(pseudonymous, { max: 36 }) moveId!: string;
  @CivilDate(pseudonymous) on!: string;
  apply(placement: Placement): void {
    placement.moves = changed(placement, this.moveId, { depositReturned: true });
  }
}

@EventOf(Placement, 'PlacementAbsenceStarted', 1, { deadlines: { waived: ['UK-T18'] } })
export class PlacementAbsenceStarted extends DomainEvent<Placement> {
  @Text(pseudonymous, { max: 36 }) absenceId!: string;
  @Choice(sensitive, 'AbsenceReason', AbsenceReason) reason!: Of<typeof AbsenceReason>;
  @CivilDate(pseudonymous, { doc: 'The first night away' }) from!: string;
  @CivilDate(pseudonymous, { optional: true }) expectedUntil?: string;
  @Group(pseudonymous, () => Deadline, { doc: 'For how long Housing Benefit is paid meanwhile' }) benefitUntil!: Deadline;
  apply(placement: Placement): void {
    const { absenceId: id, reason, from: fromDate, expectedUntil } = this;
    placement.absences = [...placement.absences, Object.assign(new PlacementAbsence(), { id, reason, fromDate, expectedUntil })];
  }
}

@EventOf(Placement, 'PlacementAbsenceEnded', 1, { deadlines: { met: ['UK-T18'], at: 'on' } })
export class PlacementAbsenceEnded extends DomainEvent<Placement> {
  @Text(pseudonymous, { max: 36 }) absenceId!: string;
  @CivilDate(pseudonymous, { doc: 'The first night back' }) on!: string;
  apply(placement: Placement): void {
    placement.absences = placement.absences.map((one) => (one.id === this.absenceId ? copyOf(one, { returnedOn: this.on }) : one));
  }
}
