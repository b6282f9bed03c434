import { copyOf } from '../../../kernel/copy.js';
import { Entity, factsOf, type RegisterEntry, stateWith } from '../../../kernel/entity.js';
import { changeWith, DomainEvent, EventOf, eventWith, type Recorded } from '../../../kernel/event.js';
import { Children, Choice, CivilDate, Flag, Group, Hidden, Instant, Int, List, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';
import { londonDate } from '../../../kernel/values.js';
import { chargesIn, columnsOf, WeeklyCharges, WeeklyColumns } from '../../weekly-charges.js';
import { nameKey, PROPERTY_REGISTER } from '../property-register.js';
import { type Allocation, correctedStays, withDates } from './stays.js';
import { emptied, movedVoid, RoomVoidTask, settledVoid, VoidDeadlines } from './void-task.js';

type Of<T> = T[keyof T];
export const RoomType = { single: 'single', double: 'double', studio: 'studio', shared: 'shared' } as const;
/** How a reservation ended. */
export const ReservationOutcome = {
  fulfilled: 'fulfilled',
  declined: 'declined',
  withdrawn: 'withdrawn',
  expired: 'expired',
} as const;
const facilities = ['ensuite', 'kitchenette', 'balcony', 'accessible', 'furnished'];

/** What a room is like. */
export class RoomDetails {
  @Text(open, { max: 20 }) roomNumber!: string;
  @Choice(open, 'RoomType', RoomType) roomType!: Of<typeof RoomType>;
  @Int(open, { optional: true, min: -5, max: 200 }) floor?: number;
  @Int(open, { min: 1, max: 50, code: 'ROM-2', doc: 'Beds' }) capacity!: number;
  @List(open, { optional: true, enumName: 'RoomFacility', values: facilities, max: 20 }) facilities?: string[];
}

/** Charges of a room from a day on, until the next ones. */
export class RoomCharge extends WeeklyColumns {
  id!: string;
  @CivilDate(open) fromDate!: string;
}
/** A bed kept for somebody. It counts until it ends or `expiresAt`. */
export class RoomReservation {
  id!: string;
  @Ref(pseudonymous, 'residents') residentId!: string;
  @CivilDate(pseudonymous) fromDate!: string;
  @CivilDate(pseudonymous, { optional: true }) toDate?: string;
  @Instant(open) expiresAt!: string;
  @Text(personal('location'), { optional: true, max: 1000, subject: 'residentId', doc: 'Why a manager lets people of different genders share the room' })
  sharingReason?: string;
  @Choice(open, 'ReservationOutcome', ReservationOutcome, { optional: true }) outcome?: Of<typeof ReservationOutcome>;
  @CivilDate(pseudonymous, { optional: true, doc: 'The day on which it was used, released or lapsed: no night from then on is reserved' })
  endedOn?: string;
}
/** Nights on which the room cannot be let: from its first day to the day before it returned. */
export class RoomClosure {
  id!: string;
  @CivilDate(open) fromDate!: string;
  @CivilDate(open, { optional: true }) expectedUntil?: string;
  @CivilDate(open, { optional: true }) returnedOn?: string;
  @Flag(open, { optional: true }) majorRepairs?: boolean;
  @Text(personal('location'), { max: 1000 }) reason!: string;
}
/** Beds of the room on the nights from `fromDate` to the day before `toDate`; without the first since ever, without the second for ever. */
export class RoomCapacity {
  id!: string;
  @Int(open, { doc: 'Beds' }) capacity!: number;
  @CivilDate(open, { optional: true }) fromDate?: string;
  @CivilDate(open, { optional: true }) toDate?: string;
}

@Entity('property_rooms', 'A room of a property, with one bed or more.', {
  category: 'room',
  search: ['roomNumber'],
})
export class Room extends stateWith(RoomDetails) {
  @Ref(open, 'properties') propertyId!: string;
  @CivilDate(open, { doc: 'The first night that could be let' }) availableFrom!: string;
  @CivilDate(open, { optional: true }) retiredOn?: string;
  @Text(personal('location'), { optional: true, max: 1000, doc: 'Why it is, or was last, out of service' }) outOfServiceReason?: string;
  @Children('room_charges', () => RoomCharge, { parent: 'roomId' }) charges: RoomCharge[] = [];
  @Children('room_reservations', () => RoomReservation, { parent: 'roomId' }) reservations: RoomReservation[] = [];
  @Children('room_closures', () => RoomClosure, { parent: 'roomId' }) closures: RoomClosure[] = [];
  @Children('room_capacities', () => RoomCapacity, { parent: 'roomId' }) beds: RoomCapacity[] = [];
  @Children('room_void_tasks', () => RoomVoidTask, { parent: 'roomId' }) voidTasks: RoomVoidTask[] = [];
  @Hidden(pseudonymous) allocations: Allocation[] = [];

  /** Its number, its beds, and the nights that are reserved or out of service; placements hold their own nights. */
  holds(): RegisterEntry[] {
    const own = { register: PROPERTY_REGISTER, owner: this.propertyId };
    const key = this.id;
    const kind = this.retiredOn ? 'former_room' : 'room';
    const inUse = this.retiredOn ? 0 : this.capacity;
    const closures = [
      ...this.closures.map(({ fromDate, expectedUntil, returnedOn }) => ({ from: fromDate, to: returnedOn ?? expectedUntil })),
      ...(this.retiredOn ? [{ from: this.retiredOn, to: undefined }] : []),
    ];
    return [
      ...this.beds.map(({ capacity, fromDate: from, toDate: to }) => ({
        ...own, kind, key: nameKey(this.roomNumber), party: key, weight: capacity, ...(from ? { from } : {}), ...(to ? { to } : {}),
      })),
      ...Array.from({ length: inUse }, (_, bed) => ({ ...own, kind: 'bed', key: `${key}/${bed + 1}` })),
      ...closures.map(({ from, to }) => ({ ...own, kind: 'out_of_service', key, from, ...(to ? { to } : {}) })),
      ...this.liveReservations().map(({ residentId, fromDate, toDate, expiresAt }) => ({
        ...own, kind: 'reservation', key, party: residentId, from: fromDate, ...(toDate ? { to: toDate } : {}), expiresAt,
      })),
    ];
  }

  /** Reservations that have not ended. */
  liveReservations(): RoomReservation[] {
    return this.reservations.filter(({ outcome }) => !outcome);
  }

  /** What is to be done in it while it is empty; undefined where that was done, or nothing is to be. */
  openVoidTask(task: RoomVoidTask['task']): RoomVoidTask | undefined {
    return this.voidTasks.find((one) => one.task === task && one.status === 'open');
  }

  /** The closure that nobody has ended yet. */
  openClosure(): RoomClosure | undefined {
    return this.closures.find(({ returnedOn }) => !returnedOn);
  }

  /** What the room costs a week from a day on; undefined where it has no charges then. */
  chargesOn(date: string): WeeklyCharges | undefined {
    const current = this.charges.reduce<RoomCharge | undefined>(
      (last, one) => (one.fromDate <= date && (!last || one.fromDate >= last.fromDate) ? one : last),
      undefined,
    );
    return current && chargesIn(current);
  }

  /**
   * Why nobody can move in on a date, as a sentence; undefined where the room itself does not forbid it. Whether a bed
   * is free is decided by the property's register. @param today whether what was expected back is overdue.
   */
  lettingProblem(on: string, today: string): string | undefined {
    if (this.retiredOn && this.retiredOn <= on) return 'The room is retired.';
    const closed = this.closures.some(({ fromDate, returnedOn, expectedUntil }) => {
      const overdue = expectedUntil !== undefined && expectedUntil !== null && expectedUntil <= today;
      const until = returnedOn ?? (overdue ? undefined : expectedUntil);
      return fromDate <= on && (!until || on < until);
    });
    return closed ? 'The room is out of service.' : undefined;
  }
}

/** What is told of a new room. */
export class RoomFacts extends RoomDetails {
  @Ref(open, 'properties') propertyId!: string;
  @Group(pseudonymous, () => WeeklyCharges, { optional: true }) weeklyCharges?: WeeklyCharges;
}

const charge = (id: string, fromDate: string, charges: WeeklyCharges): RoomCharge =>
  Object.assign(new RoomCharge(), { id, fromDate, ...columnsOf(charges) });

@EventOf(Room, 'RoomAdded', 1)
export class RoomAdded extends eventWith(Room, RoomFacts) {
  @CivilDate(open) availableFrom!: string;
  override apply(room: Room, { eventId }: Recorded): void {
    const { weeklyCharges, availableFrom, propertyId } = this;
    Object.assign(room, factsOf(this, RoomDetails), { propertyId, availableFrom });
    room.beds = [Object.assign(new RoomCapacity(), { id: eventId, capacity: this.capacity })];
    if (weeklyCharges) room.charges = [charge(eventId, availableFrom, weeklyCharges)];
  }
}
@EventOf(Room, 'RoomDetailsChanged', 1)
export class RoomDetailsChanged extends changeWith(Room, RoomDetails) {
  override apply(room: Room, { effectiveDate, eventId: id }: Recorded): void {
    const { capacity } = this;
    Object.assign(room, factsOf(this, RoomDetails));
    if (typeof capacity === 'number') room.beds = bedsFrom(room.beds, effectiveDate, { id, capacity });
  }
}
/** A new figure from a night on; what was so before stays so. */
function bedsFrom(beds: readonly RoomCapacity[], fromDate: string, figure: Pick<RoomCapacity, 'id' | 'capacity'>): RoomCapacity[] {
  const before = beds.filter((one) => !one.fromDate || one.fromDate < fromDate);
  const ended = before.map((one, index) => (index === before.length - 1 ? copyOf(one, { toDate: fromDate }) : one));
  return [...ended, Object.assign(new RoomCapacity(), { ...figure, fromDate })];
}

@EventOf(Room, 'RoomChargesChanged', 1)
export class RoomChargesChanged extends DomainEvent<Room> {
  @CivilDate(open) from!: string;
  @Group(pseudonymous, () => WeeklyCharges) weeklyCharges!: WeeklyCharges;
  apply(room: Room, { eventId }: Recorded): void {
    const others = room.charges.filter(({ fromDate }) => fromDate !== this.from);
    room.charges = [...others, charge(eventId, this.from, this.weeklyCharges)];
  }
}
@EventOf(Room, 'RoomReserved', 1)
export class RoomReserved extends DomainEvent<Room> {
  @Text(pseudonymous, { max: 36 }) reservationId!: string;
  @Ref(pseudonymous, 'residents') residentId!: string;
  @CivilDate(pseudonymous) from!: string;
  @CivilDate(pseudonymous, { optional: true }) to?: string;
  @Instant(open) expiresAt!: string;
  @Text(personal('location'), { optional: true, max: 1000, subject: 'residentId' }) sharingReason?: string;
  apply(room: Room): void {
    const { reservationId: id, residentId, from: fromDate, to: toDate, expiresAt, sharingReason } = this;
    room.reservations = [...room.reservations, Object.assign(new RoomReservation(), { id, residentId, fromDate, toDate, expiresAt, sharingReason })];
  }
}
@EventOf(Room, 'RoomReservationReleased', 1)
export class RoomReservationReleased extends DomainEvent<Room> {
  @Text(pseudonymous, { max: 36 }) reservationId!: string;
  @Choice(open, 'ReservationOutcome', ReservationOutcome) reason!: Of<typeof ReservationOutcome>;
  apply(room: Room, { recordedAt }: Recorded): void {
    const { reservationId, reason: outcome } = this;
    const endedOn = londonDate(recordedAt);
    room.reservations = room.reservations.map((one) => (one.id === reservationId ? copyOf(one, { outcome, endedOn }) : one));
  }
}
@EventOf(Room, 'RoomAllocated', 1, { deadlines: { met: ['ROM-relet'], at: 'from', waived: ['ROM-inspection', 'ROM-cleaning'] } })
export class RoomAllocated extends DomainEvent<Room> {
  @Text(pseudonymous, { max: 36 }) allocationId!: string;
  @Ref(pseudonymous, 'placements') placementId!: string;
  @Ref(pseudonymous, 'residents') residentId!: string;
  @CivilDate(pseudonymous) from!: string;
  apply(room: Room, { recordedAt }: Recorded): void {
    const { allocationId: id, placementId, residentId, from } = this;
    const endedOn = londonDate(recordedAt);
    room.allocations = [...room.allocations, { id, placementId, residentId, from }];
    room.voidTasks = settledVoid(room.voidTasks, from);
    room.reservations = room.reservations.map((one) =>
      !one.outcome && one.residentId === residentId ? copyOf(one, { outcome: 'fulfilled', endedOn }) : one);
  }
}
@EventOf(Room, 'RoomVacated', 1)
export class RoomVacated extends eventWith(Room, VoidDeadlines) {
  @Text(pseudonymous, { max: 36 }) allocationId!: string;
  @Ref(pseudonymous, 'placements') placementId!: string;
  @CivilDate(pseudonymous) on!: string;
  @CivilDate(open, { optional: true, doc: 'Since when nobody lives in the room; absent where somebody still does' }) voidSince?: string;
  @CivilDate(open, { optional: true, doc: 'Since when a bed of a shared room is free in which others go on living' }) bedFreeSince?: string;
  override apply(room: Room, { eventId }: Recorded): void {
    room.allocations = withDates(room.allocations, this.allocationId, { to: this.on });
    room.voidTasks = emptied(room.voidTasks, this, eventId);
  }
}
/** Absent keeps; a null end is no end. A stay that had none and has one now may leave the room, or a bed of it, empty. */
@EventOf(Room, 'RoomOccupancyCorrected', 1, { deadlines: { corrected: ['ROM-relet'], at: 'reletOn', was: 'reletWas' } })
export class RoomOccupancyCorrected extends eventWith(Room, VoidDeadlines) {
  @Text(pseudonymous, { max: 36 }) allocationId!: string;
  @Ref(pseudonymous, 'placements') placementId!: string;
  @CivilDate(pseudonymous, { optional: true }) from?: string;
  @CivilDate(pseudonymous, { optional: true }) to?: string | null;
  @CivilDate(open, { optional: true, doc: 'Since when nobody lives in the room, where the stay had no end before' }) voidSince?: string;
  @CivilDate(open, { optional: true, doc: 'Since when a bed is free in a room in which others go on living, likewise' }) bedFreeSince?: string;
  @CivilDate(open, { optional: true, doc: 'When the room was let again, where that was by this stay' }) reletOn?: string;
  @CivilDate(open, { optional: true, doc: 'When that was as it stood before' }) reletWas?: string;
  override apply(room: Room, { eventId }: Recorded): void {
    const correction = correctedStays(room.allocations, this.allocationId, this);
    room.voidTasks = movedVoid(room.voidTasks, correction, this);
    if (this.voidSince ?? this.bedFreeSince) room.voidTasks = emptied(room.voidTasks, this, eventId);
    room.allocations = correction.stays;
  }
}
@EventOf(Room, 'RoomTakenOutOfService', 1)
export class RoomTakenOutOfService extends DomainEvent<Room> {
  @CivilDate(open) from!: string;
  @CivilDate(open, { optional: true }) expectedUntil?: string;
  @Flag(open, { optional: true }) majorRepairs?: boolean;
  @Text(personal('location'), { max: 1000 }) reason!: string;
  apply(room: Room, { eventId: id }: Recorded): void {
    const { from: fromDate, expectedUntil, majorRepairs, reason } = this;
    room.closures = [...room.closures, Object.assign(new RoomClosure(), { id, fromDate, expectedUntil, majorRepairs, reason })];
    room.outOfServiceReason = reason;
  }
}
@EventOf(Room, 'RoomReturnedToService', 1)
export class RoomReturnedToService extends DomainEvent<Room> {
  @CivilDate(open) on!: string;
  apply(room: Room): void {
    room.closures = room.closures.map((one) => (one.returnedOn ? one : copyOf(one, { returnedOn: this.on })));
    room.outOfServiceReason = undefined;
  }
}
@EventOf(Room, 'RoomRetired', 1, { deadlines: { waived: ['ROM-relet', 'ROM-inspection', 'ROM-cleaning'] } })
export class RoomRetired extends DomainEvent<Room> {
  @CivilDate(open) on!: string;
  apply(room: Room): void {
    room.retiredOn = this.on;
    room.voidTasks = settledVoid(room.voidTasks);
  }
}
