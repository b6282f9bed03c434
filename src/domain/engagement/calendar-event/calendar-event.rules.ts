import { declareRules } from '../../../kernel/rules.js';
import { declarePolicies } from '../../policies.js';

declareRules(
  'calendar_events',
  {
    'CAL-1': 'An event ends after it begins, and within 24 hours unless it is of whole days.',
    'CAL-2': 'A recurrence is a rule of RFC 5545 by days or longer that begins with the event and ends by COUNT or UNTIL, within two years.',
    'CAL-5': 'An event is completed once it has begun.',
  },
  {
    identities: {
      'CAL-3': 'Every occurrence of a series keeps its time of day in London, whatever the clocks do.',
      'CAL-4': 'That the organiser has something else at the time is no refusal: it is a warning that the event keeps.',
      'CAL-6': 'Where the property is at a confidential address, the location of an event is not shown.',
    },
  },
);

declarePolicies({
  'CAL-2': { default: 2, unit: 'years', min: 1, max: 2, doc: 'How far ahead a series of calendar events goes' },
});
