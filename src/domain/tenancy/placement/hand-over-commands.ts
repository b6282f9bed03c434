import { copyOf } from '../../../kernel/copy.js';
import { CommandOf, type Context, DomainCommand } from '../../../kernel/command.js';
import { Choice, CivilDate, Flag, Int, Items, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous, sensitive } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { UUID } from '../../../kernel/values.js';
import { inCalendarDays } from '../../deadline.js';
import { pastDay } from '../../past-day.js';
import { policy } from '../../policies.js';
import '../tenancy.rules.js';
import {
  HandoverRecorded, MoveDepositSettled, MovePlanned, PlacementAbsenceEnded, PlacementAbsenceStarted, PlannedMoveCancelled,
} from './hand-over.js';
import { settledKeys } from './move-checks.js';
import { MeterReading, PlannedMoveType } from './move-record.js';
import { AbsenceReason, Placement } from './placement.js';

type Of<T> = T[keyof T];

@CommandOf(Placement, {
  permission: 'placements:plan-move',
  doc: 'Plans a move to another room, or out. It is recorded as done when it happens; planned again, it is planned for another day.',
  from: ['active'],
})
export class PlanMove extends DomainCommand<Placement> {
  @Choice(pseudonymous, 'PlannedMoveType', PlannedMoveType) moveType!: Of<typeof PlannedMoveType>;
  @CivilDate(pseudonymous) plannedDate!: string;
  @Ref(open, 'property_rooms', { optional: true, doc: 'Of a transfer' }) toRoomId?: string;
  @Text(personal('location'), { optional: true, max: 1000 }) reason?: string;
  decide(placement: Placement, context: Context) {
    const { moveType, plannedDate } = this;
    const toRoomId = this.toRoomId ?? undefined;
    rule('MOV-4', 'A move is planned for today or a day to come; one that has happened is recorded.', plannedDate >= context.today, 'plannedDate');
    rule('MOV-1', 'A move out leads to no room.', moveType !== 'move_out' || !toRoomId, 'toRoomId');
    rule('MOV-1', 'The resident is in this room already.', toRoomId !== placement.roomId, 'toRoomId');
    const moveId = placement.plannedMove(moveType)?.id ?? context.newId('move');
    return MovePlanned.of({ moveId, residentId: placement.residentId, moveType, plannedDate, toRoomId, reason: this.reason ?? undefined });
  }
}

@CommandOf(Placement, { permission: 'placements:cancel-planned-move', doc: 'Gives up a move that was planned.', from: ['active'] })
export class CancelPlannedMove extends DomainCommand<Placement> {
  @Text(pseudonymous, { optional: true, pattern: UUID, max: 36, doc: 'May be left out where there is one only' }) moveId?: string;
  @Text(personal('location'), { max: 1000 }) reason!: string;
  decide({ moves, residentId }: Placement) {
    const planned = moves.filter(({ status }) => status === 'planned');
    const found = this.moveId ? planned.find(({ id }) => id === this.moveId) : planned.length === 1 ? planned[0] : undefined;
    if (found) return PlannedMoveCancelled.of({ moveId: found.id, residentId, reason: this.reason });
    if (planned.length > 1 && !this.moveId) throw new Refusal('VALIDATION', 'Several moves are planned: say which one.', { field: 'moveId' });
    throw new Refusal('STATE', 'No such move is planned.', { status: 409, field: 'moveId' });
  }
}

