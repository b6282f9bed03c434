import { Entity, type RegisterEntry, State } from '../../../kernel/entity.js';
import { DomainEvent, EventOf, eventWith } from '../../../kernel/event.js';
import { Children, Choice, CivilDate, Flag, Group, Hidden, Int, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous, sensitive } from '../../../kernel/privacy.js';
import { Refusal } from '../../../kernel/rules.js';
import { daysBetween } from '../../../kernel/values.js';
import { Deadline } from '../../deadline.js';
import { WeeklyCharges } from '../../weekly-charges.js';
import { MoveRecord, moveRecord } from './move-record.js';
import { type RoomLeft, roomLeft, RoomLeftDeadlines } from './rooms-left.js';

type Of<T> = T[keyof T];
export const PlacementStatus = { planned: 'planned', active: 'active', ended: 'ended', cancelled: 'cancelled' } as const;
export const TerminationType = {
  planned_move_on: 'planned_move_on',
  eviction: 'eviction',
  abandonment: 'abandonment',
  transfer: 'transfer',
  death: 'death',
  return_home: 'return_home',
  custody: 'custody',
  hospital: 'hospital',
} as const;
/** Why a resident is away. */
export const AbsenceReason = { hospital: 'hospital', custody: 'custody', missing: 'missing', holiday: 'holiday' } as const;
/** Nights that a resident was away, `[from, returned)`; the room was theirs all the while. */
export class PlacementAbsence {
  id!: string;
  @Choice(sensitive, 'AbsenceReason', AbsenceReason) reason!: Of<typeof AbsenceReason>;
  @CivilDate(pseudonymous) fromDate!: string;
  @CivilDate(pseudonymous, { optional: true }) expectedUntil?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The first night back' }) returnedOn?: string;
}
/** Which end of a placement a correction is about. */
export const PlacementDate = { start: 'start', end: 'end' } as const;

/** A stretch of a placement in one room at one weekly price: the nights `[from, to)`, open while `to` is absent. */
export interface PlacementSegment {
  readonly roomId: string;
  readonly propertyId: string;
  readonly agreementId: string;
  readonly from: string;
  readonly to?: string;
  readonly weeklyCharges: WeeklyCharges;
}

