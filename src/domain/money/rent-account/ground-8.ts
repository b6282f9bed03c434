import { monthlyEquivalent, type WeeklyCharges, weeklyTotal } from '../../weekly-charges.js';

/** Arrears from which on ground 8 of schedule 2 of the Housing Act 1988 gives possession of an assured tenancy (UK-T3). */
const WEEKS = 13;
const MONTHS = 3;

/** How it stands with the arrears that ground 8 asks for. */
export interface Ground8 {
  /** What is owed of the rent; what Housing Benefit is still to pay is left out. */
  readonly arrearsPence: number;
  /** From how much on. */
  readonly thresholdPence: number;
  readonly isMet: boolean;
}

/**
 * Three months' rent where it is payable monthly, thirteen weeks' where it is payable by the week, fortnight or four weeks. The law
 * asks for it twice: when the notice is served and at the hearing.
 */
export function ground8(arrearsPence: number, charges: WeeklyCharges, frequency = 'weekly'): Ground8 {
  const thresholdPence = frequency === 'monthly' ? MONTHS * monthlyEquivalent(charges) : WEEKS * weeklyTotal(charges);
  return { arrearsPence, thresholdPence, isMet: thresholdPence > 0 && arrearsPence >= thresholdPence };
}
