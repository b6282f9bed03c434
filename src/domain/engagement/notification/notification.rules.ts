import { declarePolicies } from '../../policies.js';
import { declareRules } from '../../../kernel/rules.js';

declareRules(
  'notifications',
  {
    'NOT-8': 'Sending by a channel is tried three times, and no more after a failure that will not pass.',
  },
  {
    identities: {
      'NOT-1': 'Nobody is told twice of the same matter and day, however often its events are worked on.',
      'NOT-2': 'What is urgent and not read in time is sent by another channel, once.',
      'NOT-3': 'A notification is shown to the one it is for, and while they may see what it is about.',
      'NOT-7': 'What is not urgent is sent outside quiet hours alone, by the clocks of London.',
    },
  },
);

declarePolicies({
  'NOT-2.minutes': { default: 30, unit: 'minutes', min: 1, max: 1440, doc: 'How long an urgent notification may stay unread before it is sent by another channel' },
  'NOT-7.from': { default: 21, unit: 'o’clock', max: 23, doc: 'When quiet hours begin for who has not said otherwise; where they end at the same hour there are none' },
  'NOT-7.to': { default: 8, unit: 'o’clock', max: 23, doc: 'When quiet hours end for who has not said otherwise' },
  'NOT-8': { default: 3, unit: 'attempts', min: 1, max: 10, doc: 'How often sending a notification by a channel is tried' },
  'R-NOTIF': { default: 30, unit: 'days', min: 1, max: 3650, doc: 'After which a notification that was read, or has expired, is cleared away' },
  'NOT.expiry': { default: 30, unit: 'days', min: 1, max: 3650, doc: 'Days after which a notification that nobody has settled expires' },
});
