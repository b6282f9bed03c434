import { sameCharges, weeklyTotal, type WeeklyCharges } from '../weekly-charges.js';

/** Integer pence by component, of a week or a part of one; signed where it is a change. */
export type Components = Readonly<WeeklyCharges>;
export type Component = keyof Components;

export const COMPONENTS = ['corePence', 'eligibleServicePence', 'ineligibleServicePence', 'supportPence'] as const satisfies readonly Component[];
/** What Housing Benefit may meet. */
export const ELIGIBLE: readonly Component[] = ['corePence', 'eligibleServicePence'];
/** What the resident pays in any case. */
export const INELIGIBLE: readonly Component[] = ['ineligibleServicePence', 'supportPence'];

/** Components, each worked out by itself; adding 0 makes a plain zero of a negative one. */
export const each = (amount: (component: Component) => number): Components => ({
  corePence: amount('corePence') + 0,
  eligibleServicePence: amount('eligibleServicePence') + 0,
  ineligibleServicePence: amount('ineligibleServicePence') + 0,
  supportPence: amount('supportPence') + 0,
});
export const NOTHING: Components = each(() => 0);
export const plus = (a: Components, b: Components): Components => each((one) => a[one] + b[one]);
export const minus = (a: Components, b: Components): Components => each((one) => a[one] - b[one]);
export const totalOf = (of: Components): number => weeklyTotal(of);
export const isNothing = (of: Components): boolean => COMPONENTS.every((one) => of[one] === 0);
export const isSame = (a: Components, b: Components): boolean => sameCharges(a, b);
