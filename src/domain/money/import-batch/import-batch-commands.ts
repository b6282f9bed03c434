import { CommandOf, type Context, DomainCommand } from '../../../kernel/command.js';
import { Choice, Int, Items, Text } from '../../../kernel/fields.js';
import { open, pseudonymous } from '../../../kernel/privacy.js';
import { covers } from '../../../kernel/permissions.js';
import { rule } from '../../../kernel/rules.js';
import { fileDateOf, ImportKind, isFileName } from './file-names.js';
import {
  FileEncoding, ImportBatch, ImportCompleted, ImportRejected, ImportRejection, ImportRow, ImportRowsPosted, ImportRowsRead, ImportStarted,
  MOST_ROWS_AT_ONCE,
} from './import-batch.js';

type Of<T> = T[keyof T];

@CommandOf(ImportBatch, {
  permission: 'import_batches:start',
  doc: 'Takes in a file of payments or lettings; its rows are posted from then on, and what became of them can be read. A file may also be sent as the body itself: see docs/imports.md.',
  creates: true,
  plain: true,
  handWritten: true,
})
export class StartImport extends DomainCommand<ImportBatch> {
  @Choice(open, 'ImportKind', ImportKind) kind!: Of<typeof ImportKind>;
  @Text(open, { max: 200, doc: 'Its name, without a folder' }) fileName!: string;
  @Text(open, { optional: true, max: 64, pattern: /^[0-9a-f]{64}$/, doc: 'SHA-256 of its bytes' }) sha256?: string;
  @Int(open, { doc: 'Bytes' }) sizeBytes!: number;
  @Choice(open, 'FileEncoding', FileEncoding) encoding!: Of<typeof FileEncoding>;
  @Int(open, { doc: 'Rows, bad ones included' }) rows!: number;
  @Choice(open, 'ImportRejection', ImportRejection, { optional: true, doc: 'What was found wrong with it' }) problem?: Of<typeof ImportRejection>;
  /** Of a file with a problem, that it came and why it was not taken is recorded; who sent it is told by a refusal. */
  decide(_: ImportBatch, { actor }: Context) {
    const { kind, fileName, sha256, sizeBytes, encoding, rows, problem } = this;
    const named = isFileName(kind, fileName);
    if (problem) return ImportRejected.of({ kind, reason: problem, fileName: named ? fileName : undefined, sha256 });
    rule('IMP-1', 'This is no name for such a file: see docs/imports.md.', named, 'fileName');
    const mayAnswer = actor.role === 'system' || covers(actor.permissions, 'core_logs:answer');
    rule('IMP-4', 'Lettings are imported by who may answer their logs.', kind !== 'core_lettings' || mayAnswer, 'kind', 403);
    rule('IMP-2', 'The file is empty: there is nothing in it to import.', rows > 0 && sha256 !== undefined, 'rows');
    return ImportStarted.of({ kind, fileName, sha256: sha256!, sizeBytes, encoding, rows, fileDate: fileDateOf(kind, fileName) });
  }
}

@CommandOf(ImportBatch, { doc: 'Settles what is to become of the next rows.', internal: true, from: ['processing'] })
export class ReadImportRows extends DomainCommand<ImportBatch> {
  @Items(pseudonymous, () => ImportRow, { max: MOST_ROWS_AT_ONCE }) rows!: ImportRow[];
  decide(batch: ImportBatch) {
    // Somebody else came first: what they settled holds.
    const next = batch.planned.length === 0 && this.rows[0]?.row === batch.processedRows + 1;
    return next ? ImportRowsRead.of({ rows: this.rows }) : [];
  }
}

@CommandOf(ImportBatch, { doc: 'Records that the rows that were read are posted.', internal: true, from: ['processing'] })
export class PostImportRows extends DomainCommand<ImportBatch> {
  @Items(pseudonymous, () => ImportRow, { max: MOST_ROWS_AT_ONCE }) otherwise!: ImportRow[];
  @Int(open, { doc: 'The first of the rows' }) first!: number;
  decide(batch: ImportBatch) {
    return batch.planned[0]?.row === this.first ? ImportRowsPosted.of({ otherwise: this.otherwise }) : [];
  }
}

@CommandOf(ImportBatch, { doc: 'Records that all rows were worked through.', internal: true, from: ['processing'] })
export class CompleteImport extends DomainCommand<ImportBatch> {
  decide({ processedRows, rejectedRows }: ImportBatch) {
    return ImportCompleted.of({ accepted: processedRows - rejectedRows, rejected: rejectedRows });
  }
}

@CommandOf(ImportBatch, { doc: 'Gives up a file whose content is not there any more.', internal: true, from: ['processing'] })
export class GiveUpImport extends DomainCommand<ImportBatch> {
  decide({ kind }: ImportBatch) {
    return ImportRejected.of({ kind, reason: 'content_lost' });
  }
}
