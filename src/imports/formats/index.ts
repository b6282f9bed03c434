import type { ImportKindName } from '../../domain/money/import-batch/file-names.js';
import { camt053 } from './camt053.js';
import { mt940 } from './mt940.js';
import { cashFile, housingBenefitFile } from './payment-files.js';
import type { Format } from './row.js';

/** How each kind of file of payments is read. */
export const formats: Readonly<Record<Exclude<ImportKindName, 'core_lettings'>, Format>> = { cash: cashFile, housing_benefit: housingBenefitFile, camt053, mt940 };
