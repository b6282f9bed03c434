import type { ImportKindName } from '../domain/money/import-batch/file-names.js';
import type { ImportRow } from '../domain/money/import-batch/import-batch.js';
import type { SuspenseSource } from '../domain/money/suspense-item/suspense-item.js';
import { uuidOf } from '../kernel/values.js';
import type { AccountsByReference } from './accounts-by-reference.js';
import { isLetting, isPayment, type FileRow, type LettingRow, type PaymentRow } from './formats/row.js';
import { lettingKey, type LettingsByTenant } from './lettings-by-tenant.js';

/** A file whose rows are worked through. */
export interface FileOfRows {
  readonly batchId: string;
  readonly organizationId: string;
  readonly kind: ImportKindName;
  readonly sha256: string;
}

const SOURCES: Readonly<Partial<Record<ImportKindName, keyof typeof SuspenseSource>>> = {
  cash: 'cash_file',
  housing_benefit: 'housing_benefit_file',
  camt053: 'bank_statement',
  mt940: 'bank_statement',
};
/** Where the money of a file is from. @throws Error for a file that has none. */
export function sourceOf(kind: ImportKindName): keyof typeof SuspenseSource {
  const source = SOURCES[kind];
  if (!source) throw new Error(`There are no payments in files of the kind ${kind}.`);
  return source;
}

/** Where it is looked up whom a row is about. */
export interface Lookups {
  readonly accounts: AccountsByReference;
  readonly lettings: LettingsByTenant;
}

/** What tells a payment from all others: the file's own reference, or else its place in the file. */
export const externalRefOf = ({ sha256 }: Pick<FileOfRows, 'sha256'>, { externalRef, line }: PaymentRow): string => externalRef ?? `${sha256.slice(0, 16)}:${line}`;

/**
 * Id of the item in which the money of a row would wait: of the same payment in another file it is the same, so that it
 * waits once.
 */
export const suspenseItemOf = (file: FileOfRows, row: PaymentRow): string =>
  uuidOf(file.organizationId, 'suspense', sourceOf(file.kind), externalRefOf(file, row), row.amountPence, row.on);

/**
 * Settles what is to become of rows: a payment whose reference names one account is for that account, any other waits in
 * suspense; the answers about a letting are for its log.
 * @param first which of the file's rows the first of these is, from 1. @param today civil date in London.
 */
export async function plannedFor(file: FileOfRows, rows: readonly FileRow[], first: number, today: string, { accounts, lettings }: Lookups): Promise<ImportRow[]> {
  const wanted = rows.flatMap((row) => (isPayment(row) && row.on <= today ? row.references : []));
  const found = await accounts(file.organizationId, file.kind, [...new Set(wanted)]);
  const logs = await lettings(file.organizationId, [...new Set(rows.filter(isLetting).map(({ tenantCode }) => tenantCode))]);
  return rows.map((row, index) => ({ row: first + index, line: row.line, ...(isLetting(row) ? answeredIn(row, logs) : fateOf(file, row, today, found)) }));
}

type Fate = Omit<ImportRow, 'row' | 'line'>;

function answeredIn(row: LettingRow, logs: ReadonlyMap<string, readonly string[]>): Fate {
  const [coreLogId, ...others] = logs.get(lettingKey(row)) ?? [];
  if (!coreLogId) return { outcome: 'rejected', code: 'unknown_letting' };
  return others.length > 0 ? { outcome: 'rejected', code: 'several_lettings' } : { outcome: 'posted', coreLogId };
}

function fateOf(file: FileOfRows, row: Exclude<FileRow, LettingRow>, today: string, found: ReadonlyMap<string, readonly string[]>): Fate {
  if (!isPayment(row)) return { outcome: row.outcome, code: row.code, ...(row.amountPence ? { amountPence: row.amountPence } : {}) };
  const { amountPence } = row;
  if (row.on > today) return { outcome: 'rejected', code: 'date_future', amountPence };
  const [account, ...others] = new Set(row.references.flatMap((reference) => found.get(reference) ?? []));
  if (account && others.length === 0) return { outcome: 'posted', amountPence, rentAccountId: account };
  return { outcome: 'suspended', code: account ? 'several_accounts' : 'unknown_reference', amountPence, suspenseItemId: suspenseItemOf(file, row) };
}
