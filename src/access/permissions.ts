import type { Catalogue } from '../kernel/catalogue.js';
import { covers } from '../kernel/permissions.js';
import type { Field } from '../kernel/fields.js';
import type { Scope } from '../kernel/privacy.js';

export const systemRoles = [
  'owner', 'admin', 'manager', 'key_worker', 'finance', 'maintenance',
  'auditor', 'dpo', 'resident', 'integration', 'system',
] as const;
export type SystemRole = (typeof systemRoles)[number];
export const isSystemRole = (role: string): role is SystemRole => (systemRoles as readonly string[]).includes(role);

const allOf = (...tables: string[]): string[] => tables.map((table) => `${table}:*`);
const readOf = (...tables: string[]): string[] => tables.map((table) => `${table}:read`);

/** The one table: `table:verb`, `table:*` or `*:verb`. */
const granted: Record<SystemRole, readonly string[]> = {
  owner: ['*:*'],
  admin: ['*:*'],
  manager: [
    '*:read',
    ...allOf('residents', 'placements', 'tenancy_agreements', 'properties', 'property_rooms', 'rooms', 'incidents', 'support_plans',
      'activities', 'maintenance_requests', 'rent_accounts', 'complaints', 'referrals', 'assessment_forms'),
    'user_organizations:invite', 'user_organizations:resend-invitation', 'user_organizations:revoke-invitation',
  ],
  key_worker: [
    ...readOf('residents', 'placements', 'tenancy_agreements', 'properties', 'property_rooms', 'rooms', 'incidents', 'support_plans',
      'activities', 'maintenance_requests', 'rent_accounts', 'users', 'user_organizations', 'organizations'),
    ...allOf('support_plans', 'activities'),
    'residents:register', 'residents:register-applicant', 'residents:change-details', 'residents:correct-details',
    'residents:add-emergency-contact', 'residents:change-emergency-contact', 'residents:remove-emergency-contact',
    'residents:mark-at-risk', 'residents:add-alert', 'residents:give-consent', 'residents:withdraw-consent',
    'placements:record-absence', 'placements:record-placement-absence', 'placements:end-absence',
    'incidents:log', 'incidents:acknowledge', 'incidents:add-person-involved', 'incidents:add-action', 'incidents:complete-action',
    'maintenance_requests:report',
  ],
  finance: [
    ...readOf('residents', 'placements', 'tenancy_agreements', 'properties', 'property_rooms', 'rooms', 'organizations'),
    ...allOf('rent_accounts', 'rent_payments', 'financial_records', 'ledger_lines'),
  ],
  maintenance: [...readOf('properties', 'property_rooms', 'rooms', 'organizations'), ...allOf('maintenance_requests', 'inspections')],
  auditor: ['*:read', 'audit_trail:verify'],
  dpo: ['*:read', 'residents:erase', 'residents:place-legal-hold', 'residents:release-legal-hold', 'residents:export'],
  resident: ['own:read'],
  integration: ['own:read', 'rent_accounts:record-payment'],
  system: ['*:*'],
};

/** Whom classes 2 and 3 are shown to, by scope; and who sees sensitive values of class 1. */
const everyone: readonly SystemRole[] = ['owner', 'admin', 'manager', 'key_worker', 'dpo', 'system'];
const leads: readonly SystemRole[] = ['manager', 'key_worker', 'dpo', 'system'];
const seesSensitive: readonly SystemRole[] = everyone;
const seesPersonal: Record<Scope, readonly SystemRole[]> = {
  identity: [...everyone, 'finance', 'maintenance', 'resident'],
  contact: [...everyone, 'finance', 'resident'],
  location: [...everyone, 'finance', 'maintenance', 'resident'],
  health: leads,
  safeguarding: leads,
  finance: ['owner', 'admin', 'manager', 'finance', 'dpo', 'system'],
  consentBased: leads,
  statutoryCase: leads,
};
const seesSpecial: Record<Scope, readonly SystemRole[]> = {
  identity: leads, contact: leads, location: leads, health: leads, safeguarding: leads,
  finance: ['manager', 'finance', 'dpo', 'system'], consentBased: leads, statutoryCase: ['manager', 'dpo', 'system'],
};

/** Pairs that one role may not hold (ROL-5). */
export const conflictingPermissions: readonly (readonly [string, string])[] = [
  ['invoices:issue', 'rent_accounts:record-payment'],
  ['rent_accounts:request-write-off', 'rent_accounts:approve-write-off'],
];

/** Patterns of a system role; nothing for a role that is none. */
export const permissionsOf = (role: string): ReadonlySet<string> => new Set(isSystemRole(role) ? granted[role] : []);

/** Whether a role is shown a field's value; elsewhere it is masked. Roles of an organisation's own see class 1 alone. */
export function maySee(role: string, field: Field): boolean {
  const { class: level, scope, sensitive } = field.privacy;
  if (level < 2) return !sensitive || (seesSensitive as readonly string[]).includes(role);
  if (!scope) return false;
  return ((level === 2 ? seesPersonal : seesSpecial)[scope] as readonly string[]).includes(role);
}

/** Every code there is: of the commands, and reading each table. */
export function permissionCodes(catalogue: Catalogue): string[] {
  const codes = new Set(catalogue.entities.map(({ table }) => `${table}:read`));
  for (const { options } of catalogue.commands) if (options.permission) codes.add(options.permission);
  return [...codes].sort();
}

/** The table as a page for people. */
export function permissionsDocument(catalogue: Catalogue): string {
  const roles = systemRoles.filter((role) => role !== 'system');
  const row = (first: string, has: (role: SystemRole) => boolean): string =>
    `| ${[first, ...roles.map((role) => (has(role) ? '✓' : ''))].join(' | ')} |`;
  const head = (first: string): string[] => [`| ${[first, ...roles].join(' | ')} |`, `|${' --- |'.repeat(roles.length + 1)}`];
  const lines = ['# Permissions', '', 'Generated from the table in the code: do not edit.', '', ...head('permission')];
  for (const code of permissionCodes(catalogue)) lines.push(row(`\`${code}\``, (role) => covers(permissionsOf(role), code)));
  lines.push('', '## What is shown', '', ...head('value'), row('sensitive', (role) => seesSensitive.includes(role)));
  for (const [name, table] of [['class 2', seesPersonal], ['class 3', seesSpecial]] as const) {
    for (const [scope, who] of Object.entries(table)) lines.push(row(`${name}, ${scope}`, (role) => who.includes(role)));
  }
  return `${lines.join('\n')}\n`;
}
