import { declarePolicies } from '../../policies.js';
import type { ArrearsPolicy } from './arrears.js';

declarePolicies({
  'LED-3.silence': { default: 8, unit: 'weeks', doc: 'After how many weeks without a payment the council is asked about Housing Benefit.' },
  'LED-5.grace': { default: 1, unit: 'weeks', doc: 'How many weeks of their own share residents may owe without being asked.' },
  'LED-5.minimum': { default: 1_000, unit: 'pence', min: 1, doc: 'From how much beyond the grace on a resident is asked for arrears.' },
  'LED-5.contact': { default: 7, unit: 'days', doc: 'How many days pass between two contacts about arrears.' },
  'LED-5.s2': { default: 7, unit: 'days', doc: 'How long after the first message the first letter is sent.' },
  'LED-5.s3': { default: 14, unit: 'days', doc: 'How long after the first letter the second one is sent.' },
  'LED-5.restart': { default: 3, unit: 'months', min: 1, doc: 'After how long a letter is too old for the next one to follow it: the stages begin again.' },
  'LED-5.s4-weeks': { default: 4, unit: 'weeks', min: 1, doc: 'From how many weeks of the whole charge on a notice is considered.' },
  'LED-5.s4': { default: 7, unit: 'days', doc: 'How long after the second letter a notice is considered.' },
  'LED-5.s6': { default: 14, unit: 'days', doc: 'How long after the warning somebody may go to court.' },
  'LED-5.notice': { default: 12, unit: 'months', min: 1, doc: 'For how long after its last day a notice can be relied on.' },
  'LED-5.notice-days': { default: 28, unit: 'days', doc: 'How long a notice for arrears runs at least.' },
  'UK-T8.weeks': { default: 13, unit: 'weeks', max: 52, doc: 'How often residents in arrears are sent a rent statement; 0 where the protocol of social landlords is not followed.' },
  'UK-T8.hearing-days': { default: 10, unit: 'days', doc: 'How long before a hearing the resident has a rent statement that is up to date.' },
  'UK-T9.months': { default: 2, unit: 'months', min: 1, doc: 'From how many months of arrears on Universal Credit is asked to pay the landlord.' },
  'UK-T9.persistent': { default: 1, unit: 'months', min: 1, doc: 'The same, where too little is paid again and again.' },
  'UK-T11.weeks': { default: 8, unit: 'weeks', min: 1, doc: 'From how many weeks of arrears on Housing Benefit is asked to pay the landlord.' },
  'UK-T14.days': { default: 60, unit: 'days', min: 1, doc: 'How long a breathing space lasts.' },
  'UK-T14.review-from': { default: 25, unit: 'days', doc: 'From which day of a breathing space on it is reviewed.' },
  'UK-T14.review-to': { default: 35, unit: 'days', doc: 'By which day of a breathing space it is reviewed.' },
  'UK-T14.after-treatment': { default: 30, unit: 'days', doc: 'How long a breathing space lasts after the treatment of a mental health crisis has ended.' },
  'UK-T14.again': { default: 12, unit: 'months', min: 1, doc: 'How long after a standard breathing space there may be another one.' },
  'RNT-6.cash': { default: 5_000, unit: 'pence', doc: 'Beyond how much cash needs a receipt number and two signatures.' },
});

/** The figures of the stages. @param figure gives the one in force under a code. */
export const arrearsPolicy = (figure: (code: string) => number): ArrearsPolicy => ({
  graceWeeks: figure('LED-5.grace'),
  minimumPence: figure('LED-5.minimum'),
  contactDays: figure('LED-5.contact'),
  s2Days: figure('LED-5.s2'),
  s3Days: figure('LED-5.s3'),
  restartMonths: figure('LED-5.restart'),
  s4Weeks: figure('LED-5.s4-weeks'),
  s4Days: figure('LED-5.s4'),
  s6Days: figure('LED-5.s6'),
  noticeMonths: figure('LED-5.notice'),
  statementWeeks: figure('UK-T8.weeks'),
});
