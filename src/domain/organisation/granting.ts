import { createHash } from 'node:crypto';
import type { Context } from '../../kernel/command.js';
import { covers } from '../../kernel/permissions.js';
import { rule } from '../../kernel/rules.js';
import { isSystemRole, permissionsOf } from '../../kernel/system-roles.js';
import type { Role } from './role/role.js';
import './organisation.rules.js';

/** Permissions of a system role by its name, or of a role of the organisation by its id. @throws Refusal where it is none. */
export function permissionsIn(role: string, context: Context): ReadonlySet<string> {
  return isSystemRole(role) ? permissionsOf(role) : new Set(context.state<Role>('roles_permissions', role).permissions);
}

/**
 * Whether somebody may hand out whatever they like: an owner, and an admin everything but ownership. A program with their
 * token may not: it hands out what the token includes.
 */
export const grantsFreely = ({ actor }: Context): boolean => !actor.byToken && ['owner', 'admin', 'system'].includes(actor.role);

/** Whether a role is within the actor's own: an owner's is any, an admin's all but owner, others' what they could do themselves. */
function isWithinOwn(role: string, context: Context): boolean {
  const { actor } = context;
  if (role === 'owner') return !actor.byToken && ['owner', 'system'].includes(actor.role);
  return grantsFreely(context) || [...permissionsIn(role, context)].every((code) => covers(actor.permissions, code));
}

/** MEM-6: the role can be given, and by this person. @param field of the command that says which one, if one does. @throws Refusal */
export function checkGrant(role: string, context: Context, field?: string): void {
  const known = isSystemRole(role) ? role !== 'system' : context.find<Role>('roles_permissions', role)?.status === 'active';
  rule('MEM-6', 'There is no such role, or it cannot be given.', known, field);
  rule('MEM-6', 'You cannot give a role above your own.', isWithinOwn(role, context), field, 403);
}

/** MEM-6: what is done to a member is done by somebody whose role is not below theirs. @throws Refusal */
export function checkRank(role: string, context: Context): void {
  rule('MEM-6', 'This member’s role is above your own.', isWithinOwn(role, context), undefined, 403);
}

/** How one-time secrets are kept. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What an e-mail address looks like. */
export const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
/** An e-mail address as it is kept and compared. */
export const normaliseEmail = (text: string): string => text.normalize('NFC').trim().toLowerCase();

/** The key under which an e-mail address is found: an HMAC, so that registers and streams hold no address. */
export function emailKeyOf(email: string, context: Context): string {
  const [key] = context.fact('email-key', normaliseEmail(email));
  if (key === undefined) throw new Error('The fact email-key gave nothing: answer it with the HMAC of the address.');
  return key;
}
