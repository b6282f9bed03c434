/** The roles that the product brings. `system` is for its own processes and nobody can be given it. */
export const systemRoles = [
  'owner', 'admin', 'manager', 'key_worker', 'finance', 'maintenance',
  'auditor', 'dpo', 'resident', 'integration', 'system',
] as const;
export type SystemRole = (typeof systemRoles)[number];
export const isSystemRole = (role: string): role is SystemRole => (systemRoles as readonly string[]).includes(role);

const on = (table: string, ...verbs: string[]): string[] => verbs.map((verb) => `${table}:${verb}`);
const readsOf = (...tables: string[]): string[] => tables.map((table) => `${table}:read`);

/** What was on which nights: without anybody's name, for whoever sees the rooms. */
const nights = ['room_nights', 'occupancy', 'voids'];

const housing = [
  'properties', 'property_rooms', ...nights, 'residents', 'placements', 'tenancy_agreements', 'core_logs', 'incidents',
  'users', 'user_organizations', 'roles_permissions', 'organizations',
  'support_plans', 'outcomes_tracking', 'calendar_events',
  'assessment_templates', 'assessment_forms', 'risk_assessments',
  'referrals', 'referral_services',
];

/** One's own inbox. */
const inbox = on('notifications', 'read', 'mark-read', 'mark-actioned', 'dismiss');

/** What a worker does for the residents in the own care. */
const keyWork = [
  'support_plans:*', 'outcomes_tracking:*', 'calendar_events:*',
  ...on('residents', 'register', 'register-applicant', 'correct-details', 'record-equality', 'record-nhs-number',
    'record-national-insurance-number', 'record-identifier', 'mark-at-risk', 'clear-at-risk', 'give-consent', 'withdraw-consent',
    'add-emergency-contact', 'update-emergency-contact', 'set-primary-contact', 'restrict-contact', 'remove-emergency-contact', 'verify-emergency-contact',
    'assign-social-worker', 'record-placement-plan', 'add-alert', 'end-alert', 'deposit-possessions', 'return-possessions',
    'withdraw-application', 'record-sibling', 'remove-sibling'),
  ...on('referrals', 'make', 'receive-referral', 'request-information', 'record-outcome', 'cancel', 'schedule-follow-up'),
  ...on('property_rooms', 'reserve', 'release-reservation', 'record-void-inspection', 'record-cleaning'),
  ...on('incidents', 'log', 'acknowledge', 'add-person-involved', 'add-action', 'complete-action', 'amend-description', 'escalate', 'reclassify'),
  // Who assessed is told that somebody else approves; the rule itself is the manager's (ASM-3).
  ...on('assessment_forms', 'start', 'save-responses', 'submit', 'approve'),
  ...on('risk_assessments', 'start', 'rate-domain', 'record-factors', 'complete', 'escalate-risk', 'acknowledge-escalation', 'add-action-item', 'complete-action-item'),
  ...on('tenancy_agreements', 'draft', 'sign', 'void'),
  ...on('placements', 'plan', 'change-planned', 'cancel-planned', 'record-move-inspection', 'check-inventory', 'issue-keys', 'return-keys', 'record-possessions-left', 'clear-possessions'),
  ...on('core_logs', 'answer', 'validate', 'confirm-warning'),
  ...on('rent_accounts', 'record-hb-claim', 'record-uc-claim', 'record-arrears-action', 'record-rent-statement-sent', 'record-plan-offer',
    'register-breathing-space', 'review-breathing-space', 'raise-rent-dispute'),
  ...on('payment_agreements', 'agree'),
];

const shownToAll = ['personal:*', 'sensitive:read'];
const shownToCarers = [...shownToAll, 'special:*'];
const shownToFinance = ['personal:identity', 'personal:contact', 'personal:location', 'personal:finance', 'special:finance'];

/** Money that nobody knows, files of payments, and the books: each step that needs two people is refused to one. */
const bookkeeping = [
  ...['suspense_items', 'import_batches', 'financial_records', 'financial_periods'].map((table) => `${table}:*`),
  'import_batch_rows:read', 'financial_postings:read',
];

