import { CommandOf, type Context, DomainCommand } from '../../../kernel/command.js';
import { Choice, CivilDate, Flag, Int, Items, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { londonDate, plusDays, UUID } from '../../../kernel/values.js';
import { deadlineMissed } from '../../deadline.js';
import { pastDay } from '../../past-day.js';
import '../tenancy.rules.js';
import {
  HandoverOverdue, InventoryChecked, KeysIssued, KeysReturned, KeysReturnOverdue, MoveInspectionRecorded, PossessionsCleared,
  PossessionsLeftBehind, PossessionsOverdue, settledKeys,
} from './move-checks.js';
import { daysAfter } from './move-out-deadlines.js';
import { MeterReading, MoveKeys, numberOf, PossessionsOutcome, RoomCondition } from './move-record.js';
import { Placement } from './placement.js';
import { roomKeys } from './rooms-left.js';

type Of<T> = T[keyof T];

@CommandOf(Placement, {
  permission: 'placements:record-move-inspection',
  doc: 'Records what a room was like when somebody moved in, or had moved out of it.',
  effective: 'on',
})
export class RecordMoveInspection extends DomainCommand<Placement> {
  @Text(pseudonymous, { optional: true, pattern: UUID, max: 36, doc: 'The last move where it is left out' }) moveId?: string;
  @CivilDate(pseudonymous, { optional: true }) on?: string;
  @Ref(open, 'users', { optional: true }) inspectedBy?: string;
  @Choice(open, 'RoomCondition', RoomCondition) roomCondition!: Of<typeof RoomCondition>;
  @Flag(pseudonymous, { optional: true }) residentPresent?: boolean;
  @Flag(open, { optional: true }) cleaningRequired?: boolean;
  @Items(open, () => MeterReading, { optional: true, max: 20 }) meterReadings?: MeterReading[];
  @Text(personal('location'), { optional: true, max: 2000 }) damages?: string;
  decide(placement: Placement, { today, actor }: Context) {
    return MoveInspectionRecorded.of({
      moveId: placement.doneMove(this.moveId).id,
      residentId: placement.residentId,
      on: pastDay(this.on, today),
      inspectedBy: this.inspectedBy ?? actor.id,
      roomCondition: this.roomCondition,
      residentPresent: this.residentPresent ?? false,
      cleaningRequired: this.cleaningRequired ?? false,
      meterReadings: this.meterReadings ?? undefined,
      damages: this.damages ?? undefined,
    });
  }
}

@CommandOf(Placement, { permission: 'placements:check-inventory', doc: 'Records that what belongs to the room was gone through, and what is missing.', effective: 'on' })
export class CheckInventory extends DomainCommand<Placement> {
  @Text(pseudonymous, { optional: true, pattern: UUID, max: 36, doc: 'The last move where it is left out' }) moveId?: string;
  @CivilDate(pseudonymous, { optional: true }) on?: string;
  @Ref(open, 'users', { optional: true }) checkedBy?: string;
  @Text(personal('location'), { optional: true, max: 2000, doc: 'Left out where everything is there' }) missing?: string;
  decide(placement: Placement, { today, actor }: Context) {
    const moveId = placement.doneMove(this.moveId).id;
    const missing = this.missing ?? undefined;
    const checkedBy = this.checkedBy ?? actor.id;
    return InventoryChecked.of({ moveId, residentId: placement.residentId, on: pastDay(this.on, today), checkedBy, complete: missing === undefined, missing });
  }
}

@CommandOf(Placement, { permission: 'placements:issue-keys', doc: 'Hands out keys.', from: ['active'], effective: 'on' })
export class IssueKeys extends DomainCommand<Placement> {
  @Items(open, () => MoveKeys, { max: 20 }) keys!: MoveKeys[];
  @Text(pseudonymous, { optional: true, pattern: UUID, max: 36, doc: 'The last move where it is left out' }) moveId?: string;
  @CivilDate(pseudonymous, { optional: true }) on?: string;
  decide(placement: Placement, { today }: Context) {
    const moveId = placement.doneMove(this.moveId).id;
    rule('MOV-5', 'Say which keys were handed out.', this.keys.length > 0, 'keys');
    return KeysIssued.of({ moveId, residentId: placement.residentId, on: pastDay(this.on, today), keys: this.keys });
  }
}

@CommandOf(Placement, {
  permission: 'placements:return-keys',
  doc: 'Takes keys back, or records that some are lost. Those of somebody who has left are settled when none is out any more.',
  effective: 'on',
})
export class ReturnKeys extends DomainCommand<Placement> {
  @Items(open, () => MoveKeys, { optional: true, max: 20 }) keys?: MoveKeys[];
  @Int(open, { optional: true, max: 100, doc: 'Keys that will not come back' }) keysLost?: number;
  @Text(pseudonymous, { optional: true, pattern: UUID, max: 36, doc: 'The last move where it is left out' }) moveId?: string;
  @CivilDate(pseudonymous, { optional: true }) on?: string;
  decide(placement: Placement, { today }: Context) {
    const moveId = placement.doneMove(this.moveId).id;
    const on = pastDay(this.on, today);
    const [keys, keysLost] = [this.keys ?? undefined, this.keysLost ?? undefined];
    const back = numberOf(keys) + (keysLost ?? 0);
    const out = placement.keysOut();
    rule('MOV-5', 'Say which keys came back, or how many are lost.', back > 0, 'keys');
    rule('MOV-5', `No more than ${out} keys are out.`, out === undefined || back <= out, numberOf(keys) > 0 ? 'keys' : 'keysLost');
    const returned = KeysReturned.of({ moveId, residentId: placement.residentId, on, keys, keysLost });
    const left = out === undefined ? undefined : out - back;
    return [returned, ...settledKeys(placement, { moveId, ofRoom: roomKeys(keys) + (keysLost ?? 0), out: left, on })];
  }
}

/** @throws Refusal STATE while the resident lives here: nobody has left anything behind yet. */
function moveOutOf(placement: Placement): string {
  const out = placement.moveOut();
  if (!out) throw new Refusal('STATE', 'The resident has not left yet.', { status: 409 });
  return out.id;
}

@CommandOf(Placement, {
  permission: 'placements:record-possessions-left',
  doc: 'Records what somebody left behind. It is kept for so many days; what is found later counts from then.',
  effective: 'on',
})
export class RecordPossessionsLeft extends DomainCommand<Placement> {
  @Text(personal('location'), { max: 2000 }) items!: string;
  @Text(personal('location'), { optional: true, max: 200, doc: 'Where it is kept' }) storedAt?: string;
  @CivilDate(pseudonymous, { optional: true }) on?: string;
  decide(placement: Placement, context: Context) {
    const moveId = moveOutOf(placement);
    const on = pastDay(this.on, context.today);
    rule('MOV-6', `The resident left on ${placement.endDate}: nothing was left behind before.`, on >= placement.endDate!, 'on');
    const { items } = this;
    const possessionsDue = daysAfter(on, 'MOV-possessions', context);
    return PossessionsLeftBehind.of({ moveId, residentId: placement.residentId, on, items, storedAt: this.storedAt ?? undefined, possessionsDue });
  }
}

@CommandOf(Placement, {
  permission: 'placements:clear-possessions',
  doc: 'Records that nothing of somebody who has left is in the house any more, or never was.',
  effective: 'on',
})
export class ClearPossessions extends DomainCommand<Placement> {
  @Choice(pseudonymous, 'PossessionsOutcome', PossessionsOutcome) outcome!: Of<typeof PossessionsOutcome>;
  @CivilDate(pseudonymous, { optional: true }) on?: string;
  @Text(personal('location'), { optional: true, max: 1000, doc: 'To whom it went, or why it was disposed of' }) note?: string;
  @Flag(pseudonymous, { optional: true, doc: 'The resident has agreed that it is disposed of' }) agreed?: boolean;
  decide(placement: Placement, { today }: Context) {
    const moveId = moveOutOf(placement);
    const on = pastDay(this.on, today);
    const { outcome } = this;
    if (!placement.duties.includes('MOV-possessions')) throw new Refusal('STATE', 'Nothing is to be cleared.', { status: 409 });
    const { possessionsLeft, possessionsCollectBy } = placement.moveOut()!;
    rule('MOV-6', 'The resident left something behind: say what came of it.', outcome !== 'none_left' || !possessionsLeft, 'outcome');
    const kept = outcome !== 'disposed_of' || this.agreed === true || !possessionsCollectBy || on > possessionsCollectBy;
    rule('MOV-6', `It is kept until ${possessionsCollectBy}, unless the resident agrees that it is disposed of.`, kept, 'outcome');
    return PossessionsCleared.of({ moveId, residentId: placement.residentId, on, outcome, note: this.note ?? undefined });
  }
}

@CommandOf(Placement, { internal: true, doc: 'What is to be done when somebody has left was not done in time.' })
export class ReportMoveOutDutyMissed extends deadlineMissed(Placement) {
  decide(placement: Placement) {
    if (this.key) return this.ofRoomLeft(placement, this.key);
    const out = placement.moveOut();
    if (!out || !placement.duties.includes(this.code)) return [];
    const missed = {
      moveId: out.id, residentId: placement.residentId, propertyId: placement.propertyId, dueOn: plusDays(londonDate(this.dueAt), -1),
    };
    switch (this.code) {
      case 'MOV-handover':
        return out.handoverOverdue ? [] : HandoverOverdue.of(missed);
      case 'MOV-keys':
        return out.keysOverdue ? [] : KeysReturnOverdue.of(missed);
      default:
        return out.possessionsOverdue ? [] : PossessionsOverdue.of(missed);
    }
  }

  /** Of a room that was left for another one, by the move that it was left by. */
  private ofRoomLeft({ moves, roomsLeft, residentId }: Placement, moveId: string) {
    const move = moves.find(({ id }) => id === moveId);
    const open = roomsLeft.some((room) => room.moveId === moveId && room.duties.includes(this.code));
    if (!move || !open) return [];
    const missed = { moveId, residentId, propertyId: move.fromPropertyId!, dueOn: plusDays(londonDate(this.dueAt), -1) };
    if (this.code === 'MOV-handover') return move.handoverOverdue ? [] : HandoverOverdue.of(missed);
    return move.keysOverdue ? [] : KeysReturnOverdue.of(missed);
  }
}
