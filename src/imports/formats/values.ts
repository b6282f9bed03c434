import { isCivilDate } from '../../kernel/values.js';

/** Highest amount of one row, in pence: a hundred million pounds. */
const MOST_PENCE = 10_000_000_000;

/**
 * Pounds as people and banks write them (`21.50`, `£1,234.56`, `-5.00`, `45`) in pence; undefined for what is no sum of
 * pounds and whole pence.
 */
export function penceOf(text: string): number | undefined {
  const match = /^(-?)£?(\d{1,3}(?:,\d{3})+|\d{1,12})(?:\.(\d{2}))?$/.exec(text.trim());
  if (!match) return undefined;
  const pence = Number(match[2]!.replaceAll(',', '')) * 100 + Number(match[3] ?? 0);
  if (pence > MOST_PENCE) return undefined;
  return match[1] === '-' ? 0 - pence : pence;
}

/** A civil date, `2026-10-26` or `26/10/2026`; undefined for what is none. */
export function dateOf(text: string): string | undefined {
  const british = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(text.trim());
  const date = british ? `${british[3]}-${british[2]}-${british[1]}` : text.trim();
  return isCivilDate(date) ? date : undefined;
}
