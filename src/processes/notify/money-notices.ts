import type { Notice } from './notice.js';

/** Of an agreement, and of another rent under it (UK-T13). */
const notEligible: Omit<Notice, 'on' | 'rule'> = {
  when: ({ wronglyEligible }) => Array.isArray(wronglyEligible), to: ['role:finance'],
  notificationType: 'alert', priority: 'medium', category: 'financial', actionRequired: true,
  title: 'An eligible charge has something in it that Housing Benefit does not pay for', message: 'See the items of the agreement, and have them charged as not eligible.',
};

/** What people are told of money: rows of the table of notices, which says how to add one. */
export const moneyNotices: readonly Notice[] = [
  {
    on: 'ArrearsStageReached', rule: 'arrears-stage', day: 'on', part: 'stage', to: ['key_worker', 'role:finance'],
    notificationType: 'alert', priority: 'high', category: 'financial', actionRequired: true,
    title: 'A rent account has reached a stage of arrears', message: 'See what is to be done next.',
  },
  {
    on: 'RentStatementOverdue', rule: 'missed-rent-statement', day: 'dueOn', part: 'forHearing', to: ['key_worker', 'role:finance'],
    notificationType: 'alert', priority: 'high', category: 'financial', actionRequired: true,
    title: 'A rent statement was not sent in time', message: 'Send the resident what was charged and paid in the last quarter, and record it.',
  },
  {
    on: 'PaymentPlanBreached', rule: 'plan-breached', day: 'on', to: ['key_worker', 'role:finance'],
    notificationType: 'alert', priority: 'high', category: 'financial', actionRequired: true,
    title: 'A repayment plan was breached', message: 'An instalment is missing and the days of grace are over.',
  },
  {
    on: 'HousingBenefitSilent', rule: 'benefit-silent', day: 'since', to: ['key_worker', 'role:finance'],
    notificationType: 'alert', priority: 'high', category: 'financial', actionRequired: true,
    title: 'No Housing Benefit has come for eight weeks', message: 'Ask the council what has become of it.',
  },
  {
    on: 'BenefitTaskRaised', rule: 'benefit-claim', day: 'on', when: ({ task }) => task === 'check_claim_type', to: ['key_worker', 'role:finance'],
    notificationType: 'alert', priority: 'high', category: 'financial', actionRequired: true,
    title: 'The wrong benefit is claimed for a room', message: 'Look which one pays in a property of its category, and have that one claimed.',
  },
  {
    on: 'BenefitTaskRaised', rule: 'benefit-direct', day: 'on', when: ({ task }) => task === 'request_direct_payment', to: ['key_worker', 'role:finance'],
    notificationType: 'alert', priority: 'high', category: 'financial', actionRequired: true,
    title: 'Housing Benefit can be asked to pay the landlord', message: 'So much is owed that the council may pay us instead of the resident: ask it, and record that.',
  },
  {
    on: 'BenefitTaskRaised', rule: 'benefit-managed', day: 'on', when: ({ task }) => task === 'request_managed_payment', to: ['key_worker', 'role:finance'],
    notificationType: 'alert', priority: 'high', category: 'financial', actionRequired: true,
    title: 'Universal Credit can be asked to pay the landlord', message: 'So much is owed that a managed payment may be asked for: ask for it, and record that.',
  },
  { on: 'AgreementDrafted', rule: 'charge-not-eligible', ...notEligible },
  { on: 'RentVaried', rule: 'varied-charge-not-eligible', day: 'effectiveFrom', ...notEligible },
  {
    on: 'HousingBenefitSuspended', rule: 'benefit-suspended', day: 'from', to: ['key_worker', 'role:finance'],
    notificationType: 'alert', priority: 'high', category: 'financial', actionRequired: true,
    title: 'Housing Benefit was suspended', message: 'Help the resident to answer the council.',
  },
  {
    on: 'BudgetThresholdReached', rule: 'budget-nearly-used', when: ({ percent }) => percent === 80, part: 'percent', to: ['property_manager', 'role:finance'], else: ['role:manager'],
    notificationType: 'alert', priority: 'medium', category: 'financial',
    title: 'Four fifths of a budget are used', message: 'See what is still to be spent in its year.',
  },
  {
    on: 'BudgetThresholdReached', rule: 'budget-used', when: ({ percent }) => percent === 100, part: 'percent', to: ['property_manager', 'role:finance'], else: ['role:manager'],
    notificationType: 'alert', priority: 'high', category: 'financial', actionRequired: true,
    title: 'A budget is used up', message: 'Decide what is spent beyond it, or set another one.',
  },
  {
    on: 'WriteOffRequested', rule: 'write-off', part: 'writeOffId', to: ['role:manager'],
    notificationType: 'message', priority: 'medium', category: 'financial', actionRequired: true,
    title: 'A debt is proposed to be written off', message: 'Somebody else than who asked decides.',
  },
  {
    on: 'SuspenseResolutionProposed', rule: 'suspense', to: ['role:manager'],
    notificationType: 'message', priority: 'medium', category: 'financial', actionRequired: true,
    title: 'Money that nobody knew is proposed for an account', message: 'Somebody else than who proposed it approves.',
  },
  {
    on: 'CourtActionProposed', rule: 'court', to: ['role:manager'],
    notificationType: 'alert', priority: 'high', category: 'financial', actionRequired: true,
    title: 'Court action is proposed', message: 'A manager decides, who is not the one that proposed it.',
  },
  {
    on: 'DepositReturnOverdue', rule: 'missed-deposit-return', day: 'dueOn', to: ['role:finance', 'property_manager'], else: ['role:manager'],
    notificationType: 'alert', priority: 'high', category: 'financial', actionRequired: true,
    title: 'A deposit was not settled in time', message: 'The agreement has ended: pay it back, less what is kept of it and why.',
  },
];
