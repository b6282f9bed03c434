import type { Agreement } from './tenancy/agreement/agreement.js';

/** Days after which a fee for late rent may be charged at all (Tenant Fees Act 2019, schedule 1). */
export const LATE_FEE_AFTER = 14;
/** The most that may be asked over the base rate, in hundredths of a percent a year. */
const MOST_OVER_BASE = 300;
/** Tenancies and licences that the Act is about; of social tenancies no such fee is asked. */
const ALLOWED: readonly string[] = ['license', 'excluded_licence', 'assured_shorthold', 'assured_periodic'];

type Clause = Pick<Agreement, 'agreementType'> & { lateFeeBasisPoints?: number | null; lateFeeAfterDays?: number | null };

/** Why the law does not allow what an agreement says of late rent, and in which field of it; undefined where it does (RNT-3, UK-T17). */
export function lateFeeProblem({ agreementType, lateFeeBasisPoints, lateFeeAfterDays }: Clause): { readonly field: string; readonly sentence: string } | undefined {
  if (typeof lateFeeBasisPoints !== 'number') {
    return typeof lateFeeAfterDays === 'number' ? { field: 'lateFeeAfterDays', sentence: 'Say what the fee for late rent is, too.' } : undefined;
  }
  if (!ALLOWED.includes(agreementType)) return { field: 'lateFeeBasisPoints', sentence: 'No fee for late rent is asked under this kind of agreement.' };
  if (lateFeeBasisPoints > MOST_OVER_BASE) return { field: 'lateFeeBasisPoints', sentence: 'A fee for late rent is 3 % a year over the base rate at most.' };
  if (typeof lateFeeAfterDays === 'number' && lateFeeAfterDays < LATE_FEE_AFTER) {
    return { field: 'lateFeeAfterDays', sentence: `No fee is charged before rent is ${LATE_FEE_AFTER} days late.` };
  }
  return undefined;
}
