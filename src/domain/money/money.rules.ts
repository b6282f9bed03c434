import { declareRules } from '../../kernel/rules.js';

declareRules(
  'rent_accounts',
  {
    'LED-1': 'Each week of an account is charged once, on or about its Monday; what was charged wrongly is adjusted.',
  },
  {
    later: {
      'LED-3': 'What Housing Benefit is still to pay is not collected from the resident.',
      'LED-4': 'While a claim for Housing Benefit is pending, what was claimed is not collected from the resident.',
      'LED-5': 'An arrears stage is reached on what is collectable, and by nothing that a plan, pause or dispute blocks.',
      'LED-7': 'An account closes when the stay has ended and the last charge is made.',
    },
    identities: {
      'LED-2': 'The balance is charges and adjustments less receipts that were not reversed; a credit is negative.',
      'LED-6': 'An adjustment is a line of its own and alters no old one.',
      'LED-8': 'A rent year with 53 Mondays has 53 weekly charges.',
    },
  },
);

declareRules(
  'rent_payments',
  {
    'RNT-4': 'A receipt is never deleted: it is reversed, once, with a reason.',
    'RNT-5': 'A payment with the same external reference, amount and date is recorded once.',
  },
  {
    later: {
      'RNT-3': 'A fee for late payment is charged where the agreement and the law allow it.',
      'RNT-6': 'Cash over 50 pounds has a receipt number and two signatures.',
    },
    identities: {
      'RNT-1': 'The lines of the ledger add up to the balance at every date.',
      'RNT-2': 'Payments meet the oldest demands first: Housing Benefit the eligible parts alone, others the ineligible parts before the rest.',
      'RNT-7': 'A demand is overdue from the day after it is due, while something of it is unpaid that the resident owes.',
    },
  },
);
