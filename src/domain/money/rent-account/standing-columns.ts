import { Choice, CivilDate, Flag, Pence, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous, sensitive } from '../../../kernel/privacy.js';
import { HbPayee } from './housing-benefit.js';
import type { Of } from './rent-account-children.js';

export const HbStatus = { pending: 'pending', awarded: 'awarded', suspended: 'suspended', ended: 'ended' } as const;
export const HbFrequency = { weekly: 'weekly', fortnightly: 'fortnightly', four_weekly: 'four_weekly', monthly: 'monthly' } as const;
/** From a first message to court (LED-5). */
export const ArrearsStage = { s1: 's1', s2: 's2', s3: 's3', s4: 's4', s5: 's5', s6: 's6' } as const;
export const BreathingSpaceKind = { standard: 'standard', mental_health: 'mental_health' } as const;
/** What a dispute or complaint about the rent is about. */
export const RentDisputeSubject = { charge: 'charge', service_charge: 'service_charge', payment: 'payment', benefit: 'benefit', repair: 'repair', other: 'other' } as const;
/** Who disputes the rent: the resident, or somebody for them. */
export const RentDisputeParty = { resident: 'resident', representative: 'representative', advice_agency: 'advice_agency' } as const;
export const RentDisputeOutcome = { upheld: 'upheld', partly_upheld: 'partly_upheld', not_upheld: 'not_upheld', withdrawn: 'withdrawn' } as const;
export const BenefitPaidBy = { housing_benefit: 'housing_benefit', universal_credit: 'universal_credit' } as const;

/** What is known of the Housing Benefit of an account. */
export class BenefitColumns {
  @Choice(pseudonymous, 'HbStatus', HbStatus, { optional: true, doc: 'Where the claim for Housing Benefit stands' }) hbStatus?: Of<typeof HbStatus>;
  @Pence(pseudonymous, { optional: true, decimal: 'hb_weekly', doc: 'What is awarded a week' }) hbWeeklyPence?: number;
  @Pence(pseudonymous, { optional: true, decimal: 'hb_shortfall', doc: 'What a week of the eligible charges comes to beyond the award, or the claim while it is pending' })
  hbShortfallPence?: number;
  @CivilDate(pseudonymous, { optional: true, doc: 'The first night of the award' }) hbFrom?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The first night without it' }) hbEndsOn?: string;
  @Choice(pseudonymous, 'HbFrequency', HbFrequency, { optional: true, doc: 'How often it is paid, in arrears' }) hbFrequency?: Of<typeof HbFrequency>;
  @Choice(pseudonymous, 'HbPayee', HbPayee, { optional: true, doc: 'To whom it is paid' }) hbPayee?: Of<typeof HbPayee>;
  @Text(personal('finance'), { optional: true, max: 100, doc: 'Reference of the council' }) hbReference?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'When it was claimed' }) hbClaimedOn?: string;
  @Flag(pseudonymous, { optional: true, doc: 'Whether the council has the evidence for the claim' }) hbEvidenceSupplied?: boolean;
  @CivilDate(pseudonymous, { optional: true, doc: 'When its last award or change was recorded' }) hbDecidedOn?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'When it last paid' }) lastHbOn?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'Since when the council is silent, where somebody is to ask it' }) hbSilentSince?: string;
  @Choice(pseudonymous, 'BenefitPaidBy', BenefitPaidBy, { optional: true, doc: 'Which benefit was asked to pay the landlord directly' })
  directPaymentFrom?: Of<typeof BenefitPaidBy>;
  @CivilDate(pseudonymous, { optional: true }) directPaymentRequestedOn?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'When Universal Credit was claimed, while that is not decided' }) ucClaimedOn?: string;
  @Flag(pseudonymous, { optional: true, doc: 'Whether the evidence for that claim is supplied' }) ucEvidenceSupplied?: boolean;
  @CivilDate(pseudonymous, { optional: true, doc: 'When Universal Credit was last awarded for the rent, unless it was refused later' }) ucAwardedOn?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The first day of the four weeks of the year for which Universal Credit pays nothing, if they come next' })
  ucGapFrom?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The last day of those weeks' }) ucGapUntil?: string;
}

/** What a social landlord has done before it goes to court, and what comes next (UK-T8). */
export class PreActionColumns extends BenefitColumns {
  @CivilDate(pseudonymous, { optional: true, doc: 'By when the resident is sent the next rent statement, while they are in arrears' }) statementDueOn?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'When they were last sent one' }) statementSentOn?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'Up to which day it went' }) statementTo?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'When they were last offered a plan that they can afford, or agreed to one' }) planOfferedOn?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The day on which the court hears the claim' }) courtHearingOn?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'By when they have a statement that is up to date for it' }) hearingStatementDueOn?: string;
}

/** How far the arrears of an account have gone, and what holds them up. */
export class StandingColumns extends PreActionColumns {
  @Choice(pseudonymous, 'ArrearsStage', ArrearsStage, { optional: true, doc: 'The last stage that was reached; none once nothing is owed' })
  arrearsStage?: Of<typeof ArrearsStage>;
  @CivilDate(pseudonymous, { optional: true }) arrearsStageOn?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'When the resident was last contacted about arrears' }) lastContactOn?: string;
  @CivilDate(pseudonymous, { optional: true }) welfareCheckOn?: string;
  @CivilDate(pseudonymous, { optional: true }) benefitCheckOn?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The last day of a pause' }) pausedUntil?: string;
  @Text(personal('finance'), { optional: true, max: 1000 }) pauseReason?: string;
  @CivilDate(pseudonymous, { optional: true }) breathingSpaceFrom?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The last day of the breathing space; open while it is absent' }) breathingSpaceUntil?: string;
  @Choice(sensitive, 'BreathingSpaceKind', BreathingSpaceKind, { optional: true }) breathingSpaceKind?: Of<typeof BreathingSpaceKind>;
  @CivilDate(pseudonymous, { optional: true, doc: 'The first day of the midway review' }) breathingSpaceReviewFrom?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The last day of the midway review' }) breathingSpaceReviewTo?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'Since when the resident disputes the rent' }) disputedOn?: string;
  @Choice(pseudonymous, 'RentDisputeSubject', RentDisputeSubject, { optional: true, doc: 'What the dispute is about' }) disputeAbout?: Of<typeof RentDisputeSubject>;
  @Choice(pseudonymous, 'RentDisputeParty', RentDisputeParty, { optional: true, doc: 'Who disputes it' }) disputeRaisedBy?: Of<typeof RentDisputeParty>;
  @Text(personal('finance'), { optional: true, max: 1000 }) disputeReason?: string;
  @CivilDate(pseudonymous, { optional: true }) noticeServedOn?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The last day of the notice' }) noticeExpiresOn?: string;
  @Ref(open, 'users', { optional: true, doc: 'Who proposed to go to court' }) courtProposedBy?: string;
  @Ref(pseudonymous, 'payment_agreements', { optional: true, doc: 'The payment plan that is kept' }) paymentPlanId?: string;
  @Pence(pseudonymous, { optional: true, decimal: 'final_balance', doc: 'The balance when the account was closed' }) finalBalancePence?: number;
}
