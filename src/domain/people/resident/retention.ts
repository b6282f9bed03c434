import { type Scope } from '../../../kernel/privacy.js';
import { Sealed, Tombstone } from '../../../kernel/sealed.js';
import { ageOn } from '../../../kernel/values.js';
import { ADULT } from '../../ages.js';
import { type Resident, SCOPES } from './resident.js';

/** Years that a scope is kept after its owner has left, and the code of the schedule that says so. */
const schedule: Partial<Record<Scope, { code: string; years: number; fromYearEnd?: boolean }>> = {
  identity: { code: 'R-TEN', years: 6 },
  contact: { code: 'R-TEN', years: 6 },
  location: { code: 'R-TEN', years: 6 },
  finance: { code: 'R-FIN', years: 6, fromYearEnd: true },
  health: { code: 'R-SUP', years: 7 },
  safeguarding: { code: 'R-SG25', years: 25 },
};
const CARE_RECORD_YEARS = 75;

/** The same day some years later; 29 February becomes the 28th where there is none. */
function yearsLater(date: string, years: number): string {
  const year = Number(date.slice(0, 4)) + years;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return `${year}${date.slice(4) === '-02-29' && !leap ? '-02-28' : date.slice(4)}`;
}
/** The last day, 31 March, of the financial year that a date lies in. */
const financialYearEnd = (date: string): string => `${Number(date.slice(0, 4)) + (date.slice(5) > '03-31' ? 1 : 0)}-03-31`;

/** Of who died under 18. */
const CHILD_DEATH_YEARS = 15;

/**
 * 75 years from birth, 15 from the death of a child; to the end of that year where only the year is known of the date: what
 * the other record of somebody holds is sealed.
 */
function careRecordEnd({ dateOfBirth, diedOn }: { readonly dateOfBirth: unknown; readonly diedOn?: string }): string {
  if (typeof dateOfBirth === 'string') {
    const child = diedOn !== undefined && diedOn !== null && ageOn(dateOfBirth, diedOn) < ADULT;
    return child ? yearsLater(diedOn, CHILD_DEATH_YEARS) : yearsLater(dateOfBirth, CARE_RECORD_YEARS);
  }
  const year = dateOfBirth instanceof Tombstone || dateOfBirth instanceof Sealed ? Number(dateOfBirth.kept) : NaN;
  return Number.isInteger(year) ? `${year + CARE_RECORD_YEARS}-12-31` : 'further notice';
}

/** Until when the law has a scope kept (last day), and by which code; undefined where nothing has. */
export function keptUntil(resident: Resident, scope: Scope): { code: string; until: string } | undefined {
  const { moveOutDate } = resident;
  // Of somebody who was never placed nothing is kept; what rests on consent alone goes at once.
  if (!moveOutDate || scope === 'consentBased') return undefined;
  if (resident.everLookedAfter) return { code: 'R-CH75', until: careRecordEnd(resident) };
  const rule = schedule[scope];
  return rule && { code: rule.code, until: yearsLater(rule.fromYearEnd ? financialYearEnd(moveOutDate) : moveOutDate, rule.years) };
}

/**
 * What must be kept of a resident, by scope, and why: retention that is not over, and what is open elsewhere.
 * @param blockers lines `scope:reason`; `all:reason` is about every scope.
 * @param others further records of the same person, which were merged: what keeps one keeps all of them.
 */
export function retained(resident: Resident, today: string, blockers: readonly string[], others: readonly Resident[] = []): ReadonlyMap<Scope, readonly string[]> {
  const kept = new Map<Scope, string[]>();
  const keep = (scope: Scope, reason: string): void => void kept.set(scope, [...(kept.get(scope) ?? []), reason]);
  for (const scope of SCOPES) {
    if (resident.erasedScopes.includes(scope)) continue;
    for (const record of [resident, ...others]) {
      const { code, until } = keptUntil(record, scope) ?? {};
      if (until && today <= until) keep(scope, `${code} until ${until}`);
    }
    for (const line of blockers) {
      const [of, ...reason] = line.split(':');
      if (of === scope || of === 'all') keep(scope, reason.join(':'));
    }
  }
  return kept;
}
