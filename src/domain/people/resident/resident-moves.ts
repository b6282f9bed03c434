import { CommandOf, type Context, DomainCommand } from '../../../kernel/command.js';
import { DomainEvent, EventOf, eventWith, type Recorded } from '../../../kernel/event.js';
import { Choice, CivilDate, Flag, Group, List, Ref, Text } from '../../../kernel/fields.js';
import { open, pseudonymous } from '../../../kernel/privacy.js';
import { rule } from '../../../kernel/rules.js';
import { Deadline, inCalendarDays } from '../../deadline.js';
import { policy } from '../../policies.js';
import { KeyWorkerDue, keyWorkerDue } from '../key-worker-due.js';
import { RESIDENT_REGISTER } from '../resident-register.js';
import { verificationDue } from '../verification-due.js';
import { Resident } from './resident.js';

const MoveDate = { start: 'start', end: 'end' } as const;
type Which = (typeof MoveDate)[keyof typeof MoveDate];

/** Deadlines that only somebody who lives here has. */
const ofStay = ['RES-7', 'SUP-2', 'HB-HELP', 'EMC-7', 'RES-ADULT', 'MOVE-ON.referral', 'MOVE-ON.plan'] as const;

/** What the first night of a stay asks for, opened by the event or moved. */
class MoveInDeadlines extends KeyWorkerDue {
  @Group(pseudonymous, () => Deadline, { optional: true, doc: 'By when they have a support plan (SUP-2)' }) supportPlanDue?: Deadline;
  @Group(pseudonymous, () => Deadline, { optional: true, doc: 'By when they are helped to claim Housing Benefit' }) benefitHelpDue?: Deadline;
}
const opened = ({ keyWorkerDue, supportPlanDue, benefitHelpDue }: MoveInDeadlines): Deadline[] =>
  [keyWorkerDue, supportPlanDue, benefitHelpDue].flatMap((due) => due ?? []);

/** The deadlines of some codes that run from the first night. */
function deadlinesFrom(on: string, codes: readonly string[], context: Context): MoveInDeadlines {
  const inDays = (code: string): Deadline | undefined => (codes.includes(code) ? inCalendarDays(context, code, on, policy(context, code)) : undefined);
  return {
    ...(codes.includes('RES-7') ? keyWorkerDue(context, on) : {}),
    supportPlanDue: inDays('SUP-2'),
    benefitHelpDue: inDays('HB-HELP'),
  };
}

@EventOf(Resident, 'ResidentMovedIn', 1, { to: 'active' })
export class ResidentMovedIn extends eventWith(Resident, MoveInDeadlines) {
  @Ref(pseudonymous, 'placements') placementId!: string;
  @Ref(open, 'properties') propertyId!: string;
  @Ref(open, 'property_rooms') roomId!: string;
  @Ref(pseudonymous, 'tenancy_agreements') agreementId!: string;
  @CivilDate(pseudonymous) on!: string;
  @Group(pseudonymous, () => Deadline, { optional: true, doc: 'By when their emergency contacts are seen to again' }) verificationDue?: Deadline;
  @Ref(open, 'property_rooms', { optional: true, doc: 'Another room, which was kept for them and is not needed any more' }) otherRoomId?: string;
  @Text(pseudonymous, { optional: true, max: 36, doc: 'The reservation of that room' }) otherReservationId?: string;
  @List(pseudonymous, { optional: true, doc: 'Other stays, which were planned for them and are not needed any more' }) otherPlacementIds?: string[];
  override apply(resident: Resident): void {
    const { placementId, propertyId, roomId, on: moveInDate, keyWorkerDueFrom } = this;
    const duties = opened(this).map(({ code }) => code);
    Object.assign(resident, {
      placementId, propertyId, roomId, moveInDate, moveOutDate: undefined, outgrewAgeBandOn: undefined,
      agesMixedIn: undefined, offeredRoomId: undefined, reservationId: undefined, hasBenefitClaim: false,
      duties: [...duties, ...(this.verificationDue ? [this.verificationDue.code] : [])],
      unsettled: keyWorkerDueFrom ? [...duties, 'RES-7'] : duties, keyWorkerDueFrom,
    });
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
    if (this.propertyId !== resident.propertyId) resident.outgrewAgeBandOn = undefined;
    resident.propertyId = this.propertyId;
    resident.roomId = this.roomId;
    resident.agesMixedIn = undefined;
  }
}
@EventOf(Resident, 'ResidentMovedOut', 1, { to: 'moved_out', deadlines: { waived: ofStay } })
export class ResidentMovedOut extends DomainEvent<Resident> {
  @Ref(pseudonymous, 'placements') placementId!: string;
  @CivilDate(pseudonymous) on!: string;
  @Text(pseudonymous, { max: 40 }) terminationType!: string;
  apply(resident: Resident): void {
    resident.moveOutDate = this.on;
    resident.atRiskReason = undefined;
    Object.assign(resident, { duties: [], unsettled: [], keyWorkerDueFrom: undefined });
  }
}
/** What nothing has come of goes by the first night as it is now, and what was missed by it is open again. */
@EventOf(Resident, 'ResidentMoveDateCorrected', 1)
export class ResidentMoveDateCorrected extends eventWith(Resident, MoveInDeadlines) {
  @Ref(pseudonymous, 'placements') placementId!: string;
  @Choice(pseudonymous, 'PlacementDate', MoveDate) which!: Which;
  @CivilDate(pseudonymous) on!: string;
  override apply(resident: Resident, { recordedAt }: Recorded): void {
    if (this.which === 'start') resident.moveInDate = this.on;
    else resident.moveOutDate = this.on;
    const stillToCome = opened(this).filter(({ dueAt }) => dueAt > recordedAt).map(({ code }) => code);
    // What waits for a calendar is missed by nobody meanwhile.
    const standing = resident.duties.filter((code) => code !== 'RES-7' || !this.keyWorkerDueFrom);
    resident.duties = [...new Set([...standing, ...stillToCome])];
    if (this.keyWorkerDue || this.keyWorkerDueFrom) resident.keyWorkerDueFrom = this.keyWorkerDueFrom;
  }
}

