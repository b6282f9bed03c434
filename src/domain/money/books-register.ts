import type { RegisterEntry, RegisterQuestion } from '../../kernel/entity.js';
import { rule } from '../../kernel/rules.js';

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

/** Whether the month of a day is closed. @param books what is held in the register of the organisation. */
export const isClosed = (books: readonly RegisterEntry[], date: string): boolean =>
  books.some(({ kind, key }) => kind === 'closed' && key === date.slice(0, 7));
