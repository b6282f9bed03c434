import type { Speaker } from '../speaker.js';
import type { Cast } from '../story.js';
import type { Chapter } from './chapters.js';

/** Money that nobody knows at first, by hand and in a file. What is said of it is of whoever paid it, and of no resident. */
export const bookkept: Chapter = async (speaker, cast, { accountId }, about) => {
  speaker.of(`payer beside the ${about}`);
  await suspended(speaker, cast, accountId);
  await imported(speaker, cast);
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
