import { declareRules } from '../../../kernel/rules.js';

declareRules('import_batches', {
  'INT-5': 'A file is imported once; what is good of it is posted, and what is not is reported line by line.',
  'IMP-1': 'The name of a file says what it is and, where it is a cash or Housing Benefit file, of which day.',
  'IMP-2': 'A file has something in it that can be imported.',
  'IMP-3': 'A file can be read as what it is said to be.',
  'IMP-4': 'A file of lettings is imported by who may answer their logs.',
});
