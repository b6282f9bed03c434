import type { Catalogue } from '../kernel/catalogue.js';
import { covers, visibilityCodes } from '../kernel/permissions.js';
import { conflictingPermissions, permissionsOf, systemRoles } from '../kernel/system-roles.js';

export { maySee } from './session-resolver.js';

/** What is asked besides commands and tables of entities. */
const others = ['audit_trail:read', 'changes:read', 'processes:read', 'processes:retry', 'processes:drop'];

/**
 * Every code there is: of the commands, of reading each table, and of what is shown.
 * @param tables that are read and are no entity's.
 */
export function permissionCodes(catalogue: Catalogue, tables: readonly string[] = []): string[] {
  const children = new Set(catalogue.childTables.map(({ table }) => table));
  const readable = [...catalogue.entities.map(({ table }) => table), ...tables].filter((table) => !children.has(table));
  const commands = catalogue.commands.flatMap(({ options }) => (options.permission ? [options.permission] : []));
  return [...[...new Set([...readable.map((table) => `${table}:read`), ...commands, ...others])].sort(), ...visibilityCodes];
}

/** The one table as a page for people. */
export function permissionsDocument(catalogue: Catalogue, tables: readonly string[] = []): string {
  const roles = systemRoles.filter((role) => role !== 'system');
  const row = (code: string): string => `| ${[`\`${code}\``, ...roles.map((role) => (covers(permissionsOf(role), code) ? '✓' : ''))].join(' | ')} |`;
  const head = (first: string): string[] => [`| ${[first, ...roles].join(' | ')} |`, `|${' --- |'.repeat(roles.length + 1)}`];
  const codes = permissionCodes(catalogue, tables);
  const done = codes.filter((code) => !visibilityCodes.includes(code));
  return `${[
    '# Permissions',
    '',
    'Generated from the table in the code by `npm run docs`: do not edit. What each code lets one do is in the API’s documentation under the same words.',
    'An organisation makes roles of its own from these codes, or from patterns such as `residents:*` and `*:read`. Whoever has the role `resident` is shown their own data alone.',
    '',
    '## What a role may do',
    '',
    ...head('permission'),
    ...done.map(row),
    '',
    '## What a role is shown',
    '',
    'Elsewhere the value is masked, and cannot be filtered or sorted by. `personal` is class 2, `special` class 3; `sensitive` are delicate values of class 1. No pattern for tables includes these codes.',
    '',
    ...head('value'),
    ...visibilityCodes.map(row),
    '',
    '## What no role joins',
    '',
    ...conflictingPermissions.map(([one, other]) => `- \`${one}\` and \`${other}\``),
  ].join('\n')}\n`;
}
