import { Ref } from '../../../kernel/fields.js';
import { pseudonymous } from '../../../kernel/privacy.js';

/** A brother or sister who is, or was, a resident too. */
export class Sibling {
  id!: string;
  @Ref(pseudonymous, 'residents') siblingId!: string;
}
