import { declarePolicies } from '../../policies.js';
import { declareRules } from '../../../kernel/rules.js';

declareRules(
  'notifications',
  {},
  {
    identities: {
      'NOT-1': 'Nobody is told twice of the same matter and day, however often its events are worked on.',
      'NOT-2': 'What is urgent and not read in time is sent by another channel, once.',
      'NOT-3': 'A notification is shown to the one it is for, and while they may see what it is about.',
      'NOT-4': 'An emergency is told to everybody whom it concerns: nothing turns it off.',
    },
  },
);

declarePolicies({
  'NOT-2.minutes': { default: 30, unit: 'minutes', min: 1, max: 1440, doc: 'How long an urgent notification may stay unread before it is sent by another channel' },
  'NOT.expiry': { default: 30, unit: 'days', min: 1, max: 3650, doc: 'Days after which a notification that nobody has settled expires' },
});
