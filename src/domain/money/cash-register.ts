import type { RegisterEntry } from '../../kernel/entity.js';
import { rule } from '../../kernel/rules.js';

/**
 * The register `cash` of each year (owner = the year): every receipt of cash has a number of the organisation's, from 1 on and
 * without a gap, so that one that is missing is noticed.
 *
 * | kind | held by | key |
 * |---|---|---|
 * | `number` | rent account | the number |
 */
export const CASH_REGISTER = 'cash';

/** A receipt of cash that has a number. */
export interface CashReceipt {
  readonly cashYear?: number;
  readonly cashNumber?: number;
}

/** What receipts hold in the registers of their years. */
export const cashNumbersOf = (receipts: readonly CashReceipt[]): RegisterEntry[] =>
  receipts.flatMap(({ cashYear, cashNumber }) =>
    (cashYear && cashNumber ? [{ register: CASH_REGISTER, owner: String(cashYear), kind: 'number', key: String(cashNumber) }] : []));

/** Decides RNT-8. @throws Refusal */
export function checkCashNumbers(possible: readonly (RegisterEntry & { readonly target: string })[]): void {
  const holders = Map.groupBy(possible, ({ key }) => key);
  const once = [...holders.values()].every((entries) => new Set(entries.map(({ target }) => target)).size === 1);
  rule('RNT-8', 'This number of cash was just given to another receipt: record it again.', once, undefined, 409);
}
