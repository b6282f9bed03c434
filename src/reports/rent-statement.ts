import { rentStatement, type StatedLine } from '../domain/money/rent-account/rent-statement.js';

/** A row as it was read. */
type Row = Readonly<Record<string, unknown>>;

/** A line of a statement as it is handed out; amounts are pence, what reduces the debt is negative. */
export interface HandedLine extends StatedLine {
  readonly periodFrom: unknown;
  readonly periodTo: unknown;
  /** Of a payment: by which way it came, and who paid. */
  readonly method: unknown;
  readonly payer: unknown;
  readonly corePence: unknown;
  readonly eligibleServicePence: unknown;
  readonly ineligibleServicePence: unknown;
  readonly supportPence: unknown;
  readonly reason: unknown;
}

/** The statement of an account: what a worker reads and hands out (UK-T8). */
export function handedStatement(account: Row, ledger: readonly Row[], receipts: readonly Row[], from: string, to: string) {
  const byId = new Map(receipts.map((one) => [one['id'], one]));
  const lines = ledger.toSorted((a, b) => Number(a['ordinal']) - Number(b['ordinal'])).map((line): HandedLine => {
    const receipt = byId.get(line['receiptId']);
    const { periodFrom, periodTo, corePence, eligibleServicePence, ineligibleServicePence, supportPence, reason } = line;
    const parts = { corePence, eligibleServicePence, ineligibleServicePence, supportPence };
    return {
      entryDate: String(line['entryDate']), lineType: line['lineType'] as HandedLine['lineType'], periodFrom, periodTo,
      method: receipt?.['method'] ?? null, payer: receipt?.['payer'] ?? null, ...parts, amountPence: Number(line['amountPence']), reason,
    };
  });
  const { id, reference, residentId, paymentReference, hbStatus, anticipatedHbPence } = account;
  return {
    rentAccountId: id, reference, residentId, paymentReference, ...rentStatement(lines, from, to),
    /** As the account stands now: what is known of the claim, and what Housing Benefit is still to pay. */
    hbStatus, anticipatedHbPence,
  };
}
export type HandedStatement = ReturnType<typeof handedStatement>;

const pounds = (pence: number): string => `${pence < 0 ? '-' : ''}${Math.floor(Math.abs(pence) / 100)}.${String(Math.abs(pence) % 100).padStart(2, '0')}`;
const DAY = { opening: 'Balance before', closing: 'Balance after' } as const;
const words: Readonly<Record<StatedLine['lineType'], string>> = {
  charge: 'Rent and charges', adjustment: 'Adjustment', payment: 'Payment', reversal: 'Payment taken back',
  clawback: 'Housing Benefit taken back by the council', refund: 'Refund', write_off: 'Written off',
};

/** The same as rows of a sheet: day, what it is, for which nights, amount and balance in pounds. */
export function statementSheet({ from, to, openingBalancePence, closingBalancePence, lines }: HandedStatement): readonly (readonly string[])[] {
  const period = ({ periodFrom, periodTo }: HandedLine): string => (periodFrom && periodTo ? `${String(periodFrom)} to ${String(periodTo)}` : '');
  return [
    ['date', 'what', 'nights', 'payer', 'amount', 'balance'],
    [from, DAY.opening, '', '', '', pounds(openingBalancePence)],
    ...lines.map((line) => [line.entryDate, words[line.lineType], period(line), String(line.payer ?? ''), pounds(line.amountPence), pounds(line.balancePence)]),
    [to, DAY.closing, '', '', '', pounds(closingBalancePence)],
  ];
}
