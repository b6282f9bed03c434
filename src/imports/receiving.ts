import { createHash, randomUUID } from 'node:crypto';
import { isFileName, type ImportKindName } from '../domain/money/import-batch/file-names.js';
import type { ImportRejection } from '../domain/money/import-batch/import-batch.js';
import { Refusal } from '../kernel/rules.js';
import { decoded, EncodingWatch, type EncodingName } from './encoding.js';
import { readable, rowsIn } from './inspection.js';
import type { UploadStore } from './upload-store.js';

/** Bytes that a file may have. */
export const MOST_BYTES = 64 * 1024 * 1024;

/** A file as it comes in. */
export interface IncomingFile {
  readonly organizationId: string;
  readonly batchId: string;
  readonly kind: ImportKindName;
  readonly fileName: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** What `StartImport` is asked with. */
export interface StartBody {
  readonly kind: ImportKindName;
  readonly fileName: string;
  readonly sizeBytes: number;
  readonly encoding: EncodingName;
  readonly rows: number;
  readonly sha256?: string;
  readonly problem?: keyof typeof ImportRejection;
}

/** Sends `StartImport`, as whoever brings the file. */
export type Start<A> = (body: StartBody) => Promise<A>;
/** What it answers: whether it had been sent before is among it. */
interface Started {
  readonly acknowledgement: { readonly replayed: boolean };
}

/** A file has more bytes than one may have. Answered 413. */
export class FileTooLarge extends Error {
  override readonly name = 'FileTooLarge';
  readonly status = 413;
  readonly code = 'TOO_LARGE';
}

const REASONS: Readonly<Record<string, keyof typeof ImportRejection>> = { 'INT-5': 'duplicate', 'IMP-1': 'bad_name', 'IMP-2': 'empty', 'IMP-3': 'unreadable' };

/** Takes files in: keeps what is in them, finds out whether they can be read at all, and lets the import begin. */
export class Receiving {
  constructor(
    private readonly uploads: UploadStore,
    /** Whether a batch is still to be worked through. */
    private readonly isOpen: (batchId: string, organizationId: string) => Promise<boolean>,
  ) {}

  /**
   * Takes one file in.
   * @param start begins its import. @param reject records that it came and was not taken, where it has a problem.
   * @throws Refusal INT-5, IMP-1, IMP-2 or IMP-3, and any of the command's; FileTooLarge.
   */
  async take<A extends Started>(file: IncomingFile, start: Start<A>, reject: Start<unknown>): Promise<A> {
    let known: StartBody = { kind: file.kind, fileName: file.fileName, sizeBytes: 0, encoding: 'utf_8', rows: 0 };
    try {
      if (!isFileName(file.kind, file.fileName)) return await start(known);
      await this.clear();
      return await this.keeping(file, async (uploadId) => {
        const stored = await this.store(file, uploadId);
        known = { ...known, sizeBytes: stored.sizeBytes, sha256: stored.sha256 };
        known = { ...known, ...(await this.inspect(file, uploadId, stored.watch)) };
        await this.uploads.name(uploadId, file.batchId, stored.sha256);
        const started = await start(known);
        // The file came with the first of these requests.
        if (started.acknowledgement.replayed) await this.uploads.remove(uploadId);
        return started;
      });
    } catch (error) {
      const problem = error instanceof Refusal ? REASONS[error.code] : undefined;
      if (problem) await reject({ ...known, problem });
      throw error;
    }
  }

  /** Keeps an upload while its import goes on, and not where it does not begin. */
  private async keeping<A>({ organizationId }: IncomingFile, work: (uploadId: string) => Promise<A>): Promise<A> {
    const uploadId = randomUUID();
    await this.uploads.begin(uploadId, organizationId);
    try {
      return await work(uploadId);
    } catch (error) {
      // What became of a command whose outcome is not known is told by its repeat: until then the file stays.
      if (error instanceof Refusal || error instanceof FileTooLarge) await this.uploads.remove(uploadId);
      throw error;
    }
  }

  private async store({ organizationId, bytes }: IncomingFile, uploadId: string): Promise<{ sizeBytes: number; sha256: string; watch: EncodingWatch }> {
    const hash = createHash('sha256');
    const watch = new EncodingWatch();
    let sizeBytes = 0;
    await this.uploads.fill({ uploadId, organizationId }, bytes, (piece) => {
      sizeBytes += piece.length;
      if (sizeBytes > MOST_BYTES) throw new FileTooLarge(`A file has at most ${MOST_BYTES / 1024 / 1024} MiB.`);
      hash.update(piece);
      watch.see(piece);
    });
    return { sizeBytes, sha256: hash.digest('hex'), watch };
  }

  /** Reads all of it once, so that a file that is another than it is said to be posts nothing. @throws Refusal IMP-2, IMP-3 */
  private async inspect({ kind, organizationId }: IncomingFile, uploadId: string, watch: EncodingWatch): Promise<{ encoding: EncodingName; rows: number }> {
    return readable(async () => {
      const encoding = watch.found();
      return { encoding, rows: await rowsIn(kind, () => decoded(this.uploads.content({ uploadId, organizationId }), encoding)) };
    });
  }

  /** Files that were broken off, or whose batch is through, are of no use to anybody. */
  private async clear(): Promise<void> {
    for (const { uploadId, batchId, organizationId } of await this.uploads.clear()) {
      if (!(await this.isOpen(batchId, organizationId))) await this.uploads.remove(uploadId);
    }
  }
}
