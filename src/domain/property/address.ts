import { Text } from '../../kernel/fields.js';
import { sensitive } from '../../kernel/privacy.js';

/** `^([A-Z]{1,2}\d[A-Z\d]?) (\d[A-Z]{2})$`, upper case with one space (GEN-6). */
export const POSTCODE = /^[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}$/;
export const UPRN = /^\d{1,12}$/;
const LA_CODE = /^[EWSN]\d{8}$/;

/** A postcode as it is kept: upper case, one space before the last three characters. */
export const normalisePostcode = (text: string): string =>
  text.toUpperCase().replaceAll(/\s+/g, '').replace(/(?=.{3}$)/, ' ').trim();

/** Where a property is. Masked by role, because it may be a refuge. */
export class Address {
  @Text(sensitive, { max: 100 }) line1!: string;
  @Text(sensitive, { optional: true, max: 100 }) line2?: string;
  @Text(sensitive, { max: 100 }) town!: string;
  @Text(sensitive, { optional: true, max: 100 }) county?: string;
  @Text(sensitive, { max: 8, pattern: POSTCODE, code: 'PRP-4', normalise: normalisePostcode }) postcode!: string;
  @Text(sensitive, { optional: true, max: 12, pattern: UPRN, code: 'PRP-4', doc: 'Unique Property Reference Number' }) uprn?: string;
  @Text(sensitive, { optional: true, max: 9, pattern: LA_CODE, doc: 'ONS code of the local authority' }) laCode?: string;
}
