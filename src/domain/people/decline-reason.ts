/** Why a referral or an application is declined: told for each, so that it can be seen whom it meets (REF-4). */
export const DeclineReason = {
  no_vacancy: 'no_vacancy',
  needs_too_high: 'needs_too_high',
  needs_too_low: 'needs_too_low',
  risk_to_others: 'risk_to_others',
  risk_from_others: 'risk_from_others',
  outside_age_range: 'outside_age_range',
  outside_area: 'outside_area',
  not_eligible: 'not_eligible',
  funding_not_agreed: 'funding_not_agreed',
  service_full: 'service_full',
  duplicate: 'duplicate',
  did_not_engage: 'did_not_engage',
  offer_refused: 'offer_refused',
  other: 'other',
} as const;
export type DeclineReasonCode = (typeof DeclineReason)[keyof typeof DeclineReason];
