import { declareDeadline } from '../../deadline.js';
import { declarePolicies } from '../../policies.js';
import { declareRules } from '../../../kernel/rules.js';

declareRules(
  'financial_records',
  {
    'FIN-1': 'An entry is of more than nothing.',
    'FIN-2': 'An entry is neither changed nor deleted: it is reversed and entered anew. A budget stands once.',
    'FIN-3': 'Nothing is entered into a month that is closed, and a month is closed once, when it is over.',
    'FIN-4': 'An expense above the limit is approved by somebody else than who entered it before it is paid.',
    'FIN-5': 'What is paid has the day on which it was paid, and not one to come.',
  },
  { identities: { 'FIN-6': 'The rent in the books is the charges and adjustments of the rent accounts, in every month and in all.' } },
);

declarePolicies({
  'FIN-4.expense_pence': { default: 50_000, unit: 'pence', min: 0, max: 100_000_000, doc: 'Expense above which somebody else must approve' },
});

declareDeadline('FIN-DUE', {
  about: 'financial_records',
  doc: 'What is entered with a day by which it is due is paid.',
  ruleBasis: 'policy',
  missed: 'ReportFinancialEntryOverdue',
});
