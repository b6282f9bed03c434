import { outcomesOf, type ImportBatch, type ImportRowsPosted } from '../../src/domain/money/import-batch/import-batch.js';
import { sentenceOfRow } from '../../src/domain/money/import-batch/row-problems.js';
import { uuidOf } from '../../src/kernel/values.js';
import type { DecodedEvent } from '../../src/privacy/codec.js';
import { columnsWith, type BatchContext, type HandWrittenProjection, type RowChange } from '../engine/projection.js';

const TABLE = 'import_batch_rows';
const column = columnsWith({ nullable: false, privacy: 1 });

/** What became of each row of the files that were taken in, once it was worked through. */
export const importRows: HandWrittenProjection = {
  name: 'import-rows',
  version: 2,
  tables: [
    {
      name: TABLE,
      columns: [
        column('import_batch_id', 'uuid', 'The file'),
        column('row', 'integer', 'Which of its rows, from 1'),
        column('line', 'integer', 'Line on which it begins'),
        column('outcome', 'text', 'posted, suspended, repeated, skipped or rejected'),
        column('code', 'text', 'Why it is not posted', true),
        column('message', 'text', 'The same as a sentence', true),
        column('amount_pence', 'bigint', 'What it comes to, in pence, where that can be read', true),
        column('rent_account_id', 'uuid', 'The account that it is posted to', true),
        column('suspense_item_id', 'uuid', 'Where its money waits', true),
        column('core_log_id', 'uuid', 'Of a letting: the log that was answered', true),
      ],
      indexes: [['import_batch_id', 'row'], ['rent_account_id'], ['suspense_item_id'], ['core_log_id']],
    },
  ],
  on: ['ImportRowsPosted'],
  apply: rowsPosted,
};

async function rowsPosted(event: DecodedEvent, context: BatchContext): Promise<readonly RowChange[]> {
  const before = await context.before<ImportBatch>(event);
  if (!before) return [];
  const { otherwise } = event.event as unknown as ImportRowsPosted;
  return outcomesOf(before.planned, otherwise).map(({ row, line, outcome, code, amountPence, rentAccountId, suspenseItemId, coreLogId }): RowChange => ({
    table: TABLE,
    organizationId: event.metadata.organizationId,
    id: uuidOf(before.id, 'row', row),
    values: {
      import_batch_id: before.id, row, line, outcome,
      code: code ?? null, message: code === undefined ? null : (sentenceOfRow(code) ?? null),
      amount_pence: amountPence ?? null, rent_account_id: rentAccountId ?? null, suspense_item_id: suspenseItemId ?? null, core_log_id: coreLogId ?? null,
    },
  }));
}
