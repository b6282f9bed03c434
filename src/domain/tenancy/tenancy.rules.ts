import { declareRules } from '../../kernel/rules.js';
import { declareDeadline } from '../deadline.js';
import { declarePolicies } from '../policies.js';

declareRules(
  'tenancy_agreements',
  {
    'AGR-1': 'An agreement ends after it starts.',
    'AGR-2': 'A resident has no two active agreements at a time.',
    'AGR-3': 'An agreement is active once it is signed; its witness is another active member of the organisation. Somebody under 18 holds a licence, or on trust, with a guarantor or their local authority bound beside them.',
    'AGR-4': 'A deposit is five weeks\' rent at most where the Tenant Fees Act applies.',
    'AGR-5': 'A notice suits the tenure and ends no earlier than its kind allows; possession goes step by step after it.',
    'AGR-6': 'Rent changes forward only, with the notice that the tenure asks for.',
    'AGR-7': 'A private landlord lets on no assured shorthold tenancy that starts on or after 1 May 2026.',
    'AGR-8': 'The terms of a signed agreement do not change.',
    'AGR-10': 'Service charges that are told item by item come to the service charges of the week.',
    'UK-T3': 'Ground 8 asks for 13 weeks\' arrears, or three months\' where rent is payable monthly, when the notice is served and at the hearing.',
  },
  {
    identities: {
      'AGR-9': 'The weekly total is the sum of its components, and a month is 52/12 of it.',
      'UK-T13': 'That the eligible charge has something in it that Housing Benefit does not pay for is no refusal: it is a warning that the agreement keeps, and finance is told.',
    },
  },
);

const agreements = { about: 'tenancy_agreements' } as const;
declareDeadline('AGR-term', { ...agreements, doc: 'The last day of an agreement with an end.', ruleBasis: 'policy', missed: 'ReportAgreementExpired' });
for (const days of [90, 60, 30]) {
  const doc = `By ${days} days before the end of an agreement it is settled what follows.`;
  declareDeadline(`AGR-renewal-${days}`, { ...agreements, doc, ruleBasis: 'policy', missed: 'ReportRenewalDue' });
}
declareDeadline('AGR-5', { ...agreements, doc: 'The last day of a notice.', ruleBasis: 'statutory' });
const unprotected = { ...agreements, ruleBasis: 'statutory', missed: 'ReportDepositUnprotected' } as const;
declareDeadline('UK-T7', { ...unprotected, doc: 'A deposit is in a scheme 30 days after it was received.' });
declareDeadline('UK-T7.information', { ...unprotected, doc: 'The resident has the prescribed information 30 days after the deposit was received.' });
declareDeadline('AGR-3.adult', { ...agreements, doc: 'Who has turned 18 has an agreement of their own.', ruleBasis: 'policy', missed: 'ReportAdultAgreementMissing' });
declareDeadline('MOV-deposit', { ...agreements, doc: 'A deposit is settled after the agreement has ended.', ruleBasis: 'policy', missed: 'ReportDepositReturnMissed' });

const movesOut = { about: 'placements', ruleBasis: 'policy', missed: 'ReportMoveOutDutyMissed' } as const;
declareDeadline('MOV-handover', { ...movesOut, doc: 'The room, its keys and its meters are handed over after somebody left.' });
declareDeadline('MOV-keys', { ...movesOut, doc: 'Who has left has given back the keys.' });
declareDeadline('MOV-possessions', { ...movesOut, doc: 'What somebody left behind was collected or dealt with.' });
declareDeadline('UK-T18', { about: 'placements', doc: 'Housing Benefit goes on for 13 weeks of an absence.', ruleBasis: 'statutory' });

declarePolicies({
  'AGR-3.adult': { default: 28, unit: 'days', doc: 'By when somebody who has turned 18 has an agreement of their own' },
  'AGR-4.return': { default: 10, unit: 'days', doc: 'By when a deposit is settled after the agreement has ended' },
  'AGR-5.excluded': { default: 7, unit: 'days', doc: 'Notice of an excluded licence, where the contract says nothing else' },
  'AGR-5.resident': { default: 28, unit: 'days', doc: 'Notice that a resident gives' },
  'MOV-handover.days': { default: 1, unit: 'days', doc: 'By when a room is handed over after somebody left' },
  'MOV-keys.days': { default: 1, unit: 'days', doc: 'By when the keys are back after somebody left' },
  'MOV-possessions.days': { default: 28, unit: 'days', doc: 'For how long what somebody left behind is kept for them' },
  'UK-T18.days': { default: 91, unit: 'days', doc: 'For how long Housing Benefit goes on during an absence' },
  'AGR-6.licence': { default: 28, unit: 'days', doc: 'Notice of a change of the charges of a licence' },
});

declareRules(
  'placements',
  {
    'MOV-1': 'A transfer leads from one room to another, and a move out to none.',
    'MOV-4': 'A move is recorded on its day or later, and planned for its day or earlier.',
    'MOV-5': 'No more keys come back than are out, and it is said which.',
    'MOV-6': 'What somebody left behind is kept for them for its time, unless they agree that it is disposed of.',
    'MOV-7': 'A stay that is planned goes to another room only where a bed of it is kept for the resident from its day on.',
  },
  {
    identities: {
      'MOV-2': 'Each move has one record, and a correction changes it.',
      'MOV-3': 'An emergency move is marked as one.',
    },
  },
);
