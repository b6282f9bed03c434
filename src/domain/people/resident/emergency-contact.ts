import { Choice, CivilDate, Flag, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous, special } from '../../../kernel/privacy.js';
import { EMAIL } from '../person.js';
import { E164, normalisePhone } from '../../phone.js';

export const ContactType = {
  family: 'family',
  friend: 'friend',
  professional: 'professional',
  social_worker: 'social_worker',
  gp: 'gp',
} as const;
type Kind = (typeof ContactType)[keyof typeof ContactType];
const own = personal('contact');

/** What is known of a contact, who is a person with a key of their own (EMC-5). */
export class ContactFacts {
  @Choice(pseudonymous, 'ContactType', ContactType) contactType!: Kind;
  @Text(own, { max: 100, subject: 'contactId' }) name!: string;
  @Text(own, { max: 100, subject: 'contactId', doc: 'Mother, friend, GP …' }) relationship!: string;
  @Text(own, { max: 16, subject: 'contactId', pattern: E164, code: 'EMC-2', normalise: normalisePhone }) phone!: string;
  @Text(own, { optional: true, max: 254, subject: 'contactId', pattern: EMAIL }) email?: string | null;
  @Text(own, { optional: true, max: 500, subject: 'contactId' }) address?: string | null;
  @Flag(pseudonymous, { optional: true, doc: 'May be called; yes where it is left out' }) canContact?: boolean;
  @Flag(pseudonymous, { optional: true, doc: 'Can be reached at night and at weekends' }) outOfHours?: boolean;
  @CivilDate(pseudonymous, { optional: true, doc: 'When they agreed to be called' }) consentDate?: string | null;
  @Text(own, { optional: true, max: 2000, subject: 'contactId' }) notes?: string | null;
}

/** Somebody to call in an emergency. */
export class EmergencyContact extends ContactFacts {
  id!: string;
  @Flag(pseudonymous) isPrimary!: boolean;
  @Flag(open, { doc: 'Not removed' }) isActive!: boolean;
  @Flag(pseudonymous, { doc: 'Must not be called, by order or for safety' }) restricted!: boolean;
  @Text(special('safeguarding'), { optional: true, max: 2000 }) restrictionReason?: string;
  @Text(pseudonymous, { optional: true, max: 36 }) courtOrderDocumentId?: string;
  @CivilDate(pseudonymous, { optional: true }) restrictionReviewOn?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'When it was last seen to that all this is right' }) verifiedOn?: string;
}
