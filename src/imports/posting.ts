import type { ImportBatch, ImportRow } from '../domain/money/import-batch/import-batch.js';
import type { SuspendReceipt } from '../domain/money/suspense-item/suspense-item-commands.js';
import type { SuspenseItem } from '../domain/money/suspense-item/suspense-item.js';
import { Refusal } from '../kernel/rules.js';
import { SubjectErased } from '../privacy/codec.js';
import type { ProcessContext } from '../processes/engine/process.js';
import { recordPayment } from '../processes/payment-recording.js';
import { isLetting, isPayment, type FileRow, type LettingRow, type PaymentRow } from './formats/row.js';
import { externalRefOf, sourceOf, suspenseItemOf, type FileOfRows } from './planning.js';

/** Rows that are posted side by side: those of one account come one after the other. */
const SIDE_BY_SIDE = 8;

/** A row as it was planned, with what the file says of it. */
interface Planned<R = PaymentRow | LettingRow> {
  readonly planned: ImportRow;
  readonly row: R;
}

/**
 * Posts rows as they were planned. Each command's id follows from the batch and the row, so a repeat posts nothing twice.
 * @param isResumed whether some of it may have been done before. @returns the rows that came out otherwise.
 */
export async function postRows(file: FileOfRows, planned: readonly ImportRow[], rows: readonly FileRow[], context: ProcessContext, isResumed: boolean): Promise<ImportRow[]> {
  const lanes = new Map<string, Planned[]>();
  planned.forEach((one, index) => {
    const row = rows[index]!;
    if (!(isPayment(row) || isLetting(row)) || (one.outcome !== 'posted' && one.outcome !== 'suspended')) return;
    const lane = laneOf(one, row);
    lanes.set(lane, [...(lanes.get(lane) ?? []), { planned: one, row }]);
  });
  const otherwise: ImportRow[] = [];
  const waiting = [...lanes.values()];
  const worker = async (): Promise<void> => {
    for (let lane = waiting.shift(); lane; lane = waiting.shift()) {
      for (const one of lane) {
        const outcome = await postRow(file, one, context, isResumed);
        if (outcome !== one.planned) otherwise.push(outcome);
      }
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
  return otherwise.sort((a, b) => a.row - b.row);
}

/** What comes one after the other. Cash is numbered without a gap, so one number comes after the other. */
function laneOf({ rentAccountId, suspenseItemId, coreLogId }: ImportRow, row: PaymentRow | LettingRow): string {
  if (isPayment(row) && row.method === 'cash' && rentAccountId) return 'cash';
  return rentAccountId ?? suspenseItemId ?? coreLogId ?? '';
}

async function postRow(file: FileOfRows, { planned, row }: Planned, context: ProcessContext, isResumed: boolean): Promise<ImportRow> {
  return isLetting(row) ? answered({ planned, row }, context) : postPayment(file, { planned, row }, context, isResumed);
}

/** Gives a log the answers of a row: what the row leaves blank stays as it is. */
async function answered({ planned, row }: Planned<LettingRow>, context: ProcessContext): Promise<ImportRow> {
  const { coreLogId, ...rest } = planned;
  try {
    await context.send({ step: `row|${planned.row}`, command: 'AnswerCoreLog', id: coreLogId!, body: { ...row.answers } });
    return planned;
  } catch (error) {
    // The service has taken it, or the resident's data is erased, since the row was planned or before.
    if (error instanceof Refusal || error instanceof SubjectErased) return { ...rest, outcome: 'rejected', code: 'log_refused' };
    throw error;
  }
}

async function postPayment(file: FileOfRows, { planned, row }: Planned<PaymentRow>, context: ProcessContext, isResumed: boolean): Promise<ImportRow> {
  if (planned.outcome === 'suspended') return suspended(file, planned, row, context);
  const { rentAccountId, ...rest } = planned;
  const instead: ImportRow = { ...rest, outcome: 'suspended', code: 'account_refused', suspenseItemId: suspenseItemOf(file, row) };
  if (isResumed && (await waitsAlready(file, instead, context))) return instead;
  const { amountPence, method, on, payer, receiptNumber, firstSignature, secondSignature } = row;
  const body = {
    amountPence, method, on, externalRef: externalRefOf(file, row), ...(payer ? { payer } : {}),
    ...(method === 'cash' ? { receiptNumber, firstSignature, secondSignature } : {}),
  };
  try {
    await recordPayment({ step: `row|${planned.row}`, command: 'RecordPayment', id: rentAccountId!, body }, context);
    return planned;
  } catch (error) {
    if (error instanceof Refusal && error.code === 'RNT-5') return { ...planned, outcome: 'repeated', code: 'seen_before' };
    if (error instanceof Refusal && error.code === 'RNT-6') return suspended(file, { ...instead, code: 'receipt_needed' }, row, context);
    // Closed, or the resident's data erased, since the row was planned: the money is kept where people see to it.
    if (error instanceof Refusal || error instanceof SubjectErased) return suspended(file, instead, row, context);
    throw error;
  }
}

/** Whether the account had refused the money before the process died: then it stays where it was put. */
async function waitsAlready({ batchId }: FileOfRows, { suspenseItemId, line }: ImportRow, context: ProcessContext): Promise<boolean> {
  const item = await context.find<SuspenseItem>('suspense_items', suspenseItemId!);
  return item?.importBatchId === batchId && item.line === line;
}

async function suspended(file: FileOfRows, planned: ImportRow, row: PaymentRow, context: ProcessContext): Promise<ImportRow> {
  const { amountPence, method, on, payer = 'resident', paymentReference, payerName, line } = row;
  const facts: Partial<SuspendReceipt> = {
    amountPence, method, on, payer, source: sourceOf(file.kind), externalRef: externalRefOf(file, row), importBatchId: file.batchId, line,
    ...(paymentReference ? { paymentReference } : {}), ...(payerName ? { payerName } : {}),
  };
  try {
    await context.send({ step: `suspend|${planned.row}`, command: 'SuspendReceipt', id: planned.suspenseItemId!, body: facts });
    return planned;
  } catch (error) {
    if (error instanceof Refusal && error.code === 'DUPLICATE') return { ...planned, outcome: 'repeated', code: 'seen_before' };
    throw error;
  }
}

/** A batch as its stream has it now. */
export const batchNow = (context: ProcessContext, batchId: string): Promise<ImportBatch | undefined> => context.find<ImportBatch>('import_batches', batchId);
