import { declareRules } from '../../../kernel/rules.js';

declareRules('risk_assessments', {
  'RSK-5': 'A resident has one risk assessment in force: a new one takes the place of the one before.',
});
