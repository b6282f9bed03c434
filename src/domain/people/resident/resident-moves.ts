import { CommandOf, DomainCommand } from '../../../kernel/command.js';
import { DomainEvent, EventOf } from '../../../kernel/event.js';
import { Choice, CivilDate, Flag, Ref, Text } from '../../../kernel/fields.js';
import { open, pseudonymous } from '../../../kernel/privacy.js';
import { rule } from '../../../kernel/rules.js';
import { Resident } from './resident.js';

const MoveDate = { start: 'start', end: 'end' } as const;
type Which = (typeof MoveDate)[keyof typeof MoveDate];

@EventOf(Resident, 'ResidentMovedIn', 1, { to: 'active' })
export class ResidentMovedIn extends DomainEvent<Resident> {
  @Ref(pseudonymous, 'placements') placementId!: string;
  @Ref(open, 'properties') propertyId!: string;
  @Ref(open, 'property_rooms') roomId!: string;
  @Ref(pseudonymous, 'tenancy_agreements') agreementId!: string;
  @CivilDate(pseudonymous) on!: string;
  apply(resident: Resident): void {
    const { placementId, propertyId, roomId, on: moveInDate } = this;
    Object.assign(resident, { placementId, propertyId, roomId, moveInDate, moveOutDate: undefined });
  }
}
@EventOf(Resident, 'ResidentTransferred', 1)
export class ResidentTransferred extends DomainEvent<Resident> {
  @Ref(pseudonymous, 'placements') placementId!: string;
  @Ref(open, 'properties') propertyId!: string;
  @Ref(open, 'property_rooms') roomId!: string;
  @CivilDate(pseudonymous) on!: string;
  @Flag(pseudonymous) emergency!: boolean;
  apply(resident: Resident): void {
    resident.propertyId = this.propertyId;
    resident.roomId = this.roomId;
  }
}
@EventOf(Resident, 'ResidentMovedOut', 1, { to: 'moved_out' })
export class ResidentMovedOut extends DomainEvent<Resident> {
  @Ref(pseudonymous, 'placements') placementId!: string;
  @CivilDate(pseudonymous) on!: string;
  @Text(pseudonymous, { max: 40 }) terminationType!: string;
  apply(resident: Resident): void {
    resident.moveOutDate = this.on;
    resident.atRiskReason = undefined;
  }
}
@EventOf(Resident, 'ResidentMoveDateCorrected', 1)
export class ResidentMoveDateCorrected extends DomainEvent<Resident> {
  @Ref(pseudonymous, 'placements') placementId!: string;
  @Choice(pseudonymous, 'PlacementDate', MoveDate) which!: Which;
  @CivilDate(pseudonymous) on!: string;
  apply(resident: Resident): void {
    if (this.which === 'start') resident.moveInDate = this.on;
    else resident.moveOutDate = this.on;
  }
}

@CommandOf(Resident, { internal: true, doc: 'A placement has started.', effective: 'on' })
export class MoveResidentIn extends DomainCommand<Resident> {
  @Ref(pseudonymous, 'placements') placementId!: string;
  @Ref(open, 'properties') propertyId!: string;
  @Ref(open, 'property_rooms') roomId!: string;
  @Ref(pseudonymous, 'tenancy_agreements') agreementId!: string;
  @CivilDate(pseudonymous) on!: string;
  decide(resident: Resident) {
    if (resident.livesHere && resident.placementId === this.placementId) return [];
    resident.checkOpen('applicant', 'moved_out');
    const { placementId, propertyId, roomId, agreementId, on } = this;
    return ResidentMovedIn.of({ placementId, propertyId, roomId, agreementId, on });
  }
}
@CommandOf(Resident, { internal: true, doc: 'A placement goes on in another room.', effective: 'on' })
export class TransferResident extends DomainCommand<Resident> {
  @Ref(pseudonymous, 'placements') placementId!: string;
  @Ref(open, 'properties') propertyId!: string;
  @Ref(open, 'property_rooms') roomId!: string;
  @CivilDate(pseudonymous) on!: string;
  @Flag(pseudonymous) emergency!: boolean;
  decide(resident: Resident) {
    resident.checkOpen('active', 'at_risk');
    const { placementId, propertyId, roomId, on, emergency } = this;
    return ResidentTransferred.of({ placementId, propertyId, roomId, on, emergency });
  }
}
@CommandOf(Resident, { internal: true, doc: 'A placement has ended.', effective: 'on' })
export class MoveResidentOut extends DomainCommand<Resident> {
  @Ref(pseudonymous, 'placements') placementId!: string;
  @CivilDate(pseudonymous) on!: string;
  @Text(pseudonymous, { max: 40 }) terminationType!: string;
  decide(resident: Resident) {
    if (resident.placementId !== this.placementId || resident.status === 'moved_out') return [];
    resident.checkOpen('active', 'at_risk');
    rule('RES-4', 'Nobody moves out before they moved in.', !resident.moveInDate || this.on >= resident.moveInDate, 'on');
    return ResidentMovedOut.of({ placementId: this.placementId, on: this.on, terminationType: this.terminationType });
  }
}
@CommandOf(Resident, { internal: true, doc: 'The first or last day of a placement was another one.', effective: 'on' })
export class CorrectMoveDate extends DomainCommand<Resident> {
  @Ref(pseudonymous, 'placements') placementId!: string;
  @Choice(pseudonymous, 'PlacementDate', MoveDate) which!: Which;
  @CivilDate(pseudonymous) on!: string;
  decide(resident: Resident) {
    // Of an earlier placement the resident's own dates say nothing any more.
    if (resident.placementId !== this.placementId) return [];
    const standing = this.which === 'start' ? resident.moveInDate : resident.moveOutDate;
    if (standing === this.on) return [];
    if (this.which === 'end') resident.checkOpen('moved_out');
    else resident.checkOpen();
    return ResidentMoveDateCorrected.of({ placementId: this.placementId, which: this.which, on: this.on });
  }
}
