import { createHash } from 'node:crypto';
import { covers } from '../../kernel/permissions.js';
import { isSystemRole, permissionsOf } from '../../access/permissions.js';
import type { Context } from '../../kernel/command.js';
import { rule } from '../../kernel/rules.js';
import type { Role } from './role/role.js';

/** An owner grants every system role, an admin all but owner, others what does not exceed their own (MEM-6). @throws Refusal */
export function checkGrant(role: string, context: Context): void {
  const { actor } = context;
  const grantable = isSystemRole(role) ? role !== 'system' : context.find<Role>('roles_permissions', role)?.status === 'active';
  rule('MEM-6', 'This role cannot be given.', grantable, 'role');
  if (['owner', 'system'].includes(actor.role) || (actor.role === 'admin' && role !== 'owner')) return;
  const wanted = isSystemRole(role) ? permissionsOf(role) : new Set(context.state<Role>('roles_permissions', role).permissions);
  const exceeds = role === 'owner' || [...wanted].some((code) => !covers(actor.permissions, code));
  rule('MEM-6', 'You cannot grant a role above your own.', !exceeds, 'role');
}

/** How one-time secrets are kept. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
