import type { LedgerLine } from './rent-account-children.js';

/** A line of the ledger, as far as a statement goes. */
export type StatedLine = Pick<LedgerLine, 'lineType' | 'entryDate' | 'amountPence'>;

/** What happened on an account from one day to another, both included: the balance before, each line, the balance after. Amounts are pence; a credit is negative. */
export interface RentStatement<Line extends StatedLine> {
  readonly from: string;
  readonly to: string;
  readonly openingBalancePence: number;
  /** In the order of their days, those of one day as they were booked; each with the balance after it. */
  readonly lines: readonly (Line & { readonly balancePence: number })[];
  readonly chargedPence: number;
  readonly adjustedPence: number;
  /** Payments less those that were reversed; below nothing. */
  readonly receivedPence: number;
  /** Refunds, what was written off, and what Housing Benefit took back. */
  readonly otherPence: number;
  readonly closingBalancePence: number;
}

type Sum = 'chargedPence' | 'adjustedPence' | 'receivedPence' | 'otherPence';
const sumOf: Readonly<Record<StatedLine['lineType'], Sum>> = {
  charge: 'chargedPence', adjustment: 'adjustedPence', payment: 'receivedPence', reversal: 'receivedPence',
  clawback: 'otherPence', refund: 'otherPence', write_off: 'otherPence',
};

/**
 * The rent statement of some days (UK-T8): by the day on which a line counts, also where it was booked later. The balance before and
 * all lines come to the balance after.
 * @param ledger lines as they were booked, the first one first.
 */
export function rentStatement<Line extends StatedLine>(ledger: readonly Line[], from: string, to: string): RentStatement<Line> {
  const openingBalancePence = ledger.reduce((sum, { entryDate, amountPence }) => (entryDate < from ? sum + amountPence : sum), 0);
  const sums: Record<Sum, number> = { chargedPence: 0, adjustedPence: 0, receivedPence: 0, otherPence: 0 };
  let balancePence = openingBalancePence;
  const inside = ledger.filter(({ entryDate }) => from <= entryDate && entryDate <= to);
  const lines = inside.toSorted((a, b) => (a.entryDate < b.entryDate ? -1 : Number(a.entryDate > b.entryDate))).map((line) => {
    balancePence += line.amountPence;
    sums[sumOf[line.lineType]] += line.amountPence;
    return { ...line, balancePence };
  });
  return { from, to, openingBalancePence, lines, ...sums, closingBalancePence: balancePence };
}
