import type { RegisterEntry, RegisterQuestion } from '../../kernel/entity.js';
import { rule } from '../../kernel/rules.js';
import { plusDays } from '../../kernel/values.js';

/**
 * The register `books` of an organisation (owner = its id).
 *
 * | kind | held by | key |
 * |---|---|---|
 * | `closed` | financial period | month, `2026-09` |
 * | `budget` | budget that is not reversed | year, property where it is one's, and category |
 */
export const BOOKS_REGISTER = 'books';

type HeldEntry = RegisterEntry & { readonly target: string };

/** @param possible what may be in force, what is asked for included. @throws Refusal FIN-2, FIN-3 */
export function checkBooks(possible: readonly HeldEntry[], _certain: readonly HeldEntry[], { wanted }: RegisterQuestion): void {
  const twice = (kind: string): boolean =>
    wanted.some((one) => one.kind === kind && new Set(possible.filter((other) => other.kind === kind && other.key === one.key).map(({ target }) => target)).size > 1);
  rule('FIN-3', 'This month is closed already.', !twice('closed'), 'period', 409);
  rule('FIN-2', 'There is such a budget already: reverse it first.', !twice('budget'), 'category', 409);
}

/** The first closed month, such as 2026-09, that some nights `[from, to)` lie in. @param books what is held in the register of the organisation. */
export const closedMonthIn = (books: readonly RegisterEntry[], from: string, to: string | undefined): string | undefined =>
  books
    .filter(({ kind, key }) => kind === 'closed' && key >= from.slice(0, 7) && (to === undefined || `${key}-01` < to))
    .map(({ key }) => key)
    .sort()[0];

/** The first day after the last month that is closed; today, where that is earlier or nothing is closed. */
export function firstOpenDay(books: readonly RegisterEntry[], today: string): string {
  const last = books.filter(({ kind }) => kind === 'closed').map(({ key }) => key).sort().at(-1);
  const next = last === undefined ? today : `${plusDays(`${last}-01`, 31).slice(0, 7)}-01`;
  return next < today ? next : today;
}

/** Whether the month of a day is closed. @param books what is held in the register of the organisation. */
export const isClosed = (books: readonly RegisterEntry[], date: string): boolean =>
  books.some(({ kind, key }) => kind === 'closed' && key === date.slice(0, 7));