@Entity('placements', 'A stay: one resident in one room after another, from moving in to moving out.', {
  category: 'placement',
  reference: { prefix: 'PLC', digits: 6 },
  subject: 'residentId',
})
export class Placement extends State {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Ref(open, 'properties', { doc: 'Where it is now, or was at its end' }) propertyId!: string;
  @Ref(open, 'property_rooms') roomId!: string;
  @Ref(pseudonymous, 'tenancy_agreements') agreementId!: string;
  @Choice(open, 'PlacementStatus', PlacementStatus) status!: Of<typeof PlacementStatus>;
  @CivilDate(pseudonymous, { optional: true, doc: 'The first night; absent while it is planned' }) startDate?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The day on which somebody was expected, where that was planned' }) plannedDate?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The day of leaving: the last night is the one before' }) endDate?: string;
  @Int(pseudonymous, { optional: true }) nightsStayed?: number;
  @Text(personal('location'), { optional: true, max: 1000 }) directAdmissionReason?: string;
  @Text(personal('location'), { optional: true, max: 1000, doc: 'Why a manager lets people of different genders share the room' })
  sharingReason?: string;
  @Text(personal('location'), { optional: true, max: 1000, doc: 'Why a manager let them move in although a certificate was not in order' })
  complianceReason?: string;
  @Choice(pseudonymous, 'TerminationType', TerminationType, { optional: true }) terminationType?: Of<typeof TerminationType>;
  @Text(personal('location'), { optional: true, max: 1000, doc: 'Why it ended' }) endReason?: string;
  @Text(personal('location'), { optional: true, max: 200, doc: 'Where the person went' }) destination?: string;
  @Text(personal('location'), { optional: true, max: 500 }) forwardingAddress?: string;
  @Children('move_records', () => MoveRecord, { parent: 'placementId' }) moves: MoveRecord[] = [];
  @Children('placement_absences', () => PlacementAbsence, { parent: 'placementId' }) absences: PlacementAbsence[] = [];
  @Hidden(pseudonymous) segments: PlacementSegment[] = [];
  /** Codes of the deadlines of its end that nothing has come of. */
  @Hidden(pseudonymous) duties: string[] = [];
  /** Keys of the room they live in that are out; undefined where nobody recorded that any were handed out. */
  @Hidden(pseudonymous) roomKeys?: number;
  @Hidden(pseudonymous) roomsLeft: RoomLeft[] = [];

  /** Keys that are out by what was recorded; undefined where nobody recorded that any were handed out. */
  keysOut(): number | undefined {
    const sum = (of: 'keysIssued' | 'keysReturned' | 'keysLost'): number => this.moves.reduce((all, move) => all + (move[of] ?? 0), 0);
    const issued = sum('keysIssued');
    return issued === 0 ? undefined : Math.max(0, issued - sum('keysReturned') - sum('keysLost'));
  }

  /** The deadlines that still go by the day of leaving: what was left behind is kept from the day on which it was found. */
  dutiesOfItsDay(): string[] {
    const found = this.moves.some(({ possessionsCollectBy }) => possessionsCollectBy !== undefined);
    return this.duties.filter((code) => code !== 'MOV-possessions' || !found);
  }

  /** The move out, when it has happened. */
  moveOut(): MoveRecord | undefined {
    return this.moves.find(({ moveType, status }) => moveType === 'move_out' && status === 'done');
  }

  /** A move that has happened: the one that is named, or the last one. @throws Refusal GEN-1 */
  doneMove(moveId: string | null | undefined): MoveRecord {
    const done = this.moves.filter(({ status }) => status === 'done');
    const found = moveId ? done.find(({ id }) => id === moveId) : done.at(-1);
    if (!found) throw new Refusal('GEN-1', 'This stay has no such move.', { field: 'moveId' });
    return found;
  }

  /** The move of a kind that is planned. */
  plannedMove(moveType: MoveRecord['moveType']): MoveRecord | undefined {
    return this.moves.find((move) => move.status === 'planned' && move.moveType === moveType);
  }

  /** The absence that is not over. */
  openAbsence(): PlacementAbsence | undefined {
    return this.absences.find(({ returnedOn }) => !returnedOn);
  }

  /** Its nights in each room (ROM-2), its nights as the resident's own (RES-5), and while it goes on, one of the plan's residents (GEN-9). */
  holds(): RegisterEntry[] {
    const { startDate, endDate } = this;
    if (startDate === undefined) return this.planHeld();
    const nights = (from: string, to?: string) => ({ from, ...(to ? { to } : {}) });
    const kind = 'placement';
    const rooms = this.segments.map(({ propertyId, roomId, from, to }) => (
      { register: 'property', owner: propertyId, kind, key: roomId, party: this.residentId, ...nights(from, to) }));
    const own = { register: 'resident', owner: this.residentId, kind, key: this.id, ...nights(startDate, endDate) };
    const nightsHeld = [...rooms, own].filter(({ from, to }) => to === undefined || from < to);
    if (this.status !== 'active') return nightsHeld;
    return [...nightsHeld, { register: 'plan', owner: this.organizationId, kind: 'resident', key: this.residentId }];
  }

  /** While it is planned, that it is: the bed itself is held by its reservation. */
  private planHeld(): RegisterEntry[] {
    if (this.status !== 'planned') return [];
    return [{ register: 'resident', owner: this.residentId, kind: 'planned_placement', key: this.id, party: this.roomId }];
  }
}

const last = (placement: Placement): PlacementSegment => placement.segments.at(-1)!;
const withLast = (placement: Placement, change: Partial<PlacementSegment>): PlacementSegment[] => [
  ...placement.segments.slice(0, -1),
  { ...last(placement), ...change },
];
/** The moves with one that has happened, in the stead of the same one as it was planned. */
function withMove(placement: Placement, record: MoveRecord): MoveRecord[] {
  const planned = placement.moves.find(({ id, status }) => id === record.id && status === 'planned');
  if (!planned) return [...placement.moves, record];
  const plannedDate = planned.plannedDate!;
  return [...placement.moves.filter((move) => move !== planned), Object.assign(record, { plannedDate }, onDay({ plannedDate }, record.moveDate!))];
}
/** The day of a move, and by how much that is not the one that was planned. */
const onDay = ({ plannedDate }: Pick<MoveRecord, 'plannedDate'>, moveDate: string): Partial<MoveRecord> =>
  ({ moveDate, ...(plannedDate ? { plannedVsActualDays: daysBetween(plannedDate, moveDate) } : {}) });
