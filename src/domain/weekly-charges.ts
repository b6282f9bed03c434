import { Pence } from '../kernel/fields.js';
import { pseudonymous } from '../kernel/privacy.js';
import { roundHalfUp } from '../kernel/values.js';

/**
 * What a week costs, by component, in integer pence. Rooms, agreements and rent accounts say it in the same words:
 * `weeklyCharges { corePence, eligibleServicePence, ineligibleServicePence, supportPence }` in events and JSON.
 * Eligible service charges may be met by Housing Benefit, ineligible ones and support may not.
 */
export class WeeklyCharges {
  @Pence(pseudonymous, { doc: 'Core rent a week' }) corePence!: number;
  @Pence(pseudonymous, { doc: 'Service charges a week that Housing Benefit may meet' }) eligibleServicePence!: number;
  @Pence(pseudonymous, { doc: 'Service charges a week that the resident pays' }) ineligibleServicePence!: number;
  @Pence(pseudonymous, { doc: 'Support charge a week' }) supportPence!: number;
}

/** The four components of a week as an entity's own fields: columns `weekly_core_pence` … beside the seed's `weekly_core` …. */
export class WeeklyColumns {
  @Pence(pseudonymous, { decimal: 'weekly_core' }) weeklyCorePence!: number;
  @Pence(pseudonymous, { decimal: 'weekly_eligible_sc' }) weeklyEligibleServicePence!: number;
  @Pence(pseudonymous, { decimal: 'weekly_ineligible_sc' }) weeklyIneligibleServicePence!: number;
  @Pence(pseudonymous, { decimal: 'weekly_support' }) weeklySupportPence!: number;
}

/** The weekly charges spread over an entity's columns. */
export const columnsOf = (charges: WeeklyCharges): WeeklyColumns => ({
  weeklyCorePence: charges.corePence,
  weeklyEligibleServicePence: charges.eligibleServicePence,
  weeklyIneligibleServicePence: charges.ineligibleServicePence,
  weeklySupportPence: charges.supportPence,
});

/** The weekly charges that an entity's columns hold. */
export const chargesIn = (columns: WeeklyColumns): WeeklyCharges => ({
  corePence: columns.weeklyCorePence,
  eligibleServicePence: columns.weeklyEligibleServicePence,
  ineligibleServicePence: columns.weeklyIneligibleServicePence,
  supportPence: columns.weeklySupportPence,
});

/** The sum of the components, in pence a week (AGR-9). */
export const weeklyTotal = (charges: WeeklyCharges): number =>
  charges.corePence + charges.eligibleServicePence + charges.ineligibleServicePence + charges.supportPence;

/** Whether two weeks cost the same, component by component. */
export const sameCharges = (a: WeeklyCharges, b: WeeklyCharges): boolean =>
  a.corePence === b.corePence && a.eligibleServicePence === b.eligibleServicePence &&
  a.ineligibleServicePence === b.ineligibleServicePence && a.supportPence === b.supportPence;

/** What a calendar month comes to: weekly × 52 / 12, half up, in pence. */
export const monthlyEquivalent = (charges: WeeklyCharges): number => roundHalfUp(weeklyTotal(charges), 52, 12);
