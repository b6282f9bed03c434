import { inclusionsOf } from '../../src/kernel/permissions.js';
import { systemRolePermissions } from '../../src/kernel/system-roles.js';

/** Stands for the table in the codes that let somebody read it. */
const TABLE = 'table';
const text = (value: string): string => `'${value}'`;

const reading = systemReads();
/** The system roles with what of them is about reading. */
function systemReads(): string {
  const rows = Object.entries(systemRolePermissions).map(([role, permissions]) => {
    const reads = permissions.filter((code) => code.endsWith(':read') || code.endsWith(':*'));
    return `(${text(role)}, array[${reads.map(text).join(', ')}]::text[])`;
  });
  return `(values ${rows.join(', ')}) as system (role, permissions)`;
}

/**
 * SQL that says whether a user may read a table now: as an active member, in the role that they have, by the codes that say so for
 * commands and reads (`inclusionsOf`). For views over `{user_organizations}`, `{users}` and `{roles_permissions}`.
 * @param of SQL of the organisation, of the user, and of the name of the table.
 */
export function mayRead(of: { readonly organization: string; readonly user: string; readonly table: string }): string {
  const codes = inclusionsOf(`${TABLE}:read`).map((code) => (code.startsWith(`${TABLE}:`) ? `${of.table} || ${text(code.slice(TABLE.length))}` : text(code)));
  return `exists (
    select from {user_organizations} member
    join {users} person on person.id = member.user_id and person.status <> 'deactivated'
    left join ${reading} on system.role = member.role
    left join {roles_permissions} own on own.organization_id = member.organization_id and own.id::text = member.role and own.status = 'active'
    where member.organization_id = ${of.organization} and member.user_id = ${of.user} and member.status = 'active'
      and coalesce(own.permissions, system.permissions) && array[${codes.join(', ')}])`;
}
