import { CivilDate, Text } from '../../../kernel/fields.js';
import { pseudonymous, special } from '../../../kernel/privacy.js';

/** A duty to keep everything of a person; it ends when it is released. */
export class LegalHold {
  id!: string;
  @CivilDate(pseudonymous) placedOn!: string;
  @CivilDate(pseudonymous, { optional: true }) releasedOn?: string;
  @Text(special('safeguarding'), { max: 2000 }) reason!: string;
}
