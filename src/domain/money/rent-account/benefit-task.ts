import { later, plusDays } from '../../../kernel/values.js';
import { monthlyEquivalent, weeklyTotal } from '../../weekly-charges.js';
import { priceOn } from './arrears.js';
import type { RentAccount } from './rent-account.js';

/** What somebody is to ask of a benefit office. */
export const BenefitTask = {
  check_claim_type: 'check_claim_type',
  chase_housing_benefit: 'chase_housing_benefit',
  request_direct_payment: 'request_direct_payment',
  request_managed_payment: 'request_managed_payment',
} as const;
export type BenefitTaskName = keyof typeof BenefitTask;

/** What of other records and of the organisation's figures decides what is to be asked. */
export interface BenefitView {
  readonly today: string;
  /** Category of the property (UK-T12); absent where nobody has said it. */
  readonly specifiedAccommodation?: string;
  /** UK-T11: from how many weeks of arrears on Housing Benefit is asked to pay the landlord. */
  readonly directWeeks: number;
  /** UK-T9: the same for Universal Credit, in months. */
  readonly managedMonths: number;
}

/** Categories in which Housing Benefit pays, and not Universal Credit. */
const BY_HOUSING_BENEFIT: readonly string[] = ['exempt', 'managed_property', 'refuge', 'la_hostel'];
/** For how long a payment of Universal Credit says that it is claimed. */
const CREDIT_DAYS = 364;

const lastOf = (...days: readonly (string | undefined)[]): string => days.reduce<string>((last, day) => later(last, day ?? ''), '');

/**
 * Whether the wrong benefit is claimed for a property of its category (UK-T12). It is the one that was heard of last: claimed,
 * awarded, asked to pay the landlord, or paid.
 */
function isWrongClaim(account: RentAccount, { today, specifiedAccommodation = '' }: BenefitView): boolean {
  const { hbStatus, directPaymentFrom, directPaymentRequestedOn } = account;
  const paid = account.receipts.filter(({ payer, reversedOn, receivedOn }) => payer === 'uc' && !reversedOn && receivedOn > plusDays(today, -CREDIT_DAYS));
  const asked = directPaymentFrom === 'universal_credit' ? directPaymentRequestedOn : undefined;
  const creditOn = lastOf(account.ucClaimedOn, account.ucAwardedOn, asked, ...paid.map(({ receivedOn }) => receivedOn));
  const housingBenefitOn = lastOf(account.hbClaimedOn, account.hbDecidedOn, account.lastHbOn);
  if (BY_HOUSING_BENEFIT.includes(specifiedAccommodation)) return creditOn > housingBenefitOn;
  return specifiedAccommodation === 'none' && (hbStatus === 'pending' || hbStatus === 'awarded') && housingBenefitOn > creditOn;
}

/**
 * What is to be asked of a benefit office, the most important of several, as the worktray of arrears shows it. What is asked because of
 * the size of the arrears stays until they are a week's charge below it: a payment that comes every week does not end it and
 * begin it again.
 */
export function benefitTaskOf(account: RentAccount, view: BenefitView): BenefitTaskName | undefined {
  const { status, hbStatus, hbPayee, collectablePence, receipts, benefitTask } = account;
  if (status === 'active' && isWrongClaim(account, view)) return 'check_claim_type';
  if (account.hbSilentSince) return 'chase_housing_benefit';
  const charges = priceOn(account, view.today);
  const week = weeklyTotal(charges);
  if (account.directPaymentRequestedOn || status !== 'active' || week === 0) return undefined;
  const owes = (task: BenefitTaskName, fromPence: number): boolean => collectablePence > 0 && collectablePence >= fromPence - (benefitTask === task ? week : 0);
  const direct = hbStatus === 'awarded' && hbPayee === 'resident' && owes('request_direct_payment', view.directWeeks * week);
  if (direct) return 'request_direct_payment';
  const managed = hbStatus === undefined && receipts.some(({ payer }) => payer === 'uc') && owes('request_managed_payment', view.managedMonths * monthlyEquivalent(charges));
  return managed ? 'request_managed_payment' : undefined;
}
