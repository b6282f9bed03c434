import { declareDeadline } from '../deadline.js';
import { declarePolicies } from '../policies.js';
import { declareRules } from '../../kernel/rules.js';

declareRules(
  'referrals',
  {
    'REF-1': 'Somebody is referred to a service with their consent to share what is told, or for a reason of safeguarding that is written down.',
    'REF-2': 'An answer is not expected before the referral is made.',
    'REF-4': 'Who declines a referral says why; where it is for another reason, in words.',
    'REF-5': 'A service of the directory that somebody is referred to is active, and for people of their age.',
  },
  {
    identities: {
      'REF-3': 'An emergency is answered within 24 hours, an urgent referral within 2 working days, any other within 10, unless the organisation says otherwise.',
      'REF-6':
        'Somebody who is referred to us shows as a possible duplicate of whoever has the same NHS number, or the same name and date of birth in a referral at most 90 days away.',
    },
  },
);

declarePolicies({
  'REF-3.emergency': { default: 24, unit: 'hours', doc: 'In which an emergency referral is answered' },
  'REF-3.urgent': { default: 2, unit: 'working days', doc: 'In which an urgent referral is answered' },
  'REF-3.routine': { default: 10, unit: 'working days', doc: 'In which any other referral is answered' },
});

declareDeadline('REF-3', { about: 'referrals', doc: 'A referral is answered.', ruleBasis: 'policy', missed: 'ReportReferralResponseOverdue' });
declareDeadline('REF-FOLLOW-UP', {
  about: 'referrals',
  doc: 'A referral is followed up on the day that was agreed.',
  ruleBasis: 'policy',
  missed: 'ReportReferralFollowUpOverdue',
  reportedAt: '09:00',
});
