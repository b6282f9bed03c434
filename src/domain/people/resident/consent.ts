import { Choice, CivilDate, Flag, Text } from '../../../kernel/fields.js';
import { personal, pseudonymous, sensitive } from '../../../kernel/privacy.js';
import { UUID } from '../../../kernel/values.js';

export const ConsentPurpose = {
  contact: 'contact',
  data_sharing: 'data_sharing',
  health_information: 'health_information',
  information_sharing: 'information_sharing',
  marketing: 'marketing',
  photography: 'photography',
  publicity: 'publicity',
  research: 'research',
  social_media: 'social_media',
  surveys: 'surveys',
} as const;
export const ConsentBasis = {
  consent: 'consent',
  explicit_consent: 'explicit_consent',
  legitimate_interests: 'legitimate_interests',
} as const;
export const ConsentChannel = {
  email: 'email',
  phone: 'phone',
  sms: 'sms',
  post: 'post',
  in_person: 'in_person',
  online: 'online',
} as const;
/** Who says yes for somebody: they themselves, or whoever may decide for them. */
export const ConsentGiver = {
  resident: 'resident',
  parent: 'parent',
  local_authority: 'local_authority',
  attorney: 'attorney',
  deputy: 'deputy',
} as const;
type Of<T> = T[keyof T];

/** What somebody agreed to. How they want to be reached is theirs alone, and goes when they ask. */
export class ConsentFacts {
  @Choice(pseudonymous, 'ConsentPurpose', ConsentPurpose) purpose!: Of<typeof ConsentPurpose>;
  @Choice(pseudonymous, 'ConsentBasis', ConsentBasis, { optional: true }) basis?: Of<typeof ConsentBasis>;
  @Choice(personal('consentBased'), 'ConsentChannel', ConsentChannel, { optional: true }) channel?: Of<typeof ConsentChannel>;
  @Text(pseudonymous, { optional: true, max: 36, pattern: UUID }) evidenceDocumentId?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The first day on which it no longer holds' }) expiresOn?: string;
  @Choice(pseudonymous, 'ConsentGiver', ConsentGiver, { optional: true, doc: 'Who has given it: the resident where it is left out; parent is whoever has parental responsibility' })
  givenBy?: Of<typeof ConsentGiver>;
  @Text(personal('consentBased'), { optional: true, max: 200, doc: 'Their name, where it is somebody else' }) givenByName?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'When it was found whether the resident can decide about this' }) capacityAssessedOn?: string;
  @Flag(sensitive, { optional: true, doc: 'What was found: they can' }) hasCapacity?: boolean;
}

/** A consent as it was given; it lasts until it expires, is withdrawn, or is given anew. */
export class Consent extends ConsentFacts {
  id!: string;
  @CivilDate(pseudonymous) givenOn!: string;
  @CivilDate(pseudonymous, { optional: true }) withdrawnOn?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'When it was given anew' }) replacedOn?: string;
}
