import type { ImportKindName } from '../domain/money/import-batch/file-names.js';
import { formats } from './formats/index.js';
import type { Format } from './formats/row.js';
import { lettingsFile } from './lettings-file.js';

/** How each kind of file is read. */
export const reading: Readonly<Record<ImportKindName, Format>> = { ...formats, core_lettings: lettingsFile };
