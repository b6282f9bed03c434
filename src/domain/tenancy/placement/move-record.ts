import { Choice, CivilDate, Flag, Int, Items, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';

export const MoveType = {
  move_in: 'move_in',
  move_out: 'move_out',
  internal_transfer: 'internal_transfer',
  emergency_move: 'emergency_move',
} as const;

/** Moves that are planned: a move in is planned by its reservation. */
export const PlannedMoveType = { internal_transfer: 'internal_transfer', move_out: 'move_out' } as const;
export const MoveStatus = { planned: 'planned', done: 'done', cancelled: 'cancelled' } as const;
export const Meter = { electricity: 'electricity', gas: 'gas', water: 'water' } as const;
/** What a meter showed at a hand-over. */
export class MeterReading {
  @Choice(open, 'Meter', Meter) meter!: (typeof Meter)[keyof typeof Meter];
  @Int(open) reading!: number;
}

export const KeyType = { room: 'room', front_door: 'front_door', building: 'building', post_box: 'post_box', fob: 'fob', other: 'other' } as const;
/** Keys of one kind that go from hand to hand. */
export class MoveKeys {
  @Choice(open, 'KeyType', KeyType) keyType!: (typeof KeyType)[keyof typeof KeyType];
  @Int(open, { min: 1, max: 50 }) quantity!: number;
}
/** How many keys there are of all kinds. */
export const numberOf = (keys: readonly MoveKeys[] | null | undefined): number => (keys ?? []).reduce((sum, { quantity }) => sum + quantity, 0);
/** What a room is like at a move: fit to live in, worn, or to be made good. */
export const RoomCondition = { good: 'good', fair: 'fair', poor: 'poor' } as const;
/** What came of the things that somebody left, or that nothing was left. */
export const PossessionsOutcome = { none_left: 'none_left', collected: 'collected', sent_on: 'sent_on', disposed_of: 'disposed_of' } as const;

/** One physical move of one person: in, from room to room, or out. A correction changes it and adds none (MOV-2). */
export class MoveRecord {
  id!: string;
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Ref(open, 'properties', { optional: true }) fromPropertyId?: string;
  @Ref(open, 'properties', { optional: true }) toPropertyId?: string;
  @Ref(open, 'property_rooms', { optional: true }) fromRoomId?: string;
  @Ref(open, 'property_rooms', { optional: true }) toRoomId?: string;
  @Choice(pseudonymous, 'MoveType', MoveType) moveType!: (typeof MoveType)[keyof typeof MoveType];
  @Choice(pseudonymous, 'MoveStatus', MoveStatus) status!: (typeof MoveStatus)[keyof typeof MoveStatus];
  @CivilDate(pseudonymous, { optional: true, doc: 'Absent while it is planned' }) moveDate?: string;
  @Text(personal('location'), { optional: true, max: 1000, subject: 'residentId' }) reason?: string;
  @CivilDate(pseudonymous, { optional: true }) plannedDate?: string;
  @Int(pseudonymous, { optional: true, min: -100_000, doc: 'Days from the planned day to the move; negative is earlier' }) plannedVsActualDays?: number;
  @Flag(pseudonymous) isEmergencyMove!: boolean;
  @Ref(open, 'users', { optional: true }) handoverBy?: string;
  @Ref(open, 'users', { optional: true }) handoverTo?: string;
  @CivilDate(pseudonymous, { optional: true }) handedOverOn?: string;
  @Flag(open) inventoryChecked!: boolean;
  @Flag(open) depositReturned!: boolean;
  @Flag(open) cleaningRequired!: boolean;
  @Items(open, () => MeterReading, { optional: true }) meterReadings?: MeterReading[];
  @Int(open, { optional: true }) keysIssued?: number;
  @Int(open, { optional: true }) keysReturned?: number;
  @Int(open, { optional: true, doc: 'Keys that will not come back' }) keysLost?: number;
  @CivilDate(pseudonymous, { optional: true }) inspectedOn?: string;
  @Ref(open, 'users', { optional: true }) inspectedBy?: string;
  @Choice(open, 'RoomCondition', RoomCondition, { optional: true }) roomCondition?: (typeof RoomCondition)[keyof typeof RoomCondition];
  @Flag(pseudonymous, { optional: true }) residentPresent?: boolean;
  @CivilDate(pseudonymous, { optional: true }) inventoryCheckedOn?: string;
  @Ref(open, 'users', { optional: true }) inventoryCheckedBy?: string;
  @Flag(open, { optional: true, doc: 'Everything was there' }) inventoryComplete?: boolean;
  @Text(personal('location'), { optional: true, max: 2000, subject: 'residentId' }) inventoryMissing?: string;
  @Text(personal('location'), { optional: true, max: 2000, subject: 'residentId', doc: 'What somebody left behind' }) possessionsLeft?: string;
  @Text(personal('location'), { optional: true, max: 200, subject: 'residentId', doc: 'Where it is kept' }) possessionsStoredAt?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The last day on which it may be collected' }) possessionsCollectBy?: string;
  @Choice(pseudonymous, 'PossessionsOutcome', PossessionsOutcome, { optional: true }) possessionsOutcome?: (typeof PossessionsOutcome)[keyof typeof PossessionsOutcome];
  @CivilDate(pseudonymous, { optional: true }) possessionsClearedOn?: string;
  @Text(personal('location'), { optional: true, max: 1000, subject: 'residentId', doc: 'To whom it went, or why it was disposed of' }) possessionsNote?: string;
  @Flag(pseudonymous, { optional: true, doc: 'The room was not handed over in time' }) handoverOverdue?: boolean;
  @Flag(pseudonymous, { optional: true, doc: 'The keys were not back in time' }) keysOverdue?: boolean;
  @Flag(pseudonymous, { optional: true, doc: 'What was left behind was not dealt with in time' }) possessionsOverdue?: boolean;
  @Text(personal('location'), { optional: true, max: 2000, subject: 'residentId' }) damages?: string;
  @Text(personal('location'), { optional: true, max: 2000, subject: 'residentId' }) notes?: string;
  @Int(pseudonymous, { optional: true, doc: 'Nights of the whole placement, on its move out' }) nightsStayed?: number;
  @Text(personal('location'), { optional: true, max: 200, subject: 'residentId', doc: 'Where the person went' }) destination?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The date before its last correction' }) correctedFrom?: string;
}

type MoveFacts = Pick<MoveRecord, 'id' | 'residentId' | 'moveType'> & Partial<MoveRecord>;

/** A move, which has happened unless it says otherwise; nothing of its hand-over is known yet. */
export const moveRecord = (facts: MoveFacts): MoveRecord =>
  Object.assign(new MoveRecord(), {
    status: 'done',
    isEmergencyMove: facts.moveType === 'emergency_move',
    inventoryChecked: false,
    depositReturned: false,
    cleaningRequired: false,
    ...facts,
  });
