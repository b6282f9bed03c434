import { CommandOf, type Context, DomainCommand } from '../../../kernel/command.js';
import { DomainEvent, EventOf } from '../../../kernel/event.js';
import { CivilDate, Group, Instant, Text } from '../../../kernel/fields.js';
import { pseudonymous } from '../../../kernel/privacy.js';
import { earlier, UUID } from '../../../kernel/values.js';
import { Deadline, deadlineMissed } from '../../deadline.js';
import { pastDay } from '../../past-day.js';
import { verificationDue } from '../verification-due.js';
import { contactOf } from './contact-commands.js';
import { EmergencyContact } from './emergency-contact.js';
import { Resident } from './resident.js';

const CODE = 'EMC-7';

/** Somebody has seen to it that what is known of a contact is right: the next time is when the longest that any was not looked at is over. */
@EventOf(Resident, 'EmergencyContactVerified', 1, { deadlines: { met: [CODE], at: 'on' } })
export class EmergencyContactVerified extends DomainEvent<Resident> {
  @Text(pseudonymous, { max: 36 }) contactId!: string;
  @CivilDate(pseudonymous) on!: string;
  @Group(pseudonymous, () => Deadline, { optional: true, doc: 'By when the contacts of somebody who lives here are seen to again' }) verificationDue?: Deadline;
  apply(resident: Resident): void {
    const { contactId, on: verifiedOn, verificationDue } = this;
    resident.emergencyContacts = resident.emergencyContacts.map((one) => (one.id === contactId ? Object.assign(new EmergencyContact(), one, { verifiedOn }) : one));
    resident.duties = [...resident.duties.filter((code) => code !== CODE), ...(verificationDue ? [CODE] : [])];
  }
}
/** Nobody has seen to the contacts of somebody who lives here for long. */
@EventOf(Resident, 'ResidentContactsOverdue', 1)
export class ResidentContactsOverdue extends DomainEvent<Resident> {
  @Instant(pseudonymous) dueAt!: string;
  apply(resident: Resident): void {
    resident.duties = resident.duties.filter((code) => code !== CODE);
  }
}

@CommandOf(Resident, { permission: 'residents:verify-emergency-contact', doc: 'Says that what is known of a contact was looked at, and is right.', effective: 'on' })
export class VerifyEmergencyContact extends DomainCommand<Resident> {
  @Text(pseudonymous, { max: 36, pattern: UUID }) contactId!: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'When; today where it is left out' }) on?: string;
  decide(resident: Resident, context: Context) {
    resident.checkOpen();
    const { contactId } = this;
    const { verifiedOn } = contactOf(resident, contactId);
    const on = pastDay(this.on, context.today);
    if (verifiedOn && on <= verifiedOn) return [];
    if (!resident.livesHere) return EmergencyContactVerified.of({ contactId, on });
    const { moveInDate = on } = resident;
    const others = resident.callableContacts().filter(({ id }) => id !== contactId).map((one) => one.verifiedOn ?? moveInDate);
    return EmergencyContactVerified.of({ contactId, on, verificationDue: verificationDue(context, others.reduce(earlier, on)) });
  }
}

@CommandOf(Resident, { internal: true, doc: 'The time to see to the contacts of somebody who lives here is over.' })
export class ReportContactsUnverified extends deadlineMissed(Resident) {
  decide(resident: Resident) {
    return resident.duties.includes(CODE) ? ResidentContactsOverdue.of({ dueAt: this.dueAt }) : [];
  }
}
