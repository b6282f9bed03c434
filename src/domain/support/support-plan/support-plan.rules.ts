import { declareRules } from '../../../kernel/rules.js';
import { declareDeadline } from '../../deadline.js';
import { declarePolicies } from '../../policies.js';

declareRules(
  'support_plans',
  {
    'SUP-1': 'A resident has one support plan that is active or paused.',
    'SUP-3': 'The next review is after the day from which it counts, and at most 90 days later; at most 30 where the risk is high or critical.',
    'SUP-4': 'Progress is 0 to 100; it goes down with a note alone, and 100 does not achieve a goal by itself.',
    'SUP-5': 'A support plan is completed when every goal is achieved or abandoned.',
    'SUP-6': 'Who pauses or completes a support plan says why.',
    'SUP-7': 'A milestone is due on the target date of its goal or before.',
    'SUP-8': 'After moving out nothing happens to a support plan but its completion, within 28 days.',
    'PRG-2': 'The key worker of the resident, the deputy or a manager records progress.',
  },
  { identities: { 'PRG-1': 'The progress of a goal is the reading with the latest day, from 0 to 100; an achieved goal is at 100.' } },
);

declarePolicies({
  'SUP-3.days': { default: 90, unit: 'days', min: 1, max: 365, doc: 'Longest time from one review of a support plan to the next' },
  'SUP-3.grave_risk_days': { default: 30, unit: 'days', min: 1, max: 365, doc: 'The same where the risk is high or critical' },
  'SUP-3.first_reminder': { default: 7, unit: 'days', min: 0, max: 90, doc: 'How long before a review the first reminder is given' },
  'SUP-3.last_reminder': { default: 1, unit: 'days', min: 0, max: 90, doc: 'How long before a review the last reminder is given' },
  'SUP-3.escalation': { default: 7, unit: 'days', min: 1, max: 90, doc: 'How long after a review was reported overdue a manager is told' },
  'SUP-8': { default: 28, unit: 'days', max: 365, doc: 'In which the support plan of who moved out is completed' },
});

declareDeadline('SUP-3', {
  about: 'support_plans',
  doc: 'The support plan is reviewed.',
  ruleBasis: 'policy',
  missed: 'ReportSupportPlanReviewOverdue',
  reportedAt: '09:00',
});
declareDeadline('SUP-8', { about: 'support_plans', doc: 'The support plan of who moved out is completed.', ruleBasis: 'policy' });
