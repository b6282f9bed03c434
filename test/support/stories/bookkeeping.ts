import type { Speaker } from '../speaker.js';
import type { Cast } from '../story.js';
import type { Chapter } from './chapters.js';

/** Money that nobody knows at first, by hand and in a file. What is said of it is of whoever paid it, and of no resident. */
export const bookkept: Chapter = async (speaker, cast, { accountId }, about) => {
  speaker.of(`payer beside the ${about}`);
  await suspended(speaker, cast, accountId);
  await imported(speaker, cast);
  await entered(speaker, cast);
};

async function suspended(speaker: Speaker, { finance, organisation: { owner }, ids }: Cast, rentAccountId: string): Promise<void> {
  const { id } = await speaker.say(finance, 'CreateSuspenseItem', undefined, { amountPence: 100, method: 'bank_transfer' });
  await speaker.say(finance, 'ProposeResolution', id, { rentAccountId });
  await speaker.say(owner, 'RejectResolution', id);
  await speaker.say(finance, 'ProposeReturn', id);
  await speaker.say(owner, 'ApproveResolution', id);
  const other = await speaker.say(finance, 'CreateSuspenseItem', undefined, { amountPence: 1, method: 'card' });
  await speaker.say(finance, 'ProposeResolution', other.id, { rentAccountId });
  await speaker.say(owner, 'ApproveResolution', other.id);
  ids['suspense_items'] = id;
}

let files = 0;

async function imported(speaker: Speaker, { finance, ids }: Cast): Promise<void> {
  const day = new Date(Date.UTC(2020, 0, 1 + files++)).toISOString().slice(0, 10);
  const content = `date,reference,amount,transaction\n${day},NOBODY,1.00,T ${files}\n${day},NOBODY,one,\n`;
  const { id } = await speaker.say(finance, 'StartImport', undefined, { kind: 'cash', fileName: `CashFile${day.replaceAll('-', '')}.dat`, content });
  ids['import_batches'] = id;
  ids['import_batch_rows'] = (await finance.rows(`/import-batch-rows?importBatchId=${id}`))[0]!.id;
}

let months = 0;

/** An entry that two people agree to, that is paid and taken back; a budget; a month of long ago that is closed. */
async function entered(speaker: Speaker, { finance, organisation: { owner }, ids }: Cast): Promise<void> {
  const { id } = await speaker.say(finance, 'RecordFinancialEntry', undefined, { recordType: 'expense', category: 'repairs', amountPence: 60_000, date: '2026-08-03' });
  await speaker.say(owner, 'ApproveEntry', id);
  await speaker.say(finance, 'MarkEntryPaid', id);
  await speaker.say(finance, 'ReverseEntry', id);
  const month = new Date(Date.UTC(2020, months++, 1)).toISOString().slice(0, 7);
  await speaker.say(finance, 'SetBudget', undefined, { year: '2026/27', category: `food_${months}`, amountPence: 100 });
  const period = await speaker.say(finance, 'CloseFinancialPeriod', undefined, { period: month });
  ids['financial_records'] = id;
  ids['financial_periods'] = period.id;
  ids['financial_postings'] = (await finance.rows('/financial-postings?limit=1'))[0]!.id;
}
