import { CommandOf, commandWith, type Context, DomainCommand } from '../../../kernel/command.js';
import { Choice, CivilDate, fieldsOf, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import type { Room } from '../../property/room/room.js';
import type { Agreement } from '../agreement/agreement.js';
import '../tenancy.rules.js';
import { checkAge, checkAgreed, checkPlace } from './admission.js';
import { PlacementPlanned, PlanEnd, PlannedPlacementCancelled, PlannedPlacementChanged } from './plan.js';
import { Placement } from './placement.js';
import { AdmissionReasons, placeUnder, residentOf, type Start, started } from './starting.js';

/**
 * What holds of a stay that is expected, by whichever command it is planned. @returns its room.
 * @throws Refusal where the resident could not move in there on that day.
 */
function expected({ residentId, agreementId, on, ...given }: Start, context: Context): { readonly room: Room } {
  const resident = residentOf(residentId, context);
  const agreement = context.state<Agreement>('tenancy_agreements', agreementId);
  const { room, property } = placeUnder(agreement, given.roomId, context);
  resident.checkAdmissible();
  rule('MOV-4', 'A stay is planned for today or a day to come; one that has begun is started.', on >= context.today, 'plannedDate');
  if (resident.livesHere) throw new Refusal('STATE', 'The resident lives here: plan a move instead.', { status: 409, field: 'residentId' });
  checkAge(residentId, on, property, context, 'plannedDate');
  checkAgreed(agreement, residentId, room);
  const over = agreement.status !== 'pending' && agreement.status !== 'active';
  rule('RES-6', 'The agreement is over, or was given up.', !over, 'agreementId');
  checkPlace(room, property, on, context, { property: false });
  return { room };
}

@CommandOf(Placement, {
  permission: 'placements:plan',
  doc: 'Plans a stay: who is expected, in which room, under which agreement, which may still be a draft, and when. A reservation keeps the bed.',
  creates: true,
})
export class PlanPlacement extends DomainCommand<Placement> {
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Ref(pseudonymous, 'tenancy_agreements') agreementId!: string;
  @Ref(open, 'property_rooms', { optional: true, doc: 'The room; that of the agreement where it is left out' }) roomId?: string;
  @CivilDate(pseudonymous, { doc: 'The first night, as it is expected' }) plannedDate!: string;
  decide(_: Placement, context: Context) {
    const { residentId, agreementId, plannedDate } = this;
    const { room } = expected({ residentId, agreementId, roomId: this.roomId ?? undefined, on: plannedDate }, context);
    return PlacementPlanned.of({ moveId: context.newId('move'), residentId, propertyId: room.propertyId, roomId: room.id, agreementId, plannedDate });
  }
}

/** Whether a bed of a room is kept for somebody on a night. The property's register keeps it from everybody else, whoever asks at that moment. */
const bedKept = (room: Room, residentId: string, night: string, now: string): boolean =>
  room.liveReservations().some(({ fromDate, toDate, expiresAt, ...one }) =>
    one.residentId === residentId && fromDate <= night && (!toDate || night < toDate) && now < expiresAt);

@CommandOf(Placement, {
  permission: 'placements:change-planned',
  doc: 'Changes a stay that was planned before it starts: its day, its agreement, or its room, into one in which a bed is kept for the resident. The bed that was kept in the room before, and the draft about it, are given up.',
  from: ['planned'],
})
export class ChangePlannedPlacement extends DomainCommand<Placement> {
  @CivilDate(pseudonymous, { optional: true, doc: 'The first night, as it is expected' }) plannedDate?: string;
  @Ref(open, 'property_rooms', { optional: true }) roomId?: string;
  @Ref(pseudonymous, 'tenancy_agreements', { optional: true, doc: 'Where that of the plan is about the room before' }) agreementId?: string;
  decide(placement: Placement, context: Context) {
    const { residentId, roomId: formerRoomId, agreementId: formerAgreementId } = placement;
    const [plannedDate, agreementId] = [this.plannedDate ?? placement.plannedDate!, this.agreementId ?? formerAgreementId];
    const roomId = this.roomId ?? formerRoomId;
    const [moves, renewed] = [roomId !== formerRoomId, agreementId !== formerAgreementId];
    if (!moves && !renewed && plannedDate === placement.plannedDate) return [];
    const { room } = expected({ residentId, agreementId, roomId, on: plannedDate }, context);
    rule('MOV-7', `No bed of this room is kept for the resident on ${plannedDate}: reserve it first.`, !moves || bedKept(room, residentId, plannedDate, context.now), ['roomId', 'plannedDate']);
    return PlannedPlacementChanged.of({
      moveId: placement.plannedMove('move_in')!.id, residentId, propertyId: room.propertyId, roomId, agreementId, plannedDate,
      ...(moves ? { formerRoomId } : {}), ...(renewed ? { formerAgreementId } : {}),
    });
  }
}

/**
 * Starts a stay that was planned, by the rules of one that was not. A command of its own: a command either opens a stream
 * or goes on with one (its route, its answer 201 and its refusal of a second one hang on that), and `StartPlacement` opens it.
 */
@CommandOf(Placement, {
  permission: 'placements:start-planned',
  doc: 'Moves in who was expected, today or on a day before, into the room and under the agreement that were planned.',
  from: ['planned'],
  effective: 'startDate',
})
export class StartPlannedPlacement extends commandWith(Placement, AdmissionReasons) {
  @CivilDate(pseudonymous, { optional: true, doc: 'The first night; today where it is left out' }) startDate?: string;
  decide(placement: Placement, context: Context) {
    const { residentId, agreementId, roomId } = placement;
    const moveId = placement.plannedMove('move_in')!.id;
    try {
      return started({ residentId, agreementId, roomId, on: this.startDate ?? context.today }, this, moveId, context);
    } catch (error) {
      // What the plan says is no field of this command: a refusal of it is said in words alone.
      throw error instanceof Refusal ? error.within(fieldsOf(StartPlannedPlacement)) : error;
    }
  }
}

@CommandOf(Placement, { permission: 'placements:cancel-planned', doc: 'Gives up a stay that was planned.', from: ['planned'] })
export class CancelPlannedPlacement extends DomainCommand<Placement> {
  @Text(personal('location'), { max: 1000 }) reason!: string;
  decide(placement: Placement) {
    const { residentId } = placement;
    return PlannedPlacementCancelled.of({ moveId: placement.plannedMove('move_in')!.id, residentId, reason: this.reason });
  }
}

@CommandOf(Placement, { internal: true, doc: 'Nothing comes of a stay that was planned.' })
export class DropPlannedPlacement extends DomainCommand<Placement> {
  @Choice(pseudonymous, 'PlanEnd', PlanEnd) because!: keyof typeof PlanEnd;
  decide(placement: Placement) {
    const planned = placement.status === 'planned' ? placement.plannedMove('move_in') : undefined;
    return planned ? PlannedPlacementCancelled.of({ moveId: planned.id, residentId: placement.residentId, because: this.because }) : [];
  }
}