@CommandOf(Placement, {
  permission: 'placements:record-handover',
  doc: 'Records how a room was handed over at a move: inventory, meters, keys, damages.',
  effective: 'on',
})
export class RecordHandover extends DomainCommand<Placement> {
  @Text(pseudonymous, { optional: true, pattern: UUID, max: 36, doc: 'The last move where it is left out' }) moveId?: string;
  @CivilDate(pseudonymous, { optional: true }) on?: string;
  @Ref(open, 'users', { optional: true }) handoverBy?: string;
  @Ref(open, 'users', { optional: true }) handoverTo?: string;
  @Flag(open, { optional: true }) inventoryChecked?: boolean;
  @Flag(open, { optional: true }) cleaningRequired?: boolean;
  @Items(open, () => MeterReading, { optional: true, max: 20 }) meterReadings?: MeterReading[];
  @Int(open, { optional: true, max: 100 }) keysIssued?: number;
  @Int(open, { optional: true, max: 100 }) keysReturned?: number;
  @Text(personal('location'), { optional: true, max: 2000 }) damages?: string;
  decide(placement: Placement, { today }: Context) {
    const move = placement.doneMove(this.moveId);
    const on = pastDay(this.on, today);
    const keysReturned = this.keysReturned ?? undefined;
    const keys = { keysIssued: this.keysIssued ?? move.keysIssued, keysReturned: keysReturned ?? move.keysReturned };
    const after = copyOf(placement, { moves: placement.moves.map((one) => (one === move ? copyOf(move, keys) : one)) });
    const recorded = HandoverRecorded.of({
      moveId: move.id,
      residentId: placement.residentId,
      on,
      handoverBy: this.handoverBy ?? undefined,
      handoverTo: this.handoverTo ?? undefined,
      inventoryChecked: this.inventoryChecked ?? false,
      cleaningRequired: this.cleaningRequired ?? false,
      meterReadings: this.meterReadings ?? undefined,
      keysIssued: this.keysIssued ?? undefined,
      keysReturned,
      damages: this.damages ?? undefined,
      ...(move.fromRoomId && move.toRoomId ? { formerRoomMoveId: move.id } : {}),
    });
    if (keysReturned === undefined) return recorded;
    const ofRoom = keysReturned - (move.keysReturned ?? 0);
    return [recorded, ...settledKeys(placement, { moveId: move.id, ofRoom, out: after.keysOut(), on })];
  }
}

@CommandOf(Placement, { internal: true, doc: 'The deposit of its agreement was given back.' })
export class SettleMoveDeposit extends DomainCommand<Placement> {
  @CivilDate(pseudonymous) on!: string;
  decide(placement: Placement) {
    const out = placement.moveOut();
    return out && !out.depositReturned ? MoveDepositSettled.of({ moveId: out.id, on: this.on }) : [];
  }
}

@CommandOf(Placement, {
  permission: 'placements:record-absence',
  doc: 'Records that the resident is away for nights, and why. The room stays theirs.',
  from: ['active'],
  effective: 'from',
})
export class RecordPlacementAbsence extends DomainCommand<Placement> {
  @Choice(sensitive, 'AbsenceReason', AbsenceReason) reason!: Of<typeof AbsenceReason>;
  @CivilDate(pseudonymous, { optional: true, doc: 'The first night away; today where it is left out' }) from?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The first night on which they are expected back' }) expectedUntil?: string;
  decide(placement: Placement, context: Context) {
    const from = pastDay(this.from, context.today, 'from');
    const expectedUntil = this.expectedUntil ?? undefined;
    if (placement.openAbsence()) throw new Refusal('STATE', 'The resident is away already.', { status: 409 });
    const free = placement.segments[0]!.from <= from && placement.absences.every(({ returnedOn }) => returnedOn! <= from);
    rule('RES-4', 'The resident did not live here then, or was away already.', free, 'from');
    rule('ROM-3', 'Nobody is expected back before they went.', !expectedUntil || expectedUntil > from, 'expectedUntil');
    const benefitUntil = inCalendarDays(context, 'UK-T18', from, policy(context, 'UK-T18.days'));
    return PlacementAbsenceStarted.of({ absenceId: context.newId('absence'), reason: this.reason, from, expectedUntil, benefitUntil });
  }
}

@CommandOf(Placement, { permission: 'placements:end-absence', doc: 'Records that the resident is back.', effective: 'on' })
export class EndPlacementAbsence extends DomainCommand<Placement> {
  @CivilDate(pseudonymous, { optional: true, doc: 'The first night back; today where it is left out' }) on?: string;
  decide(placement: Placement, { today }: Context) {
    const absence = placement.openAbsence();
    if (!absence) throw new Refusal('STATE', 'The resident is not away.', { status: 409 });
    const on = pastDay(this.on, today);
    rule('RES-4', `The resident is away since ${absence.fromDate}.`, on >= absence.fromDate, 'on');
    return PlacementAbsenceEnded.of({ absenceId: absence.id, on });
  }
}
