import { PaymentMethod } from '../../domain/money/payment.js';
import { delimitedRows } from './delimited.js';
import { referenceKey, rejected, wordsOf, type FileRow, type Format } from './row.js';
import { dateOf, penceOf } from './values.js';

type Values = Readonly<Record<string, string>>;
const MOST_REFERENCE = 100;

/** What both kinds of file say in the same way; or what is wrong with the row. */
function common(line: number, values: Values, quoted: string): FileRow | { readonly on: string; readonly amountPence: number } {
  const on = dateOf(values['date']!);
  if (on === undefined) return rejected(line, 'date');
  const amountPence = penceOf(values['amount']!);
  if (amountPence === undefined || amountPence === 0) return rejected(line, 'amount');
  if (amountPence < 0) return rejected(line, 'amount_negative');
  return quoted.length > MOST_REFERENCE ? rejected(line, 'too_long') : { on, amountPence };
}

function cashRow(line: number, values: Values): FileRow {
  const read = common(line, values, values['reference']!);
  if ('code' in read) return read;
  const method = (values['method'] || 'cash').toLowerCase().replaceAll(/[\s-]+/g, '_');
  if (!Object.hasOwn(PaymentMethod, method)) return rejected(line, 'method');
  return {
    line, ...read, method: method as keyof typeof PaymentMethod, ...quotedAs(values['reference']!),
    ...named(values['payer']), ...known(values['transaction']), ...signed(values),
  };
}

function housingBenefitRow(line: number, values: Values): FileRow {
  const read = common(line, values, values['claim']!);
  if ('code' in read) return read;
  const wrong = wrongOf(values['period_from'], values['period_to']);
  if (wrong) return rejected(line, wrong);
  // One payment of the council is for many claims, and may be for several periods of one of them.
  const parts = [values['payment'], values['payment'] && values['period_from']].filter(Boolean).join(' ');
  return { line, ...read, method: 'housing_benefit', payer: 'hb', ...quotedAs(values['claim']!), ...named(values['claimant']), ...known(parts) };
}

/** What is wrong with the days that a row is for; either may be left out. */
function wrongOf(from: string | undefined, to: string | undefined): 'period_from' | 'period_to' | undefined {
  const [first, last] = [from, to].map((day) => (day ? dateOf(day) : undefined));
  if (from && first === undefined) return 'period_from';
  return to && (last === undefined || (first !== undefined && last < first)) ? 'period_to' : undefined;
}

const quotedAs = (text: string) => ({ references: text === '' ? [] : [referenceKey(text)], ...(text === '' ? {} : { paymentReference: text }) });
const named = (text: string | undefined) => (wordsOf(text) === undefined ? {} : { payerName: wordsOf(text)! });
const known = (text: string | undefined) => (text ? { externalRef: text.slice(0, MOST_REFERENCE) } : {});

/** What cash above a limit must have. */
function signed(values: Values): object {
  const [receiptNumber, firstSignature, secondSignature] = [values['receipt_number'], values['signed_by'], values['countersigned_by']].map((text) => wordsOf(text, MOST_REFERENCE));
  return { ...(receiptNumber ? { receiptNumber } : {}), ...(firstSignature ? { firstSignature } : {}), ...(secondSignature ? { secondSignature } : {}) };
}

const reading = (needed: readonly string[], read: (line: number, values: Values) => FileRow): Format =>
  async function* (text) {
    for await (const row of delimitedRows(text, needed)) yield 'problem' in row ? rejected(row.line, row.problem) : read(row.line, row.values);
  };

/** `CashFileYYYYMMDD.dat`: date, reference, amount, and where wanted method, transaction, payer; of much cash receipt_number, signed_by, countersigned_by. */
export const cashFile = reading(['date', 'reference', 'amount'], cashRow);
/** `HousingBenefitFileYYYYMMDD.dat`: date, claim, amount, and where wanted payment, period_from, period_to, claimant. */
export const housingBenefitFile = reading(['date', 'claim', 'amount'], housingBenefitRow);
