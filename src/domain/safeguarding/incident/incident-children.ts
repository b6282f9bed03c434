import { Choice, Instant, Ref, Text } from '../../../kernel/fields.js';
import { open, pseudonymous, sensitive, special } from '../../../kernel/privacy.js';

export const PersonRole = {
  subject: 'subject',
  witness: 'witness',
  reporter: 'reporter',
  first_responder: 'first_responder',
  victim: 'victim',
  perpetrator: 'perpetrator',
} as const;
const told = special('safeguarding');

/** Who took part in an incident: a resident or a user by reference, anybody else in words. */
export class IncidentPersonFacts {
  @Ref(pseudonymous, 'residents', { optional: true }) residentId?: string;
  @Ref(pseudonymous, 'users', { optional: true }) userId?: string;
  @Text(told, { optional: true, max: 200, doc: 'Somebody who is neither a resident nor a user' }) otherPerson?: string;
  @Choice(sensitive, 'IncidentPersonRole', PersonRole) role!: (typeof PersonRole)[keyof typeof PersonRole];
  @Text(told, { optional: true, max: 20_000 }) injuries?: string;
}
/** Somebody who took part in an incident. */
export class IncidentPerson extends IncidentPersonFacts {
  id!: string;
}

/** What is to be done about an incident. */
export class IncidentActionFacts {
  @Text(told, { max: 20_000 }) description!: string;
  @Ref(pseudonymous, 'users', { optional: true }) assigneeId?: string;
  @Instant(open, { optional: true }) dueAt?: string;
}
/** An action; done once it is completed. */
export class IncidentAction extends IncidentActionFacts {
  id!: string;
  @Text(told, { optional: true, max: 20_000 }) outcome?: string;
  @Instant(open, { optional: true }) completedAt?: string;
  @Ref(pseudonymous, 'users', { optional: true }) completedBy?: string;
}
