import { Entity, factsOf, stateWith, type RegisterEntry } from '../../../kernel/entity.js';
import { DomainEvent, EventOf, eventWith, type Recorded } from '../../../kernel/event.js';
import { Choice, CivilDate, Hidden, Instant, Int, Items, Pence, Ref, Text } from '../../../kernel/fields.js';
import { open, pseudonymous } from '../../../kernel/privacy.js';
import { IMPORT_REGISTER } from '../import-register.js';
import '../money.rules.js';
import { ImportKind } from './file-names.js';
import './import-batch.rules.js';

type Of<T> = T[keyof T];

/** `partial`: all of it was worked through, and some rows were bad. */
export const ImportStatus = { processing: 'processing', completed: 'completed', partial: 'partial', rejected: 'rejected' } as const;
/** Why nothing of a file, or nothing more of it, is posted. */
export const ImportRejection = { duplicate: 'duplicate', empty: 'empty', bad_name: 'bad_name', unreadable: 'unreadable', content_lost: 'content_lost' } as const;
export const FileEncoding = { utf_8: 'utf_8', windows_1252: 'windows_1252' } as const;
/**
 * What becomes of a row: its money is on an account, waits in suspense, was there already, is none of ours (money that
 * goes out), or it cannot be read.
 */
export const RowOutcome = { posted: 'posted', suspended: 'suspended', repeated: 'repeated', skipped: 'skipped', rejected: 'rejected' } as const;

/** Rows whose fate one event settles. */
export const MOST_ROWS_AT_ONCE = 200;

/** A file: where it is from, and how much is in it. */
export class ImportFileFacts {
  @Choice(open, 'ImportKind', ImportKind) kind!: Of<typeof ImportKind>;
  @Text(open, { max: 100 }) fileName!: string;
  @Text(open, { max: 64, doc: 'SHA-256 of its bytes' }) sha256!: string;
  @Int(open, { doc: 'Bytes' }) sizeBytes!: number;
  @Choice(open, 'FileEncoding', FileEncoding) encoding!: Of<typeof FileEncoding>;
  @Int(open, { doc: 'Rows, bad ones included' }) rows!: number;
}

/** One row of a file, and what becomes of it. */
export class ImportRow {
  @Int(open, { min: 1, doc: 'Which of the rows, from 1' }) row!: number;
  @Int(open, { min: 1, doc: 'Line of the file on which it begins' }) line!: number;
  @Choice(open, 'RowOutcome', RowOutcome) outcome!: Of<typeof RowOutcome>;
  @Text(open, { optional: true, max: 30, doc: 'Why it is not posted' }) code?: string;
  @Pence(pseudonymous, { optional: true }) amountPence?: number;
  @Ref(pseudonymous, 'rent_accounts', { optional: true }) rentAccountId?: string;
  @Ref(pseudonymous, 'suspense_items', { optional: true }) suspenseItemId?: string;
  @Ref(pseudonymous, 'core_logs', { optional: true, doc: 'Of a file of lettings: the log that was answered' }) coreLogId?: string;
}

/** How far it is: counts of rows, and what the money comes to. */
export class ImportProgress {
  @Int(open, { doc: 'Rows that were worked through' }) processedRows = 0;
  @Int(open) postedRows = 0;
  @Int(open) suspendedRows = 0;
  @Int(open, { doc: 'Rows whose money was there already' }) repeatedRows = 0;
  @Int(open, { doc: 'Rows that are no money for us: payments out' }) skippedRows = 0;
  @Int(open) rejectedRows = 0;
  @Pence(open, { decimal: 'posted_amount' }) postedPence = 0;
  @Pence(open, { decimal: 'suspended_amount' }) suspendedPence = 0;
}

@Entity('import_batches', 'A file of payments or lettings that was taken in: what became of its rows.', {
  category: 'importBatch',
  reference: { prefix: 'IMP', digits: 6 },
})
export class ImportBatch extends stateWith(ImportProgress) {
  @Choice(open, 'ImportStatus', ImportStatus) status!: Of<typeof ImportStatus>;
  @Choice(open, 'ImportKind', ImportKind) kind!: Of<typeof ImportKind>;
  @Text(open, { optional: true, max: 100, doc: 'Not kept where it is no name for such a file' }) fileName?: string;
  @CivilDate(open, { optional: true, doc: 'The day that its name says' }) fileDate?: string;
  @Text(open, { optional: true, max: 64, doc: 'SHA-256 of its bytes' }) sha256?: string;
  @Int(open, { optional: true, doc: 'Bytes' }) sizeBytes?: number;
  @Choice(open, 'FileEncoding', FileEncoding, { optional: true }) encoding?: Of<typeof FileEncoding>;
  @Int(open, { optional: true, doc: 'Rows, bad ones included' }) rows?: number;
  @Choice(open, 'ImportRejection', ImportRejection, { optional: true, doc: 'Why it was rejected' }) rejection?: Of<typeof ImportRejection>;
  @Instant(open, { optional: true }) completedAt?: string;
  /** Rows whose fate is settled and that are being posted. */
  @Hidden(pseudonymous) planned: readonly ImportRow[] = [];

