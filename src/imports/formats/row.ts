import type { RowProblem } from '../../domain/money/import-batch/row-problems.js';
import type { Payer, PaymentMethod } from '../../domain/money/payment.js';

/** Money that came in, as a file says. */
export interface PaymentRow {
  readonly line: number;
  /** Civil date in London. */
  readonly on: string;
  readonly amountPence: number;
  readonly method: keyof typeof PaymentMethod;
  readonly payer?: keyof typeof Payer;
  /** What may name the account, in capitals and without spaces: one of them does, or none. */
  readonly references: readonly string[];
  /** What the payer quoted, for people. */
  readonly paymentReference?: string;
  readonly payerName?: string;
  /** The bank's, council's or till's own reference of this payment; none where the file has none. */
  readonly externalRef?: string;
  /** Of cash: number of the receipt that was given for it, and who signed (RNT-6). */
  readonly receiptNumber?: string;
  readonly firstSignature?: string;
  readonly secondSignature?: string;
}

/** What a file says of one letting, by the questions of the lettings return: `field1` to `field147`. */
export interface LettingRow {
  readonly line: number;
  readonly tenantCode: string;
  /** Civil date of the first day. */
  readonly startOn: string;
  readonly answers: Readonly<Record<string, string>>;
}

/** A row that is not posted, and why. */
export interface OtherRow {
  readonly line: number;
  /** `skipped` is money that is none for us; `rejected` is a mistake in the file. */
  readonly outcome: 'skipped' | 'rejected';
  readonly code: RowProblem;
  readonly amountPence?: number;
}

export type FileRow = PaymentRow | LettingRow | OtherRow;
/** What a format makes of text that comes in pieces. @throws Unreadable */
export type Format = (text: AsyncIterable<string>) => AsyncGenerator<FileRow>;

export const isPayment = (row: FileRow): row is PaymentRow => !('code' in row) && !('answers' in row);
export const isLetting = (row: FileRow): row is LettingRow => 'answers' in row;
export const rejected = (line: number, code: RowProblem): OtherRow => ({ line, outcome: 'rejected', code });

/** A file is not what it is said to be: nothing of it is posted. The message is shown as it is and quotes nothing of it. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/** A reference as it is compared: in capitals and without spaces. */
export const referenceKey = (text: string): string => text.normalize('NFKC').toUpperCase().replaceAll(/\s+/g, '');

/** Longest text of a payment that is kept for people. */
const MOST_TEXT = 200;
/** Text of a file as one line, or undefined where nothing is left of it. */
export function wordsOf(text: string | undefined, most = MOST_TEXT): string | undefined {
  const clean = (text ?? '').normalize('NFC').toWellFormed().replaceAll(/[^\P{C}\n\t]/gu, ' ').replaceAll(/\s+/g, ' ').trim();
  return clean === '' ? undefined : [...clean].slice(0, most).join('').trim();
}
