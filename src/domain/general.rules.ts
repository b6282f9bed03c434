import { declareRules } from '../kernel/rules.js';

declareRules(
  'everything',
  {
    'GEN-1': 'What a command refers to exists in the same organisation.',
    'GEN-2': 'Text is trimmed, of bounded length and free of control characters.',
    'GEN-3': 'What is recorded as done has not to happen yet.',
    'GEN-7': 'A telephone number is one that can be dialled, with the country.',
    'GEN-8': 'An organisation that is paused is read and exported, and not changed but for what privacy asks.',
    'GEN-9': 'The limits of the plan are kept when somebody moves in and when a property is taken on.',
    'GEN-10': 'Money is zero or more, unless it is a balance or an adjustment.',
  },
  {
    later: {
      // Only properties have a postcode of their own so far, and refuse a wrong one as PRP-4.
      'GEN-6': 'A postcode is one of the United Kingdom.',
    },
    identities: {
      'GEN-4': 'What is closed or erased takes no more commands but those that say so.',
      'GEN-5': 'Every change has somebody who made it.',
    },
  },
);
