import { changing, CommandOf, commandWith, type Context, DomainCommand } from '../../../kernel/command.js';
import { factsOf } from '../../../kernel/entity.js';
import { Choice, CivilDate, Flag, Group, Int, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { plusDays, plusMinutes, UUID } from '../../../kernel/values.js';
import { pastDay } from '../../past-day.js';
import { policy } from '../../policies.js';
import { checkSharing } from '../../sharing.js';
import '../property.rules.js';
import { sameCharges, WeeklyCharges } from '../../weekly-charges.js';
import type { Resident } from '../../people/resident/resident.js';
import type { Property } from '../property/property.js';
import {
  ReservationOutcome,
  Room,
  RoomAdded,
  RoomChargesChanged,
  RoomDetails,
  RoomDetailsChanged,
  RoomFacts,
  RoomReservationReleased,
  RoomReserved,
  RoomRetired,
  RoomReturnedToService,
  RoomTakenOutOfService,
} from './room.js';

/** Days that a reservation lasts, unless it says otherwise, and at most (a default of the product). */
const TTL = { usual: 7, most: 28 };

const checkCapacity = (capacity: number): void => rule('ROM-2', 'A room has at least one bed.', capacity >= 1, 'capacity');
const checkOrder = (from: string, to: string | null | undefined, field: string): void =>
  rule('ROM-3', 'This ends before it begins.', !to || to > from, field);
/** @throws Refusal STATE once the room is retired. */
function checkInUse(room: Room): void {
  if (room.retiredOn) throw new Refusal('STATE', `This is not possible: the room is retired since ${room.retiredOn}.`, { status: 409 });
}

@CommandOf(Room, { permission: 'property_rooms:add', doc: 'Adds a room to a property.', creates: true, plain: true })
export class AddRoom extends commandWith(Room, RoomFacts) {
  @CivilDate(open, { optional: true, doc: 'The first night that can be let; today where it is not given' }) availableFrom?: string;
  decide(_room: Room, context: Context) {
    checkCapacity(this.capacity);
    const { status } = context.state<Property>('properties', this.propertyId);
    if (status === 'inactive') throw new Refusal('STATE', 'The property is closed for good.', { status: 409, field: 'propertyId' });
    return RoomAdded.of({ ...factsOf(this, RoomFacts), availableFrom: this.availableFrom ?? context.today });
  }
}

@CommandOf(Room, { permission: 'property_rooms:change-details', doc: 'Changes what the room is like; beds from today on.' })
export class ChangeRoomDetails extends changing(Room, RoomDetails) {
  decide(room: Room) {
    checkInUse(room);
    if (typeof this.capacity === 'number') checkCapacity(this.capacity);
    return RoomDetailsChanged.of(factsOf(this, RoomDetails));
  }
}

@CommandOf(Room, { permission: 'property_rooms:change-charges', doc: 'Sets what the room costs from a day on.', effective: 'from' })
export class ChangeRoomCharges extends DomainCommand<Room> {
  @CivilDate(open) from!: string;
  @Group(pseudonymous, () => WeeklyCharges) weeklyCharges!: WeeklyCharges;
  decide(room: Room, context: Context) {
    checkInUse(room);
    const { from, weeklyCharges } = this;
    const { today } = context;
    const last = room.charges.map(({ fromDate }) => fromDate).sort().at(-1);
    rule('ROM-7', 'Charges change from today on, or later.', from >= today, 'from');
    rule('ROM-7', `Charges from ${last} on are set already: change those, or from a later day.`, last === undefined || from >= last, 'from');
    const livedIn = room.allocations.some((stay) => !stay.to || stay.to > today);
    const earliest = livedIn ? plusDays(today, policy(context, 'ROM-7.notice')) : today;
    rule('ROM-7', `Somebody lives in this room: after notice today its charges change on ${earliest} at the earliest.`, from >= earliest, 'from');
    const standing = from === last ? room.chargesOn(from) : undefined;
    const same = standing !== undefined && sameCharges(standing, weeklyCharges);
    return same ? [] : RoomChargesChanged.of({ from, weeklyCharges });
  }
}

@CommandOf(Room, { permission: 'property_rooms:reserve', doc: 'Keeps a bed for a resident from a night on.', effective: 'from' })
export class ReserveRoom extends DomainCommand<Room> {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @CivilDate(pseudonymous) from!: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The first night that is not reserved any more' }) to?: string;
  @Int(open, { optional: true, min: 1, max: 366, doc: 'Days until it lapses; 7 where it is not given' }) ttlDays?: number;
  @Text(personal('location'), { optional: true, max: 1000, doc: 'Why a manager lets people of different genders share the room' })
  sharingReason?: string;
  decide(room: Room, context: Context) {
    checkInUse(room);
    const { residentId, from } = this;
    context.state<Resident>('residents', residentId).checkAdmissible();
    const to = this.to ?? undefined;
    const days = this.ttlDays ?? TTL.usual;
    rule('ROM-4', 'A reservation begins today, or later.', from >= context.today, 'from');
    rule('ROM-4', `A reservation lapses after ${TTL.most} days at most.`, days <= TTL.most, 'ttlDays');
    checkOrder(from, to, 'to');
    const live = room.liveReservations().filter(({ expiresAt }) => context.now < expiresAt);
    if (live.some((one) => one.residentId === residentId)) {
      throw new Refusal('DUPLICATE', 'The room is reserved for this resident already.', { status: 409, field: 'residentId' });
    }
    // The register knows until when a closure was expected to last, and not that it lasts on.
    const closed = room.lettingProblem(from, context.today);
    rule('ROM-5', closed ?? 'The room can be let.', !closed, 'from');
    const sharingReason = this.sharingReason ?? undefined;
    const reservations = live.map((one) => ({ residentId: one.residentId, from: one.fromDate, to: one.toDate }));
    checkSharing(room, { residentId, from, to }, context, { reservations, reason: sharingReason });
    const expiresAt = plusMinutes(context.now, days * 24 * 60);
    return RoomReserved.of({ reservationId: context.newId('reservation'), residentId, from, to, expiresAt, ...(sharingReason ? { sharingReason } : {}) });
  }
}

const Released = { declined: 'declined', withdrawn: 'withdrawn', expired: 'expired' } as const;

@CommandOf(Room, { permission: 'property_rooms:release-reservation', doc: 'Ends a reservation before it is used.' })
export class ReleaseReservation extends DomainCommand<Room> {
  @Text(pseudonymous, { optional: true, pattern: UUID, max: 36, doc: 'May be left out where there is one only' }) reservationId?: string;
  @Choice(open, 'ReleaseReason', Released) reason!: (typeof Released)[keyof typeof Released];
  decide(room: Room) {
    const live = room.liveReservations();
    const found = this.reservationId ? live.find(({ id }) => id === this.reservationId) : live.length === 1 ? live[0] : undefined;
    if (found) return RoomReservationReleased.of({ reservationId: found.id, reason: this.reason });
    if (live.length > 1 && !this.reservationId) {
      throw new Refusal('VALIDATION', 'There are several reservations: say which one.', { field: 'reservationId' });
    }
    throw new Refusal('STATE', 'The room has no such reservation any more.', { status: 409, field: 'reservationId' });
  }
}

@CommandOf(Room, { internal: true, doc: 'Ends a reservation that nobody wants any more.' })
export class CancelReservation extends DomainCommand<Room> {
  @Text(pseudonymous, { max: 36 }) reservationId!: string;
  @Choice(open, 'ReleaseReason', Released) reason!: (typeof Released)[keyof typeof Released];
  decide(room: Room) {
    const { reservationId, reason } = this;
    return room.liveReservations().some(({ id }) => id === reservationId) ? RoomReservationReleased.of({ reservationId, reason }) : [];
  }
}

@CommandOf(Room, { internal: true, doc: 'Ends a reservation whose time is over.' })
export class ExpireReservation extends DomainCommand<Room> {
  @Text(pseudonymous, { max: 36 }) reservationId!: string;
  decide(room: Room, { now }: Context) {
    const lapsed = room.liveReservations().find(({ id, expiresAt }) => id === this.reservationId && expiresAt <= now);
    return lapsed ? RoomReservationReleased.of({ reservationId: lapsed.id, reason: ReservationOutcome.expired }) : [];
  }
}

@CommandOf(Room, { permission: 'property_rooms:take-out-of-service', doc: 'Keeps the room from being let.', effective: 'from' })
export class TakeRoomOutOfService extends DomainCommand<Room> {
  @CivilDate(open, { optional: true, doc: 'Today where it is not given' }) from?: string;
  @CivilDate(open, { optional: true, doc: 'The first night that is expected to be let again' }) expectedUntil?: string;
  @Text(personal('location'), { max: 1000 }) reason!: string;
  @Flag(open, { optional: true }) majorRepairs?: boolean;
  decide(room: Room, { today }: Context) {
    checkInUse(room);
    if (room.openClosure()) throw new Refusal('STATE', 'The room is out of service already.', { status: 409 });
    const from = this.from ?? today;
    const expectedUntil = this.expectedUntil ?? undefined;
    checkOrder(from, expectedUntil, 'expectedUntil');
    return RoomTakenOutOfService.of({ from, expectedUntil, reason: this.reason, majorRepairs: this.majorRepairs ?? undefined });
  }
}

@CommandOf(Room, { permission: 'property_rooms:return-to-service', doc: 'Lets the room be let again, from a night on.', effective: 'on' })
export class ReturnRoomToService extends DomainCommand<Room> {
  @CivilDate(open, { optional: true, doc: 'Today where it is not given' }) on?: string;
  decide(room: Room, { today }: Context) {
    checkInUse(room);
    const closure = room.openClosure();
    if (!closure) throw new Refusal('STATE', 'The room is not out of service.', { status: 409 });
    const on = this.on ?? today;
    rule('ROM-3', `The room is out of service since ${closure.fromDate}: it cannot come back before.`, on >= closure.fromDate, 'on');
    return RoomReturnedToService.of({ on });
  }
}

@CommandOf(Room, { permission: 'property_rooms:retire', doc: 'Takes the room away for good.', effective: 'on' })
export class RetireRoom extends DomainCommand<Room> {
  @CivilDate(open, { optional: true, doc: 'Today where it is not given' }) on?: string;
  decide(room: Room, { today }: Context) {
    checkInUse(room);
    return RoomRetired.of({ on: pastDay(this.on, today, 'on') });
  }
}
