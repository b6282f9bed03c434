import { declareDeadline } from '../../deadline.js';
import { declarePolicies } from '../../policies.js';
import { declareRules } from '../../../kernel/rules.js';

declareRules(
  'risk_assessments',
  {
    'RSK-2': 'A risk assessment rates all ten domains, or says why one does not apply.',
    'RSK-3': 'A risk is looked at again after today, and within 180, 90, 30 or 7 days where it is low, medium, high or critical.',
    'RSK-4': 'A high or critical risk is brought before somebody else than who assessed it.',
    'RSK-5': 'A resident has one risk assessment in force: a new one takes the place of the one before.',
    'RSK-6': 'A manager alone lowers a risk by two bands or more.',
    'RSK-7': 'An emergency assessment is about an incident, and due within 24 hours of its being logged.',
  },
  {
    identities: {
      'RSK-1':
        'A score is likelihood times impact: 1 to 4 is low, 5 to 9 medium, 10 to 15 high, 16 to 25 critical. The highest domain decides over all, never an average.',
    },
  },
);

declarePolicies({
  'RSK-3.low': { default: 180, unit: 'days', min: 1, doc: 'Days within which a low risk is assessed again' },
  'RSK-3.medium': { default: 90, unit: 'days', min: 1, doc: 'Days within which a medium risk is assessed again' },
  'RSK-3.high': { default: 30, unit: 'days', min: 1, doc: 'Days within which a high risk is assessed again' },
  'RSK-3.critical': { default: 7, unit: 'days', min: 1, doc: 'Days within which a critical risk is assessed again' },
  'RSK-7': { default: 24, unit: 'hours', min: 1, doc: 'Hours from the logging of an incident in which its emergency risk assessment is completed' },
});
declareDeadline('RSK-3', {
  about: 'risk_assessments',
  doc: 'The risk is assessed again, by a new assessment that is completed.',
  ruleBasis: 'policy',
  missed: 'ReportRiskReviewOverdue',
});
declareDeadline('RSK-7', {
  about: 'risk_assessments',
  doc: 'The emergency risk assessment after an incident is completed.',
  ruleBasis: 'policy',
  missed: 'ReportEmergencyRiskAssessmentOverdue',
});
