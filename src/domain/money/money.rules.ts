import { declareRules } from '../../kernel/rules.js';
import { declareDeadline } from '../deadline.js';
import { declarePolicies } from '../policies.js';

declareRules(
  'rent_accounts',
  {
    'LED-1': 'Each week of an account is charged once, on or about its Monday; what was charged wrongly is adjusted.',
    'LED-3': 'What Housing Benefit is still to pay, net of what it took back, is not collected from the resident.',
    'LED-4': 'While a claim for Housing Benefit is pending, what was claimed is not collected from the resident.',
    'LED-5': 'An arrears stage is reached on what is collectable, and by nothing that a plan, a pause, a breathing space, a dispute, a pending claim of a benefit or the year\'s gap of Universal Credit holds up.',
    'LED-7': 'An account closes when the stay has ended and the last charge is made.',
    'LED-9': 'A debt is written off up to what is owed, by somebody other than who asked for it.',
    'LED-10': 'Credit is paid out up to what there is, and what Housing Benefit overpaid goes back to the council alone.',
    'UK-T8': 'A social landlord sends residents in arrears a rent statement every quarter and offers a plan that they can afford before it serves a notice or goes to court; ten days before a hearing they have a statement that is up to date.',
    'UK-T9': 'Universal Credit is asked to pay the landlord from two months\' arrears on, or one month\'s where too little is paid again and again.',
    'UK-T11': 'Housing Benefit is asked to pay the landlord from eight weeks\' arrears on.',
    'UK-T14': 'In a breathing space nobody asks for what is owed: 60 days, reviewed midway, once in twelve months; longer while a mental health crisis is treated.',
  },
  {
    identities: {
      'LED-2': 'The balance is charges and adjustments less receipts that were not reversed; a credit is negative.',
      'LED-6': 'An adjustment is a line of its own and alters no old one.',
      'LED-8': 'A rent year with 53 Mondays has 53 weekly charges.',
      'UK-T10': 'Universal Credit brings nothing in one of its thirteen payments of a year: no stage of arrears is reached in those four weeks.',
    },
  },
);

declareRules(
  'rent_payments',
  {
    'RNT-3': 'A fee for late payment is charged where the agreement and the law allow it: from 14 days on, 3 % a year over the base rate at most.',
    'RNT-4': 'A receipt is never deleted: it is reversed, once, with a reason.',
    'RNT-5': 'A payment with the same external reference, amount and date is recorded once.',
    'RNT-6': 'Cash over 50 pounds has a receipt number and two signatures.',
    'RNT-8': 'Every receipt of cash has a number of its own in its year, and between the numbers is no gap.',
  },
  {
    identities: {
      'RNT-1': 'The lines of the ledger add up to the balance at every date.',
      'RNT-2': 'Payments meet the oldest demands first: Housing Benefit the eligible parts alone, and of them first those that it is awarded for, others the ineligible parts before the rest.',
      'RNT-7': 'A demand is overdue from the day after it is due, while something of it is unpaid that the resident owes.',
    },
  },
);

declareRules(
  'payment_agreements',
  {
    'PLN-1': 'An account has one live payment plan at a time.',
    'PLN-2': 'A payment plan is about what the resident owes, and no more.',
    'PLN-3': 'A payment plan begins soon and comes to an end.',
  },
  {
    identities: {
      'PLN-4': 'The instalments of a plan add up to its arrears.',
      'PLN-5': 'A payment covers the current amount of its period first, and the rest counts towards the plan.',
    },
  },
);

declareDeadline('UK-T8', { about: 'rent_accounts', doc: 'A resident in arrears is sent a rent statement every quarter.', ruleBasis: 'statutory', missed: 'ReportRentStatementMissed' });
declareDeadline('UK-T8.hearing', { about: 'rent_accounts', doc: 'A resident has a rent statement that is up to date ten days before the hearing.', ruleBasis: 'statutory', missed: 'ReportRentStatementMissed' });
declareDeadline('UK-T14', { about: 'rent_accounts', doc: 'A breathing space is reviewed between its 25th and its 35th day.', ruleBasis: 'statutory' });

declarePolicies({
  'RNT-3.base': { default: 400, unit: 'hundredths of a percent', min: 0, max: 10_000, doc: 'Base rate of the Bank of England, as fees for late rent are reckoned' },
});
