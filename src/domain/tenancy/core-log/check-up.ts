import { CHARGES, CoreRow, type CoreValues } from './core-row.js';
import type { About, CoreCheck, Finding } from './core-check.js';
import { hardChecks } from './hard-checks.js';
import { softChecks } from './soft-checks.js';
import { daysBetween } from '../../../kernel/values.js';

/** What is worked out of the answers of a letting. */
export interface Derived {
  /** Charges a period, in pence, where all four are given. */
  readonly totalChargePence?: number;
  /** The same a week, half up. */
  readonly weeklyChargePence?: number;
  /** Days from the void date, or from the end of major repairs, to the start. */
  readonly vacantDays?: number;
  readonly householdMembers: number;
}
/** What came of checking the answers of a letting. */
export interface CheckUp {
  readonly hard: readonly Finding[];
  readonly soft: readonly Finding[];
  readonly derived: Derived;
}

const found = (checks: readonly CoreCheck[], row: CoreRow, about: About): Finding[] =>
  checks.flatMap(({ code, broken }) => [...new Set(broken(row, about))].sort((a, b) => a - b).map((field) => ({ code, field })));

function derivedOf(row: CoreRow): Derived {
  const [start, since] = [row.day(8), row.day(32) ?? row.day(29)];
  const total = row.isCharged && CHARGES.every((field) => !row.isBlank(field)) ? row.totalPence : undefined;
  const weekly = row.weekly(total);
  return {
    householdMembers: row.household().length,
    ...(total === undefined ? {} : { totalChargePence: total }),
    ...(weekly === undefined ? {} : { weeklyChargePence: weekly }),
    ...(start !== undefined && since !== undefined && since <= start ? { vacantDays: daysBetween(since, start) } : {}),
  };
}

/** Checks the answers of a letting against every rule, and works out what follows from them. */
export function checkUp(values: CoreValues, about: About): CheckUp {
  const row = new CoreRow(values);
  return { hard: found(hardChecks, row, about), soft: found(softChecks, row, about), derived: derivedOf(row) };
}

/** What makes two rows one letting for the service: owner, start, tenant code, address, lead tenant, and the sum of the charges. */
export function duplicateKey(values: CoreValues): string {
  const row = new CoreRow(values);
  const parts = [1, 8, 9, 10, 13, 18, 19, 23, 24, 41, 42, 47].map((field) => row.text(field));
  return JSON.stringify([...parts, row.totalPence ?? null]);
}
