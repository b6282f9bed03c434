import { declareRules } from '../../../kernel/rules.js';

declareRules('suspense_items', {
  'SUS-1': 'Money in suspense is posted to an account that is not closed, or on which something is still owed.',
});
