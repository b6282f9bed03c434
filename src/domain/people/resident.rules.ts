import { declareRules } from '../../kernel/rules.js';

declareRules(
  'residents',
  {
    'RES-1': 'A name has 2 to 100 characters.',
    'RES-2': 'Somebody who moves in is of the age that the property is for: 16 to 25 unless it says otherwise, and never under 16.',
    'RES-4': 'Somebody moves in today or earlier, and not after moving out.',
    'RES-5': 'A resident is in one placement at a time.',
    'RES-6':
      'Somebody who moves in is 18 or older, has a signed agreement that covers the date, a room that can be let, and an accepted referral or a manager\'s reason for admitting them directly.',
    'RES-8': 'An NHS number has ten digits of which the last one checks the others; a National Insurance number is well-formed.',
    'RES-11': 'What must be kept, by law or for what is still open, is not erased, and nothing of somebody who lives here.',
  },
  {
    later: {
      'RES-7': 'Somebody who has moved in has a key worker within one working day.',
      'RES-10': 'Two records of one person are merged within one organisation, and the merger can be undone.',
    },
    identities: {
      'RES-3': 'A resident has moved out if, and only if, there is a date on which they did.',
      'RES-9': 'A risk level comes from a risk assessment, and nobody sets it by hand.',
    },
  },
);

declareRules(
  'emergency_contacts',
  {
    'EMC-1': 'Of the contacts that may be called one is the primary one.',
    'EMC-2': 'A phone number can be called from anywhere: +44 and so on.',
    'EMC-3': 'A restricted contact is neither the primary one nor called.',
    'EMC-4': 'Somebody who moves in has an emergency contact, unless a manager admits them directly.',
  },
  { identities: { 'EMC-5': 'A contact is a person with a key of their own.' } },
);
