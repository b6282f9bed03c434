import { Choice, CivilDate, Text } from '../../../kernel/fields.js';
import { pseudonymous, sensitive, special } from '../../../kernel/privacy.js';

/** Person alerts of the HACT UK Housing Data Standards 3.5, `20-30` written `code_20_30`. */
export const AlertCode = {
  code_0: 'code_0',
  code_1: 'code_1',
  code_10: 'code_10',
  code_10_10: 'code_10_10',
  code_20: 'code_20',
  code_20_10: 'code_20_10',
  code_20_20: 'code_20_20',
  code_20_30: 'code_20_30',
  code_20_40: 'code_20_40',
  code_20_50: 'code_20_50',
  code_20_60: 'code_20_60',
  code_20_70: 'code_20_70',
  code_30: 'code_30',
  code_40: 'code_40',
  code_50: 'code_50',
  code_60: 'code_60',
} as const;

/** A warning about somebody; it holds until it is ended. */
export class PersonAlert {
  id!: string;
  @Choice(sensitive, 'PersonAlertCode', AlertCode) hactCode!: (typeof AlertCode)[keyof typeof AlertCode];
  @CivilDate(pseudonymous) addedOn!: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'When it is looked at again' }) reviewOn?: string;
  @CivilDate(pseudonymous, { optional: true }) endedOn?: string;
  @Text(special('safeguarding'), { optional: true, max: 2000 }) reason?: string;
}
