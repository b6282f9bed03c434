import { declareRules } from '../../../kernel/rules.js';

declareRules(
  'outcomes_tracking',
  {
    'OUT-1': 'The target of an outcome is another value than the baseline, in the direction in which it shall go.',
    'OUT-2': 'An outcome is achieved once its last measurement has reached the target; before that a manager alone says so, with a reason.',
    'OUT-3': 'Who defined or measured an outcome does not verify it.',
  },
  {
    identities: {
      'OUT-4': 'An outcome is positive where the last measurement is nearer to the target than the baseline is, negative where it went the other way, and neutral where nothing changed.',
      'OUT-5': 'Progress is (current − baseline) / (target − baseline) in a hundred, rounded half up to two places: raw, and for display from 0 to 100.',
    },
  },
);
