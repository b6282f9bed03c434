import { copyOf } from '../../../kernel/copy.js';
import { DomainEvent, EventOf } from '../../../kernel/event.js';
import { Choice, CivilDate, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';
import { moveRecord } from './move-record.js';
import { Placement } from './placement.js';

/** Somebody is expected in a room on a day. It opens the stream of the placement; the bed is held by its reservation. */
@EventOf(Placement, 'PlacementPlanned', 1, { to: 'planned' })
export class PlacementPlanned extends DomainEvent<Placement> {
  @Text(pseudonymous, { max: 36 }) moveId!: string;
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Ref(open, 'properties') propertyId!: string;
  @Ref(open, 'property_rooms') roomId!: string;
  @Ref(pseudonymous, 'tenancy_agreements') agreementId!: string;
  @CivilDate(pseudonymous, { doc: 'The first night, as it is expected' }) plannedDate!: string;
  apply(placement: Placement): void {
    const { moveId: id, residentId, propertyId, roomId, agreementId, plannedDate } = this;
    Object.assign(placement, { residentId, propertyId, roomId, agreementId, plannedDate });
    placement.moves = [moveRecord({ id, residentId, toPropertyId: propertyId, toRoomId: roomId, moveType: 'move_in', status: 'planned', plannedDate })];
  }
}

/** Somebody is expected on another day, in another room or under another agreement; each is given as it is from now on. */
@EventOf(Placement, 'PlannedPlacementChanged', 1)
export class PlannedPlacementChanged extends DomainEvent<Placement> {
  @Text(pseudonymous, { max: 36 }) moveId!: string;
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Ref(open, 'properties') propertyId!: string;
  @Ref(open, 'property_rooms') roomId!: string;
  @Ref(pseudonymous, 'tenancy_agreements') agreementId!: string;
  @CivilDate(pseudonymous, { doc: 'The first night, as it is expected' }) plannedDate!: string;
  @Ref(open, 'property_rooms', { optional: true, doc: 'The room before, where it is another one: a bed of it is kept no more' }) formerRoomId?: string;
  @Ref(pseudonymous, 'tenancy_agreements', { optional: true, doc: 'The agreement before, where it is another one: as a draft it is given up' })
  formerAgreementId?: string;
  apply(placement: Placement): void {
    const { moveId, propertyId, roomId, agreementId, plannedDate } = this;
    Object.assign(placement, { propertyId, roomId, agreementId, plannedDate });
    placement.moves = placement.moves.map((move) => (move.id === moveId ? copyOf(move, { toPropertyId: propertyId, toRoomId: roomId, plannedDate }) : move));
  }
}

/** Why a placement that was planned comes to nothing, where nobody has said it in words. */
export const PlanEnd = { offer_ended: 'offer_ended', application_closed: 'application_closed', placed_otherwise: 'placed_otherwise' } as const;

@EventOf(Placement, 'PlannedPlacementCancelled', 1, { to: 'cancelled' })
export class PlannedPlacementCancelled extends DomainEvent<Placement> {
  @Text(pseudonymous, { max: 36 }) moveId!: string;
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Text(personal('location'), { optional: true, max: 1000, subject: 'residentId' }) reason?: string;
  @Choice(pseudonymous, 'PlanEnd', PlanEnd, { optional: true, doc: 'What it follows from, where nobody cancelled it' }) because?: keyof typeof PlanEnd;
  apply(placement: Placement): void {
    placement.moves = placement.moves.map((move) => (move.id === this.moveId ? copyOf(move, { status: 'cancelled', notes: this.reason }) : move));
  }
}