/** The one table: which role may do and is shown what. Printed as `docs/permissions.md`. */
export const systemRolePermissions: Readonly<Record<SystemRole, readonly string[]>> = {
  owner: ['*:*', ...shownToCarers],
  admin: ['*:*', ...shownToAll],
  manager: [
    '*:read',
    ...keyWork,
    ...on('residents', 'record-legal-status', 'assign-key-worker'),
    ...['properties', 'property_rooms', 'incidents', 'tenancy_agreements', 'placements', 'core_logs', 'rent_accounts', 'payment_agreements'].map((table) => `${table}:*`),
    ...['assessment_templates', 'assessment_forms', 'risk_assessments'].map((table) => `${table}:*`),
    // What was forbidden for somebody's safety a manager alone allows again.
    ...on('residents', 'lift-contact-restriction'),
    ...on('residents', 'unassign-key-worker', 'decline-application', 'record-death', 'merge-duplicate', 'undo-merge'),
    'referrals:*', 'referral_services:*',
    ...on('user_organizations', 'invite', 'resend-invitation', 'revoke-invitation'),
    ...inbox,
    ...on('bank_holiday_calendars', 'import'),
    ...bookkeeping,
    ...shownToCarers,
  ],
  key_worker: [...readsOf(...housing, 'rent_accounts', 'payment_agreements', 'arrears', 'deadlines', 'bank_holiday_calendars'), ...keyWork, ...inbox, ...shownToCarers],
  finance: [
    ...readsOf('residents', 'placements', 'tenancy_agreements', 'properties', 'property_rooms', ...nights, 'organizations', 'users', 'user_organizations', 'rent_accounts'),
    ...readsOf('payment_agreements', 'arrears', 'deadlines'),
    ...on('rent_accounts', 'open', 'set-rent-schedule', 'raise-charge', 'adjust-charge', 'charge-late-fee', 'record-payment', 'reverse-payment',
      'record-hb-claim', 'record-hb-award', 'change-hb-award', 'suspend-hb', 'end-hb', 'record-hb-overpayment', 'request-direct-payment',
      'record-arrears-action', 'pause-arrears', 'resume-arrears', 'register-breathing-space', 'review-breathing-space', 'end-breathing-space',
      'record-uc-claim', 'record-uc-decision', 'record-rent-statement-sent', 'record-plan-offer', 'set-court-hearing',
      'raise-rent-dispute', 'resolve-rent-dispute', 'propose-court-action', 'request-write-off', 'refund-credit', 'close'),
    ...on('payment_agreements', 'agree', 'cancel'),
    ...on('tenancy_agreements', 'vary-rent', 'take-deposit', 'protect-deposit', 'give-prescribed-information', 'return-deposit'),
    ...bookkeeping,
    ...inbox,
    ...shownToFinance,
  ],
  maintenance: [
    ...readsOf('properties', 'property_rooms', ...nights, 'organizations'),
    ...on('properties', 'record-compliance-certificate'),
    ...on('property_rooms', 'take-out-of-service', 'return-to-service', 'record-void-inspection', 'record-cleaning'),
    ...inbox,
    'sensitive:read',
  ],
  auditor: ['*:read', ...inbox],
  dpo: ['*:read', ...inbox, ...on('residents', 'erase', 'place-legal-hold', 'release-legal-hold'), ...shownToCarers],
  // Of one's own alone: whoever has a resident's record behind the membership is shown nobody else's.
  resident: [...readsOf('residents', 'placements', 'tenancy_agreements', 'rent_accounts', 'payment_agreements'), ...inbox, ...shownToAll],
  integration: [
    ...readsOf('properties', 'property_rooms', ...nights, 'placements', 'rent_accounts', 'referrals', 'notification_deliveries'),
    ...on('rent_accounts', 'record-payment'),
    ...on('notifications', 'report-delivery'),
    ...on('referrals', 'receive-referral'),
  ],
  system: ['*:*', ...shownToCarers],
};

/** Pairs that one role may not hold (ROL-5). */
export const conflictingPermissions: readonly (readonly [string, string])[] = [
  ['residents:erase', 'residents:assign-key-worker'],
  ['invoices:issue', 'rent_accounts:record-payment'],
  ['rent_accounts:request-write-off', 'rent_accounts:approve-write-off'],
];

const asSets = new Map<string, ReadonlySet<string>>(
  Object.entries(systemRolePermissions).map(([role, permissions]) => [role, new Set(permissions)]),
);
const nothing: ReadonlySet<string> = new Set();
/** Permissions and patterns of a system role; nothing for a role that is none. */
export const permissionsOf = (role: string): ReadonlySet<string> => asSets.get(role) ?? nothing;
