import { Ref } from '../../../kernel/fields.js';
import { pseudonymous } from '../../../kernel/privacy.js';

/** A brother or sister who is, or was, a resident too: shown to those who work with residents, and to no resident, whose row it would be. */
export class Sibling {
  id!: string;
  @Ref(pseudonymous, 'residents') siblingId!: string;
}
