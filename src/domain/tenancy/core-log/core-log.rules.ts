import { declareRules } from '../../../kernel/rules.js';
import { declareDeadline } from '../../deadline.js';
import { hardChecks } from './hard-checks.js';
import { softChecks } from './soft-checks.js';

declareRules('core_logs', {
  ...Object.fromEntries([...hardChecks, ...softChecks].map(({ code, sentence }) => [code, sentence])),
  'CORE-26': 'No two lettings of a file are the same in owner, start, tenant code, address, lead tenant and charges.',
  'CORE-31': 'A log is sent once nothing is wrong with it and what is unusual is confirmed.',
  'CORE-32': 'What is confirmed was found to be unusual.',
  'CORE-33': 'A log is checked, and a file written, for a year whose template is known.',
});

declareDeadline('UK-R1', {
  about: 'core_logs',
  doc: 'The service has taken the log of the letting before the collection of its year closes.',
  ruleBasis: 'statutory',
  missed: 'ReportCoreLogOverdue',
  reportedAt: '09:00',
});
