import { declareRules } from '../../../kernel/rules.js';

declareRules(
  'incidents',
  {
    'INC-1': 'The description of an incident has at least 10 characters.',
    'INC-2': 'An incident happens before it is discovered, and is discovered before it is logged.',
    'INC-3': 'An incident of high or critical severity is investigated before it is resolved and closed.',
    'INC-4': 'Every action is done before an incident is closed.',
    'INC-5': 'A manager alone makes an incident less severe, and says why.',
    'INC-6': 'Who reported an incident of high or critical severity does not close it.',
    'INC-7': 'A death, and harm that is severe or threatens life, is of critical severity.',
  },
  {
    identities: { 'INC-8': 'Nothing of an incident is deleted: it is amended, and what was said before stays in its history.' },
    later: { 'INC-9': 'A resident does not read what concerns others in an incident.' },
  },
);