/** The deadlines of an end that an event opens, or moves. */
export class MoveOutDeadlines {
  @Group(pseudonymous, () => Deadline, { optional: true, doc: 'By when the room, its keys and its meters are handed over' }) handoverDue?: Deadline;
  @Group(pseudonymous, () => Deadline, { optional: true, doc: 'By when the keys are back' }) keysDue?: Deadline;
  @Group(pseudonymous, () => Deadline, { optional: true, doc: 'By when nothing that was left behind is in the house any more' }) possessionsDue?: Deadline;
}
/** Where the placement is afterwards, and its move out as it now stands. */
function ended(placement: Placement, endDate: string): void {
  placement.endDate = endDate;
  placement.nightsStayed = daysBetween(placement.segments[0]!.from, endDate);
}

/** Somebody moved in. @see PlacementSegment for what it begins. */
@EventOf(Placement, 'PlacementStarted', 1, { to: 'active' })
export class PlacementStarted extends DomainEvent<Placement> {
  @Text(pseudonymous, { max: 36 }) moveId!: string;
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Ref(open, 'properties') propertyId!: string;
  @Ref(open, 'property_rooms') roomId!: string;
  @Ref(pseudonymous, 'tenancy_agreements') agreementId!: string;
  @CivilDate(pseudonymous, { doc: 'The first night' }) on!: string;
  @Group(pseudonymous, () => WeeklyCharges) weeklyCharges!: WeeklyCharges;
  @Text(personal('location'), { optional: true, max: 1000, subject: 'residentId' }) directAdmissionReason?: string;
  @Text(personal('location'), { optional: true, max: 1000, subject: 'residentId' }) sharingReason?: string;
  @Text(personal('location'), { optional: true, max: 1000, subject: 'residentId' }) complianceReason?: string;
  apply(placement: Placement): void {
    const { moveId, residentId, propertyId, roomId, agreementId, on, weeklyCharges, directAdmissionReason, sharingReason, complianceReason } = this;
    Object.assign(placement, { residentId, propertyId, roomId, agreementId, startDate: on, directAdmissionReason, sharingReason, complianceReason });
    placement.segments = [{ roomId, propertyId, agreementId, from: on, weeklyCharges }];
    placement.moves = withMove(placement, moveRecord({
      id: moveId, residentId, toPropertyId: propertyId, toRoomId: roomId, moveType: 'move_in', moveDate: on, reason: directAdmissionReason,
    }));
  }
}

/** Somebody moved from one room to another; `propertyId` and `roomId` are the new ones. */
@EventOf(Placement, 'PlacementTransferred', 1)
export class PlacementTransferred extends eventWith(Placement, RoomLeftDeadlines) {
  @Text(pseudonymous, { max: 36 }) moveId!: string;
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Ref(open, 'properties') fromPropertyId!: string;
  @Ref(open, 'property_rooms') fromRoomId!: string;
  @Ref(open, 'properties') propertyId!: string;
  @Ref(open, 'property_rooms') roomId!: string;
  @Ref(pseudonymous, 'tenancy_agreements') agreementId!: string;
  @CivilDate(pseudonymous, { doc: 'The first night in the new room' }) on!: string;
  @Group(pseudonymous, () => WeeklyCharges) weeklyCharges!: WeeklyCharges;
  @Flag(pseudonymous) emergency!: boolean;
  @Text(personal('location'), { optional: true, max: 1000, subject: 'residentId' }) reason?: string;
  @Text(personal('location'), { optional: true, max: 1000, subject: 'residentId' }) sharingReason?: string;
  @Text(personal('location'), { optional: true, max: 1000, subject: 'residentId' }) complianceReason?: string;
  override apply(placement: Placement): void {
    const { moveId: id, residentId, fromPropertyId, fromRoomId, propertyId, roomId, agreementId, on, weeklyCharges, reason } = this;
    placement.segments = [...withLast(placement, { to: on }), { roomId, propertyId, agreementId, from: on, weeklyCharges }];
    placement.moves = withMove(placement, moveRecord({
      id, residentId, fromPropertyId, fromRoomId, toPropertyId: propertyId, toRoomId: roomId,
      moveType: this.emergency ? 'emergency_move' : 'internal_transfer', moveDate: on, reason,
    }));
    Object.assign(placement, { propertyId, roomId, agreementId, sharingReason: this.sharingReason });
    if (this.complianceReason) placement.complianceReason = this.complianceReason;
    placement.roomsLeft = [...placement.roomsLeft, ...roomLeft(id, this, placement.roomKeys)];
    placement.roomKeys = undefined;
  }
}

