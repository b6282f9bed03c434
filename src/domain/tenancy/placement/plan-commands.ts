import { CommandOf, commandWith, type Context, DomainCommand } from '../../../kernel/command.js';
import { Choice, CivilDate, fieldsOf, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import type { Agreement } from '../agreement/agreement.js';
import '../tenancy.rules.js';
import { checkAge, checkAgreed, checkPlace } from './admission.js';
import { PlacementPlanned, PlanEnd, PlannedPlacementCancelled } from './plan.js';
import { Placement } from './placement.js';
import { AdmissionReasons, placeOf, residentOf, started } from './starting.js';

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
    const resident = residentOf(residentId, context);
    const agreement = context.state<Agreement>('tenancy_agreements', agreementId);
    const roomId = this.roomId ?? agreement.roomId;
    if (!roomId) throw new Refusal('RES-6', 'The agreement names no room: say which one it is.', { field: 'roomId' });
    const { room, property } = placeOf(roomId, context);
    resident.checkAdmissible();
    rule('MOV-4', 'A stay is planned for today or a day to come; one that has begun is started.', plannedDate >= context.today, 'plannedDate');
    if (resident.livesHere) throw new Refusal('STATE', 'The resident lives here: plan a move instead.', { status: 409, field: 'residentId' });
    checkAge(residentId, plannedDate, property, context, 'plannedDate');
    checkAgreed(agreement, residentId, room);
    const over = agreement.status !== 'pending' && agreement.status !== 'active';
    rule('RES-6', 'The agreement is over, or was given up.', !over, 'agreementId');
    checkPlace(room, property, plannedDate, context, { property: false });
    return PlacementPlanned.of({ moveId: context.newId('move'), residentId, propertyId: room.propertyId, roomId, agreementId, plannedDate });
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
