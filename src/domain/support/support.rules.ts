import { declareDeadline } from '../deadline.js';
import { declarePolicies } from '../policies.js';
import { declareRules } from '../../kernel/rules.js';

declareRules(
  'assessment_templates',
  { 'AST-1': 'The questions of a template have codes of their own, and a choice has two options or more.' },
  { identities: { 'AST-2': 'A version of a template that was published is never changed: what comes after it is another version.' } },
);

declareRules(
  'assessment_forms',
  {
    'ASM-1': 'An assessment is submitted when every mandatory question of its template is answered.',
    'ASM-3': 'A manager who did not assess approves an assessment.',
    'ASM-4': 'An approved assessment is not changed: another one takes its place.',
    'ASM-5': 'The next review is after the day on which the assessment is submitted.',
  },
  {
    identities: {
      'ASM-2': 'The score of an assessment is the sum of the weights of its answers, worked out by the product alone.',
      'ASM-6': 'An intake assessment stands for a move-in within 90 days of its approval (policy RES-6.intake).',
      'ASM-7': 'An assessment of type risk leads to a risk assessment, and sets no risk level itself.',
    },
  },
);

declarePolicies({
  'ASM.level_2': { default: 20, unit: 'percent', max: 100, doc: 'Share of the highest score from which on somebody is of independence level 2' },
  'ASM.level_3': { default: 40, unit: 'percent', max: 100, doc: 'The same of level 3' },
  'ASM.level_4': { default: 60, unit: 'percent', max: 100, doc: 'The same of level 4' },
  'ASM.level_5': { default: 80, unit: 'percent', max: 100, doc: 'The same of level 5' },
});
declareDeadline('ASM-5', {
  about: 'assessment_forms',
  doc: 'Another assessment of the type is approved.',
  ruleBasis: 'policy',
  missed: 'ReportAssessmentReviewOverdue',
});
