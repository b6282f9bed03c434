import swift from '@centrapay/swift-parser';
import { linesOf, type Line } from './lines.js';
import { candidatesIn } from './remittance.js';
import { rejected, Unreadable, wordsOf, type FileRow } from './row.js';
import { dateOf, penceOf } from './values.js';

/** Of a statement, what its transactions need: its currency stands in the opening balance. */
const HEAD = /^:(20|60[FM]):/;
const TAG = /^:(\d{2}[A-Z]?|NS):/;
/** Envelopes around a statement, and the dash that ends one. */
const AROUND = /^(\{|-\}|-$)/;
/** Lines of details that one transaction may have. */
const MOST_LINES = 30;

/**
 * Statements as SWIFT MT940. The library reads one transaction at a time, together with the head of its statement: so a
 * line that it cannot read spoils no other, and there is one transaction in memory.
 * @throws Unreadable where there is no statement in it.
 */
export async function* mt940(text: AsyncIterable<string>): AsyncGenerator<FileRow> {
  let head: string[] = [];
  let current: Line[] = [];
  let into: 'head' | 'transaction' | 'nowhere' = 'nowhere';
  let statements = 0;
  for await (const line of linesOf(text)) {
    if (line.text.trim() === '' || AROUND.test(line.text)) continue;
    const tag = TAG.exec(line.text)?.[1];
    if (statements === 0 && tag !== '20') throw new Unreadable('It does not begin as an MT940 statement does, with :20:.');
    const begins = tag !== undefined && tag !== '86' && tag !== 'NS';
    if (begins && current.length > 0) {
      yield transactionIn(head, current);
      current = [];
    }
    if (tag === '20') {
      statements += 1;
      head = [];
    }
    if (tag !== undefined) into = tag === '61' ? 'transaction' : HEAD.test(line.text) ? 'head' : begins || current.length === 0 ? 'nowhere' : 'transaction';
    if (into === 'transaction' && current.length < MOST_LINES) current.push(line);
    if (into === 'head' && head.length < MOST_LINES) head.push(line.text.slice(0, 100));
  }
  if (current.length > 0) yield transactionIn(head, current);
  if (statements === 0) throw new Unreadable('There is no statement in it.');
}

function transactionIn(head: readonly string[], lines: readonly Line[]): FileRow {
  const { number: line, text: first } = lines[0]!;
  if (lines.some(({ overlong }) => overlong)) return rejected(line, 'too_long');
  // The library takes the 45th of a month for the 15th of the next, and rounds what is less than a penny.
  const [, year, month, day, sum] = /^:61:(\d{2})(\d{2})(\d{2})(?:\d{4})?R?[CD][A-Z]?([\d,]*)/.exec(first) ?? [];
  if (year === undefined) return rejected(line, 'entry');
  const on = dateOf(`20${year}-${month}-${day}`);
  if (on === undefined) return rejected(line, 'date');
  if (!/^\d{1,12},\d{0,2}$/.test(sum!)) return rejected(line, 'amount');
  const read = readBy(head, lines);
  if (!read) return rejected(line, 'entry');
  const { currency, transaction } = read;
  const amountPence = penceOf(transaction.amount.toFixed(2));
  if (amountPence === undefined || amountPence === 0) return rejected(line, 'amount');
  if (amountPence < 0) return { line, outcome: 'skipped', code: 'payment_out', amountPence: -amountPence };
  if (currency !== 'GBP') return rejected(line, 'currency');
  const { details, reference, bankReference, extraDetails, structuredDetails } = transaction;
  const payerName = wordsOf(structuredDetails?.['ORDP'] ?? structuredDetails?.['32']);
  const paymentReference = wordsOf([reference === 'NONREF' ? '' : reference, details || extraDetails].join(' '));
  // A bank's reference tells its payment from others; NONREF and the like tell nothing.
  const externalRef = bankReference === '' || /^NONREF$/i.test(bankReference) ? undefined : wordsOf(bankReference, 100);
  return {
    line, on, amountPence, method: 'bank_transfer', references: candidatesIn(reference, ...details.split('\n'), details, details.replaceAll('\n', ''), extraDetails),
    ...(paymentReference ? { paymentReference } : {}), ...(payerName ? { payerName } : {}), ...(externalRef ? { externalRef } : {}),
  };
}

function readBy(head: readonly string[], lines: readonly Line[]) {
  try {
    const [statement] = swift.parse({ type: 'mt940', data: [...head, ...lines.map(({ text }) => text)].join('\n') });
    const transaction = statement?.transactions[0];
    return statement && transaction ? { currency: statement.currency, transaction } : undefined;
  } catch {
    return undefined;
  }
}
