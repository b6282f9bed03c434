import { factsOf } from '../../../kernel/entity.js';
import { DomainEvent, EventOf, eventWith } from '../../../kernel/event.js';
import { Choice, CivilDate, Flag, Group, Text } from '../../../kernel/fields.js';
import { personal, pseudonymous, special } from '../../../kernel/privacy.js';
import { Deadline } from '../../deadline.js';
import { E164, normalisePhone } from '../../phone.js';
import { ContactFacts, ContactType, EmergencyContact } from './emergency-contact.js';
import { Resident } from './resident.js';

const own = personal('contact');

/** What changes of a contact: absent keeps, null clears. */
export class ContactChange {
  @Choice(pseudonymous, 'ContactType', ContactType, { optional: true }) contactType?: (typeof ContactType)[keyof typeof ContactType];
  @Text(own, { optional: true, min: 1, max: 100, subject: 'contactId' }) name?: string;
  @Text(own, { optional: true, min: 1, max: 100, subject: 'contactId' }) relationship?: string;
  @Text(own, { optional: true, max: 16, subject: 'contactId', pattern: E164, code: 'EMC-2', normalise: normalisePhone }) phone?: string;
  @Text(own, { optional: true, max: 254, subject: 'contactId' }) email?: string | null;
  @Text(own, { optional: true, max: 500, subject: 'contactId' }) address?: string | null;
  @Flag(pseudonymous, { optional: true }) canContact?: boolean;
  @Flag(pseudonymous, { optional: true }) outOfHours?: boolean;
  @CivilDate(pseudonymous, { optional: true }) consentDate?: string | null;
  @Text(own, { optional: true, max: 2000, subject: 'contactId' }) notes?: string | null;
}

const changed = (resident: Resident, id: string, change: Partial<EmergencyContact>): EmergencyContact[] =>
  resident.emergencyContacts.map((one) => (one.id === id ? Object.assign(new EmergencyContact(), one, change) : one));
const withPrimary = (contacts: readonly EmergencyContact[], id: string): EmergencyContact[] =>
  contacts.map((one) => (one.isPrimary === (one.id === id) ? one : Object.assign(new EmergencyContact(), one, { isPrimary: one.id === id })));

@EventOf(Resident, 'EmergencyContactAdded', 1)
export class EmergencyContactAdded extends eventWith(Resident, ContactFacts) {
  @Text(pseudonymous, { max: 36 }) contactId!: string;
  @Flag(pseudonymous) isPrimary!: boolean;
  @Group(pseudonymous, () => Deadline, { optional: true, doc: 'Of the first one of somebody who lives here: by when it is seen to again' }) verificationDue?: Deadline;
  override apply(resident: Resident): void {
    const { contactId: id, isPrimary, verificationDue } = this;
    if (verificationDue) resident.duties = [...resident.duties.filter((code) => code !== verificationDue.code), verificationDue.code];
    const standing = { id, isPrimary, isActive: true, restricted: false, canContact: this.canContact ?? true };
    const added = Object.assign(new EmergencyContact(), factsOf(this, ContactFacts), standing);
    const contacts = [...resident.emergencyContacts, added];
    resident.emergencyContacts = isPrimary ? withPrimary(contacts, id) : contacts;
  }
}
@EventOf(Resident, 'EmergencyContactUpdated', 1)
export class EmergencyContactUpdated extends eventWith(Resident, ContactChange) {
  @Text(pseudonymous, { max: 36 }) contactId!: string;
  override apply(resident: Resident): void {
    resident.emergencyContacts = changed(resident, this.contactId, factsOf(this, ContactChange));
  }
}
@EventOf(Resident, 'PrimaryContactChanged', 1)
export class PrimaryContactChanged extends DomainEvent<Resident> {
  @Text(pseudonymous, { max: 36 }) contactId!: string;
  apply(resident: Resident): void {
    resident.emergencyContacts = withPrimary(resident.emergencyContacts, this.contactId);
  }
}
@EventOf(Resident, 'EmergencyContactRestricted', 1)
export class EmergencyContactRestricted extends DomainEvent<Resident> {
  @Text(pseudonymous, { max: 36 }) contactId!: string;
  @Text(special('safeguarding'), { max: 2000 }) reason!: string;
  @Text(pseudonymous, { optional: true, max: 36 }) courtOrderDocumentId?: string;
  @CivilDate(pseudonymous, { optional: true }) reviewOn?: string;
  apply(resident: Resident): void {
    const { reason: restrictionReason, courtOrderDocumentId, reviewOn: restrictionReviewOn } = this;
    const restriction = { restricted: true, isPrimary: false, canContact: false, restrictionReason, courtOrderDocumentId, restrictionReviewOn };
    resident.emergencyContacts = changed(resident, this.contactId, restriction);
  }
}
/** They may be called again, once that is said of them. */
@EventOf(Resident, 'EmergencyContactRestrictionLifted', 1)
export class EmergencyContactRestrictionLifted extends DomainEvent<Resident> {
  @Text(pseudonymous, { max: 36 }) contactId!: string;
  @Text(special('safeguarding'), { max: 2000 }) reason!: string;
  apply(resident: Resident): void {
    const lifted = { restricted: false, restrictionReason: undefined, courtOrderDocumentId: undefined, restrictionReviewOn: undefined };
    resident.emergencyContacts = changed(resident, this.contactId, lifted);
  }
}
@EventOf(Resident, 'EmergencyContactRemoved', 1)
export class EmergencyContactRemoved extends DomainEvent<Resident> {
  @Text(pseudonymous, { max: 36 }) contactId!: string;
  @Text(personal('contact'), { optional: true, max: 1000, subject: 'contactId' }) reason?: string;
  apply(resident: Resident): void {
    resident.emergencyContacts = changed(resident, this.contactId, { isActive: false, isPrimary: false });
  }
}