  /** Its content and its name, unless it was rejected. */
  holds(): RegisterEntry[] {
    if (this.status === 'rejected' || !this.sha256 || !this.fileName) return [];
    const own = { register: IMPORT_REGISTER, owner: this.organizationId };
    return [
      { ...own, kind: 'content', key: this.sha256 },
      { ...own, kind: 'name', key: `${this.kind}:${this.fileName.toLowerCase()}` },
    ];
  }
}

/** A file was taken in: its rows are worked through from here on. */
@EventOf(ImportBatch, 'ImportStarted', 1, { to: 'processing' })
export class ImportStarted extends eventWith(ImportBatch, ImportFileFacts) {
  @CivilDate(open, { optional: true, doc: 'The day that its name says' }) fileDate?: string;
  override apply(batch: ImportBatch): void {
    Object.assign(batch, factsOf(this, ImportFileFacts), { fileDate: this.fileDate }, new ImportProgress());
  }
}

/** Rows were read, and what is to become of each is settled: whatever happens, they come out so. */
@EventOf(ImportBatch, 'ImportRowsRead', 1)
export class ImportRowsRead extends DomainEvent<ImportBatch> {
  @Items(pseudonymous, () => ImportRow, { max: MOST_ROWS_AT_ONCE }) rows!: ImportRow[];
  apply(batch: ImportBatch): void {
    batch.planned = this.rows;
  }
}

/** The rows that were read are posted, but for those that came out otherwise. */
@EventOf(ImportBatch, 'ImportRowsPosted', 1)
export class ImportRowsPosted extends DomainEvent<ImportBatch> {
  @Items(pseudonymous, () => ImportRow, { max: MOST_ROWS_AT_ONCE }) otherwise!: ImportRow[];
  apply(batch: ImportBatch): void {
    Object.assign(batch, addedTo(batch, outcomesOf(batch.planned, this.otherwise)));
    batch.planned = [];
  }
}

/** All rows were worked through. */
@EventOf(ImportBatch, 'ImportCompleted', 1, { toOneOf: ['completed', 'partial'] })
export class ImportCompleted extends DomainEvent<ImportBatch> {
  @Int(open, { doc: 'Rows that were not bad' }) accepted!: number;
  @Int(open, { doc: 'Rows that were bad' }) rejected!: number;
  apply(batch: ImportBatch, { recordedAt }: Recorded): void {
    batch.status = this.rejected > 0 ? 'partial' : 'completed';
    batch.completedAt = recordedAt;
  }
}

/** Nothing of a file, or nothing more of it, is posted. */
@EventOf(ImportBatch, 'ImportRejected', 1, { to: 'rejected' })
export class ImportRejected extends DomainEvent<ImportBatch> {
  @Choice(open, 'ImportKind', ImportKind) kind!: Of<typeof ImportKind>;
  @Choice(open, 'ImportRejection', ImportRejection) reason!: Of<typeof ImportRejection>;
  @Text(open, { optional: true, max: 100 }) fileName?: string;
  @Text(open, { optional: true, max: 64 }) sha256?: string;
  apply(batch: ImportBatch, { recordedAt }: Recorded): void {
    batch.kind = this.kind;
    batch.fileName = this.fileName ?? batch.fileName;
    batch.sha256 = this.sha256 ?? batch.sha256;
    batch.rejection = this.reason;
    batch.completedAt = recordedAt;
    batch.planned = [];
    if (batch.processedRows === undefined) Object.assign(batch, new ImportProgress());
  }
}

/** Rows as they came out: those that came out otherwise in place of what was planned for them. */
export function outcomesOf(planned: readonly ImportRow[], otherwise: readonly ImportRow[]): readonly ImportRow[] {
  const byRow = new Map(otherwise.map((one) => [one.row, one]));
  return planned.map((one) => byRow.get(one.row) ?? one);
}

function addedTo(before: ImportProgress, rows: readonly ImportRow[]): ImportProgress {
  const count = (outcome: Of<typeof RowOutcome>): number => rows.filter((one) => one.outcome === outcome).length;
  const sum = (outcome: Of<typeof RowOutcome>): number => rows.reduce((total, one) => total + (one.outcome === outcome ? (one.amountPence ?? 0) : 0), 0);
  return {
    processedRows: before.processedRows + rows.length,
    postedRows: before.postedRows + count('posted'),
    suspendedRows: before.suspendedRows + count('suspended'),
    repeatedRows: before.repeatedRows + count('repeated'),
    skippedRows: before.skippedRows + count('skipped'),
    rejectedRows: before.rejectedRows + count('rejected'),
    postedPence: before.postedPence + sum('posted'),
    suspendedPence: before.suspendedPence + sum('suspended'),
  };
}