/** Somebody moved out. */
@EventOf(Placement, 'PlacementEnded', 1, { to: 'ended', deadlines: { met: ['UK-T18'], at: 'on' } })
export class PlacementEnded extends eventWith(Placement, MoveOutDeadlines) {
  @Text(pseudonymous, { max: 36 }) moveId!: string;
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Ref(open, 'properties') propertyId!: string;
  @Ref(open, 'property_rooms') roomId!: string;
  @Ref(pseudonymous, 'tenancy_agreements') agreementId!: string;
  @CivilDate(pseudonymous, { doc: 'The day of leaving' }) on!: string;
  @Choice(pseudonymous, 'TerminationType', TerminationType) terminationType!: Of<typeof TerminationType>;
  @Text(personal('location'), { optional: true, max: 1000, subject: 'residentId' }) reason?: string;
  @Text(personal('location'), { optional: true, max: 200, subject: 'residentId' }) destination?: string;
  @Text(personal('location'), { optional: true, max: 500, subject: 'residentId' }) forwardingAddress?: string;
  override apply(placement: Placement): void {
    const { moveId: id, residentId, propertyId, roomId, on, terminationType, reason, destination, forwardingAddress } = this;
    placement.duties = [this.handoverDue, this.keysDue, this.possessionsDue].flatMap((due) => (due ? [due.code] : []));
    placement.segments = withLast(placement, { to: on });
    ended(placement, on);
    Object.assign(placement, { terminationType, endReason: reason, destination, forwardingAddress });
    placement.moves = withMove(placement, moveRecord({
      id, residentId, fromPropertyId: propertyId, fromRoomId: roomId, moveType: 'move_out', moveDate: on, reason, destination,
      nightsStayed: placement.nightsStayed!,
    }));
  }
}

/** The first night, or the day of leaving, was another one. `propertyId`, `roomId` and `agreementId` are those of that end. */
@EventOf(Placement, 'PlacementDateCorrected', 1)
export class PlacementDateCorrected extends eventWith(Placement, MoveOutDeadlines) {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Ref(open, 'properties') propertyId!: string;
  @Ref(open, 'property_rooms') roomId!: string;
  @Ref(pseudonymous, 'tenancy_agreements') agreementId!: string;
  @Choice(pseudonymous, 'PlacementDate', PlacementDate) which!: Of<typeof PlacementDate>;
  @CivilDate(pseudonymous, { doc: 'As it should have been' }) on!: string;
  @Text(personal('location'), { max: 1000, subject: 'residentId' }) reason!: string;
  @Text(personal('location'), { optional: true, max: 1000, subject: 'residentId' }) sharingReason?: string;
  override apply(placement: Placement): void {
    const { which, on } = this;
    if (this.sharingReason) placement.sharingReason = this.sharingReason;
    if (which === 'start') {
      const [first, ...others] = placement.segments;
      placement.segments = [{ ...first!, from: on }, ...others];
      placement.startDate = on;
      if (placement.endDate) ended(placement, placement.endDate);
    } else {
      placement.segments = withLast(placement, { to: on });
      ended(placement, on);
    }
    const type = which === 'start' ? 'move_in' : 'move_out';
    placement.moves = placement.moves.map((move) => Object.assign(new MoveRecord(), move, {
      ...(move.moveType === type && move.status === 'done' ? { ...onDay(move, on), correctedFrom: move.moveDate } : {}),
      ...(move.moveType === 'move_out' ? { nightsStayed: placement.nightsStayed } : {}),
    }));
  }
}
