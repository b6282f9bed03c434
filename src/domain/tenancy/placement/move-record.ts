import { Choice, CivilDate, Flag, Int, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';

export const MoveType = {
  move_in: 'move_in',
  move_out: 'move_out',
  internal_transfer: 'internal_transfer',
  emergency_move: 'emergency_move',
} as const;

/** One physical move of one person: in, from room to room, or out. A correction changes it and adds none (MOV-2). */
export class MoveRecord {
  id!: string;
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Ref(open, 'properties', { optional: true }) fromPropertyId?: string;
  @Ref(open, 'properties', { optional: true }) toPropertyId?: string;
  @Ref(open, 'property_rooms', { optional: true }) fromRoomId?: string;
  @Ref(open, 'property_rooms', { optional: true }) toRoomId?: string;
  @Choice(pseudonymous, 'MoveType', MoveType) moveType!: (typeof MoveType)[keyof typeof MoveType];
  @CivilDate(pseudonymous) moveDate!: string;
  @Text(personal('location'), { optional: true, max: 1000, subject: 'residentId' }) reason?: string;
  @CivilDate(pseudonymous, { optional: true }) plannedDate?: string;
  @Flag(pseudonymous) isEmergencyMove!: boolean;
  @Ref(open, 'users', { optional: true }) handoverBy?: string;
  @Ref(open, 'users', { optional: true }) handoverTo?: string;
  @Flag(open) inventoryChecked!: boolean;
  @Flag(open) depositReturned!: boolean;
  @Flag(open) cleaningRequired!: boolean;
  @Text(personal('location'), { optional: true, max: 2000, subject: 'residentId' }) notes?: string;
  @Int(pseudonymous, { optional: true, doc: 'Nights of the whole placement, on its move out' }) nightsStayed?: number;
  @Text(personal('location'), { optional: true, max: 200, subject: 'residentId', doc: 'Where the person went' }) destination?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The date before its last correction' }) correctedFrom?: string;
}

type MoveFacts = Pick<MoveRecord, 'id' | 'residentId' | 'moveType' | 'moveDate'> & Partial<MoveRecord>;

/** A move that has happened; nothing of its hand-over is known yet. */
export const moveRecord = (facts: MoveFacts): MoveRecord =>
  Object.assign(new MoveRecord(), {
    isEmergencyMove: facts.moveType === 'emergency_move',
    inventoryChecked: false,
    depositReturned: false,
    cleaningRequired: false,
    ...facts,
  });
