import { CommandOf, type Context, DomainCommand } from '../../../kernel/command.js';
import { DomainEvent, EventOf, type Recorded } from '../../../kernel/event.js';
import { Group, Instant, Int, Ref } from '../../../kernel/fields.js';
import { open, pseudonymous } from '../../../kernel/privacy.js';
import { ageOn } from '../../../kernel/values.js';
import { ADULT, bandOf } from '../../ages.js';
import { Deadline, deadlineMissed, inCalendarDays } from '../../deadline.js';
import type { Organization } from '../../organisation/organization/organization.js';
import { policy } from '../../policies.js';
import { sharesAcrossAges } from '../../sharing.js';
import type { Property } from '../../property/property/property.js';
import { Resident } from './resident.js';

/**
 * Somebody who moved in under 18 is of age: legal status, agreement and benefits are looked at anew, and the rules for
 * the safeguarding of adults hold.
 */
@EventOf(Resident, 'ResidentTurnedEighteen', 1)
export class ResidentTurnedEighteen extends DomainEvent<Resident> {
  @Group(pseudonymous, () => Deadline) adultReviewDue!: Deadline;
  apply(resident: Resident, { effectiveDate }: Recorded): void {
    resident.turnedEighteenOn = effectiveDate;
    resident.duties = [...resident.duties, 'RES-ADULT'];
  }
}
/** Somebody is older than the property is for. */
@EventOf(Resident, 'ResidentOutgrewAgeBand', 1)
export class ResidentOutgrewAgeBand extends DomainEvent<Resident> {
  @Int(open, { doc: 'The oldest age that the property is for' }) maximumAge!: number;
  apply(resident: Resident, { effectiveDate }: Recorded): void {
    resident.outgrewAgeBandOn = effectiveDate;
  }
}
/** Somebody under 18 and an adult share a room, although nobody booked it so: one had a birthday, or was born another day (ROM-8). */
@EventOf(Resident, 'ResidentSharesAcrossAges', 1)
export class ResidentSharesAcrossAges extends DomainEvent<Resident> {
  @Ref(open, 'property_rooms') roomId!: string;
  apply(resident: Resident): void {
    resident.agesMixedIn = this.roomId;
  }
}
@EventOf(Resident, 'ResidentAdultReviewOverdue', 1)
export class ResidentAdultReviewOverdue extends DomainEvent<Resident> {
  @Instant(pseudonymous) dueAt!: string;
  apply(resident: Resident): void {
    resident.duties = resident.duties.filter((code) => code !== 'RES-ADULT');
  }
}

@CommandOf(Resident, { internal: true, doc: 'Looks whether somebody who lives here has come of age, outgrown the property, or shares a room across ages.' })
export class MarkAge extends DomainCommand<Resident> {
  decide(resident: Resident, context: Context) {
    const { moveInDate, propertyId, roomId, turnedEighteenOn, outgrewAgeBandOn, agesMixedIn, diedOn } = resident;
    if (!resident.livesHere || !moveInDate || !propertyId || diedOn || resident.erasureDecidedOn) return [];
    const [dateOfBirth] = context.fact('date-of-birth', resident.id);
    if (dateOfBirth === undefined) return [];
    const age = ageOn(dateOfBirth, context.today);
    const property = context.find<Property>('properties', propertyId);
    const { to } = bandOf(property, context.find<Organization>('organizations', context.actor.organizationId));
    const cameOfAge = !turnedEighteenOn && age >= ADULT && ageOn(dateOfBirth, moveInDate) < ADULT;
    const review = (): Deadline => inCalendarDays(context, 'RES-ADULT', context.today, policy(context, 'RES-ADULT'));
    return [
      ...(cameOfAge ? [ResidentTurnedEighteen.of({ adultReviewDue: review() })] : []),
      ...(roomId && agesMixedIn !== roomId && sharesAcrossAges({ id: roomId, propertyId }, resident.id, context) ? [ResidentSharesAcrossAges.of({ roomId })] : []),
      ...(!outgrewAgeBandOn && age > to ? [ResidentOutgrewAgeBand.of({ maximumAge: to })] : []),
    ];
  }
}

@CommandOf(Resident, { internal: true, doc: 'The time to look at everything anew with somebody who is of age is over.' })
export class ReportAdultReviewOverdue extends deadlineMissed(Resident) {
  decide(resident: Resident) {
    return resident.duties.includes('RES-ADULT') ? ResidentAdultReviewOverdue.of({ dueAt: this.dueAt }) : [];
  }
}