/** The reservation of another room than the one that somebody moves into. */
function otherOffer({ offeredRoomId, reservationId }: Resident, roomId: string): Pick<ResidentMovedIn, 'otherRoomId' | 'otherReservationId'> {
  if (!offeredRoomId || !reservationId || offeredRoomId === roomId) return {};
  return { otherRoomId: offeredRoomId, otherReservationId: reservationId };
}

/** Stays that are planned, other than the one that has begun. */
function otherPlans(placementId: string, { held, id }: Context): Pick<ResidentMovedIn, 'otherPlacementIds'> {
  const others = held(RESIDENT_REGISTER, id).filter(({ kind, key }) => kind === 'planned_placement' && key !== placementId);
  return others.length > 0 ? { otherPlacementIds: others.map(({ key }) => key) } : {};
}

/** Whether they have a support plan that goes on. That of somebody who has moved out is to be completed, also where they come back. */
const hasPlan = ({ status }: Resident, { held, id }: Context): boolean =>
  status !== 'moved_out' && held(RESIDENT_REGISTER, id).some(({ kind }) => kind === 'support_plan');

@CommandOf(Resident, { internal: true, doc: 'A placement has started.', effective: 'on' })
export class MoveResidentIn extends DomainCommand<Resident> {
  @Ref(pseudonymous, 'placements') placementId!: string;
  @Ref(open, 'properties') propertyId!: string;
  @Ref(open, 'property_rooms') roomId!: string;
  @Ref(pseudonymous, 'tenancy_agreements') agreementId!: string;
  @CivilDate(pseudonymous) on!: string;
  decide(resident: Resident, context: Context) {
    if (resident.livesHere && resident.placementId === this.placementId) return [];
    resident.checkOpen('applicant', 'offered', 'moved_out');
    const { placementId, propertyId, roomId, agreementId, on } = this;
    return ResidentMovedIn.of({
      placementId, propertyId, roomId, agreementId, on,
      ...otherOffer(resident, roomId),
      ...otherPlans(placementId, context),
      ...deadlinesFrom(on, [...(resident.keyWorkerId ? [] : ['RES-7']), ...(hasPlan(resident, context) ? [] : ['SUP-2']), 'HB-HELP'], context),
      ...(resident.callableContacts().length > 0 ? { verificationDue: verificationDue(context, on) } : {}),
    });
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
  decide(resident: Resident, context: Context) {
    const { placementId, which, on } = this;
    // Of an earlier placement the resident's own dates say nothing any more.
    if (resident.placementId !== placementId) return [];
    if (on === (which === 'start' ? resident.moveInDate : resident.moveOutDate)) return [];
    if (which === 'end') resident.checkOpen('moved_out');
    else resident.checkOpen();
    return ResidentMoveDateCorrected.of({ placementId, which, on, ...(which === 'start' ? deadlinesFrom(on, resident.unsettled, context) : {}) });
  }
}
