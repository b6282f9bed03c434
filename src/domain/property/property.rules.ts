import { declareRules } from '../../kernel/rules.js';
import { declareDeadline } from '../deadline.js';
import { declarePolicies } from '../policies.js';
import { ALERTS } from './property/certificate.js';

declareRules('properties', {
  'PRP-1': 'A property has at least one bed, and no fewer than its rooms in use have together.',
  'PRP-2': 'A property keeps a bed for everybody who lives in it.',
  'PRP-3': 'A property in which somebody lives, or is expected, is taken out of service or closed only by a decant plan that names everybody of them.',
  'PRP-4': 'A postcode is a UK postcode, and a UPRN has 1 to 12 digits.',
  'PRP-5': 'Two properties of an organisation do not have the same name.',
  'PRP-6': 'A certificate is issued today or earlier, and expires after that.',
  'PRP-7': 'Nobody moves in while the gas, electrical or fire certificate is expired or unsatisfactory, unless a manager says why.',
  'PRP-8': 'A decant plan says of people who live in a property, or are expected, where they go outside of it, and by which day from today on.',
});

const properties = { about: 'properties', ruleBasis: 'statutory' } as const;
declareDeadline('UK-S3', { ...properties, doc: 'An electrical installation that was found unsafe is put right.', missed: 'ReportElectricalRemedyMissing' });
declareDeadline('PRP-certificate', { ...properties, doc: 'A certificate is renewed by its last day.', missed: 'ReportCertificateExpired' });
declareDeadline('PRP-decant', { ...properties, ruleBasis: 'policy', doc: 'Who lives in a house that is emptied has moved.', missed: 'ReportDecantMoveMissed' });
for (const days of ALERTS) {
  const doc = days === 0 ? 'A certificate is renewed before its last day.' : `A certificate is renewed ${days} days before its last day.`;
  declareDeadline(`PRP-certificate-${days}`, { ...properties, ruleBasis: 'policy', doc, missed: 'ReportCertificateExpiring' });
}

const voids = { about: 'property_rooms', ruleBasis: 'policy', missed: 'ReportVoidTaskMissed' } as const;
declareDeadline('ROM-inspection', { ...voids, doc: 'Somebody has looked at a room that has become empty.' });
declareDeadline('ROM-cleaning', { ...voids, doc: 'A room that has become empty is clean.' });
declareDeadline('ROM-relet', { ...voids, doc: 'A room that has become empty is let again.' });

declarePolicies({
  'UK-S3.days': { default: 28, unit: 'days', min: 1, max: 28, doc: 'By when an electrical installation that was found unsafe is put right' },
  'UK-S5.months': { default: 12, unit: 'months', min: 1, max: 120, doc: 'For how long a fire risk assessment is good' },
  'UK-S8.months': { default: 12, unit: 'months', min: 1, max: 120, doc: 'For how long a test of portable appliances is good' },
  'ROM-8.genders': { default: 1, unit: 'yes (1) or no (0)', min: 0, max: 1, doc: 'Whether a manager says why people of different genders share a room' },
  'ROM-inspection.days': { default: 2, unit: 'days', doc: 'By when an empty room is looked at' },
  'ROM-cleaning.days': { default: 5, unit: 'days', doc: 'By when an empty room is clean' },
  'ROM-relet.days': { default: 28, unit: 'days', doc: 'For how long a room may stand empty before the manager is told' },
  'ROM-7.notice': { default: 28, unit: 'days', doc: 'Notice of new charges of a room in which somebody lives' },
});

declareRules(
  'property_rooms',
  {
    'ROM-1': 'Two rooms of a property do not have the same number.',
    'ROM-2': 'A room has at least one bed, and on no night more people than beds.',
    'ROM-3': 'A stay or a closure counts the nights from its first day to the day before it ends, and does not end before it begins.',
    'ROM-4': 'A reservation begins today or later, and lapses after 7 days unless it says otherwise, 28 at most.',
    'ROM-5': 'A night is booked or out of service, not both.',
    'ROM-6': 'A room keeps a bed for everybody who is booked into it.',
    'ROM-7': 'Charges change from today on or later, with notice where somebody lives in the room, and not before the change that was made last.',
    'ROM-8': 'A shared room never mixes under-18s and adults, nor genders, unless they are siblings or a manager says why.',
    'ROM-9': 'What is done in an empty room is done since it became empty.',
  },
);
