import { ImportKind } from '../../domain/money/import-batch/file-names.js';
import { Choice, Text } from '../../kernel/fields.js';
import { open, personal } from '../../kernel/privacy.js';

/** A small file as part of a JSON body; any file may be the body itself. */
export class StartImportBody {
  @Choice(open, 'ImportKind', ImportKind) kind!: keyof typeof ImportKind;
  @Text(open, { max: 200, doc: 'Its name, without a folder' }) fileName!: string;
  @Text(personal('finance'), { max: 900_000, doc: 'What is in it' }) content!: string;
}
