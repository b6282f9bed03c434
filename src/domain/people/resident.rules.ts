import { declareRules } from '../../kernel/rules.js';
import { declareDeadline } from '../deadline.js';
import { declarePolicies } from '../policies.js';

declareRules(
  'residents',
  {
    'RES-1': 'A name has 2 to 100 characters.',
    'RES-2': 'Somebody who moves in is of the age that the property is for: 16 to 25 unless it says otherwise, and never under 16.',
    'RES-4': 'Somebody moves in today or earlier, and not after moving out.',
    'RES-5': 'A resident is in one placement at a time.',
    'RES-6':
      'Somebody who moves in has a signed agreement that covers the date, a room that can be let, an accepted referral, an intake assessment of the last 90 days and a risk assessment of the last 28; a manager\'s reason stands in for the last three where they are an adult. Under 18 there are a responsible authority, a social worker and a placement plan.',
    'RES-8': 'An NHS number has ten digits of which the last one checks the others; a National Insurance number and a pupil number are well-formed.',
    'RES-10':
      'Two records of one person are merged within one organisation, where they were not placed on the same nights; the one that goes lives here no more, has none merged into it, and the merger can be undone.',
    'RES-11': 'What must be kept, by law or for what is still open, is not erased, and nothing of somebody who lives here.',
    'RES-12': 'What is to be looked at again is looked at after the day on which it begins.',
    'RES-13': 'What was taken into keeping is given back on that day or later.',
    'RES-14':
      'Who is 16 or older consents themselves, and who is younger where they were found able to decide about it; else whoever has parental responsibility, or, from 16 where they were found unable to decide, who may decide for them: from 18 an attorney or a deputy.',
    'RES-15': 'A consent holds on the day on which it is given: it expires later.',
  },
  {
    identities: {
      'RES-7': 'Somebody who has moved in has a key worker within one working day.',
      'RES-3': 'A resident has moved out if, and only if, there is a date on which they did.',
      'RES-9': 'A risk level comes from a risk assessment, and nobody sets it by hand.',
    },
  },
);

declareRules(
  'emergency_contacts',
  {
    'EMC-1': 'Of the contacts that may be called one is the primary one.',
    'EMC-2': 'A phone number can be called from anywhere: +44 and so on.',
    'EMC-3': 'A restricted contact is neither the primary one nor called.',
    'EMC-4':
      'Somebody who moves in has an emergency contact, unless they are an adult whom a manager admits directly; under 18 there is one who can be reached out of hours.',
    'EMC-6': 'A social worker is recorded as such among the contacts.',
  },
  {
    identities: {
      'EMC-5': 'A contact is a person with a key of their own.',
      'EMC-7': 'What is known of the emergency contacts of somebody who lives here is seen to once a year.',
    },
  },
);

declarePolicies({
  'RES-6.intake': { default: 90, unit: 'days', doc: 'For which an approved intake assessment lets somebody move in' },
  'RES-6.risk': { default: 28, unit: 'days', doc: 'For which an active risk assessment lets somebody move in' },
  'RES-7': { default: 1, unit: 'working days', doc: 'In which a new resident has a key worker' },
  'SUP-2': { default: 28, unit: 'days', doc: 'In which a new resident has a support plan' },
  'HB-HELP': { default: 1, unit: 'days', doc: 'In which a new resident is helped to claim Housing Benefit' },
  'EMC-7': { default: 12, unit: 'months', min: 1, max: 120, doc: 'In which the emergency contacts of somebody who lives here are seen to again' },
  'MOVE-ON.referral': { default: 14, unit: 'days', doc: 'In which somebody who is ready to move on is referred for a home of their own' },
  'MOVE-ON.plan': { default: 28, unit: 'days', doc: 'In which the day of the move of somebody who is ready to move on is planned' },
  'CAL.non_attendance': { default: 3, unit: 'occurrences', min: 1, max: 100, doc: 'After how many things that a resident did not come to in a row the key worker is told' },
  'RES-ADULT': { default: 28, unit: 'days', doc: 'In which everything is looked at anew with a resident who has turned 18' },
});

declareDeadline('RES-7', { about: 'residents', doc: 'A new resident has a key worker.', ruleBasis: 'policy', missed: 'ReportKeyWorkerOverdue' });
declareDeadline('SUP-2', { about: 'residents', doc: 'A new resident has a support plan.', ruleBasis: 'policy', missed: 'ReportSupportPlanMissing' });
declareDeadline('HB-HELP', { about: 'residents', doc: 'A new resident was helped to claim Housing Benefit.', ruleBasis: 'policy', missed: 'ReportBenefitHelpMissing' });
declareDeadline('EMC-7', { about: 'residents', doc: 'The emergency contacts of somebody who lives here were seen to, and are right.', ruleBasis: 'policy', missed: 'ReportContactsUnverified' });
declareDeadline('RES-ADULT', {
  about: 'residents',
  doc: 'Legal status, agreement and benefits of a resident who has turned 18 were looked at anew.',
  ruleBasis: 'policy',
  missed: 'ReportAdultReviewOverdue',
});
declareDeadline('MOVE-ON.referral', { about: 'residents', doc: 'Somebody who is ready to move on is referred for a home of their own.', ruleBasis: 'policy', missed: 'ReportMoveOnReferralMissing' });
declareDeadline('MOVE-ON.plan', { about: 'residents', doc: 'The day on which somebody who is ready to move on does so is planned.', ruleBasis: 'policy', missed: 'ReportMoveOnPlanMissing' });
