import { Choice, CivilDate, Instant, List, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';

type Of<T> = T[keyof T];
export const OccurrenceStatus = { scheduled: 'scheduled', in_progress: 'in_progress', completed: 'completed', cancelled: 'cancelled' } as const;
export const InvitationResponse = { pending: 'pending', accepted: 'accepted', declined: 'declined', tentative: 'tentative' } as const;

/** One time at which an event is: a single event has one, a series one for each of its dates. */
export class Occurrence {
  id!: string;
  @CivilDate(open, { doc: 'The date that it has in the series, also once it was moved' }) occurrenceDate!: string;
  @Instant(open) startTime!: string;
  @Instant(open) endTime!: string;
  @Choice(open, 'OccurrenceStatus', OccurrenceStatus) status!: Of<typeof OccurrenceStatus>;
  @Ref(open, 'users') organizer!: string;
  @Ref(pseudonymous, 'residents', { optional: true }) residentId?: string;
  @Ref(open, 'properties', { optional: true }) propertyId?: string;
  @List(pseudonymous, { optional: true, doc: 'Ids of those who came' }) attended?: string[];
  @List(pseudonymous, { optional: true, doc: 'Ids of those who did not come and had not said so' }) dna?: string[];
  @Instant(open, { optional: true, doc: 'When everybody was reminded of it' }) remindedAt?: string;

  get isPending(): boolean {
    return this.status === 'scheduled' || this.status === 'in_progress';
  }
}

/** A London date on which a series is. */
export class SeriesDate {
  @CivilDate(open) on!: string;
}

/** Somebody who is invited: a user or a resident by id, anybody else in words. */
export class InvitedFacts {
  @Ref(pseudonymous, 'users', { optional: true }) userId?: string;
  @Ref(pseudonymous, 'residents', { optional: true }) residentId?: string;
  @Text(personal('identity'), { optional: true }) otherPerson?: string;
}
/** The same with an id: that of the user or resident, where it is one. */
export class Invited extends InvitedFacts {
  id!: string;
}
/** An attendee, with what they answered. */
export class Attendee extends Invited {
  @Choice(pseudonymous, 'InvitationResponse', InvitationResponse) response!: Of<typeof InvitationResponse>;
}
