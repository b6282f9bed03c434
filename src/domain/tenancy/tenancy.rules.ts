import { declareRules } from '../../kernel/rules.js';

declareRules(
  'tenancy_agreements',
  {
    'AGR-1': 'An agreement ends after it starts.',
    'AGR-2': 'A resident has no two active agreements at a time.',
    'AGR-3': 'An agreement is active once it is signed; its witness is another active member of the organisation.',
    'AGR-4': 'A deposit is five weeks\' rent at most where the Tenant Fees Act applies.',
    'AGR-7': 'A private landlord lets on no assured shorthold tenancy that starts on or after 1 May 2026.',
    'AGR-8': 'The terms of a signed agreement do not change.',
  },
  {
    later: {
      'AGR-5': 'A notice ends no earlier than its kind allows.',
      'AGR-6': 'Rent changes forward only, with the notice that the tenure asks for.',
    },
    identities: { 'AGR-9': 'The weekly total is the sum of its components, and a month is 52/12 of it.' },
  },
);

declareRules(
  'placements',
  {
    'MOV-1': 'A transfer leads from one room to another.',
    'MOV-4': 'A move is recorded on its day or later.',
  },
  {
    identities: {
      'MOV-2': 'Each move has one record, and a correction changes it.',
      'MOV-3': 'An emergency move is marked as one.',
    },
  },
);
