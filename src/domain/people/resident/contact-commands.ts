import { changing, CommandOf, commandWith, type Context, DomainCommand } from '../../../kernel/command.js';
import { factsOf } from '../../../kernel/entity.js';
import { CivilDate, Flag, Text } from '../../../kernel/fields.js';
import { personal, pseudonymous, special } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { UUID } from '../../../kernel/values.js';
import { E164 } from '../../phone.js';
import '../resident.rules.js';
import { verificationDue } from '../verification-due.js';
import {
  ContactChange,
  EmergencyContactAdded,
  EmergencyContactRemoved,
  EmergencyContactRestricted,
  EmergencyContactRestrictionLifted,
  EmergencyContactUpdated,
  PrimaryContactChanged,
} from './contact-events.js';
import { ContactFacts, type EmergencyContact } from './emergency-contact.js';
import { Resident } from './resident.js';

/** A contact that was not removed. @throws Refusal GEN-1 */
export function contactOf(resident: Resident, id: string): EmergencyContact {
  const found = resident.emergencyContacts.find((one) => one.id === id && one.isActive);
  if (!found) throw new Refusal('GEN-1', 'This resident has no such contact.', { field: 'contactId' });
  return found;
}
const othersThan = (resident: Resident, id: string): EmergencyContact[] => resident.callableContacts().filter((one) => one.id !== id);
const checkPhone = (phone: string): void =>
  rule('EMC-2', 'This is no phone number that can be called from anywhere, such as +447700900123.', E164.test(phone), 'phone');

@CommandOf(Resident, {
  permission: 'residents:add-emergency-contact',
  doc: 'Adds somebody to call in an emergency; the first one is the primary contact.',
})
export class AddEmergencyContact extends commandWith(Resident, ContactFacts) {
  @Flag(pseudonymous, { optional: true, doc: 'To be called first, instead of who is now' }) isPrimary?: boolean;
  decide(resident: Resident, context: Context) {
    resident.checkOpen();
    checkPhone(this.phone);
    const first = resident.callableContacts().length === 0;
    return EmergencyContactAdded.of({
      ...factsOf(this, ContactFacts), contactId: context.newId('contact'), isPrimary: Boolean(this.isPrimary) || first,
      ...(first && resident.livesHere ? { verificationDue: verificationDue(context, context.today) } : {}),
    });
  }
}

@CommandOf(Resident, { permission: 'residents:update-emergency-contact', doc: 'Changes what is known of a contact.' })
export class UpdateEmergencyContact extends changing(Resident, ContactFacts) {
  @Text(pseudonymous, { max: 36, pattern: UUID }) contactId!: string;
  decide(resident: Resident, { read }: Context) {
    resident.checkOpen();
    const contact = contactOf(resident, this.contactId);
    const { restricted } = contact;
    const { phone, canContact } = this;
    if (canContact === null) throw new Refusal('VALIDATION', 'Say whether the contact may be called, yes or no.', { field: 'canContact' });
    if (typeof phone === 'string') checkPhone(phone);
    rule('EMC-3', 'This contact is restricted and must not be called.', !(restricted && canContact), 'canContact');
    const [known] = read([contact]);
    const given = Object.entries(factsOf(this as ContactChange, ContactChange));
    const change = given.filter(([name, value]) => value !== (known![name as keyof EmergencyContact] ?? null));
    return change.length === 0 ? [] : EmergencyContactUpdated.of({ ...Object.fromEntries(change), contactId: this.contactId });
  }
}

@CommandOf(Resident, { permission: 'residents:set-primary-contact', doc: 'Says who is called first.' })
export class SetPrimaryContact extends DomainCommand<Resident> {
  @Text(pseudonymous, { max: 36, pattern: UUID }) contactId!: string;
  decide(resident: Resident) {
    resident.checkOpen();
    const { restricted, isPrimary } = contactOf(resident, this.contactId);
    rule('EMC-3', 'This contact is restricted: it cannot be the primary one.', !restricted, 'contactId');
    return isPrimary ? [] : PrimaryContactChanged.of({ contactId: this.contactId });
  }
}

@CommandOf(Resident, {
  permission: 'residents:restrict-contact',
  doc: 'Forbids that a contact is called; another one becomes the primary contact where it was this one.',
})
export class RestrictContact extends DomainCommand<Resident> {
  @Text(pseudonymous, { max: 36, pattern: UUID }) contactId!: string;
  @Text(special('safeguarding'), { max: 2000 }) reason!: string;
  @Text(pseudonymous, { optional: true, max: 36, pattern: UUID }) courtOrderDocumentId?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'When it is looked at again' }) reviewOn?: string;
  decide(resident: Resident) {
    resident.checkOpen();
    const { contactId, reason, courtOrderDocumentId, reviewOn } = this;
    const { isPrimary } = contactOf(resident, contactId);
    const next = isPrimary ? othersThan(resident, contactId)[0] : undefined;
    return [
      EmergencyContactRestricted.of({ contactId, reason, courtOrderDocumentId, reviewOn }),
      ...(next ? [PrimaryContactChanged.of({ contactId: next.id })] : []),
    ];
  }
}

@CommandOf(Resident, {
  permission: 'residents:lift-contact-restriction',
  doc: 'Says that a contact is forbidden no more; whether they may be called is said anew. Who is the only one becomes the primary contact.',
})
export class LiftContactRestriction extends DomainCommand<Resident> {
  @Text(pseudonymous, { max: 36, pattern: UUID }) contactId!: string;
  @Text(special('safeguarding'), { max: 2000 }) reason!: string;
  decide(resident: Resident) {
    resident.checkOpen();
    const { contactId, reason } = this;
    if (!contactOf(resident, contactId).restricted) return [];
    return [
      EmergencyContactRestrictionLifted.of({ contactId, reason }),
      ...(othersThan(resident, contactId).length === 0 ? [PrimaryContactChanged.of({ contactId })] : []),
    ];
  }
}

@CommandOf(Resident, { permission: 'residents:remove-emergency-contact', doc: 'Removes a contact.' })
export class RemoveEmergencyContact extends DomainCommand<Resident> {
  @Text(pseudonymous, { max: 36, pattern: UUID }) contactId!: string;
  @Text(personal('contact'), { optional: true, max: 1000 }) reason?: string;
  decide(resident: Resident) {
    resident.checkOpen();
    const { contactId, reason } = this;
    const { isPrimary } = contactOf(resident, contactId);
    const lastOne = othersThan(resident, contactId).length === 0;
    rule('EMC-1', 'This is the primary contact: make another one the primary contact first.', !isPrimary || lastOne, 'contactId');
    return EmergencyContactRemoved.of({ contactId, reason });
  }
}
