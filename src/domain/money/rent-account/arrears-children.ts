import { Choice, CivilDate, Pence, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';
import type { Of } from './rent-account-children.js';
import { ArrearsStage } from './standing-columns.js';

/** What is done about arrears; what the stages do among it. */
export const ArrearsAction = {
  sms: 'sms', letter_1: 'letter_1', letter_2: 'letter_2', notice_consideration: 'notice_consideration', court_warning: 'court_warning', court: 'court',
  email: 'email', letter: 'letter', phone_call: 'phone_call', visit: 'visit',
  welfare_check: 'welfare_check', benefit_check: 'benefit_check', notice_served: 'notice_served',
  rent_statement: 'rent_statement', plan_offered: 'plan_offered', dispute_raised: 'dispute_raised', dispute_resolved: 'dispute_resolved',
} as const;
export type Action = Of<typeof ArrearsAction>;
/** What a person records; the rest comes with the stages. */
export const RecordedAction = {
  sms: 'sms', letter_1: 'letter_1', letter_2: 'letter_2', court_warning: 'court_warning',
  email: 'email', letter: 'letter', phone_call: 'phone_call', visit: 'visit',
  welfare_check: 'welfare_check', benefit_check: 'benefit_check', notice_served: 'notice_served',
} as const;

/** A rent statement and the offer of a plan tell and ask for nothing: they keep nobody waiting, and may be sent in a breathing space. */
const NO_CONTACT: readonly Action[] = ['welfare_check', 'benefit_check', 'notice_consideration', 'court', 'rent_statement', 'plan_offered', 'dispute_raised', 'dispute_resolved'];
/** Whether something asks the resident for the debt: between two of these some days pass, and a breathing space bars them. */
export const isContact = (action: Action): boolean => !NO_CONTACT.includes(action);

export const WriteOffStatus = { requested: 'requested', approved: 'approved', rejected: 'rejected' } as const;

/** Something that was done about arrears. */
export class ArrearsActionRow {
  id!: string;
  @Ref(pseudonymous, 'residents') residentId!: string;
  @CivilDate(pseudonymous) takenOn!: string;
  @Choice(pseudonymous, 'ArrearsActionKind', ArrearsAction) action!: Action;
  @Choice(pseudonymous, 'ArrearsStage', ArrearsStage, { optional: true, doc: 'The stage that was reached with it' }) stage?: Of<typeof ArrearsStage>;
  @Pence(pseudonymous, { decimal: 'collectable', doc: 'What the resident owed then' }) collectablePence!: number;
  @Text(personal('finance'), { optional: true, max: 1000 }) notes?: string;
  @Text(open, { max: 36, doc: 'A user, or a process of the product' }) takenBy!: string;
}

/** A debt that somebody asked to give up, and what became of it. */
export class WriteOffRow {
  id!: string;
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Pence(pseudonymous, { decimal: 'amount' }) amountPence!: number;
  @Choice(pseudonymous, 'WriteOffStatus', WriteOffStatus) status!: Of<typeof WriteOffStatus>;
  @Text(personal('finance'), { max: 1000 }) reason!: string;
  @CivilDate(pseudonymous) requestedOn!: string;
  @Ref(open, 'users') requestedBy!: string;
  @CivilDate(pseudonymous, { optional: true }) decidedOn?: string;
  @Ref(open, 'users', { optional: true }) decidedBy?: string;
  @Text(personal('finance'), { optional: true, max: 1000, doc: 'Why it was rejected' }) rejectionReason?: string;
}
