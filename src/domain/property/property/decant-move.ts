import { Choice, CivilDate, Flag, Ref, Text } from '../../../kernel/fields.js';
import { open, pseudonymous } from '../../../kernel/privacy.js';

type Of<T> = T[keyof T];
/** Where somebody goes whose house is emptied. */
export const DecantPlace = {
  our_room: 'our_room',
  other_provider: 'other_provider',
  temporary_accommodation: 'temporary_accommodation',
  family_or_friends: 'family_or_friends',
  own_home: 'own_home',
} as const;
export const DecantMoveStatus = { open: 'open', done: 'done', waived: 'waived' } as const;

/** What a decant plan says of one person: where they go, and by when. It is done when they have left, and waived when the house is in use again. */
export class DecantMove {
  id!: string;
  @Text(open, { max: 36, doc: 'The plan that it is a part of' }) decantPlanId!: string;
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Ref(open, 'property_rooms', { doc: 'Where they live, or are expected, as it is planned' }) roomId!: string;
  @Choice(pseudonymous, 'DecantPlace', DecantPlace) place!: Of<typeof DecantPlace>;
  @Ref(open, 'property_rooms', { optional: true, doc: 'The room that is meant for them' }) toRoomId?: string;
  @CivilDate(pseudonymous, { doc: 'The last day on which they move' }) moveBy!: string;
  @Choice(open, 'DecantMoveStatus', DecantMoveStatus) status!: Of<typeof DecantMoveStatus>;
  @CivilDate(pseudonymous, { optional: true, doc: 'The day on which they left, or were expected no more' }) doneOn?: string;
  @Text(pseudonymous, { optional: true, max: 36, doc: 'The move by which they left' }) leftByMoveId?: string;
  @Flag(open, { optional: true, doc: 'It was told that they had not moved in time' }) overdue?: boolean;
}
