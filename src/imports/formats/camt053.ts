import { londonDate } from '../../kernel/values.js';
import { candidatesIn } from './remittance.js';
import { rejected, Unreadable, wordsOf, type FileRow } from './row.js';
import { dateOf, penceOf } from './values.js';
import { xmlPieces } from './xml.js';

/** An element with what is in it: of one entry at a time. */
interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly line: number;
  text: string;
  readonly children: Element[];
}

/** Elements of one entry. A bank that books a thousand payments as one sends them as single entries, or is not read. */
const MOST_ELEMENTS = 100_000;

/**
 * Statements as ISO 20022 camt.053, of any version: each booked credit is a row, and each of its transactions where the
 * entry has several with amounts of their own that come to the same.
 * @throws Unreadable
 */
export async function* camt053(text: AsyncIterable<string>): AsyncGenerator<FileRow> {
  const open: Element[] = [];
  let path = '';
  let elements = 0;
  let isStatement = false;
  for await (const piece of xmlPieces(text)) {
    if (piece.kind === 'open') {
      path = `${path}/${piece.name}`;
      isStatement ||= path === '/Document/BkToCstmrStmt';
      if (open.length === 0 && path !== '/Document/BkToCstmrStmt/Stmt/Ntry') continue;
      elements += 1;
      if (elements > MOST_ELEMENTS) throw new Unreadable(`The entry on line ${open[0]?.line} is larger than an entry can be.`);
      const element: Element = { name: piece.name, attributes: piece.attributes, line: piece.line, text: '', children: [] };
      open.at(-1)?.children.push(element);
      open.push(element);
    } else if (piece.kind === 'text') {
      const element = open.at(-1);
      if (element && element.children.length === 0) element.text += piece.text;
    } else {
      path = path.slice(0, path.lastIndexOf('/'));
      const element = open.pop();
      if (!element || open.length > 0) continue;
      elements = 0;
      yield* rowsOf(element);
    }
  }
  if (!isStatement) throw new Unreadable('It is no camt.053 statement.');
}

const all = (of: Element | undefined, ...path: readonly string[]): Element[] =>
  path.reduce<Element[]>((found, name) => found.flatMap(({ children }) => children.filter((one) => one.name === name)), of ? [of] : []);
const textAt = (of: Element | undefined, ...path: readonly string[]): string | undefined => all(of, ...path)[0]?.text.trim() || undefined;
const textsAt = (of: Element | undefined, ...path: readonly string[]): string[] => all(of, ...path).map(({ text }) => text.trim()).filter(Boolean);

function rowsOf(entry: Element): FileRow[] {
  const { line } = entry;
  const entryAmount = amountOf(all(entry, 'Amt')[0]);
  const indicator = textAt(entry, 'CdtDbtInd');
  if (indicator !== 'CRDT' && indicator !== 'DBIT') return [rejected(line, 'entry')];
  // The indicator says where the money goes, of a reversal too: a payment out that came back is money that came in.
  if (indicator === 'DBIT') return [{ line, outcome: 'skipped', code: 'payment_out', ...(entryAmount.pence ? { amountPence: entryAmount.pence } : {}) }];
  const status = textAt(entry, 'Sts', 'Cd') ?? textAt(entry, 'Sts');
  if (status !== 'BOOK') return [{ line, outcome: 'skipped', code: 'not_booked', ...(entryAmount.pence ? { amountPence: entryAmount.pence } : {}) }];
  if (entryAmount.problem) return [rejected(line, entryAmount.problem)];
  const on = dayAt(entry, 'BookgDt') ?? dayAt(entry, 'ValDt');
  if (on === undefined) return [rejected(line, 'date')];
  const transactions = all(entry, 'NtryDtls', 'TxDtls');
  const amounts = transactions.map((one) => amountOf(all(one, 'Amt')[0] ?? all(one, 'AmtDtls', 'TxAmt', 'Amt')[0]));
  const split = transactions.length > 1 && amounts.every(({ pence }) => pence) && amounts.reduce((sum, { pence }) => sum + pence!, 0) === entryAmount.pence;
  if (!split) return [paymentOf(entry, transactions, entryAmount.pence!, on, line)];
  return transactions.map((one, index) => paymentOf(entry, [one], amounts[index]!.pence!, on, one.line, `/${index + 1}`));
}

type Amount = { readonly pence?: number; readonly problem?: 'amount' | 'currency' };
function amountOf(element: Element | undefined): Amount {
  if (!element || !/^\d{1,12}(\.\d{1,5})?$/.test(element.text.trim())) return { problem: 'amount' };
  const [pounds = '', fraction = ''] = element.text.trim().split('.');
  // Banks may write 21.5 and 21.50000; a part of a penny is no amount.
  if (!/^\d{0,2}0*$/.test(fraction)) return { problem: 'amount' };
  const pence = penceOf(`${pounds}.${fraction.slice(0, 2).padEnd(2, '0')}`);
  if (!pence) return { problem: 'amount' };
  return element.attributes['Ccy'] === 'GBP' ? { pence } : { problem: 'currency' };
}

/** The day that a date, or an instant, is in London; an instant without its zone is the bank's own time. */
function dayAt(entry: Element, name: string): string | undefined {
  const text = textAt(entry, name, 'Dt') ?? textAt(entry, name, 'DtTm') ?? '';
  const day = dateOf(text.slice(0, 10));
  const zoned = /^\S{10}T\d{2}:\d{2}.*(Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : NaN;
  return day === undefined || Number.isNaN(zoned) ? day : londonDate(new Date(zoned).toISOString());
}

function paymentOf(entry: Element, transactions: readonly Element[], amountPence: number, on: string, line: number, place = ''): FileRow {
  const of = (...path: readonly string[]): string[] => transactions.flatMap((one) => textsAt(one, ...path));
  const unstructured = of('RmtInf', 'Ustrd');
  const structured = of('RmtInf', 'Strd', 'CdtrRefInf', 'Ref');
  const endToEnd = of('Refs', 'EndToEndId').filter((id) => id !== 'NOTPROVIDED');
  const information = [...textsAt(entry, 'AddtlNtryInf'), ...of('AddtlTxInf')];
  const payerName = wordsOf(of('RltdPties', 'Dbtr', 'Nm')[0] ?? of('RltdPties', 'Dbtr', 'Pty', 'Nm')[0]);
  const paymentReference = wordsOf([...structured, ...unstructured, ...endToEnd, ...information].join(' '));
  const own = of('Refs', 'AcctSvcrRef')[0] ?? of('Refs', 'TxId')[0];
  const servicer = textAt(entry, 'AcctSvcrRef');
  const externalRef = wordsOf(own ?? (servicer && `${servicer}${place}`), 100);
  return {
    line, on, amountPence, method: 'bank_transfer', references: candidatesIn(...structured, ...endToEnd, ...unstructured, ...information),
    ...(paymentReference ? { paymentReference } : {}), ...(payerName ? { payerName } : {}), ...(externalRef ? { externalRef } : {}),
  };
}
