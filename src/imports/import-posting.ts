import { idIn } from '../kernel/entity.js';
import { MOST_ROWS_AT_ONCE, type ImportBatch, type ImportStarted } from '../domain/money/import-batch/import-batch.js';
import { londonDate } from '../kernel/values.js';
import { failpoint } from '../platform/failpoint.js';
import type { Process, ProcessContext } from '../processes/engine/process.js';
import { decoded } from './encoding.js';
import type { FileRow } from './formats/row.js';
import { plannedFor, type FileOfRows, type Lookups } from './planning.js';
import { batchNow, postRows } from './posting.js';
import { reading } from './reading.js';
import type { Upload, UploadStore } from './upload-store.js';

/** What posting works with. */
export interface PostingParts extends Lookups {
  readonly uploads: Pick<UploadStore, 'find' | 'content' | 'removeOf'>;
  /** Waits until the read tables contain a position. @throws where they do not in time; it is tried again then. */
  readonly readsAt: (position: number) => Promise<void>;
}

/**
 * Works through files that were taken in: settles what is to become of the next rows, posts them, records it, until all
 * are through. What was settled is in the log before anything is posted, so that a process that dies on the way, and the
 * one that goes on in its place, do the same.
 */
export const importPosting = (parts: PostingParts): Process => ({
  name: 'import-posting',
  doc: 'Posts the rows of files of payments to rent accounts, or keeps them in suspense, and answers the logs of lettings that files are about.',
  on: ['ImportStarted'],
  async react({ stored, event }, context) {
    const batchId = idIn(stored.stream);
    const { organizationId } = context;
    const { kind, sha256, sizeBytes, encoding } = event as unknown as ImportStarted;
    const isOpen = async (): Promise<boolean> => (await batchNow(context, batchId))?.status === 'processing';
    if (await isOpen()) {
      const upload = await parts.uploads.find(batchId, organizationId, sha256);
      const there = upload && (await sizeOf(parts.uploads, upload)) === sizeBytes;
      if (!there) await context.send({ step: 'give-up', command: 'GiveUpImport', id: batchId, body: {} });
      else {
        await parts.readsAt(stored.position);
        const rows = reading[kind](decoded(parts.uploads.content(upload), encoding));
        await workThrough({ batchId, organizationId, kind, sha256 }, rows, parts, context);
        if (await isOpen()) await context.send({ step: 'complete', command: 'CompleteImport', id: batchId, body: {} });
      }
    }
    await parts.uploads.removeOf(batchId, organizationId);
  },
});

async function sizeOf(uploads: PostingParts['uploads'], upload: Upload): Promise<number> {
  let size = 0;
  for await (const part of uploads.content(upload)) size += part.length;
  return size;
}

/** Goes on after the rows that are through; those that were planned and perhaps not all posted come out as planned. */
async function workThrough(file: FileOfRows, rows: AsyncGenerator<FileRow>, parts: PostingParts, context: ProcessContext): Promise<void> {
  let passed = 0;
  for (;;) {
    const batch = await batchNow(context, file.batchId);
    if (batch?.status !== 'processing') return;
    if (passed > batch.processedRows) throw new Error('The rows of an import were read further than they are through: they are read again.');
    for (; passed < batch.processedRows; passed++) await rows.next();
    const chunk = await taken(rows, batch.planned.length || MOST_ROWS_AT_ONCE);
    if (chunk.length === 0) return;
    passed += chunk.length;
    await postChunk(file, chunk, batch, parts, context);
  }
}

async function postChunk(file: FileOfRows, chunk: readonly FileRow[], batch: ImportBatch, lookups: PostingParts, context: ProcessContext): Promise<void> {
  const first = batch.processedRows + 1;
  const isResumed = batch.planned.length > 0;
  if (!isResumed) {
    const rows = await plannedFor(file, chunk, first, londonDate(context.now), lookups);
    await context.send({ step: `read|${first}`, command: 'ReadImportRows', id: file.batchId, body: { rows } });
    failpoint('imports.afterRead');
  }
  // As the log has it: should another process have come first, what it settled holds.
  const { planned } = (await batchNow(context, file.batchId))!;
  if (planned[0]?.row !== first || planned.length !== chunk.length) return;
  const otherwise = await postRows(file, planned, chunk, context, isResumed);
  failpoint('imports.beforePosted');
  await context.send({ step: `posted|${first}`, command: 'PostImportRows', id: file.batchId, body: { first, otherwise } });
}

async function taken(rows: AsyncGenerator<FileRow>, most: number): Promise<FileRow[]> {
  const chunk: FileRow[] = [];
  while (chunk.length < most) {
    const { value, done } = await rows.next();
    if (done) break;
    chunk.push(value);
  }
  return chunk;
}
