import { Choice, CivilDate, List, Pence, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous, sensitive } from '../../../kernel/privacy.js';
import { WeeklyColumns } from '../../weekly-charges.js';

type Of<T> = T[keyof T];
export const DepositStatus = { taken: 'taken', protected: 'protected', returned: 'returned' } as const;
/** The schemes that the law knows in England and Wales. */
export const DepositScheme = { dps: 'dps', mydeposits: 'mydeposits', tds: 'tds' } as const;
/** Why a deposit need not be in a scheme. */
export const Unprotected = { licence: 'licence', social_tenancy: 'social_tenancy' } as const;

/** What is kept of a deposit, and why. */
export class DepositDeduction {
  @Text(personal('finance'), { max: 500 }) reason!: string;
  @Pence(pseudonymous, { min: 1 }) amountPence!: number;
}

/** Who ends it, and under which law. */
export const NoticeKind = {
  landlord_ntq: 'landlord_ntq',
  landlord_s8: 'landlord_s8',
  landlord_licence: 'landlord_licence',
  resident: 'resident',
} as const;
export const NoticeMethod = {
  by_hand: 'by_hand',
  left_at_address: 'left_at_address',
  first_class_post: 'first_class_post',
  email: 'email',
} as const;

/** What a notice says. */
export class NoticeFacts {
  @Choice(pseudonymous, 'NoticeKind', NoticeKind) kind!: Of<typeof NoticeKind>;
  @List(sensitive, { optional: true, max: 20, pattern: /^\d{1,2}[A-Z]{0,2}$/, doc: 'Grounds of schedule 2 of the Housing Act 1988' }) grounds?: string[];
  @CivilDate(pseudonymous) servedOn!: string;
  @Choice(pseudonymous, 'NoticeMethod', NoticeMethod) method!: Of<typeof NoticeMethod>;
}
/** A notice that was served, by whichever side. */
export class Notice extends NoticeFacts {
  id!: string;
  @CivilDate(pseudonymous, { doc: 'The day on which it counts as served' }) deemedServedOn!: string;
  @CivilDate(pseudonymous, { doc: 'Its last day' }) expiresOn!: string;
  @Text(personal('location'), { optional: true, max: 1000, subject: 'residentId', doc: 'Why no order of a court is needed' }) noCourtOrderReason?: string;
  @CivilDate(pseudonymous, { optional: true }) withdrawnOn?: string;
  @Text(pseudonymous, { max: 36 }) residentId!: string;
}

/** The way to possession, in this order. */
export const PossessionStage = { claim: 'claim', hearing: 'hearing', order: 'order', warrant: 'warrant' } as const;
/** A step of it that was taken. */
export class PossessionStep {
  id!: string;
  @Choice(pseudonymous, 'PossessionStage', PossessionStage) step!: Of<typeof PossessionStage>;
  @CivilDate(pseudonymous) on!: string;
  @Text(pseudonymous, { optional: true, max: 60, doc: 'Number of the case' }) courtReference?: string;
}

/** What a week costs from a day on. */
export class RentVariation extends WeeklyColumns {
  id!: string;
  @CivilDate(open) effectiveFrom!: string;
  @CivilDate(open) noticeServedOn!: string;
}
