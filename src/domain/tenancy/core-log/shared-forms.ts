import { shaped } from './answer-form.js';
import { when } from './core-field.js';

export const supported = when('it is supported housing (field 4 is 2)', (row) => row.isSupported);
export const newLetting = when('it is no renewal (field 7 is 2)', (row) => !row.isRenewal);
/** Code of a local authority in England. */
export const laCode = shaped(/^E0[6-9]\d{6}$/, 9, '9 character ONS code, beginning with \'E\'');
/** The two parts of a postcode. */
export const outward = shaped(/^[A-Za-z]{1,2}\d[A-Za-z\d]?$/, 4, 'Alphanumeric, 2 - 4 characters');
export const inward = shaped(/^\d[A-Za-z]{2}$/, 3, 'Alphanumeric, 3 characters');
