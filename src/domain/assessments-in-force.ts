import type { RegisterEntry } from '../kernel/entity.js';
import { daysBetween } from '../kernel/values.js';

/** Kinds of entries in the register of a resident that assessments hold while they are in force. */
export const INTAKE_ASSESSMENT = 'intake_assessment';
export const RISK_ASSESSMENT = 'risk_assessment';

type Entries = readonly RegisterEntry[];

/**
 * The latest entry of a kind that is in force on a day: not from after it, and at most so many days old.
 * @param entries what is held in the register of the resident.
 * @param days age in days up to which it counts: approved on the 1st it is one day old on the 2nd.
 */
export function inForceOn(entries: Entries, kind: string, on: string, days: number): RegisterEntry | undefined {
  const age = ({ from = on }: RegisterEntry): number => daysBetween(from, on);
  const counted = entries.filter((entry) => entry.kind === kind && age(entry) >= 0 && age(entry) <= days);
  return counted.sort((a, b) => age(a) - age(b))[0];
}

/** The entries of a kind that no other has taken the place of: one, or none. Whoever takes a place names it as its party. */
export function currentOf(entries: Entries, kind: string): RegisterEntry[] {
  const ofKind = entries.filter((entry) => entry.kind === kind);
  const replaced = new Set(ofKind.map(({ party }) => party));
  return ofKind.filter(({ key }) => !replaced.has(key));
}
/** The risk assessment of a resident that is in force: one, or none. */
export const currentRiskAssessments = (entries: Entries): RegisterEntry[] => currentOf(entries, RISK_ASSESSMENT);

/** Whether somebody has left, or will not come: nobody assesses them again. */
export const hasGone = ({ status }: { readonly status: string }): boolean => ['moved_out', 'declined', 'withdrawn', 'erased'].includes(status);
