import { CivilDate, Pence, Text } from '../../../kernel/fields.js';
import { personal, pseudonymous } from '../../../kernel/privacy.js';

/** What somebody gave into the house's keeping, and got back. */
export class Possession {
  id!: string;
  @CivilDate(pseudonymous) depositedOn!: string;
  @Text(personal('finance'), { max: 2000, doc: 'What it is' }) items!: string;
  @Pence(pseudonymous, { optional: true, doc: 'What it is worth', decimal: 'value' }) valuePence?: number;
  @CivilDate(pseudonymous, { optional: true }) returnedOn?: string;
  @Text(personal('finance'), { optional: true, max: 200, doc: 'To whom it was given back, where not to the resident' }) returnedTo?: string;
}
